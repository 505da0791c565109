"""A paragraph's marked text into sentences: people, findings and footnotes resolved, each sentence with its basis."""

import re
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from dialogue.archive.format import value_of
from dialogue.events.models import strictest
from dialogue.positions.agreement_words import Phrase
from dialogue.positions.quantifiers import FEW
from dialogue.rapporteur.marks import MARKS, parts
from dialogue.report.insertion import close
from dialogue.report.joined import fit
from dialogue.report.material import Material
from dialogue.report.tree import Call, Claim, Emphasis, Inline, Sentence, Text
from dialogue.restricter import Appearance

# A sentence ends at a full stop, with closing quotes and footnote calls after it, before a space and a capital, a
# mark or an opening quote.
OPENS = r"[\"“«‘(*]*\s?"
END = re.compile(rf"(?<=[.!?…])(?:(?:[\"”’)\]]|\s?»)*(?:\[\^[^\]]*\])*)\s+(?={OPENS}[^\W\d_a-zà-öø-ÿ]|{OPENS}[@{{0-9])")
ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|No|Gen|Col|Lt|Maj|Capt|Sgt|Gov|Amb|Hon|vs|cf|ca|e\.g|i\.e|approx|art|sec|ch|vol|fig|p|pp|al|M|MM|Mme)|\b[A-Z])\.$"
)


def sentences(text: str) -> list[str]:
    """A paragraph cut into its sentences; joined by single spaces they give it back, but for white space."""
    cut, start = [], 0
    for end in END.finditer(text):
        before = text[start : end.end()].rstrip()
        if ABBREVIATION.search(before):
            continue
        cut.append(before)
        start = end.end()
    return [*cut, text[start:].rstrip()] if text[start:].strip() else cut


def capital(words: str) -> str:
    """The words with a capital at the start."""
    return words[0].upper() + words[1:]


@dataclass(slots=True)
class Writing:
    """What the chapter remembers from its first sentence to its last: names, notes and anchors used so far."""

    material: Material
    mentioned: set[str] = field(default_factory=set)  # people named in full already
    calls: dict[str, int] = field(default_factory=dict)  # footnote -> number, by the order of first calls
    anchored: dict[str, int] = field(default_factory=dict)  # label -> how many sentences carry it
    cited: dict[str, str] = field(default_factory=dict)  # statement's key -> label, in the order of first citing
    claimed: dict[str, None] = field(default_factory=dict)  # findings printed so far
    phrases: list[tuple[Claim, Phrase]] = field(default_factory=list)  # of this sentence, not closed yet
    levels: set[str] = field(default_factory=set)  # that recommendations claim
    is_draft: bool = False

    # -------------------------------------------------------------- who and what a sentence rests on

    def cite(self, keys: list[str]) -> tuple[list[str], list[str]]:
        """The labels of these statements, and for each an anchor that stands nowhere else in the document.

        Shuffled where not everything is attributed by name: the rapporteur may have ticked them as they were said.
        """
        labels, anchors = [], []
        for key in self.material.rules.in_order(keys, self.material.label):
            label = self.cited.setdefault(key, self.material.label(key))
            times = self.anchored[label] = self.anchored.get(label, 0) + 1
            labels.append(label)
            anchors.append(f"at-{label}" if times == 1 else f"at{times}-{label}")
        return labels, anchors

    def paragraph(self, paragraph: dict, text: str) -> list[Inline]:
        """The sentences of one paragraph of the record, whose text (in the chapter's language) is given."""
        return list(Resolving(self, paragraph).resolve(text))

    # -------------------------------------------------------------- marks

    def call(self, footnote: str) -> Call:
        """A call of a footnote; the first one gives it its number."""
        again = footnote in self.calls
        return Call(self.calls.setdefault(footnote, len(self.calls) + 1), again)

    def claim(self, finding: str, opens: bool) -> Claim:
        """The agreement words of a finding, as the record format prints them."""
        material = self.material
        holding, told = material.holdings[finding], material.findings[finding]
        printed = material.claim_phrase(finding, has_figure=holding.holds and self.wants_figure(finding))
        words = capital(printed.words) if opens else printed.words
        target = f"#claim-{material.label(finding)}"
        self.claimed.setdefault(finding)
        if holding.is_unseen:
            self.is_draft = True
            return Claim(material.asked(words), "open", "", target)
        if holding.holds or told["reason"]:
            numbers = holding.numbers
            n = f"<{FEW}" if numbers.is_anonymous and numbers.n < FEW else str(numbers.n)
            mark = "" if holding.holds else f"†{n}/{numbers.N}"
            claim = Claim(words, "marked" if mark else "holds", mark, target)
            self.phrases.append((claim, printed))
            return claim
        self.is_draft = True
        words = str(replace(printed, words=words))
        return Claim(material.beyond(words, holding.reached, holding.numbers), "open", "", target)

    def wants_figure(self, finding: str) -> bool:
        """Whether the event wants the figure beside the words of a finding here; at first use, before any."""
        figures = self.material.figures
        return figures == "always" or (figures == "first_use" and finding not in self.claimed)

    def name(self, person: str) -> str:
        """A person under `named`: in full at the first mention, then by surname where nobody shares it."""
        facts = self.material.person(person)
        if person not in self.mentioned or self.is_shared(facts.surname):
            self.mentioned.add(person)
            return facts.name
        return facts.surname

    def is_shared(self, surname: str) -> bool:
        """Whether two people of the event have this surname."""
        return self.material.surnames[surname] > 1


