"""Stories for the audit: what comes before, then one deed, and who did what to which id in which session by it.

Each goes to its first `yield`, where everything is ready; what follows is the deed, and what it yields is expected.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from dialogue.rapporteur.actions.advice import AddresseeWords, AdviceWords, addressees, recommendations
from dialogue.rapporteur.actions.assent import confirm_assent, delete_assent, enter_assent
from dialogue.rapporteur.actions.confirming import confirm_words
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.actions.notes import NoteWords, notes
from dialogue.rapporteur.actions.papers import Papers, Words
from dialogue.rapporteur.actions.sources import FootnoteWords, SourceWords, footnotes, sources
from dialogue.rapporteur.actions.writing import ParagraphWords, beside, move, order, paragraphs
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.report.actions import answer_name, ask_again, publish
from dialogue.roundtable.actions import mark_away, mark_present
from tests.audited_setup import SETTING_UP
from tests.desk_stories import AtDesk
from tests.tables import LiveTable

Done = tuple[str, uuid.UUID, str]  # the deed, its subject, the session's key or ""
Story = Callable[[LiveTable], Iterator[Any]]


def opens(t: LiveTable):
    yield
    t.run("open_item", "air")
    yield "moderator", [("item-opened", t.item("air").pk, "table")]


def closes(t: LiveTable):
    said = t.say("participant", "o1", attribution="off_record")
    t.run("give_floor", "ada", "water")
    yield
    t.run("close_item", "water")
    yield "moderator", [
        ("contribution-erased", said.pk, "table"), ("floor-ended", t.session().pk, "table"),
        ("item-closed", t.item("water").pk, "table"),
    ]  # fmt: skip


def gives_the_floor(t: LiveTable):
    yield
    t.run("give_floor", "ada", "water")
    yield "moderator", [("floor-given", t.session().pk, "table")]


def ends_the_floor(t: LiveTable):
    t.run("give_floor", "ada", "water")
    yield
    t.run("end_floor")
    yield "moderator", [("floor-ended", t.session().pk, "table")]


def closes_the_session(t: LiveTable):
    yield
    t.close()
    closing = [("item-closed", t.item("water").pk, "table")]  # what is open closes with it
    yield "moderator", [*closing, ("session-closed", t.session().pk, "table")]


def reopens_the_session(t: LiveTable):
    t.close()
    yield
    t.reopen()
    yield "moderator", [("session-reopened", t.session().pk, "table")]


def marks_away(t: LiveTable):
    yield
    mark_away(t.session(), t.person("moderator"), t.attendee("eve"), t.item("water"))
    yield "moderator", [("marked-away", t.attendee("eve").pk, "table")]


def marks_present(t: LiveTable):
    mark_away(t.session(), t.person("moderator"), t.attendee("eve"), t.item("water"))
    yield
    mark_present(t.session(), t.person("moderator"), t.attendee("eve"), t.item("water"))
    yield "moderator", [("marked-present", t.attendee("eve").pk, "table")]


def holds_it_otherwise(t: LiveTable):
    t.say("participant", "p1", "position")
    AtDesk(t).find("f1", "wide", "p1")
    yield
    t.hold(blind=True)
    yield "moderator", [("conduct-changed", t.session().pk, "table")]


def puts_under_a_rule(t: LiveTable):
    yield
    t.span("unnamed")
    yield "rapporteur", [("span-opened", t.session().pk, "table")]


def has_the_rule_again(t: LiveTable):
    t.span("unnamed")
    yield
    t.span()
    yield "rapporteur", [("span-closed", t.session().pk, "table")]


def takes_a_seat_away(t: LiveTable):
    t.say("participant", "p1", "position")
    yield
    t.reseat("dev", "")
    yield "convenor", [("person-changed", t.attendee("dev").pk, ""), ("seat-taken", t.attendee("dev").pk, "table")]


def changes_a_role(t: LiveTable):
    yield
    t.reseat("dev", "observer")
    yield "convenor", [("person-changed", t.attendee("dev").pk, ""), ("role-changed", t.attendee("dev").pk, "table")]


def speaks(t: LiveTable):
    t.say("second-participant", "p1", "position")
    AtDesk(t).find("f1", "wide", "p1")
    yield
    said = t.say("participant", "c1", "comment", ("disagrees", "p1"))
    yield "participant", [("contribution-made", said.pk, "table")]


def writes_down(t: LiveTable):
    yield
    said = t.write_down("rapporteur", "ada", "r1")
    yield "rapporteur", [("contribution-made", said.pk, "table")]


def amends(t: LiveTable):
    said = t.say("participant", "p1", "position")
    t.say("second-participant", "c1", "comment", ("answers", "p1"))
    yield
    t.amend("participant", "p1")
    yield "participant", [("contribution-amended", said.pk, "table")]


def refuses(t: LiveTable):
    said = t.say("participant", "p1", "position")
    t.stand("second-participant", "p1", "agree")
    t.amend("participant", "p1", spelling=True)
    yield
    t.refuse("second-participant", "p1")
    yield "second-participant", [("spelling-refused", said.pk, "table")]


def withdraws(t: LiveTable):
    said = t.say("participant", "p1", "position")
    yield
    t.do("participant", "withdraw", "p1")
    yield "participant", [("contribution-withdrawn", said.pk, "table")]


def strikes(t: LiveTable):
    said = t.say("participant", "p1", "position")
    yield
    t.do("participant", "strike", "p1")
    yield "participant", [("contribution-erased", said.pk, "table"), ("struck-by-speaker", said.pk, "table")]


def strikes_for_the_speaker(t: LiveTable):
    said = t.say("participant", "p1", "position")
    yield
    t.do("moderator", "strike", "p1")
    yield "moderator", [("contribution-erased", said.pk, "table"), ("struck-by-moderator", said.pk, "table")]


def withdraws_off_the_record(t: LiveTable):
    said = t.say("participant", "p1", "position", attribution="off_record")
    yield
    t.do("participant", "withdraw", "p1")
    yield "participant", [("contribution-withdrawn", said.pk, "table")]


def confirms(t: LiveTable):
    t.hold(release="when_seen")
    said = t.write_down("rapporteur", "ada", "r1")
    yield
    t.do("participant", "confirm", "r1")
    yield "participant", [("contribution-confirmed", said.pk, "table"), ("contribution-released", said.pk, "table")]


def releases(t: LiveTable):
    t.hold(release="when_seen")
    said = t.write_down("rapporteur", "ada", "r1")
    yield
    t.do("moderator", "release", "r1")
    yield "moderator", [("contribution-released", said.pk, "table")]


def hides(t: LiveTable):
    said = t.say("participant", "p1", "position")
    yield
    t.do("moderator", "hide", "p1", "whyq")
    yield "moderator", [("contribution-hidden", said.pk, "table")]


def restores(t: LiveTable):
    said = t.say("participant", "p1", "position")
    t.do("moderator", "hide", "p1", "whyq")
    yield
    t.do("moderator", "restore", "p1")
    yield "moderator", [("contribution-restored", said.pk, "table")]


def restricts(t: LiveTable):
    said = t.say("participant", "p1", "position")
    yield
    t.do("participant", "restrict", "p1", "unnamed")
    yield "participant", [("attribution-changed", said.pk, "table")]


def stands(t: LiveTable):
    said = t.say("participant", "p1", "position")
    AtDesk(t).find("f1", "wide", "p1")
    yield
    t.stand("second-participant", "p1", "disagree", "reasonq")
    yield "second-participant", [("stance-taken", said.pk, "table")]


def shows_stances(t: LiveTable):
    t.hold(blind=True)
    said = t.say("participant", "p1", "position")
    yield
    t.open_stances("moderator", "p1")
    yield "moderator", [("stances-opened", said.pk, "table")]


# ------------------------------------------------------------------ findings


def finding(t: LiveTable) -> AtDesk:
    """A desk with a finding, and another one."""
    t.say("participant", "p1", "position")
    desk = AtDesk(t)
    desk.find("f1", "most", "p1")
    desk.find("f2", "most", "p1")
    return desk


def finds(t: LiveTable):
    t.say("participant", "p1", "position")
    yield
    AtDesk(t).find("f1", "most", "p1")
    yield "rapporteur", [("finding-made", t.found["f1"].pk, "table")]


def claims(t: LiveTable):
    desk = finding(t)
    yield
    desk.claim("f1", level="two")
    yield "rapporteur", [("finding-changed", t.found["f1"].pk, "table")]


def drops(t: LiveTable):
    desk, pk = finding(t), t.found["f1"].pk
    yield
    desk.drop("f1")
    yield "rapporteur", [("finding-deleted", pk, "table")]


def pairs(t: LiveTable):
    desk = finding(t)
    yield
    desk.pair("f1", "f2")
    yield "rapporteur", [("finding-paired", t.found[one].pk, "table") for one in ("f1", "f2")]


def parts(t: LiveTable):
    desk = finding(t)
    desk.pair("f1", "f2")
    yield
    desk.unpair("f2")
    yield "rapporteur", [("finding-parted", t.found["f2"].pk, "table")]


def calls(deed: str, name: str, *more: Any, before: Callable[[AtDesk], None] | None = None) -> Story:
    """Something is entered about a finding that the table was asked about."""

    def story(t: LiveTable):
        desk = finding(t)
        if before:
            before(desk)
        yield
        desk.call(deed, "f1", *more, role="moderator")
        yield "moderator", [(name, t.found["f1"].pk, "table")]

    return story


def shows_hands(t: LiveTable):
    desk = finding(t)
    yield
    desk.hands("f1", 6, 3, 1, 1, 1)
    yield (
        "rapporteur",
        [("count-entered", t.event.counts.get().pk, "table")],
    )


def sees_assent(act: str, on: str = "f1") -> Story:
    """Assent that was seen: entered, confirmed, denied or deleted."""

    def story(t: LiveTable):
        finding(t)
        us, target = t.person("rapporteur"), t.found[on]
        if act != "assent-entered":
            enter_assent(target, us, 2, 4)
        yield
        if act == "assent-entered":
            enter_assent(target, us, 2, 4)
        elif act == "assent-deleted":
            delete_assent(target, us)
        else:
            confirm_assent(target, us, confirmed=act == "assent-confirmed")
        yield "rapporteur", [(act, target.pk, "table")]

    return story


# ------------------------------------------------------------------ papers


def keeps_a_note(t: LiveTable):
    yield
    made = AtDesk(t).note("Remember noteq.")
    yield "rapporteur", [("note-made", made.pk, "table")]


def paper(papers: Papers[Any], words: Callable[[LiveTable, str], Words], deed: str) -> Story:
    """One of the papers on the desk, made, changed, moved or thrown away."""

    def story(t: LiveTable):
        us = t.person("rapporteur")
        row = papers.make(t.event, us, words(t, "Firstq"), key=t.key()) if deed != "made" else None
        last = papers.make(t.event, us, words(t, "Secondq"), key=t.key()) if deed == "moved" else None
        yield
        if deed == "made":
            row = papers.make(t.event, us, words(t, "Firstq"), key=t.key())
        elif deed == "changed":
            papers.change(row, us, words(t, "Otherq"), was=papers.standing(row).digest)
        elif deed == "moved":
            row = last
            move(papers, row, us, True, was=order(list(beside(papers, row))))
        else:
            pk = row.pk
            papers.delete(row, us, was=papers.standing(row).digest)
            row.pk = pk
        yield "rapporteur", [(f"{papers.name}-{deed}", row.pk, "table")]

    return story


def paragraph(t: LiveTable, text: str) -> Words:
    return ParagraphWords(item=t.item("water"), origin="room", text=text)


def source(t: LiveTable, text: str) -> Words:
    return SourceWords(author="", title=text, container="", year=None, date="", url="", accessed="", page="")


def footnote(t: LiveTable, text: str) -> Words:
    return FootnoteWords(kind="remark", text=text, source=None, page="")


def addressee(t: LiveTable, text: str) -> Words:
    return AddresseeWords(name=text, short_name="")


def advice(t: LiveTable, text: str) -> Words:
    to = t.event.addressees.first() or addressees.make(
        t.event, t.person("rapporteur"), addressee(t, "Whomq"), key=t.key()
    )
    return AdviceWords(addressee=to, parent=None, text=text, level=None)


def recommends(deed: str) -> Story:
    """The addressee is there before."""

    def story(t: LiveTable):
        advice(t, "")
        yield from paper(recommendations, advice, deed)(t)

    return story


def note(t: LiveTable, text: str) -> Words:
    return NoteWords(item=t.item("water"), text=text, flagged=False)


def confirms_words(t: LiveTable):
    t.say("participant", "p1", "position")
    AtDesk(t).find("f1", "one", "p1")
    t.amend("participant", "p1")
    yield
    found = t.found["f1"]
    confirm_words(findings, found, t.person("rapporteur"), was=changed_papers(t.event)[found.pk].digest)
    yield "rapporteur", [("words-confirmed", found.pk, "table")]


def answers_a_name(t: LiveTable):
    yield
    made = answer_name(t.event, t.person("rapporteur"), "not_the_person", "0" * 64, "")
    yield "rapporteur", [("name-answered", made.pk, "table")]


def asks_about_a_name_again(t: LiveTable):
    made = answer_name(t.event, t.person("rapporteur"), "not_the_person", "0" * 64, "")
    yield
    ask_again(made, t.person("rapporteur"))
    yield "rapporteur", [("name-asked-again", made.pk, "table")]


def publishes(t: LiveTable):
    AtDesk(t).write("The river was spoken of.")
    yield
    made = publish(t.event, t.people["convenor"])
    yield "convenor", [("published", made.pk, "")]


def all_papers() -> Iterator[tuple[str, Story]]:
    """Each paper with what may be done to it; findings and notes have stories of their own besides."""
    of: list[tuple[Papers[Any], Callable[[LiveTable, str], Words], tuple[str, ...]]] = [
        (paragraphs, paragraph, ("made", "changed", "deleted", "moved")),
        (sources, source, ("made", "changed", "deleted")),
        (footnotes, footnote, ("made", "changed", "deleted")),
        (addressees, addressee, ("made", "changed", "deleted", "moved")),
        (notes, note, ("changed", "deleted")),
    ]
    for papers, words, deeds in of:
        yield from ((f"{papers.name} {deed}", paper(papers, words, deed)) for deed in deeds)
    yield from ((f"recommendation {deed}", recommends(deed)) for deed in ("made", "changed", "deleted", "moved"))


ROUND = "put_to_round"
AUDITED: dict[str, Story] = {
    **{one.__name__: one for one in (
        opens, closes, gives_the_floor, ends_the_floor, closes_the_session, reopens_the_session,
        marks_away, marks_present, holds_it_otherwise, puts_under_a_rule, has_the_rule_again,
        takes_a_seat_away, changes_a_role, speaks, writes_down, amends, refuses, withdraws,
        strikes, strikes_for_the_speaker, withdraws_off_the_record, confirms, releases, hides, restores, restricts, stands, shows_stances, finds, claims, drops, pairs, parts, shows_hands,
        keeps_a_note, confirms_words, publishes, answers_a_name,
        asks_about_a_name_again, *SETTING_UP,
    )},
    "puts to the table": calls(ROUND, "round-opened", 6),
    "closes the round": calls("close_round", "round-closed", 0, before=lambda desk: desk.call(ROUND, "f1", 6)),
    "enters a call": calls("enter_call", "call-entered", "read_back", 6, 0),
    "takes it back": calls("take_back_call", "call-taken-back", before=lambda desk: desk.call(ROUND, "f1", 6)),
    "takes hands back": calls(
        "take_back_hands", "hands-taken-back", before=lambda desk: desk.hands("f1", 6, 3, 1, 1, 1)
    ),
    **{act: sees_assent(act) for act in ("assent-entered", "assent-confirmed", "assent-denied", "assent-deleted")},
    **dict(all_papers()),
}  # fmt: skip
