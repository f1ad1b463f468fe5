"""The store's queue on the tablet, and the conversation somebody took from it."""

from uuid import UUID

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app import forms, talk_forms, talks
from app.admin.reading import Answers
from app.answers import Shown
from app.staff.views.base import Here, blueprint, here
from app.staff.views.knowing import LEADS
from app.talks import Row, Talk
from kernel.db import transaction
from kernel.web import declare

DOOR = "tablet"


@blueprint.get("/queue")
@declare(permission="cases.read")
def queue() -> str:
    """Show all that waits for the store: conversations, cases, parcels, put-backs and counts."""
    with transaction() as session:
        place = here(session)
        rows = talks.read_queue(session, actor=place.actor, location_id=place.store.id)
    return render_template(
        "tablet/queue.html",
        rows=rows,
        names={place.store.id: place.store.name},
        way=_address,
        did=request.args.get("did"),
    )


@blueprint.post("/queue/next")
@declare(permission="cases.work")
def take_next() -> Shown:
    """Take what waits most, and go there."""
    with transaction() as session:
        place = here(session)
        return forms.once(session, lambda: _take(session, place))


@blueprint.get("/conversations/<uuid:thread_id>")
@declare(permission="conversations.answer")
def show_conversation(thread_id: UUID) -> str:
    """Show a conversation of the store's."""
    return _page(thread_id, Answers({}))


@blueprint.get("/conversations/<uuid:thread_id>/news")
@declare(permission="conversations.answer")
def conversation_news(thread_id: UUID) -> AnyResponse | str:
    """Show what was said anew where something was added since it was shown; else nothing."""
    with transaction() as session:
        talk = talks.read_talk(session, thread_id, actor=here(session).actor)
    if talk.mark == request.args.get("seen", ""):
        return Response(status=204)
    return render_template("talk/live.html", talk=talk, news=_news(talk))


@blueprint.post("/conversations/<uuid:thread_id>")
@declare(permission="conversations.answer")
def work_on_conversation(thread_id: UUID) -> Shown:
    """Answer, leave a note, hand over, say who it is or what about, or end it."""

    def onward(done: str | None) -> str:
        if done is None:
            return url_for("tablet.show_conversation", thread_id=thread_id)
        return url_for("tablet.queue", did=done)

    return talk_forms.work_on(
        thread_id, lambda session: here(session).actor, onward=onward, page=_page
    )


def _take(session: Session, place: Here) -> str:
    row = talks.take_next(session, location_id=place.store.id, actor=place.actor)
    if row is None:
        return url_for("tablet.queue", did="nothing")
    if row.thread_id is None and row.task is None:
        return url_for("tablet.cases", did="taken")
    return _address(row)


def _page(thread_id: UUID, answers: Answers) -> str:
    with transaction() as session:
        place = here(session)
        talk = talks.read_talk(session, thread_id, actor=place.actor)
        around = talk_forms.read_around(session, talk, door=DOOR, actor=place.actor)
    parcels = around["order"].fulfillments if around["order"] else ()
    return render_template(
        "tablet/conversation.html",
        talk=talk,
        news=_news(talk),
        parcel=next((each for each in parcels if each.location_id == place.store.id), None),
        leads=LEADS,
        typed=answers.typed,
        errors=answers.errors,
        **around,
    )


def _news(talk: Talk) -> str:
    return url_for("tablet.conversation_news", thread_id=talk.thread.id, seen=talk.mark)


def _address(row: Row) -> str:
    if row.thread_id is not None:
        return url_for("tablet.show_conversation", thread_id=row.thread_id)
    if row.task is not None:
        kind, task_id = row.task
        if kind == "parcel":
            return url_for("tablet.show_parcel", parcel_id=task_id)
        return url_for("tablet.put_backs" if kind == "put_back" else "tablet.shelf")
    return url_for("tablet.cases")
