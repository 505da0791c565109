"""The audit's deeds in plain words: each goes on from whoever did it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES = {
    "record-loaded": _("loaded the event from a record’s file"),
    "record-replaced": _("loaded the event anew from a record’s file"),
    # setting up and coming in
    "event-set-up": _("set up the event"),
    "event-changed": _("changed what is said of the event"),
    "doors-opened": _("opened the doors"),
    "doors-shut": _("shut the doors again"),
    "session-set-up": _("added a session"),
    "session-changed": _("changed a session"),
    "session-removed": _("took a session away"),
    "item-added": _("added an item to the programme"),
    "item-changed": _("changed an item of the programme"),
    "item-moved": _("moved an item of the programme"),
    "item-removed": _("took an item off the programme"),
    "person-changed": _("changed how somebody stands in the record"),
    "name-asked": _("asked to be printed otherwise"),
    "name-agreed": _("agreed to how somebody is printed from now on"),
    "name-kept": _("kept somebody’s former name"),
    "person-removed": _("took somebody out of the event"),
    "person-replaced": _("put somebody else in a person’s place"),
    "people-merged": _("made two records of one person one"),
    "seat-given": _("gave somebody a seat"),
    "seat-taken": _("took somebody’s seat away"),
    "role-lent": _("lent somebody a role"),
    "role-taken-back": _("took back a role that was lent"),
    "invited": _("invited somebody"),
    "invitation-withdrawn": _("withdrew an invitation"),
    "rule-agreed": _("agreed to the rule of a session"),
    "ticket-handed-over": _("let somebody in by a number or a QR code"),
    "ticket-used": _("came in by a number or a QR code"),
    "let-in": _("let somebody in"),
    # at the table
    "item-opened": _("opened an item"),
    "item-closed": _("closed an item"),
    "floor-given": _("gave somebody the floor"),
    "floor-ended": _("ended a turn to speak"),
    "conduct-changed": _("changed how the table is held"),
    "span-opened": _("put the next bit under a stricter rule"),
    "span-closed": _("had the table’s own rule hold again"),
    "role-changed": _("gave somebody another role at the table"),
    # what is said
    "contribution-made": _("put a statement on record"),
    "contribution-amended": _("changed the words of a statement"),
    "contribution-withdrawn": _("withdrew a statement"),
    "contribution-confirmed": _("confirmed a statement that was written down"),
    "contribution-released": _("let the table see a statement"),
    "contribution-hidden": _("hid a statement"),
    "contribution-restored": _("brought a hidden statement back"),
    "contribution-erased": _("erased a statement that was off the record"),
    "struck-by-speaker": _("struck a statement from the record, as its speaker"),
    "struck-by-moderator": _("struck a statement from the record, at its speaker’s word"),
    "attribution-changed": _("moved a statement to a stricter rule"),
    # where people stand
    "stance-taken": _("put a stance on record"),
    "stances-opened": _("showed everybody the stances on a position"),
    "spelling-refused": _("said that words changed in more than spelling"),
    "count-entered": _("entered a show of hands"),
    "hands-taken-back": _("took back a show of hands"),
    "round-opened": _("put a finding to the table"),
    "round-closed": _("closed a check-round"),
    "call-entered": _("entered what the table was asked about a finding"),
    "call-taken-back": _("took back what the table was asked about a finding"),
    # at the desk
    "finding-made": _("made a finding"),
    "finding-changed": _("changed a finding"),
    "finding-deleted": _("deleted a finding"),
    "finding-paired": _("paired a finding with another"),
    "finding-parted": _("parted a pair of findings"),
    "note-made": _("kept a note"),
    "note-changed": _("changed a note"),
    "note-deleted": _("deleted a note"),
    "paragraph-made": _("wrote a paragraph"),
    "paragraph-changed": _("changed a paragraph"),
    "paragraph-moved": _("moved a paragraph"),
    "paragraph-deleted": _("deleted a paragraph"),
    "source-made": _("entered a source"),
    "source-changed": _("changed a source"),
    "source-deleted": _("deleted a source"),
    "footnote-made": _("wrote a footnote"),
    "footnote-changed": _("changed a footnote"),
    "footnote-deleted": _("deleted a footnote"),
    "addressee-made": _("entered an addressee"),
    "addressee-changed": _("changed an addressee"),
    "addressee-moved": _("moved an addressee"),
    "addressee-deleted": _("deleted an addressee"),
    "recommendation-made": _("wrote a recommendation"),
    "recommendation-changed": _("changed a recommendation"),
    "words-confirmed": _("confirmed a text of the report on words that changed"),
    "recommendation-moved": _("moved a recommendation"),
    "recommendation-deleted": _("deleted a recommendation"),
    "published": pgettext_lazy("somebody did", "published the chapter"),
}

# Of these the page never says on what: it would say who said it, or stands there.
SPOKEN = {
    "contribution-made", "contribution-amended", "contribution-withdrawn", "contribution-confirmed",
    "attribution-changed", "stance-taken", "spelling-refused", "struck-by-speaker", "contribution-erased",
}  # fmt: skip


def in_words(deed: str) -> str:
    """What was done, in plain words; a deed of another version of this program by its own name."""
    return str(SENTENCES.get(deed, deed))
