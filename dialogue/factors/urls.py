"""Addresses of what somebody is here, and of their second factor."""

from django.urls import path

from dialogue.factors.views import entering, factor, you

urlpatterns = [
    path("you/", you.you, name="you"),
    path("you/sign-ins/<uuid:id>/end/", you.end, name="sign-in-end"),
    path("you/sign-ins/end-others/", you.end_others, name="sign-ins-end"),
    path("you/second-factor/", factor.second_factor, name="second-factor"),
    path("you/second-factor/app/", factor.app, name="factor-app"),
    path("you/second-factor/passkey/", factor.passkey, name="factor-passkey"),
    path("you/second-factor/codes/", factor.codes, name="factor-codes"),
    path("you/second-factor/remove/", factor.remove, name="factor-remove"),
    path("sign-in/second-factor/", entering.second, name="sign-in-second"),
    path("sign-in/passkey/", entering.passkey, name="sign-in-passkey"),
]
