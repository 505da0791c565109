"""The forms of an event: its facts, sessions, programme, credits and thresholds."""

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.convening.forms import SetUpForm, ZoneField, clock, day
from dialogue.events.models import (
    STRICTNESS,
    Event,
    Figures,
    ItemKind,
    ModeratorCounts,
    NamesInRoom,
    Regime,
    SessionAccess,
    SessionKind,
)
from dialogue.people.models import Language
from dialogue.positions.quantifiers import DEFAULT_SCALE
from dialogue.rapporteur.forms import LINE, line, prose

MOST_POINTS = 200  # pasted at once
LONGEST = 14  # hours of a session over midnight
ROWS_MORE = 3  # empty lines of a list that grows


class WhatWhenWhere(SetUpForm):
    """The least that an event has."""

    title = line(gettext_lazy("Title"), required=True)
    date = day(gettext_lazy("Date"))
    end_date = day(gettext_lazy("Last day, where it lasts longer"), required=False)
    time_zone = ZoneField()
    place = line(gettext_lazy("Place"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the record and of the chapter"), choices=Language.choices
    )
    convenor_name = line(
        gettext_lazy("Convened by"), required=True, help_text=gettext_lazy("Your organisation, as it is printed.")
    )

    def clean(self) -> dict[str, Any]:
        """Django’s own."""
        told = super().clean() or {}
        if told.get("date") and told.get("end_date") and told["end_date"] < told["date"]:
            self.add_error("end_date", _("The last day is before the first."))
        return told


class NewEventForm(WhatWhenWhere):
    """An event from nothing, or like a former one."""

    like = forms.ModelChoiceField(
        Event.objects.none(), label=gettext_lazy("As a former event"), required=False, to_field_name="slug",
        empty_label=gettext_lazy("no, from nothing"),
        help_text=gettext_lazy(
            "Takes over its sessions and their rules, programme, partners and disclaimers: no people."
        ),
    )  # fmt: skip
    field_order = ("title", "like", "date", "end_date", "time_zone", "place", "language", "convenor_name")

    def __init__(self, former: QuerySet[Event], *given: Any, **named: Any):
        super().__init__(*given, **named)
        self.fields["like"].queryset = former  # type: ignore[attr-defined]
        if not former.exists():
            del self.fields["like"]


class FactsForm(WhatWhenWhere):
    """All that is printed of an event."""

    convenor_short_name = line(gettext_lazy("Its short name"))
    occasion = line(gettext_lazy("Occasion"))
    scope = prose(
        gettext_lazy("Scope"),
        3,
        required=False,
        help_text=gettext_lazy("One sentence: what was discussed, and what was not."),
    )
    series_title = line(gettext_lazy("Series"))
    chapter_number = forms.IntegerField(
        label=gettext_lazy("Number of the chapter"), required=False, min_value=1, max_value=9999
    )
    byline = line(gettext_lazy("Who signs the chapter"))
    bilingual = forms.BooleanField(
        label=gettext_lazy("people speak English and French: each statement says which"), required=False
    )
    second_factor = forms.BooleanField(
        label=gettext_lazy("the staff confirms each sign-in with a second factor: an authenticator app or a passkey"),
        required=False,
        help_text=gettext_lazy("It holds at once: who has none is asked for it, and is no staff until then. You too."),
    )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """Columns of the event; only of a valid form."""
        return {**self.cleaned_data, "series_title": self.cleaned_data["series_title"] or None}


class SessionForm(SetUpForm):
    """One session."""

    title = line(gettext_lazy("Title"), required=True)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SessionKind.choices)
    access = forms.ChoiceField(
        label=gettext_lazy("Who may read along"),
        choices=[("closed", gettext_lazy("closed: its members only")), ("public", gettext_lazy("public: everyone"))],
    )  # fmt: skip
    date = day(gettext_lazy("Date"))
    starts = clock(gettext_lazy("From"))
    ends = clock(gettext_lazy("To"))
    names_in_room = forms.ChoiceField(
        label=gettext_lazy("Names in the room"), choices=NamesInRoom.choices, required=False
    )
    moderator_counts = forms.ChoiceField(
        label=gettext_lazy("Is the moderator counted?"), required=False,
        help_text=gettext_lazy("Among those who agree, and among all. It is settled once the discussion begins."),
    )  # fmt: skip
    attribution = forms.ChoiceField(label=gettext_lazy("The rule"), choices=Regime.choices)

    def __init__(self, *given: Any, **named: Any):
        super().__init__(*given, **named)
        now = self.initial.setdefault("moderator_counts", ModeratorCounts.NEVER.value)
        offered = [one for one in ModeratorCounts.choices if one[0] in (now, "never", "always")]
        self.fields["moderator_counts"].choices = offered  # type: ignore[attr-defined]

    def clean_moderator_counts(self) -> str:
        """As it is, where the form does not say it."""
        return self.cleaned_data["moderator_counts"] or self.initial["moderator_counts"]

    def clean(self) -> dict[str, Any]:
        """Django’s own."""
        told = super().clean() or {}
        if told.get("kind") == SessionKind.ROUNDTABLE and told.get("access") == SessionAccess.PUBLIC:
            self.add_error("access", _("A roundtable is closed. What everyone may read is a public forum."))
        rule = told.get("attribution")
        told["names_in_room"] = told.get("names_in_room") or self.initial.get("names_in_room", NamesInRoom.SHOWN)
        if told.get("names_in_room") == NamesInRoom.HIDDEN and rule and STRICTNESS[rule] < STRICTNESS[Regime.UNNAMED]:
            self.add_error("names_in_room", _("An anonymous room needs a rule that names nobody: choose one below."))
        if told.get("ends") and not told.get("starts"):
            self.add_error("starts", _("Write when it begins, too."))
        elif told.get("ends") and told["ends"] <= told["starts"] and not 0 < lasts(told) <= LONGEST:
            self.add_error("ends", _("It ends before it begins."))
        return told


