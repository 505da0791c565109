"""What the report rests on belongs to its words: amended or withdrawn, it blocks publication until looked at."""

import uuid

import pytest

from dialogue.discussion import actions as discussion
from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Finding, FindingBasis
from dialogue.rapporteur import changed_words
from dialogue.rapporteur.actions.advice import AddresseeWords, AdviceWords, addressees, recommendations
from dialogue.rapporteur.actions.confirming import confirm_words
from dialogue.rapporteur.actions.findings import FindingWords, findings
from dialogue.rapporteur.actions.papers import Papers
from dialogue.rapporteur.actions.writing import ParagraphWords, paragraphs
from dialogue.rapporteur.changed_words import changed_papers
from dialogue.report import actions as report
from dialogue.report.actions import CannotPublish, ready
from dialogue.report.compile import compile
from dialogue.report.tree import as_json
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

BLOCKED = "rests on words that have changed: look at it at the desk."


@pytest.fixture
def table() -> LiveTable:
    table = seated("named")
    table.run("open_item", "water")
    table.say("participant", "p1", "position")
    table.say("second-participant", "p2", "position")
    return table


def key() -> str:
    return uuid.uuid4().hex


def find(table: LiveTable, *names: str, level: str = "two") -> Finding:
    """The rapporteur's finding on these statements."""
    basis = tuple(table.said[name].pk for name in names)
    words = FindingWords(item=table.item("water"), text="It is low.", level=level, reason="", basis=basis)
    return findings.make(table.event, table.person("rapporteur"), words, key=key())


def write(table: LiveTable, text: str, *basis: uuid.UUID):
    """The rapporteur's paragraph."""
    words = ParagraphWords(item=table.item("water"), origin="room", text=text, basis=basis)
    return paragraphs.make(table.event, table.person("rapporteur"), words, key=key())


def confirm(table: LiveTable, papers: Papers, row) -> None:
    """The rapporteur confirms a paper on the words that stand now."""
    confirm_words(papers, row, table.person("rapporteur"), was=changed_papers(table.event)[row.pk].digest)


def numbers(table: LiveTable, finding: Finding) -> tuple[int, int]:
    held = agreement(table.event).holdings[finding.pk].numbers
    return held.n, held.N


def reasons(table: LiveTable) -> list[str]:
    """What is in the way of publishing; [] for nothing."""
    try:
        ready(table.event)
    except CannotPublish as problem:
        return problem.reasons
    return []


def desk(table: LiveTable, role: str = "rapporteur", name: str = "") -> str:
    answer = table.client(role).get(f"/events/{table.event.slug}/desk/{name}", {"item": "water"})
    assert answer.status_code == 200
    return answer.content.decode()


# ------------------------------------------------------------------ findings


def test_author_of_amended_words_counts_once_the_rapporteur_confirms(table: LiveTable):
    finding = find(table, "p1", "p2")
    assert numbers(table, finding) == (2, 5)
    table.amend("participant", "p1")
    assert numbers(table, finding) == (1, 5)
    confirm(table, findings, finding)
    assert numbers(table, finding) == (2, 5)
    assert changed_papers(table.event) == {}


def test_control_author_would_count_if_no_version_was_asked_for(table, monkeypatch):
    from dialogue.positions import evidence

    monkeypatch.setattr(evidence, "F", lambda _name: 1)
    finding = find(table, "p1", "p2")
    table.amend("participant", "p1")
    assert numbers(table, finding) == (2, 5)


def test_spelling_marks_nothing_and_counts_on(table: LiveTable):
    finding = find(table, "p1", "p2")
    said = table.one("p1")
    discussion.amend(said, table.person("participant"), said.text.upper(), version=said.version, key=key())
    assert numbers(table, finding) == (2, 5) and changed_papers(table.event) == {}


def test_claimed_spelling_is_confirmed_by_the_rapporteur_too(table: LiveTable):
    finding = find(table, "p1", "p2")
    table.amend("participant", "p1", spelling=True)
    assert numbers(table, finding) == (1, 5) and set(changed_papers(table.event)) == {finding.pk}


