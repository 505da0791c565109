"""Attacks by words: what would run, in every surrounding it may stand in; and an event in which all words are attacks."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from dialogue.archive.load import load
from dialogue.events.models import Event
from tests import records

RUN = "ran7()"  # what each of them calls; a browser counts it

VECTORS = (
    f"<script>{RUN}</script>", f"<ScRiPt >{RUN}</sCrIpT>", f"<img src=x onerror={RUN}>", f"<img/src=x/onerror={RUN}>",
    f"<svg onload={RUN}>", f"<svg><script>{RUN}</script></svg>", f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>", f"<iframe src=javascript:parent.{RUN}></iframe>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>", f"<input autofocus onfocus={RUN}>",
    f"<video src=x onerror={RUN}></video>", f"<video><source onerror={RUN}></video>", f"<audio src=x onerror={RUN}>",
    f"<object data=x onerror={RUN}></object>", f"<body onpageshow={RUN}>", f"<marquee onstart={RUN}>x</marquee>",
    f"<style onload={RUN}></style>", f"<link rel=stylesheet href=data:text/css,x onload={RUN}>",
    f"<a href=javascript:{RUN} class=pressed>press</a>", f"<form action=javascript:{RUN}><button class=pressed>x</button></form>",
    f"<button onclick={RUN} class=pressed>x</button>", f"<b onmouseover={RUN} class=pointed>x</b>",
    f"<math><a xlink:href=javascript:{RUN} class=pressed>x</a></math>", f"<x hx-on::load={RUN} hx-get=/ hx-trigger=load>",
    f"<template shadowrootmode=open><img src=x onerror={RUN}></template>", f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<meta http-equiv=refresh content='0;javascript:{RUN}'>", f"javascript:{RUN}", f"' onmouseover='{RUN}", f'" autofocus onfocus="{RUN}',
)  # fmt: skip
SURROUNDINGS = (
    "{}", '">{}', "'>{}", "-->{}", "</title>{}", "</textarea>{}", "</option></select>{}", "</script>{}", "</q></p></article>{}",
    "*{}*", "https://a.example/{}", "&lt;{}&gt;",
)  # fmt: skip
CORPUS = [around.format(vector) for vector, around in itertools.product(VECTORS, SURROUNDINGS)]


def harmless(number: int) -> str:
    """A text for the same place that is no attack."""
    return f"plain words {number}"


# ------------------------------------------------------------------ an event of such words


class Texts:
    """Hands out a text for each field, in turn: attacks, or harmless ones."""

    def __init__(self, *, hostile: bool):
        self.hostile, self.given = hostile, 0
        self.all: list[str] = []

    def __call__(self) -> str:
        number, self.given = self.given, self.given + 1
        text = CORPUS[number % len(CORPUS)] if self.hostile else harmless(number)
        self.all.append(text)
        return text


def event_of(texts: Texts, slug: str, people: int = 60, statements: int = len(CORPUS)) -> Event:
    """An event whose every text comes from there: each attack is a statement's, and many are anything else's."""
    return load(record_of(texts, slug, people, statements))


def record_of(t: Texts, slug: str, people: int, statements: int) -> dict[str, Any]:
    keys = [f"p{n}" for n in range(people)]
    said = [told(t, n, keys) for n in range(statements)]
    source = {
        "author": t(),
        "title": t(),
        "container": t(),
        "year": None,
        "date": t(),
        "url": t(),
        "accessed": "",
        "page": t(),
    }
    return records.record(
        event={
            "slug": slug, "title": t(), "occasion": t(), "place": t(), "byline": t(), "scope": t(), "chapter_number": 1,
            "convenor": {"name": t(), "short_name": t()}, "partners": [{"name": t(), "credit": t()}],
            "series": {"title": t()},
        },
        disclaimers=[{"text": t()} for _n in range(8)],
        persons=[
            records.person(key, t(), honorific=t(), function=t(), affiliation=t(), sector=t(), aliases=[t()]) for key in keys
        ],
        sessions=[
            records.session("table", members=[(key, seat(n)) for n, key in enumerate(keys)], title=t()),
            records.session("forum", members=[("p0", "moderator")], kind="forum", access="public", title=t()),
        ],
        outline=[records.item("water", records.item("fish", kind="subtheme", title=t()), title=t()), records.item("air", title=t())],
        contributions=said,
        findings=[records.finding(f"f{n}", "one", f"c{n}", text=t(), reason=t()) for n in range(6)],
        stances=[records.stance(key, "c0", "reservations", reason=t()) for key in keys[3:20]],
        counts=[records.count("n1", 4, (1, 1, 1, 1), question=t())],
        paragraphs=[records.paragraph("w1", "{f1} agreed. @p3 said so.[^fn1]", "f1", "c1")],
        footnotes=[records.footnote("fn1", t(), source="s1", page=t())],
        sources=[{"id": "s1", **source}],
        recommendations=[records.addressee(t(), records.advice("r1", t(), "c1"), short_name=t())],
        notes=[{"id": "k1", "by": "p1", "item": None, "about": [], "text": t(), "flagged": False, "at": None}],
        questions=[
            {"id": "q1", "session": "forum", "item": None, "name": t(), "text": t(), "status": "approved", "votes": 0,
             "forwarded_to": None, "answers": []}
        ],
    )  # fmt: skip


def seat(number: int) -> str:
    return ["moderator", "rapporteur"][number] if number < 2 else "participant"


def told(t: Texts, n: int, keys: list[str]) -> dict[str, Any]:
    relations = [records.relates("disagrees", f"c{n - 1}")] if n % 5 == 1 else []
    if n == 4:
        relations = [records.relates("cites", "s1")]
    item, kind = ("water", "position") if n % 2 == 0 else ("air" if n % 3 else "fish", "comment")
    return records.said(
        f"c{n}", keys[2 + n % (len(keys) - 2)], t(), item=item, kind=kind, verb=t(), relations=relations
    )


# ------------------------------------------------------------------ what a page is made of

SCHEMES = re.compile(r"^(?:https?://|mailto:|[/?#]|$|[\w-]+/?$)")
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href"}


def made_of(page: bytes) -> set[tuple[str, tuple[str, ...]]]:
    """The kinds of elements that a page has, each with the names of its attributes."""
    return {(str(one.tag), tuple(sorted(one.attrib))) for one in elements(page)}


def elements(page: bytes) -> Iterator[Any]:
    """Every element of a page; within templates as well, which a browser does not show before a script does."""
    return (one for one in html.fromstring(page).iter() if isinstance(one.tag, str))


def bad_addresses(page: bytes) -> set[str]:
    """Where links, forms and pictures of a page lead that is neither the web nor here."""
    return {
        value for one in elements(page) for name, value in one.attrib.items()
        if name in ADDRESSES and not SCHEMES.match(value.strip())
    }  # fmt: skip
