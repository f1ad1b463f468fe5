"""What a till asks and does while the customer stands there."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import orders.queries
from kernel.actors import Actor
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import answer_once, current_actor, declare
from orders.commands import HandOver
from pos_adapter import queries, services
from pos_adapter.commands import LookUp
from pos_adapter.routes.blueprint import blueprint, counted, own_store
from pos_adapter.schemas import (
    ShelfQuerySchema,
    TillGapListSchema,
    TillHandedOverSchema,
    TillHandOverSchema,
    TillLookUpSchema,
    TillParcelListSchema,
    TillShelfSchema,
)
from pos_adapter.services import Nearby


@blueprint.post("/look-ups")
@declare(permission="till.use")
@blueprint.arguments(TillLookUpSchema)
@blueprint.response(200, TillParcelListSchema)
def look_up(command: LookUp) -> dict[str, Any]:
    """Find the parcels of who stands at the till; nothing is changed, no secret is in an address.

    A scanned parcel that cannot be handed over here and now is refused with the reason.
    """
    actor = current_actor()
    secret = command.qr is not None or command.code is not None
    with counted(actor, secret=secret), transaction() as session:
        store = own_store(session, actor)
        return {"parcels": services.look_up(session, command, store=store, actor=actor)}


@blueprint.post("/hand-overs")
@declare(permission="till.use", keyed=True)
@blueprint.arguments(TillHandOverSchema)
@blueprint.response(201, TillHandedOverSchema)
def hand_over(body: dict[str, Any]) -> Response:
    """Record the ticket that paid a parcel, and hand it over: both or none."""
    actor = current_actor()
    secret = body["fulfillment_id"] is None
    with counted(actor, secret=secret), transaction() as session:
        return answer_once(session, lambda: (201, _hand_over(session, body, actor)))


@blueprint.get("/availability")
@declare(permission="till.use")
@blueprint.arguments(ShelfQuerySchema, location="query")
@blueprint.response(200, TillShelfSchema)
def scan_shelf(query: dict[str, Any]) -> dict[str, Any]:
    """Tell what this store has of an article, and which stores around can give some."""
    with transaction() as session:
        store = own_store(session, current_actor())
        found = services.scan_shelf(
            session,
            query["article"],
            store=store,
            radius_km=query["radius_km"],
            quantity=query["quantity"],
        )
    return _shelf(found)


@blueprint.get("/receipts/gaps")
@declare(permission="till.use")
@blueprint.response(200, TillGapListSchema)
def list_gaps() -> dict[str, Any]:
    """Tell a till how far it is with us, and which of its receipts never came."""
    terminal_id = _terminal(current_actor())
    with transaction() as session:
        last_seq = queries.find_last_seq(session, terminal_id)
        return {"last_seq": last_seq, "gaps": queries.list_gaps(session, terminal_id)}


def _hand_over(session: Session, body: dict[str, Any], actor: Actor) -> dict[str, Any]:
    store = own_store(session, actor)
    command = HandOver(
        store.code,
        qr=body["qr"],
        code=body["code"],
        fulfillment_id=body["fulfillment_id"],
        ticket_number=body["ticket_number"],
        quantities=body["quantities"],
        terminal_id=_terminal(actor),
    )
    hand_over_id, parcel_id, paid_minor = services.hand_over(
        session, command, amount_minor=body["amount_minor"], actor=actor
    )
    parcel = orders.queries.get_fulfillment(session, parcel_id, actor=actor)
    return {
        "hand_over_id": str(hand_over_id),
        "order_number": show_order_number(parcel.order_number),
        "status": parcel.status.value,
        "paid_minor": paid_minor,
    }


def _shelf(found: Nearby) -> dict[str, Any]:
    sku = found.scanned.sku
    return {
        "sku": sku,
        "gtin": found.scanned.gtin,
        "name": found.scanned.label,
        "on_hand": found.on_hand,
        "reserved": found.reserved,
        "available": found.available,
        "nearby": [
            {
                "store": each.row.store_code,
                "name": each.row.store_name,
                "city": each.row.city,
                "distance_km": each.distance_km,
                "available": each.available[sku],
                "ready_at": each.ready_at,
            }
            for each in found.offers
        ],
    }


def _terminal(actor: Actor) -> UUID:
    """Return the till that asks: `app/access.py` lets nobody else in."""
    if actor.id is None:
        raise TypeError("a till has an id")
    return actor.id
