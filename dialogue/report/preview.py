"""One paragraph as the chapter would print it, before it is part of the chapter."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from dialogue.events.models import Event
from dialogue.report import html
from dialogue.report.compile import Chapter
from dialogue.report.leak_check import leaks, unanswered
from dialogue.report.material import gather
from dialogue.report.tree import Call, Paragraph, Section, Sentence
from dialogue.report.uncollected import uncollected


@dataclass(frozen=True, slots=True)
class Preview:
    """The paragraph in HTML, and what would keep the chapter from being made or published with it, in sentences."""

    html: SafeString
    notes: SafeString
    reasons: list[str] = field(default_factory=list)


@uncollected()
def preview(event: Event, paragraph: dict, address: str) -> Preview:
    """A paragraph of the record (new, or in the place of the one with its id), in its place in the whole chapter.

    Its marks must be marks of this record. `address`: the chapter's page, which the paragraph's links lead to.
    """
    material = gather(event, None, None)
    paragraphs = material.record["paragraphs"]
    place = next((at for at, one in enumerate(paragraphs) if one["id"] == paragraph["id"]), len(paragraphs))
    paragraphs[place : place + 1] = [paragraph]
    with override(material.language):
        report = Chapter(material).report()
        found = [one for one in (*leaks(material), *unanswered(material)) if one.place.key == paragraph["id"]]
        chapter = html.Chapter(report, lambda _chapter, _sentence: "", address)
        anchor = f"p-{material.label(paragraph['id'])}"
        printed = next(block for block in blocks(report.sections) if block.anchor == anchor)
        notes = [chapter.note(note) for note in report.notes if note.number in called(printed)]
        sentences = [one.sentence for one in found]
        return Preview(mark_safe(chapter.paragraph(printed)), mark_safe("".join(notes)), sentences)


def blocks(sections: list[Section]) -> Iterator[Paragraph]:
    """Every paragraph of these sections and of those below."""
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Paragraph))
        yield from blocks(section.sections)


def called(paragraph: Paragraph) -> set[int]:
    """The numbers of the notes that a paragraph calls."""
    sentences = [one for one in paragraph.inlines if isinstance(one, Sentence)]
    return {part.number for one in sentences for part in one.inlines if isinstance(part, Call)}
