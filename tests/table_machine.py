"""What everybody does at the live table, on the record and on the model at once; both must answer the same."""

import itertools
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.record.models import Stream
from tests import forms
from tests.model import ATTRIBUTIONS, Model, Said
from tests.table_looks import Looks
from tests.tables import SEATS, LiveTable

SPEAKERS = ("participant", "second-participant", "moderator")
RECORDERS = ("rapporteur", "moderator")
WRITERS = ("participant", "second-participant", "moderator", "rapporteur")
SPEAKS = st.sampled_from(SPEAKERS)
ITEMS = st.sampled_from(["water", "water", "air"])
RULES = st.sampled_from([None, None, *ATTRIBUTIONS, "off_record"])
TIES = st.lists(
    st.tuples(st.sampled_from(["agrees", "disagrees", "concedes", "answers"]), st.integers(0, 30)), max_size=2
)
ANY = st.integers(0, 30)  # which of the statements


class Machine(Looks):
    """One run: the table and its model side by side."""

    table: LiveTable  # seated once, by the test; every run is undone

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at = LiveTable(Event.objects.get(pk=self.table.event.pk), self.table.people)
        self.numbers = itertools.count()
        self.sent: list[tuple[str, dict[str, Any], Said]] = []

    def teardown(self) -> None:
        """Look through everybody's pages, then leave the database as it was."""
        try:
            self.look_everywhere()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(regime=st.sampled_from(["named", "chatham_house"]))
    def begin(self, regime: str) -> None:
        Event.objects.filter(pk=self.at.event.pk).update(attribution=regime)
        self.at.event.refresh_from_db()
        self.model = Model(regime)
        self.run("moderator", "open", item="water")
        self.model.open_item("water")

    # ------------------------------------------------------------ deeds

    def fresh(self) -> str:
        """A word that was never said before."""
        return f"word{next(self.numbers)}x"

    def one(self, which: int) -> tuple[Said, Contribution]:
        said = self.model.said[which % len(self.model.said)]
        return said, Contribution.every.get(pk=said["pk"])

    def run(self, role: str, deed: str, **sent: Any) -> None:
        assert forms.run(self.at, role, deed, **sent).status_code == 200

    def agreed(self, answer: HttpResponse, expected: bool) -> bool:
        """The answer is what the model expects: done, or refused with a sentence."""
        assert (answer.status_code == 200) is expected, (answer.status_code, answer.content)
        assert answer.status_code < 500
        if not expected and answer["Content-Type"] == "application/json":
            assert forms.refusal(answer)[1]
        return expected

    @rule(role=SPEAKS, item=ITEMS, kind=st.sampled_from(["position", "comment"]), attribution=RULES, ties=TIES)
    def speaks(self, role: str, item: str, kind: str, attribution: str | None, ties: Any) -> None:
        self.says(role, SEATS[role], item, kind, attribution, ties)

    @rule(
        role=st.sampled_from(RECORDERS),
        speaker=st.sampled_from(["ada", "ben", "cleo"]),
        item=ITEMS,
        attribution=RULES,
        ties=TIES,
    )
    def writes_down(self, role: str, speaker: str, item: str, attribution: str | None, ties: Any) -> None:
        self.says(role, speaker, item, "position", attribution, ties, for_=speaker)

    def says(
        self, role: str, author: str, item: str, kind: str, attribution: str | None, ties: Any, **more: Any
    ) -> None:
        some = dict.fromkeys((tie, self.one(which)[0]["pk"]) for tie, which in ties) if self.model.said else {}
        sent = {
            "text": self.fresh(), "key": self.at.key(), "item": item, "kind": kind, "attribution": attribution or "",
            "relation": [tie for tie, _pk in some], "to": [pk for _tie, pk in some], **more,
        }  # fmt: skip
        said = self.model.say(role, author, item, kind, sent["text"], attribution, list(some), recorded=bool(more))
        answer = forms.say(self.at, role, **sent)
        if self.agreed(answer, said is not None) and said is not None:
            said["pk"] = str(forms.saved(answer).pk)
            self.sent.append((role, sent, said))

    @precondition(lambda self: self.sent)
    @rule(which=ANY, other=st.booleans())
    def sends_again(self, which: int, other: bool) -> None:
        role, sent, said = self.sent[which % len(self.sent)]
        answer = forms.say(self.at, role, **sent | ({"text": self.fresh()} if other else {}))
        if other:
            assert forms.refusal(answer)[0] == 409
        else:
            assert str(forms.saved(answer).pk) == said["pk"]

    @precondition(lambda self: self.model.said)
    @rule(which=ANY, role=st.sampled_from(WRITERS), stale=st.sampled_from([0, 0, 0, 1]))
    def amends(self, which: int, role: str, stale: int) -> None:
        (said, row), words = self.one(which), self.fresh()
        done = not stale and self.model.amend(role, said, words)
        self.agreed(forms.amend(self.at, role, row, words, version=row.version - stale), bool(done))

    @precondition(lambda self: self.model.said)
    @rule(
        which=ANY,
        role=st.sampled_from(WRITERS),
        own=st.booleans(),
        deed=st.sampled_from(["withdraw", "confirm", "release", "hide", "restore"]),
    )
    def does(self, which: int, role: str, own: bool, deed: str) -> None:
        said, row = self.one(which)
        role = self.model.role_of(said, deed) if own else role
        self.agreed(forms.do(self.at, role, row, deed, why="why"), self.model.do(role, said, deed))

    @precondition(lambda self: self.model.said)
    @rule(which=ANY, role=st.sampled_from(WRITERS), attribution=st.sampled_from([*ATTRIBUTIONS, "off_record"]))
    def restricts(self, which: int, role: str, attribution: str) -> None:
        said, row = self.one(which)
        answer = forms.do(self.at, role, row, "restrict", attribution=attribution)
        self.agreed(answer, self.model.restrict(role, said, attribution))

    @precondition(lambda self: self.model.said)
    @rule(
        which=ANY,
        role=SPEAKS,
        stance=st.sampled_from(["agree", "reservations", "disagree", "abstain"]),
        owner=st.sampled_from([None, None, "cleo"]),
    )
    def stands(self, which: int, role: str, stance: str, owner: str | None) -> None:
        said, row = self.one(which)
        role, told = "moderator" if owner else role, self.told()
        answer = forms.stand(self.at, role, row, stance, for_=owner)
        done = self.agreed(answer, self.model.stand(role, owner or SEATS[role], said, stance))
        openly = done and not (self.model.blind and not said["opened"])
        assert self.told() == told + openly, "the table hears of a stance, unless it is given blind"

    def told(self) -> int:
        """How much everybody at the table was told."""
        return Stream.objects.get(session=self.at.session(), audience="table").head

    @precondition(lambda self: self.model.said)
    @rule(which=ANY, role=st.sampled_from(["moderator", "moderator", "rapporteur", "participant"]))
    def opens_stances(self, which: int, role: str) -> None:
        said, row = self.one(which)
        self.agreed(forms.do(self.at, role, row, "open-stances"), self.model.open_stances(role, said))

    @rule(item=ITEMS)
    def opens(self, item: str) -> None:
        self.run("moderator", "open", item=item)
        self.model.open_item(item)

    @rule(item=ITEMS)
    def closes(self, item: str) -> None:
        self.run("moderator", "close", item=item)
        self.model.close_item(item)

    @rule(speaker=st.sampled_from(["ada", "ben", ""]), item=ITEMS)
    def gives_the_floor(self, speaker: str, item: str) -> None:
        self.run("moderator", "floor" if speaker else "end-floor", item=item, **({"for_": speaker} if speaker else {}))
        self.model.give_floor(speaker, item)

    @rule(attribution=st.sampled_from(["", *ATTRIBUTIONS]))
    def spans(self, attribution: str) -> None:
        deed = {"do": "span", "attribution": attribution} if attribution else {"do": "end-span"}
        self.agreed(forms.post(self.at, "rapporteur", "run/", **deed), self.model.span_to(attribution))

    @rule(release=st.sampled_from(["at_once", "with_item", "when_seen"]), blind=st.booleans())
    def holds(self, release: str, blind: bool) -> None:
        self.run("moderator", "conduct", release=release, **({"blind": "on"} if blind else {}))
        self.model.hold(release, blind)
