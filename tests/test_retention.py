"""Names are erased in time, wherever they are kept; what was counted and printed stays as it was."""

import copy
import datetime
import io
import json
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dialogue.archive import format
from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.audit.checking import checked, end_of
from dialogue.audit.models import Act
from dialogue.convening.actions import events
from dialogue.discussion.models import Authorship, Contribution
from dialogue.due import actions as due
from dialogue.due.models import Due
from dialogue.events.models import Attendee, Event
from dialogue.events.retention import ERASE, erased_on
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.bars import of_position
from dialogue.positions.models import Stance
from dialogue.rapporteur.actions.findings import FindingWords, findings
from dialogue.record.models import Deed, Stream
from dialogue.report.compile import compile
from dialogue.report.material import chapter_languages
from dialogue.report.models import Publication
from dialogue.report.tree import as_json
from dialogue.retention.actions import erase_names, erase_when_due, keep_names
from tests import records
from tests.records import ADA, BEN, CLEO, DEV, relates, said, stance
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db


def printed(event: Event) -> dict[str, Any]:
    """All that pages and reports print of who stands where."""
    counted = agreement(event)
    found = {one.finding.id: (one.numbers, one.verdict) for one in counted.holdings.values()}
    bars = {one.pk: of_position(counted, one.pk) for one in event.contributions.filter(kind="position")}
    reports = [as_json(compile(event, language=one)) for one in chapter_languages(event)]
    return {"found": found, "bars": bars, "reports": reports}


@pytest.mark.parametrize("regime", ["chatham_house", "role"])
def test_report_and_counts_of_the_real_event_stay_and_nobody_is_left(victoria_record: dict, regime: str):
    record = copy.deepcopy(victoria_record)
    record["event"]["attribution"] = regime
    event = load(record)
    before = printed(event)
    assert erase_names(event)
    event.refresh_from_db()
    after = printed(event)
    assert after["found"] == before["found"]
    assert after["bars"] == before["bars"]
    assert after["reports"] == before["reports"]
    assert (Authorship.objects.count(), Stance.every.exclude(attendee=None).count(), event.floor.count()) == (0, 0, 0)
    told = dump(event)
    assert {one["by"] for one in [*told["contributions"], *told["stances"]]} == {None}
    assert format.errors(told) == []
    assert not erase_names(event), "names are erased once"
    text = format.canonical(told)
    again = load(json.loads(text), replace=True)
    assert format.canonical(dump(again)) == text
    assert printed(again)["reports"] == before["reports"]


def mixed() -> dict:
    """A closed table under a strict rule and a public forum by name; everything that rests on who it was."""
    seats = [(one, "participant") for one in (ADA, BEN, CLEO, DEV)] + [("mod", "moderator"), ("rap", "rapporteur")]
    text = "@ada warned, and @ben did. @ada insisted; {f1}. It is so."
    made = records.table(
        event={"names_kept_days": 30, "attribution": "named"},
        sessions=[
            records.session(members=seats, attribution="role"),
            records.session("forum", members=[("mod", "participant"), (DEV, "panelist"), ("eve", "panelist")], kind="forum", access="public"),
        ],
        contributions=[
            said("c1", ADA, group="utility"), said("c2", BEN, kind="comment", relations=[relates("disagrees", "f1")]),
            said("c3", BEN, kind="comment", relations=[relates("disagrees", "f1")]),
            said("c4", CLEO, kind="comment", relations=[relates("disagrees", "f1")]),
            said("c5", DEV, session="forum"), said("c6", "mod", session="forum", attribution="unnamed"),
            said("c7", BEN),
        ],
        findings=[
            records.finding("f1", "two", "c1", "c7"), records.finding("f2", "one", count="n1"),
            records.finding("f3", "one", "c5", session="forum"),
        ],
        stances=[
            stance(CLEO, "f1", "disagree", reason="No."), stance(DEV, "f1", "reservations", reason="Hm.", history=[
                {"stance": "agree", "reason": "Yes.", "at": None}]),
            stance(BEN, "c1", "agree"), stance("rap", "c1", "disagree"), stance("mod", "c5", "agree"),
            stance("eve", "c5", "disagree"),
        ],
        counts=[records.count("n1", 4, (2, 0, 1, 0))],
        floor=[{"session": "table", "item": "water", "person": ADA, "start": "2026-03-01T10:00", "end": "2026-03-01T10:05"},
               {"session": "forum", "item": "water", "person": DEV, "start": "2026-03-01T10:00", "end": "2026-03-01T10:05"}],
        paragraphs=[records.paragraph("p1", text, "c1", "c2", "c7", "f1"), records.paragraph("p2", "@dev spoke.", "c5", origin="forum")],
        recommendations=[
            records.addressee("The State", records.advice("r1", "Dig.", "c1", "f1", "c7", level="two")),
        ],
        notes=[
            {"id": "k1", "by": "rap", "item": None, "about": [], "text": "Ask Ada Lovell.", "flagged": False, "at": None},
            {"id": "k2", "by": "rap", "item": None, "about": [], "text": "Water is low.", "flagged": False, "at": None},
        ],
        translations=[
            {"of": "p1", "language": "fr", "text": text.replace("warned", "avertit"), "original": records.sha256(text)},
        ],
    )  # fmt: skip
    made["persons"].append(records.person("eve", "Eve Quill"))
    return made


