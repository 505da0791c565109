"""What no chapter has: the legend of agreement words, what holds against findings, what rests on nothing, the basis."""

from django.utils.translation import gettext as _

from dialogue.archive.format import value_of
from dialogue.discussion.models import ContributionKind, RelationKind
from dialogue.events.models import strictest
from dialogue.positions.bars import few
from dialogue.positions.models import StanceKind
from dialogue.report.decided import printed_outcome
from dialogue.report.legend import legend, remark
from dialogue.report.material import Material
from dialogue.report.opening import participants_annex
from dialogue.report.prose import Writing, capital
from dialogue.report.tree import (
    Block,
    Inline,
    Item,
    Items,
    Link,
    Section,
    Sentence,
    Strong,
    Table,
    Text,
)
from dialogue.restricter import Appearance


def annexes(writing: Writing, numbers: dict[str, str]) -> list[Section]:
    """The annexes that have something to say. `numbers`: recommendation -> how it is numbered in print."""
    material = writing.material
    found = [
        ("participants", _("Participants"), participants_annex(material)),
        ("legend", _("How to read the agreement words"), legend(writing)),
        ("dissent", _("What holds against these findings"), dissent(writing)),
        ("antecedents", _("Recommendations without an antecedent on record"), without_antecedent(material, numbers)),
        ("basis", _("Statements behind the text"), basis(writing)),
    ]
    return [Section(f"annex-{name}", "annex", 1, "", title, blocks, []) for name, title, blocks in found if blocks]


# ------------------------------------------------------------------ what holds against a finding


def dissent(writing: Writing) -> list[Block]:
    """Reservations and oppositions with their reasons, finding by finding, under the attribution rule."""
    items = []
    for finding in writing.claimed:
        told = writing.material.findings[finding]
        if lines := lines_against(writing, finding):
            words = writing.material.words(finding, told["text"])
            entries = [Item("", [remark(*line)]) for line in lines]
            items.append(Item("", [remark(Strong(words)), Items("plain", entries)]))
    return [Items("plain", items)] if items else []


def lines_against(writing: Writing, finding: str) -> list[list[Inline]]:
    """What holds against a finding: stances with their reasons, and statements.

    Where not all are named, one line for a person and no more: of two lines beside a bar with one against it, all would
    know that they are one person's. A reason goes before a statement; the statements stand on record all the same.
    Of an anonymous room all stand there: which is left out would tell whose reason it goes with.
    """
    material = writing.material
    if material.rules.is_open or material.holdings[finding].numbers.is_anonymous:
        every = set(material.disputes.get(finding, ()))
        return [*stances_against(writing, finding), *statements_against(writing, finding, every)]
    some = {*material.disputes.get(finding, ())} - said_already(material, finding)
    return [*stances_against(writing, finding), *statements_against(writing, finding, some)]


def said_already(material: Material, finding: str) -> set[str]:
    """The statements against a finding whose author has a line by their stance, or by another of these statements."""
    if frozen := material.frozen(finding):
        return set(frozen.numbers["said"])
    heard = {stance["by"] for stance in counted_against(material, finding)}
    first: dict[str, str] = {}
    disputing = material.disputes.get(finding, ())
    for key in material.rules.in_order(disputing, material.label):
        first.setdefault(material.contributions[key]["by"], key)
    return {*disputing} - {key for person, key in first.items() if person not in heard}


def counted_against(material: Material, finding: str) -> list[dict]:
    """The stances with reservations and against, of those who are counted."""
    bar = material.holdings[finding].bar
    if bar is None:
        return []
    earlier = {pk for stance, pk in bar.earlier if stance in ("reservations", "disagree")}
    counted: set[str | None] = {
        material.keys[pk] for group in (bar.reservations, bar.opposed, earlier) for pk in group if pk in material.keys
    }
    if material.frozen(finding):  # of those whose names were erased, only who was counted is left
        counted |= {None, *material.counted_on(finding)}
    return [
        stance
        for stance in material.stances.get(finding, ())
        if stance["by"] in counted
        and stance["stance"] in ("reservations", "disagree")
        and (stance["reason"] or not bar.is_anonymous)  # there a line without a word would only tell how many they are
    ]


