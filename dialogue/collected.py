"""Static files under names that hold a hash of what is in them, so that a browser keeps them for ever."""

from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

hashed: Any = HashedFilesMixin


class Collected(CompressedManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run; until then the files of the checkout, under their own names.

    Our own modules import one another by their hashed names; what libraries carry is left as it is.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", hashed._js_module_import_aggregation_patterns[1])

    def stored_name(self, name: str) -> str:
        """The name under which a file is served."""
        return super().stored_name(name) if self.hashed_files else name
