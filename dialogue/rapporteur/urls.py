"""Addresses of the rapporteur's desk."""

from django.urls import path

from dialogue.rapporteur.views import assent, board, changed, deeds, edit, names
from dialogue.rapporteur.views.sheets import SHEETS

urlpatterns = [
    path("", board.board, name="desk"),
    path("names/", names.names, name="names"),
    path("references/", deeds.references, name="references"),
    path("recommendations/", deeds.recommendations, name="recommendations"),
    path("finding/<uuid:id>/table/", deeds.call, name="finding-call"),
    path("assent/<uuid:id>/", assent.edit_assent, name="assent"),
    *(path(f"{kind}/new/", edit.edit, {"kind": kind}, name=f"{kind}-new") for kind in SHEETS),
    *(path(f"{kind}/<uuid:id>/", edit.edit, {"kind": kind}, name=kind) for kind in SHEETS),
    *(
        path(f"{kind}/<uuid:id>/confirm/", changed.confirm, {"kind": kind}, name=f"{kind}-confirm")
        for kind in ("finding", "paragraph", "recommendation")
    ),
    *(
        path(f"{kind}/<uuid:id>/move/", deeds.move, {"kind": kind}, name=f"{kind}-move")
        for kind in ("paragraph", "recommendation", "addressee")
    ),
]
