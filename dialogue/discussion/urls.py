"""Addresses of what was said."""

from django.urls import path

from dialogue.discussion import views

urlpatterns = [path("", views.record, name="record")]
