"""A large record made up from a seed: the same seed and sizes give the same bytes.

    python tests/bench/generate.py [--small] [--seed 2007] > record.json

Everyone but the rapporteur takes a stance on every finding, so that a count of findings × people has something to
count; each finding claims what these stances reach, or gives a reason, so that the chapter is no draft.
"""

import argparse
import itertools
import json
import pathlib
import random
import sys
from typing import Any, NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests import records

FULL = {"contributions": 10_000, "people": 100, "findings": 500, "paragraphs": 600, "notes": 960}
SMALL = {"contributions": 300, "people": 12, "findings": 20, "paragraphs": 30, "notes": 40}
THEMES_IN_A_PART = 5


class Mood(NamedTuple):
    """How a table stands on a finding: what may be claimed of it, and the shares that take each stance."""

    level: str
    called: bool  # in a check-round
    reason: str
    agree: float
    reservations: float
    disagree: float  # the others abstain


MOODS = {
    Mood("most", False, "", 0.80, 0.05, 0.02): 50,
    Mood("nearly_all", True, "", 0.94, 0.01, 0.01): 20,
    Mood("many", False, "", 0.50, 0.08, 0.02): 14,
    Mood("several", False, "", 0.30, 0.05, 0.02): 8,
    Mood("some_disagreement", False, "", 0.65, 0.05, 0.15): 4,
    Mood("divided", False, "", 0.42, 0.03, 0.45): 2,
    Mood("all", False, "As the rapporteur heard it in the room.", 0.80, 0.05, 0.02): 2,
}
RELATIONS = {
    "supports": 18, "builds_on": 18, "responds_to": 14, "answers": 12, "agrees": 12, "qualifies": 8, "disagrees": 8,
    "offers_different_view": 6, "concedes": 4,
}  # fmt: skip

