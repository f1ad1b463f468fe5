"""Conversations over HTTP, for those who answer: listed, read, answered, handed over, ended."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from conversations import desk, queries, services
from conversations.commands import OpenThread, Said, ThreadStatus
from conversations.desk import WantedThreads
from conversations.errors import NobodyToAnswer
from conversations.queries import ThreadFacts
from conversations.schemas import (
    EndThreadSchema,
    FiguresQuerySchema,
    FiguresSchema,
    HandThreadOverSchema,
    IdentifyThreadSchema,
    IntentSchema,
    NoteThreadSchema,
    OpenThreadSchema,
    ReplySchema,
    ThreadPageSchema,
    ThreadQuerySchema,
    ThreadStateSchema,
    ThreadStorySchema,
)
from customers.errors import UnknownCustomer
from kernel.actors import SYSTEM, Actor
from kernel.db import transaction
from kernel.web import (
    ApiBlueprint,
    answer_once,
    current_actor,
    declare,
    make_cursor,
    read_place,
)
from stores.errors import UnknownLocation

blueprint = ApiBlueprint(
    "conversations", __name__, url_prefix="/api/v1", description="Conversations"
)


@blueprint.get("/threads")
@declare(permission="conversations.answer")
@blueprint.arguments(ThreadQuerySchema, location="query")
@blueprint.response(200, ThreadPageSchema)
def list_threads(query: dict[str, Any]) -> dict[str, Any]:
    """List conversations by whose turn it is, place, channel or matter; the newest first."""
    actor = current_actor()
    with transaction() as session:
        wanted = WantedThreads(
            statuses=(ThreadStatus(query["status"]),) if query["status"] else (),
            location_id=_place(session, query["store"], actor),
            at_desk=query["desk"],
            channel=query["channel"],
            intent=query["intent"],
            owner_id=actor.id if query["mine"] else None,
        )
        found = desk.list_threads(
            session,
            wanted,
            actor=actor,
            after=read_place(query["cursor"]),
            limit=query["limit"],
        )
    last = found[-1] if len(found) == query["limit"] else None
    cursor = make_cursor(last.opened_at.isoformat(), str(last.id)) if last else None
    return {"threads": found, "next": cursor}


@blueprint.post("/threads")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(OpenThreadSchema)
@blueprint.response(201, ThreadStateSchema)
def open_thread(body: dict[str, Any]) -> Response:
    """Write down what somebody turned to us with: a call, somebody in the store, a letter."""
    actor = current_actor()

    def act() -> tuple[int, dict[str, Any]]:
        thread_id = services.take_call(
            session, _call(session, body, actor), resolution=body["resolution"], actor=actor
        )
        return 201, _state(queries.get_thread(session, thread_id, actor=actor))

    with transaction() as session:
        return answer_once(session, act)


@blueprint.get("/threads/figures")
@declare(permission="conversations.answer")
@blueprint.arguments(FiguresQuerySchema, location="query")
@blueprint.response(200, FiguresSchema)
def list_figures(query: dict[str, Any]) -> dict[str, Any]:
    """Tell how well conversations were answered that began in a time."""
    with transaction() as session:
        return {"figures": desk.list_figures(session, **query, actor=current_actor())}


@blueprint.get("/threads/<uuid:thread_id>")
@declare(permission="conversations.answer")
@blueprint.response(200, ThreadStorySchema)
def get_thread(thread_id: UUID) -> dict[str, Any]:
    """Read a conversation with all that was said."""
    with transaction() as session:
        thread = queries.get_thread(session, thread_id, actor=current_actor())
        return {
            **asdict(thread),
            "ways": desk.list_ways(session, thread),
            "entries": queries.list_entries(session, thread_id),
        }


@blueprint.post("/threads/<uuid:thread_id>/reply")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(ReplySchema)
@blueprint.response(200, ThreadStateSchema)
def reply(body: dict[str, Any], thread_id: UUID) -> Response:
    """Answer; the answer leaves on the channel named, otherwise on the usual one."""

    def act(session: Session, actor: Actor) -> None:
        thread = queries.get_thread(session, thread_id, actor=actor)
        ways = desk.list_ways(session, thread)
        channel = body["channel"] or ways[0]
        if channel not in ways:
            raise NobodyToAnswer
        said = Said(body["body"], channel)
        services.reply(session, thread_id, said, seen=body["seen"], actor=actor)

    return _once(thread_id, act)


@blueprint.post("/threads/<uuid:thread_id>/notes")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(NoteThreadSchema)
@blueprint.response(200, ThreadStateSchema)
def note(body: dict[str, Any], thread_id: UUID) -> Response:
    """Leave a note for colleagues."""
    return _once(thread_id, lambda s, actor: services.note(s, thread_id, **body, actor=actor))


@blueprint.post("/threads/<uuid:thread_id>/hand-over")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(HandThreadOverSchema)
@blueprint.response(200, ThreadStateSchema)
def hand_over(body: dict[str, Any], thread_id: UUID) -> Response:
    """Have somebody else answer: a person, a store, or the desk. It counts as a transfer."""

    def act(session: Session, actor: Actor) -> None:
        if body["staff_id"] is not None:
            services.hand_to_person(session, thread_id, owner_id=body["staff_id"], actor=actor)
            return
        code = body["store"]
        place = stores.queries.get_store(session, code).id if code else None
        services.hand_to_place(session, thread_id, location_id=place, actor=actor)

    return _once(thread_id, act)


@blueprint.post("/threads/<uuid:thread_id>/identify")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(IdentifyThreadSchema)
@blueprint.response(200, ThreadStateSchema)
def identify(body: dict[str, Any], thread_id: UUID) -> Response:
    """Say who writes, or about which order; or that they proved who they only said they are."""
    by = body.pop("proven_by")

    def act(session: Session, actor: Actor) -> None:
        named = desk.find_named(session, **body, actor=actor)
        if named.customer_id is not None:
            services.identify_thread(
                session,
                thread_id,
                customer_id=named.customer_id,
                contact_id=named.contact_id,
                order_id=named.order_id,
                actor=actor,
            )
        elif by is None:
            raise UnknownCustomer
        if by is not None:
            services.believe(session, thread_id, by=by, actor=actor)

    return _once(thread_id, act)


@blueprint.post("/threads/<uuid:thread_id>/intent")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(IntentSchema)
@blueprint.response(200, ThreadStateSchema)
def change_intent(body: dict[str, Any], thread_id: UUID) -> Response:
    """Say what it is about, where it was taken for something else."""
    return _once(
        thread_id, lambda s, actor: services.change_intent(s, thread_id, **body, actor=actor)
    )


@blueprint.post("/threads/<uuid:thread_id>/end")
@declare(permission="conversations.answer", keyed=True)
@blueprint.arguments(EndThreadSchema)
@blueprint.response(200, ThreadStateSchema)
def end_thread(body: dict[str, Any], thread_id: UUID) -> Response:
    """End a conversation, with what became of the matter."""
    return _once(thread_id, lambda s, actor: services.end_thread(s, thread_id, **body, actor=actor))


def _once(thread_id: UUID, use_case: Callable[[Session, Actor], object]) -> Response:
    """Do a use case under the request's key; answer how it stands, whoever has it now."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            use_case(session, actor)
            return 200, _state(queries.get_thread(session, thread_id, actor=SYSTEM))

        return answer_once(session, act)


def _state(thread: ThreadFacts) -> dict[str, Any]:
    shown: dict[str, Any] = ThreadStateSchema().dump(thread)
    return shown


def _call(session: Session, body: dict[str, Any], actor: Actor) -> OpenThread:
    named = desk.find_named(
        session,
        customer_id=body["customer_id"],
        order_number=body["order_number"],
        actor=actor,
    )
    return OpenThread(
        Said(body["body"], body["channel"]),
        body["intent"],
        body["language"],
        writer=body["writer"],
        subject=body["subject"],
        customer_id=named.customer_id,
        contact_id=named.contact_id,
        order_id=named.order_id,
        brand_id=actor.brand_id,
        location_id=_place(session, body["store"], actor) or desk.own_place(actor),
        reply_by=body["reply_by"],
    )


def _place(session: Session, code: str | None, actor: Actor) -> UUID | None:
    """Return one of the actor's stores by its code.

    Raises UnknownLocation.
    """
    if code is None:
        return None
    location_id = stores.queries.get_store(session, code).id
    if not actor.sees_location(location_id):
        raise UnknownLocation(store=code)
    return location_id