def stances_against(writing: Writing, finding: str) -> list[list[Inline]]:
    """The stances with reservations and against, one line each, or the numbers of a count."""
    material = writing.material
    bar = material.holdings[finding].bar
    if bar is None:  # counted by hands, or asked blind: then of nobody
        numbers = material.holdings[finding].numbers
        if not numbers.reservations + numbers.opposed:
            return []
        told = _("Counted without names: %(reservations)s with reservations, %(opposed)s against.")
        say = few if numbers.is_anonymous else str
        return [[Text(told % {"reservations": say(numbers.reservations), "opposed": say(numbers.opposed)})]]
    lines = [stance_line(writing, finding, stance) for stance in counted_against(material, finding)]
    if not material.rules.is_open:  # the order in which people took their stances would tell who
        lines.sort(key=lambda line: material.rules.label(str(line), "unnamed"))
    return lines


def stance_line(writing: Writing, finding: str, stance: dict) -> list[Inline]:
    """One stance with its reason; who, as the strictest of the person’s sessions allows."""
    material = writing.material
    appearance = holder(material, stance)
    who = writing.name(stance["by"]) if appearance.is_named else capital(appearance.label)
    reason = material.telling(stance["reason"]) or _("gave no reason.")
    told = {"stance": StanceKind(stance["stance"]).label, "reason": reason}
    if stance.get("version") and not stance.get("carried"):
        return [Strong(who), Text(_(", %(stance)s, on earlier words: %(reason)s") % told)]
    return [Strong(who), Text(_(", %(stance)s: %(reason)s") % told)]


def holder(material: Material, stance: dict) -> Appearance:
    """How who took a stance may appear: as the strictest of their sessions allows."""
    by = stance["by"]
    if by is None:
        group = value_of(stance, "stances[].group")
        return material.rules.appearance(None, "role" if group else "unnamed", group)
    return material.rules.appearance(by, strictest(*material.rules.regimes_of(by)), material.rules.group(by))


def statements_against(writing: Writing, finding: str, some: set[str]) -> list[list[Inline]]:
    """Some of the statements that dispute a finding, one line each."""
    material = writing.material
    lines: list[list[Inline]] = []
    disputing = [key for key in material.disputes.get(finding, ()) if key in some]
    for key in material.rules.in_order(disputing, material.label):
        said = material.contributions[key]
        words = _("The words are kept in the record, for those who were there.")
        if not material.is_strict(material.regime(said)):  # their wording would give the speaker away
            words = material.telling(material.words(key, said["text"]))
        told = _(", in a statement: %(words)s") % {"words": words}
        labels, anchors = writing.cite([key])
        lines.append([Strong(capital(author(writing, said))), Sentence([Text(told)], labels, anchors)])
    return lines


def author(writing: Writing, said: dict) -> str:
    """Who said it, as the rule of that statement allows."""
    material = writing.material
    appearance = material.rules.appearance(said["by"], material.regime(said), material.groups[said["id"]])
    return appearance.name or appearance.label


# ------------------------------------------------------------------ recommendations without antecedent


def has_antecedent(advice: dict, material: Material) -> bool:
    """Whether anything on record is the basis of a recommendation or of one of its lettered parts."""
    rests_on = [*advice["basis"], *(key for part in advice.get("items", ()) for key in part["basis"])]
    return any(key not in material.withheld for key in rests_on)


