"""The attribution rule of a session in plain words, and what it would print of somebody's remark."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.events.models import STRICTNESS, Event, NamesInRoom, Regime, Session, strictest

IN_PLAIN_WORDS = {
    Regime.NAMED: gettext_lazy("What somebody says is reported with their name."),
    Regime.ROLE: gettext_lazy(
        "What somebody says is reported with the kind of organisation that they come from, never with their name."
    ),
    Regime.UNNAMED: gettext_lazy("What is said is reported without names: “one participant”, “several participants”."),
    Regime.CHATHAM_HOUSE: gettext_lazy(
        "The Chatham House Rule: what is said may be used, but not who said it, nor who was there."
    ),
}


NAMES = {
    NamesInRoom.SHOWN: gettext_lazy(
        "While the session is open, those at the table see on their pages who speaks. When it closes, the record reads "
        "as the rule prints it; the rapporteur keeps the names."
    ),
    NamesInRoom.AS_RULE: "",
    NamesInRoom.HIDDEN: gettext_lazy(
        "The room is anonymous: nobody but the staff sees who says or answers what, not even at the table."
    ),
}


def in_plain_words(event: Event, session: Session) -> str:
    """The attribution rule of a session in a sentence for a participant, and what those in the room see."""
    rule = str(IN_PLAIN_WORDS[Regime(strictest(event.attribution, session.attribution))])
    names = str(NAMES[NamesInRoom(session.names_in_room)]) if is_room(event, session) else ""
    return f"{rule} {names}".strip()


def is_room(event: Event, session: Session) -> bool:
    """Whether it says something to a member that a room shows names or hides them: at a closed table, where the rule
    does not name everybody anyway."""
    return session.access == "closed" and strictest(event.attribution, session.attribution) != Regime.NAMED


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule prints of one remark of one person: the sentence, and whether they stand in the list."""

    regime: str
    label: str
    words: str
    sentence: str
    in_the_list: str


def examples(name: str, affiliation: str, sector: str) -> list[Example]:
    """How somebody's remark would be printed under each rule, from open to strict."""
    return [example(regime, name, affiliation, sector) for regime in sorted(Regime, key=STRICTNESS.__getitem__)]


def example(regime: Regime, name: str, affiliation: str, sector: str) -> Example:
    """How somebody's remark would be printed under one rule."""
    said = {
        Regime.NAMED: _("%(name)s (%(affiliation)s) maintained that the deployment came too late.")
        if affiliation else _("%(name)s maintained that the deployment came too late."),
        Regime.ROLE: _("One participant from the %(sector)s maintained that the deployment came too late.")
        if sector else _("One participant maintained that the deployment came too late."),
    }.get(regime, _("One participant maintained that the deployment came too late."))  # fmt: skip
    listed = {
        Regime.ROLE: _(
            "Where fewer than three share a kind of organisation, it is “one participant”. Who wishes stands in the "
            "list of participants."
        ),
        Regime.CHATHAM_HOUSE: _("Nobody stands in a list of participants."),
        Regime.UNNAMED: _("Nobody stands in a list of participants."),
    }.get(regime, _("Who wishes stands in the list of participants."))  # fmt: skip
    told = {"name": name, "affiliation": affiliation, "sector": sector}
    return Example(regime.value, str(regime.label), str(IN_PLAIN_WORDS[regime]), said % told, listed)
