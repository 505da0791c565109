"""Bad input at the desk: it gets its status and a sentence, the words stay in the form, and nothing is written."""

import pytest

from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Paragraph
from dialogue.record.models import Deed, Entry
from tests.desks import Desk, desk, words

HOSTILE = ["\0", "a\0b", "\x1b[31m", "x" * 70_000, "'; DROP TABLE", "<script>alert(1)</script>", "\u202eabc", "٣", "1e9", "NaN", "-1", "9" * 40, "%", "{", "🙂" * 2000]  # fmt: skip
IDS = ["", "x", "\0", "0" * 32, "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d", "9" * 4000, "urn:uuid:5a1d"]


@pytest.fixture
def room(db: None) -> Desk:
    made = desk()
    made.said = made.say("ada", "It is low.")  # type: ignore[attr-defined]
    return made


def written(event: Event) -> tuple:
    """Everything that somebody might have written by accident."""
    names = ("findings", "paragraphs", "footnotes", "sources", "addressees", "recommendations", "notes", "counts")
    return (
        *(list(getattr(event, name).order_by("pk").values()) for name in names),
        Entry.objects.count(),
        Deed.objects.count(),
    )


GOOD = {
    "note": {"text": "A note."},
    "finding": {"text": "It is low.", "level": "one", "reason": "", "item": "water"},
    "paragraph": {"text": "It was low.", "origin": "room", "item": "water"},
    "source": {"title": "A book", "year": "2025"},
    "footnote": {"kind": "remark", "text": "A remark.", "page": "", "source": ""},
    "addressee": {"name": "Everybody", "short_name": ""},
    "recommendation": {"text": "Do it.", "addressee": "", "level": "", "parent": ""},
}


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 3])
@pytest.mark.parametrize("kind", GOOD)
def test_no_field_takes_the_form_down(room: Desk, kind: str, every: int):
    """Each field with a third of them, in turn; the long form tries all."""
    us = room.client()
    for place, name in enumerate([*GOOD[kind], "key", "rests", "was", "do"]):
        for value in HOSTILE[place % every :: every]:
            sent = {"do": "save", **GOOD[kind], name: value}
            answer = us.post(f"{room.address}{kind}/new/", sent)
            assert answer.status_code in (302, 409, 422), (name, value[:20], answer.status_code)
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize("kind", ["note", "finding", "paragraph", "recommendation"])
@pytest.mark.parametrize("id", IDS)
def test_what_it_rests_on_must_be_there(room: Desk, kind: str, id: str):
    room.event.addressees.create(pk="11111111-1111-4111-8111-111111111111", name="Everybody")
    sent = {**GOOD[kind], "addressee": "11111111-1111-4111-8111-111111111111", "text": "Words to keep.", "rests": [id]}
    before = written(room.event)
    answer = room.client().post(f"{room.address}{kind}/new/", sent)
    assert answer.status_code == 422 and "Words to keep." in words(answer)
    assert written(room.event) == before


def test_what_is_another_events_is_as_missing_as_what_is_not_there(room: Desk, elsewhere: Event):
    foreign = Contribution.objects.get(key="m1")
    found = Finding.objects.create(event=elsewhere, item=elsewhere.items.get(), text="Theirs.", level="one")
    text = Paragraph.objects.create(event=elsewhere, item=elsewhere.items.get(), origin="room", text="Theirs.")
    us, missing = room.client(), "5a1d5a1d-5a1d-4a1d-8a1d-5a1d5a1d5a1d"
    for address in ("finding/{}/", "finding/{}/table/"):
        pages = [us.get(room.address + address.format(one)) for one in (found.pk, missing)]
        assert [page.status_code for page in pages] == [404, 404] and pages[0].content == pages[1].content
    assert us.get(f"{room.address}paragraph/{text.pk}/").status_code == 404
    for one in (foreign.pk, found.pk, missing):
        answer = us.post(f"{room.address}paragraph/new/", {**GOOD["paragraph"], "rests": [str(one)]})
        assert answer.status_code == 422 and "Theirs." not in answer.text and "elsewhere" not in answer.text
    page = us.get(f"{room.address}?for=finding-{found.pk}")
    assert page.status_code == 200 and "Theirs." not in page.text
    mark = us.post(f"{room.address}paragraph/new/", {**GOOD["paragraph"], "text": f"{{{found.key}}} said."})
    assert mark.status_code == 422 and "is no finding of this event" in words(mark)
    other = Finding.objects.create(event=room.event, item=room.event.items.get(key="water"), text="Ours.", level="one")
    answer = us.post(f"{room.address}finding/{other.pk}/", {"do": "pair", "other": str(found.pk), "was": ""})
    assert answer.status_code == 422 and Finding.objects.get(pk=other.pk).pair is None


