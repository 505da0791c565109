"""A record into the database: one transaction, all of it or nothing."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from dialogue.archive import format
from dialogue.archive.format import value_of
from dialogue.archive.groups import groups_of_record
from dialogue.archive.shape import Error
from dialogue.archive.versions import number_after
from dialogue.audit import actions as audit
from dialogue.discussion import threads
from dialogue.discussion.models import Authorship, Contribution, FormerWords, Relation
from dialogue.due import actions as due
from dialogue.events.models import (
    Absence,
    Attendee,
    Disclaimer,
    Event,
    Item,
    ItemRun,
    Membership,
    Partner,
    Session,
)
from dialogue.events.retention import ERASE, is_promised
from dialogue.kept import instant
from dialogue.positions.models import (
    Assent,
    Count,
    Finding,
    FindingBasis,
    FormerFinding,
    FormerStance,
    FrozenCount,
    RosterPlace,
    Stance,
)
from dialogue.rapporteur.models import (
    Addressee,
    Footnote,
    Note,
    NoteSubject,
    Paragraph,
    ParagraphBasis,
    Recommendation,
    RecommendationBasis,
    Source,
    Translation,
)
from dialogue.roundtable.models import Floor


class Invalid(Exception):
    """The record has errors: `errors` are all of them, (JSON path, what is wrong), found as they are asked for."""

    def __init__(self, first: Error, others: Iterator[Error]):
        super().__init__(": ".join(first))
        self.errors = chain([first], others)


class AlreadyThere(Exception):
    """An event of that slug is in the database."""


# What another app keeps of a record: its list's name -> a function (Loading, the list) that adds the rows.
loaders: dict[str, Callable[["Loading", list[dict]], None]] = {}


@transaction.atomic
def load(record: Any, *, replace: bool = False) -> Event:
    """Put a record (parsed JSON) into the database and return its event.

    With `replace` the event of the same slug gives way; its passes, its people's accounts and what was published stay.
    Raises Invalid (nothing is written), AlreadyThere.
    """
    errors = format.each_error(record)
    if first := next(errors, None):
        raise Invalid(first, errors)
    former = Event.objects.select_for_update().filter(slug=record["event"]["slug"]).first()
    if former and not replace:
        raise AlreadyThere(f"the event '{former.slug}' is in the database already")
    accounts = clear(former) if former else {}
    event = former or Event()
    for name, value in event_fields(record).items():
        setattr(event, name, value)
    event.save()
    Event.objects.filter(pk=event.pk).update(names_erased_at=event.names_erased_at)
    loading = Loading(event, accounts)
    loading.read(record)
    loading.write()
    if is_promised(event):
        due.put(ERASE, event.pk)
    audit.note(event, None, "record-replaced" if former else "record-loaded", event.pk)
    return event


def clear(event: Event) -> dict[str, Any]:
    """Delete what a record holds of an event. Returns the accounts of its people: {key: person id}."""
    accounts = dict(event.attendees.exclude(person=None).values_list("key", "person_id"))
    for name in ("translations", "notes", "addressees", "paragraphs", "footnotes", "findings", "contributions"):
        getattr(event, name).all().delete()
    for name in ("frozen_counts", "sources", "counts", "sessions", "items", "attendees", "disclaimers", "partners"):
        getattr(event, name).all().delete()
    return accounts


def event_fields(record: dict) -> dict[str, Any]:
    """The columns of an event from a record: {column: value}."""
    event = record["event"]
    end = event.get("end_date")
    return {
        **{name: event[name] for name in ("slug", "title", "chapter_number", "occasion", "time_zone", "place")},
        **{name: event[name] for name in ("language", "byline", "attribution", "scale", "scope")},
        "figures": value_of(event, "event.figures"),
        "names_kept_days": value_of(event, "event.names_kept_days"),
        "names_erased_at": timezone.now() if value_of(event, "event.names_erased") else None,
        "date": datetime.date.fromisoformat(event["date"]),
        "end_date": datetime.date.fromisoformat(end) if end else None,
        "convenor_name": event["convenor"]["name"],
        "convenor_short_name": event["convenor"]["short_name"],
        "series_title": event["series"]["title"] if event["series"] else None,
    }


class Loading:
    """The rows of one record, gathered list by list and written table by table."""

    def __init__(self, event: Event, accounts: dict[str, Any]):
        self.event = event
        self.accounts = accounts
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.ids: dict[str, Any] = {}  # the record's id -> the primary key of its row
        self.kind: dict[str, type[models.Model]] = {}
        self.words: dict[Any, int] = {}  # primary key -> the version of the words that stand

    def add(self, model: type[models.Model], position: int, key: str | None = None, **values: Any) -> Any:
        """One row more. With a key it can be pointed at. Returns its primary key."""
        row = model(position=position, **values)
        if key is not None:
            row.key = key  # type: ignore[attr-defined]
            self.ids[key] = row.pk
            self.kind[key] = model
            self.words[row.pk] = values.get("words_version", 1)
        self.rows[model].append(row)
        return row.pk

    def at(self, name: str, written: str | None) -> dict[str, Any]:
        """A time as two columns: the moment in UTC, and how it was written."""
        moment = instant(written, self.event.time_zone) if written else None
        return {name: moment, f"{name}_written": written or ""}

    def statement(self, id: str) -> dict[str, Any]:
        """The foreign key of a row about a statement."""
        return {"finding_id" if self.kind[id] is Finding else "contribution_id": self.ids[id]}

    def read(self, record: dict) -> None:
        """Gather the rows of a whole valid record."""
        self.groups = groups_of_record(record)
        self.read_meeting(record)
        for name in ("sources", "footnotes", "counts", "contributions", "findings"):
            getattr(self, f"read_{name}")(record[name])
        self.read_relations(record["contributions"])
        for name in ("stances", "floor", "paragraphs", "recommendations", "notes", "translations"):
            getattr(self, f"read_{name}")(record[name])
        self.read_assent(value_of(record, "assent"))
        self.read_counted(value_of(record, "counted"))
        for name, loader in loaders.items():
            loader(self, value_of(record, name))

    def write(self) -> None:
        """Tables in any order: foreign keys are asked for at the end of the transaction."""
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows, batch_size=2000)

    def read_meeting(self, record: dict) -> None:
        """Add the rows of partners, disclaimers, people, outline and sessions."""
        event: dict[str, Any] = {"event_id": self.event.pk}
        for place, partner in enumerate(record["event"]["partners"]):
            self.add(Partner, place, **partner, **event)
        for place, disclaimer in enumerate(record["disclaimers"]):
            self.add(Disclaimer, place, **disclaimer, **event)
        for place, person in enumerate(record["persons"]):
            told = {name: value for name, value in person.items() if name != "id"}
            told["family_name"] = value_of(person, "persons[].family_name")
            self.add(Attendee, place, person["id"], person_id=self.accounts.get(person["id"]), **told, **event)
        self.read_outline(record["outline"], None)
        for place, session in enumerate(record["sessions"]):
            self.read_session(place, session)

    def read_outline(self, items: list[dict], parent: Any) -> None:
        """Add the items of one level of the outline, with all below them."""
        for place, item in enumerate(items):
            told = {name: item[name] for name in ("kind", "title", "announces", "discussed")}
            key = self.add(Item, place, item["id"], event_id=self.event.pk, parent_id=parent, **told)
            self.read_outline(item["items"], key)

    def read_session(self, place: int, session: dict) -> None:
        """Add a session with its members and their absences."""
        told = {name: session[name] for name in ("kind", "title", "access", "attribution")}
        told["names_in_room"] = value_of(session, "sessions[].names_in_room")
        told["closed_at"] = timezone.now() if value_of(session, "sessions[].closed") else None
        date = datetime.date.fromisoformat(session["date"])
        told["moderator_counts"] = value_of(session, "sessions[].moderator_counts")
        key = self.add(Session, place, session["id"], event_id=self.event.pk, date=date, **told)
        for seat, member in enumerate(session["members"]):
            membership = self.add(
                Membership, seat, session_id=key, attendee_id=self.ids[member["person"]], role=member["role"],
                absences_noted="absent" in member,
                **self.at("started_at", value_of(member, "sessions[].members[].since")),
                **self.at("ended_at", value_of(member, "sessions[].members[].until")),
            )  # fmt: skip
            for order, item in enumerate(member.get("absent", ())):
                self.add(Absence, order, membership_id=membership, item_id=self.ids[item])
        self.let_succeed(key, session["members"])
        for order, run in enumerate(value_of(session, "sessions[].runs")):
            when = {**self.at("start", run["start"]), **self.at("end", run["end"])}
            self.add(ItemRun, order, session_id=key, item_id=self.ids[run["item"]], **when)

    def let_succeed(self, session: Any, members: list[dict]) -> None:
        """Tie each seat to the one that it took over: the last that ended of the person named."""
        seats: list[Any] = [one for one in self.rows[Membership] if one.session_id == session]  # type: ignore[attr-defined]
        ended = {one.attendee_id: one for one in seats if one.ended_at}
        for seat, member in zip(seats, members, strict=True):
            if former := value_of(member, "sessions[].members[].succeeds"):
                seat.succeeds_id = ended[self.ids[former]].pk

    def read_contributions(self, contributions: list[dict]) -> None:
        """Add the rows of the format’s list `contributions`."""
        for place, said in enumerate(contributions):
            told = {name: said[name] for name in ("kind", "text", "language", "verb", "attribution", "recorded")}
            versions = value_of(said, "contributions[].versions")
            group = value_of(said, "contributions[].group")
            told["group"] = self.groups.get((said["session"], said["by"]), "") if group is None else group
            key = self.add(
                Contribution, place, said["id"], event_id=self.event.pk, session_id=self.ids[said["session"]],
                item_id=self.ids[said["item"]], released=said["released"], **told, **self.at("at", said["at"]),
                version=len(versions) + 1, words_version=number_after(versions),
            )  # fmt: skip
            self.read_former_words(key, versions)
            if said["by"] is not None:  # null: names were erased
                author = self.ids[said["by"]]
                self.rows[Authorship].append(Authorship(contribution_id=key, attendee_id=author))

    def read_former_words(self, said: Any, versions: list[dict]) -> None:
        """Add the earlier words of a statement that the file has."""
        at = timezone.now()
        self.rows[FormerWords] += [
            FormerWords(
                contribution_id=said, version=place, words_version=one["number"], text=one["text"], at=at
            )
            for place, one in enumerate(versions, 1)
            if one["text"]
        ]  # fmt: skip

    def on(self, on: str, versions: list[dict]) -> dict[str, Any]:
        """The version of the words of a statement that a basis is on; those that stand where it names none."""
        named = next((one["version"] for one in versions if one["of"] == on), None)
        return {"words_version": named or self.now(on)}

    def now(self, on: str) -> int:
        """The version of the words of a statement or finding that stand now."""
        return self.words[self.ids[on]]

    def read_relations(self, contributions: list[dict]) -> None:
        """Add the relations of all contributions, once everything that they point at is known."""
        column = {Contribution: "to_contribution_id", Finding: "to_finding_id", Source: "to_source_id"}
        for said in contributions:
            for place, relation in enumerate(said["relations"]):
                to = relation["to"]
                target = {column[self.kind[to]]: self.ids[to]} if to else {}  # type: ignore[index]
                self.add(Relation, place, source_statement_id=self.ids[said["id"]], kind=relation["kind"], **target)
        self.place_in_threads(contributions)

    def place_in_threads(self, contributions: list[dict]) -> None:
        """Each statement hangs on the first earlier one of its item at the same table that it relates to."""
        rows = {row.pk: row for row in self.rows[Contribution]}
        placed: dict[str, tuple[tuple[str, str], str]] = {}
        for place, said in enumerate(contributions):
            here = (said["session"], said["item"])
            targets = (placed.get(relation["to"], ((), "")) for relation in said["relations"])
            thread = threads.below(next((path for at, path in targets if at == here), ""), place)
            placed[said["id"]] = here, thread
            rows[self.ids[said["id"]]].thread = thread  # type: ignore[attr-defined]

    def read_findings(self, findings: list[dict]) -> None:
        """Add findings with their basis; pairs when both are known."""
        rows: dict[str, Finding] = {}
        for place, finding in enumerate(findings):
            told = {name: finding[name] for name in ("text", "level", "reason")}
            count = self.ids[finding["count"]] if finding["count"] else None
            at = self.ids.get(value_of(finding, "findings[].session"))
            versions = value_of(finding, "findings[].versions")
            decision = value_of(finding, "findings[].decision") or {"rule": None, "majority": None}
            told["outcome"] = value_of(finding, "findings[].outcome")
            told |= {"decision_rule": decision["rule"], "decision_majority": decision["majority"] or ""}
            key = self.add(
                Finding, place, finding["id"], event_id=self.event.pk, item_id=self.ids[finding["item"]],
                session_id=at, count_id=count, words_version=number_after(versions), **told,
                **self.called(finding["call"]),
            )  # fmt: skip
            self.read_former_findings(key, versions)
            rows[finding["id"]] = self.rows[Finding][-1]  # type: ignore[assignment]
            for order, person in enumerate(value_of(finding, "findings[].roster")):
                self.add(RosterPlace, order, finding_id=key, attendee_id=self.ids[person])
            for order, basis in enumerate(finding["basis"]):
                on = self.on(basis, value_of(finding, "findings[].basis_versions"))
                self.add(FindingBasis, order, finding_id=key, contribution_id=self.ids[basis], **on)
        for finding in findings:
            if finding["pair"]:
                rows[finding["id"]].pair_id = self.ids[finding["pair"]]

    def called(self, call: dict | None) -> dict[str, Any]:
        """The columns of what was done at the table to make sure of a finding."""
        told = call or {"kind": None, "at": None, "present": None, "objections": None}
        numbers = {"call_present": told["present"], "call_objections": told["objections"]}
        return {"call": told["kind"], **numbers, **self.at("call_at", told["at"])}

    def read_former_findings(self, finding: Any, versions: list[dict]) -> None:
        """Add the earlier wordings of a finding that the file has."""
        at = timezone.now()
        for one in versions:
            if one["text"]:
                count = self.ids[one["count"]] if one["count"] else None
                former = FormerFinding(
                    finding_id=finding, words_version=one["number"], text=one["text"], count_id=count, at=at,
                    **self.called(one["call"]),
                )  # fmt: skip
                self.rows[FormerFinding].append(former)

    def read_assent(self, marks: list[dict]) -> None:
        """Add the rows of the format’s list `assent`."""
        for place, mark in enumerate(marks):
            self.add(
                Assent, place, event_id=self.event.pk, seen=mark["seen"], present=mark["of"],
                confirmed=mark["confirmed"], words_version=0 if mark["on_earlier_words"] else self.now(mark["on"]),
                **self.at("at", mark["at"]), **self.statement(mark["on"]),
            )  # fmt: skip

    def read_counted(self, counted: list[dict]) -> None:
        """Add the rows of the format’s list `counted`."""
        for place, one in enumerate(counted):
            numbers = {name: value for name, value in one.items() if name not in ("kind", "of")}
            self.add(FrozenCount, place, event_id=self.event.pk, kind=one["kind"], of=one["of"], numbers=numbers)

    def read_stances(self, stances: list[dict]) -> None:
        """Add the rows of the format’s list `stances`."""
        for place, stance in enumerate(stances):
            told = {name: stance[name] for name in ("stance", "strong", "reason", "recorded")}
            key = self.add(
                Stance, place, event_id=self.event.pk, attendee_id=self.ids.get(stance["by"]),
                group=value_of(stance, "stances[].group"),
                words_version=value_of(stance, "stances[].version") or self.now(stance["on"]),
                carried_to=self.now(stance["on"]) if value_of(stance, "stances[].carried") else None,
                **told, **self.statement(stance["on"]),
            )  # fmt: skip
            for order, former in enumerate(stance["history"]):
                self.add(
                    FormerStance, order, current_id=key, stance=former["stance"], reason=former["reason"],
                    **self.at("at", former["at"]),
                )  # fmt: skip

    def read_counts(self, counts: list[dict]) -> None:
        """Add the rows of the format’s list `counts`."""
        for place, count in enumerate(counts):
            told = {name: count[name] for name in ("question", "kind", "present", "options")}
            self.add(
                Count, place, count["id"], event_id=self.event.pk, session_id=self.ids[count["session"]],
                item_id=self.ids[count["item"]], **told, **(count["tally"] or {}), **self.at("at", count["at"]),
            )  # fmt: skip

    def read_floor(self, floor: list[dict]) -> None:
        """Add the rows of the format’s list `floor`."""
        for place, turn in enumerate(floor):
            self.add(
                Floor, place, event_id=self.event.pk, session_id=self.ids[turn["session"]],
                item_id=self.ids[turn["item"]], attendee_id=self.ids[turn["person"]],
                **self.at("start", turn["start"]), **self.at("end", turn["end"]),
            )  # fmt: skip

    def read_paragraphs(self, paragraphs: list[dict]) -> None:
        """Add the rows of the format’s list `paragraphs`."""
        for place, paragraph in enumerate(paragraphs):
            told = {name: paragraph[name] for name in ("origin", "text")}
            key = self.add(
                Paragraph, place, paragraph["id"], event_id=self.event.pk, item_id=self.ids[paragraph["item"]],
                unnamed=value_of(paragraph, "paragraphs[].unnamed"), **told,
            )  # fmt: skip
            for order, basis in enumerate(paragraph["basis"]):
                on = self.on(basis, value_of(paragraph, "paragraphs[].basis_versions"))
                self.add(ParagraphBasis, order, paragraph_id=key, **on, **self.statement(basis))

    def read_recommendations(self, recommendations: list[dict]) -> None:
        """Add the rows of the format’s list `recommendations`."""
        for place, group in enumerate(recommendations):
            addressee = self.add(
                Addressee, place, event_id=self.event.pk, name=group["addressee"], short_name=group["short_name"]
            )
            self.read_advice(group["items"], addressee, None)

    def read_advice(self, items: list[dict], addressee: Any, parent: Any) -> None:
        """Add recommendations, or the lettered parts of one."""
        for place, advice in enumerate(items):
            key = self.add(
                Recommendation, place, advice["id"], event_id=self.event.pk, addressee_id=addressee, parent_id=parent,
                text=advice["text"], level=advice.get("level"),
            )  # fmt: skip
            for order, basis in enumerate(advice["basis"]):
                on = self.on(basis, value_of(advice, "recommendations[].items[].basis_versions"))
                self.add(RecommendationBasis, order, recommendation_id=key, **on, **self.statement(basis))
            self.read_advice(advice.get("items", []), addressee, key)

    def read_sources(self, sources: list[dict]) -> None:
        """Add the rows of the format’s list `sources`."""
        for place, source in enumerate(sources):
            told = {name: value for name, value in source.items() if name != "id"}
            self.add(Source, place, source["id"], event_id=self.event.pk, **told)

    def read_footnotes(self, footnotes: list[dict]) -> None:
        """Add the rows of the format’s list `footnotes`."""
        for place, note in enumerate(footnotes):
            source = self.ids[note["source"]] if note["source"] else None
            told = {name: note[name] for name in ("kind", "text", "page")}
            self.add(Footnote, place, note["id"], event_id=self.event.pk, source_id=source, **told)

    def read_notes(self, notes: list[dict]) -> None:
        """Add the rows of the format’s list `notes`."""
        for place, note in enumerate(notes):
            key = self.add(
                Note, place, note["id"], event_id=self.event.pk, attendee_id=self.ids[note["by"]],
                item_id=self.ids[note["item"]] if note["item"] else None, text=note["text"], flagged=note["flagged"],
                **self.at("at", note["at"]),
            )  # fmt: skip
            for order, about in enumerate(note["about"]):
                self.add(NoteSubject, order, note_id=key, **self.statement(about))

    def read_translations(self, translations: list[dict]) -> None:
        """Add the rows of the format’s list `translations`."""
        for place, translation in enumerate(translations):
            self.add(Translation, place, event_id=self.event.pk, **translation)
