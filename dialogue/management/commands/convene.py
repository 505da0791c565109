"""convene: let somebody set up events."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from dialogue.entrance import actions
from dialogue.management.events import require_tables


class Command(BaseCommand):
    """An account that may set up events."""

    help = "Let somebody set up events of their own: they sign in with a code sent to that address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("email", help="the address that the codes go to")
        parser.add_argument("--name", default="", help="how the pages greet them")
        parser.add_argument("--no-more", action="store_true", help="take it back: their events stay theirs")

    def handle(self, *args: Any, email: str, name: str, no_more: bool, **options: Any) -> None:
        """Django’s own: what the command does."""
        try:
            validate_email(email)
        except ValidationError as problem:
            raise CommandError(f"{email}: this is no e-mail address.") from problem
        require_tables()
        person = actions.may_convene(email, name or email.partition("@")[0], not no_more)
        told = "sets up no more events" if no_more else f"can set up events: sign in with a code sent to {person.email}"
        self.stdout.write(f"{person} {told}.")