class Resolving:
    """One paragraph on its way from marks to sentences."""

    def __init__(self, writing: Writing, paragraph: dict):
        self.writing = writing
        self.material = writing.material
        self.origin = paragraph["origin"]
        self.erased = {one["id"]: one for one in value_of(paragraph, "paragraphs[].unnamed")}
        contributions = self.material.contributions
        self.basis = [key for key in paragraph["basis"] if key not in self.material.withheld]
        self.statements = [key for key in self.basis if key in contributions]
        self.rests_on = self.material.rests_on(paragraph)
        self.is_strict = any(
            self.material.is_strict(self.material.regime(contributions[key])) for key in self.statements
        )

    def resolve(self, text: str) -> list[Sentence]:
        """The paragraph’s sentences, each with what is behind it."""
        resolved = []
        for sentence, keys in self.told(text):
            inlines = self.inlines(sentence)
            labels, anchors = self.writing.cite(list(dict.fromkeys(keys)))
            resolved.append(Sentence(inlines, labels, anchors))
        for done in resolved[:-1]:
            done.inlines.append(Text(" "))
        return resolved

    def told(self, text: str) -> list[tuple[str, list[str]]]:
        """Each sentence with the statements behind it. What no mark claims stands behind the sentences without marks,
        or behind the last: nothing in the basis is lost."""
        told, speakers = [], []  # type: ignore[var-annotated]
        for sentence in sentences(text):
            people = MARKS["persons"].findall(sentence)
            findings = MARKS["findings"].findall(sentence)
            speakers = people or ([] if findings else speakers)
            told.append((sentence, self.behind(speakers, findings)))
        claimed = {key for _sentence, keys in told for key in keys}
        left = [key for key in self.basis if key not in claimed]
        bare = [keys for _sentence, keys in told if not keys] or [keys for _sentence, keys in told[-1:]]
        for keys in bare:
            keys += left
        return told

    def behind(self, speakers: list[str], findings: list[str]) -> list[str]:
        """The statements behind a sentence: the findings in it, and what the basis holds of the people in it.

        Under a strict rule that would tell which statements are one person's: there, all of the paragraph's basis.
        """
        said = self.material.contributions
        if self.is_strict:
            return [*findings, *self.statements] if speakers or findings else []
        theirs = {key for one in speakers if one in self.erased for key in self.erased[one]["said"]}
        return [*findings, *(key for key in self.statements if said[key]["by"] in speakers or key in theirs)]

    def inlines(self, sentence: str) -> list[Inline]:
        """One sentence with its marks resolved."""
        self.present: list[str] = []  # people in this sentence so far, where they may not be named
        inlines: list[Inline] = []
        for kind, value, at_start in self.marks(sentence):
            inlines.append(self.inline(kind, value, at_start))
            if self.material.language == "fr" and kind.removeprefix("emphasis-") in ("persons", "findings"):
                fit(inlines)
        for claim, printed in self.writing.phrases:
            close(inlines, claim, replace(printed, words=claim.words), self.material.language)
        self.writing.phrases.clear()
        return inlines

    def marks(self, sentence: str) -> list[tuple[str, str, bool]]:
        """(kind, value, whether it opens the sentence) of each part of a sentence, emphasis opened up."""
        found, opens = [], True
        for mark in parts(sentence):
            if mark.kind == "emphasis":
                for inner in parts(mark.value):
                    kind = "emphasis" if inner.kind == "text" else f"emphasis-{inner.kind}"
                    found.append((kind, inner.value, opens))
                    opens = False
                continue
            found.append((mark.kind, mark.value, opens))
            opens = opens and (mark.kind == "footnotes" or (mark.kind == "text" and not re.search(r"\w", mark.value)))
        return found

    def inline(self, kind: str, value: str, opens: bool) -> Inline:
        """One part as it is printed."""
        kind, emphasised = kind.removeprefix("emphasis-"), kind.startswith("emphasis-")
        if kind == "emphasis":
            return Emphasis(value)
        if kind == "findings":
            return self.writing.claim(value, opens)
        if kind == "footnotes":
            return self.writing.call(value)
        if kind == "persons":
            name = self.person(value, opens)
            return Emphasis(name) if emphasised else Text(name)
        return Text(value)

    def person(self, person: str, opens: bool) -> str:
        """A person as they are printed here."""
        appearance = self.appearance(person)
        if appearance.is_named:
            return self.writing.name(person)
        words = self.unnamed(person, appearance)
        return capital(words) if opens else words

    def unnamed(self, person: str, appearance: Appearance) -> str:
        """ "one participant", and within the sentence "another participant" or "this participant"."""
        words = appearance.label
        if person in self.present:
            words = _("this participant")
        elif self.present and appearance.label == _("one participant"):
            words = _("another participant")
        self.present.append(person)
        return words

    def appearance(self, person: str) -> Appearance:
        """How the rule lets somebody appear in this paragraph: the strictest of their statements in it decides."""
        rules = self.material.rules
        if person in self.erased:
            group = self.erased[person]["group"]
            return rules.appearance(None, "role" if group else "unnamed", group)
        mine = [said for said in self.rests_on if said["by"] == person]
        if mine:
            regime = strictest(*(self.material.regime(said) for said in mine))
            groups = {self.material.groups[said["id"]] for said in mine}
            return rules.appearance(person, regime, groups.pop() if len(groups) == 1 else "")
        kind = {"room": "roundtable", "forum": "forum"}.get(self.origin)
        if kind:
            return rules.appearance(person, strictest(*rules.regimes_of(person, kind)), rules.group(person))
        return rules.appearance(person, rules.openest(person), rules.group(person))
