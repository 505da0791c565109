"""Addresses of the tables."""

from django.urls import path

from dialogue.roundtable.views.run import run
from dialogue.roundtable.views.said import said, stance
from dialogue.roundtable.views.table import looked, say, table

urlpatterns = [
    path("<slug:key>/", table, name="table"),
    path("<slug:key>/say/", say, name="say"),
    path("<slug:key>/run/", run, name="run"),
    path("<slug:key>/looked/", looked, name="looked"),
    path("<slug:key>/said/<uuid:id>/", said, name="said"),
    path("<slug:key>/stance/<uuid:id>/", stance, name="stance"),
]
