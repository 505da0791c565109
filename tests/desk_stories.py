"""Stories of what is done at the desk, for the law of the live table: findings, what the table says to them, the chapter."""

from dataclasses import replace
from typing import Any

from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions import findings as pairs
from dialogue.rapporteur.actions.calls import Hands
from dialogue.rapporteur.actions.findings import FindingWords, findings
from dialogue.rapporteur.actions.notes import NoteWords, notes
from dialogue.rapporteur.actions.sources import SourceWords, sources
from dialogue.rapporteur.actions.writing import ParagraphWords, move, order, paragraphs
from dialogue.report.actions import publish
from tests.tables import LiveTable


class AtDesk:
    """The deeds of those who write the chapter, in a word each; findings go by short names, as statements do."""

    def __init__(self, table: LiveTable):
        self.table = table
        self.us = table.person("rapporteur")

    def find(self, name: str, level: str, *basis: str, item: str = "water") -> None:
        """A finding, in whose words its name stands."""
        rests = tuple(self.table.said[one].pk for one in basis)
        words = FindingWords(
            item=self.table.item(item), text=f"It holds {name}q.", level=level, reason="", basis=rests
        )  # fmt: skip
        self.table.found[name] = findings.make(self.table.event, self.us, words, key=self.table.key())
        self.table.heard()

    def claim(self, name: str, **other: Any) -> None:
        """The finding says something else: `level`, `text`, `item`, `basis`."""
        now = findings.standing(findings.rows(self.table.event).get(pk=self.table.found[name].pk))
        told = {one: getattr(now, one) for one in ("item", "text", "level", "reason", "basis")}
        findings.change(self.table.found[name], self.us, FindingWords(**{**told, **other}), was=now.digest)
        self.table.heard()

    def drop(self, name: str) -> None:
        findings.delete(self.table.found[name], self.us, was=self.was(name))
        self.table.heard()

    def was(self, name: str) -> str:
        return findings.standing(findings.rows(self.table.event).get(pk=self.table.found[name].pk)).digest

    def call(self, deed: str, name: str, *more: Any, role: str = "rapporteur") -> None:
        """put_to_round, close_round, enter_call, take_back_call, take_back_hands."""
        seen = {"was": self.was(name)} if deed in ("put_to_round", "enter_call") else {}
        getattr(calls, deed)(self.table.found[name], self.table.person(role), *more, **seen)
        self.table.heard()

    def hands(self, name: str, *numbers: int) -> None:
        """So many were there; so many raised a hand for each of the four."""
        at, counted = self.table.session("table"), Hands(*numbers)
        calls.enter_hands(self.table.found[name], at, self.us, counted, was=self.was(name))
        self.table.heard()

    def pair(self, one: str, other: str) -> None:
        pairs.pair(self.table.found[one], self.table.found[other], self.us, was=self.was(one))
        self.table.heard()

    def unpair(self, one: str) -> None:
        pairs.unpair(self.table.found[one], self.us)
        self.table.heard()

    def write(self, text: str) -> Any:
        """A paragraph of the chapter."""
        words = ParagraphWords(item=self.table.item("water"), origin="room", text=text)
        made = paragraphs.make(self.table.event, self.us, words, key=self.table.key())
        self.table.heard()
        return made

    def note(self, text: str, *about: str) -> Any:
        """A note of the rapporteur's, for staff alone."""
        subjects = tuple(self.table.said[one].pk for one in about)
        words = NoteWords(item=self.table.item("water"), text=text, flagged=False, basis=subjects)
        made = notes.make(self.table.event, self.us, words, key=self.table.key())
        self.table.heard()
        return made

    def source(self, name: str, title: str) -> None:
        """A publication; once it is there, another title of it."""
        now = self.table.sources.get(name)
        if now is None:
            words = SourceWords(author="", title=title, container="", year=None, date="", url="", accessed="", page="")
            self.table.sources[name] = sources.make(self.table.event, self.us, words, key=self.table.key())
        else:
            was = sources.standing(now)
            self.table.sources[name] = sources.change(now, self.us, replace(was, title=title), was=was.digest)
        self.table.heard()


# ------------------------------------------------------------------ the stories


