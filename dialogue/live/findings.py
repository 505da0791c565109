"""The findings beside a table: what was put to it, the bar, and where one stands."""

import uuid
from collections.abc import Collection

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dialogue.access import Eyes
from dialogue.events.models import Session
from dialogue.positions import blind
from dialogue.positions.actions import VEIL, is_only_table
from dialogue.positions.agreement import Agreement, agreement
from dialogue.positions.assent import assent_on
from dialogue.positions.bars import count_words, of_holding
from dialogue.positions.evidence import is_earlier
from dialogue.positions.models import Finding, Level, Stance


def has_findings(session: Session, eyes: Eyes) -> bool:
    """Whether findings stand beside this session for these eyes, or may come to stand there.

    Those of the session, and those of the only closed table, are everybody's at it. The event's draw on all closed
    tables: where there are several, they are shown to each alone who may read all of them.
    """
    return bool(heard_as(session, eyes, is_only=True))


def heard_as(session: Session, eyes: Eyes, *, is_only: bool) -> str:
    """What these eyes are to the findings beside a session, table or staff; "" where they see none."""
    heard = eyes.audience if is_only else eyes.at_all
    return heard if session.access == "closed" and heard in ("table", "staff") else ""


def draw_findings(session: Session, eyes: Eyes, ids: Collection[uuid.UUID] | None = None) -> str:
    """The findings of these ids (None: all), each with its bar. One that is gone is drawn as nothing, for good.

    Their places come to a page in their order, on the stream on which everybody at their table hears of them; those of
    the event where there are several tables, on each reader's own.
    """
    is_only = is_only_table(session)
    heard = {
        session.pk: heard_as(session, eyes, is_only=True), None: heard_as(session, eyes, is_only=is_only),
    }  # fmt: skip
    if not any(heard.values()):
        return ""
    rows = session.event.findings.select_related("item").order_by("position")
    standing = list(rows if ids is None else rows.filter(pk__in=ids))
    found = [one for one in standing if heard.get(one.session_id)]  # the others stand on another stream
    own = {}
    if eyes.mine:
        stances = Stance.objects.filter(finding__in=found, attendee__key=eyes.mine)
        own = {stance.finding_id: stance for stance in stances}
    for_table = any(heard[one.session_id] != "staff" for one in found)
    counted = agreement(session.event, blind.unseen(session.event, for_table=for_table)) if found else None
    assents = assent_on(session.event, finding__in=found) if found else {}
    out = []
    for one in found:
        assert counted is not None
        comes, is_staff = not (eyes.mine and (is_only or one.session_id)), heard[one.session_id] == "staff"
        mark = assents.get(one.pk, "")
        out.append(drawn(session, one, counted, own.get(one.pk), comes=comes, is_staff=is_staff, assent=mark))
    gone = set(ids or ()) - {one.pk for one in standing}
    out += [render_to_string("roundtable/_gone.html", {"id": f"finding-{one}"}) for one in gone]
    return "".join(out)


def drawn(
    session: Session,
    one: Finding,
    counted: Agreement,
    stance: Stance | None,
    *,
    comes: bool,
    is_staff: bool,
    assent: str = "",
) -> str:
    """One finding, with the bar if it is counted. `comes`: a page that has not got it puts it in.

    While the table is asked blind, the staff sees how many have answered.
    """
    holding = counted.holdings[one.pk]
    shown = not holding.is_unseen
    is_told = is_staff or (shown and not counted.is_anonymous(one.pk))  # how many answered, also as a version
    level = str(Level(holding.reached).label) if holding.reached else ""
    context = {
        "assent": assent, "f": one, "id": str(one.pk), "veiled": holding.is_unseen,
        "comes": comes,
        "version": one.version * VEIL + (one.voices if is_told else 0),
        "answers": blind.answers_on_finding(counted, one.pk) if is_staff and not shown else None,
        "bar": of_holding(holding) if shown else None,
        "reached": count_words(level or _("no agreement word"), holding.numbers),
        "table": holding.numbers.N, "mine": bool(stance),
        "language": session.event.language,
        "own": stance.stance if stance else "", "words": one.words_version,
        "own_version": (stance.version if stance else 0) + one.words_version - 1,
        "earlier": is_earlier(stance, one.words_version),
        "address": f"/events/{session.event.slug}/table/{session.key}/",
    }  # fmt: skip
    return render_to_string("roundtable/_finding.html", context)
