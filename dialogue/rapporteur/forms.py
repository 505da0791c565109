"""What comes in from the desk's forms, turned into the words of its actions."""

import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.events.models import Event
from dialogue.events.programme import in_order, outline
from dialogue.positions.decisions import majority_of, wanted_majority
from dialogue.positions.models import CallKind, DecisionRule, Level, Outcome
from dialogue.rapporteur.actions.advice import AddresseeWords, AdviceWords
from dialogue.rapporteur.actions.calls import Hands
from dialogue.rapporteur.actions.findings import FindingWords
from dialogue.rapporteur.actions.notes import NoteWords
from dialogue.rapporteur.actions.papers import Words
from dialogue.rapporteur.actions.sources import FootnoteWords, SourceWords
from dialogue.rapporteur.actions.writing import ParagraphWords, unknown_marks, unnamed_marks
from dialogue.rapporteur.models import FootnoteKind, Origin
from dialogue.roundtable.forms import id_of

LONG, SHORT, LINE = 20_000, 2_000, 300  # characters
MOST_PEOPLE = 100_000  # in a room


def basis_of(sent: QueryDict) -> tuple[uuid.UUID, ...]:
    """The statements and findings that are ticked, each once. Raises ValidationError where one is no id."""
    return tuple(dict.fromkeys(id_of(one) for one in sent.getlist("rests")))


class Printable(forms.CharField):
    """Text as it is kept: newlines as one character, nothing that cannot be printed."""

    def clean(self, value: Any) -> str:
        """Django’s own."""
        text = super().clean(unicodedata.normalize("NFC", str(value or "").replace("\r\n", "\n").replace("\r", "\n")))
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
            raise ValidationError(_("The text holds signs that cannot be printed. Take them out, or type it anew."))
        return text


def line(label: Any, required: bool = False, help_text: Any = "") -> Printable:
    """A field of one line."""
    return Printable(label=label, required=required, max_length=LINE, help_text=help_text)


def prose(label: Any, rows: int = 6, most: int = LONG, *, required: bool = True, help_text: Any = "") -> Printable:
    """A field of several lines."""
    return Printable(
        label=label, max_length=most, required=required, help_text=help_text,
        widget=forms.Textarea({"rows": rows}),
    )  # fmt: skip


def code(value: Any) -> str:
    """A value as a form sends it: a row by its key in the record, or by its id where it has none."""
    return str(getattr(value, "key", None) or getattr(value, "pk", value) or "")


class Chosen(forms.ChoiceField):
    """A choice among rows of the event. Comes in as the row, or as None. What is none of them is not said again."""

    default_error_messages = {"invalid_choice": gettext_lazy("That is not there (any more). Load the page again.")}

    def offer(self, rows: Sequence[Any], empty: str = "") -> None:
        """Set what can be chosen; `empty`: the words for none."""
        self.rows = {code(one): one for one in rows}
        none = [("", empty)] if empty or not self.required else []
        self.choices = [*none, *((chosen, str(one)) for chosen, one in self.rows.items())]

    def clean(self, value: Any) -> Any:
        """Django’s own."""
        return self.rows.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        """Django’s own."""
        chosen = code(value)
        return chosen if chosen in self.rows else ""


class DeskForm(forms.Form):
    """A form of the desk. `basis` is what was ticked: it has no field of its own, the page draws it."""

    words: type[Words]

    def __init__(self, event: Event, data: Any = None, initial: dict[str, Any] | None = None):
        super().__init__(data, initial=initial, label_suffix="")
        self.event = event
        self.offer()

    def offer(self) -> None:
        """Set the choices that are rows of the event."""

    def written(self, basis: tuple[uuid.UUID, ...]) -> Any:
        """What came in; only of a valid form."""
        return self.words(basis=basis, **self.cleaned_data)


class WithItem(DeskForm):
    """A form of what stands under a heading."""

    item = Chosen(label=gettext_lazy("Under"))

    def offer(self) -> None:
        """The headings of the outline, in its order."""
        self.fields["item"].offer(list(in_order(outline(self.event))))  # type: ignore[attr-defined]


