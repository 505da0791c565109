"""Words: what may come in, what is kept of it, and that nothing but paragraphs, emphasis and links comes out."""

import html
import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from dialogue.discussion.words import LIMIT, as_html, fit


class Read(HTMLParser):
    """What a browser would make of some HTML: its tags with their attributes, and its text."""

    def __init__(self, source: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += "\n" if tag == "br" else ""

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {}))


def is_safe(read: Read) -> bool:
    """Whether nothing is in it but paragraphs, emphasis, line breaks, and links to the web that trust nobody."""
    for tag, attributes in read.tags:
        if tag == "a":
            if not attributes.keys() <= {"href", "rel"} or attributes.get("rel") != "nofollow noopener noreferrer":
                return False
            if not re.match(r"https?://", attributes.get("href") or "https://"):
                return False
        elif tag not in {"p", "em", "strong", "br"} or attributes:
            return False
    return True


# ------------------------------------------------------------------ what is kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  The river is low.\n\n", "The river is low."),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\ttab", "a\ttab"),
        ("e\u0301lu", "\u00e9lu"),  # one way to write é
        ("語 🗿 שלום", "語 🗿 שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian needs
    ],
)
def test_text_is_kept_as_it_was_typed_but_for_space_around_it_and_the_way_to_write_it(typed: str, kept: str):
    assert fit(typed) == kept


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\r\n", "\u00a0", "\u200b", "\u2060\u200d", "\ufeff"])
def test_what_cannot_be_seen_is_no_statement(nothing: str):
    with pytest.raises(ValidationError, match=r"There are no words in it yet\."):
        fit(nothing)


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\udfff"])
def test_what_is_no_sign_of_any_language_is_refused(sign: str):
    with pytest.raises(ValidationError, match="signs that cannot be printed"):
        fit(f"before{sign}after")


def test_five_thousand_characters_fit_and_one_more_does_not():
    assert LIMIT == 5000
    assert fit("🗿" * 5000) == "🗿" * 5000
    assert fit(" " * 999 + "a" * 5000) == "a" * 5000
    for over, told in ((1, "1 character too long: 5000 fit"), (2, "2 characters too long: 5000 fit")):
        with pytest.raises(ValidationError, match=told):
            fit("a" * (5000 + over))


# ------------------------------------------------------------------ what is drawn


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("plain", "<p>plain</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one\n \t\n\n\ntwo", "<p>one</p><p>two</p>"),
        ("an *accent* here", "<p>an <em>accent</em> here</p>"),
        ("a **strong** one", "<p>a <strong>strong</strong> one</p>"),
        ("two * three * four", "<p>two * three * four</p>"),
        ("# no heading", "<p># no heading</p>"),
        ("1. no list", "<p>1. no list</p>"),
        ("> no quotation", "<p>&gt; no quotation</p>"),
        ("`no code`", "<p>`no code`</p>"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        ("&lt;typed so&gt;", "<p>&amp;lt;typed so&amp;gt;</p>"),
        (
            "see https://example.org/a?b=1&c=2.",
            '<p>see <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">'
            "https://example.org/a?b=1&amp;c=2</a>.</p>",
        ),
    ],
)
def test_plain_words_with_emphasis_paragraphs_and_links(typed: str, drawn: str):
    assert as_html(typed).replace("</p>\n", "</p>") == drawn


TAGS = (
    "<script>alert(1)</script>", "<ScRiPt src=//evil.example></ScRiPt>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<a href='javascript:alert(1)'>x</a>", "<a href=data:text/html,x>x</a>",
    "<math><mi xlink:href='javascript:alert(1)'>", "<form action=//evil.example><button>x", "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<object data=//evil.example>", "<embed src=//evil.example>", "<body onload=alert(1)>", "<video><source onerror=alert(1)>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "<textarea></textarea><script>1</script>",
    "<p id=said-1 class=mine data-mine style=position:fixed>", "<li id=s-1 data-into=thread-1>", "<template data-say=x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<script>]]>",
    "<?php echo 1 ?>", "<!DOCTYPE html>", "</article></li><script>alert(1)</script>", "<a\x0bhref=x>", "<<script>alert(1)//<</script>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>", "<select><option><script>alert(1)</script>", "<x hx-get=/ hx-trigger=load>",
)  # fmt: skip
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>",
    "[x](javascript:alert(1))", "[x](https://evil.example 'onmouseover=alert(1)')", "![x](https://evil.example/x.png)",
    "<javascript:alert(1)>", "<https://example.org/\"onmouseover=alert(1)>", "https://example.org/\"onmouseover=\"alert(1)",
    "https://example.org/'><script>alert(1)</script>", "https://javascript:alert(1)@example.org", "//evil.example/x",
    "ftp://example.org/x", "file:///etc/passwd", "mailto:ada@example.org", "ada@example.org", "www.example.org", "example.org",
    "https://example.org/%22%3E%3Cscript%3E", "http://[::1]/<svg onload=alert(1)>", "https://xn--80ak6aa92e.com", "https://аррӏе.com",
    "*https://example.org/*", "https://example.org/*a*", "[a]: javascript:alert(1)", "[x][a]", "https://example.org/\u202egnp.exe",
)  # fmt: skip
FRAMES = (
    "{}",
    "before {} after",
    "*{}*",
    "**{}**",
    "\n\n{}\n\n",
    "{}\n{}",
    "https://example.org/{}",
    "{}&quot;",
    "*{}",
    "a@{}",
)
CORPUS = [frame.format(*[one] * 2) for frame in FRAMES for one in (*TAGS, *LINKS)]


def test_of_a_corpus_of_attacks_nothing_comes_out_but_words():
    assert len(CORPUS) > 300
    unsafe = [one for one in CORPUS if not is_safe(Read(as_html(one)))]
    assert unsafe == []


def test_what_was_typed_is_what_is_read():
    """No attack is cut out, either: the words of a person stand there as they are."""
    typed = [one for one in CORPUS if "*" not in one and "\x0b" not in one]
    assert len(typed) > 200
    changed = [one for one in typed if Read(as_html(one)).text.split() != one.split()]
    assert changed == []


def test_the_guard_would_see_an_attack():
    for tag in (
        "<script>1</script>",
        "<p onclick=x>",
        "<a href=javascript:x rel='nofollow noopener noreferrer'>",
        "<a href=https://x>",
        "<!--x-->",
    ):
        assert not is_safe(Read(tag)), tag


@given(
    st.text(st.sampled_from("*_<>&\"'/:.@[]()#!`~\\ \n\thttps:javscriptonexample"), max_size=200)
    | st.text(max_size=200)
)
def test_no_text_draws_anything_but_words(typed: str):
    read = Read(as_html(typed))
    assert is_safe(read)


@given(st.text(max_size=100).map(html.escape))
def test_escaped_text_stays_as_it_was_typed(typed: str):
    if not re.search(r"[*_]", typed):
        drawn = Read(as_html(typed)).text.split()
        assert drawn == re.sub("[\0\r\x0b\x0c]", " ", typed).split() or re.search(
            "[\0-\x08\x0e-\x1f\x7f-\x9f\ufffd-\uffff]", typed
        )
