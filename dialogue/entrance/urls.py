"""Addresses of coming in."""

from django.urls import path

from dialogue.entrance import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="sign-in-code"),
    path("sign-in/openid/", views.with_openid, name="openid"),
    path("sign-in/openid/back/", views.back_from_openid, name="openid-back"),
    path("letters/", views.letters, name="letters"),
]
