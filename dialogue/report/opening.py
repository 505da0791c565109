"""What stands before the body: the facts, where the text comes from, the notices, who took part."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dialogue.access import Facts
from dialogue.events.models import Role
from dialogue.report.material import Material
from dialogue.report.tree import Block, Fact, Inline, Item, Items, Paragraph, Strong, Text

MANY = 16  # more participants than this stand in an annex, not in a paragraph

RULES = {
    "named": gettext_noop("What was said in “%(session)s” is attributed by name."),
    "role": gettext_noop("What was said in “%(session)s” is attributed by kind of organisation, without names."),
    "unnamed": gettext_noop("What was said in “%(session)s” is reported without saying who said it."),
    "chatham_house": gettext_noop(
        "“%(session)s” was held under the Chatham House Rule: what was said there may be used, but neither the "
        "identity nor the affiliation of those who said it, or of anyone else who took part, is revealed."
    ),
}


def joined(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def dates(material: Material) -> str:
    event = material.event
    start = material.date(event["date"])
    if event.get("end_date") and event["end_date"] != event["date"]:
        return _("%(start)s to %(end)s") % {"start": start, "end": material.date(event["end_date"])}
    return start


def convenor(material: Material) -> str:
    told = material.event["convenor"]
    return f"{told['name']} ({told['short_name']})" if told["short_name"] else told["name"]


def facts(material: Material) -> list[Fact]:
    """The lines of the title block; what is not known has no line."""
    event = material.event
    lines = [
        (_("Convenor"), convenor(material)),
        (ngettext("Partner", "Partners", len(event["partners"])), joined([one["name"] for one in event["partners"]])),
        (_("Occasion"), event["occasion"]),
        (_("Place"), event["place"]),
        (_("Date"), dates(material)),
        (_("Sessions"), joined([one["title"] for one in material.record["sessions"]])),
    ]
    return [Fact(label, text) for label, text in lines if text]


def front(material: Material) -> list[Block]:
    """Every block between the title and the first heading."""
    blocks: list[Block] = [*origin(material), *notices(material)]
    return [*blocks, *participants(material)]


def origin(material: Material) -> list[Block]:
    event = material.event
    told = {
        "convenor": convenor(material),
        "date": dates(material),
        "place": event["place"],
        "occasion": event["occasion"],
        "sessions": joined([f"“{one['title']}”" for one in material.record["sessions"]]),
    }
    first = (
        _("This chapter reports on an event that %(convenor)s convened in %(place)s, %(date)s.")
        if event["place"]
        else _("This chapter reports on an event that %(convenor)s convened, %(date)s.")
    ) % told
    lines = [first]
    if event["occasion"]:
        lines.append(_("The occasion was: %(occasion)s.") % told)
    if material.record["sessions"]:
        lines.append(_("It draws on what was said in %(sessions)s.") % told)
    lines += [f"{one['name']}: {one['credit']}." for one in event["partners"] if one["credit"]]
    if event["scope"]:
        lines.append(event["scope"])
    return [Paragraph([Text(" ".join(lines))], "origin")]


def notices(material: Material) -> list[Block]:
    """The generated non-consensus notice, the attribution rules, then the convenor's own disclaimers."""
    called = any(holding.claim.level == "consensus" and holding.holds for holding in material.holdings.values())
    consensus = (
        _("Nothing in this chapter is a consensus of the participants, except where it says that one was called for.")
        if called
        else _("Nothing in this chapter is a consensus of the participants.")
    )
    counting = _(
        "Where it speaks of participants together, the words mean what the legend says: so many people, out of those "
        "who were counted. Silence is not counted as agreement."
    )
    lines = [f"{consensus} {counting}"]
    beyond = sum(1 for holding in material.holdings.values() if not holding.holds)
    if beyond:
        lines.append(
            ngettext(
                "Of the %(all)d thing said here of participants together, the record bears out %(borne)d.",
                "Of the %(all)d things said here of participants together, the record bears out %(borne)d; the others "
                "are marked †.",
                len(material.holdings),
            )
            % {"all": len(material.holdings), "borne": len(material.holdings) - beyond}
        )
    for session in material.record["sessions"]:
        rule = RULES[material.rules.regime(session["id"])]
        lines.append(_(rule) % {"session": session["title"]})
    lines += [one["text"] for one in material.record["disclaimers"]]
    return [Paragraph([Text(line)], "notice") for line in lines]


# ------------------------------------------------------------------ who took part


def described(facts: Facts, roles: list[str]) -> list[Inline]:
    """A name in bold, with function, affiliation, and a role that is no participant's."""
    told = [facts.function, facts.affiliation]
    for role in roles:
        word = str(Role(role).label)
        if role not in {"participant", "panelist", "moderator"} and word.lower() not in facts.function.lower():
            told.insert(0, word)
    return [Strong(facts.full_name), Text("".join(f", {part}" for part in told if part))]


def seated(material: Material, session: str) -> list[tuple[Facts, list[str]]]:
    """The people of a session's list with their roles, moderators last, otherwise in the record's order."""
    roles: dict[str, list[str]] = {}
    for at, person, role in material.rules.listed():
        if at == session:
            roles.setdefault(person, []).append(role)
    people = sorted(roles, key=lambda person: "moderator" in roles[person])
    return [(material.person(person), roles[person]) for person in people]


def participants(material: Material) -> list[Block]:
    """A paragraph for each session with a list; where there are too many, where to find them."""
    total = len({person for _session, person, _role in material.rules.listed()})
    if total > MANY:
        line = _("%(number)d people are listed; their names are in the annex.") % {"number": total}
        return [Paragraph([Text(line)], "participants")]
    return [
        Paragraph(inlines, "participants")
        for session in material.record["sessions"]
        if (inlines := session_line(material, session))
    ]


def session_line(material: Material, session: dict) -> list[Inline]:
    people = seated(material, session["id"])
    others = [described(*one) for one in people if "moderator" not in one[1]]
    moderators = [described(*one) for one in people if "moderator" in one[1]]
    line: list[Inline] = []
    if others:
        opening = _("In “%(session)s” took part: ") % {"session": session["title"]}
        line += [Text(opening), *semicolons(others), Text(".")]
    if moderators:
        line += [Text(" " if line else ""), *semicolons(moderators), Text(" ")]
        line.append(Text(ngettext("was the moderator.", "were the moderators.", len(moderators))))
    return line


def semicolons(people: list[list[Inline]]) -> list[Inline]:
    line: list[Inline] = []
    for place, person in enumerate(people):
        if place:
            line.append(Text(_("; and ") if place == len(people) - 1 else "; "))
        line += person
    return line


def participants_annex(material: Material) -> list[Block]:
    """The list, session by session, where it is too long for a paragraph; [] where the paragraph holds it."""
    if len({person for _session, person, _role in material.rules.listed()}) <= MANY:
        return []
    blocks: list[Block] = []
    for session in material.record["sessions"]:
        if people := seated(material, session["id"]):
            blocks.append(Paragraph([Strong(session["title"])], "remark"))
            lines = [described(facts, roles) for facts, roles in people]
            for (_facts, roles), line in zip(people, lines, strict=True):
                line += [Text(f", {Role.MODERATOR.label}")] if "moderator" in roles else []
            blocks.append(Items("plain", [Item("", [Paragraph(line, "remark")]) for line in lines]))
    return blocks
