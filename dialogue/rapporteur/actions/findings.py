"""Findings: what the rapporteur says that the table holds, with the level claimed; pairs of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Relation
from dialogue.discussion.spelling import is_spelling
from dialogue.events.models import Item, Session
from dialogue.people.models import Person
from dialogue.positions.actions import lapse_stances, tell_of_finding
from dialogue.positions.decisions import majority_of, wanted_majority
from dialogue.positions.models import DecisionRule, Finding, FindingBasis, FormerFinding, Level, Stance
from dialogue.rapporteur.actions.papers import Papers, Words, require, tables
from dialogue.rapporteur.models import NoteSubject, Paragraph, ParagraphBasis, RecommendationBasis
from dialogue.record import actions as record
from dialogue.record.actions import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingWords(Words):
    """A sentence about the table together; its `basis` are statements."""

    item: Item
    text: str
    level: str
    reason: str
    outcome: str | None = None
    decision_rule: str | None = None
    decision_majority: str = ""
    session: Session | None = None  # None: the event's


ON_ITS_WORDS = ("count", "call", "call_at", "call_at_written", "call_present", "call_objections")


class Findings(Papers[FindingWords]):
    """The findings of an event."""

    model, words = Finding, FindingWords
    entered = ("finding-made", "finding-changed")
    basis, owner = FindingBasis, "finding"
    rests_on_findings = False

    def check(self, turn: Turn, words: FindingWords, now: Any) -> None:
        """Words that are put to the table stay for so long: everybody answers on these and no others."""
        if words.level not in Level.values:
            raise ValidationError(_("Choose the level that the finding claims."))
        if now and now.is_open and not is_spelling(now.text, words.text):
            raise ValidationError(_("Close the check-round first."))
        is_majority = words.decision_rule == DecisionRule.MAJORITY
        if is_majority != bool(words.decision_majority) or (is_majority and not majority_of(words.decision_majority)):
            raise ValidationError(wanted_majority())
        super().check(turn, words, now)
        if now and is_frozen(now) and (not is_spelling(now.text, words.text) or words.basis != self.rests(now)):
            raise ValidationError(
                _("The names behind this finding are erased. Its text and its basis can no longer change.")
            )
        was, is_now = now and now.session_id, words.session and words.session.pk
        if is_now and is_now != was and words.session not in tables(turn.event):
            raise ValidationError(_("Choose the table that the finding is about."))
        if now and is_now != was:
            self.move_to_other_table(turn, now)

    def move_to_other_table(self, turn: Turn, now: Any) -> None:
        """Tell those at its table before it is another's. Raises ValidationError where they have spoken on it."""
        if spoken := list(spoken_on(now)):
            raise ValidationError([_("It stays with its table: make a new finding for another."), *spoken])
        tell_of_finding(turn, "finding-changed", now.pk)

    def reword(self, turn: Turn, now: Any, words: FindingWords, *, claim: bool) -> None:
        """The former wording stays citable with the hands and the call on it; answers on it are asked anew."""
        if is_spelling(now.text, words.text):
            return
        FormerFinding.objects.create(
            finding=now, words_version=now.words_version, text=now.text, at=timezone.now(),
            **{name: getattr(now, name) for name in ON_ITS_WORDS},
        )  # fmt: skip
        now.count = now.call = now.call_at = now.call_present = now.call_objections = None
        now.call_at_written = ""
        now.words_version += 1
        now.words_turn = turn.number
        lapse_stances(turn, now, claim)

    def write(self, row: Any, words: FindingWords) -> None:
        """A new version, so that open pages know the newer of two drawings."""
        row.version += 0 if row._state.adding else 1
        super().write(row, words)

    def tell(self, turn: Turn, row: Any, kind: str) -> None:
        """A pair stands or falls together: whoever knows one of the two hears of the other."""
        tell_of_finding(turn, kind, row.pk)
        for other in Finding.objects.filter(pair=row):
            moved(turn, other)

    def uses(self, row: Any) -> Iterator[str]:
        """What rests on a finding, or is tied to it."""
        yield from spoken_on(row)
        event = row.event
        told = [
            (Paragraph.objects.filter(Q(pk__in=ParagraphBasis.objects.filter(finding=row).values("paragraph"))
                                      | Q(event=event, text__contains=f"{{{row.key}}}")).count(),
             lambda n: ngettext("%(n)d paragraph speaks of it.", "%(n)d paragraphs speak of it.", n)),
            (RecommendationBasis.objects.filter(finding=row).count(),
             lambda n: ngettext("%(n)d recommendation rests on it.", "%(n)d recommendations rest on it.", n)),
            (NoteSubject.objects.filter(finding=row).count(),
             lambda n: ngettext("%(n)d note is about it.", "%(n)d notes are about it.", n)),
            (Relation.objects.filter(to_finding=row).count(),
             lambda n: ngettext("%(n)d statement answers it.", "%(n)d statements answer it.", n)),
            (Finding.objects.filter(pair=row).count(),
             lambda n: ngettext("%(n)d finding is its other half.", "%(n)d findings are its other half.", n)),
        ]  # fmt: skip
        yield from (words(n) % {"n": n} for n, words in told if n)


def is_frozen(finding: Finding) -> bool:
    """Whether its count is what it was when names were erased."""
    if finding.event.names_erased_at is None:
        return False
    return any(of == [finding.key] for of in finding.event.frozen_counts.values_list("of", flat=True))


def spoken_on(finding: Finding) -> Iterator[str]:
    """What the table said on exactly these words, one sentence each."""
    if n := Stance.objects.filter(finding=finding).count():
        yield ngettext("%(n)d person took a stance on it.", "%(n)d people took a stance on it.", n) % {"n": n}
    if finding.count_id:
        yield _("Hands were counted on it.")
    if finding.call:
        yield _("It was put to the table: %(call)s.") % {"call": finding.get_call_display()}


def moved(turn: Turn, finding: Finding) -> None:
    """A finding is drawn anew: what it reaches may have changed."""
    finding.version += 1
    finding.save(update_fields=["version"])
    tell_of_finding(turn, "finding-changed", finding.pk)


# ------------------------------------------------------------------ “some … others”


def pair(finding: Finding, other: Finding, person: Person, *, was: str) -> None:
    """Make of two findings one pair: the first says “some participants”, the second “others”.

    `was`: the digest of the first as it was in front of them. Raises ValidationError, ChangedMeanwhile.
    """
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, "write the report")
        first, second = findings.held(turn, finding.pk), findings.held(turn, other.pk)
        if findings.standing(first).digest != was:
            raise ChangedMeanwhile
        if first == second:
            raise ValidationError(_("A finding is no pair with itself."))
        part(turn, first, second)
        first.pair, first.level = second, Level.SOME
        second.pair, second.level = first, Level.OTHERS
        for one in (first, second):
            one.save(update_fields=["pair", "level"])
            moved(turn, one)
            turn.note("finding-paired", one.pk)


def unpair(finding: Finding, person: Person) -> None:
    """Each stands for itself again. Their levels stay, and the count says what the record reaches."""
    with record.turn(finding.event, by=person) as turn:
        require(turn.event, person, "write the report")
        now = findings.held(turn, finding.pk)
        part(turn, now)
        turn.note("finding-parted", now.pk)


def part(turn: Turn, *some: Finding) -> None:
    """Loosen every pair that these are in."""
    for other in Finding.objects.filter(Q(pair__in=some) | Q(pk__in=[one.pk for one in some], pair__isnull=False)):
        other.pair = None
        other.save(update_fields=["pair"])
        moved(turn, other)
    for one in some:
        one.refresh_from_db()


findings = Findings()
