"""A store's parcels: list, accept, pick, report short, bin, ready."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare, make_cursor, read_place
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas import (
    KEPT_PARCEL,
    BinSchema,
    FulfillmentPageSchema,
    FulfillmentQuerySchema,
    FulfillmentSchema,
    PickSchema,
    ReadySchema,
    ShortSchema,
)
from stores.errors import UnknownLocation


@blueprint.get("/fulfillments")
@declare(permission="fulfillments.read")
@blueprint.arguments(FulfillmentQuerySchema, location="query")
@blueprint.response(200, FulfillmentPageSchema)
def list_fulfillments(query: dict[str, Any]) -> dict[str, Any]:
    """List a store's parcels, soonest promise first."""
    actor = current_actor()
    with transaction() as session:
        store = stores.queries.get_store(session, query["store"])
        if not actor.sees_location(store.id):
            raise UnknownLocation(store=query["store"])
        found = queries.list_fulfillments(
            session,
            location_id=store.id,
            statuses=query["status"],
            actor=actor,
            after=read_place(query["cursor"]),
            limit=query["limit"],
        )
    last = found[-1] if len(found) == query["limit"] else None
    cursor = make_cursor(last.promised_at.isoformat(), str(last.id)) if last else None
    return {"fulfillments": found, "next": cursor}


@blueprint.get("/fulfillments/<uuid:fulfillment_id>")
@declare(permission="fulfillments.read")
@blueprint.response(200, FulfillmentSchema)
def get_fulfillment(fulfillment_id: UUID) -> queries.FulfillmentFacts:
    """Show one parcel."""
    with transaction() as session:
        return queries.get_fulfillment(session, fulfillment_id, actor=current_actor())


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/accept")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, FulfillmentSchema)
def accept(fulfillment_id: UUID) -> Response:
    """Take the order on."""
    return do_once(
        fulfillment_id, lambda session, actor: services.accept(session, fulfillment_id, actor=actor)
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/start-picking")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, FulfillmentSchema)
def start_picking(fulfillment_id: UUID) -> Response:
    """Begin to collect the articles."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.start_picking(session, fulfillment_id, actor=actor),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/pick")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(PickSchema)
@blueprint.response(200, FulfillmentSchema)
def pick(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say which articles were taken from the shelf: by SKU, or by the barcode scanned."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.pick(session, fulfillment_id, **body, actor=actor),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/short")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ShortSchema)
@blueprint.response(200, FulfillmentSchema)
def report_short_line(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say what cannot be had, and why."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.report_short_line(
            session, fulfillment_id, **body, actor=actor
        ),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/bin")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(BinSchema)
@blueprint.response(200, FulfillmentSchema)
def bin_parcel(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say in which bin the parcel lies."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.bin_parcel(
            session, fulfillment_id, bin_code=body["bin"], actor=actor
        ),
    )


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/ready")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ReadySchema)
@blueprint.response(200, FulfillmentSchema)
def mark_ready(body: dict[str, Any], fulfillment_id: UUID) -> Response:
    """Say that the customer may come."""
    return do_once(
        fulfillment_id,
        lambda session, actor: services.mark_ready(
            session, fulfillment_id, bin_code=body["bin"], actor=actor
        ),
    )


def do_once(fulfillment_id: UUID, use_case: Callable[[Session, Actor], None]) -> Response:
    """Do a use case on one parcel under the request's key, and answer with the parcel after it."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            use_case(session, actor)
            parcel = queries.get_fulfillment(session, fulfillment_id, actor=actor)
            return 200, KEPT_PARCEL.dump(parcel)

        return answer_once(session, act)