FIRST = ["Amara", "Bram", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jun", "Keiko", "Lars", "Mina"]
BEGINS = ["Adel", "Bron", "Calder", "Dun", "Ester", "Fair", "Grim", "Holm", "Ingel", "Jern"]
ENDS = ["bach", "croft", "dale", "ford", "gaard", "heim", "kvist", "lund", "mark", "stein"]
SECTORS = ["university", "ministry", "police", "foundation", "broadcaster", "parliament", "court", "hospital", "union"]
NOUNS = [
    "mandate", "mission", "budget", "border", "ceasefire", "council", "delegation", "district", "election", "framework",
    "government", "harvest", "inquiry", "judge", "ledger", "market", "neighbour", "observer", "quota", "refugee", "school",
    "treaty", "village", "water", "convoy", "airport", "hospital",
]  # fmt: skip
VERBS = ["needs", "lacks", "shapes", "delays", "protects", "weakens", "follows", "replaces", "limits", "outlives"]
HOW = ["slowly", "openly", "rarely", "in public", "at some cost", "without delay", "under pressure", "after the rains"]
WHY = ["because nobody paid for it", "since the talks began", "although the law is clear", "while the rest waited"]


def chosen(chance: random.Random, weights: dict[Any, int]) -> Any:
    return chance.choices([*weights], [*weights.values()])[0]


class Invention:
    """One made-up event; each list of its record is made by the method of its name."""

    def __init__(self, seed: int, contributions: int, people: int, findings: int, paragraphs: int, notes: int):
        self.chance = random.Random(seed)
        self.sizes = {
            "contributions": contributions, "findings": findings, "paragraphs": paragraphs, "footnotes": notes,
        }  # fmt: skip
        self.people = [f"p{place:03}" for place in range(people)]
        self.rapporteur, self.moderator, *self.table = self.people
        self.panel = self.table[: max(3, len(self.table) // 5)]
        self.themes = [f"theme-{place}" for place in range(max(2, paragraphs // 12))]
        self.parts = [self.themes[at : at + THEMES_IN_A_PART] for at in range(0, len(self.themes), THEMES_IN_A_PART)]
        self.sources = [f"source-{place}" for place in range(max(4, notes // 8))]
        self.on: dict[str, list[str]] = {theme: [] for theme in self.themes}  # theme -> contributions
        self.author: dict[str, str] = {}
        self.found: dict[str, tuple[str, list[str], Mood]] = {}  # finding -> its theme, its basis, how the table stands

    def sentence(self) -> str:
        pick = self.chance.choice
        words = [f"The {pick(NOUNS)} of the {pick(NOUNS)} {pick(VERBS)} every {pick(NOUNS)} {pick(HOW)}"]
        words += [f"{pick(WHY)}"] if self.chance.random() < 0.5 else []
        words += [f"and the {pick(NOUNS)} {pick(VERBS)} the {pick(NOUNS)}"] if self.chance.random() < 0.5 else []
        return ", ".join(words) + "."

    def sentences(self, fewest: int, most: int) -> str:
        return " ".join(self.sentence() for _ in range(self.chance.randint(fewest, most)))

    def some(self, among: list[str], most: int) -> list[str]:
        return self.chance.sample(among, min(len(among), self.chance.randint(1, most)))

    def record(self) -> dict[str, Any]:
        """The whole record. Findings are drawn before contributions can point at them."""
        said = self.contributions()
        found = self.findings()
        self.dispute(said)
        return records.record(
            event={
                "slug": "bench", "title": "A table of a hundred", "occasion": "A benchmark", "place": "Nowhere",
                "convenor": {"name": "The Bench Society", "short_name": "TBS"}, "byline": "Nobody",
            },
            disclaimers=[{"text": self.sentence()}],
            persons=self.persons(),
            sessions=self.sessions(),
            outline=self.outline(),
            contributions=said,
            findings=found,
            stances=[stance for key in self.found for stance in self.stances(key)],
            paragraphs=self.paragraphs(),
            recommendations=[self.recommended(place) for place in range(6)],
            sources=[self.source(key) for key in self.sources],
            footnotes=self.footnotes(),
            notes=self.notes(),
        )  # fmt: skip

    def persons(self) -> list[dict]:
        surnames = [f"{begin}{end}" for begin in BEGINS for end in ENDS]
        return [
            records.person(
                key, f"{FIRST[place % len(FIRST)]} {surnames[place % 100]}", affiliation=f"Institute {place // 3}",
                function="Fellow", sector=SECTORS[place % len(SECTORS)],
                aliases=[f"{surnames[place % 100]}e"] if place % 10 == 0 else [],
            )
            for place, key in enumerate(self.people)
        ]  # fmt: skip

    def sessions(self) -> list[dict]:
        seats: list[dict] = [{"person": key, "role": "participant"} for key in self.table]
        for seat, part in zip(seats[::12], itertools.cycle(range(len(self.parts)))):
            seat["absent"] = [f"part-{part}"] if len(seats) > 50 else []
        staff = [{"person": self.moderator, "role": "moderator"}, {"person": self.rapporteur, "role": "rapporteur"}]
        panel = [{"person": key, "role": "panelist"} for key in self.panel]
        return [
            records.session("table", [*seats, *staff], title="The round table"),
            records.session("forum", panel, kind="forum", access="public", title="The open forum"),
        ]

    def outline(self) -> list[dict]:
        parts = [
            records.item(
                f"part-{place}", *(records.item(key, title=f"On the {key}") for key in themes), kind="part",
                announces=themes,
            )
            for place, themes in enumerate(self.parts)
        ]  # fmt: skip
        return [*parts, records.item("recommendations", kind="recommendations")]

    def contributions(self) -> list[dict]:
        return [self.contribution(place) for place in range(self.sizes["contributions"])]

    def contribution(self, place: int) -> dict:
        key, theme = f"c{place:05}", self.themes[place * len(self.themes) // self.sizes["contributions"]]
        in_forum = self.chance.random() < 0.2
        self.author[key] = self.chance.choice(self.panel if in_forum else self.table)
        before = self.on[theme]
        relations = [records.relates("opens", None)] if not before else []
        for to in self.some(before[-20:], 2) if before and self.chance.random() < 0.8 else ():
            relations.append(records.relates(chosen(self.chance, RELATIONS), to))
        if self.chance.random() < 0.05:
            relations.append(records.relates("cites", self.chance.choice(self.sources)))
        before.append(key)
        return records.said(
            key, self.author[key], self.sentences(1, 3), session="forum" if in_forum else "table", item=theme,
            kind=chosen(self.chance, {"position": 6, "comment": 3, "question": 1}), relations=relations,
            at=f"2026-03-01T{9 + place * 8 // self.sizes['contributions']:02}:{place % 60:02}:00+01:00",
        )  # fmt: skip

    def findings(self) -> list[dict]:
        return [self.finding(f"f{place:03}", place) for place in range(self.sizes["findings"])]

    def finding(self, key: str, place: int) -> dict:
        theme = self.themes[place * len(self.themes) // self.sizes["findings"]]
        self.found[key] = theme, self.some(self.on[theme], 5), chosen(self.chance, MOODS)
        _theme, basis, mood = self.found[key]
        call = records.call("check_round", present=len(self.people)) if mood.called else None
        return records.finding(key, mood.level, *basis, item=theme, text=self.sentence(), reason=mood.reason, call=call)

    def dispute(self, said: list[dict]) -> None:
        """One contribution in fifty disputes a finding on its theme."""
        findings = {theme: [key for key, (of, *_rest) in self.found.items() if of == theme] for theme in self.themes}
        for one in said[::50]:
            if findings[one["item"]]:
                one["relations"].append(records.relates("disagrees", self.chance.choice(findings[one["item"]])))

    def stances(self, finding: str) -> list[dict]:
        _theme, _basis, mood = self.found[finding]
        everyone = self.chance.sample([self.moderator, *self.table], len(self.table) + 1)
        made = []
        for place, person in enumerate(everyone, 1):
            share = place / len(everyone)
            kind = "abstain"
            if share <= mood.agree:
                kind = "agree"
            elif share <= mood.agree + mood.reservations:
                kind = "reservations"
            elif share <= mood.agree + mood.reservations + mood.disagree:
                kind = "disagree"
            reason = self.sentence() if kind in ("reservations", "disagree") else ""
            made.append(records.stance(person, finding, kind, reason=reason, strong=self.chance.random() < 0.3))
        return made

    def paragraphs(self) -> list[dict]:
        return [self.paragraph(f"t{place:03}", place) for place in range(self.sizes["paragraphs"])]

    def paragraph(self, key: str, place: int) -> dict:
        """A claim, two people in turn, and the notes that are due: they are called in the order in which they stand."""
        finding = [*self.found][place * len(self.found) // self.sizes["paragraphs"]]
        theme, basis, _mood = self.found[finding]
        told = [finding, *basis, *self.chance.sample(self.on[theme], min(3, len(self.on[theme])))]
        first, second = self.author[told[-1]], self.author[told[-2]]
        text = [
            f"On the {self.chance.choice(NOUNS)}, {{{finding}}} held that this is so.",
            f"@{first} said that it *never* was. {self.sentence()}",
            f"@{second} answered @{first}. {self.sentence()}",
            self.sentence(),
        ]
        calls = self.sizes["footnotes"]
        for note in range(place * calls // self.sizes["paragraphs"], (place + 1) * calls // self.sizes["paragraphs"]):
            text.append(f"{self.sentence()[:-1]}[^n{note}].")
        return records.paragraph(key, " ".join(text), *dict.fromkeys(told), item=theme)

    def recommended(self, place: int) -> dict:
        return records.addressee(f"Body number {place}", *(self.advice(f"r{place}-{at}") for at in range(10)))

    def advice(self, key: str) -> dict:
        theme = self.chance.choice(self.themes)
        basis = self.some(self.on[theme], 4)
        parts = [{"id": f"{key}{letter}", "text": self.sentence(), "basis": basis[:1]} for letter in "ab"]
        return records.advice(key, self.sentence(), *basis, items=parts if self.chance.random() < 0.3 else [])

    def source(self, key: str) -> dict:
        return {
            "id": key, "author": f"{self.chance.choice(FIRST)} Writer", "title": self.sentence()[:-1],
            "container": "The Journal", "year": self.chance.randint(1990, 2025), "date": "",
            "url": f"https://example.org/{key}", "accessed": "", "page": "12",
        }  # fmt: skip

    def footnotes(self) -> list[dict]:
        return [
            records.footnote(f"n{place}", self.sentence(), source=self.chance.choice(self.sources), kind="citation")
            if place % 3 == 0
            else records.footnote(f"n{place}", self.sentences(1, 2))
            for place in range(self.sizes["footnotes"])
        ]

    def notes(self) -> list[dict]:
        """The rapporteur's own, as many as there are footnotes."""
        return [
            {
                "id": f"k{place}", "by": self.rapporteur, "item": theme, "about": self.some(self.on[theme], 2),
                "text": self.sentence(), "flagged": place % 7 == 0, "at": None,
            }
            for place in range(self.sizes["footnotes"])
            for theme in [self.chance.choice(self.themes)]
        ]  # fmt: skip


def generate(seed: int = 2007, **sizes: int) -> dict[str, Any]:
    """A valid record of these sizes (see `FULL`, the default for each), the same for the same seed."""
    return Invention(seed, **{**FULL, **sizes}).record()


def canonical(record: dict[str, Any]) -> str:
    """The record as `dump_record` would write it."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--small", action="store_true", help="a record of a few pages")
    asking.add_argument("--seed", type=int, default=2007)
    asked = asking.parse_args()
    sys.stdout.write(canonical(generate(asked.seed, **(SMALL if asked.small else FULL))))
