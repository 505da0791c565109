"""The live table as plain lists and dicts: what was said, what became of it, and who may see what. It asks the product nothing."""

from typing import Any

Said = dict[str, Any]

STRICTER = ["named", "role", "unnamed", "chatham_house", "off_record"]
ATTRIBUTIONS = ["role", "unnamed", "off_record"]
READERS = ("participant", "observer", "rapporteur", "second-participant", "moderator", "convenor")
KEYS = {"participant": "ada", "second-participant": "ben", "moderator": "mod", "rapporteur": "rap"}
FIELDS = (
    "pk", "words", "state", "kind", "item", "author", "attribution", "recorded", "confirmed", "released", "hidden",
    "former", "ties",
)  # fmt: skip


class Model:
    """A table under a rule. Each deed returns whether it is done; what is refused changes nothing."""

    def __init__(self, regime: str):
        self.regime = regime
        self.said: list[Said] = []
        self.items: dict[str, str] = {}  # "open" or "closed"
        self.release, self.span, self.blind = "at_once", "", False
        self.stances: dict[tuple[str, str], list[str]] = {}
        self.earlier: set[tuple[str, str]] = set()  # whose stance is on words that were changed since
        self.speaking: tuple[str, str] | None = None
        self.floors: list[tuple[str, str]] = []
        self.erased: set[str] = set()

    # ------------------------------------------------------------ who may

    def is_staff(self, role: str) -> bool:
        return role in ("moderator", "rapporteur")

    def sees_who(self, role: str) -> bool:
        return role in ("moderator", "rapporteur", "convenor")

    def is_own(self, role: str, said: Said) -> bool:
        return said["author"] is not None and said["author"] == self.seat(role)

    def seat(self, role: str) -> str:
        """Who one of the cast is in the record; "" for who is not in it."""
        return KEYS.get(role, "")

    def knows(self, role: str, said: Said) -> bool:
        """Whether they may open the statement's own page."""
        return said["seen"] or self.is_staff(role) or self.is_own(role, said)

    def reads(self, role: str, said: Said) -> bool:
        """Whether they may read its words: never of what is withdrawn or erased."""
        if said["state"] != "said":
            return False
        return said["released"] or self.is_staff(role) or self.is_own(role, said)

    def named(self, role: str, said: Said) -> set[str]:
        """Whose names may stand at the statement: its author's or nobody's; one's own reads “you”."""
        if said["author"] is None or self.is_own(role, said):
            return set()
        in_the_open = self.regime == "named" and said["attribution"] is None
        return {said["author"]} if in_the_open or self.sees_who(role) else set()

    def places(self, role: str, item: str, manner: str) -> list[Said]:
        """What stands on an item's page, in order: everything for the staff, for the others what the table has seen."""
        some = [one for one in self.said if one["item"] == item and (one["seen"] or self.is_staff(role))]
        return sorted(some, key=lambda one: one["path"]) if manner == "threads" else some

    # ------------------------------------------------------------ what is said

    def stricter(self, *rules: str | None) -> str | None:
        """The strictest of these, where it is stricter than the table's own."""
        some = [rule for rule in (self.regime, *rules) if rule]
        strictest = max(some, key=STRICTER.index)
        return None if strictest == self.regime else strictest

    def say(
        self,
        role: str,
        author: str,
        item: str,
        kind: str,
        words: str,
        attribution: str | None,
        ties: list,
        *,
        recorded: bool,
    ) -> Said | None:
        at, rule = self.items.get(item), self.stricter(attribution, self.span)
        if at is None or (at == "closed" and (not recorded or rule == "off_record")):
            return None
        targets = [next(one for one in self.said if one["pk"] == pk) for _kind, pk in ties]
        if any(
            one["state"] != "said" or not (one["released"] or self.is_staff(role) or self.is_own(role, one))
            for one in targets
        ):
            return None
        released = not recorded or self.release == "at_once" or (self.release == "with_item" and at == "closed")
        above = next((one["path"] for one in targets if one["item"] == item), ())
        said: Said = {
            "pk": "", "words": words, "state": "said", "kind": kind, "item": item, "author": author,
            "attribution": rule, "recorded": recorded, "confirmed": False, "released": released, "hidden": False,
            "former": [], "ties": ties, "seen": released, "opened": False, "path": (*above[:3], len(self.said)),
        }  # fmt: skip
        said["held"] = lambda: {name: said[name] for name in FIELDS}
        self.said.append(said)
        return said

    def amend(self, role: str, said: Said, words: str) -> bool:
        own = self.is_own(role, said)
        if not own and not (said["recorded"] and not said["confirmed"] and self.is_staff(role)):
            return False
        if said["state"] != "said":
            return False
        said["former"].append(said["words"])
        said["words"] = words
        mine = {(said["pk"], said["author"])} if own else set()
        self.earlier |= {one for one in self.stances if one[0] == said["pk"]} - mine
        if own:
            self.settle(said)
        return True

    def settle(self, said: Said) -> None:
        """Its speaker has agreed to what was written down."""
        if said["recorded"]:
            said["confirmed"] = True
            if self.release == "when_seen" and not said["hidden"]:
                self.let_go(said)

    def let_go(self, said: Said) -> None:
        said["released"] = said["seen"] = True

    # ------------------------------------------------------------ what becomes of it

    def role_of(self, said: Said, deed: str) -> str:
        """Somebody who is allowed to do that, if there is anybody."""
        authors = {key: role for role, key in KEYS.items()}
        return authors.get(said["author"], "moderator") if deed in ("withdraw", "confirm") else "moderator"

    def do(self, role: str, said: Said, deed: str) -> bool:
        if not self.knows(role, said):
            return False
        if deed in ("withdraw", "confirm") and not self.is_own(role, said):
            return False
        if deed == "release" and not self.is_staff(role):
            return False
        if deed in ("hide", "restore") and role != "moderator":
            return False
        if said["state"] == "said":
            getattr(self, deed)(said) if deed != "release" else self.released(said)
        return True

    def withdraw(self, said: Said) -> None:
        said["former"].append(said["words"])
        said["words"], said["state"] = "", "withdrawn"

    def confirm(self, said: Said) -> None:
        if not said["confirmed"]:
            self.settle(said)

    def released(self, said: Said) -> None:
        if not said["hidden"]:
            self.let_go(said)

    def hide(self, said: Said) -> None:
        if said["released"]:
            said["hidden"], said["released"] = True, False

    def restore(self, said: Said) -> None:
        if said["hidden"]:
            said["hidden"], said["released"] = False, True

    def restrict(self, role: str, said: Said, attribution: str) -> bool:
        if not self.is_own(role, said) and not self.is_staff(role):
            return False
        if said["state"] != "said" or self.stricter(attribution) is None:
            return False
        if said["attribution"] and STRICTER.index(attribution) <= STRICTER.index(said["attribution"]):
            return False
        said["attribution"] = attribution
        if attribution == "off_record" and self.items.get(said["item"]) == "closed":
            self.erase(said)
        return True

    def erase(self, said: Said) -> None:
        self.erased |= {said["words"], *said["former"]} - {""}
        said.update(words="", state="erased", author=None, former=[], ties=[], seen=True)
        self.stances = {key: stands for key, stands in self.stances.items() if key[0] != said["pk"]}
        self.earlier &= self.stances.keys()

    def stand(self, role: str, holder: str, said: Said, stance: str) -> bool:
        if said["kind"] != "position" or said["state"] != "said" or not said["released"]:
            return False
        self.stances.setdefault((said["pk"], holder), []).append(stance)
        self.earlier.discard((said["pk"], holder))
        return True

    def open_stances(self, role: str, said: Said) -> bool:
        if role != "moderator" or not self.knows(role, said):
            return False
        said["opened"] = said["opened"] or said["state"] == "said"
        return True

    # ------------------------------------------------------------ how the table is run

    def hold(self, release: str, blind: bool) -> None:
        """Where the table is asked openly again, everybody has seen what was hidden, and goes on seeing it."""
        for said in self.said if self.blind and not blind else ():
            said["opened"] = True
        self.release, self.blind = release, blind

    def open_item(self, item: str) -> None:
        self.items[item] = "open"

    def close_item(self, item: str) -> None:
        if self.items.get(item) != "open":
            return
        self.items[item] = "closed"
        here = [one for one in self.said if one["item"] == item]
        for one in here:
            if self.release == "with_item" and one["state"] == "said" and not one["hidden"]:
                self.let_go(one)
        for one in here:
            if one["attribution"] == "off_record" and one["state"] != "erased":
                self.erase(one)
        if self.speaking and self.speaking[1] == item:
            self.give_floor("", "")

    def give_floor(self, speaker: str, item: str) -> None:
        if self.speaking:
            self.floors.append(self.speaking)
        self.speaking = (speaker, item) if speaker else None

    def span_to(self, attribution: str) -> bool:
        if attribution and self.stricter(attribution) is None:
            return False
        self.span = attribution
        return True
