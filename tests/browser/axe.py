"""What axe finds wrong with a page, and at which widths and in which themes it looks."""

from itertools import product

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.tiers import some

# (width in pixels, theme): each width, and each theme, in the short form; colours do not depend on the width.
LOOKS = some(product((390, 820, 1440), ("light", "dark")), (390, "light"), (820, "dark"), (1440, "dark"))


def faults(page: Page) -> list[str]:
    """Each violation with the page and its first element; [] where there is none."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
