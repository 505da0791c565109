"""Addresses of what is kept."""

from django.urls import path

from dialogue.retention import actions, views

assert actions.ERASE  # the job queue knows from there how names are erased

urlpatterns = [
    path("kept/", views.kept, name="kept"),
    path("events/<slug:slug>/kept/", views.kept_of, name="kept-of"),
]
