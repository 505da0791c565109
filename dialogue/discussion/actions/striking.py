"""Striking a statement from the record after the fact: its words, versions, answers and notes go for good."""

from collections.abc import Callable

from dialogue.discussion.actions.afterwards import erase, held, is_author, require_unpublished
from dialogue.discussion.actions.telling import touch
from dialogue.discussion.echoes import echoes
from dialogue.discussion.models import Contribution, State
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn

# What must go besides when a statement is struck: (turn, statement) -> None. Other folders add theirs.
strikes: list[Callable[[Turn, Contribution], None]] = []


def strike(said: Contribution, person: Person) -> Contribution:
    """Take a statement off the record after the fact: its speaker may, or who runs the table at their word.

    It cannot be undone. Statements that repeat it are marked for those who run the table. Once is enough. Raises
    PermissionDenied for anybody else, and once a chapter with it is published.
    """
    with record.turn(said.event, by=person) as turn:
        said, who, author = held(said, person)
        mine = is_author(who, author)
        if not mine:
            who.require_in("run the table", said.session.key)
        if said.state == State.ERASED:
            return said
        require_unpublished(said)
        mark_echoes(turn, said)
        turn.event.translations.filter(of=said.key).delete()
        for striking in strikes:
            striking(turn, said)
        erase(turn, said)
        turn.note("struck-by-speaker" if mine else "struck-by-moderator", said.pk, said.session)
        return said


def mark_echoes(turn: Turn, said: Contribution) -> None:
    """Whoever runs the table sees which statements repeat what is struck, in these words or in former ones."""
    texts = [text for text in [said.text, *said.former.values_list("text", flat=True)] if text]
    others = list(Contribution.objects.filter(event=said.event).exclude(pk=said.pk))
    found = {one.pk for text in texts for one in echoes(text, others)}
    repeating = Contribution.objects.filter(pk__in=found)
    repeating.update(echoes_struck=True)
    touch(turn, repeating)