def test_finding_on_changed_words_blocks_publication(table: LiveTable):
    finding = find(table, "p1", "p2")
    write(table, "It rained.")
    assert reasons(table) == []
    table.amend("participant", "p1")
    assert f"The finding “It is low.” {BLOCKED}" in reasons(table)
    confirm(table, findings, finding)
    assert reasons(table) == []


def test_draft_says_which_wording_a_finding_rests_on(table: LiveTable):
    finding = find(table, "p1", "p2")
    write(table, f"It was said of {{{{{finding.key}}}}}.", finding.pk)
    earlier = " (in its wording 1, changed since)"
    assert earlier not in as_json(compile(Event.objects.get()))
    table.amend("participant", "p1")
    table.amend("participant", "p1")
    assert as_json(compile(Event.objects.get())).count(earlier) == 1
    confirm(table, findings, finding)
    assert earlier not in as_json(compile(Event.objects.get()))


def test_control_nothing_blocks_without_the_marks(table, monkeypatch):
    find(table, "p1", "p2", level="one")
    write(table, "It rained.", table.said["p1"].pk)
    table.amend("participant", "p1")
    assert reasons(table) != []
    for module in (report, __import__("dialogue.report.material", fromlist=["x"])):
        monkeypatch.setattr(module, "changed_papers", lambda _event: {})
    assert reasons(table) == []


# ------------------------------------------------------------------ withdrawn, off the record, erased


@pytest.mark.parametrize(
    ("deed", "more", "became"), [("withdraw", (), "withdrawn"), ("restrict", ("off_record",), "off_record")]
)
def test_what_is_gone_is_marked_and_blocks_until_looked_at(table, deed: str, more: tuple, became: str):
    finding = find(table, "p1", "p2")
    paragraph = write(table, "As @ada put it, it is low.", table.said["p1"].pk)
    table.do("participant", deed, "p1", *more)
    found = changed_papers(table.event)
    assert set(found) == {finding.pk, paragraph.pk}
    assert {change.words.became for one in found.values() for change in one.changes} == {became}
    assert len([one for one in reasons(table) if one.endswith(BLOCKED)]) == 2
    confirm(table, findings, finding)
    confirm(table, paragraphs, paragraph)
    assert changed_papers(table.event) == {}
    assert not [one for one in reasons(table) if one.endswith(BLOCKED)]


def test_erased_words_are_marked_without_words(table: LiveTable):
    paragraph = write(table, "As @ada put it, it is low.", table.said["p1"].pk)
    table.do("participant", "restrict", "p1", "off_record")
    table.run("close_item", "water")
    assert Contribution.every.get(pk=table.said["p1"].pk).state == "erased"
    assert [one.words.became for one in changed_papers(table.event)[paragraph.pk].changes] == ["erased"]
    shown = desk(table)
    assert "struck from the record" in shown and "p1v0" not in shown


def test_desk_does_not_show_words_that_went_off_the_record(table: LiveTable):
    write(table, "As @ada put it, it is low.", table.said["p1"].pk)
    table.amend("participant", "p1")
    assert "p1v0" in desk(table)
    table.do("participant", "restrict", "p1", "off_record")
    assert "p1v0" not in desk(table).partition("Before you can publish")[2].partition("Statements")[0]
    assert "p1v0" not in desk(table)


# ------------------------------------------------------------------ paragraphs and recommendations


def test_paragraph_shows_its_sentence_with_both_wordings(table: LiveTable):
    write(table, "It rained. As @ada put it, it is low. {x}".replace(" {x}", ""), table.said["p1"].pk)
    table.amend("participant", "p1")
    shown = desk(table)
    part = shown.partition('class="changed"')[2].partition("</form>")[0]
    assert "p1v0" in part and "p1v1" in part and "Confirm on the new words" in part
    assert "<li lang=\"en\">As @ada put it, it is low.</li>" in part and "<li lang=\"en\">It rained.</li>" not in part


