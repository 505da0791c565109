"""A record goes in and comes out byte for byte, or not at all with every error named."""

import copy
import io
import json
import pathlib
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dialogue.archive import format, load
from dialogue.archive.dump import dump
from dialogue.archive.shape import Added, Plain, added_keys, find, shape_errors
from dialogue.events.actions import seat_samples
from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.report.actions import publish
from tests import records
from tests.records import ADA, BEN

VICTORIA = pathlib.Path(format.__file__).with_name("victoria-2007.json")

# Every key of the format, each optional one both ways, each nullable one both ways, twins that lists may hold.
EVERYTHING = records.record(
    event={
        "chapter_number": 0, "occasion": "Spring", "place": "Lyon", "partners": [{"name": "A Bank", "credit": "paid"}],
        "series": {"title": "Rivers"}, "byline": "R. Apple", "attribution": "named", "scope": "All rivers.",
        "scale": {"several": "1/5", "many": "2/5", "most": "3/5", "nearly_all": "4/5"}, "language": "fr",
        "convenor": {"name": "The River Society", "short_name": "TRS"}, "figures": "legend",
        "names_kept_days": 1, "names_erased": True,
    },
    disclaimers=[{"text": "Not ours."}],
    persons=[
        records.person(ADA, "Ada Lovell", aliases=["Lovel", "Lovel"], family_name="Ada"),
        records.person(BEN, "Ben", listed=False),
    ],
    sessions=[
        records.session(members=[
            {"person": ADA, "role": "participant", "absent": []},
            {"person": BEN, "role": "participant", "absent": ["water", "water"]},
            {"person": BEN, "role": "rapporteur", "since": "2026-03-01T10:00+02:00"},
            {"person": ADA, "role": "observer", "until": "2026-03-01T11"},
            {"person": BEN, "role": "observer", "since": "2026-03-01T11", "succeeds": ADA},
        ], moderator_counts="never", runs=[
            {"item": "water", "start": "2026-03-01T10:00+02:00", "end": "2026-03-01T09:00Z"},
            {"item": "deep", "start": "2026-03-01T10:00:00.5Z", "end": None},
        ]),
        records.session(
            "hall", kind="forum", access="public", attribution="chatham_house", names_in_room="shown", closed=True
        ),
    ],
    outline=[
        records.item("water", records.item("deep", records.item("deeper")), announces=["deep", "Salt"], discussed=False),
    ],
    contributions=[
        records.said(
            "c1", ADA, "Un mot\u2028\u0001\u202e « é »", language="en", verb="noted", attribution="off_record",
            at="2026-03-01T10:00:00.123456789+02:00",
            relations=[records.relates("opens", None), records.relates("cites", "s1"), records.relates("agrees", "f1")],
        ),
        records.said(
            "c2", BEN, kind="question", released=False, recorded=False, at="2026-03-01T10",
            versions=[{"number": 3, "text": ""}], group="press",
        ),
        records.said("c3", BEN, "Later words.", versions=[
            {"number": 2, "text": "The second words."}, {"number": 4, "text": "The fourth words."},
        ]),
    ],
    findings=[
        records.finding(
            "f1", "some", "c1", "c1", "c3", pair="f2", call=records.call("consensus", 3),
            versions=[
                {"number": 1, "text": "It was low.", "count": None, "call": None},
                {"number": 2, "text": "It was high.", "count": "n2", "call": records.call("read_back")},
            ],
            basis_versions=[{"of": "c3", "version": 2}],
            outcome="adopted", decision={"rule": "majority", "majority": "2:3"}, session="table", roster=[BEN, ADA],
        ),
        records.finding("f2", "others", pair="f1", count="n1", call={
            "kind": "check_round", "at": "0001-01-01T00:00+14:00", "present": 0, "objections": 2147483647,
        }),
    ],
    stances=[
        records.stance(BEN, "c1", "agree", strong=True, reason="Yes.", history=[
            {"stance": "abstain", "reason": "", "at": None}, {"stance": "disagree", "reason": "No.", "at": "2026-03-01T10:05Z"},
        ]),
        records.stance(BEN, "f1", "reservations", recorded=False, version=1),
        records.stance(ADA, "c3", "agree", version=4, carried=True, group="press"),
    ],
    counts=[
        records.count("n1", 9, (4, 3, 2, 1), at="2026-03-01T11:00:00+01:00"),
        records.count("n2", 0, None, kind="poll", options=[{"text": "Blue", "votes": 2}, {"text": "Red", "votes": 0}]),
    ],
    floor=[{"session": "table", "item": "water", "person": ADA, "start": "2026-03-01T10:00", "end": "2026-03-01T09:00"}],
    paragraphs=[records.paragraph(
        "p1", "@ada and {f1}, see[^n].", "c1", "f1", "c1", origin="forum", basis_versions=[{"of": "f1", "version": 1}],
        unnamed=[{"id": "someone-1", "group": "press", "said": ["c1"]}],
    )],
    recommendations=[
        records.addressee("The State", records.advice(
            "r1", "Dig.", "c1", "f2", "c3", level="most", basis_versions=[{"of": "c3", "version": 4}], items=[
                {"id": "r1a", "text": "Now.", "basis": ["c2"], "basis_versions": [{"of": "c2", "version": 3}]},
            ],
        ), short_name="S"),
        records.addressee("Nobody"),
    ],
    sources=[{
        "id": "s1", "author": "", "title": "On water", "container": "", "year": None, "date": "", "url": "javascript:1",
        "accessed": "", "page": "",
    }],
    footnotes=[records.footnote("n", "", source="s1", page="6")],
    notes=[{
        "id": "k1", "by": ADA, "item": None, "about": ["c1", "f1"], "text": "Hm.", "flagged": True, "at": "2026-03-01T12:00",
    }],
    questions=[{
        "id": "q1", "session": "hall", "item": "water", "name": None, "text": "Why?", "status": "answered", "votes": 3,
        "forwarded_to": "deep", "answers": ["c1", "c1"],
    }],
    translations=[
        {"of": "event", "language": "en", "text": "Rivers", "original": "0" * 64},
        {"of": "event", "language": "en", "text": "Streams", "original": "1" * 64},
        {"of": "r1a", "language": "en", "text": "Now.", "original": "a" * 64},
    ],
    assent=[
        {"on": "f1", "seen": 4, "of": 8, "at": "2026-03-01T12:00+01:00", "confirmed": True, "on_earlier_words": False},
        {"on": "c1", "seen": 0, "of": 8, "at": None, "confirmed": None, "on_earlier_words": True},
    ],
    counted=[
        {
            "kind": "finding", "of": ["f1"], "n": 3, "N": 4, "T": 4, "answers": 2, "reservations": 1, "strong": 1,
            "opposed": 1, "against": 1, "abstained": 0, "unanswered": 1, "wide": False,
            "bar": {"support": 2, "reservations": 1, "opposed": 1, "abstained": 0, "silent": 0},
            "earlier": {"agree": 0, "reservations": 0, "disagree": 1, "abstain": 0}, "said": ["c3"],
        },
        {
            "kind": "together", "of": ["c1", "f2"], "n": 0, "N": 0, "T": 0, "answers": 0, "reservations": 0, "strong": 0,
            "opposed": 0, "against": 0, "abstained": 0, "unanswered": 0, "wide": True, "bar": None,
            "earlier": {"agree": 0, "reservations": 0, "disagree": 0, "abstain": 0}, "said": [],
        },
    ],
)  # fmt: skip


