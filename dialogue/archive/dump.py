"""The database into a record: keys in canonical order, lists in the order in which they were kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db.models.functions import Coalesce

from dialogue.archive.format import ADDED, FORMAT, SHAPE, differing
from dialogue.archive.groups import Groups, groups_of_seats
from dialogue.archive.versions import Versions
from dialogue.discussion.models import Contribution, Relation, State
from dialogue.events.models import SEAT_ORDER, Absence, Event, ItemRun, Membership
from dialogue.positions.agreement import NUMBERS, SIDES, rests_on_runs
from dialogue.positions.assent import is_on_earlier_words
from dialogue.positions.models import (
    Assent,
    Count,
    FindingBasis,
    FormerStance,
    FrozenCount,
    RosterPlace,
    Stance,
    StanceKind,
)
from dialogue.rapporteur.models import NoteSubject, ParagraphBasis, Recommendation, RecommendationBasis

# What another app keeps of a record: its list's name -> a function (event) that gives the list.
dumpers: dict[str, Callable[[Event], list[dict]]] = {}


def dump(event: Event) -> dict[str, Any]:
    """An event as a record, ready for `format.canonical`."""
    dumping = Dumping(event)
    record: dict[str, Any] = {"format": FORMAT}
    for name in list(SHAPE)[1:]:
        value = dumpers[name](event) if name in dumpers else getattr(dumping, name)()
        if name not in ADDED or value != ADDED[name].default:
            record[name] = value
    return record


def written(at: Any, as_written: str) -> str | None:
    """A time as the record has it: as it was written, else ISO in UTC."""
    return as_written or (at.isoformat() if at else None)


def call(finding: Any) -> dict | None:
    """What was done at the table to make sure of a finding, or of an earlier wording of it."""
    return finding.call and {
        "kind": finding.call,
        "at": written(finding.call_at, finding.call_at_written),
        "present": finding.call_present,
        "objections": finding.call_objections,
    }


def chosen(row: Any, names: str) -> dict[str, Any]:
    """Some attributes of a row as an object, in the order named (space-separated)."""
    return {name: getattr(row, name) for name in names.split()}


def decision(finding: Any) -> dict[str, Any] | None:
    """A finding’s rule of decision, or None."""
    rule = finding.decision_rule
    return {"rule": rule, "majority": finding.decision_majority or None} if rule else None


def grouped(rows: Iterable[Any], by: str) -> dict[Any, list[Any]]:
    """Rows by the value of one column; each list keeps the rows' order."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, by)].append(row)
    return groups


