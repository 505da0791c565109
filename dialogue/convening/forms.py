"""What comes in when an event is set up, turned into the words of its actions."""

import datetime
import itertools
import re
import zoneinfo
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.convening.actions.people import Facts
from dialogue.convening.actions.welcoming import Wishes
from dialogue.events.models import (
    STRICTNESS,
    Attendee,
    Event,
    ItemKind,
    Regime,
    Role,
    Session,
    SessionAccess,
    SessionKind,
)
from dialogue.people.models import Language
from dialogue.positions.quantifiers import DEFAULT_SCALE
from dialogue.rapporteur.forms import LINE, Printable, line, prose

MOST_POINTS = 200  # pasted at once
FIRST_YEAR, LAST_YEAR = 1900, 2999
NOWHERE = {"localtime", "Factory"}  # names that mean another zone on another machine, or none
ROWS_MORE = 3  # empty lines of a list that grows


class Day(forms.DateField):
    """A date in years that people meet in: a calendar has no day before its first nor after its last."""

    def clean(self, value: Any) -> datetime.date | None:
        """Django’s own."""
        found = super().clean(value)
        if found is not None and not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"])
        return found


def day(label: Any, required: bool = True) -> Day:
    """A date."""
    return Day(
        label=label, required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the date as 2026-03-21.")},
    )  # fmt: skip


def clock(label: Any) -> forms.TimeField:
    """An hour of the day."""
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write the time as 14:05.")},
    )  # fmt: skip


