"""The step of coming in between mail's code and being signed in: the second factor of whoever has one."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class SecondFactor(AuthenticateStage):
    """Asked for after a code by mail or an OpenID provider; not after a passkey, which is both at once."""

    urlname = "sign-in-second"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Allauth’s own: (where to go for it, or None where there is none), and whether to go on."""
        return (redirect(self.urlname) if self._should_handle(self.request) else None), True

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(super()._should_handle(request))
