"""Addresses of setting up an event and of coming in."""

from django.urls import path, register_converter

from dialogue.convening.views import coming, events, people, sessions


class Written:
    """What is on a ticket's QR code."""

    regex = "[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    to_url = to_python


register_converter(Written, "written")

EVENT = "events/<slug:slug>/setup"
urlpatterns = [
    path("convene/", events.new, name="convene"),
    path(f"{EVENT}/", events.setup, name="setup"),
    path(f"{EVENT}/facts/", events.facts, name="setup-facts"),
    path(f"{EVENT}/credits/", events.credits, name="setup-credits"),
    path(f"{EVENT}/thresholds/", events.scale, name="setup-scale"),
    path(f"{EVENT}/kept/", events.kept, name="setup-kept"),
    path(f"{EVENT}/look/", events.look, name="look"),
    path(f"{EVENT}/sessions/", sessions.all_of_them, name="setup-sessions"),
    path(f"{EVENT}/sessions/new/", sessions.new_session, name="session-new"),
    path(f"{EVENT}/sessions/<slug:key>/", sessions.session, name="session"),
    path(f"{EVENT}/programme/", sessions.programme, name="setup-programme"),
    path(f"{EVENT}/programme/<uuid:pk>/", sessions.point, name="point"),
    path(f"{EVENT}/people/", people.everybody, name="setup-people"),
    path(f"{EVENT}/people/<uuid:pk>/", people.person, name="person"),
    path(f"{EVENT}/people/<uuid:pk>/replace/", people.replace, name="replace"),
    path(f"{EVENT}/people/<uuid:pk>/merge/", people.merge, name="merge"),
    path(f"{EVENT}/people/<uuid:pk>/withdraw/", people.withdraw, name="withdraw"),
    path(f"{EVENT}/people/<uuid:pk>/ticket/", coming.hand_over, name="hand-over"),
    path(f"{EVENT}/invitations/", people.letters, name="letters-of"),
    path(f"{EVENT}/roles/", people.roles, name="setup-roles"),
    path("events/<slug:slug>/welcome/", coming.welcome, name="welcome"),
    path("come/<uuid:pk>/", coming.come, name="come"),
    path("number/", coming.number, name="number"),
    path("in/<written:written>/", coming.ticket, name="ticket"),
]
