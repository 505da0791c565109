"""Addresses of who stands where."""

from django.urls import path

from dialogue.positions import views

urlpatterns = [path("", views.agreement_table, name="agreement")]