def without_antecedent(material: Material, numbers: dict[str, str]) -> list[Block]:
    """Every recommendation, or lettered part of one that has an antecedent, that rests on nothing on record."""
    items = []
    for group in material.record["recommendations"]:
        to = group["short_name"] or group["addressee"]
        for advice in group["items"]:
            parts = advice["items"] if has_antecedent(advice, material) else []
            for one in [advice, *parts]:
                if not has_antecedent(one, material):
                    link = Link(f"{to} {numbers[one['id']]}", f"#r-{material.label(one['id'])}")
                    items.append(Item("", [remark(link, Text(f" {material.words(one['id'], one['text'])}"))]))
    return [Items("plain", items)] if items else []


# ------------------------------------------------------------------ the basis


def basis(writing: Writing) -> list[Block]:
    """A row for every statement that a sentence rests on; the words only where the rule lets the speaker be known."""
    material = writing.material
    keys = list(writing.cited)
    for key in [key for key in keys if key in material.findings]:
        writing_basis = [one for one in material.findings[key]["basis"] if one in material.contributions]
        keys += [one for one in writing_basis if one not in writing.cited]
    ordered = material.rules.in_order(dict.fromkeys(keys), material.label)
    labels = {key: material.label(key) for key in ordered}
    rows = [finding_row(writing, key) if key in material.findings else said_row(writing, key, labels) for key in labels]
    if not rows:
        return []
    head = [_("Statement"), _("Who and where"), _("What")]
    widths = [0.14, 0.28, 0.58] if material.rules.is_open else [0.22, 0.26, 0.52]  # a code is longer than a key
    return [Table(head, widths, rows, [f"basis-{label}" for label in labels.values()])]


def back(writing: Writing, key: str) -> Inline:
    """The row's label; it leads back to the sentence where one carries it."""
    label = writing.material.label(key)
    return Link(label, f"#at-{label}") if writing.anchored.get(label) else Text(label)


def finding_row(writing: Writing, key: str) -> list[list[Inline]]:
    """A finding’s row: where it is claimed, what it says, what it rests on."""
    material = writing.material
    told = material.findings[key]
    who: list[Inline] = [Text(_("the rapporteur’s finding"))]
    if key in writing.claimed:
        who.append(Text(", "))
        who.append(Link(_("see the legend"), f"#claim-{material.label(key)}"))
    what: list[Inline] = [Text(material.words(key, told["text"]))]
    marks = (material.assents.get(key, ""), printed_outcome(told, material.holdings[key]))
    what += [Text(f" {words}") for words in marks if words]
    rests_on = dict.fromkeys(one for one in told["basis"] if one in material.contributions)
    earlier = material.earlier_words(key)
    if rests_on:
        what.append(Text(_(" It rests on: ")))
        for place, one in enumerate(material.rules.in_order(rests_on, material.label)):
            label = material.label(one)
            what += [Text(", " if place else ""), Link(label, f"#basis-{label}")]
            if number := earlier.get(one):
                what.append(Text(_(" (in its wording %(number)d, changed since)") % {"number": number}))
    return [[back(writing, key)], who, what]


def said_row(writing: Writing, key: str, labels: dict[str, str]) -> list[list[Inline]]:
    """A statement’s row: who and where, its words where the rule allows them."""
    material = writing.material
    said = material.contributions[key]
    item = material.items[said["item"]]
    who = capital(author(writing, said))
    where = f"{ContributionKind(said['kind']).label}, {material.words(item['id'], item['title'])}"
    what: list[Inline] = []
    if not material.is_strict(material.regime(said)):
        what.append(Text(material.telling(material.words(key, said["text"]))))
        for one in said["relations"]:
            if one["to"] in labels:
                relation = str(RelationKind(one["kind"]).label)
                what += [Text(f" ({relation} "), Link(labels[one["to"]], f"#basis-{labels[one['to']]}"), Text(")")]
    else:
        what.append(Text(_("The words are kept in the record, for those who were there.")))
    if words := material.assents.get(key):
        what.append(Text(f" {words}"))
    return [[back(writing, key)], [Strong(who), Text(f". {capital(where)}")], what]