@pytest.mark.parametrize(
    "deed", ["", "round", "close", "call", "hands", "take-back-call", "nonsense", "\0", "__class__"]
)
def test_no_number_takes_the_table_page_down(room: Desk, deed: str):
    found = Finding.objects.create(event=room.event, item=room.event.items.get(key="water"), text="It.", level="one")
    us = room.client("moderator")
    for value in ["", "x", "-1", "9" * 40, "1.5", "\0", "100001", "NaN", "٣٣"]:
        sent = {"do": deed, "was": value, "present": value, "objections": value, "kind": value, "agree": value,
                "reservations": "0", "disagree": "0", "abstain": "0"}  # fmt: skip
        assert us.post(f"{room.address}finding/{found.pk}/table/", sent).status_code in (302, 409, 422)
    assert not room.event.counts.exists()


def test_wrong_numbers_stay_in_their_form(room: Desk):
    found = Finding.objects.create(event=room.event, item=room.event.items.get(key="water"), text="It.", level="one")
    sent = {"do": "call", "kind": "read_back", "present": "-4", "objections": "0"}
    answer = room.client("moderator").post(f"{room.address}finding/{found.pk}/table/", sent)
    assert answer.status_code == 422 and 'value="-4"' in answer.text


@pytest.mark.parametrize("query", ["item=%00", "item=%ff", "part=-1", "part=" + "9" * 40, "for=finding", "for=finding-x", "for=%00-%00", "for=source-x", "for=paragraph-" + "0" * 32, "rests=x"])  # fmt: skip
def test_no_address_takes_the_desk_down(room: Desk, query: str):
    us = room.client()
    assert us.get(f"{room.address}?{query}").status_code in (200, 404)
    for kind in GOOD:
        assert us.get(f"{room.address}{kind}/new/?{query}&parent=x&addressee=%00").status_code == 200


def test_a_key_that_is_none_of_ours_is_refused_once_and_replaced(room: Desk):
    us = room.client()
    answer = us.post(f"{room.address}paragraph/new/", {**GOOD["paragraph"], "key": "<b>"})
    assert answer.status_code == 422 and "It was low." in words(answer)
    key = answer.text.split('name="key" value="')[1].split('"')[0]
    assert us.post(f"{room.address}paragraph/new/", {**GOOD["paragraph"], "key": key}).status_code == 302


def test_a_key_used_for_other_words_answers_409_with_the_words_in_the_form(room: Desk):
    us = room.client()
    for _time in range(2):
        assert (
            us.post(f"{room.address}paragraph/new/", {**GOOD["paragraph"], "key": "the-key-of-a-form"}).status_code
            == 302
        )
    assert Paragraph.objects.count() == 1
    answer = us.post(
        f"{room.address}paragraph/new/", {**GOOD["paragraph"], "text": "Other words.", "key": "the-key-of-a-form"}
    )
    assert answer.status_code == 409 and "Other words." in words(answer)
    assert Paragraph.objects.count() == 1


def test_a_body_that_is_too_large_is_refused(room: Desk):
    sent = {**GOOD["paragraph"], "text": "x" * 1_100_000}
    assert room.client().post(f"{room.address}paragraph/new/", sent).status_code == 413
    assert not Paragraph.objects.exists()


def test_what_people_wrote_is_shown_as_they_wrote_it_and_is_never_markup(room: Desk):
    us, script = room.client(), "<script>alert(1)</script> & <b>bold</b>"
    room.say("ben", script)
    for kind in ("paragraph", "note", "finding"):
        us.post(f"{room.address}{kind}/new/", {**GOOD[kind], "text": script, "item": "water"})
    page = us.get(room.address).text
    assert "<script>alert" not in page and "<b>bold" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4
    row = Paragraph.objects.get()
    seen = us.post(f"{room.address}paragraph/{row.pk}/", {**GOOD["paragraph"], "text": script, "do": "preview"})
    assert seen.status_code == 200 and "<script>alert" not in seen.text and "<b>bold" not in seen.text