def lasts(told: dict[str, Any]) -> float:
    """How many hours it lasts, over midnight where it ends earlier on the clock."""
    starts, ends = told["starts"], told["ends"]
    return ((ends.hour - starts.hour) * 60 + ends.minute - starts.minute) % (24 * 60) / 60


class PointsForm(SetUpForm):
    """Points of the programme, one a line."""

    points = prose(
        gettext_lazy("Add points"), 6,
        help_text=gettext_lazy(
            "One a line. What begins with a dash lies below the last line without; with two, below that."
        ),
    )  # fmt: skip

    def clean_points(self) -> list[tuple[int, str]]:
        """(depth, title) of each line."""
        lines = list(points(self.cleaned_data["points"]))
        if len(lines) > MOST_POINTS:
            raise ValidationError(_("Add them in parts: at most %(most)s at once.") % {"most": MOST_POINTS})
        if long := next((title for _deep, title in lines if len(title) > LINE), ""):
            raise ValidationError(_("This line is too long: %(line)s …") % {"line": long[:60]})
        return lines


def points(text: str) -> Iterator[tuple[int, str]]:
    """(depth, title) of each line that has words."""
    for written in text.split("\n"):
        found = re.match(r"\s*([-–—*•\s]*)(.*)", written)
        dashes, title = (found[1], found[2].strip()) if found else ("", "")
        if title:
            yield min(sum(sign in "-–—*•" for sign in dashes), 2), title


class PointForm(SetUpForm):
    """One point of the programme."""

    title = line(gettext_lazy("Title"), required=True)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ItemKind.choices)


class PartnerForm(SetUpForm):
    """A partner; without a name, none."""

    name = line(gettext_lazy("Name"))
    credit = line(gettext_lazy("Credit line"))

    def clean(self) -> dict[str, Any]:
        """Django’s own."""
        told = super().clean() or {}
        if told.get("credit") and not told.get("name"):
            self.add_error("name", _("Whose credit line is it?"))
        return told


class DisclaimerForm(SetUpForm):
    """A disclaimer; without words, none."""

    text = prose(gettext_lazy("Disclaimer"), 2, required=False)


class RetentionForm(SetUpForm):
    """How long names are kept, and what the door says of it."""

    days = forms.IntegerField(
        label=gettext_lazy("Days after the report is out"), min_value=1, max_value=365,
        help_text=gettext_lazy(
            "Names are erased then, and at the latest a year after the session. Texts and counts stay."
        ),
    )  # fmt: skip
    notice_en = prose(
        gettext_lazy("Your own notice, in English"), 4, required=False,
        help_text=gettext_lazy("It stands at the door and on the page of what is kept, below the dates."),
    )  # fmt: skip
    notice_fr = prose(gettext_lazy("Your own notice, in French"), 4, required=False)


Partners = forms.formset_factory(PartnerForm, extra=ROWS_MORE, max_num=100, absolute_max=120)
Disclaimers = forms.formset_factory(DisclaimerForm, extra=2, max_num=50, absolute_max=60)


class ScaleForm(SetUpForm):
    """The thresholds of the words of agreement, as shares of those who could have spoken, and where figures stand."""

    SHARES = ("several", "many", "most", "nearly_all")

    several = line(gettext_lazy("several, from"))
    many = line(gettext_lazy("many, from"))
    most = line(gettext_lazy("most, from"))
    nearly_all = line(gettext_lazy("nearly all, from"))
    figures = forms.ChoiceField(
        label=gettext_lazy("The figure of a group of twelve or fewer stands beside the words"),
        choices=Figures.choices,
        help_text=gettext_lazy("As in: most participants, six of eight. The legend gives it in each case."),
    )

    def clean(self) -> dict[str, Any]:
        """Django’s own: all of them or none, each a fraction, growing."""
        told = super().clean() or {}
        given = {name: told[name] for name in self.SHARES if told.get(name)}
        shares = {name: share for name, written in given.items() if (share := self.share(name, written)) is not None}
        if given and len(given) < len(self.SHARES):
            raise ValidationError(_("Fill in all four, or leave all four empty for the usual ones."))
        values = [shares[name] for name in self.SHARES if name in shares]
        if len(values) == len(self.SHARES) and not all(low < high for low, high in itertools.pairwise(values)):
            raise ValidationError(_("Each share must be more than the one before it."))
        return told

    def share(self, name: str, written: str) -> Fraction | None:
        """A share between 0 and 1, as 2/3 or 0.66 or 66 %."""
        text = written.replace(",", ".").replace(" ", "").replace("\u202f", "").replace("\xa0", "")
        if re.fullmatch(r"\d{1,4}/\d{1,4}|\d?\.\d{1,4}|\d{1,3}(\.\d{1,2})?%", text):
            try:
                share = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
            except ZeroDivisionError:
                share = Fraction(0)
            if 0 < share <= 1:
                return share
        self.add_error(name, _("Write a share of all, as 2/3 or 66 %."))
        return None

    def scale(self) -> dict[str, str] | None:
        """As the record has it; None for the usual one. Only of a valid form."""
        written = {name: self.cleaned_data[name] for name in self.SHARES}
        if not any(written.values()):
            return None
        found = {name: self.share(name, share) for name, share in written.items()}
        made = {name: f"{share.numerator}/{share.denominator}" for name, share in found.items() if share}
        return None if made == {name: str(DEFAULT_SCALE[name]) for name in made} else made
