"""Assent that the rapporteur saw, as nods around the table: printed as seen, never part of a count."""

from typing import Any

from django.utils.translation import gettext as _

from dialogue.events.models import Event
from dialogue.positions.models import Assent


def assent_words(seen: int, present: int, confirmed: bool | None, is_earlier: bool = False) -> str:
    """The mark in sentences: the numbers, whether the words have changed since, and what a read-back said."""
    numbers = {"seen": seen, "present": present}
    said = [_("Assent seen by the rapporteur, not counted: about %(seen)d of %(present)d.") % numbers]
    if is_earlier:
        said.append(_("It was seen on earlier words."))
    if confirmed is not None:
        said.append(_("Confirmed at a read-back.") if confirmed else _("Denied at a read-back."))
    return " ".join(said)


def is_on_earlier_words(mark: Assent) -> bool:
    """Whether the words have changed since the assent was seen."""
    target = mark.contribution or mark.finding
    return target is not None and mark.words_version != target.words_version


def assent_on(event: Event, **targets: Any) -> dict[Any, str]:
    """Statement or finding (primary key) -> its mark in sentences; `targets`: a filter of rows."""
    rows = Assent.objects.filter(event=event, **targets).select_related("contribution", "finding")
    return {
        one.contribution_id or one.finding_id: assent_words(
            one.seen, one.present, one.confirmed, is_on_earlier_words(one)
        )
        for one in rows
    }
