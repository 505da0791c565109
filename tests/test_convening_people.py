"""A table of people, pasted: read whichever way it is written, and taken in whole or not at all."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from dialogue.convening import spreadsheet
from dialogue.convening.actions import people
from dialogue.convening.models import Invitation
from dialogue.convening.views.people import COLUMNS
from dialogue.events.models import Attendee, Membership, Role
from dialogue.people.models import Person
from tests.everything import held
from tests.preparing import Prepared

FULL = ["Ann Webb", "ann@new.invalid", "Dean", "College", "university", "moderator"]
WHO = {"name": "Zoé Ngô", "email": "zoe@new.invalid", "affiliation": "Institut", "role": "observer"}


def told(pasted: str) -> list[dict[str, str]]:
    """What was read of each row, without what is empty."""
    return [
        {name: getattr(row, name) for name in spreadsheet.COLUMNS if getattr(row, name)}
        for row in spreadsheet.read(pasted)
    ]


def wrong(pasted: str) -> list[list[str]]:
    """What is wrong with each row."""
    return [row.problems for row in spreadsheet.read(pasted)]


# ------------------------------------------------------------------ how it may be written


@pytest.mark.parametrize("sign", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_cells_are_parted_by_tabs_semicolons_or_commas(sign: str, end: str, before: str):
    rows = [FULL, ["Bo", "bo@new.invalid"], ["", ""], ["Cy"]]
    assert told(before + end.join(sign.join(row) for row in rows) + end) == [
        dict(zip(spreadsheet.COLUMNS, FULL, strict=False)),
        {"name": "Bo", "email": "bo@new.invalid", "role": "participant"},
        {"name": "Cy", "role": "participant"},
    ]


@pytest.mark.parametrize("line", [
    "Name\tE-mail\tOrganisation\tRole\nZoé Ngô\tzoe@new.invalid\tInstitut\tobserver",
    "ROLE;Affiliation;E-Mail Address;Full name\nObserver;Institut;zoe@new.invalid;Zoé Ngô",
    "Rôle;Organisme;Courriel;Nom et prénom\nobservatrice;Institut;zoe@new.invalid;Zoé Ngô",
    "adresse,nom,rôle,affiliation\nzoe@new.invalid,Zoé Ngô,Observateur,Institut",
    "No.\tName\tTelephone\tMail\tEmployer\tRole\n7\tZoé Ngô\t555\tzoe@new.invalid\tInstitut\tobserver",
    "Name\tName\tMail\tRole\tInstitution\nZoé Ngô\tNgô\tzoe@new.invalid\tobserver\tInstitut",
])  # fmt: skip
def test_headings_may_be_in_either_language_and_any_order(line: str):
    for language in ("en", "fr"):
        with override(language):
            assert told(line) == [WHO]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_headings_of_the_page_itself_are_known(language: str):
    with override(language):
        assert spreadsheet.headings(COLUMNS()) == list(spreadsheet.COLUMNS[: len(COLUMNS())])


@pytest.mark.parametrize("theirs", ["en", "fr"])
@pytest.mark.parametrize("ours", ["en", "fr"])
def test_every_role_is_known_by_its_name_in_either_language(theirs: str, ours: str):
    with override(theirs):
        names = {role.value: str(role.label) for role in Role}
    with override(ours):
        assert {role: spreadsheet.role(name) for role, name in names.items()} == {role: role for role in names}
        assert {spreadsheet.role(name.upper()) for name in names.values()} == set(names)


@pytest.mark.parametrize(("pasted", "name", "function"), [
    ('Ann Webb\tann@new.invalid\t"Dean\nof studies"', "Ann Webb", "Dean of studies"),
    ('"Webb, Ann",ann@new.invalid,"Dean, ""acting"""', "Webb, Ann", 'Dean, "acting"'),
    ('Ann Webb,ann@new.invalid,"Dean; professor"', "Ann Webb", "Dean; professor"),
    ("Webb, Ann;ann@new.invalid;Dean", "Webb, Ann", "Dean"),
    ('Ann "Bud" Webb\tann@new.invalid\t5" pipes', 'Ann "Bud" Webb', '5" pipes'),
    ("  Ann \u00a0 Webb \tann@new.invalid\t Dean ", "Ann Webb", "Dean"),
])  # fmt: skip
def test_a_cell_may_hold_newlines_quotes_and_the_signs_that_part_others(pasted: str, name: str, function: str):
    assert told(pasted) == [{"name": name, "email": "ann@new.invalid", "function": function, "role": "participant"}]


def test_empty_cells_at_the_end_of_a_row_are_nothing():
    assert wrong("Name\tRole\nAnn\tobserver\t\t\t\nBo\t\t\t") == [[], []]
    assert wrong("\t".join([*FULL, "", "", "", ""])) == [[]]


# ------------------------------------------------------------------ what is wrong is said beside its row


