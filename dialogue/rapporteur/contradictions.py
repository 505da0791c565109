"""Where a record contradicts itself: what a careful editor would ask the rapporteur before the chapter goes out."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dialogue.rapporteur.marks import MARKS, without_marks

# Roles that need not have spoken. Everyone else who is named as having taken part should be heard somewhere.
QUIET = {"convenor", "moderator", "assistant", "rapporteur", "note_taker", "observer", "interpreter", "secretariat"}
QUOTATION = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"")
CURRENCY = r"(?:[$€£¥]|\b(?:dollars?|euros?|pounds?)\b)"
MONEY = re.compile(rf"[$€£¥]\s?\d|\d[\d.,\s]*(?:million|billion|millions|milliards?)?\s*(?:de |d’|d')?\s*{CURRENCY}")
PER_CENT = re.compile(r"\d\s?%|\bper ?cent\b|\bpour ?cent\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
A_FEW_WORDS = 3  # fewer words between quotation marks are a term, not a quotation


class Contradiction(NamedTuple):
    """kind: a word for it; where: the JSON path in the record; text: what is wrong, in a sentence."""

    kind: str
    where: str
    text: str


def contradictions(record: dict[str, Any]) -> list[Contradiction]:
    """Every contradiction of a valid record (as `archive.dump` gives it), in the order of its kinds."""
    return [
        *announcements(record),
        *misspelt_names(record),
        *not_discussed(record),
        *without_basis(record),
        *on_earlier_words(record),
        *silent_people(record),
        *unproven(record),
        *notes(record),
        *crowded_counts(record),
    ]


def outline(items: list[dict], path: str = "$.outline") -> Iterator[tuple[str, dict]]:
    """(path, item) of every item of an outline, at any depth."""
    for index, item in enumerate(items):
        here = f"{path}[{index}]"
        yield here, item
        yield from outline(item["items"], f"{here}.items")


def on_record(record: dict) -> dict[str, dict]:
    """The contributions that count for anything: released, and not off the record."""
    return {
        said["id"]: said for said in record["contributions"] if said["released"] and said["attribution"] != "off_record"
    }


def announcements(record: dict) -> Iterator[Contradiction]:
    """What a text says will follow, against the headings that follow."""
    every = {item["id"]: item for _path, item in outline(record["outline"])}
    for path, item in outline(record["outline"]):
        if not item["announces"]:
            continue
        titles = {below["title"].casefold(): below["id"] for below in item["items"]}
        announced = set()
        for index, name in enumerate(item["announces"]):
            found = name if name in every else titles.get(name.casefold())
            announced.add(found)
            if found is None:
                text = f"“{item['title']}” announces “{name}”, and no heading of that name follows."
                yield Contradiction("announced_without_heading", f"{path}.announces[{index}]", text)
        for index, below in enumerate(item["items"]):
            if below["id"] not in announced:
                text = f"“{below['title']}” stands under “{item['title']}”, which does not announce it."
                yield Contradiction("heading_not_announced", f"{path}.items[{index}].title", text)


# ------------------------------------------------------------------ names


def prose(record: dict) -> Iterator[tuple[str, str]]:
    """Every text that the rapporteur wrote, without its marks."""
    for index, paragraph in enumerate(record["paragraphs"]):
        yield f"$.paragraphs[{index}].text", without_marks(paragraph["text"])
    for index, finding in enumerate(record["findings"]):
        yield f"$.findings[{index}].text", finding["text"]
    for index, note in enumerate(record["footnotes"]):
        yield f"$.footnotes[{index}].text", note["text"]
    for path, item in outline(record["outline"]):
        yield f"{path}.title", item["title"]
    for path, advice in recommendations(record):
        yield f"{path}.text", advice["text"]


def recommendations(record: dict) -> Iterator[tuple[str, dict]]:
    """(path, recommendation) of every recommendation and lettered part."""
    for place, group in enumerate(record["recommendations"]):
        for index, advice in enumerate(group["items"]):
            path = f"$.recommendations[{place}].items[{index}]"
            yield path, advice
            for letter, part in enumerate(advice["items"]):
                yield f"{path}.items[{letter}]", part


def misspelt_names(record: dict) -> Iterator[Contradiction]:
    """A name in prose that is an alias, or one edit away from a surname: somebody is spelt in two ways."""
    aliases = {alias: person["name"] for person in record["persons"] for alias in person["aliases"]}
    surnames = {person.get("family_name") or person["name"].split()[-1]: person["name"] for person in record["persons"]}
    for path, text in prose(record):
        for alias, name in aliases.items():
            if re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text):
                yield Contradiction("alias", path, f"“{alias}” is another spelling of {name}.")
        words = {word for part in WORD.findall(text) for word in re.split("[’']", part)}
        for word in sorted(words - aliases.keys() - surnames.keys()):
            if len(word) >= 5 and word[0].isupper():
                for surname, name in surnames.items():
                    if one_edit_apart(word, surname):
                        yield Contradiction("misspelt_name", path, f"“{word}” is one letter away from {name}.")


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, fewer or other, or two neighbours swapped, makes one word of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


# ------------------------------------------------------------------ what rests on nothing


def not_discussed(record: dict) -> Iterator[Contradiction]:
    """Themes said to be not discussed on which somebody spoke."""
    people = {person["id"]: person["name"] for person in record["persons"]}
    for path, item in outline(record["outline"]):
        if item["discussed"]:
            continue
        below = {item["id"], *(one["id"] for _path, one in outline(item["items"]))}
        if said := [one for one in on_record(record).values() if one["item"] in below]:
            first = said[0]
            who = people.get(first["by"], "somebody")
            text = f"“{item['title']}” is said to be not discussed, and {who} spoke on it ({first['id']})."
            yield Contradiction("not_discussed", f"{path}.discussed", text)


def without_basis(record: dict) -> Iterator[Contradiction]:
    """Recommendations, findings and paragraphs of the room that rest on nothing on record."""
    known = on_record(record).keys() | {finding["id"] for finding in record["findings"]}
    for path, advice in recommendations(record):
        parts = [key for part in advice.get("items", ()) for key in part["basis"]]
        if not known & {*advice["basis"], *parts}:
            text = f"The recommendation {advice['id']} rests on nothing on record."
            yield Contradiction("recommendation_without_basis", f"{path}.basis", text)
    for index, finding in enumerate(record["findings"]):
        if not known & {*finding["basis"]} and not finding["count"]:
            text = f"The finding {finding['id']} rests on no statement and no count."
            yield Contradiction("finding_without_basis", f"$.findings[{index}].basis", text)
    for index, paragraph in enumerate(record["paragraphs"]):
        if paragraph["origin"] == "room" and not known & {*paragraph["basis"]}:
            text = f"The paragraph {paragraph['id']} tells what was said in the room, and rests on nothing on record."
            yield Contradiction("paragraph_without_basis", f"$.paragraphs[{index}].basis", text)


def on_earlier_words(record: dict) -> Iterator[Contradiction]:
    """Findings, paragraphs and recommendations that rest on words amended since, and were not confirmed on the new."""
    some = [("finding", f"$.findings[{index}]", one) for index, one in enumerate(record["findings"])]
    some += [("paragraph", f"$.paragraphs[{index}]", one) for index, one in enumerate(record["paragraphs"])]
    some += [("recommendation", path, one) for path, one in recommendations(record)]
    for kind, path, paper in some:
        for index, one in enumerate(paper.get("basis_versions", ())):
            text = f"The {kind} {paper['id']} rests on an earlier wording of {one['of']}, which was amended since."
            yield Contradiction("basis_on_earlier_words", f"{path}.basis_versions[{index}]", text)


def silent_people(record: dict) -> Iterator[Contradiction]:
    """People of whom the record holds no statement, but for roles that need not speak; some of them took stances.

    Of nobody once names were erased: who spoke is not in the record any more.
    """
    if record["event"].get("names_erased"):
        return
    roles: dict[str, set[str]] = {person["id"]: set() for person in record["persons"]}
    for session in record["sessions"]:
        for member in session["members"]:
            roles[member["person"]].add(member["role"])
    spoke = {said["by"] for said in record["contributions"]}
    answered = {stance["by"] for stance in record["stances"]}
    for index, person in enumerate(record["persons"]):
        if person["id"] in spoke or roles[person["id"]] & QUIET:
            continue
        if person["id"] in answered:
            yield Contradiction("only_stances", f"$.persons[{index}]", f"{person['name']} took stances, said nothing.")
        else:
            yield Contradiction("no_contribution", f"$.persons[{index}]", f"{person['name']} has no contribution.")


# ------------------------------------------------------------------ notes


def unproven(record: dict) -> Iterator[Contradiction]:
    """A direct quotation, or a figure of money or per cent, in a paragraph without a note."""
    for index, paragraph in enumerate(record["paragraphs"]):
        if MARKS["footnotes"].search(paragraph["text"]):
            continue
        path, text = f"$.paragraphs[{index}].text", paragraph["text"]
        for found in QUOTATION.finditer(text):
            words = next(group for group in found.groups() if group is not None)
            if len(words.split()) >= A_FEW_WORDS:
                yield Contradiction("quotation_without_note", path, f"{found.group()} is quoted without a note.")
        if figure := MONEY.search(text) or PER_CENT.search(text):
            said = around(text, figure.start(), figure.end())
            yield Contradiction("figure_without_note", path, f"A figure stands without a note: “{said}”.")


def around(text: str, start: int, end: int, room: int = 20) -> str:
    """A place in a text with some whole words before and after it."""
    before, after = text[max(0, start - room) : start], text[end : end + room]
    if start > room:
        before = before.partition(" ")[2]
    if end + room < len(text):
        after = after.rpartition(" ")[0]
    return (before + text[start:end] + after).strip()


def notes(record: dict) -> Iterator[Contradiction]:
    """Notes that no text calls, and calls of notes that are not there."""
    called = {call for one in record["paragraphs"] for call in MARKS["footnotes"].findall(one["text"])}
    written = {note["id"] for note in record["footnotes"]}
    for index, note in enumerate(record["footnotes"]):
        if note["id"] not in called:
            yield Contradiction("note_never_called", f"$.footnotes[{index}]", f"No text calls the note {note['id']}.")
    for index, paragraph in enumerate(record["paragraphs"]):
        for call in MARKS["footnotes"].findall(paragraph["text"]):
            if call not in written:
                text = f"The note {call} is called and does not exist."
                yield Contradiction("call_without_note", f"$.paragraphs[{index}].text", text)


def crowded_counts(record: dict) -> Iterator[Contradiction]:
    """Counts in which more hands were raised than people were present."""
    for index, count in enumerate(record["counts"]):
        hands = sum(count["tally"].values()) if count["tally"] else 0
        if hands > count["present"]:
            text = f"The count {count['id']} has {hands} hands, and {count['present']} people were present."
            yield Contradiction("more_hands_than_people", f"$.counts[{index}].tally", text)
