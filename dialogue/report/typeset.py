"""What runs typst, as a program of its own: a crash or a hang in there stays in there.

Reads {"template", "data", "standards", "time"} as JSON, writes the PDF; on failure it says why and ends with 1.
"""

import json
import sys
import unicodedata
from typing import Any

import typst


def typeset(template: str, data: str, standards: list[str], time: int) -> bytes:
    """The PDF. Only typst's own fonts are used, so every machine makes the same one."""
    files: Any = {"main.typ": template.encode(), "report.json": data.encode()}
    wanted: Any = standards
    return typst.compile(files, pdf_standards=wanted, timestamp=time, ignore_system_fonts=True)


def missing(signs: list[str], standards: list[str]) -> list[str]:
    """Those of `signs` that typst's fonts cannot draw (PDF/A forbids to print a box for them), found by halving."""
    try:
        words = json.dumps(" ".join(signs))
        typeset('#set document(title: "-")\n#json("report.json")', words, standards, 0)
        return []
    except typst.TypstError:
        half = len(signs) // 2
        return missing(signs[:half], standards) + missing(signs[half:], standards) if half else signs


def spelled(sign: str) -> str:
    """What is printed in place of a sign that no font has: "[grinning face]", or its number in Unicode."""
    if unicodedata.category(sign).startswith("S") and (name := unicodedata.name(sign, "")):
        return f"[{name.lower()}]"
    return "" if unicodedata.category(sign) in ("Mn", "Cf") else f"[U+{ord(sign):04X}]"


def main(source: dict[str, Any]) -> bytes:
    """The PDF, with what no font has spelled out where that is what typst stumbles over."""
    try:
        return typeset(**source)
    except typst.TypstError as wrong:
        if "could not be displayed" not in str(wrong) and "codepoint" not in str(wrong):
            raise
        rare = sorted(sign for sign in set(source["data"]) if ord(sign) > 0x24F)
        for sign in missing(rare, source["standards"]):
            source["data"] = source["data"].replace(sign, spelled(sign))
        return typeset(**source)


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(main(json.loads(sys.stdin.buffer.read())))
    except typst.TypstError as wrong:
        sys.exit(str(wrong))
