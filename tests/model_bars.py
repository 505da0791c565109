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
    """Who sits at the table and has taken a stance, or said it."""
    took = {who for on, who in model.stances if on == said["pk"]} | {said["author"]}
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
    where = [stand(who, said["author"], stances, disputing) for who in everybody]
    support, reservations = where.count("agree"), where.count("reservations")
    opposed, abstained = where.count("disagree"), where.count("abstain")
    if not any(stand(who, said["author"], stances, disputing) for who in everybody if who != said["author"]):
        return None
    return Bar(support, reservations, opposed, abstained, where.count(""), words(support, reservations, opposed, len(where)))


def words(support: int, reservations: int, opposed: int, everybody: int) -> str:
    """How many of all support it, and what is left out by no bar."""
    n = support + reservations
    reserved = f", {reservations} of them with reservations" if reservations else ""
    against = f", {opposed} against" if opposed else ""
    return f"{n} of {everybody} support{'s' if n == 1 else ''}{reserved}{against}"


def table(model: "Model", said: "Said", stances: dict[str, str]) -> set[str]:
    """Who is counted: the participants, and the moderator who spoke for themselves on it."""
    stated = any(
        counts(one) and one["author"] == "mod" and one["kind"] == "position" and one["item"] == said["item"]
        for one in model.said
    )
    return SEATED | ({"mod"} if stated or stances.get("mod", "abstain") != "abstain" else set())


def stand(who: str, author: str, stances: dict[str, str], disputing: set[Any]) -> str:
    """Where somebody stands on it; "": nowhere."""
    took = stances.get(who, "")
    if took == "abstain" and who in disputing:
        return "disagree"
    return took or ("agree" if who == author else "disagree" if who in disputing else "")

