"""A page as a browser has it, as far as the law of the live table needs one: parsed HTML, and the rule of
`static/js/apply.js` by which entries come to stand on it. No focus and no typing here: nothing is ever held back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Optional

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Element:
    """An element, with its children: elements and strings."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    parent: Optional["Element"] = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def elements(self) -> list["Element"]:
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.elements:
            yield from child.walk()

    def find(self, id: str) -> Optional["Element"]:
        return next((one for one in self.walk() if one.id == id), None)

    def copy(self) -> "Element":
        made = Element(self.tag, dict(self.attributes))
        for child in self.children:
            if isinstance(child, Element):
                child = child.copy()
                child.parent = made
            made.children.append(child)
        return made

    def insert(self, at: int, child: "Element") -> None:
        if child.parent is not None:
            child.parent.remove(child)
        child.parent = self
        self.children.insert(at, child)

    def remove(self, child: "Element") -> None:
        self.children = [one for one in self.children if one is not child]
        child.parent = None

    def replace(self, fresh: "Element") -> None:
        """Put `fresh` where this one stands."""
        assert self.parent is not None
        at = next(place for place, one in enumerate(self.parent.children) if one is self)
        fresh.parent = self.parent
        self.parent.children[at] = fresh
        self.parent = None


class Parser(HTMLParser):
    """Builds the tree. Our own pages close what they open, so nothing is repaired; what is not closed is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("root")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(made)
        if tag not in VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, parent=self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag and self.here.parent, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parsed(html: str) -> Element:
    """The tree of some HTML, under a root of its own."""
    parser = Parser()
    parser.feed(html)
    parser.close()
    assert parser.here is parser.root, f"<{parser.here.tag}> is not closed"
    return parser.root


# ------------------------------------------------------------------ the rule


class OpenPage:
    """A page that takes in entries, as `apply.js` does: by id and version."""

    def __init__(self, root: Element, shown_as: str = "threads"):
        self.root = root
        self.shown_as = shown_as
        self.early: dict[str, Element] = {}
        self.by_id: dict[str, Element] = {}
        self.know(root)
        discussion = self.by_id.get("discussion")
        self.own = set(discussion.attributes.get("data-own", "").split()) if discussion else set()

    def copy(self) -> "OpenPage":
        made = OpenPage(self.root.copy(), self.shown_as)
        made.own = set(self.own)
        made.early = {id: one.copy() for id, one in self.early.items()}
        return made

    def know(self, element: Element) -> None:
        """Have what came onto the page at hand by its ids."""
        self.by_id.update((one.id, one) for one in element.walk() if one.id)

    def take(self, html: str) -> None:
        """Take in an entry's html."""
        parts = [part for part in parsed(html).elements if part.tag != "template"]
        self.own |= {one.id.removeprefix("said-") for part in parts for one in part.walk() if is_own(one)}
        for part in parts:
            self.put(part)
        self.address()

    def address(self) -> None:
        """Who answers the reader's own words answers “you” (`own.js`)."""
        for one in self.root.walk() if self.own else ():
            if one.attributes.get("data-of") in self.own:
                one.children = [self.root.attributes["you"]]

    def put(self, fresh: Element) -> None:
        present = self.by_id.get(fresh.id)
        if present is None:
            self.insert(merged(fresh, self.early.get(fresh.id)))
        elif "data-version" not in fresh.attributes:
            for child in named(fresh):
                self.put(child)
        elif supersedes(fresh, present):
            present.replace(fresh)
            self.know(fresh)

    def insert(self, fresh: Element) -> None:
        container = self.by_id.get(fresh.attributes.get("data-into", ""))
        if container is None:
            return None if "data-into" in fresh.attributes else self.keep(fresh)
        if "data-append" in container.attributes or "data-append" in fresh.attributes:
            return self.stand(fresh, container, len(container.children))
        before = self.before(fresh)
        if not before:
            return None if "data-partial" in container.attributes else self.stand(fresh, container, 0)
        neighbour = self.by_id.get(before)
        if neighbour is None or neighbour.parent is not container:
            return self.wait(fresh)
        place = next(at for at, one in enumerate(container.children) if one is neighbour)
        return self.stand(fresh, container, place + 1)

    def wait(self, fresh: Element) -> None:
        self.early.pop(fresh.id, None)  # to the end of the line
        self.early[fresh.id] = fresh

    def before(self, fresh: Element) -> str:
        after = fresh.attributes.get("data-after", "")
        return fresh.attributes.get("data-after-time", after) if self.shown_as == "time" else after

    def keep(self, fresh: Element) -> None:
        """What is mine comes on a stream of its own, and may come before the place that it belongs to."""
        if "data-mine" in fresh.attributes:
            return self.wait(fresh)
        for child in named(fresh):
            self.keep(child)
        return None

    def stand(self, fresh: Element, container: Element, place: int) -> None:
        self.early.pop(fresh.id, None)
        for drawn in named(fresh):
            known = self.early.pop(drawn.id, None)
            if known and supersedes(known, drawn):
                drawn.replace(known)
        container.insert(place, fresh)
        self.know(fresh)
        for one in [one for one in self.early.values() if self.before(one) == fresh.id]:
            self.put(one)


