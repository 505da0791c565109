"""The questions put to a forum, on the page of its session: read here, asked and moderated later."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from dialogue.discussion.models import Contribution
from dialogue.discussion.views import opening
from dialogue.events.models import strictest
from dialogue.roundtable.views.table import Shown, panels
from forum.models import Answer, Question, QuestionStatus

FOR_EVERYBODY = (QuestionStatus.APPROVED, QuestionStatus.ANSWERED)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A statement that answers a question: where it stands, who made it, how it begins."""

    href: str
    name: str
    begins: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as one reader sees it. `name` is "" where none was given or the rule of the session shows none."""

    text: str
    name: str
    item: str
    status: str  # "" where everybody may see it
    votes: int
    answers: list[AnswerLine]


def question_lines(shown: Shown) -> list[QuestionLine]:
    """The questions of a session that a reader may see, those with most votes first."""
    asked = Question.objects.filter(session=shown.session).select_related("item")
    if not shown.eyes.sees_all:
        asked = asked.filter(status__in=FOR_EVERYBODY)
    rows = list(asked.order_by("-votes", "position"))
    answers = answer_lines(shown, rows)
    has_names = strictest(shown.at.event.attribution, shown.session.attribution) == "named"
    return [
        QuestionLine(
            text=one.text,
            name=(one.name or "") if has_names else "",
            item=one.item.title if one.item else "",
            status="" if one.status in FOR_EVERYBODY else str(QuestionStatus(one.status).label),
            votes=one.votes,
            answers=answers.get(one.pk, []),
        )
        for one in rows
    ]


def answer_lines(shown: Shown, asked: Iterable[Question]) -> dict[Any, list[AnswerLine]]:
    """Question -> the statements of this session that answer it and whose words the reader may read."""
    pairs = list(
        Answer.objects.filter(question__in=asked, contribution__session=shown.session)
        .order_by("position")
        .values_list("question_id", "contribution_id")
    )
    theirs = shown.theirs()
    said = theirs.read({statement for _question, statement in pairs})
    lines: dict[Any, list[AnswerLine]] = {}
    for question, statement in pairs:
        if line := answer_line(shown, theirs.view(said[statement]), said[statement]):
            lines.setdefault(question, []).append(line)
    return lines


def answer_line(shown: Shown, view: Any, said: Contribution) -> AnswerLine | None:
    """One answer with its link; None where its words are not there for this reader."""
    if view.gone or not (shown.eyes.sees_all or said.released):
        return None
    return AnswerLine(f"{view.address}?at={said.pk}#s-{said.pk}", view.name, opening(said.text))


def draw_questions(shown: Shown) -> str:
    """The section of questions on a session's page; "" where a reader may see none."""
    lines = question_lines(shown)
    return render_to_string("forum/_questions.html", {"questions": lines}) if lines else ""


def register() -> None:
    """Show the questions on the pages of sessions."""
    panels.append(draw_questions)
