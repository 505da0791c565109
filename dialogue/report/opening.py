"""What stands before the body: the facts, where the text comes from, the notices, who took part."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from dialogue.events.models import Role
from dialogue.report.material import Material
from dialogue.report.tree import Block, Fact, Inline, Item, Items, Paragraph, Strong, Text
from dialogue.restricter import Facts

MANY = 16  # more participants than this stand in an annex, not in a paragraph

RULES = {
    "named": gettext_noop("What was said in %(sessions)s is attributed by name."),
    "role": gettext_noop("What was said in %(sessions)s is attributed by kind of organisation, without names."),
    "unnamed": gettext_noop("What was said in %(sessions)s is reported without saying who said it."),
    "chatham_house": gettext_noop(
        "What was said in %(sessions)s is reported under the Chatham House Rule: it may be used, but neither the "
        "identity nor the affiliation of those who said it, or of anyone else who took part, is revealed."
    ),
}


def joined(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def quoted(title: str) -> str:
    """A title in quotation marks."""
    return _("“%(title)s”") % {"title": title}


def dates(material: Material) -> str:
    """The day or days of the event, written out."""
    event = material.event
    start = material.date(event["date"])
    if event.get("end_date") and event["end_date"] != event["date"]:
        return _("%(start)s to %(end)s") % {"start": start, "end": material.date(event["end_date"])}
    return start


def convenor(material: Material) -> str:
    """The convenor’s name with its short form."""
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


def front(material: Material, claimed: Iterable[str]) -> list[Block]:
    """Every block between the title and the first heading. `claimed`: the findings that the body prints."""
    return [*origin(material), *notices(material, list(claimed)), *participants(material)]


def origin(material: Material) -> list[Block]:
    """Where the text comes from: convenor, place, date, occasion, sessions, partners, scope."""
    event = material.event
    told = {
        "convenor": convenor(material),
        "date": dates(material),
        "place": event["place"],
        "occasion": event["occasion"],
        "sessions": joined([quoted(one["title"]) for one in material.record["sessions"]]),
    }
    first = (
        _("This chapter reports on an event convened by %(convenor)s in %(place)s (%(date)s).")
        if event["place"]
        else _("This chapter reports on an event convened by %(convenor)s (%(date)s).")
    ) % told
    lines = [first]
    if event["occasion"]:
        lines.append(_("The occasion was: %(occasion)s.") % told)
    if material.record["sessions"]:
        lines.append(_("It draws on what was said in %(sessions)s.") % told)
    lines += [_("%(name)s: %(credit)s.") % one for one in event["partners"] if one["credit"]]
    if event["scope"]:
        lines.append(event["scope"])
    return [Paragraph([Text(" ".join(lines))], "origin")]


def notices(material: Material, claimed: list[str]) -> list[Block]:
    """The generated non-consensus notice, the attribution rules, then the convenor's own disclaimers."""
    lines = [f"{no_consensus(material, claimed)} {counting()}", *borne_out(material, claimed)]
    regimes: dict[str, list[str]] = {}
    for session in material.record["sessions"]:
        regimes.setdefault(material.rules.regime(session["id"]), []).append(quoted(session["title"]))
    lines += [_(RULES[regime]) % {"sessions": joined(titles)} for regime, titles in regimes.items()]
    lines += [one["text"] for one in material.record["disclaimers"]]
    return [Paragraph([Text(line)], "notice") for line in lines]


def no_consensus(material: Material, claimed: list[str]) -> str:
    """The sentence that no consensus is claimed, but where one was reached."""
    reached = [material.holdings[one] for one in claimed if material.holdings[one].claim.level == "consensus"]
    if any(holding.holds for holding in reached):
        return _(
            "Nothing in this chapter is a consensus of the participants, except where it says that one was reached."
        )
    return _("Nothing in this chapter is a consensus of the participants.")


def counting() -> str:
    """The sentences that say what the agreement words mean."""
    return _(
        "Where it speaks of participants together, the words mean what the legend says: so many people, out of those "
        "who were counted. Silence is not counted as agreement."
    )


def borne_out(material: Material, claimed: list[str]) -> list[str]:
    """How many of the claims printed the record bears out; [] where it bears out all of them."""
    borne = sum(material.holdings[one].holds for one in claimed)
    if borne == len(claimed):
        return []
    if not borne and len(claimed) > 1:
        none = _(
            "This chapter says %(all)d things of participants together, none of them in the words that the record "
            "reaches; all are marked."
        )
        return [none % {"all": len(claimed)}]
    told = ngettext(
        "This chapter says %(all)d thing of participants together, in other words than the record reaches.",
        "Of the %(all)d things that this chapter says of participants together, %(borne)d are in the words that the "
        "record reaches; the others are marked.",
        len(claimed),
    )
    return [told % {"all": len(claimed), "borne": borne}]


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
    """Who took part in one session, or [] where nobody may be listed."""
    people = seated(material, session["id"])
    others = [described(*one) for one in people if "moderator" not in one[1]]
    moderators = [described(*one) for one in people if "moderator" in one[1]]
    line: list[Inline] = []
    if others:
        opening = _("The following took part in %(session)s: ") % {"session": quoted(session["title"])}
        line += [Text(opening), *semicolons(others), Text(".")]
    if moderators:
        line += [Text(" " if line else ""), *semicolons(moderators), Text(moderated(moderators))]
    return line


def moderated(moderators: list[list[Inline]]) -> str:
    """The end of the sentence that names the moderators, after a comma where a description comes before it."""
    if moderators[-1][-1] != Text(""):
        return ngettext(", was the moderator.", ", were the moderators.", len(moderators))
    return ngettext(" was the moderator.", " were the moderators.", len(moderators))


def semicolons(people: list[list[Inline]]) -> list[Inline]:
    """Descriptions joined into one line."""
    line: list[Inline] = []
    for place, person in enumerate(people):
        if place:
            line.append(Text(_("; and ") if place == len(people) - 1 else _("; ")))
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
