"""What a person may change about themselves."""

from dialogue.people.models import Language, Person


def choose_language(person: Person, language: str) -> None:
    """The interface speaks `language` to this person from now on, wherever they sign in. Raises ValueError."""
    person.language = Language(language).value
    person.save(update_fields=["language"])
