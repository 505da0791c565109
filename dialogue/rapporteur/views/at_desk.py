"""Who sits at the desk of an event, and the statements and findings that something rests on, as they see them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from dialogue.access import Reader, reader, sees, visible_events
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import ContributionKind
from dialogue.events.models import Event, Item
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in
from dialogue.record.actions import KeyReused
from dialogue.restricter import Restricter, Spoken, restricter, shown_to

WORDS = 24  # of a statement, to know it again


@dataclass
class Desk:
    """A reader at the desk of an event."""

    who: Reader

    @property
    def event(self) -> Event:
        """The event."""
        return self.who.event

    @property
    def person(self) -> Person:
        """Who sits there: nobody who is not signed in does."""
        assert self.who.person is not None
        return self.who.person

    @property
    def may_write(self) -> bool:
        """Whether they write the chapter; others keep notes."""
        return self.who.may("write the report")

    @property
    def may_call(self) -> bool:
        """Whether they put findings to the table."""
        return self.may_write or self.who.may("run the table")

    @cached_property
    def rules(self) -> Restricter:
        """How people are shown."""
        return restricter(self.event)

    def context(self) -> dict[str, Any]:
        """What every page of the desk tells its template."""
        return {
            "event": self.event,
            "who": self.who,
            "at": self,
            "at_the_table": self.who.may("read the table"),
            "is_published": self.event.publications.exists(),
        }

    def address(self, item: Item | None = None, anchor: str = "") -> str:
        """The desk's page of an item, at a place on it."""
        query = f"?item={item.key}" if item else ""
        return reverse("desk", args=[self.event.slug]) + query + (f"#{anchor}" if anchor else "")


def desk(request: HttpRequest, slug: str) -> Desk:
    """The reader at the desk. Raises Http404 where they may not know of the event, PermissionDenied."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    who.require("keep notes")
    return Desk(who)


def sentences(problem: Exception) -> list[str]:
    """What went wrong, for who did it."""
    if isinstance(problem, ValidationError):
        return list(problem.messages)
    if isinstance(problem, KeyReused):
        return [_("Something else was sent from this form already. Your words are kept: send them again.")]
    assert isinstance(problem, ChangedMeanwhile)
    return [_("It was changed meanwhile. Your words are kept: look at what stands there now, then decide.")]


# ------------------------------------------------------------------ what something rests on


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement or a finding, to be known again. `who` is "" for a finding."""

    id: str
    who: str
    kind: str
    words: str
    language: str
    counts: bool  # it is released and on record


def chosen(at: Desk, basis: Collection[uuid.UUID]) -> list[Chosen]:
    """What of these ids is there and may be read, in their order."""
    found: dict[uuid.UUID, Chosen] = {}
    for pk, session, released, attribution, author, kind, text, language, group in at.event.contributions.filter(
        pk__in=basis
    ).values_list(
        "pk",
        "session__key",
        "released",
        "attribution",
        "authorship__attendee__key",
        "kind",
        "text",
        "language",
        "group",
    ):
        if sees(at.who, session, released, attribution, author):
            seen, _mine = shown_to(at.who, at.rules, Spoken(author, session, attribution, group))
            found[pk] = Chosen(
                str(pk), seen.name or seen.label, str(ContributionKind(kind).label), shortened(text),
                language or at.event.language, released and attribution != "off_record",
            )  # fmt: skip
    for pk, text in at.event.findings.filter(pk__in=basis).values_list("pk", "text"):
        found[pk] = Chosen(str(pk), "", _("finding"), shortened(text), at.event.language, True)
    return [found[one] for one in basis if one in found]


def shortened(text: str) -> str:
    """The first words."""
    return Truncator(text).words(WORDS, truncate=" …")
