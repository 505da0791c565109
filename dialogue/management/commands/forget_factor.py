"""forget_factor: somebody has lost their second factor, and comes in with the code from their mail again."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dialogue.factors.actions import forget
from dialogue.logs import tell
from dialogue.management.events import require_tables
from dialogue.people.models import Person


class Command(BaseCommand):
    """For whoever runs the server, and for nobody on a page: it is what a thief would ask the secretariat for."""

    help = "Take the second factor of somebody away, who has lost it, and end all their sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("email", help="the address that they sign in with (ask them by another way than mail)")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        require_tables()
        person = Person.objects.of_address(email)
        if person is None:
            raise CommandError(f"Nobody signs in with {email}.")
        count = forget(person)
        tell("factor-forgotten", logging.WARNING, person=str(person.pk), factors=count)
        if not count:
            raise CommandError(f"{person} has no second factor. All their sign-ins have ended.")
        self.stdout.write(
            f"The second factor of {person} is forgotten, and all their sign-ins have ended. They sign in with a code "
            f"sent to {person.email}, and should add a new one."
        )
