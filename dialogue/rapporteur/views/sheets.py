"""How each kind of paper is edited: which form and template, and where one goes afterwards."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from dialogue.rapporteur import forms
from dialogue.rapporteur.actions.advice import addressees, recommendations
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.actions.notes import notes
from dialogue.rapporteur.actions.papers import Papers
from dialogue.rapporteur.actions.sources import footnotes, sources
from dialogue.rapporteur.actions.writing import paragraphs
from dialogue.rapporteur.views.at_desk import Desk


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of paper. `page` is the name of the page that shows it, at the anchor of its letter and id."""

    papers: Papers[Any]
    form: type[forms.DeskForm]
    title: Any
    new: Any
    page: str = "desk"

    def back(self, at: Desk, row: Any) -> str:
        """Where a paper stands."""
        if self.page == "desk":
            return at.address(row.item, f"at-{row.pk}")
        return reverse(self.page, args=[at.event.slug]) + f"#at-{row.pk}"


SHEETS: dict[str, Sheet] = {
    "note": Sheet(notes, forms.NoteForm, gettext_lazy("A note"), gettext_lazy("A new note")),
    "finding": Sheet(findings, forms.FindingForm, gettext_lazy("A finding"), gettext_lazy("A new finding")),
    "paragraph": Sheet(
        paragraphs, forms.ParagraphForm, gettext_lazy("A paragraph"), gettext_lazy("A new paragraph")
    ),
    "source": Sheet(sources, forms.SourceForm, gettext_lazy("A source"), gettext_lazy("A new source"), "references"),
    "footnote": Sheet(
        footnotes, forms.FootnoteForm, gettext_lazy("A footnote"), gettext_lazy("A new footnote"), "references"
    ),
    "addressee": Sheet(
        addressees, forms.AddresseeForm, gettext_lazy("An addressee"), gettext_lazy("A new addressee"),
        "recommendations",
    ),
    "recommendation": Sheet(
        recommendations, forms.AdviceForm, gettext_lazy("A recommendation"), gettext_lazy("A new recommendation"),
        "recommendations",
    ),
}  # fmt: skip