def version(element: Element) -> int:
    return int(element.attributes.get("data-version", "-1"))


def is_own(element: Element) -> bool:
    """Whether it is a statement of the reader's own."""
    return element.tag == "article" and "data-mine" in element.attributes


def supersedes(fresh: Element, present: Element) -> bool:
    """Whether a drawing takes the place of another one of the same thing."""
    if version(fresh) != version(present):
        return version(fresh) > version(present)
    return "data-mine" in fresh.attributes and "data-mine" not in present.attributes


def named(element: Element) -> list[Element]:
    return [child for child in element.elements if child.id]


def merged(fresh: Element, former: Element | None) -> Element:
    """The later drawing of something that is not on the page yet, with whatever a former one knew better."""
    for known in named(former) if former else []:
        drawn = next((child for child in named(fresh) if child.id == known.id), None)
        if drawn and supersedes(known, drawn):
            drawn.replace(known)
    return fresh


# ------------------------------------------------------------------ what of a page the law is about

PARTS = ("discussion", "items", "state", "conduct", "findings", "yours", "asks")
PASSED_OVER = {"data-own", "data-after", "data-after-time", "data-into", "data-append", "data-streams"}


def live(root: Element) -> Element:
    """The parts of a page that are live, and nothing else of it."""
    words = (one.children for one in root.walk() if one.attributes.get("data-word") == "answers-you")
    made = Element("root", {"you": "".join(map(str, next(words, [])))})
    for part in [part for id in PARTS if (part := root.find(id))]:
        made.insert(len(made.children), part)
    return made


def shown(root: Element) -> dict[str, list[str]]:
    """What stands in the parts of a page that are live: {part: its lines}. Equal where a reader sees the same."""
    return {id: list(lines(part)) for id in PARTS if (part := root.find(id))}


def lines(element: Element, depth: int = 0) -> Iterator[str]:
    """An element as lines of text: tags with what matters of their attributes, words without their spacing."""
    if "hidden" in element.attributes and element.tag == "li":
        return
    if element.tag == "input" and element.attributes.get("name") in ("csrfmiddlewaretoken", "key"):
        return
    told = {name: value for name, value in element.attributes.items() if name not in PASSED_OVER}
    if "class" in told:
        told["class"] = " ".join(word for word in told["class"].split() if word != "is-new")
    yield "  " * depth + f"<{element.tag}" + "".join(f' {name}="{told[name]}"' for name in sorted(told)) + ">"
    for child in element.children:
        if isinstance(child, Element):
            yield from lines(child, depth + 1)
        elif words := " ".join(child.split()):
            yield "  " * (depth + 1) + words
