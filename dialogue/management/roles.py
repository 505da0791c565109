"""The page of the docs on roles: the tables of rights in `access.py` and of grants in `grants.py`, in plain words."""

from dialogue.access import RIGHTS
from dialogue.events.models import Role
from dialogue.grants import GRANTS, WAYS

TITLE = "# Who may do what"
MADE = "<!-- Made by `manage.py roles -o docs/roles.md` from RIGHTS in dialogue/access.py: change it there. -->"
GRANTS_MADE = "<!-- Made likewise from GRANTS and WAYS in dialogue/grants.py. -->"

PLAIN = {
    "read the table": "reads the record of the closed sessions, the agreement, and the chapter as it stands",
    "see who": "sees who said what and who stands where, under every attribution rule",
    "see unreleased": "reads what is not released, what is hidden, and in the record what was said off it",
    "publish": "publishes the chapter",
    "speak": "says something under their own name, and takes a stance",
    "record for others": "writes down what somebody else said",
    "run the table": "opens and closes items, gives the floor, hides a statement and brings it back",
    "set the conduct": "says how the table is held: release, blind stances, reasons, presence",
    "keep notes": "keeps notes at the desk, for those alone who have this right",
    "write the report": "writes findings, paragraphs, footnotes, sources and recommendations",
    "read the audit": "reads who did what, without words",
    "set up": "sets up the event, its sessions with their rules, and its programme; opens the doors",
    "invite": "invites people, sees their addresses, lets somebody in",
}

ABOVE = """A role is one in a session: who moderates the forum is nobody at the closed table, unless they have a seat
there as well. The roles that a convenor lends (convenor, observer and the like) hold in every session of the event.
Where something draws on all closed sessions (the agreement, the chapter, the desk), it takes the right in each of them.

Everybody, signed in or not, reads the public sessions and what is published, once the doors are open. A panelist speaks
in a session and reads it. Before the doors open only the staff is in; whoever was invited first agrees to the rule of
their session. Names are another matter than rights: how people appear follows the attribution rule
([architecture](architecture.md))."""


GIVING = """Nobody gives, or takes away, a role that is not marked under one of their own. It is asked by
*account*: whoever comes in by a number, a QR code or a letter comes in as an account, and has all the
roles that this account has in the event, from its seats and lent to it. So where one of them is not
yours to give, none of these ways leads there:"""

GIVEN = """A letter to the address that stands there already gives nothing new, and whoever invites may send
it again. A role is lent by who sets up the event. A number or a QR code is good only as long as whoever
handed it over could still give all that the account may do, and whoever came in by one has no other
roles than those that could be given with it, even where the account is given more afterwards: for these
they sign in by a letter. `manage.py admit`, `take_in` and `convene` are for whoever runs the server, who
may do anything."""


def page() -> str:
    """The page as Markdown."""
    return "\n\n".join([rights_page(), grants_page()]) + "\n"


def grants_page() -> str:
    """Who may give which role, and in which ways, as Markdown."""
    granters = [role for role in Role if GRANTS.get(role.value)]
    head = ["| role |", *(f" {role.label} |" for role in granters)]
    line = ["|---|", *(":-:|" for _role in granters)]
    rows = [
        f"| {role.label} |" + "".join(" ● |" if role.value in GRANTS[one.value] else "   |" for one in granters)
        for role in Role
    ]
    ways = "\n".join(f"- **{way}**: {told}" for way, told in WAYS.items())
    table = "\n".join(["".join(head), "".join(line), *rows])
    return "\n\n".join(["# Who may give which role", GRANTS_MADE, GIVING, ways, GIVEN, table])


def rights_page() -> str:
    """Who may do what, as Markdown."""
    shown = [role for role in Role if any(role.value in roles for roles in RIGHTS.values())]
    head = ["| right | what it means |", *(f" {role.label} |" for role in shown)]
    line = ["|---|---|", *(":-:|" for _role in shown)]
    rows = [row(right, [role.value for role in shown]) for right in RIGHTS]
    return "\n\n".join([TITLE, MADE, ABOVE, "\n".join(["".join(head), "".join(line), *rows])])


def row(right: str, shown: list[str]) -> str:
    """One right with a mark under each role that has it."""
    marks = "".join(" ● |" if role in RIGHTS[right] else "   |" for role in shown)
    return f"| {right} | {PLAIN[right]} |{marks}"
