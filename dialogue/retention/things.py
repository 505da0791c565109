"""What is kept: where, until when, and who can read it. The page says it, and the code does it."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Thing(NamedTuple):
    """One kind of what is kept."""

    what: Any
    where: Any
    until: Any
    readers: Any


DATABASE = _("In the server’s database.")
WITH_EVENT = _("As long as the event is on the server.")

THINGS = [
    Thing(
        _("Statements, answers and counts"), DATABASE, WITH_EVENT,
        _("The members of the session; everybody where it is public. Those off the record are erased with their item."),
    ),
    Thing(
        _("Who said what, and who stands where"), _("In the server’s database, apart from the statements."),
        _("Until the day on which names are erased. What is reported by name keeps its name."),
        _("The staff of the session; its members while the room shows names; everybody under “named”."),
    ),
    Thing(
        _("Who had the floor, and when"), DATABASE,
        _("Until the day on which names are erased."), _("The staff of the session."),
    ),
    Thing(
        _("Names shown in the room"), _("On the pages that are open."),
        _("Until the session closes; up to 24 hours later where the convenor says so."),
        _("The members, staff and observers of the session."),
    ),
    Thing(
        _("Who is connected"), _("In the server’s memory alone."), _("Until the page or the session closes."),
        _("Those who see names at that session."),
    ),
    Thing(
        _("Seats, attendance and the list of participants"), DATABASE, WITH_EVENT,
        _("The staff; others as far as the attribution rule and your own wish allow."),
    ),
    Thing(
        _("Earlier words of a statement, earlier answers"), DATABASE,
        _("As long as the event is on the server. Whose they were is erased with the names."),
        _("Who may read the statement. A record’s file has only those to which something still points."),
    ),
    Thing(
        _("Your drafts"), _("In your own browser."), _("Until they are sent or deleted."), _("You."),
    ),
    Thing(
        _("Notes of the rapporteur and the note-takers"), DATABASE,
        _("As long as the event is on the server. Those that name somebody whom the rule protects go with the names."),
        _("Those who keep notes. They are in no report."),
    ),
    Thing(
        _("Email addresses and invitations"), DATABASE, WITH_EVENT,
        _("Those who invite: the convenor and the secretariat."),
    ),
    Thing(
        _("Letters"), DATABASE,
        _("What a letter says, until it is sent. That it was sent, and to which address, stays."),
        _("Nobody but whoever runs the server."),
    ),
    Thing(
        _("Sign-ins, codes and numbers"), DATABASE,
        _("A code or number ten minutes; a sign-in until you sign out or it expires."),
        _("You see your own sign-ins. Codes and numbers are kept unreadable."),
    ),
    Thing(
        _("Activity log"), DATABASE,
        _("As long as the event is on the server. Who said what is erased in it with the names."),
        _("The convenor. It holds neither words nor names, but ids."),
    ),
    Thing(
        _("The server’s own log"), _("Where whoever runs the server keeps it."),
        _("As long as they keep it."),
        _("Whoever runs the server. It holds neither words nor names, but ids of accounts."),
    ),
    Thing(
        _("Backups"), _("Where whoever runs the server keeps them."),
        _("As long as they keep them. Names are in a backup until it is deleted; restored, they are erased again."),
        _("Whoever runs the server."),
    ),
    Thing(
        _("The published report"), DATABASE, WITH_EVENT,
        _("Everybody. It names nobody whom the attribution rule protects."),
    ),
    Thing(
        _("Downloads, saved pages and photographs"), _("With whoever made them."),
        _("As long as they keep them: this server cannot erase them."), _("Whoever has them."),
    ),
]  # fmt: skip
