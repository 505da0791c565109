from django.apps import AppConfig


class ForumConfig(AppConfig):
    """The public side; it registers with the archive what it keeps of a record."""

    name = "forum"
    verbose_name = "Forum"

    def ready(self) -> None:
        """Register with the archive."""
        from forum import archive

        archive.register()