class NoteForm(WithItem):
    """A note."""

    words = NoteWords
    text = prose(gettext_lazy("The note"), 4, SHORT)
    flagged = forms.BooleanField(label=gettext_lazy("flag it: to come back to"), required=False)
    item = Chosen(label=gettext_lazy("Under"), required=False)
    field_order = ("text", "flagged", "item")


class FindingForm(WithItem):
    """A finding. Words that are put to the table are shown and stay for so long."""

    words = FindingWords
    text = prose(gettext_lazy("What the table holds, in a sentence"), 3, SHORT)
    level = forms.ChoiceField(
        label=gettext_lazy("It claims"), choices=Level.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the level that the finding claims.")},
    )  # fmt: skip
    reason = prose(
        gettext_lazy("Reason, where the record does not reach the level"), 2, SHORT, required=False,
        help_text=gettext_lazy("The chapter prints it in its legend. Without one the chapter stays a draft."),
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=[("", gettext_lazy("none")), *Outcome.choices], required=False
    )
    decision_rule = forms.ChoiceField(
        label=gettext_lazy("Rule of decision"), required=False,
        choices=[("", gettext_lazy("none")), *DecisionRule.choices],
    )  # fmt: skip
    decision_majority = line(
        gettext_lazy("Majority needed"),
        help_text=format_lazy(
            gettext_lazy("As {two_thirds}, of those for or against. {half} is more than half."),
            two_thirds="2:3",
            half="1:2",
        ),
    )
    session = Chosen(
        label=gettext_lazy("Of the table"), required=False,
        help_text=gettext_lazy("A finding of one table is counted over it, and its members answer it."),
    )  # fmt: skip
    field_order = ("text", "level", "reason", "outcome", "decision_rule", "decision_majority", "item", "session")

    def offer(self) -> None:
        """The headings; and the closed tables, where there are several."""
        super().offer()
        closed = list(self.event.sessions.filter(access="closed"))
        if len(closed) > 1:
            self.fields["session"].offer(closed, _("all of them: the event’s"))  # type: ignore[attr-defined]
        else:
            del self.fields["session"]

    def clean_outcome(self) -> str | None:
        """No outcome is None."""
        return self.cleaned_data["outcome"] or None

    def clean_decision_rule(self) -> str | None:
        """No rule is None."""
        return self.cleaned_data["decision_rule"] or None

    def clean_decision_majority(self) -> str:
        """A majority under its rule, without spaces; nothing under another."""
        written = self.cleaned_data["decision_majority"].replace(" ", "")
        if self.cleaned_data.get("decision_rule") != DecisionRule.MAJORITY:
            return ""
        if majority_of(written) is None:
            raise ValidationError(wanted_majority())
        return written

    def freeze(self) -> None:
        """Keep the words as they are."""
        self.fields["text"].disabled = True
        if "session" in self.fields:
            self.fields["session"].disabled = True

    def written(self, basis: tuple[uuid.UUID, ...]) -> Any:
        """What came in; a finding stays with its table where the form offers none."""
        own = {"session": self.cleaned_data.get("session", self.initial.get("session"))}
        return self.words(basis=basis, **{**self.cleaned_data, **own})


class ParagraphForm(WithItem):
    """A paragraph with its marks."""

    words = ParagraphWords
    text = prose(gettext_lazy("The text"), 10)
    origin = forms.ChoiceField(label=gettext_lazy("Whose text it is"), choices=Origin.choices, initial=Origin.ROOM)
    field_order = ("text", "origin", "item")

    def clean_text(self) -> str:
        """Every mark leads somewhere."""
        if wrong := unknown_marks(self.event, self.cleaned_data["text"], unnamed_marks(self.event)):
            raise ValidationError(wrong)
        return self.cleaned_data["text"]


