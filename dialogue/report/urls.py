"""Addresses of the chapter, below "events/<slug>/chapter/"."""

from django.urls import path

from dialogue.report import views

urlpatterns = [
    path("", views.chapter, name="chapter"),
    path("behind/", views.behind, name="behind"),
    path("publish/", views.publish, name="publish"),
    path("download/<slug:format>/", views.download, name="download"),
]
