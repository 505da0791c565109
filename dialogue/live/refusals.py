"""What the server answers by itself, before or instead of Django: a status, one sentence, and what to do."""

import functools
import json
import random
from collections.abc import Iterable

from csp.utils import build_policy
from django.conf import settings
from django.http.cookie import parse_cookie
from django.template import loader
from django.utils.translation import get_supported_language_variant, gettext_lazy, override
from django.utils.translation.trans_real import parse_accept_lang_header

Headers = Iterable[tuple[bytes, bytes]]

AGAIN = 3  # seconds after which to come again
LARGEST = 1024 * 1024  # bytes of a request's body

TOLD = {
    "unreadable": (400, gettext_lazy("This request cannot be read"), gettext_lazy("Go back, and load the page again.")),
    "slow": (
        408,
        gettext_lazy("This took too long to arrive"),
        gettext_lazy("Nothing was changed. Look at your connection, then send it once more."),
    ),
    "large": (
        413,
        gettext_lazy("What you sent is too large"),
        gettext_lazy("At most one megabyte is accepted at once. Nothing was changed."),
    ),
    "long": (414, gettext_lazy("This address is too long"), gettext_lazy("Go back, and use a shorter one.")),
    "headers": (
        431,
        gettext_lazy("Your browser sent too much beside the request"),
        gettext_lazy("Remove this site’s cookies, then load the page again."),
    ),
    "failed": (
        500,
        gettext_lazy("Something failed here"),
        gettext_lazy("The fault is ours. Whatever was accepted before is safe; what you sent last may not have been."),
    ),
    "busy": (
        503,
        gettext_lazy("Too many are here at this moment"),
        gettext_lazy("Wait a few seconds, then try again: the same words sent twice are kept once."),
    ),
    "away": (
        503,
        gettext_lazy("The database does not answer at this moment"),
        gettext_lazy("Wait a few seconds, then try again: the same words sent twice are kept once."),
    ),
}

# Why a socket is closed, by its code: for whoever writes or watches a client. Pages say it in their reader's language.
CLOSED = {
    1003: "This is no frame of a page: an object in JSON was expected.",
    1008: "This frame says nothing that is known here.",
    1012: "The server restarts. Come again in a moment.",
    4001: "The sign-in has ended.",
    4003: "This is not, or no longer, for you.",
    4008: "There was no hello.",
    4009: "Nothing was acknowledged for too long.",
    4010: "This page is of another version. Load it again.",
    4013: "Too many pages or frames, or one that is too large.",
}


def closing(code: int | None) -> bytes:
    """The sentence that goes with the code of a close."""
    return CLOSED.get(code or 1000, "").encode()


def refusal(why: str, headers: Headers, method: str = "") -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """The status, headers and body of a refusal, for a request with those headers: in its language, JSON if it asks."""
    asked = {name.lower(): value.decode("latin-1") for name, value in headers}
    wants_json = "application/json" in asked.get(b"accept", "")
    status, body = TOLD[why][0], drawn(why, language(asked), wants_json)
    kind = b"application/json" if wants_json else b"text/html; charset=utf-8"
    sent = [(b"Content-Type", kind), (b"Content-Length", str(len(body)).encode()), (b"Cache-Control", b"no-store")]
    sent += [(b"Content-Security-Policy", build_policy().encode()), (b"X-Frame-Options", b"DENY")]
    sent += [(b"X-Content-Type-Options", b"nosniff"), (b"Referrer-Policy", b"same-origin")]
    if status == 503:
        sent.append((b"Retry-After", str(AGAIN).encode()))
        if method == "GET" and not wants_json:  # the browser comes again by itself; not all of them at once
            sent.append((b"Refresh", str(AGAIN + random.randrange(AGAIN)).encode()))
    return status, sent, body


def language(asked: dict[bytes, str]) -> str:
    """The language that the cookie or else the browser asks for, of those that there are."""
    cookie = parse_cookie(asked.get(b"cookie", "")).get(settings.LANGUAGE_COOKIE_NAME, "")
    accepted = [code for code, _weight in parse_accept_lang_header(asked.get(b"accept-language", ""))]
    for code in [cookie, *accepted]:
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@functools.cache  # few reasons, two languages: under a rush nothing is drawn twice
def drawn(why: str, code: str, wants_json: bool) -> bytes:
    """The page, or the sentence as JSON."""
    with override(code):
        status, heading, told = TOLD[why]
        if wants_json:
            return json.dumps({"error": f"{heading}. {told}"}).encode()
        page = {"status": status, "heading": heading, "told": told}
        return loader.get_template("refused.html").render(page).encode()
