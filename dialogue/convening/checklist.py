"""What is missing before the doors of an event can open, and what is worth a thought."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialogue.convening.models import Invitation
from dialogue.events.models import Event, Membership, Role, SessionKind


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to see to: the page where it is done, how it stands, and whether the doors wait for it."""

    page: str
    title: Any
    told: str
    is_missing: bool = False
    is_thin: bool = False  # worth a thought, and no hindrance


def steps(event: Event) -> list[Step]:
    """All of it, in the order in which it is done."""
    return [facts(event), sessions(event), programme(event), credits_(event), *people(event), letters(event)]


def facts(event: Event) -> Step:
    """Title and date are there from the beginning; the rest is printed in the chapter's front."""
    thin = [str(label) for value, label in ((event.place, _("the place")), (event.scope, _("the scope"))) if not value]
    told = _("Not there yet: %(what)s.") % {"what": ", ".join(thin)} if thin else event.convenor_name
    return Step("setup-facts", gettext_lazy("The event"), told, is_thin=bool(thin))


def sessions(event: Event) -> Step:
    """At least one, each with its rule."""
    found = list(event.sessions.all())
    thin = any(one.starts is None for one in found)
    told = ", ".join(one.title for one in found) or _("There is none yet.")
    if found and thin:
        told += " · " + _("the hours are missing")
    return Step("setup-sessions", gettext_lazy("Sessions and their rules"), told, not found, thin)


def programme(event: Event) -> Step:
    """Without a point nobody can speak."""
    count = event.items.count()
    told = (
        ngettext("%(n)d point", "%(n)d points", count) % {"n": count} if count else _("Nobody can speak without one.")
    )
    return Step("setup-programme", gettext_lazy("The programme"), told, not count)


def credits_(event: Event) -> Step:
    """Partners and disclaimers: an event may have none."""
    partners, disclaimers = event.partners.count(), event.disclaimers.count()
    told = [
        ngettext("%(n)d partner", "%(n)d partners", partners) % {"n": partners},
        ngettext("%(n)d disclaimer", "%(n)d disclaimers", disclaimers) % {"n": disclaimers},
    ]
    return Step("setup-credits", gettext_lazy("Partners and disclaimers"), ", ".join(told), is_thin=not disclaimers)


def people(event: Event) -> Iterator[Step]:
    """Somebody who runs each closed table, and somebody who speaks there."""
    title = gettext_lazy("People")
    roles = Counter(Membership.objects.filter(session__event=event).values_list("session__title", "role"))
    count = event.attendees.count()
    yield Step("setup-people", title, ngettext("%(n)d person", "%(n)d people", count) % {"n": count}, not count)
    for session in event.sessions.filter(kind=SessionKind.ROUNDTABLE) if count else ():
        for role in (Role.MODERATOR, Role.PARTICIPANT):
            lent = role == Role.MODERATOR and event.passes.filter(role=role).exists()
            if not roles[session.title, role.value] and not lent:
                yield Step("setup-people", title, _("“%(session)s” has no %(role)s.") % {
                    "session": session.title, "role": role.label}, True)  # fmt: skip
        if not roles[session.title, Role.RAPPORTEUR.value] and not event.passes.filter(role=Role.RAPPORTEUR).exists():
            yield Step("setup-people", title, _("“%(session)s” has no %(role)s.") % {
                "session": session.title, "role": Role.RAPPORTEUR.label}, is_thin=True)  # fmt: skip
    for name, times in Counter(event.attendees.values_list("name", flat=True)).items():
        if times > 1:
            yield Step("setup-people", title, _("%(name)s is there %(n)d times: if it is one person, merge them.") % {
                "name": name, "n": times}, is_thin=True)  # fmt: skip


def letters(event: Event) -> Step:
    """Who has been asked to come."""
    rows = Invitation.objects.filter(attendee__event=event, withdrawn_at=None)
    asked, unasked = rows.filter(times__gt=0).count(), rows.filter(times=0).exclude(email="").count()
    back, nowhere = rows.exclude(bounced_at=None).count(), rows.filter(email="").count()
    told = [_("%(n)d invited") % {"n": asked}]
    if unasked:
        told.append(_("%(n)d not yet") % {"n": unasked})
    if back:
        told.append(_("%(n)d came back") % {"n": back})
    if nowhere:
        told.append(_("%(n)d without an address") % {"n": nowhere})
    return Step(
        "setup-people", gettext_lazy("Invitations"), ", ".join(told), is_thin=bool(unasked or back or not asked)
    )
