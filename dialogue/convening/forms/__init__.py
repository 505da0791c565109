"""What comes in when an event is set up: the fields that its forms share."""

import datetime
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.rapporteur.forms import Printable

FIRST_YEAR, LAST_YEAR = 1900, 2999
NOWHERE = {"localtime", "Factory"}  # names that mean another zone on another machine, or none


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
