"""The OpenDocument reference: pandoc's own, with the chapter's styles."""

from __future__ import annotations

import functools
import subprocess

import pypandoc

TEMPLATE = subprocess_template = b""


@functools.cache
def reference() -> bytes:
    """The reference document."""
    return subprocess.run([pypandoc.get_pandoc_path(), "--print-default-data-file=reference.odt"], capture_output=True, check=True).stdout
