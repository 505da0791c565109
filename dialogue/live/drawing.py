"""What an entry, or a page, shows of a session: every part that changes has an id and a version, and is drawn here."""

import functools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogue.access import Eyes
from dialogue.discussion.models import Contribution, State
from dialogue.discussion.places import before, seats, session_item
from dialogue.events.models import Item, Opening, Session
from dialogue.live.asks import draw_asks
from dialogue.live.findings import draw_findings
from dialogue.live.marked import draw_bar, draw_stance, draw_whole, forget, place
from dialogue.live.rules import rules
from dialogue.live.statements import Statements
from dialogue.restricter import Restricter, rule_line
from dialogue.roundtable.models import Speaking

MOST_BARS = 500  # drawn anew at once, the latest first

SENTENCES = {
    "chapter-changed": lambda: _("The chapter has changed."),
    "published": lambda: _("The chapter is published."),
}


class Pointer(NamedTuple):
    """What an entry says: that something happened to something in a turn."""

    kind: str
    subject: uuid.UUID
    turn: int


@dataclass
class Drawing:
    """One session, drawn with the eyes of one audience in the language that is active."""

    session: Session
    eyes: Eyes
    rules: Restricter

    def entries(self, pointers: Sequence[Pointer]) -> list[str]:
        """The HTML of each entry, "" where it shows these eyes nothing."""
        said = [one.subject for one in pointers if one.kind.startswith("contribution-") or one.kind in ABOUT_STATEMENTS]
        self.statements = Statements(self.session, self.eyes, self.rules)
        self.said = self.statements.read(said)
        self.standings = self.statements.standings(list(self.said.values()))
        self.before = before(self.coming(pointers), self.eyes)
        self.drawn: dict[tuple[str, uuid.UUID], str] = {}
        if any(one.kind in FORGOTTEN for one in pointers):
            forget()
        return [self.entry(one) for one in pointers]

    def entry(self, one: Pointer) -> str:
        """The HTML of one entry."""
        if one.subject in self.said:
            said = self.said[one.subject]
            if one.kind in ABOUT_BARS:
                standing = self.standings.get(said.pk)
                return draw_bar(standing) + draw_stance(standing, self.statements.address) if standing else ""
            return self.statement(said, one) + self.once(self.item, said.item_id)
        if one.kind in ("item-opened", "item-closed"):
            return self.once(self.item, one.subject)
        if one.kind == "bars-moved":
            return self.once(self.bars, one.subject)
        if one.kind in ("finding-made", "finding-changed", "stance-taken"):
            return self.once(self.finding, one.subject)
        if one.kind == "answers-asked":
            return draw_asks(self.session, self.eyes)
        if one.subject == self.session.pk:
            return self.once(self.state, one.subject)
        if one.kind in SENTENCES:
            return format_html('<template data-say="{}"></template>', SENTENCES[one.kind]())
        return ""

    # ------------------------------------------------------------ parts

    def once(self, part: Callable[[uuid.UUID], str], subject: uuid.UUID) -> str:
        """A part, drawn once for all entries that are drawn together: it is the same now for each of them."""
        key = part.__name__, subject
        if key not in self.drawn:
            self.drawn[key] = part(subject)
        return self.drawn[key]

    def statement(self, said: Contribution, one: Pointer) -> str:
        """A statement in its place. On its author's own stream, what they see of it with their own eyes."""
        if self.eyes.mine:
            return self.own(said)
        if not (self.eyes.sees_all or said.appeared or said.released):
            return ""
        comes = self.comes(said, one)
        return self.placed(said, *self.before[said.pk] if comes else ("", ""), can_come=comes)

    def own(self, said: Contribution) -> str:
        """One's own statement, and the box of what was written down for one.

        Its place comes on the audience's stream alone: each there is put behind what was there before it.
        """
        if said.state == State.ERASED:  # nobody's any more: the words leave the box of whose it was
            return draw_yours(self.statements, said)
        if not self.statements.is_mine(said):
            return ""
        is_there = self.eyes.sees_all or said.appeared or said.released
        return (self.placed(said, "", "", can_come=False) if is_there else "") + draw_yours(self.statements, said)

    def coming(self, pointers: Sequence[Pointer]) -> list[uuid.UUID]:
        """The statements whose places come with these entries: none on one's own stream."""
        known = [one for one in pointers if one.subject in self.said and not self.eyes.mine]
        return [one.subject for one in known if self.comes(self.said[one.subject], one)]

    def comes(self, said: Contribution, one: Pointer) -> bool:
        """Whether this is the entry with which the place of a statement comes to a page of these eyes."""
        return one.kind == "contribution-made" if self.eyes.sees_all else one.turn == said.appeared

    def placed(self, said: Contribution, after: str, after_time: str, *, can_come: bool) -> str:
        """The place with its words, bar and buttons."""
        inner = draw_whole(self.statements.view(said), self.standings.get(said.pk))
        return place(said, inner, after, after_time, can_come=can_come)

    def bars(self, item: uuid.UUID) -> str:
        """The bars of all positions of an item: somebody more is counted on it."""
        rows = session_item(self.session, Item(pk=item)).filter(kind="position").order_by("-position")[:MOST_BARS]
        return "".join(draw_bar(one) for one in self.statements.standings(list(rows)).values())

    def finding(self, finding: uuid.UUID) -> str:
        """A finding with its bar: the whole event is counted for it."""
        return draw_findings(self.session, self.eyes, [finding])

    def state(self, _session: uuid.UUID) -> str:
        """What holds for the table as a whole."""
        return draw_state(self.session, self.eyes, self.rules) + draw_conduct(self.session, self.eyes, self.rules)

    def item(self, item: uuid.UUID) -> str:
        """An item in the list of items; not on one's own stream, which adds nothing to it."""
        return "" if self.eyes.mine else "".join(draw_items(self.session, self.eyes, [item]))