def found(t: LiveTable) -> None:
    """Findings made, claimed otherwise, in other words, as a pair, taken away; and what they rest on comes and goes."""
    desk = AtDesk(t)
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    desk.find("f1", "some", "p1", "p2")
    t.look()
    desk.find("f2", "most", "p1", item="air")
    desk.claim("f1", level="two")
    desk.claim("f2", text="It held f2q otherwise.", item=t.item("water"))
    t.say("second-participant", "c1", "comment", ("disagrees", "f1"), ("answers", "p1"))
    t.look()
    desk.claim("f1", level="divided")
    t.stand("moderator", "p2", "agree")
    desk.find("f3", "one", "p2")
    t.do("moderator", "hide", "p2", "whyq")
    t.look()
    desk.pair("f1", "f2")
    t.do("moderator", "restore", "p2")
    t.do("participant", "withdraw", "p1")
    desk.drop("f3")
    t.look()
    desk.unpair("f2")
    t.say("moderator", "p3", "position")
    t.do("second-participant", "withdraw", "c1")
    desk.claim("f1", level="participants", basis=(t.said["p2"].pk, t.said["p3"].pk))
    t.look()
    desk.drop("f2")
    t.write_down("rapporteur", "dev", "r1", "comment", ("disagrees", "p3"))
    t.look()


def asked(t: LiveTable) -> None:
    """What the table says to findings: check-rounds, read-backs, calls for consensus, shows of hands."""
    desk = AtDesk(t)
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    desk.find("f1", "all", "p1")
    desk.find("f2", "no_objection", "p1")
    desk.call("put_to_round", "f1", 6)
    t.look()
    t.stand("second-participant", "f1", "agree", strong=True)
    t.stand("rapporteur", "f1", "disagree", owner="dev")
    t.stand("participant", "f1", "reservations", "reasonq")
    t.look()
    t.stand("second-participant", "f1", "abstain")
    t.stand("moderator", "f1", "agree")
    desk.call("enter_call", "f2", "read_back", 6, 1, role="moderator")
    desk.claim("f1", level="most")
    t.look()
    desk.call("close_round", "f1", 1, role="moderator")
    desk.call("enter_call", "f2", "consensus", 6, 0)
    desk.hands("f2", 6, 3, 1, 1, 1)
    t.look()
    desk.hands("f2", 7, 5, 1, 1, 0)
    desk.call("take_back_call", "f1")
    desk.call("put_to_round", "f1", 5, role="moderator")
    t.stand("participant", "f1", "disagree")
    t.look()
    desk.call("take_back_hands", "f2")
    desk.call("take_back_call", "f2")
    desk.call("close_round", "f1", 0)
    t.look()


def asked_blind(t: LiveTable) -> None:
    """A round in which nobody sees who answered how; it is over, and everybody sees the count."""
    desk = AtDesk(t)
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    desk.find("f1", "most", "p1")
    desk.call("put_to_round", "f1", 6)
    t.stand("second-participant", "f1", "agree")
    t.hold(blind=True)
    t.look()
    t.stand("rapporteur", "f1", "disagree", owner="dev")
    t.stand("second-participant", "f1", "disagree", "reasonq")
    t.stand("participant", "f1", "agree")
    t.stand("second-participant", "p1", "reservations")
    t.look()
    t.stand("moderator", "f1", "reservations", "reasonq")
    desk.claim("f1", level="wide")
    t.say("moderator", "p2", "position", ("disagrees", "p1"))
    t.look()
    t.open_stances("moderator", "p1")
    t.stand("rapporteur", "p1", "agree", owner="ben")
    desk.call("close_round", "f1", 1)
    t.look()
    desk.call("put_to_round", "f1", 6)
    t.stand("rapporteur", "f1", "agree", owner="cleo")
    t.look()
    desk.call("close_round", "f1", 0)
    t.hold(blind=False)
    t.look()
    t.hold(blind=True)
    desk.call("put_to_round", "f1", 6)
    t.stand("participant", "f1", "abstain")
    t.look()


def written(t: LiveTable) -> None:
    """Notes, paragraphs, their order, and the chapter published; what is said afterwards."""
    desk = AtDesk(t)
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    desk.note("Remember noteq.", "p1")
    desk.source("s1", "Rivers")
    t.say("participant", "c2", "comment", ("cites", "s1"), ("answers", "p1"))
    desk.write("The river was spoken of.")
    last = desk.write("So was the lake.")
    t.look()
    desk.source("s1", "Rivers and lakes")
    note = desk.note("Ask noteq again.")
    notes.delete(note, desk.us, was=notes.standing(note).digest)
    move(paragraphs, last, desk.us, True, was=order(list(paragraphs.rows(t.event))))
    t.heard()
    publish(t.event, t.people["convenor"])
    t.heard()
    t.look()
    t.say("second-participant", "c1", "comment", ("agrees", "p1"))
    t.look()
