"""People as somebody pastes them out of a spreadsheet: rows, each with what is wrong with it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from dialogue.discussion.words import is_printable
from dialogue.events.models import Role
from dialogue.people.models import Language

MOST_ROWS, MOST_SIGNS = 500, 300  # people at once; characters of a cell
LONGEST_ADDRESS = 254  # characters, as everywhere an address is kept
END = "\x1e"  # stands in no table: a cell that a quotation mark opens and none closes would reach to it
COLUMNS = ("name", "email", "function", "affiliation", "sector", "role", "language")

# What a column may be called, in both languages; compared without case, blanks and signs.
LAST = ("lastname", "surname", "familyname", "nomdefamille")
HEADINGS = {
    "name": ("name", "fullname", "participant", "nom", "nometprénom", "prénometnom", *LAST),
    "first": ("firstname", "givenname", "prénom", "vorname"),
    "email": ("email", "emailaddress", "mail", "address", "courriel", "adressecourriel", "adresse", "mél"),
    "function": ("function", "title", "position", "jobtitle", "fonction", "titre", "poste"),
    "affiliation": ("affiliation", "organisation", "organization", "organisme", "institution", "employer"),
    "sector": (
        "sector",
        "kindoforganisation",
        "kindoforganization",
        "secteur",
        "typedorganisme",
        "typedorganisation",
        "typeoforganisation",
    ),
    "role": ("role", "rôle"),
    "language": ("language", "langue"),
}
ROLES = {
    Role.CONVENOR: ("organisateur", "organisatrice", "organiser"),
    Role.MODERATOR: (
        "chair",
        "chairperson",
        "président",
        "présidente",
        "facilitator",
        "modérateur",
        "modératrice",
        "animateur",
        "animatrice",
    ),
    Role.ASSISTANT: ("assistante",),
    Role.RAPPORTEUR: ("rapporteuse",),
    Role.NOTE_TAKER: ("preneurdenotes", "preneusedenotes"),
    Role.PARTICIPANT: ("expert", "experte", "participante"),
    Role.PANELIST: ("panellist", "panéliste"),
    Role.OBSERVER: ("observateur", "observatrice"),
    Role.INTERPRETER: ("interprète",),
    Role.SECRETARIAT: ("secretary", "secrétariat", "secrétaire"),
    Role.STAFF: ("personnel",),
}


@dataclass(slots=True)
class Row:
    """One line of the table: what stands in it, and what is wrong (column, sentence)."""

    number: int
    name: str = ""
    email: str = ""
    function: str = ""
    affiliation: str = ""
    sector: str = ""
    role: str = Role.PARTICIPANT.value
    language: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[str]:
        """As it is shown."""
        return [self.name, self.email, self.function, self.affiliation, self.sector, self.role_in_words, self.language]

    @property
    def role_in_words(self) -> str:
        """The role as the pages call it; what nobody knows, as it was written."""
        return str(Role(self.role).label) if self.role in Role.values else self.role


def folded(written: str) -> str:
    """A heading or a role without case, blanks and signs."""
    return "".join(sign for sign in written.casefold() if sign.isalnum())


def read(pasted: str) -> list[Row]:
    """The rows of a pasted table or a CSV file, with or without a line of headings.

    Raises ValidationError where there is no table at all.
    """
    lines = [line for line in cells(pasted) if any(line)]
    order = headings(lines[0]) if lines else None
    if order is not None:
        lines = lines[1:]
    if not lines:
        raise ValidationError(_("Paste at least one line: a name, and an e-mail address where there is one."))
    if len(lines) > MOST_ROWS:
        raise ValidationError(_("That is more than %(most)s people. Paste them in parts.") % {"most": MOST_ROWS})
    rows = [row(number, line, order or list(COLUMNS)) for number, line in enumerate(lines, 1)]
    find_doubles(rows)
    return rows


def cells(pasted: str) -> list[list[str]]:
    """The cells of each line. Raises ValidationError where the text cannot be cut into cells."""
    text = pasted.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        lines = list(csv.reader(io.StringIO(f"{text}\n{END}"), delimiter=parted_by(text), skipinitialspace=True))
    except csv.Error as problem:
        raise ValidationError(_("This is no table: copy the cells themselves, from the name to the role.")) from problem
    if lines.pop() != [END]:
        raise ValidationError(_("A quotation mark opens a cell, and none closes it."))
    return [[" ".join(cell.split()) for cell in line] for line in lines]


def parted_by(text: str) -> str:
    """The sign that parts the cells: a tab where there is one, else whichever of ; and , is in more lines.

    What stands in quotation marks parts nothing.
    """
    bare = re.sub(r'"[^"]*"', "", text).split("\n")
    tabs, semicolons, commas = (sum(sign in line for line in bare) for sign in "\t;,")
    return "\t" if tabs else ";" if semicolons and semicolons >= commas else ","


def headings(line: list[str]) -> list[str] | None:
    """The columns that a line of headings names ("" for one that is passed over); None where it is none."""
    named = [next((name for name, words in HEADINGS.items() if folded(cell) in words), "") for cell in line]
    if "name" not in named or any("@" in cell for cell in line):
        return None
    return [name if name not in named[:place] else "" for place, name in enumerate(named)]


def left_out(pasted: str) -> list[str]:
    """The headings of columns that are not taken in, for who wonders where they are; of a table that can be read."""
    first = next(line for line in cells(pasted) if any(line))
    order = headings(first)
    return [cell for cell, name in zip(first, order or first, strict=False) if cell and not name]


def row(number: int, line: list[str], order: list[str]) -> Row:
    """One line, with what is wrong in its cells."""
    told = {name: cell for name, cell in zip(order, line, strict=False) if name}
    told["name"] = " ".join(filter(None, (told.pop("first", ""), told.get("name", ""))))
    made = Row(number, **told)  # type: ignore[arg-type]
    made.role = role(told.get("role", ""))
    made.language = language(told.get("language", ""))
    made.problems = list(problems(made))
    if any(line[len(order) :]):
        made.problems.append(_("There are more cells than columns: is a sign that parts them in a cell?"))
    return made


def role(written: str) -> str:
    """A role by its name in either language; nothing is a participant, and what is none stays as it is."""
    word = folded(written)
    if not word:
        return Role.PARTICIPANT.value
    for one in Role:
        if word in (folded(one.value), folded(str(one.label)), *ROLES.get(one, ())):
            return one.value
    return written


def language(written: str) -> str:
    """A language by its code or its name; nothing is the event's, and what is none stays as it is."""
    names = {"en": ("en", "english", "anglais"), "fr": ("fr", "french", "français")}
    return next((code for code, words in names.items() if folded(written) in words), written)


