"""Every address of the application."""

from django.urls import URLPattern, URLResolver, include, path

from dialogue.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("", include("dialogue.people.urls")),
    path("", include("dialogue.entrance.urls")),
    path("", include("dialogue.convening.urls")),
    path("", include("dialogue.factors.urls")),
    path("", include("dialogue.events.urls")),
    path("", include("dialogue.retention.urls")),
    path("events/<slug:slug>/table/", include("dialogue.roundtable.urls")),
    path("events/<slug:slug>/record/", include("dialogue.discussion.urls")),
    path("events/<slug:slug>/agreement/", include("dialogue.positions.urls")),
    path("events/<slug:slug>/desk/", include("dialogue.rapporteur.urls")),
    path("events/<slug:slug>/audit/", include("dialogue.audit.urls")),
    path("events/<slug:slug>/chapter/", include("dialogue.report.urls")),
]

handler400 = "dialogue.errors.bad_request"
handler403 = "dialogue.errors.forbidden"
handler404 = "dialogue.errors.not_found"
handler500 = "dialogue.errors.failed"
