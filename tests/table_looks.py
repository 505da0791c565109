"""What must hold at the live table whatever is done there: the record is the model's, and so is what everybody reads."""

import itertools
import re
from typing import Any

from django.apps import apps
from hypothesis.stateful import RuleBasedStateMachine, invariant

from dialogue.discussion.models import Contribution, Relation
from dialogue.positions.actions import VEIL
from dialogue.positions.models import Stance
from dialogue.record.models import Entry, Stream
from dialogue.roundtable.models import Floor
from tests import forms
from tests.dom import Element, parsed
from tests.model import READERS, Model, Said
from tests.model_bars import VEILED, Answered, Bar, bar
from tests.tables import NAMES, SEATS, LiveTable

KEPT_BACK = "Result shown when the round closes."
ANSWERED = re.compile(r"(\d+) of (\d+) have answered. Result hidden until the round closes.")
CELLS = ("agree", "reservations", "disagree", "abstained", "silent")


class Looks(RuleBasedStateMachine):
    """What is looked at after each deed."""

    at: LiveTable
    model: Model

    def __init__(self) -> None:
        super().__init__()
        self.turn = itertools.count()

    def look_everywhere(self) -> None:
        """Everybody's pages of everything that was said, and each statement's own page, one of the cast after another."""
        for role, item in itertools.product(READERS, ("water", "air")):
            self.look(role, item, "time")
        for said, role in zip(self.model.said, itertools.cycle(READERS), strict=False):
            self.look_into(role, said)

    @invariant()
    def the_record_holds_what_was_said(self) -> None:
        if not hasattr(self, "model"):
            return
        assert [held(row) for row in Contribution.every.order_by("position")] == [
            one["held"]() for one in self.model.said
        ]
        assert stances() == self.model.stances
        ended = Floor.objects.order_by("position").values_list("attendee__key", "item__key")
        assert list(ended) == self.model.floors

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        for stream in Stream.objects.all():
            numbers = Entry.objects.filter(stream=stream).order_by("number").values_list("number", flat=True)
            assert list(numbers) == list(range(1, stream.head + 1)), stream.audience

    @invariant()
    def what_is_erased_is_nowhere(self) -> None:
        if hasattr(self, "model") and self.model.erased:
            told = everything()
            assert not self.model.erased & told, "erased words are still there"
            assert {one["words"] for one in self.model.said if one["state"] == "said"} <= told, "the search finds words"

    @invariant()
    def one_of_the_cast_sees_what_is_theirs_to_see(self) -> None:
        if hasattr(self, "model"):
            n = next(self.turn)
            self.look(READERS[n % len(READERS)], "air" if n % 5 == 4 else "water", "threads" if n % 2 else "time")
            if self.model.said and n % 3 == 2:
                self.look_into(READERS[n // 3 % len(READERS)], self.model.said[n % len(self.model.said)])

    def look(self, role: str, item: str, manner: str) -> None:
        """One of the cast reads an item: the right places in the right order, the right words, the right names."""
        page = forms.page(self.at, role, **{"item": item, "as": manner})
        root = parsed(page)
        places = [one.id[2:] for one in root.walk() if one.tag == "li" and one.id.startswith("s-")]
        expected = self.model.places(role, item, manner)
        assert places == [one["pk"] for one in expected], role
        for one in expected:
            article = root.find(f"said-{one['pk']}")
            assert article is not None
            drawn = text_of(article)
            assert (one["words"] in words(drawn)) is self.model.reads(role, one), (role, one)
            shown = {key for key, name in NAMES.items() if name in drawn}
            assert shown == self.model.named(role, one), (role, one)
            self.see_bar(root, role, one)
        self.keeps_silent(role, page)

    def look_into(self, role: str, said: Said) -> None:
        """The page of one statement, for who may open it: its bar is the same as in its place."""
        if self.model.knows(role, said):
            page = forms.of(self.at, role, Contribution.every.get(pk=said["pk"]))
            self.see_bar(parsed(page), role, said)

    def see_bar(self, root: Element, role: str, said: Said) -> None:
        """Below a position its bar, or that it is kept back: then not even the version tells that anything happened."""
        drawn, expected = root.find(f"bar-{said['pk']}"), bar(self.model, role, said)
        assert (drawn is not None) is (said["kind"] == "position"), (role, said)
        if drawn is not None:
            assert seen(drawn) == expected, (role, said)
            is_told = expected != VEILED or self.model.is_staff(role)
            assert is_told or int(drawn.attributes["data-version"]) % VEIL == 0, (role, said)

    def keeps_silent(self, role: str, page: str) -> None:
        """Nowhere on the page is a word that this reader may not read, or a name where none may be read."""
        may = {one["words"] for one in self.model.said if self.model.reads(role, one)}
        assert words(page) <= may, (role, words(page) - may)
        if self.model.regime != "named" and not self.model.sees_who(role):
            assert not {key for key, name in NAMES.items() if name.split()[-1] in page} - {SEATS.get(role)}


def words(text: str) -> set[str]:
    return set(re.findall(r"word\d+x", text))


def text_of(element: Any) -> str:
    return " ".join(one if isinstance(one, str) else text_of(one) for one in element.children)


def held(row: Contribution) -> dict[str, Any]:
    """A statement as the record holds it."""
    ties = Relation.every.filter(source_statement=row).order_by("position")
    return {
        "pk": str(row.pk), "words": row.text, "state": row.state, "kind": row.kind, "item": row.item.key,
        "author": row.authorship.attendee.key if hasattr(row, "authorship") else None, "attribution": row.attribution,
        "recorded": row.recorded, "confirmed": row.confirmed, "released": row.released, "hidden": row.hidden,
        "former": list(row.former.values_list("text", flat=True)),
        "ties": [(tie.kind, str(tie.to_contribution_id)) for tie in ties],
    }  # fmt: skip


def stances() -> dict[tuple[str, str], list[str]]:
    """Everybody's stances with what they were before: {(statement, who): [oldest, …, now]}."""
    return {
        (str(one.contribution_id), one.attendee.key): [*one.history.values_list("stance", flat=True), one.stance]
        for one in Stance.every.all()
    }


def everything() -> set[str]:
    """Every word that was said and stands anywhere in the database."""
    return {word for model in apps.get_models() for word in words(str(list(model._base_manager.values())))}


def seen(drawn: Element) -> Bar | Answered | str | None:
    """A bar as it stands on a page: by its cells, which must be those that are read aloud."""
    text = " ".join(text_of(drawn).split())
    shown = next((one for one in drawn.walk() if one.attributes.get("role") == "img"), None)
    if shown is None:
        if answered := ANSWERED.fullmatch(text):
            return Answered(*map(int, answered.groups()))
        assert text in ("", KEPT_BACK), text
        return VEILED if text else None
    cells = [one.attributes["class"].removeprefix("cell ") for one in shown.walk() if one.tag == "i"]
    numbers = [cells.count(kind) for kind in CELLS]
    label, _semicolon, earlier = shown.attributes["aria-label"].partition("; on earlier words")
    words, _colon, aloud = label.rpartition(": ")
    earlier = earlier and f"on earlier words{earlier}"
    assert [int(one) for one in re.findall(r"\d+", aloud)] == [one for one in numbers if one]
    assert text == f"{words} {earlier}".strip()
    return Bar(*numbers, words, earlier)