def problems(one: Row) -> Iterator[str]:
    """What is wrong in the cells of a row, in sentences."""
    if not one.name:
        yield _("The name is missing.")
    if one.name and "@" in one.name:
        yield _("An address stands where the name should be: are the columns in the order of the headings above?")
    if one.email:
        try:
            validate_email(one.email if len(one.email) <= LONGEST_ADDRESS else "")
        except ValidationError:
            yield _("“%(what)s” is no e-mail address.") % {"what": one.email}
    if one.role not in Role.values:
        yield _("“%(what)s” is no role: write %(roles)s.") % {
            "what": one.role, "roles": ", ".join(str(known.label) for known in Role)
        }  # fmt: skip
    if one.language and one.language not in Language.values:
        yield _("“%(what)s” is no language of the letters: write en or fr.") % {"what": one.language}
    for cell in (one.name, one.email, one.function, one.affiliation, one.sector):
        if len(cell) > MOST_SIGNS:
            yield _("A cell has more than %(most)s signs.") % {"most": MOST_SIGNS}
        if not is_printable(cell):
            yield _("A cell holds signs that cannot be printed. Take them out, or type it anew.")


def find_doubles(rows: list[Row]) -> None:
    """Note where one address stands in two rows."""
    first: dict[str, int] = {}
    for one in rows:
        address = one.email.casefold()
        if address and first.setdefault(address, one.number) != one.number:
            one.problems.append(_("This address stands in row %(row)s too.") % {"row": first[address]})
