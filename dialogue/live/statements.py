"""What some eyes see of a statement, on the page and in an entry alike: `marked.py` makes HTML of it."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogue.access import Eyes
from dialogue.discussion.models import (
    Attribution,
    Contribution,
    ContributionKind,
    FormerWords,
    Relation,
    RelationKind,
    State,
)
from dialogue.discussion.views import JOINING, OPPOSING, cited, opening
from dialogue.discussion.words import as_html
from dialogue.events.models import Session
from dialogue.kept import local
from dialogue.positions.actions import VEIL, is_only_table
from dialogue.positions.agreement import Agreement
from dialogue.positions.bars import Numbers, of_position
from dialogue.positions.blind import Answers, answers_on_position, is_blind
from dialogue.positions.evidence import around, is_earlier
from dialogue.positions.models import Finding, Stance
from dialogue.rapporteur.models import Source
from dialogue.restricter import Appearance, Restricter, Spoken, seen_with


@dataclass(frozen=True, slots=True)
class Tied:
    """What a statement does to another, in words. `of`: the statement whose author is named in `to`, or ""."""

    word: str
    tone: str
    to: str
    quote: str
    href: str
    of: str = ""
    printed: str = ""  # what stands for `to` on paper, where only those in the room may read it


@dataclass(frozen=True, slots=True)
class View:
    """A statement as some eyes see it. `gone` says why there are no words, "" where there are."""

    id: str
    version: int
    address: str  # of its table
    gone: str
    mine: bool
    name: str
    printed: str  # what stands for the name on paper, where only those in the room may read it
    affiliation: str
    kind: str
    words: str
    language: str
    ties: tuple[Tied, ...]
    marks: tuple[str, ...]
    at: str  # ISO, "" where the time would give somebody away
    clock: str
    replies: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The bar of a position as some eyes see it, and where they stand themselves."""

    id: str
    version: int
    numbers: Numbers | None
    is_veiled: bool  # collected blind: nobody sees it before the collection closes
    answers: Answers | None  # meanwhile, for the staff: how many have answered
    mine: bool
    own: str = ""
    own_version: int = 0
    is_over: bool = False  # nobody can stand on it any more
    words: int = 1  # the version of the words that one stands on
    is_earlier: bool = False  # the eyes' owner stands on earlier ones