class Dumping:
    """One event's lists, each with a handful of queries whatever its length.

    What was said and who stands where are the long lists: they are read as plain rows, not as objects.
    """

    def __init__(self, event: Event):
        self.event_row = event
        self.keys: dict[Any, str] = {}  # primary key -> the record's id
        for related in ("attendees", "sessions", "items", "contributions", "findings", "counts", "sources"):
            self.keys.update(getattr(event, related).values_list("pk", "key"))
        self.versions = Versions(event)

    def statement(self, row: Any) -> str:
        """The record’s id of the statement that a row is about."""
        return self.keys[row.contribution_id or row.finding_id]

    def of(self, model: Any, path: str) -> Any:
        """The rows of a table that hang on this event by `path`, in their order."""
        return model.objects.filter(**{path: self.event_row}).order_by("position")

    def event(self) -> dict[str, Any]:
        """The format’s `event`."""
        event = self.event_row
        return {
            **chosen(event, "slug title chapter_number occasion"),
            "date": event.date.isoformat(),
            **({"end_date": event.end_date.isoformat()} if event.end_date else {}),
            **chosen(event, "time_zone place language"),
            "convenor": {"name": event.convenor_name, "short_name": event.convenor_short_name},
            "partners": [chosen(partner, "name credit") for partner in event.partners.all()],
            "series": None if event.series_title is None else {"title": event.series_title},
            **chosen(event, "byline attribution"),
            "scale": event.scale and {name: event.scale[name] for name in ("several", "many", "most", "nearly_all")},
            "scope": event.scope,
            **differing(
                "event",
                figures=event.figures,
                names_kept_days=event.names_kept_days,
                names_erased=event.names_erased_at is not None,
            ),
        }

    def disclaimers(self) -> list[dict]:
        """The format’s list `disclaimers`."""
        return [{"text": disclaimer.text} for disclaimer in self.event_row.disclaimers.all()]

    def persons(self) -> list[dict]:
        """The format’s list `persons`."""
        fields = "name honorific function affiliation sector listed aliases"
        return [
            {"id": one.key, **chosen(one, fields), **differing("persons[]", family_name=one.family_name)}
            for one in self.event_row.attendees.all()
        ]

    def sessions(self) -> list[dict]:
        """The format’s list `sessions`."""
        seats = Membership.every.filter(session__event=self.event_row).select_related("succeeds")
        members = grouped(seats.order_by(*SEAT_ORDER), "session_id")
        runs = self.runs()
        absences = grouped(self.of(Absence, "membership__session__event"), "membership_id")
        return [
            {
                "id": session.key,
                **chosen(session, "kind title access"),
                "date": session.date.isoformat(),
                "attribution": session.attribution,
                "members": [self.member(one, absences[one.pk]) for one in members[session.pk]],
                **differing(
                    "sessions[]",
                    names_in_room=session.names_in_room,
                    closed=session.is_over,
                    moderator_counts=session.moderator_counts,
                    runs=[self.run(one) for one in runs[session.pk]],
                ),
            }
            for session in self.event_row.sessions.all()
        ]

    def member(self, membership: Membership, absences: list[Absence]) -> dict:
        """One entry of a session’s `members`."""
        absent = {"absent": [self.keys[one.item_id] for one in absences]} if membership.absences_noted else {}
        added = differing(
            "sessions[].members[]",
            since=written(membership.started_at, membership.started_at_written),
            until=written(membership.ended_at, membership.ended_at_written),
            succeeds=self.keys[membership.succeeds.attendee_id] if membership.succeeds else None,
        )
        return {"person": self.keys[membership.attendee_id], "role": membership.role, **absent, **added}

    def runs(self) -> dict[Any, list[ItemRun]]:
        """The runs of each session, where they came with a record, or somebody is counted otherwise by them."""
        rows = list(self.of(ItemRun, "session__event"))
        is_needed = any(run.start_written for run in rows) or (rows and rests_on_runs(self.event_row))
        return grouped(rows if is_needed else (), "session_id")

    def run(self, run: ItemRun) -> dict:
        """One entry of a session’s `runs`."""
        start, end = written(run.start, run.start_written), written(run.end, run.end_written)
        return {"item": self.keys[run.item_id], "start": start, "end": end}

    def outline(self) -> list[dict]:
        """The format’s `outline`, nested as it is kept."""
        below = grouped(self.event_row.items.all(), "parent_id")

        def items(parent: Any) -> list[dict]:
            return [
                {"id": item.key, **chosen(item, "kind title announces discussed"), "items": items(item.pk)}
                for item in below[parent]
            ]

        return items(None)

    def contributions(self) -> list[dict]:
        """The format’s list `contributions`."""
        relations: dict[str, list[dict]] = defaultdict(list)
        targets = ("to_contribution__key", "to_finding__key", "to_source__key")
        related = self.of(Relation, "source_statement__event").values_list("source_statement__key", "kind", *targets)
        for statement, kind, said, found, source in related:
            relations[statement].append({"kind": kind, "to": said or found or source})
        rows = self.of(Contribution, "event").values_list(
            "pk", "key", "session__key", "item__key", "authorship__attendee__key", "kind", "text", "language", "verb",
            "attribution", "recorded", "released", "at", "at_written", "group",
        )  # fmt: skip
        groups = self.groups()
        return [
            {
                "id": key, "session": session, "item": item, "by": author, "kind": kind, "text": text,
                "language": language, "verb": verb, "relations": relations[key], "attribution": attribution,
                "recorded": recorded, "released": released, "at": written(at, at_written),
                **differing(
                    "contributions[]",
                    versions=self.versions.of_statement(pk),
                    group=None if group == groups.get((session, author), "") else group,
                ),
            }
            for (
                pk, key, session, item, author, kind, text, language, verb, attribution, recorded, released, at,
                at_written, group,
            ) in rows
        ]  # fmt: skip

    def groups(self) -> Groups:
        """The groups that a loader computes of what is dumped."""
        seats = Membership.every.filter(session__event=self.event_row)
        return groups_of_seats(seats.values_list("session__key", "attendee__key", "role", "attendee__sector"))

    def assent(self) -> list[dict]:
        """The format’s list `assent`."""
        return [
            {
                "on": self.statement(one), "seen": one.seen, "of": one.present,
                "at": written(one.at, one.at_written), "confirmed": one.confirmed,
                "on_earlier_words": is_on_earlier_words(one),
            }
            for one in self.of(Assent, "event").select_related("contribution", "finding")
        ]  # fmt: skip

    def findings(self) -> list[dict]:
        """The format’s list `findings`."""
        basis = grouped(self.of(FindingBasis, "finding__event"), "finding_id")
        rosters = grouped(self.of(RosterPlace, "finding__event"), "finding_id")
        return [
            {
                "id": finding.key,
                "item": self.keys[finding.item_id],
                **chosen(finding, "text level"),
                "pair": self.keys.get(finding.pair_id),
                "reason": finding.reason,
                "basis": [self.keys[one.contribution_id] for one in basis[finding.pk]],
                "count": self.keys.get(finding.count_id),
                "call": call(finding),
                **differing("findings[]", versions=self.former_findings(finding)),
                **self.on_versions("findings[]", finding),
                **differing(
                    "findings[]",
                    outcome=finding.outcome,
                    decision=decision(finding),
                    session=self.keys.get(finding.session_id),
                    roster=[self.keys[one.attendee_id] for one in rosters[finding.pk]],
                ),
            }
            for finding in self.event_row.findings.all()
        ]

    def former_findings(self, finding: Any) -> list[dict]:
        """The `versions` of a finding: its earlier wordings, with what was counted and called on each."""
        return [
            {
                "number": number, "text": former.text if former else "",
                "count": self.keys.get(former.count_id) if former else None, "call": former and call(former),
            }
            for number, former in self.versions.of_finding(finding.pk)
        ]  # fmt: skip

    def on_versions(self, where: str, paper: Any) -> dict[str, Any]:
        """What of a paper’s basis is in earlier words than those that stand."""
        return differing(where, basis_versions=self.versions.of_basis(paper.pk, self.keys))

    def stances(self) -> list[dict]:
        """The format’s list `stances`."""
        former = self.former_stances()
        rows = self.of(Stance, "event").values_list(
            "contribution__key", "finding__key", "attendee__key", "stance", "strong", "reason", "recorded",
            "words_version", "carried_to", Coalesce("contribution__words_version", "finding__words_version"), "group",
            "pk",
        )  # fmt: skip
        return [
            {
                "on": said or found, "by": person, "stance": stance, "strong": strong, "reason": reason,
                "recorded": recorded, "history": former.get(pk, []),
                **differing(
                    "stances[]", version=None if on == now else on, carried=on != now and carried == now, group=group
                ),
            }
            for said, found, person, stance, strong, reason, recorded, on, carried, now, group, pk in rows
        ]  # fmt: skip

    def former_stances(self) -> dict[Any, list[dict]]:
        """Stance -> those that went before the present one."""
        former: dict[Any, list[dict]] = defaultdict(list)
        rows = self.of(FormerStance, "current__event").values_list("current", "stance", "reason", "at", "at_written")
        for current, stance, reason, at, as_written in rows:
            former[current].append({"stance": stance, "reason": reason, "at": written(at, as_written)})
        return former

    def counts(self) -> list[dict]:
        """The format’s list `counts`."""
        return [
            {
                "id": count.key,
                "session": self.keys[count.session_id],
                "item": self.keys[count.item_id],
                **chosen(count, "question kind"),
                "at": written(count.at, count.at_written),
                "present": count.present,
                "tally": None if count.agree is None else chosen(count, "agree reservations disagree abstain"),
                "options": [{"text": one["text"], "votes": one["votes"]} for one in count.options],
            }
            for count in self.of(Count, "event")
        ]

    def floor(self) -> list[dict]:
        """The format’s list `floor`."""
        return [
            {
                "session": self.keys[turn.session_id],
                "item": self.keys[turn.item_id],
                "person": self.keys[turn.attendee_id],
                "start": written(turn.start, turn.start_written),
                "end": written(turn.end, turn.end_written),
            }
            for turn in self.event_row.floor.all()
        ]

    def paragraphs(self) -> list[dict]:
        """The format’s list `paragraphs`."""
        basis = grouped(self.of(ParagraphBasis, "paragraph__event"), "paragraph_id")
        return [
            {
                "id": paragraph.key,
                "item": self.keys[paragraph.item_id],
                **chosen(paragraph, "origin text"),
                "basis": [self.statement(one) for one in basis[paragraph.pk]],
                **self.on_versions("paragraphs[]", paragraph),
                **differing("paragraphs[]", unnamed=self.unnamed(paragraph)),
            }
            for paragraph in self.event_row.paragraphs.all()
        ]

    def unnamed(self, paragraph: Any) -> list[dict]:
        """Whom marks in a paragraph stand for whose names were erased."""
        return [{"id": one["id"], "group": one["group"], "said": self.known(one["said"])} for one in paragraph.unnamed]

    def counted(self) -> list[dict]:
        """The format’s list `counted`; not of what is not in the record any more."""
        rows = self.of(FrozenCount, "event").values_list("kind", "of", "numbers")
        return [
            {
                "kind": kind, "of": of, **{name: numbers[name] for name in (*NUMBERS, "wide")},
                "bar": numbers["bar"] and {side: numbers["bar"][side] for side in SIDES},
                "earlier": {name: numbers["earlier"][name] for name in StanceKind.values},
                "said": self.known(numbers["said"]),
            }
            for kind, of, numbers in rows
            if self.known(of) == of
        ]  # fmt: skip

    def known(self, keys: list[str]) -> list[str]:
        """Those of these statements and findings that the record has."""
        return [key for key in keys if key in self.kept]

    @cached_property
    def kept(self) -> set[str]:
        """Every id that the record has."""
        return set(self.keys.values())

    def recommendations(self) -> list[dict]:
        """The format’s list `recommendations`."""
        basis = grouped(self.of(RecommendationBasis, "recommendation__event"), "recommendation_id")
        advice = list(self.of(Recommendation, "event"))
        below = grouped(advice, "parent_id")
        groups = grouped(below[None], "addressee_id")

        def rests_on(one: Recommendation) -> list[str]:
            return [self.statement(row) for row in basis[one.pk]]

        return [
            {
                "addressee": addressee.name,
                "short_name": addressee.short_name,
                "items": [
                    {
                        "id": one.key,
                        "text": one.text,
                        "items": [
                            {
                                "id": part.key, "text": part.text, "basis": rests_on(part),
                                **self.on_versions("recommendations[].items[].items[]", part),
                            }
                            for part in below[one.pk]
                        ],
                        "basis": rests_on(one),
                        "level": one.level,
                        **self.on_versions("recommendations[].items[]", one),
                    }
                    for one in groups[addressee.pk]
                ],
            }
            for addressee in self.event_row.addressees.all()
        ]  # fmt: skip

    def sources(self) -> list[dict]:
        """The format’s list `sources`."""
        fields = "author title container year date url accessed page"
        return [{"id": source.key, **chosen(source, fields)} for source in self.event_row.sources.all()]

    def footnotes(self) -> list[dict]:
        """The format’s list `footnotes`."""
        return [
            {"id": note.key, **chosen(note, "kind text"), "source": self.keys.get(note.source_id), "page": note.page}
            for note in self.event_row.footnotes.all()
        ]

    def notes(self) -> list[dict]:
        """The format’s list `notes`."""
        about = grouped(self.of(NoteSubject, "note__event"), "note_id")
        return [
            {
                "id": note.key,
                "by": self.keys[note.attendee_id],
                "item": self.keys.get(note.item_id),
                "about": [self.statement(one) for one in about[note.pk]],
                **chosen(note, "text flagged"),
                "at": written(note.at, note.at_written),
            }
            for note in self.event_row.notes.all()
        ]

    def translations(self) -> list[dict]:
        """The format’s list `translations`."""
        gone = Contribution.every.filter(event=self.event_row).exclude(state=State.SAID).values("key")
        rows = self.event_row.translations.exclude(of__in=gone)
        return [chosen(one, "of language text original") for one in rows]
