"""Who stands where on a position, and who may know it: the model's own count, by the rules of the record format in its words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.model import Model, Said

SEATED = {"ada", "ben", "cleo", "dev", "eve"}  # at the table, and counted whether they speak or not
VEILED = "veiled"


@dataclass(frozen=True)
class Bar:
    """How many stand where, and the words at the end of the bar."""

    support: int
    reservations: int
    opposed: int
    abstained: int
    silent: int
    words: str = ""
    earlier: str = ""


@dataclass(frozen=True)
class Answered:
    """How many of the table have answered: what the staff sees of a blind collection."""

    n: int
    table: int


def bar(model: "Model", role: str, said: "Said") -> Bar | Answered | str | None:
    """What one of the cast sees of where the table stands: the bar, that it is kept from them, or nothing."""
    if said["kind"] != "position" or said["state"] != "said":
        return None
    if is_veiled(model, said):
        return answered(model, said) if model.is_staff(role) and counts(said) else VEILED
    return counted(model, said) if counts(said) else None


def is_veiled(model: "Model", said: "Said") -> bool:
    """While stances are collected blind nobody sees them."""
    return model.blind and not said["opened"]


def answered(model: "Model", said: "Said") -> Answered:
    """Who sits at the table and has taken a stance on the words as they are, or said them."""
    current = model.stances.keys() - model.earlier
    took = {who for on, who in current if on == said["pk"]} | {said["author"]}
    return Answered(len(took & SEATED), len(SEATED))


def counts(said: "Said") -> bool:
    """What is not released, hidden, withdrawn or off the record counts for nothing."""
    return said["state"] == "said" and said["released"] and said["attribution"] != "off_record"


def counted(model: "Model", said: "Said") -> Bar | None:
    """Each of the table once: by their stance, else as who said it, else as who disputes it, else as silent.

    No bar where nobody but its author has answered.
    """
    stances = {who: taken[-1] for (on, who), taken in model.stances.items() if on == said["pk"]}
    disputing = {one["author"] for one in model.said if counts(one) and ("disagrees", said["pk"]) in one["ties"]}
    everybody = table(model, said, stances)
    earlier = {who: stances[who] for on, who in model.earlier if on == said["pk"] and who in everybody}
    where = {who: stand(who, said["author"], stances, disputing, earlier) for who in everybody}
    some = [*where.values()]
    support, reservations = some.count("agree"), some.count("reservations")
    opposed, abstained = some.count("disagree"), some.count("abstain")
    if not any(where[who] or who in earlier for who in everybody if who != said["author"]):
        return None
    told = words(support, reservations, opposed, len(some))
    silent, before = some.count(""), on_earlier_words(list(earlier.values()))
    return Bar(support, reservations, opposed, abstained, silent, told, before)


def words(support: int, reservations: int, opposed: int, everybody: int) -> str:
    """How many of all support it, and what is left out by no bar."""
    n = support + reservations
    reserved = f", {reservations} of them with reservations" if reservations else ""
    against = f", {opposed} against" if opposed else ""
    return f"{n} of {everybody} support{'s' if n == 1 else ''}{reserved}{against}"


def on_earlier_words(stances: list[str]) -> str:
    """How many answered on words that were changed since, and how."""
    told = {
        "agree": ("supports", "support"), "reservations": ("with reservations", "with reservations"),
        "disagree": ("opposes", "oppose"), "abstain": ("abstains", "abstain"),
    }  # fmt: skip
    some = [f"{n} {words[n > 1]}" for kind, words in told.items() if (n := stances.count(kind))]
    return f"on earlier words: {', '.join(some)}" if some else ""


def table(model: "Model", said: "Said", stances: dict[str, str]) -> set[str]:
    """Who is counted: the participants, and the moderator who spoke for themselves on it."""
    stated = any(
        counts(one) and one["author"] == "mod" and one["kind"] == "position" and one["item"] == said["item"]
        for one in model.said
    )
    return SEATED | ({"mod"} if stated or stances.get("mod", "abstain") != "abstain" else set())


def stand(who: str, author: str, stances: dict[str, str], disputing: set[Any], earlier: dict[str, str]) -> str:
    """Where somebody stands on it; "": nowhere. Support of earlier words is none of these."""
    took = stances.get(who, "")
    if who in earlier and took in ("agree", "reservations"):
        return "disagree" if who in disputing else ""
    if took == "abstain" and who in disputing:
        return "disagree"
    return took or ("agree" if who == author else "disagree" if who in disputing else "")

