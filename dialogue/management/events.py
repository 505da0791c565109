"""What the commands share: finding the event that was named."""

from django.core.management.base import CommandError

from dialogue.events.models import Event


def event_called(slug: str) -> Event:
    """The event of that slug. Raises CommandError, naming the events that there are."""
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        known = ", ".join(Event.objects.values_list("slug", flat=True)[:20]) or "none yet; load_record loads one"
        raise CommandError(f"There is no event '{slug}'. Events here: {known}.")
    return event