class SourceForm(DeskForm):
    """A publication."""

    words = SourceWords
    author = line(gettext_lazy("Author"))
    title = line(gettext_lazy("Title"), required=True)
    container = line(gettext_lazy("In (journal, book, publisher)"))
    year = forms.IntegerField(label=gettext_lazy("Year"), required=False, min_value=0, max_value=9999)
    date = line(gettext_lazy("Date"), help_text=gettext_lazy("As 2026-03-01, where the day is known."))
    url = line(gettext_lazy("Web address"))
    accessed = line(gettext_lazy("Accessed on"), help_text=gettext_lazy("As 2026-03-01."))
    page = line(gettext_lazy("Page"))

    def clean_url(self) -> str:
        """A web address, or nothing."""
        url = self.cleaned_data["url"]
        if url and not url.lower().startswith(("http://", "https://")):
            raise ValidationError(_("A web address begins with https:// or http://."))
        return url


class FootnoteForm(DeskForm):
    """A footnote."""

    words = FootnoteWords
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FootnoteKind.choices)
    text = prose(gettext_lazy("Words"), 3, SHORT, required=False)
    source = Chosen(label=gettext_lazy("Source"), required=False)
    page = line(gettext_lazy("Page"))

    def offer(self) -> None:
        """The sources of the event, by author and title."""
        field: Any = self.fields["source"]
        field.offer(self.event.sources.all(), _("none"))
        titles = [(key, ", ".join(part for part in (row.author, row.title) if part)) for key, row in field.rows.items()]
        field.choices = [("", _("none")), *titles]


class AddresseeForm(DeskForm):
    """A body to which recommendations are directed."""

    words = AddresseeWords
    name = line(gettext_lazy("Name"), required=True)
    short_name = line(gettext_lazy("Short name"))


class AdviceForm(DeskForm):
    """A recommendation, or with a `parent` a lettered part of it."""

    words = AdviceWords
    text = prose(gettext_lazy("What is recommended"), 4, SHORT)
    addressee = Chosen(label=gettext_lazy("To"))
    parent = Chosen(required=False, widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label=gettext_lazy("It claims"), choices=[("", gettext_lazy("no level")), *Level.choices],
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip

    def offer(self) -> None:
        """The addressees; the recommendations that may have parts."""
        self.fields["addressee"].offer(self.event.addressees.all())  # type: ignore[attr-defined]
        self.fields["parent"].offer(self.event.recommendations.filter(parent=None))  # type: ignore[attr-defined]

    def clean_level(self) -> str | None:
        """No level is None."""
        return self.cleaned_data["level"] or None


# ------------------------------------------------------------------ at the table


def people(label: Any) -> forms.IntegerField:
    """A number of people."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PEOPLE)


class RoundForm(forms.Form):
    """Putting a finding to a check-round."""

    present = people(gettext_lazy("People present"))


class AssentForm(forms.Form):
    """Assent that the rapporteur saw."""

    seen = people(gettext_lazy("About how many assented"))
    present = people(gettext_lazy("People present"))


class CloseForm(forms.Form):
    """Closing a check-round."""

    objections = people(gettext_lazy("Objections that were kept up"))


class CallForm(RoundForm):
    """A read-back or a call for consensus."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        choices=[(one.value, one.label) for one in (CallKind.READ_BACK, CallKind.CONSENSUS)],
    )
    objections = people(gettext_lazy("Objections that were kept up"))
    field_order = ("kind", "present", "objections")


class HandsForm(RoundForm):
    """A show of hands. The table is chosen where there are several."""

    agree = people(gettext_lazy("For"))
    reservations = people(gettext_lazy("With reservations"))
    disagree = people(gettext_lazy("Against"))
    abstain = people(gettext_lazy("Abstaining"))
    session = Chosen(label=gettext_lazy("At the table"), required=False)

    def __init__(self, tables: Sequence[Any], data: Any = None, initial: dict[str, Any] | None = None):
        super().__init__(data, initial=initial, label_suffix="")
        field: Any = self.fields["session"]
        field.offer(tables)
        if len(tables) == 1:
            del self.fields["session"]
        self.tables = tables

    def hands(self) -> Hands:
        """The numbers; only of a valid form."""
        names = ("present", "agree", "reservations", "disagree", "abstain")
        return Hands(**{name: self.cleaned_data[name] for name in names})

    def session_of(self) -> Any:
        """The table at which they were raised."""
        return self.cleaned_data.get("session") or self.tables[0]
