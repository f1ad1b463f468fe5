"""The history of customers over HTTP: read, added to, and who looked at it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
from customers.commands import RecordInteraction
from customers.errors import UnknownCustomer
from customers.queries import Timeline
from kernel.db import transaction
from kernel.web import (
    BadCursor,
    answer_once,
    current_actor,
    declare,
    make_cursor,
    read_cursor,
    read_number,
)
from orders import queries, services
from orders.routes.blueprint import DOOR, blueprint
from orders.schemas.history import (
    BringInteractionSchema,
    CustomerIdSchema,
    IdentifySchema,
    InteractionIdSchema,
    LooksSchema,
    RecordInteractionSchema,
    TimelineQuerySchema,
    TimelineSchema,
)
from orders.services.meeting import Recorded

NOBODY = UUID(int=0)


@blueprint.get("/customers/<uuid:customer_id>/timeline")
@declare(permission="customers.read")
@blueprint.arguments(TimelineQuerySchema, location="query")
@blueprint.response(200, TimelineSchema)
def read_timeline(query: dict[str, Any], customer_id: UUID) -> dict[str, Any]:
    """Read what happened between a customer and us on every channel, the newest first.

    Whoever reads it is noted. `after` returns only what was recorded since that entry.
    """
    actor, before = current_actor(), _read_before(query["cursor"])
    with transaction() as session:
        person = services.look_into(session, customer_id, door=DOOR, actor=actor)
        shown: dict[str, Any] = {}
        if person is not None:
            page = queries.read_history(
                session,
                person,
                actor=actor,
                before=before,
                after_id=query["after"],
                limit=query["limit"],
            )
            shown = _show(session, page)
    if person is None:
        raise UnknownCustomer
    return shown


@blueprint.post("/customers/<uuid:customer_id>/interactions")
@declare(permission="customers.note", keyed=True)
@blueprint.arguments(RecordInteractionSchema)
@blueprint.response(201, InteractionIdSchema)
def record_interaction(body: dict[str, Any], customer_id: UUID) -> Response:
    """Add a call, a note, a visit or a message to a customer's history."""

    def act(session: Session) -> Recorded:
        return services.record_meeting(
            session,
            _command(customer_id, body),
            order_number=body["order_number"],
            actor=current_actor(),
        )

    with transaction() as session:
        return answer_once(session, lambda: (201, _kept(act(session))))


@blueprint.post("/interactions")
@declare(permission="interactions.bring", keyed=True)
@blueprint.arguments(BringInteractionSchema)
@blueprint.response(201, InteractionIdSchema)
def bring_interaction(body: dict[str, Any]) -> Response:
    """Add what another system knows of a customer: found by a whole number, address or card."""

    def act(session: Session) -> Recorded:
        return services.record_brought(
            session,
            body["said"],
            _command(NOBODY, body),
            order_number=body["order_number"],
            actor=current_actor(),
        )

    with transaction() as session:
        return answer_once(session, lambda: (201, _kept(act(session))))


@blueprint.post("/customers/identify")
@declare(permission="customers.read", rate="30/minute", keyed=True)
@blueprint.arguments(IdentifySchema)
@blueprint.response(200, CustomerIdSchema)
def identify(body: dict[str, Any]) -> Response:
    """Find who says who they are at a store's counter, by a whole number, address or card."""

    def act(session: Session) -> dict[str, Any]:
        found = services.receive_visitor(
            session, body["said"], store_code=body["store"], actor=current_actor()
        )
        return {"customer_id": str(found)}

    with transaction() as session:
        return answer_once(session, lambda: (200, act(session)))


@blueprint.get("/customers/<uuid:customer_id>/looks")
@declare(permission="customers.audit")
@blueprint.response(200, LooksSchema)
def list_looks(customer_id: UUID) -> dict[str, Any]:
    """List who looked into a customer's file, the newest first, refused ones too."""
    with transaction() as session:
        person = queries.get_person(session, customer_id, actor=current_actor())
        return {"looks": customers.queries.list_looks(session, person.id)}


def _command(customer_id: UUID, body: Mapping[str, Any]) -> RecordInteraction:
    return RecordInteraction(
        customer_id=customer_id,
        kind=body["kind"],
        channel=body["channel"],
        direction=body["direction"],
        happened_at=body["happened_at"],
        sku=body["sku"],
        text=body["text"],
        source=body["source"],
        reference=body["reference"],
    )


def _kept(recorded: Recorded) -> dict[str, Any]:
    return {
        "id": recorded.interaction_id,
        "customer_id": str(recorded.customer_id),
        "known": recorded.interaction_id is None,
    }


def _read_before(cursor: str | None) -> tuple[datetime, int] | None:
    parts = read_cursor(cursor, parts=2)
    if parts is None:
        return None
    try:
        at = datetime.fromisoformat(parts[0])
    except ValueError as error:
        raise BadCursor from error
    if at.tzinfo is None:
        raise BadCursor
    return at, read_number(parts[1])


def _show(session: Session, page: Timeline) -> dict[str, Any]:
    numbers = queries.name_orders(
        session, {each.order_id for each in page.entries if each.order_id is not None}
    )
    entries = [
        {
            **{name: getattr(each, name) for name in each.__slots__},
            "order_number": numbers.get(each.order_id) if each.order_id else None,
        }
        for each in page.entries
    ]
    following = make_cursor(page.next[0].isoformat(), str(page.next[1])) if page.next else None
    return {"entries": entries, "next": following}
