"""Imports each concept's models, so that Django finds them; nothing else."""

from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import Absence, Attendee, Disclaimer, Event, Item, Membership, Partner, Pass, Session
from dialogue.people.models import Person
from dialogue.positions.models import Count, Finding, FindingBasis, FormerStance, Stance
from dialogue.rapporteur.models import (
    Addressee,
    Footnote,
    Note,
    NoteSubject,
    Paragraph,
    ParagraphBasis,
    Recommendation,
    RecommendationBasis,
    Source,
    Translation,
)
from dialogue.report.models import Publication
from dialogue.roundtable.models import Floor

__all__ = [
    "Absence",
    "Addressee",
    "Attendee",
    "Authorship",
    "Contribution",
    "Count",
    "Disclaimer",
    "Event",
    "Finding",
    "FindingBasis",
    "Floor",
    "Footnote",
    "FormerStance",
    "Item",
    "Membership",
    "Note",
    "NoteSubject",
    "Paragraph",
    "ParagraphBasis",
    "Partner",
    "Pass",
    "Person",
    "Publication",
    "Recommendation",
    "RecommendationBasis",
    "Relation",
    "Session",
    "Source",
    "Stance",
    "Translation",
]
