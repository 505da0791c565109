"""Stories for the law of the live table: runs of deeds, each at any table; `look` is where all pages are compared."""

from collections.abc import Callable

from tests.desk_stories import asked, asked_blind, found, written
from tests.tables import LiveTable


def speaking(t: LiveTable) -> None:
    """Statements, what they do to others, amended, moved to a stricter rule, withdrawn."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position", ("opens", ""))
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("participant", "c2", "comment", ("answers", "c1"), ("builds_on", "p1"))
    t.look()
    t.say("second-participant", "p2", "position")
    t.say("moderator", "p3", "position", ("concedes", "p1"), ("disagrees", "p2"))
    t.say("participant", "q1", "question", ("responds_to", "c1"))
    t.amend("second-participant", "c1")
    t.amend("second-participant", "p2")
    t.amend("participant", "p1")
    t.look()
    t.do("participant", "restrict", "p1", "chatham_house" if t.event.attribution != "chatham_house" else "off_record")
    t.do("second-participant", "withdraw", "c1")
    t.say("second-participant", "c3", "comment", ("agrees", "p3"), item="water")
    t.look()
    t.do("moderator", "withdraw", "p3")
    t.amend("participant", "c2")
    t.look()


def written_down(t: LiveTable) -> None:
    """What is entered for who spoke, released at once, by the moderator, by its speaker's word, and with the item."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    t.write_down("rapporteur", "ada", "r1", "comment", ("answers", "p2"))
    t.hold(release="when_seen")
    t.write_down("rapporteur", "ada", "r2", "position", ("disagrees", "p2"))
    t.write_down("moderator", "ben", "r3", "comment", ("agrees", "p1"))
    t.write_down("rapporteur", "dev", "r4", "comment", ("agrees", "p1"))
    t.write_down("rapporteur", "ben", "r5", "comment", ("disagrees", "p1"), attribution="off_record")
    t.look()
    t.say("moderator", "c1", "comment", ("responds_to", "r2"), ("agrees", "r3"))
    t.say("participant", "c2", "comment", ("agrees", "p1"))
    t.do("participant", "confirm", "r1")
    t.do("participant", "confirm", "r2")
    t.amend("second-participant", "r3")
    t.look()
    t.write_down("rapporteur", "eve", "r11", "position")
    t.do("convenor", "confirm", "r11")
    t.stand("rapporteur", "p1", "agree", owner="eve")
    t.do("moderator", "release", "r4")
    t.write_down("rapporteur", "ada", "r6", "comment", ("agrees", "p1"))
    t.do("participant", "withdraw", "r6")
    t.hold(release="with_item")
    for name, speaker in (("r7", "ada"), ("r8", "ben"), ("r9", "mod"), ("r10", "ada")):
        t.write_down("rapporteur", speaker, name, "comment", ("qualifies", "p1"))
    t.amend("rapporteur", "r8")
    t.say("second-participant", "c3", "comment", ("agrees", "p1"))
    t.look()
    t.run("close_item", "water")
    t.look()


def hidden(t: LiveTable) -> None:
    """What the moderator hides and brings back; a reason is for staff and the author."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    t.say("participant", "c1", "comment", ("answers", "p2"))
    t.look()
    t.do("moderator", "hide", "p2", "whyq")
    t.say("moderator", "c2", "comment", ("responds_to", "p2"))
    t.look()
    t.do("moderator", "restore", "p2")
    t.do("moderator", "hide", "c1", "otherwhyq")
    t.amend("participant", "c1")
    t.do("participant", "withdraw", "c1")
    t.do("moderator", "hide", "p1", "otherwhyq")
    t.do("participant", "withdraw", "p1")
    t.look()


def off_record(t: LiveTable) -> None:
    """What is said off the record, and what is left of it once the item closes."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "o1", "position", ("disagrees", "p1"), attribution="off_record")
    t.say("participant", "c1", "comment", ("answers", "o1"), ("agrees", "p1"))
    t.write_down("rapporteur", "ada", "o2", "comment", ("agrees", "o1"), attribution="off_record")
    t.amend("second-participant", "o1")
    t.look()
    t.hold(release="when_seen")
    t.write_down("rapporteur", "ada", "o3", "comment", ("agrees", "p1"), attribution="off_record")
    t.write_down("rapporteur", "ben", "o4", "comment", ("agrees", "o3"), attribution="off_record")
    t.stand("participant", "o1", "agree")
    t.do("participant", "restrict", "p1", "off_record")
    t.say("second-participant", "c2", "comment")
    t.do("moderator", "hide", "o2", "otherwhyq")
    t.look()
    t.say("second-participant", "p2", "position")
    t.say("participant", "c4", "comment", ("disagrees", "p2"))
    t.stand("participant", "p2", "agree")
    t.amend("second-participant", "p2")
    t.look()
    t.do("second-participant", "strike", "p2")
    t.do("moderator", "strike", "c4")
    t.look()
    t.run("close_item", "water")
    t.run("open_item", "water")
    t.say("second-participant", "c3", "comment", ("answers", "c2"))
    t.look()


