"""The counter: who may stand there, what may be handed over, and handing it over."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from customers.queries import ContactFacts
from kernel.actors import Actor
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import show_order_number
from kernel.web import answer_once, current_actor, declare
from orders import passes, queries, services
from orders.commands import HandOver
from orders.errors import PassNotValid
from orders.routes.blueprint import blueprint
from orders.schemas import (
    CounterListSchema,
    HandedOverSchema,
    HandOverSchema,
    ParcelQuerySchema,
    ParcelSchema,
    PassKeysSchema,
)
from orders.services.parcels import CUSTOMER, PROXY
from stores.errors import UnknownLocation

CODE_TRIES_DEVICE = 20
CODE_TRIES_STORE = 60
CODE_WINDOW_S = 600


@blueprint.get("/stores/<string:code>/parcels")
@declare(permission="fulfillments.hand_over")
@blueprint.arguments(ParcelQuerySchema, location="query")
@blueprint.response(200, CounterListSchema)
def find_parcels(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Find a store's open parcels by what the customer says: a name or a phone number."""
    actor = current_actor()
    with transaction() as session:
        store = stores.queries.get_store(session, code)
        if not actor.sees_location(store.id):
            raise UnknownLocation(store=code)
        present = queries.list_open_contacts(session, location_id=store.id)
        people = customers.queries.match_contacts(session, among=present, said=query["said"])
        parcels = queries.list_parcels_of(
            session, location_id=store.id, contact_ids=list(people), actor=actor
        )
    return {
        "parcels": [
            {
                "fulfillment_id": parcel.id,
                "order_number": parcel.order_number,
                "customer_name": _name(people, parcel.contact_id),
                "status": parcel.status,
                "bin": parcel.bin,
            }
            for parcel in parcels
        ]
    }


@blueprint.get("/passes/keys")
@declare(permission="fulfillments.hand_over")
@blueprint.response(200, PassKeysSchema)
def list_pass_keys() -> dict[str, Any]:
    """List the public keys with which a tablet checks passes offline."""
    return {"keys": {str(key_id): key for key_id, key in passes.public_keys().items()}}


@blueprint.post("/hand-overs/check")
@declare(permission="fulfillments.hand_over")
@blueprint.arguments(HandOverSchema)
@blueprint.response(200, ParcelSchema)
def check_parcel(command: HandOver) -> dict[str, Any]:
    """Tell what would be handed over, to whom, and what is due; nothing is changed."""
    actor = current_actor()
    with _counted(command, actor), transaction() as session:
        parcel = services.check_parcel(session, command, actor=actor)
        people = customers.queries.get_contacts(
            session, [parcel.facts.contact_id, parcel.holder_id]
        )
    return {
        "fulfillment": parcel.facts,
        "customer_name": _name(people, parcel.facts.contact_id),
        "holder": PROXY if parcel.proxy_id else CUSTOMER,
        "holder_name": _name(people, parcel.holder_id),
        "identity_needed": parcel.identity_needed,
        "found": parcel.found,
        "due_minor": parcel.due_minor,
        "quantities": parcel.quantities,
    }


@blueprint.post("/hand-overs")
@declare(permission="fulfillments.hand_over", keyed=True)
@blueprint.arguments(HandOverSchema)
@blueprint.response(201, HandedOverSchema)
def hand_over(command: HandOver) -> Response:
    """Hand a parcel over; the scan's nonce is the Idempotency-Key."""
    actor = current_actor()
    with _counted(command, actor), transaction() as session:
        return answer_once(session, lambda: (201, _hand_over(session, command, actor)))


def _name(people: Mapping[UUID | None, ContactFacts], contact_id: UUID | None) -> str:
    return people[contact_id].name if contact_id in people else ""


def _hand_over(session: Session, command: HandOver, actor: Actor) -> dict[str, Any]:
    hand_over_id, fulfillment_id = services.hand_over(session, command, actor=actor)
    parcel = queries.get_fulfillment(session, fulfillment_id, actor=actor)
    return {
        "hand_over_id": str(hand_over_id),
        "order_number": show_order_number(parcel.order_number),
        "status": parcel.status.value,
    }


@contextmanager
def _counted(command: HandOver, actor: Actor) -> Iterator[None]:
    """Count a try at a secret before it is looked at, so that a refusal cannot undo the count.

    Whoever showed a genuine pass gets the try back, whatever became of the parcel.
    """
    if command.qr is None and command.code is None:
        yield
        return
    device = actor.device_id or actor.id
    limits = [
        Limit(f"code:device:{device}", CODE_TRIES_DEVICE, CODE_WINDOW_S),
        Limit(f"code:store:{command.store_code}", CODE_TRIES_STORE, CODE_WINDOW_S),
    ]
    with transaction() as session:
        take_attempt(session, limits)
    try:
        yield
    except PassNotValid:
        raise
    except Refusal:
        _give_back(limits)
        raise
    _give_back(limits)


def _give_back(limits: list[Limit]) -> None:
    with transaction() as session:
        give_back_attempt(session, limits)