def round_trip(record: dict) -> str:
    return format.canonical(dump(load.load(record, replace=True)))


@pytest.mark.django_db
def test_victoria_comes_out_as_it_went_in():
    raw = VICTORIA.read_bytes()
    assert round_trip(format.read(raw)).encode() == raw


@pytest.mark.django_db
def test_every_key_of_the_format_survives():
    assert format.errors(EVERYTHING) == []
    assert json.loads(round_trip(EVERYTHING)) == EVERYTHING


@pytest.mark.django_db
def test_keys_in_another_order_come_out_in_the_canonical_one():
    shuffled = json.loads(json.dumps(EVERYTHING, sort_keys=True))
    assert [*shuffled] != [*EVERYTHING]
    assert round_trip(shuffled) == round_trip(EVERYTHING)


@pytest.mark.django_db
def test_an_end_date_is_there_only_where_it_was():
    assert json.loads(round_trip(records.record(event={"end_date": "2026-03-02"})))["event"]["end_date"] == "2026-03-02"
    assert "end_date" not in json.loads(round_trip(records.record()))["event"]


words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1).filter(str.strip)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, max_size=3), st.sampled_from(["fr", "en"]))
def test_any_words_survive(texts, aliases, language):
    record = records.table(
        event={"language": language, "title": texts[0], "scope": texts[-1]},
        contributions=[records.said(f"c{place}", ADA, text, verb=text) for place, text in enumerate(texts)],
    )
    record["persons"][0] |= {"aliases": aliases, "name": texts[0]}
    assert json.loads(round_trip(record)) == record