def standing(t: LiveTable) -> None:
    """Stances in the open: one's own, given aloud, changed, on what is hidden or withdrawn."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position")
    t.stand("second-participant", "p1", "agree")
    t.stand("participant", "p2", "reservations", "reasonq")
    t.stand("moderator", "p1", "disagree", "reasonq", strong=True)
    t.look()
    t.stand("rapporteur", "p1", "agree", owner="dev")
    t.stand("rapporteur", "p1", "abstain", owner="ada")
    t.stand("second-participant", "p1", "disagree")
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("moderator", "p3", "position")
    t.look()
    t.do("second-participant", "withdraw", "c1")
    t.do("participant", "withdraw", "p1")
    t.do("moderator", "hide", "p2", "whyq")
    t.look()
    t.do("moderator", "restore", "p2")
    t.do("moderator", "withdraw", "p3")
    t.look()


def reworded(t: LiveTable) -> None:
    """Positions amended under the stances on them: kept, changed, carried over as spelling, and not the same."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.stand("second-participant", "p1", "agree")
    t.stand("moderator", "p1", "reservations", "reasonq")
    t.stand("rapporteur", "p1", "disagree", owner="dev")
    t.stand("participant", "p1", "agree")
    t.look()
    t.amend("participant", "p1")
    t.look()
    t.stand("second-participant", "p1", "keep")
    t.stand("moderator", "p1", "disagree", "reasonq")
    t.look()
    t.amend("participant", "p1", spelling=True)
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    t.stand("participant", "p2", "agree")
    t.look()
    t.stand("rapporteur", "p1", "agree", owner="cleo")
    t.amend("second-participant", "p2")
    t.refuse("second-participant", "p1")
    t.look()
    t.stand("rapporteur", "p1", "keep", owner="dev")
    t.amend("participant", "p1")
    t.do("second-participant", "withdraw", "p2")
    t.do("moderator", "hide", "p1", "otherwhyq")
    t.look()
    t.do("moderator", "restore", "p1")
    t.hold(blind=True)
    t.stand("second-participant", "p1", "keep")
    t.amend("participant", "p1")
    t.look()
    t.do("participant", "withdraw", "p1")
    t.look()


def blind(t: LiveTable) -> None:
    """Stances collected blind, changed meanwhile, and shown once the moderator has closed the collection."""
    t.run("open_item", "water")
    t.say("participant", "p0", "position")
    t.stand("second-participant", "p0", "agree")
    t.hold(blind=True)
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position")
    t.stand("second-participant", "p1", "agree")
    t.stand("participant", "p0", "disagree")
    t.look()
    t.stand("rapporteur", "p1", "disagree", owner="dev")
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("moderator", "p3", "position")
    t.stand("participant", "p1", "reservations", "reasonq")
    t.look()
    t.stand("rapporteur", "p1", "abstain", owner="cleo")
    t.do("moderator", "hide", "p1", "otherwhyq")
    t.do("moderator", "restore", "p1")
    t.do("second-participant", "withdraw", "c1")
    t.look()
    t.open_stances("moderator", "p1")
    t.stand("second-participant", "p1", "disagree")
    t.stand("participant", "p2", "agree")
    t.look()
    t.do("second-participant", "withdraw", "p2")
    t.stand("rapporteur", "p3", "agree", owner="ben")
    t.hold(blind=False)
    t.look()
    t.stand("rapporteur", "p3", "agree", owner="dev")
    t.hold(blind=True)
    t.stand("participant", "p3", "agree")
    t.look()


def running(t: LiveTable) -> None:
    """Items, the floor, spans, and how the table is held."""
    t.run("open_item", "water")
    t.run("give_floor", "ada", "water")
    t.span("unnamed" if t.event.attribution in ("named", "role") else "off_record")
    t.say("participant", "c1", "comment")
    t.run("give_floor", "ben", "air")
    t.look()
    t.span()
    t.hold(reasons=True, shows_presence=False)
    t.run("end_floor")
    t.run("open_item", "air")
    t.say("participant", "a1", "position", item="air")
    t.say("second-participant", "a2", "comment", ("agrees", "a1"), item="water")
    t.run("give_floor", "ada", "water")
    t.amend("participant", "a1")
    t.look()
    t.run("close_item", "water")
    t.run("close_item", "air")
    t.run("open_item", "air")
    t.look()


def closed(t: LiveTable) -> None:
    """The sitting is over, and goes on: its items close, nobody has the floor, and what was off the record goes."""
    t.run("open_item", "water")
    t.run("give_floor", "ada", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("second-participant", "c2", "comment", attribution="off_record")
    t.look()
    t.close()
    t.look()
    t.stand("second-participant", "p1", "agree")
    t.reopen()
    t.run("open_item", "water")
    t.say("participant", "c3", "comment", ("answers", "c1"))
    t.run("give_floor", "ben", "water")
    t.look()


def next_door(t: LiveTable) -> None:
    """What is said at the other session, and moves who is counted here."""
    there, speaker = ("table", "participant") if t.at == "forum" else ("forum", "panelist")
    t.run("open_item", "water")
    t.run("open_item", "water", at=there)
    t.say("second-participant", "p1", "position")
    t.look()
    t.say(speaker, "x1", "comment", at=there)
    t.say("moderator", "p2", "position", ("disagrees", "p1"))
    t.look()
    t.say("moderator", "x2", "position", ("answers", "x1"), at=there)
    t.do("moderator", "withdraw", "p2")
    t.do(speaker, "withdraw", "x1")
    t.look()
    t.do("moderator", "withdraw", "x2")
    t.do("second-participant", "withdraw", "p1")
    t.look()


def reseated(t: LiveTable) -> None:
    """Somebody leaves the table, and somebody has another role: fewer are counted, and some may appear otherwise."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.write_down("rapporteur", "cleo", "r1", "position")
    t.look()
    t.reseat("rap" if t.at == "forum" else "dev", "")
    t.stand("second-participant", "p1", "agree")
    t.look()
    t.reseat("cleo", "observer")
    t.look()


STORIES: dict[str, Callable[[LiveTable], None]] = {
    story.__name__: story
    for story in (
        speaking, written_down, hidden, off_record, standing, reworded, blind, running, closed, next_door, reseated,
        found, asked,
        asked_blind, written,
    )
}  # fmt: skip