def test_who_spoke_under_a_wish_of_their_own_is_erased_at_a_table_that_names_everybody():
    event = load(records.table(contributions=[said("c1", ADA), said("c2", BEN, attribution="unnamed")]))
    assert erase_names(event)
    assert {one["id"]: one["by"] for one in dump(event)["contributions"]} == {"c1": ADA, "c2": None}
    named = load(records.table(event={"slug": "named"}, contributions=[said("c1", ADA)]))
    assert not erase_names(named) and named.contributions.filter(authorship=None).count() == 0


def test_what_is_named_stays_and_everything_strict_goes():
    event = load(mixed())
    before = printed(event)
    assert len(before["reports"]) == 2
    erase_names(event)
    event.refresh_from_db()
    assert printed(event) == before
    told = dump(event)
    assert format.errors(told) == []
    assert {one["id"]: one["by"] for one in told["contributions"]} == {
        **dict.fromkeys(["c1", "c2", "c3", "c4", "c6", "c7"]), "c5": DEV,
    }  # fmt: skip
    assert [(one["on"], one["by"], one["stance"]) for one in told["stances"]] == [
        ("f1", None, "disagree"), ("f1", None, "reservations"), ("c1", None, "agree"), ("c5", None, "agree"),
        ("c5", "eve", "disagree"),
    ]  # fmt: skip
    assert [one["session"] for one in told["floor"]] == ["forum"]
    assert [one["id"] for one in told["notes"]] == ["k2"]
    assert told["contributions"][0]["group"] == "utility"
    paragraphs = [one["text"] for one in told["paragraphs"]]
    assert paragraphs[1] == "@dev spoke." and "@ada" not in paragraphs[0] + told["translations"][0]["text"]
    text = format.canonical(told)
    again = load(json.loads(text), replace=True)
    assert (format.canonical(dump(again)), printed(again)["reports"]) == (text, before["reports"])


@pytest.fixture
def table() -> LiveTable:
    """A strict table at which everybody did something, and something was amended."""
    table = seated("chatham_house")
    table.run("open_item", "water")
    table.say("participant", "p1", "position")
    table.say("second-participant", "p2", "position")
    table.amend("participant", "p1")
    table.stand("second-participant", "p1", "disagree", "reasonq")
    return table