FORGOTTEN = {"contribution-erased", "contribution-withdrawn", "session-closed"}  # whose words or names are to go
ABOUT_BARS = {"stance-taken", "stances-opened", "bar-moved"}
ABOUT_STATEMENTS = ABOUT_BARS | {"attribution-changed"}


def draw_items(session: Session, eyes: Eyes, items: Sequence[uuid.UUID]) -> list[str]:
    """Items as the list shows them, in the order given: whether they are open, and how much was said."""
    openings = {one.item_id: one for one in session.openings.filter(item__in=items).select_related("item")}
    ahead = session.event.items.in_bulk([pk for pk in items if pk not in openings])
    rows = {pk: one.item for pk, one in openings.items()} | ahead
    counts = seats(session, eyes, items)
    return [item_html(rows[pk], counts.get(pk, 0), openings.get(pk), session) for pk in items if pk in rows]


def item_html(item: Item, count: int, opening: Opening | None, session: Session) -> str:
    """One item of the list."""
    state = "ahead" if opening is None else "open" if opening.is_open else "closed"
    version = opening.version if opening else 0
    return item_drawn(
        item.pk, item.key, item.title, count, state, version, session.event.language, get_language() or "en"
    )  # fmt: skip


@functools.lru_cache(2048)
def item_drawn(
    id: uuid.UUID, key: str, title: str, count: int, state: str, openings: int, language: str, _shown_in: str
) -> str:
    """The same item in the same state is the same HTML."""
    context = {
        "id": id, "key": key, "title": title, "count": count, "state": state, "version": count + openings,
        "language": language,
    }  # fmt: skip
    return render_to_string("roundtable/_item.html", context)


def draw_state(session: Session, eyes: Eyes, rules: Restricter) -> str:
    """What holds for the table just now: who has the floor, whether a span runs, whether the sitting is over.

    Whoever has the floor is told so on their own stream: their drawing is theirs, as that of their statements.
    """
    session = Session.objects.select_related("event").get(pk=session.pk)
    speaking = Speaking.objects.select_related("attendee", "item").filter(session=session).first()
    is_public = rules.regime(session.key) == "named"
    context = {
        "session": session,
        "speaking": speaking,
        "mine": bool(speaking and eyes.mine and speaking.attendee.key == eyes.mine),
        "is_named": eyes.sees_who or eyes.in_room or is_public,
        "is_in_room": not is_public,
        "span": session.spans.filter(end=None).first(),
        "zone": session.event.time_zone,
    }
    return render_to_string("roundtable/_state.html", context)


def draw_conduct(session: Session, eyes: Eyes, rules: Restricter) -> str:
    """How the table is held, as far as who speaks there must know it: the rule, and whether the page shows names."""
    session = Session.objects.get(pk=session.pk)
    names = eyes.sees_who or eyes.in_room
    context = {"session": session, "rule": rule_line(rules.regime(session.key), shows_names=names)}
    return render_to_string("roundtable/_conduct.html", context)


def draw_yours(statements: Statements, said: Contribution) -> str:
    """What was written down for somebody, in their own box, until they have said that it is right."""
    if not said.recorded:
        return ""
    context = {"s": statements.view(said), "is_settled": said.confirmed or said.state != "said"}
    return render_to_string("roundtable/_yours.html", context)


def drawing(session: Session, eyes: Eyes) -> Drawing:
    """A session ready to be drawn."""
    return Drawing(session, eyes, rules(session.event))
