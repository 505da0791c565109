"""Addresses of signing in and of how pages look."""

from django.urls import path

from dialogue.people import views

urlpatterns = [
    path("sign-out/", views.sign_out, name="sign-out"),
    path("enter/<slug:role>/<slug:code>/", views.enter, name="enter"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
