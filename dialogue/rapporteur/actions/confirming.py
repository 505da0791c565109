"""Confirming that a paper stands on the words that it rests on as they are now."""

from typing import Any

from django.db.models import OuterRef, Subquery

from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Contribution
from dialogue.people.models import Person
from dialogue.positions.models import Finding, FindingBasis
from dialogue.rapporteur.actions.findings import moved
from dialogue.rapporteur.actions.papers import Papers, require
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.record import actions as record


def confirm_words(papers: Papers[Any], row: Any, person: Person, *, was: str) -> None:
    """The rapporteur has looked at what changed under a paper, and it stands on the new words.

    `was`: the digest of the changes that were in front of them. Raises PermissionDenied, ChangedMeanwhile. Once is
    enough.
    """
    with record.turn(row.event, by=person) as turn:
        require(turn.event, person, papers.right)
        now = papers.held(turn, row.pk)
        changed = changed_papers(turn.event).get(now.pk)
        if changed is None:
            return
        if changed.digest != was:
            raise ChangedMeanwhile
        rest_on_words_now(papers, now)
        if isinstance(now, Finding):
            moved(turn, now)
        else:
            now.looked_turn = turn.number
            now.save(update_fields=["looked_turn"])
            papers.tell(turn, now, papers.entered[1])
        turn.note("words-confirmed", now.pk)


def rest_on_words_now(papers: Papers[Any], row: Any) -> None:
    """Every tie of a paper is to the version that stands now; of what was withdrawn, to none."""
    assert papers.basis is not None
    ties = papers.basis.every.filter(**{papers.owner: row})
    said = Contribution.every.filter(pk=OuterRef("contribution")).values("words_version")
    ties.filter(contribution__isnull=False).update(words_version=Subquery(said))
    if papers.basis is not FindingBasis:
        found = Finding.objects.filter(pk=OuterRef("finding")).values("words_version")
        ties.filter(finding__isnull=False).update(words_version=Subquery(found))
