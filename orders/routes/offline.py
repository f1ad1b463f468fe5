"""A tablet before and after it was without a network: the truth it takes along, what it did."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from kernel.db import reading, transaction
from kernel.errors import Refusal, Unavailable
from kernel.web import current_actor, declare
from orders import queries, services
from orders.commands import OfflineDeed, OfflinePlace
from orders.errors import NonceReused
from orders.routes.blueprint import blueprint
from orders.schemas import (
    OfflineAnswersSchema,
    OfflineFactsSchema,
    OfflineTruthSchema,
    TruthQuerySchema,
)
from orders.services import DeedAnswer
from stores.errors import UnknownLocation, UnknownTablet
from stores.queries import DeviceFacts

UNCHANGED: Final = 304


@blueprint.get("/offline/truth")
@declare(permission="fulfillments.hand_over")
@blueprint.arguments(TruthQuerySchema, location="query")
@blueprint.response(200, OfflineTruthSchema)
@blueprint.alt_response(UNCHANGED, description="Nothing changed since the `ETag` that was named.")
def get_truth(query: dict[str, Any]) -> Response:
    """Show what a tablet of a store needs to prepare and hand over without a network."""
    actor = current_actor()
    with reading() as session:
        store = stores.queries.get_store(session, query["store"])
        if not actor.sees_location(store.id):
            raise UnknownLocation(store=query["store"])
        truth = queries.get_offline_truth(session, store, actor=actor)
    said: dict[str, Any] = OfflineTruthSchema().dump(
        {
            "store": store.code,
            "taken_at": truth.taken_at,
            "complete": truth.complete,
            "keys": truth.keys,
            "revoked": truth.revoked,
            "parcels": truth.parcels,
        }
    )
    lasting = {name: value for name, value in said.items() if name != "taken_at"}
    tag = sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
    unchanged = request.if_none_match.contains(tag)
    answer = Response(status=UNCHANGED) if unchanged else jsonify(said)
    answer.set_etag(tag)
    return answer


@blueprint.post("/offline/facts")
@declare(permission="fulfillments.hand_over")
@blueprint.arguments(OfflineFactsSchema)
@blueprint.response(200, OfflineAnswersSchema)
def take_facts(body: dict[str, Any]) -> dict[str, Any]:
    """Take in what a tablet did without a network, each fact by itself and once per nonce."""
    actor = current_actor()
    with transaction() as session:
        tablet = _tablet(session, actor, named=body["tablet_id"])
        store = stores.queries.get_store_by_id(session, tablet.location_id)
    place = OfflinePlace(tablet.id, store.id, store.code)
    here = replace(actor, device_id=tablet.id, location_ids=frozenset({store.id}))
    deeds: list[OfflineDeed] = sorted(body["facts"], key=lambda deed: deed.seq)
    return {"facts": [_take(deed, place, here) for deed in deeds]}


def _tablet(session: Session, actor: Actor, *, named: UUID | None) -> DeviceFacts:
    """Return the tablet that tells: the one somebody is signed in on, or the one a key names.

    Raises UnknownTablet, also for one that was revoked, or is of another store.
    """
    own = stores.queries.find_device(session, actor.device_id) if actor.device_id else None
    found = own
    if own is None and named is not None and actor.device_id is not None:
        found = stores.queries.find_device(session, named)
    if found is None or found.revoked_at is not None or named not in {None, found.id}:
        raise UnknownTablet
    if not actor.sees_location(found.location_id):
        raise UnknownTablet
    return found


def _take(deed: OfflineDeed, place: OfflinePlace, actor: Actor) -> DeedAnswer:
    """Apply one in a transaction of its own; what it broke is recorded in another."""
    record = services.record_deed
    try:
        with transaction() as session:
            return services.apply_deed(session, deed, place=place, actor=actor)
    except Unavailable:
        raise  # nothing is known of it: the tablet sends it again
    except NonceReused as refusal:
        why, record = refusal.code, services.question_deed
    except Refusal as refusal:
        why = refusal.code
    with transaction() as session:
        return record(session, deed, why=why, place=place, actor=actor)
