"""Answers to what many ask, and the assistant, over HTTP."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import Response, g
from sqlalchemy.orm import Session

import conversations.queries
from app.care import assistant
from app.care.schemas import (
    AnswersQuerySchema,
    AssistantSaysSchema,
    FoundAnswersSchema,
    OneAnswerSchema,
    QuestionsInVainSchema,
    SayToAssistantSchema,
    SetAnswerSchema,
)
from app.care.talking import say
from conversations.answering import (
    AnswerFacts,
    find_answers,
    get_answer,
    keep_asked,
    list_answers,
    list_asked,
    set_answer,
)
from conversations.commands import SetAnswer
from conversations.errors import UnknownThread
from customers.commands import Direction
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import read_thread_token, thread_token
from kernel.web import ApiBlueprint, answer_once, current_actor, declare

CREATED: Final = 201

blueprint = ApiBlueprint(
    "care", __name__, url_prefix="/api/v1", description="Answers to what many ask, the assistant"
)


@blueprint.get("/answers")
@declare(permission="answers.read", rate="120/minute")
@blueprint.arguments(AnswersQuerySchema, location="query")
@blueprint.response(200, FoundAnswersSchema)
def search_answers(query: dict[str, Any]) -> dict[str, Any]:
    """Find the answers to a question; the editors are told of one that nothing answers."""
    language: str = query["language"]
    with transaction() as session:
        if not query["q"].strip():
            return {"answers": list_answers(session, language=language, limit=query["limit"])}
        found = find_answers(session, query["q"], language=language, limit=query["limit"])
        if not found:
            keep_asked(session, query["q"], language=language)
    return {"answers": found}


@blueprint.get("/answers/asked")
@declare(permission="answers.edit")
@blueprint.response(200, QuestionsInVainSchema)
def asked_in_vain() -> dict[str, Any]:
    """List the questions nothing answers, the most asked first."""
    with transaction() as session:
        return {"questions": list_asked(session)}


@blueprint.put("/answers/<string:code>")
@declare(permission="answers.edit")
@blueprint.arguments(SetAnswerSchema)
@blueprint.response(200, OneAnswerSchema)
def put_answer(command: SetAnswer, code: str) -> AnswerFacts:
    """Have an answer read like this."""
    with transaction() as session:
        answer_id = set_answer(session, replace(command, code=code), actor=current_actor())
        return get_answer(session, answer_id, language="fr", published=False)


@blueprint.post("/assistant")
@declare(permission="orders.place", rate="60/minute", keyed=True)
@blueprint.arguments(SayToAssistantSchema)
@blueprint.response(CREATED, AssistantSaysSchema)
def say_to_assistant(body: dict[str, Any]) -> Response:
    """Say something to the assistant, in a new conversation or one whose token one holds.

    An order's link or an account's token in the request shows which orders are one's own.
    """
    g.language = body["language"]
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            thread_id = _thread_of(body["thread"])
            return CREATED, say(session, body["text"], thread_id=thread_id, actor=actor)

        return answer_once(session, act, show=lambda kept: _show(session, kept))


def _thread_of(token: str | None) -> UUID | None:
    if token is None:
        return None
    found = read_thread_token(token)
    if found is None:
        raise UnknownThread
    return found


def _show(session: Session, kept: dict[str, Any]) -> dict[str, Any]:
    thread_id = UUID(kept["thread_id"])
    entries = conversations.queries.list_entries(session, thread_id, after=kept["after"])
    thread = conversations.queries.get_thread(session, thread_id, actor=SYSTEM)
    own = tuple(current_actor().order_ids or ())
    return {
        "thread": thread_token(thread_id),
        "status": thread.status.value,
        "says": [each.body for each in entries if each.direction is Direction.OUT],
        "offers": [
            {"wish": each.wish.value, "label": each.label, "href": each.href}
            for each in assistant.offers(session, thread_id, order_ids=own)
        ],
    }
