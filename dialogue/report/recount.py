"""The notice that agreement levels are other than in the version before; it never says why."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from dialogue.report.models import Publication
from dialogue.report.tree import Bar, Paragraph, Report, Table, Text, as_json, from_json


def with_recount(report: Report, newest: Publication | None) -> Report:
    """A chapter as the next version: with the notice where a finding's count is not the one published before.

    Where only the notice of the version before would be missing, it stays: nothing has changed.
    """
    if newest is None or newest.language != report.language:
        return report
    with override(report.language):
        notice = Paragraph([Text(_("Agreement levels recounted."))], "notice")
    told = replace(report, front=[*report.front, notice])
    if is_recounted(report, from_json(newest.content)) or as_json(told) == newest.content:
        return told
    return report


def is_recounted(report: Report, former: Report) -> bool:
    """Whether a finding that both versions print has another count in one than in the other."""
    before = counts_of(former)
    return any(bars != before[anchor] for anchor, bars in counts_of(report).items() if anchor in before)


def counts_of(report: Report) -> dict[str, list[Bar]]:
    """The bars of each finding in a chapter's legend, by the anchor of its row."""
    tables = [block for annex in report.annexes for block in annex.blocks if isinstance(block, Table)]
    return {
        anchor: [inline for cell in row for inline in cell if isinstance(inline, Bar)]
        for table in tables
        for anchor, row in zip(table.anchors, table.rows, strict=True)
        if anchor.startswith("claim-")
    }
