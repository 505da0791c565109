"""The interface's languages: catalogues are kept as text and compiled where they are used, with babel."""

import os
import pathlib
import tempfile

from babel.messages import mofile, pofile

LANGUAGES = [("en", "English"), ("fr", "Français")]


def compiled(source: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """Compile every `<language>/LC_MESSAGES/django.po` below source that is newer than its copy below target.

    Returns target, which is what LOCALE_PATHS wants. A fresh machine has no msgfmt, and a checkout may be read-only:
    so nothing is compiled into the checkout and nothing compiled is committed.
    """
    for catalogue in sorted(source.glob("*/LC_MESSAGES/*.po")):
        out = (target / catalogue.relative_to(source)).with_suffix(".mo")
        if out.exists() and out.stat().st_mtime >= catalogue.stat().st_mtime:
            continue
        out.parent.mkdir(parents=True, exist_ok=True)
        with catalogue.open("rb") as text:
            messages = pofile.read_po(text, locale=catalogue.parts[-3])
        handle, unfinished = tempfile.mkstemp(dir=out.parent)
        with os.fdopen(handle, "wb") as binary:
            mofile.write_mo(binary, messages)
        os.replace(unfinished, out)  # two starts at once: whoever is last wins, with the same bytes
    return target
