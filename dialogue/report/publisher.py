"""A publisher's Word template: refused when it is none, and otherwise the only source of styles."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

from lxml import etree  # type: ignore[import-untyped]

from dialogue.report.failed import WriterFailed

LARGEST = 64 * 1024 * 1024  # unpacked
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# Where a style is missing, the next one that the template may have; after the last comes its default.
_BODY = [
    "firstparagraph",
    "compact",
    "listparagraph",
    "annextext",
    "origin",
    "notice",
    "participants",
    "remark",
    "fact",
]
_NEXT = {
    **dict.fromkeys(_BODY, "bodytext"),
    **dict.fromkeys(("author", "kicker", "number"), "subtitle"),
    "byline": "author",
    "footnoteblocktext": "footnotetext",
    "table": "tablegrid",
    "tablegrid": "normaltable",
}
_USE = re.compile(rb'<w:(pStyle|rStyle|tblStyle) w:val="([^"]*)"\s*/>')
_RAISED = b'<w:vertAlign w:val="superscript"/>'


def checked(reference: bytes) -> bytes:
    """The template itself. Raises WriterFailed when it is not a Word document, has macros or unpacks beyond 64 MiB."""
    try:
        with zipfile.ZipFile(io.BytesIO(reference)) as source:
            entries = source.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise WriterFailed("This template unpacks to more than 64 MiB; Word templates are far smaller.")
            # Reading stops at the size that an entry declares, so one that lies about it is found here.
            parts = {entry.filename: source.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as bad:
        raise WriterFailed("This template is not a Word document (.docx): it cannot be unpacked.") from bad
    types = parts.get("[Content_Types].xml", b"")
    if any("vbaproject" in name.lower() for name in parts) or b"macroEnabled" in types:
        raise WriterFailed("This template has macros; save it as .docx without them.")
    for name in ("[Content_Types].xml", "word/document.xml", "word/styles.xml"):
        if name not in parts:
            raise WriterFailed(f"This template is not a Word document (.docx): it has no {name}.")
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts.values()):
        raise WriterFailed("This template declares XML entities, which Word documents never do.")
    styles_of(parts["word/styles.xml"])
    return reference


Styles = dict[str, dict[str, str]]  # of each kind ("paragraph", "character", "table", "numbering"): id -> name


def styles_of(xml: bytes) -> Styles:
    """The styles that a styles.xml declares. Raises WriterFailed when it is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as bad:
        raise WriterFailed("This template is damaged: its styles cannot be read.") from bad
    found: Styles = {"paragraph": {}, "character": {}, "table": {}, "numbering": {}}
    for style in root.iter(f"{W}style"):
        name = style.find(f"{W}name")
        ident = style.get(f"{W}styleId", "")
        found.setdefault(style.get(f"{W}type", "paragraph"), {})[ident] = (
            name.get(f"{W}val", ident) if name is not None else ident
        )
    return found


def only_its_styles(parts: dict[str, bytes], template: bytes, draft: str) -> None:
    """Put the template's own styles back and lead every use of another style to the nearest of them.

    `draft`, when not empty, is added above the template's heads.
    """
    with zipfile.ZipFile(io.BytesIO(template)) as source:
        own = source.read("word/styles.xml")
    has, written = styles_of(own), styles_of(parts["word/styles.xml"])
    parts["word/styles.xml"] = own
    chosen: dict[tuple[bytes, bytes], bytes] = {}

    def nearest(use: re.Match[bytes]) -> bytes:
        key = (use[1], use[2])
        if key not in chosen:
            chosen[key] = _nearest(use[1].decode(), use[2].decode(), has, written)
        return chosen[key]

    for name in parts:
        if name.startswith("word/") and name.endswith(".xml") and name != "word/styles.xml":
            parts[name] = _USE.sub(nearest, parts[name])
    parts["word/settings.xml"] = re.sub(rb"<w:attachedTemplate\b[^>]*/>", b"", parts["word/settings.xml"])
    parts.pop("word/_rels/settings.xml.rels", None)  # it only leads to the template on somebody's disk
    if draft:
        _draft_in_heads(parts, draft)


def _nearest(tag: str, ident: str, has: Styles, written: Styles) -> bytes:
    """The use of a style as XML: of this one, of the nearest that the template has, or none."""
    kind = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}[tag]
    own = has[kind]
    if ident in own:
        return b'<w:%s w:val="%s"/>' % (tag.encode(), ident.encode())
    by_name = {_key(name): own_id for own_id, name in own.items()}
    name = _key(written[kind].get(ident, ident))
    for wanted in (name, *_after(name)):
        if wanted in by_name:
            return b'<w:%s w:val="%s"/>' % (tag.encode(), by_name[wanted].encode())
    return _RAISED if name == "footnotereference" else b""


def _key(name: str) -> str:
    """A style's name as ids are made of it: pandoc uses "FootnoteReference" also where no style has that name."""
    return name.replace(" ", "").lower()


def _after(name: str) -> list[str]:
    """What to try where `name` is missing: for a heading those above it, deepest first."""
    if name.startswith("heading") and name[7:].isdigit():
        return [f"heading{level}" for level in range(int(name[7:]) - 1, 0, -1)]
    chain = []
    while name in _NEXT:
        name = _NEXT[name]
        chain.append(name)
    return chain


# ------------------------------------------------------------------ a draft says so on every page

_HEAD_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_HEAD_RELATION = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"


def _draft_in_heads(parts: dict[str, bytes], draft: str) -> None:
    words = b'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r>' % escape(draft).encode()
    line = b'<w:p><w:pPr><w:jc w:val="right"/></w:pPr>%s</w:p>' % words
    heads = [name for name in parts if re.fullmatch(r"word/header[^/]*\.xml", name)]
    for name in heads:
        parts[name] = re.sub(rb"<w:hdr\b[^>]*>", lambda opening: opening[0] + line, parts[name], count=1)
    if not heads:
        _new_head(parts, line)


def _new_head(parts: dict[str, bytes], line: bytes) -> None:
    """A head for a template that has none."""
    parts["word/header-draft.xml"] = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<w:hdr xmlns:w="%s">%s</w:hdr>' % (W[1:-1].encode(), line)
    )  # fmt: skip
    relation = b'<Relationship Id="rIdDraft" Type="%s" Target="header-draft.xml"/></Relationships>' % _HEAD_RELATION
    override = b'<Override PartName="/word/header-draft.xml" ContentType="%s"/></Types>' % _HEAD_TYPE
    head = b'<w:headerReference w:type="default" r:id="rIdDraft"/>'
    _put(parts, "word/_rels/document.xml.rels", b"</Relationships>", relation)
    _put(parts, "[Content_Types].xml", b"</Types>", override)
    document = parts["word/document.xml"]
    at = document.rfind(b"<w:sectPr")
    end = document.find(b">", at) + 1
    if document[end - 2 : end] == b"/>":
        document = document[: end - 2] + b">" + head + b"</w:sectPr>" + document[end:]
    else:
        document = document[:end] + head + document[end:]
    parts["word/document.xml"] = document


def _put(parts: dict[str, bytes], name: str, old: bytes, new: bytes) -> None:
    parts[name] = parts[name].replace(old, new, 1)
