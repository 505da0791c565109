"""Coming in by a second factor: after the code from the mail, or by a passkey that is both."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dialogue.entrance.views import may_sign_in, next_page, start
from dialogue.factors import actions, passkeys
from dialogue.factors.forms import CodeForm
from dialogue.factors.stages import SecondFactor
from dialogue.factors.views.factor import limited, proved
from dialogue.people.models import Person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor of whoever has written the right code from their mail. Until then nobody is signed in."""
    stage = get_pending_stage(request)
    person = stage.login.user if isinstance(stage, SecondFactor) else None
    if not isinstance(person, Person) or not may_sign_in(person):
        return redirect("sign-in")
    told = {"has": actions.factors(person), "next": ""}
    if request.method != "POST":
        return render(request, "factors/second.html", told | {"form": CodeForm()})
    return proved(request, person, told, "factors/second.html", lambda _request, _person: stage.exit())


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey instead of all else: what the browser is to be asked (`do=begin`), then what it answers."""
    if request.user.is_authenticated:
        return redirect("sign-in")
    try:
        limited(request)
        if request.POST.get("do") == "begin":
            return JsonResponse(passkeys.to_use(None))
        found = passkeys.used(None, request.POST.get("credential", ""))
        if not may_sign_in(found.user):
            raise ValidationError(passkeys.NOT_IT)
    except ValidationError as problem:
        status = 429 if getattr(problem, "code", "") == actions.TOO_MANY else 422
        return start(request, " ".join(problem.messages), status)
    actions.prove_both(request, found)
    wanted = next_page(request) or settings.LOGIN_REDIRECT_URL
    return perform_login(request, Login(user=found.user, redirect_url=wanted))
