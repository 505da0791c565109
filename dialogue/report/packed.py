"""Zip files taken apart and put together again: the same parts are the same bytes on any machine and any day."""

from __future__ import annotations

import io
import zipfile

DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say


def parts_of(packed: bytes) -> dict[str, bytes]:
    """The parts of a zip file by name, in its own order."""
    with zipfile.ZipFile(io.BytesIO(packed)) as source:
        return {name: source.read(name) for name in source.namelist()}


def pack(parts: dict[str, bytes], first: str) -> bytes:
    """A zip of the parts sorted by name; `first` begins it, and stands unpacked when it is a "mimetype"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        for name in sorted(parts, key=lambda name: (name != first, name)):
            entry = zipfile.ZipInfo(name, DAY)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, parts[name])
    return out.getvalue()
