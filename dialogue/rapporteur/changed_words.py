"""The papers that rest on words amended or withdrawn since the rapporteur last looked: they block publication."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from dialogue.discussion.models import Attribution, Contribution, State
from dialogue.events.models import Event
from dialogue.positions.models import Finding, FindingBasis
from dialogue.rapporteur.marks import MARKS
from dialogue.rapporteur.models import ParagraphBasis, RecommendationBasis
from dialogue.record.actions import digest

Id = uuid.UUID


class Words(NamedTuple):
    """The words of a statement or a finding as they stand: which version, since which turn, and what became of them."""

    version: int
    turn: int
    became: str  # "amended", "withdrawn", "off_record" or "erased"
    author: str = ""  # the key of who said it, "" for a finding


class Change(NamedTuple):
    """Something that a paper rests on, in other words than were last confirmed (`before`; 0: not known which).

    `via`: the finding through which it rests on it, None where it does so itself.
    """

    on: Id
    words: Words
    before: int
    via: Id | None = None


@dataclass
class ChangedPaper:
    """A finding, paragraph or recommendation with the changes under it."""

    kind: str
    row: Any
    changes: list[Change] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What a form carries, so that words changed meanwhile are not confirmed unseen."""
        return digest([[str(one.on), one.words.version] for one in self.changes])

    @property
    def unconfirmed(self) -> set[Id]:
        """What it rests on itself, and may not count on before it is confirmed."""
        return {one.on for one in self.changes if one.via is None}


def changed_papers(event: Event) -> dict[Id, ChangedPaper]:
    """Every paper of an event that rests on changed words: {its id: it}. Two queries where nothing was ever changed."""
    changed = ChangedWords(event)
    if not changed.words:
        return {}
    found = [*changed.findings(), *changed.paragraphs(), *changed.recommendations()]
    return {one.row.pk: one for one in found if one.changes}


class ChangedWords:
    """What of an event's words was ever changed, and what rests on it."""

    def __init__(self, event: Event):
        self.event = event
        self.words = self.read_statements() | self.read_findings()

    def read_statements(self) -> dict[Id, Words]:
        """The statements whose words were ever changed."""
        rows = Contribution.every.filter(event=self.event, words_version__gt=1).values_list(
            "pk", "words_version", "words_turn", "state", "attribution", "authorship__attendee__key"
        )
        return {
            pk: Words(version, turn, became(state, attribution), author or "")
            for pk, version, turn, state, attribution, author in rows
        }

    def read_findings(self) -> dict[Id, Words]:
        """The findings whose words were ever changed."""
        rows = Finding.objects.filter(event=self.event, words_version__gt=1)
        return {one.pk: Words(one.words_version, one.words_turn, "amended") for one in rows}

    @cached_property
    def behind(self) -> dict[Id, list[Id]]:
        """Finding -> the changed statements that it rests on, also those that are withdrawn."""
        behind: dict[Id, list[Id]] = defaultdict(list)
        for one in self.ties(FindingBasis, "finding", Q(contribution__in=self.words)):
            behind[one.finding_id].append(one.contribution_id)
        return behind

    def ties(self, model: Any, owner: str, on: Q) -> Iterable[Any]:
        """Rows of a basis in the event, also on what is withdrawn."""
        return model.every.filter(on, **{f"{owner}__event": self.event}).order_by("position")

    def direct(self, model: Any, owner: str, on: Q) -> dict[Id, list[Change]]:
        """Paper -> the changes in its own basis since it was confirmed."""
        found: dict[Id, list[Change]] = defaultdict(list)
        for one in self.ties(model, owner, on):
            target = one.contribution_id or one.finding_id
            if one.words_version != self.words[target].version:
                found[getattr(one, f"{owner}_id")].append(Change(target, self.words[target], one.words_version))
        return found

    def findings(self) -> Iterable[ChangedPaper]:
        """The findings that rest on changed statements."""
        direct = self.direct(FindingBasis, "finding", Q(contribution__in=self.words))
        rows = self.event.findings.filter(pk__in=direct).select_related("item")
        return [ChangedPaper("finding", one, direct[one.pk]) for one in rows]

    def paragraphs(self) -> Iterable[ChangedPaper]:
        """The paragraphs; a finding that is marked in the text is what it rests on too."""
        keys = dict(self.event.findings.values_list("key", "pk"))
        return self.papers(
            "paragraph", ParagraphBasis, self.event.paragraphs.select_related("item"),
            lambda row: [keys[key] for key in MARKS["findings"].findall(row.text) if key in keys],
        )  # fmt: skip

    def recommendations(self) -> Iterable[ChangedPaper]:
        """The recommendations and their lettered parts."""
        rows = self.event.recommendations.select_related("addressee")
        return self.papers("recommendation", RecommendationBasis, rows, lambda _row: [])

    def papers(self, kind: str, basis: Any, rows: Iterable[Any], marked: Any) -> Iterable[ChangedPaper]:
        """Papers that may rest on findings: their own changes, and those through a finding that are not looked at."""
        direct = self.direct(basis, kind, Q(contribution__in=self.words) | Q(finding__in=self.words))
        findings: dict[Id, list[Id]] = defaultdict(list)
        for one in self.ties(basis, kind, Q(finding__isnull=False)):
            findings[getattr(one, f"{kind}_id")].append(one.finding_id)
        for row in rows:
            own = direct[row.pk]
            through = self.through(row, findings[row.pk], marked(row))
            known = {one.on for one in own}
            yield ChangedPaper(kind, row, [*own, *(one for one in through if one.on not in known)])

    def through(self, row: Any, findings: Collection[Id], marked: Collection[Id]) -> list[Change]:
        """What changed since a paper was looked at under the findings that it rests on, and in those that it marks."""
        found: dict[Id, Change] = {}
        for finding in dict.fromkeys([*findings, *marked]):
            on = [finding] if finding in self.words and finding not in findings else []
            for one in [*on, *self.behind.get(finding, ())]:
                if self.words[one].turn > row.looked_turn:
                    found.setdefault(one, Change(one, self.words[one], 0, finding))
        return list(found.values())


def became(state: str, attribution: str | None) -> str:
    """What became of a statement's words."""
    if state != State.SAID:
        return state
    return Attribution.OFF_RECORD.value if attribution == Attribution.OFF_RECORD else "amended"