class ZoneField(Printable):
    """A time zone by its name."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Time zone"), max_length=64,
            help_text=gettext_lazy("As a continent and a city: Europe/Paris."),
            widget=forms.TextInput({"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        """Django’s own."""
        name = super().clean(value)
        known = {one.casefold(): one for one in zoneinfo.available_timezones() - NOWHERE}
        found = known.get(name.strip().replace(" ", "_").casefold())
        if found is None:
            raise ValidationError(_("There is no such time zone. Write a continent and a city: America/Vancouver."))
        return found


def zones() -> list[str]:
    """Every time zone, for the list under its field."""
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))


class SetUpForm(forms.Form):
    """Any form of setting up."""

    def __init__(self, *given: Any, **named: Any):
        super().__init__(*given, **{"label_suffix": "", **named})


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
    attribution = forms.ChoiceField(label=gettext_lazy("The rule"), choices=Regime.choices)

    def clean(self) -> dict[str, Any]:
        """Django’s own."""
        told = super().clean() or {}
        if told.get("kind") == SessionKind.ROUNDTABLE and told.get("access") == SessionAccess.PUBLIC:
            self.add_error("access", _("A roundtable is closed. What everyone may read is a public forum."))
        if told.get("ends") and not told.get("starts"):
            self.add_error("starts", _("Write when it begins, too."))
        return told


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


Partners = forms.formset_factory(PartnerForm, extra=ROWS_MORE, max_num=100, absolute_max=120)
Disclaimers = forms.formset_factory(DisclaimerForm, extra=2, max_num=50, absolute_max=60)


class ScaleForm(SetUpForm):
    """The thresholds of the words of agreement: shares of those who could have spoken."""

    several = line(gettext_lazy("several, from"))
    many = line(gettext_lazy("many, from"))
    most = line(gettext_lazy("most, from"))
    nearly_all = line(gettext_lazy("nearly all, from"))

    def clean(self) -> dict[str, Any]:
        """Django’s own: all of them or none, each a fraction, growing."""
        told = super().clean() or {}
        given = {name: written for name, written in told.items() if written}
        shares = {name: share for name, written in given.items() if (share := self.share(name, written)) is not None}
        if given and len(given) < len(self.fields):
            raise ValidationError(_("Fill in all four, or leave all four empty for the usual ones."))
        values = [shares[name] for name in self.fields if name in shares]
        if len(values) == len(self.fields) and not all(low < high for low, high in itertools.pairwise(values)):
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
        if not any(self.cleaned_data.values()):
            return None
        found = {name: self.share(name, written) for name, written in self.cleaned_data.items()}
        made = {name: f"{share.numerator}/{share.denominator}" for name, share in found.items() if share}
        return None if made == {name: str(DEFAULT_SCALE[name]) for name in made} else made


# ------------------------------------------------------------------ people


class PasteForm(SetUpForm):
    """A table of people, and the session that they sit in."""

    session = forms.ModelChoiceField(
        Session.objects.none(), label=gettext_lazy("They sit in"), to_field_name="key", empty_label=None
    )
    table = prose(
        gettext_lazy("People, out of a spreadsheet"), 8, 200_000,
        help_text=gettext_lazy(
            "Copy the cells and paste them here: name, e-mail, function, affiliation, kind of organisation, role, "
            "language. A line of headings may come first: then in any order."
        ),
    )  # fmt: skip

    def __init__(self, event: Event, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self.fields["session"].queryset = event.sessions.all()  # type: ignore[attr-defined]
        self.fields["table"].strip = False  # type: ignore[attr-defined]  # a first cell may be empty


class PersonForm(SetUpForm):
    """Somebody as they are printed, and where they are reached."""

    name = line(gettext_lazy("Name"), required=True)
    honorific = line(gettext_lazy("Before the name"), help_text=gettext_lazy("As Dr. or Major-General (ret.)."))
    function = line(gettext_lazy("Function"))
    affiliation = line(gettext_lazy("Affiliation"))
    sector = line(
        gettext_lazy("Kind of organisation"),
        help_text=gettext_lazy("As police: what is printed where people are reported by it."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False, max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language of the letters"), choices=Language.choices)

    def facts(self) -> Facts:
        """What came in; only of a valid form."""
        names = ("name", "honorific", "function", "affiliation", "sector", "email", "language")
        return Facts(**{name: self.cleaned_data[name] for name in names})


class SeatedForm(PersonForm):
    """The same with their roles in the sessions."""

    listed = forms.BooleanField(
        label=gettext_lazy("stands in the list of participants, where the rule allows one"), required=False
    )

    def __init__(self, attendee: Attendee, *given: Any, **named: Any):
        super().__init__(*given, **named)
        seats = dict(attendee.memberships.values_list("session__key", "role"))
        for session in attendee.event.sessions.all():
            self.fields[f"in-{session.key}"] = forms.ChoiceField(
                label=_("In “%(session)s”") % {"session": session.title}, required=False,
                choices=[("", _("has no seat")), *Role.choices], initial=seats.get(session.key, ""),
            )  # fmt: skip

    def roles(self) -> dict[str, str]:
        """{session's key: role, or ""}; only of a valid form."""
        return {name[3:]: role for name, role in self.cleaned_data.items() if name.startswith("in-")}


class LendForm(SetUpForm):
    """A role without a seat."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = line(gettext_lazy("Name"), required=True)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class GreetingForm(SetUpForm):
    """The convenor’s own lines in the letter."""

    greeting = prose(gettext_lazy("Your own lines in the letter"), 4, 2000, required=False)


class WelcomeForm(SetUpForm):
    """How somebody wants to be printed."""

    name = line(gettext_lazy("Name"), required=True)
    function = line(gettext_lazy("Function"))
    affiliation = line(gettext_lazy("Affiliation"))
    listed = forms.BooleanField(
        label=gettext_lazy("I stand in the list of participants, where the rule allows one"), required=False
    )
    prefers = forms.ChoiceField(label=gettext_lazy("What I say is reported"), required=False, widget=forms.RadioSelect)

    def __init__(self, floor: str, *given: Any, **named: Any):
        """`floor`: the most open rule of their sessions; only stricter ones can be preferred."""
        super().__init__(*given, **named)
        stricter = [(value, label) for value, label in Regime.choices if STRICTNESS[value] > STRICTNESS[floor]]
        self.fields["prefers"].choices = [("", _("as the rule says")), *stricter]  # type: ignore[attr-defined]

    def wishes(self) -> Wishes:
        """What came in; only of a valid form."""
        return Wishes(**{**self.cleaned_data, "prefers": self.cleaned_data["prefers"] or None})


def default_zone(event: Event | None) -> str:
    """The time zone that is offered first."""
    return event.time_zone if event else "UTC"


def today() -> datetime.date:
    """The day."""
    return datetime.date.today()
