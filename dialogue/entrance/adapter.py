"""What django-allauth asks of us: where its mail goes, what it says on our pages, and who may come in by it."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from dialogue.entrance.known import letter_to
from dialogue.mail import actions as mail
from dialogue.people.models import Person


class Entrance(DefaultAccountAdapter):
    """By a code sent to an address that we know; nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code goes into the outbox, in the language of the person, or of the page where they never chose one.

        For an address that nobody has, one that goes nowhere: it costs the same.
        """
        person = Person.objects.of_address(email)
        language = (person.language if person else "") or get_language() or "en"
        page = f"{self.request.build_absolute_uri(reverse('sign-in'))}?letter={quote(letter_to(email))}"
        told = {"code": context["code"], "page": page}
        mail.write("code", (person.email if person else "") or "", language[:2], told)

    def add_message(self, *told: Any, **more: Any) -> None:
        """Our pages say by themselves what has happened."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Unreachable: nobody who is not active is sent a code."""
        raise AssertionError("an account that is not active was sent a code")