def test_erased_audit_is_whole_and_tells_nobody(table: LiveTable):
    event = table.event
    acts = Act.objects.filter(event=event)
    people = {table.person(one).pk for one in ("participant", "second-participant")}
    assert people <= set(acts.values_list("person", flat=True)), "control: it tells who said what"
    assert Deed.objects.exists() and Stream.objects.filter(audience__startswith="person:").exists()
    erase_names(event)
    assert not people & set(acts.values_list("person", flat=True))
    assert not Deed.objects.exists() and not Stream.objects.filter(audience__startswith="person:").exists()
    assert acts.filter(deed="names-erased", person=None).count() == 1
    assert list(checked(event).faults(end_of(event.pk))) == []
    erased = acts.exclude(erased="").order_by("number")[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        acts.filter(pk=erased.pk).update(person=table.person("participant").pk, erased="")
    with pytest.raises(DatabaseError), transaction.atomic():
        acts.filter(erased="").filter(number=1).update(deed="published", erased="x", person=None)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER act_stands" + (" ON dialogue_act" if connection.vendor == "postgresql" else ""))
    acts.filter(pk=erased.pk).update(subject=event.pk)
    assert [fault.first for fault in checked(event).faults(end_of(event.pk))] == [erased.number]


def test_erased_event_takes_no_more_and_its_pages_name_nobody(table: LiveTable):
    found = findings.make(
        table.event, table.person("rapporteur"), FindingWords(
            item=table.item("water"), text="It is low.", level="one", reason="", basis=(table.said["p1"].pk,)
        ), key="a-key-of-its-own",
    )  # fmt: skip
    address = f"/events/{table.event.slug}"
    pages = [f"{address}/table/table/", f"{address}/record/", f"{address}/agreement/", f"{address}/desk/", f"{address}/audit/"]
    clients = {role: table.client(role) for role in ("moderator", "rapporteur", "participant", "convenor")}
    assert NAMES["ada"] in clients["moderator"].get(pages[1]).content.decode(), "control: the staff sees who"
    bars = [one.split("</")[0] for one in clients["moderator"].get(pages[0]).content.decode().split("1 against")[1:]]
    erase_names(table.event)
    for role, client in clients.items():
        answers = [client.get(page) for page in pages]
        assert {answer.status_code for answer in answers} <= {200, 403}, role
        record = answers[1].content.decode()
        assert "p2q" in record and not [name for name in NAMES.values() if name in record and name != NAMES["ada"]], role
    drawn = clients["moderator"].get(pages[0]).content.decode()
    assert [one.split("</")[0] for one in drawn.split("1 against")[1:]] == bars != []
    with pytest.raises(ValidationError, match="names of this event are erased"):
        table.stand("participant", "p2", "agree")
    with pytest.raises(ValidationError, match="names of this event are erased"):
        table.run("reopen_session")
    now = findings.rows(table.event).get(pk=found.pk)
    words = FindingWords(item=now.item, text="It is high.", level="one", reason="", basis=(table.said["p1"].pk,))
    with pytest.raises(ValidationError, match="names behind this finding are erased"):
        findings.change(now, table.person("rapporteur"), words, was=findings.standing(now).digest, spelling=False)
    assert Contribution.objects.filter(authorship=None).count() == 2


# ------------------------------------------------------------------ dates


def issue(event: Event, days_ago: int, version: int = 1) -> None:
    at = timezone.now() - datetime.timedelta(days=days_ago)
    Publication.objects.create(
        event=event, version=version, language="en", regime="unnamed", content="{}", digest="", published_at=at
    )


def test_names_go_so_many_days_after_the_first_report_and_a_year_after_the_session_at_the_latest(table: LiveTable):
    event, convenor = table.event, table.person("convenor")
    assert (event.names_kept_days, erased_on(event)) == (None, None), "a record of before promised nothing"
    today = timezone.now().date()
    event.sessions.update(date=today)
    for wrong in (0, 366):
        with pytest.raises(ValidationError, match="1 to 365"):
            keep_names(event, convenor, wrong)
    with pytest.raises(PermissionDenied):
        keep_names(event, table.person("moderator"), 30)
    keep_names(event, convenor, 30)
    event.refresh_from_db()
    assert erased_on(event).date() in {today + datetime.timedelta(days=days) for days in (364, 365)}
    issue(event, 10)
    issue(event, 1, version=2)
    assert abs(erased_on(event) - timezone.now() - datetime.timedelta(days=20)) < datetime.timedelta(hours=1)
    with pytest.raises(ValidationError, match="sooner, never later"):
        keep_names(event, convenor, 31)
    keep_names(event, convenor, 29)
    event.sessions.update(date=today - datetime.timedelta(days=360))
    event.refresh_from_db()
    assert erased_on(event) - timezone.now() < datetime.timedelta(days=6)
    assert Event(date=today, time_zone="UTC").names_kept_days is None
    made = events.set_up(
        Person.objects.create(name="Nora", email="nora@people.invalid", may_convene=True),
        {"title": "New", "date": today, "time_zone": "UTC", "language": "en", "convenor_name": "We"},
    )
    assert made.names_kept_days == 90


def test_job_queue_erases_names_when_their_day_has_come_and_looks_again_until_then(table: LiveTable):
    event, jobs = table.event, Due.objects.filter(kind=ERASE, done_at=None)
    table.event.sessions.update(date=timezone.now().date())
    keep_names(event, table.person("convenor"), 30)
    assert jobs.count() == 1
    while due.work():
        pass
    assert Authorship.objects.count() == 2, "not yet"
    assert [timezone.now() < one.due_at <= timezone.now() + datetime.timedelta(days=1) for one in jobs] == [True]
    issue(event, 31)
    jobs.update(due_at=timezone.now())
    while due.work():
        pass
    event.refresh_from_db()
    assert Authorship.objects.count() == 0 and event.names_erased_at
    erase_when_due(event.pk)
    assert Act.objects.filter(event=event, deed="names-erased").count() == 1


def test_command_tells_the_days_and_erases_what_is_due(table: LiveTable):
    def told(*given: str, **options: bool) -> str:
        out = io.StringIO()
        call_command("erase_names", *given, stdout=out, **options)
        return out.getvalue()

    assert "no day is set: names stay." in told()
    keep_names(table.event, table.person("convenor"), 30)
    table.event.sessions.update(date=timezone.now().date())
    assert "names are erased on 20" in told() and Authorship.objects.exists()
    with pytest.raises(CommandError, match="Name the event"):
        told(now=True)
    assert "names are erased." in told(table.event.slug, now=True) and not Authorship.objects.exists()
    assert "names were erased on" in told()


@pytest.mark.parametrize(
    ("language", "said", "kept", "own"),
    [("en", "30 days after the report is out, on", "Who can read it", "Ours."),
     ("fr", "30 jours après la parution du rapport, le", "Qui peut les lire", "Le nôtre.")],
)  # fmt: skip
def test_day_and_notice_stand_at_the_door_and_on_the_page_of_what_is_kept(
    table: LiveTable, language: str, said: str, kept: str, own: str
):
    table.event.sessions.update(date=timezone.now().date())
    keep_names(table.event, table.person("convenor"), 30, "Ours.", "Le nôtre.")
    Person.objects.update(language=language)
    address = f"/events/{table.event.slug}"
    for role, page in (("participant", "/welcome/"), ("visitor", "/"), ("visitor", "/kept/"), ("convenor", "/setup/kept/")):
        client = table.client(role)
        client.cookies["django_language"] = language
        shown = client.get(address + page).content.decode()
        assert said in shown and own in shown, page
    assert kept in table.client("visitor").get("/kept/", headers={"accept-language": language}).content.decode()
    assert 'href="/kept/"' in table.client("visitor").get("/").content.decode()
    erase_names(table.event)
    assert said not in table.client("participant").get(f"{address}/kept/").content.decode()


def test_form_of_the_setting_refuses_with_a_sentence_and_keeps_what_was_there(table: LiveTable):
    client, address = table.client("convenor"), f"/events/{table.event.slug}/setup/kept/"
    for wrong in ("0", "366", "", "x", "-1"):
        answer = client.post(address, {"days": wrong, "notice_en": "", "notice_fr": ""})
        assert answer.status_code == 422, wrong
    assert Event.objects.get(pk=table.event.pk).names_kept_days is None
    assert client.post(address, {"days": "60", "notice_en": "N.", "notice_fr": ""}).status_code == 302
    client.post(address, {"days": "61", "notice_en": "N.", "notice_fr": ""})
    assert Event.objects.get(pk=table.event.pk).names_kept_days == 60


# Every column that leads to somebody: whether it is emptied, and else why it may stay.
ERASED = {
    "authorship.attendee", "stance.attendee", "rosterplace.attendee", "floor.attendee", "speaking.attendee",
    "formerwords.by", "deed.person", "looked.person", "act.person",
}  # fmt: skip
STAYS = {
    "membership.attendee": "who sat there is in the list of participants, by the rule",
    "note.attendee": "its writer is of the staff; notes that name somebody go",
    "attendee.person": "whose account it is", "invitation.attendee": "an address", "namerequest.attendee": "a name",
    "unconfirmedname.attendee": "a name", "pass.person": "a role", "ticket.attendee": "a way in",
    "ticket.by": "who handed it over, of the staff",
    "signin.person": "a sign-in", "publication.published_by": "staff", "nameanswer.answered_by": "staff",
}  # fmt: skip


def test_every_column_that_leads_to_somebody_is_erased_or_has_a_reason():
    found = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_app_config("dialogue").get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (Attendee, Person) or (model is Act and field.name == "person")
    }
    assert found - ERASED - STAYS.keys() == set()
    assert (ERASED | STAYS.keys()) - found == set()
