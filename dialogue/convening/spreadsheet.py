"""People as somebody pastes them out of a spreadsheet: rows, each with what is wrong with it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from dialogue.discussion.words import is_printable
from dialogue.events.models import Role

MOST_ROWS, MOST_SIGNS = 500, 300  # people at once; characters of a cell
COLUMNS = ("name", "email", "function", "affiliation", "sector", "role")

# What a column may be called, in both languages; compared without case, blanks and signs.
HEADINGS = {
    "name": "name", "fullname": "name", "nom": "name", "nometprénom": "name", "prénometnom": "name", "participant": "name",
    "email": "email", "emailaddress": "email", "mail": "email", "address": "email", "courriel": "email",
    "adressecourriel": "email", "adresse": "email", "mél": "email",
    "function": "function", "title": "function", "position": "function", "fonction": "function", "titre": "function",
    "jobtitle": "function", "poste": "function",
    "affiliation": "affiliation", "organisation": "affiliation", "organization": "affiliation", "organisme": "affiliation",
    "institution": "affiliation", "employer": "affiliation",
    "sector": "sector", "secteur": "sector", "kindoforganisation": "sector", "typedorganisme": "sector",
    "role": "role", "rôle": "role",
}  # fmt: skip
ROLES = {
    "chair": Role.MODERATOR, "facilitator": Role.MODERATOR, "animateur": Role.MODERATOR, "animatrice": Role.MODERATOR,
    "modérateur": Role.MODERATOR, "modératrice": Role.MODERATOR, "expert": Role.PARTICIPANT, "experte": Role.PARTICIPANT,
    "participante": Role.PARTICIPANT, "organisateur": Role.CONVENOR, "organisatrice": Role.CONVENOR,
    "rapporteuse": Role.RAPPORTEUR, "panéliste": Role.PANELIST, "panelliste": Role.PANELIST, "observateur": Role.OBSERVER,
    "observatrice": Role.OBSERVER, "interprète": Role.INTERPRETER, "secrétariat": Role.SECRETARIAT,
    "secretary": Role.SECRETARIAT, "assistante": Role.ASSISTANT, "preneurdenotes": Role.NOTE_TAKER,
    "preneusedenotes": Role.NOTE_TAKER, "personnel": Role.STAFF,
}  # fmt: skip


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
    problems: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[str]:
        """As it is shown."""
        return [self.name, self.email, self.function, self.affiliation, self.sector, self.role_in_words]

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
    if not lines:
        raise ValidationError(_("Paste at least one line: a name, and an e-mail address where there is one."))
    order = headings(lines[0])
    if order is not None:
        lines = lines[1:]
    if len(lines) > MOST_ROWS:
        raise ValidationError(_("That is more than %(most)s people. Paste them in parts.") % {"most": MOST_ROWS})
    rows = [row(number, line, order or list(COLUMNS)) for number, line in enumerate(lines, 1)]
    find_doubles(rows)
    return rows


def cells(pasted: str) -> Iterator[list[str]]:
    """The cells of each line, by whichever sign parts them: a tab, else a semicolon, else a comma."""
    text = pasted.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    parts = next((sign for sign in "\t;" if sign in text), ",")
    try:
        for line in csv.reader(io.StringIO(text), delimiter=parts, skipinitialspace=True):
            yield [" ".join(cell.split()) for cell in line]
    except csv.Error as problem:
        raise ValidationError(_("This is no table: copy the cells themselves, from the name to the role.")) from problem


def headings(line: list[str]) -> list[str] | None:
    """The columns that a line of headings names ("" for one that is passed over); None where it is none."""
    named = [HEADINGS.get(folded(cell), "") for cell in line]
    if "name" not in named or any("@" in cell for cell in line):
        return None
    return [name if name not in named[:place] else "" for place, name in enumerate(named)]


def row(number: int, line: list[str], order: list[str]) -> Row:
    """One line, with what is wrong in its cells."""
    told = {name: cell for name, cell in zip(order, line, strict=False) if name}
    made = Row(number, **told)
    made.role = role(told.get("role", ""))
    made.problems = list(problems(made))
    if len(line) > len(order):
        made.problems.append(_("There are more cells than columns: is a sign that parts them in a cell?"))
    return made


def role(written: str) -> str:
    """A role by its name in either language; nothing is a participant, and what is none stays as it is."""
    word = folded(written)
    if not word:
        return Role.PARTICIPANT.value
    named = {folded(str(one.value)): one for one in Role} | {folded(str(one.label)): one for one in Role}
    found = named.get(word) or ROLES.get(word)
    return found.value if found else written


def problems(one: Row) -> Iterator[str]:
    """What is wrong in the cells of a row, in sentences."""
    if not one.name:
        yield _("The name is missing.")
    if one.name and "@" in one.name:
        yield _("An address stands where the name should be: are the columns in the order of the headings above?")
    if one.email:
        try:
            validate_email(one.email)
        except ValidationError:
            yield _("“%(what)s” is no e-mail address.") % {"what": one.email}
    if one.role not in Role.values:
        yield _("“%(what)s” is no role: write %(roles)s.") % {
            "what": one.role, "roles": ", ".join(str(known.label) for known in Role)
        }  # fmt: skip
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