class Statements:
    """Some statements of one session, drawn with some eyes, in a fixed number of queries.

    `you`: the attendee (their key) whose page it is: who answers them answers “you”, whoever's eyes draw the rest.
    """

    def __init__(self, session: Session, eyes: Eyes, rules: Restricter, you: str = ""):
        self.session = session
        self.event = session.event
        self.eyes = eyes
        self.rules = rules
        self.you = you or eyes.mine
        self.address = f"/events/{self.event.slug}/table/{session.key}/"

    # ------------------------------------------------------------ reading

    def read(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Contribution]:
        """The statements of these ids with everything that is drawn of them."""
        said = {pk: one for pk, one in self.rows(ids).items() if one.session_id == self.session.pk}
        self.ties = self.read_ties(said)
        targets = {tie.to_contribution_id for some in self.ties.values() for tie in some if tie.to_contribution_id}
        self.targets = said | self.rows(targets - said.keys())
        self.authors: dict[uuid.UUID, str] = {pk: vars(one)["author"] for pk, one in self.targets.items()}
        ties = [tie for some in self.ties.values() for tie in some]
        found = {tie.to_finding_id for tie in ties if tie.to_finding_id}
        # Who sits at one of several tables, or listens in public, may not know what is found about the closed ones.
        self.found = self.known(found) if found else {}
        self.sources = Source.objects.in_bulk({tie.to_source_id for tie in ties if tie.to_source_id})
        return said

    def known(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Finding]:
        """Those of these findings that everybody at this session knows of."""
        rows = Finding.objects.filter(pk__in=ids)
        rows = rows if is_only_table(self.session) else rows.filter(session=self.session, session__access="closed")
        return {one.pk: one for one in rows}

    def rows(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Contribution]:
        """Statements by id, each with its author's key ("" once it is erased) and whether it was amended."""
        former = FormerWords.objects.filter(contribution=OuterRef("pk"))
        wanted = Contribution.every.filter(pk__in=ids).order_by()  # by id alone: they are few of many
        rows = wanted.annotate(amended=Exists(former), author=Coalesce("authorship__attendee__key", Value("")))
        return {one.pk: one for one in rows} if ids else {}

    def share(self, other: "Statements") -> None:
        """Use what was read for other eyes."""
        self.ties, self.targets, self.authors = other.ties, other.targets, other.authors
        self.found, self.sources = other.found, other.sources

    def read_ties(self, said: dict[uuid.UUID, Contribution]) -> dict[uuid.UUID, list[Relation]]:
        """Statement -> what it does to others."""
        ties: dict[uuid.UUID, list[Relation]] = defaultdict(list)
        for tie in Relation.every.filter(source_statement__in=said).exclude(kind="opens").order_by("position"):
            ties[tie.source_statement_id].append(tie)
        return ties

    # ------------------------------------------------------------ what the eyes see

    def shows_words(self, said: Contribution) -> bool:
        """Whether these eyes may read the words now."""
        if said.state != State.SAID:
            return False
        if self.eyes.sees_all or self.is_mine(said):
            return True
        return said.released and (said.attribution != "off_record" or self.eyes.audience == "table")

    def is_mine(self, said: Contribution) -> bool:
        """Whether the eyes are its author's own."""
        return bool(self.eyes.mine) and self.authors.get(said.pk) == self.eyes.mine

    def gone(self, said: Contribution) -> str:
        """Why the words are not there; "" where they are."""
        if self.shows_words(said):
            return ""
        if said.state == State.WITHDRAWN:
            return _("Withdrawn by its author.")
        if said.state == State.ERASED:
            return _("This was said off the record, and its words are erased.")
        if said.hidden:
            return _("Hidden by the moderator.")
        return _("This was said off the record.")

    def view(self, said: Contribution) -> View:
        """One statement as it is drawn."""
        gone, author = self.gone(said), self.authors.get(said.pk)
        name = printed = affiliation = ""
        named = False
        if said.state != State.ERASED:
            seen = self.appearance(said, author)
            name, affiliation, named = seen.name or seen.label, seen.affiliation, seen.is_public
            printed = seen.printed
        at = local(said.at, self.event.time_zone) if said.at and named else None
        return View(
            id=str(said.pk), version=said.version, address=self.address, gone=gone, mine=self.is_mine(said), name=name,
            printed=printed, affiliation=affiliation, kind=str(ContributionKind(said.kind).label),
            words="" if gone else as_html(said.text),
            language=said.language or self.event.language, ties=() if gone else tuple(self.tied(said)),
            marks=() if gone else tuple(self.marks(said)), at=at.isoformat() if at else "",
            clock=f"{at:%H:%M}" if at else "", replies=not gone and said.released,
        )  # fmt: skip

    def appearance(self, said: Contribution, author: str | None) -> Appearance:
        """How the author of a statement appears to these eyes."""
        spoken = Spoken(author, self.session.key, said.attribution, said.group, said.recorded)
        return seen_with(self.eyes, self.rules, spoken)[0]

    def marks(self, said: Contribution) -> list[str]:
        """What must be known of a statement beside its words."""
        told = []
        if said.recorded:
            told.append(_("spoken, confirmed by its speaker") if said.confirmed else _("spoken, written down"))
        if getattr(said, "amended", 0):
            told.append(_("amended"))
        if said.attribution == "off_record":
            told.append(_("off the record: erased when the item closes"))
        elif said.attribution and self.tells_wish(said):
            told.append(str(Attribution(said.attribution).label))
        if said.echoes_struck and self.eyes.sees_all:
            told.append(_("repeats words that were struck"))
        if said.hidden:
            told.append(_("hidden from the table: %(why)s") % {"why": said.hidden_why or _("no reason given")})
        elif not said.released:
            told.append(_("not released yet"))
        return told

    def tells_wish(self, said: Contribution) -> bool:
        """Whether these eyes see under which stricter rule a statement is: its author, the staff, or everybody."""
        return self.is_mine(said) or self.eyes.sees_who or self.rules.tells_wishes(self.session.key)

    def tied(self, said: Contribution) -> list[Tied]:
        """What a statement does to others that these eyes know of."""
        out = []
        for tie in self.ties.get(said.pk, ()):
            word = str(RelationKind(tie.kind).label)
            tone = "opposes" if tie.kind in OPPOSING else "joins" if tie.kind in JOINING else "half"
            if tie.to_contribution_id:
                target = self.targets[tie.to_contribution_id]
                if self.eyes.sees_all or target.appeared or target.released or self.is_mine(target):
                    out.append(Tied(word, tone, *self.pointed(target, said)))
            elif tie.to_finding_id in self.found:
                out.append(Tied(word, tone, _("the table"), opening(self.found[tie.to_finding_id].text), ""))
            elif tie.to_source_id in self.sources:
                to, href = cited(self.sources[tie.to_source_id])
                out.append(Tied(word, tone, to, "", href))
        return out

    def pointed(self, target: Contribution, said: Contribution) -> tuple[str, str, str, str, str]:
        """How a statement is pointed at: (whose it is, its first words if it stands elsewhere, where it is, its id,
        whose it is on paper where that is told otherwise there).

        Without the id where nobody is named. The table's page says “you” by it in what is drawn for a whole audience.
        """
        href = f"#s-{target.pk}" if target.item_id == said.item_id else f"{self.address}said/{target.pk}/"
        if not self.shows_words(target):
            return pgettext("after a verb", "a statement that is no longer there"), "", href, "", ""
        author = self.authors[target.pk]
        seen = self.appearance(target, author)
        is_you = bool(author) and author == self.you
        name = pgettext("after a verb", "you") if is_you else seen.surname or seen.label
        quote = "" if said.thread.startswith(target.thread) else opening(target.text)
        return name, quote, href, str(target.pk), "" if is_you else seen.printed

    # ------------------------------------------------------------ bars

    def standings(self, said: Collection[Contribution]) -> dict[Any, Standing]:
        """Position -> its bar, and where the eyes' owner stands."""
        positions = [one for one in said if one.kind == "position"]
        if not positions:
            return {}
        counted = Agreement(around(self.event, [one.pk for one in positions]))
        own = {}
        if self.eyes.mine:
            rows = Stance.objects.filter(contribution__in=positions, attendee__key=self.eyes.mine)
            own = {row.contribution_id: row for row in rows}
        return {one.pk: self.standing(one, counted, own.get(one.pk)) for one in positions}

    def standing(self, said: Contribution, counted: Agreement, own: Stance | None) -> Standing:
        """One position's bar; empty, and nothing to press, once the position is withdrawn or erased."""
        is_over, counts = said.state != State.SAID, said.pk in counted.said
        veiled = is_blind(self.session, said) and not is_over
        bar = of_position(counted, said.pk) if counts and not veiled else None
        answers = answers_on_position(counted, said.pk) if counts and veiled and self.eyes.sees_all else None
        is_told = not veiled or self.eyes.sees_all
        return Standing(
            str(said.pk),
            said.voices if is_told else said.voices - said.voices % VEIL,
            bar,
            veiled,
            answers,
            bool(own),
            own.stance if own else "",
            own.version if own else 0,
            is_over,
            said.words_version,
            is_earlier(own, said.words_version),
        )
