"""The findings beside a table: what was put to it, the bar, and where one stands."""

import uuid
from collections.abc import Collection

from django.template.loader import render_to_string

from dialogue.access import Eyes
from dialogue.events.models import Session
from dialogue.positions.actions import VEIL, is_blind
from dialogue.positions.agreement import agreement
from dialogue.positions.bars import of_holding
from dialogue.positions.models import Level, Stance


def has_findings(session: Session, eyes: Eyes) -> bool:
    """Whether findings stand beside this session: they are about all closed tables, so it must be the only one."""
    closed = session.event.sessions.filter(access="closed").values_list("pk", flat=True)
    return eyes.audience in ("table", "staff") and list(closed) == [session.pk]


def draw_findings(session: Session, eyes: Eyes, ids: Collection[uuid.UUID] | None = None) -> str:
    """The findings of these ids (None: all), each with its bar. One that is gone is drawn as nothing, for good.

    Their places come to a page on its audience's stream, in their order; not on somebody's own.
    """
    if not has_findings(session, eyes):
        return ""
    rows = session.event.findings.select_related("item").order_by("position")
    found = list(rows if ids is None else rows.filter(pk__in=ids))
    counted = agreement(session.event) if found else None
    own = {}
    if eyes.mine:
        stances = Stance.objects.filter(finding__in=found, attendee__key=eyes.mine)
        own = {stance.finding_id: stance for stance in stances}
    out = []
    for one in found:
        assert counted is not None
        holding, stance = counted.holdings[one.pk], own.get(one.pk)
        veiled = is_blind(session, one) and one.is_open and not (eyes.sees_all or stance)
        level = str(Level(holding.reached).label) if holding.reached else ""
        context = {
            "f": one, "id": str(one.pk), "comes": not eyes.mine, "veiled": veiled,
            "version": one.version * VEIL + (0 if veiled else one.voices),
            "bar": None if veiled else of_holding(holding), "reached": "" if veiled else level,
            "n": holding.numbers.n, "table": holding.numbers.N, "mine": bool(stance),
            "unveiled": bool(stance) and is_blind(session, one), "language": session.event.language,
            "own": stance.stance if stance else "", "own_version": stance.version if stance else 0,
            "address": f"/events/{session.event.slug}/table/{session.key}/",
        }  # fmt: skip
        out.append(render_to_string("roundtable/_finding.html", context))
    gone = set(ids or ()) - {one.pk for one in found}
    out += [render_to_string("roundtable/_gone.html", {"id": f"finding-{one}"}) for one in gone]
    return "".join(out)