@pytest.mark.parametrize(("cells", "sentence"), [
    (["", "ann@new.invalid"], "The name is missing."),
    (["ann@new.invalid", "Ann"], "An address stands where the name should be"),
    (["Ann", "ann at new.invalid"], "is no e-mail address"),
    (["Ann", f"{'a' * 260}@new.invalid"], "is no e-mail address"),  # longer than a column of addresses
    (["Ann", "ann@new.invalid, bo@new.invalid"], "is no e-mail address"),
    (["Ann", "", "", "", "", "jester"], "“jester” is no role: write convenor, moderator"),
    (["Ann", "", "x" * 301], "more than 300 signs"),
    (["Ann\0", ""], "cannot be printed"),
    ([*FULL, "", "left over"], "more cells than columns"),
])  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_of_it_alone(cells: list[str], sentence: str):
    first, second = wrong("\t".join(["Somebody"] + [""] * 8) + "\n" + "\t".join(cells))
    assert first == []
    assert any(sentence in problem for problem in second), second


def test_one_address_in_two_rows_is_said_of_the_second():
    assert wrong("Ann\tann@new.invalid\nBo\tbo@new.invalid\nAnne\tANN@new.invalid") == [
        [], [], ["This address stands in row 1 too."],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pasted", ["", "\n\n", "\ufeff", "\t\t\n", "Name\tE-mail\tRole\n", '"Ann\nBo\nCy', "x" * 140_000]
)
def test_what_is_no_table_is_refused_as_a_whole(pasted: str):
    with pytest.raises(ValidationError):
        rows = spreadsheet.read(pasted)
        if any(row.problems for row in rows):
            raise ValidationError("said of the row")


def test_more_people_than_a_table_has_seats_are_refused():
    spreadsheet.read("\n".join(f"Person {n}" for n in range(500)))
    with pytest.raises(ValidationError, match="more than 500"):
        spreadsheet.read("\n".join(f"Person {n}" for n in range(501)))


# ------------------------------------------------------------------ all of them, or nobody


@pytest.fixture
def house(db: None) -> Prepared:
    return Prepared()


def counts() -> list[int]:
    return [table.objects.count() for table in (Attendee, Membership, Invitation, Person)]


GOOD = "Kit\tkit@new.invalid\nLou\tlou@new.invalid\t\t\t\tobserver\nMax\n"


@pytest.mark.parametrize(
    "last", ["Nic\tkit@new.invalid", "Nic\tRAY@people.invalid", "\tnic@new.invalid", "Nic\t\t\t\t\tjester"]
)
def test_one_bad_row_lets_nobody_in(house: Prepared, last: str):
    client, address, before = house.client(house.connie), f"{house.at}setup/people/", held()
    answer = client.post(address, {"session": house.table.key, "table": GOOD + last})
    assert answer.status_code == 422 and held() == before
    assert answer.text.count('class="wrong"') == 1 and "Kit" in answer.text
    assert client.post(address, {"session": house.table.key, "table": GOOD}).status_code == 302
    assert counts() == [4 + 3, 4 + 3, 4 + 3, 1]


def test_a_first_row_without_a_name_is_not_moved_by_one_column(house: Prepared):
    client, before = house.client(house.connie), held()
    sent = {"session": house.table.key, "table": "\tName\tRole\n1\tKit\tobserver\n2\tLou\t\t\t\n"}
    assert client.post(f"{house.at}setup/people/", sent).status_code == 302
    assert [house.one(name).memberships.get().role for name in ("Kit", "Lou")] == ["observer", "participant"]
    answer = client.post(f"{house.at}setup/people/", {"session": house.table.key, "table": "\tnic@new.invalid"})
    assert "The name is missing." in answer.text and len(before) > 20


def test_the_same_table_twice_is_taken_in_once(house: Prepared):
    first, again = spreadsheet.read(GOOD), spreadsheet.read("Kit\tkit@new.invalid\n")
    people.take_in(house.table, house.connie, first)
    with pytest.raises(ValidationError):
        people.take_in(house.table, house.connie, again)
    assert again[0].problems == ["Kit has this address in the event already."]
    assert counts() == [7, 7, 7, 1]


def test_a_first_name_in_a_column_of_its_own_is_not_lost():
    (one,) = spreadsheet.read("Prénom\tNom\tCourriel\tType d’organisation\nAline\tDurand\taline@people.invalid\tONG")
    assert (one.name, one.email, one.sector, one.problems) == ("Aline Durand", "aline@people.invalid", "ONG", [])
    (one,) = spreadsheet.read("First name\tLast name\tE-mail\nAda\tLovell\tada@people.invalid")
    assert one.name == "Ada Lovell"


def test_columns_that_nobody_understands_are_named():
    assert spreadsheet.left_out("Name\tTelephone\tE-mail\tDiet\nAda\t1\tada@people.invalid\tnone") == [
        "Telephone",
        "Diet",
    ]
    assert spreadsheet.left_out("Ada\tada@people.invalid") == []
