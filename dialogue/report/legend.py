"""The legend: what the chapter's agreement words and signs mean, and every claim in it with its numbers."""

from fractions import Fraction

from django.utils.translation import gettext as _

from dialogue.positions.quantifiers import ORDER, PATTERNS, WORDS, thresholds
from dialogue.report.decided import printed_outcome
from dialogue.report.material import Material, level_words
from dialogue.report.prose import Writing
from dialogue.report.tree import Bar, Block, Inline, Paragraph, Strong, Table, Text


def remark(*inlines: Inline) -> Paragraph:
    """A paragraph of small print."""
    return Paragraph(list(inlines), "remark")


def share(ratio: Fraction) -> str:
    """A threshold as it is printed: “2/3”."""
    return f"{ratio.numerator}/{ratio.denominator}"


def meanings(material: Material) -> dict[str, str]:
    """What each level means, with this event's thresholds."""
    scale = {name: share(ratio) for name, ratio in thresholds(material.event["scale"]).items()}
    return {
        "all": _("everyone counted, each of whom answered in a check-round or was counted by hands or poll"),
        "nearly_all": _("at least %(nearly_all)s of those counted, in a check-round or a count") % scale,
        "one": _("one person"),
        "two": _("two people"),
        "some": _("three or more, fewer than %(several)s of those counted") % scale,
        "several": _("three or more, from %(several)s to under %(many)s of those counted") % scale,
        "many": _("from %(many)s to under %(most)s of those counted") % scale,
        "most": _("at least %(most)s of those counted") % scale,
        "participants": _("at least half of those counted, and nobody against; claims no number"),
        "others": _("two or more, as the second half of “some … others”"),
        "no_objection": _("read back or called for, and nobody objected; claims no support"),
        "consensus": _("called for, no objection sustained, and nobody against"),
        "strong": _("at least 4/5 of those who took a position, half of them strongly"),
        "general": _("at least 3/4 of those who took a position, and no disagreement left unanswered"),
        "some_disagreement": _("more than half of those who took a position support it, fewer than 1/3 oppose it"),
        "divided": _("at least 1/3 of those who took a position support it, and at least 1/3 oppose it"),
        "wide": _("three or more positions, each opposed to the others, none held by more than half"),
        "too_few": _("fewer than half of those counted took a position"),
    }


def legend(writing: Writing) -> list[Block]:
    """The words with their thresholds, then every claim printed in this chapter with its numbers."""
    material = writing.material
    told = {material.level(finding) for finding in writing.claimed} | writing.levels
    if not told:
        return []
    used = [level for level in WORDS if level in ORDER or level in told]
    means = meanings(material)
    rows: list[list[list[Inline]]] = [
        [[Strong(WORDS[level][material.language])], [Text(means[level])]] for level in [*used, *extra_patterns(told)]
    ]
    claimed: list[Block] = []
    if writing.claimed:
        claimed = [remark(Strong(_("What this chapter says of participants together"))), claims(writing)]
    return [
        remark(
            Text(
                _(
                    "n of N: n people support it, out of N who were counted. Counted are the participants and "
                    "panelists of the sessions that discussed the point, less those who were absent for it; a "
                    "moderator only where he or she took a position. †: not the words that the record reaches."
                )
            )
        ),
        remark(Text(carried(material))),
        *([remark(Text(small_numbers()))] if is_anonymous(writing) else []),
        remark(*key()),
        Table([_("Words"), _("What they mean")], [0.3, 0.7], rows, ["" for _row in rows]),
        *claimed,
    ]


def is_anonymous(writing: Writing) -> bool:
    """Whether something that the chapter prints was counted in an anonymous room."""
    return any(writing.material.holdings[one].numbers.is_anonymous for one in writing.claimed)


def small_numbers() -> str:
    """What is printed for the small numbers of an anonymous room."""
    return _(
        "Of an anonymous room, one or two people are printed as “fewer than three”, the words for them as “some "
        "participants”, and their cells as silent."
    )


def carried(material: Material) -> str:
    """Which numbers the agreement words carry in the text, by the event's setting."""
    reservations = _("Where a third or more of those in support have reservations, the words say so.")
    figures = {
        "first_use": _("Where twelve people or fewer were counted, their figure stands with the words at first use."),
        "always": _("Where twelve people or fewer were counted, their figure stands with the words at every use."),
    }
    return " ".join(filter(None, (reservations, figures.get(material.figures))))


def key() -> list[Inline]:
    """What the signs of a bar mean, each shown once, and the signs in the text."""
    cells = [
        Bar(1, 0, 0, 0, 0, _("supports")),
        Bar(0, 1, 0, 0, 0, _("supports with reservations")),
        Bar(0, 0, 1, 0, 0, _("opposes")),
        Bar(0, 0, 0, 1, 0, _("abstains")),
        Bar(0, 0, 0, 0, 1, _("is silent")),
    ]
    inlines: list[Inline] = [Text(_("A bar has a cell for each person counted: "))]
    for place, cell in enumerate(cells):
        inlines += [Text(_("; ")), cell] if place else [cell]
    signs = _(
        ". Text marked [rapporteur], [literature] or [forum] is not the room’s. The small ring after a sentence leads "
        "to the statements behind it."
    )
    return [*inlines, Text(signs)]


def extra_patterns(told: set[str]) -> list[str]:
    """A chapter that claims a pattern also explains what is reached instead of one."""
    return ["too_few"] if told & set(PATTERNS) and "too_few" not in told else []


def claims(writing: Writing) -> Table:
    """A row for every finding whose words the chapter prints: words, sentence and reason, bar."""
    material = writing.material
    rows: list[list[list[Inline]]] = []
    anchors = []
    for finding in writing.claimed:
        told, holding = material.findings[finding], material.holdings[finding]
        mark = "" if holding.holds else "†"
        reason = [Text(_(" Reason given: %(reason)s") % {"reason": told["reason"]})] if told["reason"] and mark else []
        outcome = printed_outcome(told, holding)
        decided = [Text(f" {words}") for words in (material.assents.get(finding, ""), outcome) if words]
        rows.append(
            [
                [Text(level_words(material.level(finding), material.language) + mark)],
                [Text(material.words(finding, told["text"])), *reason, *decided],
                [material.bar(finding)],
            ]
        )
        anchors.append(f"claim-{material.label(finding)}")
    return Table(
        [_("Words used"), _("Of what"), _("What the record reaches")],
        [0.2, 0.5, 0.3],
        rows,
        anchors,
    )
