"""What the forum keeps of a record: its questions, registered with the archive."""

from dialogue.archive import dump, load
from dialogue.archive.dump import grouped
from dialogue.events.models import Event
from forum.models import Answer, Question


def load_questions(loading: load.Loading, questions: list[dict]) -> None:
    """Add the rows of a record’s questions to a loading."""

    def pointed(id: str | None) -> object:
        return loading.ids[id] if id else None

    for place, asked in enumerate(questions):
        told = {name: asked[name] for name in ("name", "text", "status", "votes")}
        key = loading.add(
            Question, place, asked["id"], event_id=loading.event.pk, session_id=loading.ids[asked["session"]],
            item_id=pointed(asked["item"]), forwarded_to_id=pointed(asked["forwarded_to"]), **told,
        )  # fmt: skip
        for order, answer in enumerate(asked["answers"]):
            loading.add(Answer, order, question_id=key, contribution_id=loading.ids[answer])


def dump_questions(event: Event) -> list[dict]:
    """An event’s questions as the record has them."""
    answers = grouped(
        Answer.objects.filter(question__event=event, contribution__state="said")
        .select_related("contribution")
        .order_by("position"),
        "question_id",
    )
    asked = Question.objects.filter(event=event).select_related("session", "item", "forwarded_to")
    return [
        {
            "id": one.key,
            "session": one.session.key,
            "item": one.item.key if one.item else None,
            "name": one.name,
            "text": one.text,
            "status": one.status,
            "votes": one.votes,
            "forwarded_to": one.forwarded_to.key if one.forwarded_to else None,
            "answers": [answer.contribution.key for answer in answers[one.pk]],
        }
        for one in asked.order_by("position")
    ]


def register() -> None:
    """Tell the archive who loads and dumps questions."""
    load.loaders["questions"] = load_questions
    dump.dumpers["questions"] = dump_questions
