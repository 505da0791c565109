"""The address of an event's audit."""

from django.urls import path

from dialogue.audit import views

urlpatterns = [path("", views.audit, name="audit")]
