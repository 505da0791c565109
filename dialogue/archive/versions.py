"""Earlier words in a record: which are written, and the rules between `versions[]` and what points at them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F

from dialogue.archive.shape import Error, find
from dialogue.discussion.models import Attribution, Contribution, FormerWords
from dialogue.events.models import Event
from dialogue.positions.evidence import WORDS_NOW
from dialogue.positions.models import Finding, FindingBasis, FormerFinding, Stance
from dialogue.rapporteur.models import ParagraphBasis, RecommendationBasis

POINTING = [
    "findings[]", "paragraphs[]", "recommendations[].items[]", "recommendations[].items[].items[]",
]  # fmt: skip

Numbered = dict[Any, dict[int, Any]]  # statement or finding -> version of its words -> what was said then


class Versions:
    """The earlier words of an event at which something still points."""

    def __init__(self, event: Event):
        self.event = event
        amended = {"event": event, "words_version__gt": 1}
        is_any = Contribution.objects.filter(**amended).exists() or Finding.objects.filter(**amended).exists()
        self.bases = self.read_bases() if is_any else {}
        self.pointed = self.read_pointed() if is_any else {}
        self.said = self.read_said() if is_any else {}
        self.found = self.read_found() if is_any else {}

    def read_bases(self) -> dict[Any, dict[Any, int]]:
        """Paper -> what it rests on in earlier words than those that stand: {statement or finding: version}."""
        found: dict[Any, dict[Any, int]] = defaultdict(dict)
        for model, owner in ((FindingBasis, "finding"), (ParagraphBasis, "paragraph"),
                             (RecommendationBasis, "recommendation")):  # fmt: skip
            rows = model.objects.filter(**{f"{owner}__event": self.event})
            now = F("contribution__words_version") if model is FindingBasis else WORDS_NOW
            for one in rows.exclude(words_version=now).order_by("position"):
                on = one.contribution_id or one.finding_id
                found[getattr(one, f"{owner}_id")].setdefault(on, one.words_version)
        return found

    def read_pointed(self) -> dict[Any, set[int]]:
        """Statement or finding -> the versions of its words at which a stance or a basis points."""
        pointed: dict[Any, set[int]] = defaultdict(set)
        stances = Stance.objects.filter(event=self.event).exclude(words_version=WORDS_NOW)
        for said, finding, version in stances.values_list("contribution", "finding", "words_version"):
            pointed[said or finding].add(version)
        for on in self.bases.values():
            for target, version in on.items():
                pointed[target].add(version)
        return pointed

    def read_said(self) -> Numbered:
        """The words of statements; not of what is off the record or not released."""
        rows = FormerWords.objects.filter(contribution__in=self.pointed, contribution__released=True)
        rows = rows.exclude(contribution__attribution=Attribution.OFF_RECORD)
        found: Numbered = defaultdict(dict)
        for said, version, text in rows.order_by("version").values_list("contribution", "words_version", "text"):
            found[said][version] = text
        return found

    def read_found(self) -> Numbered:
        """The former findings: those at which something points, or on which hands were counted or a call was made."""
        found: Numbered = defaultdict(dict)
        for one in FormerFinding.objects.filter(finding__event=self.event):
            found[one.finding_id][one.words_version] = one
        return found

    def of_statement(self, pk: Any) -> list[dict]:
        """The format’s `versions` of a contribution."""
        known = self.said.get(pk, {})
        return [{"number": one, "text": known.get(one, "")} for one in sorted(self.pointed.get(pk, ()))]

    def of_finding(self, pk: Any) -> list[tuple[int, FormerFinding | None]]:
        """The versions of a finding that are written, with what is known of each."""
        known = self.found.get(pk, {})
        cited = {number for number, one in known.items() if one.call or one.count_id}
        return [(number, known.get(number)) for number in sorted(self.pointed.get(pk, set()) | cited)]

    def of_basis(self, pk: Any, keys: dict[Any, str]) -> list[dict]:
        """The format’s `basis_versions` of a paper."""
        return [{"of": keys[on], "version": version} for on, version in self.bases.get(pk, {}).items()]


# ------------------------------------------------------------------ the rules


def version_errors(record: dict) -> Iterator[Error]:
    """Versions out of order or pointed at by nothing; stances and bases on a version that is not there."""
    entries = [*find(record, "contributions[]"), *find(record, "findings[]")]
    written = {
        one["id"]: (path, numbers_of(one))
        for path, one in entries
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    }
    pointed: dict[str, set[int]] = defaultdict(set)
    for path, on, version in pointers(record):
        pointed[on].add(version)
        if on in written and version not in written[on][1]:
            yield path, f"'{on}' has no version {version}"
    for path, stance in find(record, "stances[]"):
        if isinstance(stance, dict) and stance.get("carried") is True and stance.get("version") is None:
            yield f"{path}.carried", "a stance is carried over from a version, and this one names none"
    yield from basis_errors(record)
    yield from withheld_errors(record)
    cited: dict[str, set[Any]] = defaultdict(set)
    for path, one in find(record, "findings[].versions[]"):
        if isinstance(one, dict) and (one.get("count") or one.get("call")):
            cited[path.rpartition(".versions")[0]].add(one.get("number"))
    for id, (path, numbers) in written.items():
        if numbers != sorted(set(numbers)):
            yield f"{path}.versions", "must be in the order of their numbers, each once"
        for number in numbers:
            if number not in pointed[id] | cited[path]:
                yield f"{path}.versions", f"nothing points at version {number}: leave it out"


def basis_errors(record: dict) -> Iterator[Error]:
    """Versions of what a paper does not rest on, or in another order than its basis."""
    for pattern in POINTING:
        for path, paper in find(record, pattern):
            some = [one.get("of") for _at, one in find(paper, "basis_versions[]") if isinstance(one, dict)]
            basis = paper.get("basis") if isinstance(paper, dict) else None
            order = [one for one in dict.fromkeys(map(str, basis)) if one in some] if isinstance(basis, list) else some
            if some != order:
                yield f"{path}.basis_versions", "must name what is in the basis, in its order, each once"


def withheld_errors(record: dict) -> Iterator[Error]:
    """Earlier words of what is off the record or not released: they are for no file."""
    for path, said in find(record, "contributions[]"):
        if isinstance(said, dict) and (said.get("attribution") == "off_record" or said.get("released") is False):
            for here, text in find(said, "versions[].text", path):
                if text:
                    yield here, "must be empty: the statement is off the record or not released"


def numbers_of(entry: dict) -> list[int]:
    """The numbers of the versions of a statement or finding."""
    versions = entry.get("versions")
    some = versions if isinstance(versions, list) else []
    return [one["number"] for one in some if isinstance(one, dict) and type(one.get("number")) is int]


def pointers(record: dict) -> Iterator[tuple[str, str, int]]:
    """(path, what is pointed at, which version of it) of every stance and basis on earlier words."""
    for path, stance in find(record, "stances[]"):
        if isinstance(stance, dict) and isinstance(stance.get("on"), str) and type(stance.get("version")) is int:
            yield f"{path}.version", stance["on"], stance["version"]
    for pattern in POINTING:
        for path, paper in find(record, pattern):
            for here, one in find(paper, "basis_versions[]", path):
                if isinstance(one, dict) and isinstance(one.get("of"), str) and type(one.get("version")) is int:
                    yield f"{here}.version", one["of"], one["version"]


def number_after(versions: Iterable[dict]) -> int:
    """The version of the words that stand, after these."""
    return max((one["number"] for one in versions), default=0) + 1
