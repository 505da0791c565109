"""The words of a statement: what may come in, and how plain words with *emphasis* and links become HTML."""

import re
import unicodedata

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt

from dialogue.drawings import kept

LIMIT = 5000  # characters
UNSEEN = {"Cf", "Zs", "Zl", "Zp"}  # joiners, marks of direction, spaces: nobody sees them alone


class Plain(MarkdownIt):
    """Emphasis, bare links and line breaks: the rest of Markdown stays as it was typed."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        """Only what names the web: neither `//example.org`, nor an address for mail."""
        return url.lower().startswith(("http://", "https://"))

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """A link reads as it was typed: decoded, it could pass for another place."""
        return link


_markdown = Plain("zero", {"linkify": True, "breaks": True}).enable(["emphasis", "linkify", "newline"])
LINKS = {"a": {"href"}}
REL = "nofollow noopener noreferrer"
TAGS = {"p", "em", "strong", "a", "br"}


def fit(text: str) -> str:
    """The text as it is kept: newlines as one character, no space around it, nothing that cannot be printed.

    Raises ValidationError where it is empty, too long, or holds what is no character of any language.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not is_printable(text):
        raise ValidationError(_("The text holds signs that cannot be printed. Take them out, or type it anew."))
    if all(sign in "\n\t" or unicodedata.category(sign) in UNSEEN for sign in text):
        raise ValidationError(_("There are no words in it yet."))
    if (over := len(text) - LIMIT) > 0:
        raise ValidationError(
            ngettext(
                "The text is %(n)d character too long: %(limit)d fit.",
                "The text is %(n)d characters too long: %(limit)d fit.",
                over,
            )
            % {"n": over, "limit": LIMIT}
        )
    return text


def is_printable(text: str) -> bool:
    """Whether it holds nothing but characters of languages, and line breaks."""
    return all(sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs") for sign in text)


@kept  # the same words are drawn for every audience; a page of them must not wait
def as_html(text: str) -> SafeString:
    """The words as safe HTML: paragraphs, line breaks, emphasis, links. Forget them with `as_html.drawings.clear()`."""
    paragraphs = re.split(r"\n\s*\n", text)
    made = "".join(_markdown.render(paragraph) for paragraph in paragraphs if paragraph.strip())
    return mark_safe(
        nh3.clean(made, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel=REL)
    )
