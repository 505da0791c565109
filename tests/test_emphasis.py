"""The words of a statement are drawn alike wherever a page shows them: emphasis, links and lines, and nothing else."""

import pytest

from dialogue.discussion.models import Contribution
from tests.forms import address, amend, browser, saved, say
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

WORDS = (
    "It is *low*, see https://example.org/?a&b\nand\n\n[here](javascript:alert(1)) <img src=x onerror=alert(1)> **as is"
)
DRAWN = (
    '<p>It is <em>low</em>, see <a href="https://example.org/?a&amp;b" rel="nofollow noopener noreferrer">'
    "https://example.org/?a&amp;b</a><br>\nand</p>\n<p>[here](javascript:alert(1)) "
    "&lt;img src=x onerror=alert(1)&gt; **as is</p>\n"
)


@pytest.fixture
def table() -> LiveTable:
    """A table with its first item open."""
    table = seated()
    table.run("open_item", "water")
    return table


def everywhere(table: LiveTable, said: Contribution) -> dict[str, str]:
    """Each page that shows the words of a statement, as the rapporteur gets it: {its address: the page}."""
    event = f"/events/{table.event.slug}"
    found = {}
    for path in (
        address(table) + "?item=water", address(table, f"said/{said.pk}/"), f"{event}/record/",
        f"{event}/desk/?item=water", f"{event}/chapter/behind/?of={said.key}",
    ):  # fmt: skip
        answer = browser(table, "rapporteur").get(path)
        assert answer.status_code == 200, path
        found[path] = answer.text
    return found


def test_the_same_words_are_drawn_alike_on_every_page(table: LiveTable):
    said = saved(say(table, "participant", WORDS, kind="position"))
    for path, page in everywhere(table, said).items():
        assert DRAWN in page, path
        assert "<img" not in page and 'href="javascript' not in page, path


def test_and_what_they_were_before(table: LiveTable):
    said = saved(say(table, "participant", WORDS))
    assert amend(table, "participant", said, "Other words.").status_code == 200
    page = browser(table, "participant").get(address(table, f"said/{said.pk}/")).text
    former = page[page.index('class="former"') :]
    assert DRAWN in former and "<img" not in former