def leaves(value: Any, shape: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(holder, name, shape) of everything that stands in a record, at any depth."""
    if isinstance(shape, format.Nullable | Added):
        yield from leaves(value, shape.shape)
    elif isinstance(value, dict):
        for declared, inner in shape.items():
            if (name := declared.rstrip("?")) in value:
                yield value, name, inner
                yield from leaves(value[name], inner)
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield value, place, shape[0]
            yield from leaves(entry, shape[0])


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_record_with_some_added_keys_comes_back_byte_for_byte(data):
    record = copy.deepcopy(EVERYTHING)
    added = [(holder, name) for holder, name, shape in leaves(record, format.SHAPE) if isinstance(shape, Added)]
    for holder, name in data.draw(st.lists(st.sampled_from(added), unique_by=lambda one: (id(one[0]), one[1]))):
        holder.pop(name)
    texts = [
        (holder, name) for holder, name, shape in leaves(record, format.SHAPE) if shape in (format.TEXT, format.WORDS)
    ]
    for holder, name in data.draw(st.lists(st.sampled_from(texts), max_size=6)):
        holder[name] = data.draw(words)
    assume(not format.errors(record))
    assert round_trip(record) == format.canonical(record)


# ------------------------------------------------------------------ versions


def as_version_1(record: dict) -> dict:
    """The same record as a file of version 1 has it: without any added key."""
    older = json.loads(json.dumps(record))
    older["format"] = "dialogue-record/1"
    for path, added in format.ADDED.items():
        inside, _, name = path.rpartition(".")
        entries = [older] if not inside else [entry for _at, entry in find(older, inside)]
        for entry in entries:
            entry.pop(name, added)
    return older


@pytest.mark.django_db
def test_version_1_comes_out_as_version_2_in_its_first_line_alone():
    older = as_version_1(EVERYTHING)
    assert format.errors(older) == []
    written, read = round_trip(older).splitlines(), format.canonical(older).splitlines()
    assert written[:2] == ["{", '  "format": "dialogue-record/2",'] and written[2:] == read[2:]


def test_added_keys_in_version_1_are_refused_by_path():
    older = copy.deepcopy(EVERYTHING) | {"format": "dialogue-record/1"}
    errors = dict(format.errors(older))
    assert {re.sub(r"\[\d+\]", "[]", path)[2:] for path in errors} == set(format.ADDED)
    assert errors["$.persons[0].family_name"] == "a key of version 2, and the file says that it is of version 1"


def test_every_added_key_is_in_the_record_of_everything():
    assert {path for path in format.ADDED if not any(find(EVERYTHING, path))} == set()


@pytest.mark.parametrize("path", format.ADDED)
def test_a_default_written_out_is_refused(path):
    record = copy.deepcopy(EVERYTHING)
    inside, _, name = path.rpartition(".")
    at, entry = next(found for found in find(record, inside) if name in found[1]) if inside else ("$", record)
    entry[name] = format.ADDED[path].default
    assert (f"{at}.{name}", f"leave it out: {json.dumps(entry[name])} is what it is without") in format.errors(record)


def test_an_added_key_is_read_as_written_or_as_its_default():
    assert [format.value_of(one, "persons[].family_name") for one in EVERYTHING["persons"]] == ["Ada", ""]


def test_a_shape_in_itself_is_walked_once():
    inner = {"added": Added([{"deep": Added(format.BOOL, False, 3)}], [])}
    inner["items"] = [inner]
    assert [(path, key.version) for path, key in added_keys({"list": [inner]})] == [
        ("list[].added", 2), ("list[].added[].deep", 3),
    ]  # fmt: skip


def test_a_later_key_in_an_earlier_version_is_refused():
    shape = {"a?": Added([{"b": Added(format.BOOL, False, 3)}], [])}
    assert [*shape_errors({"a": [{"b": True}]}, shape, "$", 3)] == []
    assert [path for path, _ in shape_errors({"a": [{"b": True}]}, shape, "$", 2)] == ["$.a[0].b"]
    assert [path for path, _ in shape_errors({"a": [{"b": True}]}, shape, "$", 1)] == ["$.a"]


# ------------------------------------------------------------------ errors


def broken(change) -> list[tuple[str, str]]:
    record = copy.deepcopy(EVERYTHING)
    change(record)
    return format.errors(record)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda r: r.pop("floor"), "$.floor"),
        (lambda r: r.update(extra=1), "$.extra"),
        (lambda r: r["event"].update(slug="Rivers!"), "$.event.slug"),
        (lambda r: r["event"].update(time_zone="Mars/Olympus"), "$.event.time_zone"),
        (lambda r: r["event"].update(end_date=None), "$.event.end_date"),
        (lambda r: r["event"].update(date="2026-3-1"), "$.event.date"),
        (lambda r: r["event"]["scale"].update(many="0/5"), "$.event.scale.many"),
        (lambda r: r["event"].update(chapter_number=2**31), "$.event.chapter_number"),
        (lambda r: r["event"].update(chapter_number=True), "$.event.chapter_number"),
        (lambda r: r["event"].update(chapter_number=1.0), "$.event.chapter_number"),
        (lambda r: r["persons"][0].update(name="  "), "$.persons[0].name"),
        (lambda r: r["persons"][0].update(name="a\0b"), "$.persons[0].name"),
        (lambda r: r["persons"][0].update(name="\ud800"), "$.persons[0].name"),
        (lambda r: r["sessions"][0]["members"][0].update(person="zed"), "$.sessions[0].members[0].person"),
        (lambda r: r["sessions"][0]["members"][1]["absent"].append("zed"), "$.sessions[0].members[1].absent[2]"),
        (lambda r: r["outline"][0]["items"][0].update(id="water"), "$.outline[0].items[0].id"),
        (lambda r: r["contributions"][0].update(id="f1"), "$.findings[0].id"),
        (lambda r: r["contributions"][0].update(at="2026-03-01"), "$.contributions[0].at"),
        (lambda r: r["contributions"][0]["relations"][1].update(to="c1"), "$.contributions[0].relations[1].to"),
        (lambda r: r["contributions"][0]["relations"][1].update(to=None), "$.contributions[0].relations[1].to"),
        (lambda r: r["contributions"][0]["relations"][0].update(to="c2"), "$.contributions[0].relations[0].to"),
        (lambda r: r["contributions"][0]["relations"][1].update(to="zed"), "$.contributions[0].relations[1].to"),
        (lambda r: r["stances"][0].update(on="c2"), "$.stances[0].on"),
        (lambda r: r["stances"][1].update(on="c1"), "$.stances[1]"),
        (lambda r: r["paragraphs"][0].update(text="@zed spoke"), "$.paragraphs[0].text"),
        (lambda r: r["paragraphs"][0].update(text="{} and {f9}"), "$.paragraphs[0].text"),
        (lambda r: r["paragraphs"][0].update(text="see[^zed]"), "$.paragraphs[0].text"),
        (lambda r: r["recommendations"][0]["items"][0]["items"][0]["basis"].append("zed"),
         "$.recommendations[0].items[0].items[0].basis[1]"),
        (lambda r: r["event"].update(attribution="unnamed") or r["sessions"][0].update(attribution="role"),
         "$.sessions[0].attribution"),
        (lambda r: r["contributions"][1].update(session="hall", attribution="named"), "$.contributions[1].attribution"),
        (lambda r: r["translations"][0].update(of="ada"), "$.translations[0].of"),
        (lambda r: r["translations"][0].update(original="A" * 64), "$.translations[0].original"),
        (lambda r: r["persons"][0].update(family_name=None), "$.persons[0].family_name"),
        (lambda r: r["stances"][0].update(carried=0), "$.stances[0].carried"),
        (lambda r: r["contributions"][0].update(group=""), "$.contributions[0].group"),
        (lambda r: r["contributions"][0].update(group=3), "$.contributions[0].group"),
        (lambda r: r["sessions"][0]["members"][4].update(succeeds=BEN), "$.sessions[0].members[4].succeeds"),
        (lambda r: r["sessions"][0]["members"][3].pop("until"), "$.sessions[0].members[4].succeeds"),
        (lambda r: r["sessions"][0]["members"][3].update(since="2026-03-01T12"), "$.sessions[0].members[3].until"),
        (lambda r: r["sessions"][0]["runs"][0].update(end="2026-03-01T07:59Z"), "$.sessions[0].runs[0].end"),
        (lambda r: r["sessions"][0]["runs"][0].update(item="salt"), "$.sessions[0].runs[0].item"),
        (lambda r: r["sessions"][0].update(moderator_counts="sometimes"), "$.sessions[0].moderator_counts"),
        (lambda r: r["findings"][0].update(session="nowhere"), "$.findings[0].session"),
        (lambda r: r["findings"][0].update(roster=[BEN, "zed"]), "$.findings[0].roster[1]"),
        (lambda r: r["findings"][0].update(roster=[BEN, BEN]), "$.findings[0].roster[1]"),
        (lambda r: r["persons"][0].update(family_name="Lovelace"), "$.persons[0].family_name"),
        (lambda r: r["contributions"][1]["versions"][0].update(text="Struck."), "$.contributions[1].versions[0].text"),
        (lambda r: r["contributions"][1].update(group=""), "$.contributions[1].group"),
        (lambda r: r.update(contributions={}), "$.contributions"),
        (lambda r: r["contributions"][0].update(id={}), "$.contributions[0].id"),
    ],
)  # fmt: skip
def test_an_error_is_named_by_its_path(change, path):
    assert path in [where for where, _what in broken(change)]


def test_an_address_in_a_mail_is_no_mark():
    assert broken(lambda r: r["paragraphs"][0].update(text="Write to me@zed or a.@zed, {f1}.")) == []


@pytest.mark.django_db
def test_all_errors_are_named_and_nothing_is_written(tmp_path, capsys):
    record = copy.deepcopy(EVERYTHING)
    record["persons"][1]["name"] = ""
    record["stances"][1]["by"] = "zed"
    record["event"]["title"] = 7
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record))
    with pytest.raises(CommandError, match="3 errors. Nothing was changed"):
        call_command("load_record", str(path), stderr=(errors := io.StringIO()))
    assert [line.split(": ")[0] for line in errors.getvalue().splitlines()] == [
        "$.event.title", "$.persons[1].name", "$.stances[1].by",
    ]  # fmt: skip
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "cannot be read as JSON"),
        (b"\xff\xfe", "cannot be read as JSON"),
        (b"\xef\xbb\xbf{}", "save it as UTF-8 without one"),
        (b'{"format": "dialogue-record/3"}', "its format is .*/3.*reads dialogue-record/1 and dialogue-record/2"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"outline":' + b'[{"items":' * 100_000, "nested too deeply"),
        (b'{"a": 1, "a": 2}', 'the key "a" stands twice'),
        (b'{"a": "\x00"}', "cannot be read as JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "cannot be read as JSON"),
        (b" " * (64 * 1024 * 1024 + 1), "larger than 64 MiB"),
        (b"[" + b"{},[]," * 500_001 + b"1]", "more than 1,000,000 objects and lists"),
    ],
)
def test_what_is_no_record_is_refused_with_one_sentence(text, sentence):
    with pytest.raises(format.Unreadable, match=sentence):
        format.read(text)


def nested(depth: int) -> dict:
    """A record whose outline is so many levels deep."""
    outline: list[dict] = []
    for level in reversed(range(depth)):
        outline = [records.item(f"i{level}", *outline)]
    said = [records.said("c1", ADA, item=f"i{depth - 1}")]
    return records.table(outline=outline, contributions=said, sessions=[records.session(access="public", kind="forum")])


def pages_of(event: Event) -> list[int]:
    client = Client()
    return [client.get(f"/events/{event.slug}/{more}").status_code for more in ("", "table/table/", "chapter/")]


@pytest.mark.django_db
def test_outline_of_eight_levels_comes_back_and_is_shown():
    record = nested(format.DEEPEST)
    event = load.load(record)
    publish(event, None)
    assert json.loads(format.canonical(dump(event))) == record
    assert pages_of(event) == [200, 200, 200]


@pytest.mark.parametrize("depth", [9, 10, 100, 300])
def test_deeper_outline_is_refused_by_its_path(depth):
    path = "$.outline[0]" + ".items[0]" * 7 + ".items"
    assert format.errors(nested(depth)) == [(path, "must be []: an outline has 8 levels at the most, not a list")]


@pytest.mark.django_db
def test_without_that_limit_the_page_of_the_event_fails(monkeypatch):
    monkeypatch.setitem(format.SHAPE, "outline", format.outline_of(200))
    event = load.load(nested(190))
    with pytest.raises(RecursionError):
        pages_of(event)


# ------------------------------------------------------------------ texts without end


@pytest.mark.django_db
def test_text_of_the_greatest_length_comes_back_and_a_longer_one_is_refused():
    longest = "\U0001f5ff" * 100_000
    record = records.table(contributions=[records.said("c1", ADA, longest, verb=longest)])
    assert json.loads(round_trip(record)) == record
    record["contributions"][0] |= {
        "text": longest + "x",
        "verb": longest + "x",
        "at": f"2026-03-01T10:00:00.{'0' * 43}Z",
    }
    assert [path for path, _text in format.errors(record)] == ["$.contributions[0].text", "$.contributions[0].verb"]
    text = dict(format.errors(record))["$.contributions[0].text"]
    assert text.startswith("must be a string with words, of at most 100,000 characters, not ") and len(text) < 160
    assert text.endswith("… (100,001 characters)")
    record["contributions"][0] |= {"text": "Short.", "verb": "", "at": f"2026-03-01T10:00:00.{'0' * 44}Z"}
    assert [path for path, _text in format.errors(record)] == ["$.contributions[0].at"]


def test_whatever_a_form_takes_fits_in_a_record():
    from dialogue.convening.forms.event import points
    from dialogue.discussion.words import LIMIT
    from dialogue.live.refusals import LARGEST
    from dialogue.rapporteur.forms import LONG

    assert 20 * LIMIT == format.LONGEST and LONG < format.LONGEST < LARGEST
    assert 1 + max(deep for deep, _title in points("A\n- B\n-- C\n--- D\n---------- E")) < format.DEEPEST


# ------------------------------------------------------------------ more errors than anybody reads


@pytest.fixture
def wrong(tmp_path) -> Callable[[int], str]:
    """`wrong(n)` is a file with n errors."""

    def write(number: int) -> str:
        path = tmp_path / "wrong.json"
        path.write_text(json.dumps(records.record(disclaimers=[1] * number)))
        return str(path)

    return write


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["load_record", "check_format"])
def test_first_hundred_errors_are_printed_and_the_others_counted(command, wrong, monkeypatch):
    monkeypatch.setattr("dialogue.management.records.MOST_COUNTED", 300)
    told, ended = {}, {}
    for number, more in ((100, ()), (101, ()), (300, ()), (301, ()), (301, ("--all-errors",))):
        said = io.StringIO()
        with pytest.raises((CommandError, SystemExit)) as end:
            call_command(command, wrong(number), *more, stdout=said, stderr=said)
        lines = said.getvalue().splitlines()
        assert [line.partition(":")[0] for line in lines[:100]] == [f"$.disclaimers[{at}]" for at in range(100)]
        told[number, *more], ended[number, *more] = lines[100:], str(end.value).partition(": ")[2]
    last = told.pop((301, "--all-errors"))
    assert [line.partition(":")[0] for line in last] == [f"$.disclaimers[{at}]" for at in range(100, 301)]
    assert told == {
        (100,): [],
        (101,): ["The first 100 of 101 errors: --all-errors prints all of them."],
        (300,): ["The first 100 of 300 errors: --all-errors prints all of them."],
        (301,): ["The first 100 of more than 300 errors: --all-errors prints all of them."],
    }
    if command == "load_record":
        assert [one.partition(". ")[0] for one in ended.values()] == [
            "100 errors", "101 errors", "300 errors", "more than 300 errors", "301 errors",
        ]  # fmt: skip
    assert Event.objects.count() == 0


def test_errors_are_found_as_they_are_asked_for():
    """A list of all of a file of 64 MiB needs gigabytes and many minutes."""
    looked_at: list[int] = []
    found = shape_errors([1, 2, 3, 4], [Plain("else", looked_at.append)], "$", 2)
    assert [path for path, _text in islice(found, 2)] == ["$[0]", "$[1]"] and looked_at == [1, 2]


@pytest.mark.parametrize("value", [None, 1, "x", [], [1], {}])
def test_anything_is_a_list_of_errors_and_never_a_crash(value):
    assert format.errors(value)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["ada", "c1", "water"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_junk_in_any_place_is_named_and_never_a_crash(data):
    record = copy.deepcopy(EVERYTHING)
    place: dict | list = record
    while True:
        names = list(place) if isinstance(place, dict) else list(range(len(place)))
        name = data.draw(st.sampled_from(names))
        inner = place[name]  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[name] = data.draw(junk)  # type: ignore[index,call-overload]
    assert all(path.startswith("$") and text for path, text in format.errors(record))


# ------------------------------------------------------------------ the commands


@pytest.mark.django_db
def test_an_event_is_replaced_only_when_asked():
    call_command("load_record", str(VICTORIA), stdout=io.StringIO())
    with pytest.raises(CommandError, match="--replace"):
        call_command("load_record", str(VICTORIA))
    call_command("load_record", str(VICTORIA), "--replace", stdout=io.StringIO())
    call_command("dump_record", "victoria-2007", stdout=(out := io.StringIO()))
    assert out.getvalue() == VICTORIA.read_text()


@pytest.mark.django_db
def test_replacing_keeps_accounts_passes_and_publications():
    from dialogue.report.actions import publish

    event = load.load(json.loads(VICTORIA.read_text()))
    seat_samples(event)
    publish(event, None)
    load.load(json.loads(VICTORIA.read_text()), replace=True)
    assert event.attendees.get(key="crabbe").person == Person.objects.get(email="participant@demo.invalid")
    assert event.passes.count() == 3
    assert event.publications.count() == 1


@pytest.mark.django_db
def test_a_failing_replacement_leaves_the_old_event(tmp_path):
    load.load(records.table())
    worse = records.table(stances=[records.stance(ADA, "zed", "agree")])
    with pytest.raises(load.Invalid):
        load.load(worse, replace=True)
    assert Event.objects.get().attendees.count() == 6


@pytest.mark.django_db
def test_a_missing_event_is_named_with_those_that_there_are():
    load.load(records.record())
    with pytest.raises(CommandError, match="no event 'lakes'.*rivers"):
        call_command("dump_record", "lakes")


def test_a_missing_file_gets_a_sentence():
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_record", "/nowhere/record.json")
