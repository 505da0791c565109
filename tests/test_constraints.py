"""What the database itself keeps, whoever writes: each rule is broken once, past every form and action."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from dialogue.archive.load import load
from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import Attendee, Event, Item, Membership, Session
from dialogue.positions.models import Count, Finding, Stance
from dialogue.rapporteur.models import Paragraph, ParagraphBasis, Recommendation
from tests.records import ADA, BEN, addressee, advice, finding, paragraph, relates, said, stance, table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    return load(
        table(
            contributions=[said("c1", ADA), said("c2", BEN, relations=[relates("agrees", "c1")])],
            findings=[finding("f1", "one", "c1")],
            stances=[stance(BEN, "c1", "agree")],
            paragraphs=[paragraph("p1", "So.", "c1")],
            recommendations=[addressee("The State", advice("r1", "Dig.", "c1"))],
        )
    )


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def again(row, **told):
    """The same row once more, but for these values."""
    row.pk = None
    row._state.adding = True
    for name, value in told.items():
        setattr(row, name, value)
    row.id = type(row)._meta.pk.get_default()
    row.save(force_insert=True)


BROKEN = {
    "two things of one key": lambda: again(Contribution.objects.get(key="c1")),
    "two people of one key": lambda: again(Attendee.objects.get(key=ADA)),
    "an unknown kind": lambda: Contribution.objects.update(kind="rumour"),
    "an unknown regime": lambda: Event.objects.update(attribution="secret"),
    "an unknown attribution": lambda: Contribution.objects.update(attribution="secret"),
    "an unknown role": lambda: Membership.objects.update(role="king"),
    "an unknown access": lambda: Session.objects.update(access="ajar"),
    "an unknown level": lambda: Finding.objects.update(level="everybody"),
    "an unknown stance": lambda: Stance.objects.update(stance="maybe"),
    "an unknown origin": lambda: Paragraph.objects.update(origin="dream"),
    "an item in itself": lambda: Item.objects.filter(key="water").update(parent=Item.objects.get(key="water")),
    "nothing said": lambda: Contribution.objects.update(text=""),
    "two authors": lambda: again(Authorship.objects.get(contribution__key="c1"), attendee=Attendee.objects.get(key=BEN)),
    "two stances of one person": lambda: again(Stance.objects.get()),
    "a stance on nothing": lambda: Stance.objects.update(contribution=None),
    "a stance on two things": lambda: Stance.objects.update(finding=Finding.objects.get()),
    "a basis of nothing": lambda: ParagraphBasis.objects.update(contribution=None),
    "a relation to nothing": lambda: Relation.objects.update(to_contribution=None),
    "an opening with a target": lambda: Relation.objects.update(kind="opens"),
    "a relation to itself": lambda: Relation.objects.update(to_contribution=Contribution.objects.get(key="c2")),
    "half a call": lambda: Finding.objects.update(call="consensus"),
    "a part that claims a level": lambda: again(Recommendation.objects.get(), key="r2", parent=Recommendation.objects.get(), level="most"),
    "half a tally": lambda: Count.objects.create(
        event=Event.objects.get(), session=Session.objects.get(), item=Item.objects.get(), question="?", kind="hands",
        present=3, agree=1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(event, broken):
    assert refused(BROKEN[broken])


def test_the_database_takes_what_is_right(event):
    assert not refused(lambda: again(Contribution.objects.get(key="c1"), key="c9"))
    assert not refused(lambda: Contribution.objects.filter(key="c1").update(attribution="off_record"))


def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
