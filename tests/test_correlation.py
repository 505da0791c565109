"""An anonymous room, attacked: nobody below the staff ties two statements to one author, or an answer to a person.

An event is played with known authors (`tests/anonymous.py`). Everything that a member, an observer or an outsider could
read of it (pages, frames with what came along, versions, numbers, languages, marks, orders, two looks, two chapters) is
made into features of each statement; a feature that ties statements of one author more often than by chance is found
against the same statements with their authors dealt anew. The same program finds the authors where the defences are off.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Hashable
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from dialogue.restricter import Restricter
from tests.anonymous import ANSWERS, NUMBER, Played

pytestmark = pytest.mark.django_db

Feature = dict[Any, Hashable]  # statement -> what is seen of it
TOO_MUCH = 4.75  # standard deviations above what chance gives: of forty features none goes there in a thousand rooms
DEALS = 200  # of the authors, for what chance gives
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|s[0-9a-f]{12}|words? \d+|[\w-]+/said/", re.I)


# ------------------------------------------------------------------ what is seen of each statement


def skeleton(html: str) -> str:
    """What is drawn around the words: without them, what they quote, bars, and ids that are random."""
    html = re.sub(r'<(div class="words"|q)[^>]*>.*?</(div|q)>', lambda one: one[0][: one[0].index(">")], html, flags=re.S)
    html = re.sub(r'<span class="bar".*?</span></span>', "", html, flags=re.S)
    html = re.sub(r'<div id="bar-.*?</div>|<div id="stance-.*?</div>', "", html, flags=re.S)
    return IDS.sub("#", html)


def on_pages(played: Played) -> dict[str, Feature]:
    """Of each page: the skeleton of a statement as a whole, and each of its attributes and marks."""
    seen: dict[str, Feature] = defaultdict(dict)
    for page, html in played.pages.items():
        for id, inner in re.findall(r'<li id="s-([\w-]+)".*?>(<article.*?</article>)', html, re.S):
            pk = next(one for one in played.authors if str(one) == id)
            add(seen, page, pk, inner)
        for inner, label in re.findall(r'(<article class="statement[^>]*id="([\w-]+)".*?</article>)', html, re.S):
            if label in played.labels:
                add(seen, page, played.labels[label], inner)
    return seen


def add(seen: dict[str, Feature], page: str, pk: Any, inner: str) -> None:
    drawn = skeleton(inner)
    seen[page][pk] = drawn
    attributes: dict[str, list[str]] = defaultdict(list)
    for name, value in re.findall(r' (lang|class|datetime|data-version)="([^"]*)"', drawn):
        attributes[name].append(value)
    for name, values in attributes.items():
        seen[f"{page}, {name}"][pk] = tuple(values)
    marks = re.findall(r'class="mark">(.*?)</span>', drawn)
    seen[f"{page}, marks"][pk] = tuple(marks)


def in_frames(played: Played) -> dict[str, Feature]:
    """What came with a statement on the stream: other entries, other numbers of people."""
    kinds: Feature = {}
    counted: Feature = {}
    drawn: Feature = {}
    for deed in played.deeds:
        if deed.kind == "say":
            kinds[deed.subject] = tuple(sorted(kind for kind, _html in deed.heard))
            counted[deed.subject] = tuple(sorted(set(re.findall(r"of (\d+) support", str(deed.heard)))))
            articles = re.findall("<article.*?</article>", "".join(html for _kind, html in deed.heard), re.S)
            drawn[deed.subject] = tuple(map(skeleton, articles))
    return {"frames: kinds": kinds, "frames: N": counted, "frames: drawn": drawn}


def in_a_row(played: Played) -> dict[str, Feature]:
    """What the record joins as said by one speaker."""
    runs: Feature = {}
    run = 0
    for inner, label in re.findall(
        r'(<article class="statement[^>]*id="([\w-]+)".*?</article>)', played.pages["record/ of obs"], re.S
    ):
        run += "continues" not in inner.partition(">")[0]
        if label in played.labels:
            runs[played.labels[label]] = run
    return {"in a row": runs}


def orders(played: Played) -> dict[str, list[Any]]:
    """The statements as each page and chapter puts them in a row."""
    out = {}
    for page, html in played.pages.items():
        found = [played.labels[one] for one in re.findall(r"\bs[0-9a-f]{12}\b", html) if one in played.labels]
        out[page] = list(dict.fromkeys(found))
    return out


# ------------------------------------------------------------------ what chance gives


def tied(feature: Feature, authors: dict[Any, str]) -> int:
    """How many pairs that look the same are one author's."""
    groups: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for one, value in feature.items():
        groups[value][authors[one]] += 1
    return sum(n * (n - 1) // 2 for group in groups.values() for n in group.values())


def neighbours(order: list[Any], authors: dict[Any, str]) -> int:
    """How many statements stand beside one of their author's."""
    return sum(authors[one] == authors[two] for one, two in pairwise(order))


def found_by(played: Played) -> dict[str, float]:
    """Every feature and order -> by how many standard deviations it ties more than chance does."""
    features = {**on_pages(played), **in_frames(played), **in_a_row(played)}
    few = [name for name in sorted(features) if len(set(features[name].values())) < 9]  # not what is each one's own
    whole = {one: tuple(features[name].get(one) for name in few) for one in played.authors}
    tests: dict[str, Any] = {name: (tied, one) for name, one in features.items()}
    tests["all together"] = (tied, whole)
    tests |= {f"order: {name}": (neighbours, one) for name, one in orders(played).items() if len(one) > 1}
    keys, chance = list(played.authors), random.Random(1)
    dealt = []
    for _deal in range(DEALS):
        people = list(played.authors.values())
        chance.shuffle(people)
        dealt.append(dict(zip(keys, people, strict=True)))
    return {name: above(of(one, played.authors), [of(one, deal) for deal in dealt]) for name, (of, one) in tests.items()}


def above(seen: int, by_chance: list[int]) -> float:
    """By how many standard deviations."""
    mean = sum(by_chance) / len(by_chance)
    spread = (sum((one - mean) ** 2 for one in by_chance) / len(by_chance)) ** 0.5
    return (seen - mean) / max(spread, 0.5)


# ------------------------------------------------------------------ who stands where


def guessed(played: Played) -> tuple[int, int]:
    """(answers that a member sees being given, answers): what a bar gains at the moment at which somebody answers, or
    loses when somebody leaves."""
    bars: dict[Any, Counter[str]] = defaultdict(Counter)
    right = every = 0
    for deed in played.deeds:
        before = {pk: Counter(bar) for pk, bar in bars.items()}
        for _kind, html in deed.heard:
            for pk, bar in re.findall(r'<div id="bar-([\w-]+)"(.*?)</div>', html, re.S):
                said = re.search(r'aria-label="([^"]*)"', bar)
                bars[pk] = Counter({ANSWERS[word]: int(n) for n, word in NUMBER.findall(said[1] if said else "")})
        if deed.kind == "stand":
            every += 1
            gained = bars[str(deed.subject)] - before.get(str(deed.subject), Counter())
            right += list(gained) == [deed.stance]
        elif deed.kind == "leave":
            right += len(deed.subject)
    return right, every


def small_numbers(played: Played) -> set[str]:
    """Numbers of one or two that some page prints of people who stand somewhere."""
    numbers = r"\b[12] (?:of \d+ support|supports?|with reservations|opposes?|abstains?|against|objections?)\b"
    cells = r'class="cell (?:agree|reservations|disagree|abstained)"'
    told = set()
    for html in played.pages.values():
        for bar in re.findall(r'<span class="bar" role="img"(.*?)</span></span>', html, re.S):
            told |= {one for one, n in Counter(re.findall(cells, bar)).items() if n < 3}
        told |= set(re.findall(numbers, html))
    return told


def versions_of_bars(played: Played) -> set[str]:
    """The versions of the bars that nothing was said against, on the page of an observer."""
    html = "".join(one for page, one in played.pages.items() if page.startswith("table of obs"))
    return {
        version
        for version, bar in re.findall(r'<div id="bar-[\w-]+" data-version="(\d+)"(.*?)</div>', html, re.S)
        if "objections: no" in bar
    }


# ------------------------------------------------------------------ the proof


def require_nothing(seed: int, statements: int, stances: int, *, is_long: bool = False) -> None:
    """Whatever is tried finds nothing in an anonymous room."""
    with transaction.atomic():
        played = Played(seed, names="hidden", statements=statements, stances=stances, is_long=is_long)
        found = {name: over for name, over in found_by(played).items() if over > TOO_MUCH}
        assert not found, (seed, found)
        right, every = guessed(played)
        assert (right, every > 0) == (0, True), seed
        assert not small_numbers(played), seed
        assert len({int(one) % (1 << 20) for one in versions_of_bars(played)}) <= 1, seed
        transaction.set_rollback(True)


def test_nobody_is_found_in_an_anonymous_room():
    require_nothing(1, 24, 14)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_nobody_is_found_in_fifty_anonymous_rooms(seed: int):
    require_nothing(100 + seed, 200, 130, is_long=True)


def test_authors_are_found_where_the_defences_are_off(monkeypatch: pytest.MonkeyPatch):
    """The control: a room that follows the rule, where wishes are marked, as they were, and the form offers first the
    language of the page."""
    monkeypatch.setattr(Restricter, "tells_wishes", lambda *_told: True)
    played = Played(2, names="as_rule", statements=60, stances=16)
    found = {name for name, over in found_by(played).items() if over > TOO_MUCH}
    assert {"record/ of obs, marks", "record/ of obs, lang"} <= found
    right, every = guessed(played)
    assert right > every / 2
    assert small_numbers(played)
