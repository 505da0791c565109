"""What every paper on the desk has in common: it is made, changed and thrown away, each in one turn at the record.

What is changed is compared with what its writer had in front of them: nobody's words are replaced unseen.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from dialogue.access import Reader, audiences, reader
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Attribution, Contribution
from dialogue.events.models import Event, Session
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.models import Finding
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.record import actions as record
from dialogue.record.actions import Turn

MOST_BASIS = 400  # statements and findings that one paper rests on


class StillUsed(ValidationError):
    """Something rests on what was to be thrown away; the messages say what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody wrote: the columns of its row by name, and `basis`, the statements and findings behind it (ids)."""

    basis: tuple[uuid.UUID, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """Everything but the basis."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "basis"}

    @property
    def told(self) -> list[Any]:
        """Everything that makes these words the same words."""
        return [*([name, getattr(value, "pk", value)] for name, value in self.columns.items()), list(self.basis)]

    @property
    def digest(self) -> str:
        """What a form carries, so that a change meanwhile is seen."""
        return record.digest(self.told)


W = TypeVar("W", bound=Words)


class Papers(Generic[W]):
    """One kind of paper. `entered`: the kinds of entry for a new one and a changed one."""

    model: type[Any]
    words: type[W]
    right = "write the report"
    entered = ("chapter-changed", "chapter-changed")
    basis: type[Any] | None = None  # the rows of what it rests on
    owner = ""  # their column that leads to it
    rests_on_findings = True

    @property
    def name(self) -> str:
        """What the audit calls such a paper."""
        return str(self.model._meta.model_name)

    # ------------------------------------------------------------ the three deeds

    def make(self, event: Event, person: Person, words: W, *, key: str) -> Any:
        """A new one; the same `key` with the same words finds the first again.

        Raises PermissionDenied, ValidationError, KeyReused; ChangedMeanwhile where it was thrown away since.
        """
        with record.turn(event, by=person) as turn:
            who = require(turn.event, person, self.right)
            home, told = tables(turn.event)[0], [self.model.__name__, *words.told]
            if done := turn.done(home, person, key, told):
                return self.held(turn, done.subject)
            self.check(turn, words, None)
            row = self.model(event=turn.event, position=next_place(self.rows(turn.event)), **self.own(who))
            look_at(row, turn)
            self.write(row, words)
            self.rest(row, words.basis)
            self.tell(turn, row, self.entered[0])
            turn.note(f"{self.name}-made", row.pk)
            turn.keep(home, person, key, told, self.entered[0], row.pk)
            return row

    def change(self, row: Any, person: Person, words: W, *, was: str, spelling: bool = False) -> Any:
        """Other words for it. `was`: the digest of those that were in front of who changes them.

        `spelling`: they say that only the spelling changes, for those who answered on the former words.

        Raises PermissionDenied, ValidationError; ChangedMeanwhile where it is not what it was.
        """
        with record.turn(row.event, by=person) as turn:
            who = require(turn.event, person, self.right)
            now = self.held(turn, row.pk)
            self.require_own(who, now)
            standing = self.standing(now)
            if standing == words:
                return now
            if standing.digest != was:
                raise ChangedMeanwhile
            self.check(turn, words, now)
            if hasattr(now, "looked_turn") and now.pk not in changed_papers(turn.event):
                look_at(now, turn)
            self.reword(turn, now, words, claim=spelling)
            self.write(now, words)
            self.rest(now, words.basis)
            self.tell(turn, now, self.entered[1])
            turn.note(f"{self.name}-changed", now.pk)
            return now

    def delete(self, row: Any, person: Person, *, was: str) -> None:
        """Throw it away. Raises StillUsed where something rests on it, and as `change` does."""
        with record.turn(row.event, by=person) as turn:
            who = require(turn.event, person, self.right)
            now = self.held(turn, row.pk)
            self.require_own(who, now)
            if self.standing(now).digest != was:
                raise ChangedMeanwhile
            if used := list(self.uses(now)):
                raise StillUsed([_("It cannot be deleted: something rests on it."), *used])
            turn.event.translations.filter(of=getattr(now, "key", None)).delete()
            self.tell(turn, now, self.entered[1])
            turn.note(f"{self.name}-deleted", now.pk)
            now.delete()

    # ------------------------------------------------------------ what each kind says for itself

    def check(self, turn: Turn, words: W, now: Any) -> None:
        """Raises ValidationError where the words cannot stand. `now`: the row as it is, None for a new one."""
        self.check_rows(turn.event, words)
        self.check_basis(turn.event, words.basis, self.rests(now) if now else ())

    def reword(self, turn: Turn, now: Any, words: W, *, claim: bool) -> None:
        """Keep what goes with the former words, before others are written."""

    def uses(self, row: Any) -> Iterator[str]:
        """What rests on it, one sentence each."""
        yield from ()

    def own(self, who: Reader) -> dict[str, Any]:
        """Columns of a new one that are its writer's."""
        return {}

    def require_own(self, who: Reader, row: Any) -> None:
        """Raises PermissionDenied where only its own writer may do that."""

    def tell(self, turn: Turn, row: Any, kind: str) -> None:
        """Enter what happened for everybody who may know."""
        tell(turn, kind, row.pk)

    # ------------------------------------------------------------ rows

    def rows(self, event: Event) -> QuerySet[Any]:
        """All of an event."""
        return self.model.objects.filter(event=event).order_by("position")

    def held(self, turn: Turn, pk: Any) -> Any:
        """The row as it is in this turn. Raises ChangedMeanwhile where it is gone."""
        row = self.rows(turn.event).filter(pk=pk).first()
        if row is None:
            raise ChangedMeanwhile
        return row

    def standing(self, row: Any) -> W:
        """What a row says now."""
        names = [one.name for one in fields(self.words) if one.name != "basis"]
        return self.words(basis=self.rests(row), **{name: getattr(row, name) for name in names})

    def rests(self, row: Any) -> tuple[uuid.UUID, ...]:
        """The ids of what it rests on, in its order; not what was withdrawn."""
        if self.basis is None:
            return ()
        rows = self.basis.objects.filter(**{self.owner: row}).order_by("position")
        return tuple(one.contribution_id or one.finding_id for one in rows)

    def write(self, row: Any, words: W) -> None:
        """Put the words into the row."""
        for name, value in words.columns.items():
            setattr(row, name, value)
        row.save()

    def rest(self, row: Any, basis: Sequence[uuid.UUID]) -> None:
        """Have it rest on these alone. Its ties to what was withdrawn stay, unseen."""
        if self.basis is None or self.rests(row) == tuple(basis):
            return
        said = words_versions(Contribution, basis)
        versions = said | words_versions(Finding, basis)
        rows = self.basis.objects.filter(**{self.owner: row})
        if self.claims_words:
            versions |= {one.contribution_id or one.finding_id: one.words_version for one in rows}
        rows.delete()
        self.basis.every.bulk_create(
            self.basis(
                position=place, **{"words_version": versions[one]} if self.claims_words else {},
                **{self.owner: row, "contribution_id" if one in said else "finding_id": one},
            )
            for place, one in enumerate(basis)
        )  # fmt: skip

    @property
    def claims_words(self) -> bool:
        """Whether it rests on the words of a basis, in one version of them; a note is merely about them."""
        return hasattr(self.basis, "words_version")

    def check_rows(self, event: Event, words: W) -> None:
        """Raises ValidationError where a row that the words point at is not (or no longer) in this event."""
        for value in words.columns.values():
            if isinstance(value, Model) and not type(value)._base_manager.filter(pk=value.pk, event=event).exists():
                raise ValidationError(_("Something that you chose is not there any more. Your words are kept."))

    def check_basis(self, event: Event, basis: Sequence[uuid.UUID], before: Sequence[uuid.UUID]) -> None:
        """Raises ValidationError where it cannot rest on that. What it rested on `before` may stay."""
        if len(basis) > MOST_BASIS:
            raise ValidationError(_("It can rest on %(n)d statements at most.") % {"n": MOST_BASIS})
        said = dict(Contribution.objects.filter(event=event, pk__in=basis).values_list("pk", "attribution"))
        of_event = event.findings if self.rests_on_findings else Finding.objects.none()
        found = set(of_event.filter(pk__in=basis).values_list("pk", flat=True))
        if any(one not in said and one not in found for one in basis):
            raise ValidationError(_("A statement that you chose is not there any more. Your words are kept."))
        if any(rule == Attribution.OFF_RECORD and one not in before for one, rule in said.items()):
            raise ValidationError(_("A statement that you chose is off the record: nothing may rest on it."))


