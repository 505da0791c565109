"""What a person may change about themselves; and what becomes of an account that is nobody's."""

from django.contrib.sessions.models import Session

from dialogue.people.models import Language, Person


def choose_language(person: Person, language: str) -> None:
    """The interface speaks `language` to this person from now on, wherever they sign in. Raises ValueError."""
    person.language = Language(language).value
    person.save(update_fields=["language"])


def forget(person: Person) -> None:
    """An account is kept no longer; nor are its sign-ins, in which the address stands that its code was sent to."""
    Session.objects.filter(signin__person=person).delete()
    person.delete()
