"""Addresses of the meetings."""

from django.urls import path

from dialogue.events import views

urlpatterns = [
    path("", views.events, name="events"),
    path("events/<slug:slug>/", views.event, name="event"),
]
