"""Static files under names that hold a hash of what is in them, so that a browser keeps them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Collected(CompressedManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run; until then the files of the checkout, under their own names."""

    support_js_module_import_aggregation = True  # else modules import one another by names without a hash

    def stored_name(self, name: str) -> str:
        """The name under which a file is served."""
        return super().stored_name(name) if self.hashed_files else name