# ------------------------------------------------------------------ shared by all deeds at the desk


def look_at(row: Any, turn: Turn) -> None:
    """Whoever writes it now has what it rests on in front of them; a finding's ties know that one by one."""
    if hasattr(row, "looked_turn"):
        row.looked_turn = turn.number



def require(event: Event, person: Person, *rights: str) -> Reader:
    """The reader, who has one of these rights in the event. Raises PermissionDenied."""
    who = reader(person, event)
    if not any(who.may(right) for right in rights):
        who.require(rights[0])
    return who


def words_versions(model: type[Model], some: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The version of the words of each of these statements or findings as they stand now."""
    return dict(model.objects.filter(pk__in=some).values_list("pk", "words_version"))  # type: ignore[attr-defined]


def tables(event: Event) -> list[Session]:
    """The closed sessions, which the chapter is about; all of them where none is closed. Raises ValidationError."""
    every = list(event.sessions.all())
    if not every:
        raise ValidationError(_("This event has no session yet: the chapter is about what is said there."))
    return [one for one in every if one.access == "closed"] or every


def tell(turn: Turn, kind: str, subject: uuid.UUID) -> None:
    """Enter it for the staff of the closed tables; where there is only one, for everybody at it.

    Who sits at one of several tables may not know what is found about the others.
    """
    sessions = tables(turn.event)
    for session in sessions:
        whole = len(sessions) == 1 and session.access == "closed"
        turn.enter(kind, subject, session, audiences(session, table=whole))
