from django.apps import AppConfig


class ForumConfig(AppConfig):
    """The public side; it registers what it keeps of a record, and what it shows on the page of a session."""

    name = "forum"
    verbose_name = "Forum"

    def ready(self) -> None:
        """Register with the archive and with the page."""
        from forum import archive, views

        archive.register()
        views.register()
