"""admit: let somebody in, so that they can sign in with a code sent to their address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from dialogue.audit import actions as audit
from dialogue.entrance import actions
from dialogue.events.models import Event, Role
from dialogue.management.events import require_tables


class Command(BaseCommand):
    """An account, and a seat or a role in an event."""

    help = "Let somebody in to an event: as a person of its record (--as), or in a role that it does not hold (--role)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Django’s own: the options."""
        parser.add_argument("event", help="the event's slug, as in its address")
        parser.add_argument("email", help="the address that the codes go to")
        parser.add_argument("--as", dest="key", metavar="KEY", help="the person's id in the record (persons[].id)")
        parser.add_argument("--role", choices=Role.values, help="a role that they have at every table of the event")
        parser.add_argument("--name", default="", help="how the pages greet them (default: their name in the record)")

    def handle(self, *args: Any, event: str, email: str, key: str, role: str, name: str, **options: Any) -> None:
        """Django’s own: what the command does."""
        if bool(key) == bool(role):
            raise CommandError("Say who this is: --as KEY for a person of the record, or --role ROLE for others.")
        try:
            validate_email(email)
        except ValidationError as problem:
            raise CommandError(f"{email}: this is no e-mail address.") from problem
        require_tables()
        person, found = self.let_in(event, email, key, role, name)
        self.stdout.write(f"{person} can sign in to “{found}” with a code sent to {person.email}.")

    @transaction.atomic
    def let_in(self, event: str, email: str, key: str, role: str, name: str) -> tuple[Any, Event]:
        """The person, and the event."""
        found = Event.objects.filter(slug=event).first()
        if found is None:
            raise CommandError(f"There is no event “{event}”. Load its record first: manage.py load_record FILE.")
        person = self.seated(found, email, key, name) if key else self.lent(found, email, Role(role), name)
        audit.note(found, None, "let-in", person.pk)
        return person, found

    def seated(self, event: Event, email: str, key: str, name: str) -> Any:
        """Somebody of the record."""
        attendee = event.attendees.filter(key=key).first()
        if attendee is None:
            raise CommandError(f"Nobody in the record of “{event.slug}” has the id “{key}”.")
        person = actions.account(email, name or attendee.name)
        if event.attendees.filter(person=person).exclude(pk=attendee.pk).exists():
            raise CommandError(f"{email} is somebody else's in this event: each person needs an address of their own.")
        actions.seat(person, attendee)
        return person

    def lent(self, event: Event, email: str, role: Role, name: str) -> Any:
        """Somebody in a role that the record does not hold."""
        person = actions.account(email, name or email.partition("@")[0])
        actions.lend(person, event, role)
        return person
