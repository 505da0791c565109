"""What the moderator, and who records the table, do to it by plain forms."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dialogue.discussion import actions as discussion
from dialogue.events.models import STRICTNESS
from dialogue.roundtable import actions, forms
from dialogue.roundtable.views.at_table import Seat, saved, seat, told


@require_POST
@never_cache
@told
def run(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Do what `do` says to the table."""
    at = seat(request, slug, key)
    message = deed(request, at)
    item = forms.plain(request.POST.get("item", ""))
    known = at.event.items.filter(key=item).exists()
    return saved(request, f"{at.address}?item={item}" if known else at.address, "run", message=message)


def deed(request: HttpRequest, at: Seat) -> str:
    """One deed; what to say about it. Raises what the actions raise."""
    sent, session, person = request.POST, at.session, at.person
    match sent.get("do", ""):
        case "open":
            actions.open_item(session, person, forms.item_of(at.event, sent.get("item", "")))
            return _("The item is open: everybody may speak on it.")
        case "close":
            actions.close_item(session, person, forms.item_of(at.event, sent.get("item", "")))
            return _("The item is closed.")
        case "floor":
            speaker = forms.attendee_of(at.who, sent.get("for", ""))
            actions.give_floor(session, person, speaker, forms.item_of(at.event, sent.get("item", "")))
            return _("%(name)s has the floor.") % {"name": speaker.name}
        case "end-floor":
            actions.end_floor(session, person)
            return _("Nobody has the floor.")
        case "away" | "back" as going:
            who = forms.attendee_of(at.who, sent["for"]) if sent.get("for") else discussion.own_seat(at.who)
            mark = actions.mark_away if going == "away" else actions.mark_present
            mark(session, person, who, forms.item_of(at.event, sent.get("item", "")))
            return _("Attendance is saved.")
        case "span":
            discussion.open_span(session, person, forms.chosen(sent, "attribution", STRICTNESS) or "unnamed")
            return _("What is said from now on is under the stricter rule.")
        case "end-span":
            discussion.close_span(session, person)
            return _("The table’s own rule holds again.")
        case "conduct":
            actions.set_conduct(session, person, **forms.conduct_of(request))
            return _("The table is held so from now on.")
        case "close-session":
            actions.close_session(session, person, forms.hours_of(request))
            return _("The session is closed.")
        case "reopen-session":
            actions.reopen_session(session, person)
            return _("The session is open again.")
    raise forms.ValidationError(_("That cannot be done here."))
