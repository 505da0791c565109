"""Imports each concept's models, so that Django finds them; nothing else."""

from dialogue.audit.models import Act
from dialogue.convening.models import Invitation, NameRequest
from dialogue.discussion.models import Authorship, Contribution, FormerWords, Relation, Span
from dialogue.due.models import Due
from dialogue.entrance.models import Code, SignIn, Ticket
from dialogue.events.models import (
    Absence,
    Attendee,
    Disclaimer,
    Event,
    Item,
    ItemRun,
    Membership,
    Opening,
    Partner,
    Pass,
    Session,
)
from dialogue.mail.models import Mail
from dialogue.people.models import Person
from dialogue.positions.models import (
    Assent,
    Count,
    Finding,
    FindingBasis,
    FormerFinding,
    FormerStance,
    FrozenCount,
    RosterPlace,
    Stance,
)
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
from dialogue.record.models import Deed, Entry, Looked, Stream
from dialogue.report.models import Publication
from dialogue.roundtable.models import Floor, Speaking

__all__ = [
    "Absence",
    "Act",
    "Addressee",
    "Assent",
    "Attendee",
    "Authorship",
    "Code",
    "Contribution",
    "Count",
    "Deed",
    "Disclaimer",
    "Due",
    "Entry",
    "Event",
    "Finding",
    "FindingBasis",
    "Floor",
    "Footnote",
    "FormerFinding",
    "FormerStance",
    "FormerWords",
    "FrozenCount",
    "Invitation",
    "Item",
    "ItemRun",
    "Looked",
    "Mail",
    "Membership",
    "NameRequest",
    "Note",
    "NoteSubject",
    "Opening",
    "Paragraph",
    "ParagraphBasis",
    "Partner",
    "Pass",
    "Person",
    "Publication",
    "Recommendation",
    "RecommendationBasis",
    "Relation",
    "RosterPlace",
    "Session",
    "SignIn",
    "Source",
    "Span",
    "Speaking",
    "Stance",
    "Stream",
    "Ticket",
    "Translation",
]
