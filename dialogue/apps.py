from django.apps import AppConfig


class DialogueConfig(AppConfig):
    """The one app of the project package."""

    name = "dialogue"
    verbose_name = "Dialogue"