def test_button_confirms_and_says_so(table: LiveTable):
    paragraph = write(table, "As @ada put it, it is low.", table.said["p1"].pk)
    table.amend("participant", "p1")
    address = f"/events/{table.event.slug}/desk/paragraph/{paragraph.pk}/confirm/"
    was = changed_papers(table.event)[paragraph.pk].digest
    assert table.client("second-participant").post(address, {"was": was}).status_code == 403
    table.amend("participant", "p1")
    client = table.client("rapporteur")
    assert "It was changed meanwhile" in client.post(address, {"was": was}, follow=True).content.decode()
    assert set(changed_papers(table.event)) == {paragraph.pk}
    was = changed_papers(table.event)[paragraph.pk].digest
    assert "Confirmed on the new words." in client.post(address, {"was": was}, follow=True).content.decode()
    assert changed_papers(table.event) == {}


def test_paragraph_rests_on_words_through_a_finding(table: LiveTable):
    finding = find(table, "p1", "p2")
    marked = write(table, f"{{{finding.key}}} said so.")
    based = write(table, "As @ada put it.", finding.pk)
    table.amend("participant", "p1")
    assert set(changed_papers(table.event)) == {finding.pk, marked.pk, based.pk}
    confirm(table, findings, finding)
    assert set(changed_papers(table.event)) == {marked.pk, based.pk}
    confirm(table, paragraphs, marked)
    confirm(table, paragraphs, based)
    assert changed_papers(table.event) == {}


def test_paragraph_written_after_the_change_is_not_marked(table: LiveTable):
    table.amend("participant", "p1")
    finding = find(table, "p1", "p2")
    write(table, f"{{{finding.key}}} said so, as @ada put it.", table.said["p1"].pk)
    assert changed_papers(table.event) == {}


def test_saving_other_words_confirms_nothing(table: LiveTable):
    paragraph = write(table, "As @ada put it.", table.said["p1"].pk)
    table.amend("participant", "p1")
    standing = paragraphs.standing(paragraph)
    words = ParagraphWords(**{**standing.columns, "text": "As @ada said."}, basis=standing.basis)
    paragraphs.change(paragraph, table.person("rapporteur"), words, was=standing.digest)
    assert set(changed_papers(table.event)) == {paragraph.pk}


def test_recommendation_counts_no_unconfirmed_author(table: LiveTable):
    to = addressees.make(
        table.event, table.person("rapporteur"), AddresseeWords(name="The council", short_name=""), key=key()
    )
    words = AdviceWords(addressee=to, parent=None, text="Dredge.", level="two",
                        basis=(table.said["p1"].pk, table.said["p2"].pk))  # fmt: skip
    row = recommendations.make(table.event, table.person("rapporteur"), words, key=key())
    write(table, "It rained.")
    assert reasons(table) == []
    table.amend("participant", "p1")
    told = reasons(table)
    assert told == [f"The recommendation “Dredge.” {BLOCKED}"]
    assert 'class="verdict overclaims"' in desk(table, name="recommendations/")
    confirm(table, recommendations, row)
    assert reasons(table) == []
    assert 'class="verdict holds"' in desk(table, name="recommendations/")


def test_basis_keeps_its_version_when_another_is_added(table: LiveTable):
    finding = find(table, "p1", level="one")
    table.amend("participant", "p1")
    standing = findings.standing(finding)
    words = FindingWords(**standing.columns, basis=(*standing.basis, table.said["p2"].pk))
    findings.change(finding, table.person("rapporteur"), words, was=standing.digest)
    rows = FindingBasis.objects.filter(finding=finding).values_list("contribution__key", "words_version")
    assert sorted(version for _key, version in rows) == [1, 1]
    assert set(changed_papers(table.event)) == {finding.pk} and numbers(table, finding) == (1, 5)


def test_nothing_changed_costs_two_queries(table: LiveTable, django_assert_num_queries):
    find(table, "p1", "p2")
    with django_assert_num_queries(2):
        assert changed_words.changed_papers(table.event) == {}
