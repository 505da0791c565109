"""Addresses of coming in."""

from django.urls import path

from dialogue.entrance import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="sign-in-code"),
    path("letters/", views.letters, name="letters"),
]
