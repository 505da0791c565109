"""The OpenDocument reference: pandoc's own, with the chapter's styles, page and language."""

from __future__ import annotations

import functools
import subprocess

import pypandoc

TEMPLATE = b"""<?xml version="1.0" encoding="utf-8" ?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3">
<office:automatic-styles>
$automatic-styles$
</office:automatic-styles>
<office:body>
<office:text>
$body$
</office:text>
</office:body>
</office:document-content>
"""


@functools.cache
def reference() -> bytes:
    """The reference document."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.odt"]
    return subprocess.run(command, capture_output=True, check=True).stdout
