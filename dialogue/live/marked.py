"""What is seen of a statement, as HTML: the same in the same language is drawn once for all who see it."""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from dialogue.discussion import threads
from dialogue.discussion.models import Contribution
from dialogue.discussion.words import as_html
from dialogue.drawings import kept
from dialogue.live.statements import Standing, View


def place(
    said: Contribution,
    inner: str,
    after: str = "",
    after_time: str = "",
    *,
    can_come: bool = True,
    is_new: bool = False,
) -> SafeString:
    """The place of a statement with what stands in it. `can_come`: a page that has not got it puts it in."""
    into = ""
    if can_come:
        into = format_html(
            ' data-into="thread-{}" data-after="{}" data-after-time="{}"', said.item_id,
            f"s-{after}" if after else "", f"s-{after_time}" if after_time else "",
        )  # fmt: skip
    kind = f"place depth-{threads.depth(said.thread)}{' is-new' if is_new else ''}"
    return format_html('<li id="s-{}" class="{}"{}>{}</li>', said.pk, kind, into, mark_safe(inner))


def draw(view: View) -> str:
    """The words and their speaker."""
    return drawn(view, get_language() or "en")


@kept
def drawn(view: View, language: str) -> str:
    """The same statement in the same language is the same HTML: everything that it is made of is in the key."""
    return render_to_string("roundtable/_statement.html", {"s": view})


def draw_whole(view: View, standing: Standing | None) -> str:
    """The words with, below a position, its bar and its buttons: what stands in the place of a statement."""
    return draw(view) + (draw_bar(standing) + draw_stance(standing, view.address) if standing else "")


def draw_bar(standing: Standing) -> str:
    """The bar of a position."""
    return bar_drawn(standing, get_language() or "en")


@kept
def bar_drawn(standing: Standing, language: str) -> str:
    """As `drawn`."""
    return render_to_string("roundtable/_bar.html", {"s": standing})


def draw_stance(standing: Standing, address: str) -> str:
    """Where one may stand on a position."""
    if standing.is_over:
        return render_to_string("roundtable/_over.html", {"id": standing.id})
    version = standing.own_version + standing.words - 1  # newer with other words, and then its owner's the newest
    return stance_drawn(
        standing.id, standing.own, version, standing.mine, address, standing.words, standing.is_earlier,
        get_language() or "en",
    )  # fmt: skip


@kept
def stance_drawn(
    id: str, own: str, version: int, mine: bool, address: str, words: int, earlier: bool, language: str
) -> str:
    """As `drawn`."""
    context = {
        "id": id, "own": own, "version": version, "mine": mine, "address": address, "words": words, "earlier": earlier,
    }  # fmt: skip
    return render_to_string("roundtable/_stance.html", context)


def forget() -> None:
    """Let no words linger in memory that were erased."""
    drawn.drawings.clear()
    as_html.drawings.clear()
