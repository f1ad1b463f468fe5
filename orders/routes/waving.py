"""Waves: several parcels picked in one walk through the store."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.commands import ScanInWave
from orders.routes.blueprint import blueprint
from orders.schemas import (
    KEPT_PARCEL,
    KEPT_SCANNED,
    KEPT_WAVE,
    FulfillmentSchema,
    ScannedSchema,
    ScanSchema,
    ShortSchema,
    StartWaveSchema,
    WaveListSchema,
    WaveSchema,
)
from stores.errors import UnknownLocation


@blueprint.post("/stores/<string:code>/waves")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(StartWaveSchema)
@blueprint.response(201, WaveSchema)
def start_wave(body: dict[str, Any], code: str) -> Response:
    """Pick several parcels in one walk."""
    actor = current_actor()
    with transaction() as session:
        location_id = _own_store(session, code, actor)

        def act() -> tuple[int, dict[str, Any]]:
            wave_id = services.start_wave(session, location_id, **body, actor=actor)
            return 201, KEPT_WAVE.dump(queries.get_wave(session, wave_id, actor=actor))

        return answer_once(session, act)


@blueprint.get("/stores/<string:code>/waves")
@declare(permission="fulfillments.read")
@blueprint.response(200, WaveListSchema)
def list_waves(code: str) -> dict[str, Any]:
    """List the waves of a store that are under way."""
    actor = current_actor()
    with transaction() as session:
        location_id = _own_store(session, code, actor)
        found = queries.list_open_waves(session, location_id=location_id, actor=actor)
        return {"waves": [queries.get_wave(session, each, actor=actor) for each in found]}


@blueprint.get("/waves/<uuid:wave_id>")
@declare(permission="fulfillments.read")
@blueprint.response(200, WaveSchema)
def get_wave(wave_id: UUID) -> queries.WaveFacts:
    """Show a wave: its parcels and its stops, in the order of the walk."""
    with transaction() as session:
        return queries.get_wave(session, wave_id, actor=current_actor())


@blueprint.post("/waves/<uuid:wave_id>/scan")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ScanSchema)
@blueprint.response(200, ScannedSchema)
def scan_in_wave(command: ScanInWave, wave_id: UUID) -> Response:
    """Say that an article was taken, and learn into which box it goes."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            taken = services.scan_in_wave(session, wave_id, command, actor=actor)
            wave = queries.get_wave(session, wave_id, actor=actor)
            return 200, KEPT_SCANNED.dump({"taken": taken, "wave": wave})

        return answer_once(session, act)


@blueprint.post("/waves/<uuid:wave_id>/short")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.arguments(ShortSchema)
@blueprint.response(200, WaveSchema)
def report_short_in_wave(body: dict[str, Any], wave_id: UUID) -> Response:
    """Say what cannot be had in a wave, and why: the latest promises go without."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.report_short_in_wave(session, wave_id, **body, actor=actor)
            return 200, KEPT_WAVE.dump(queries.get_wave(session, wave_id, actor=actor))

        return answer_once(session, act)


@blueprint.post("/fulfillments/<uuid:fulfillment_id>/leave-wave")
@declare(permission="fulfillments.prepare", keyed=True)
@blueprint.response(200, FulfillmentSchema)
def leave_wave(fulfillment_id: UUID) -> Response:
    """Pick a parcel by itself from now on."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.leave_wave(session, fulfillment_id, actor=actor)
            parcel = queries.get_fulfillment(session, fulfillment_id, actor=actor)
            return 200, KEPT_PARCEL.dump(parcel)

        return answer_once(session, act)


def _own_store(session: Session, code: str, actor: Actor) -> UUID:
    """Return the id of a store that is the actor's.

    Raises UnknownLocation.
    """
    store = stores.queries.get_store(session, code)
    if not actor.sees_location(store.id):
        raise UnknownLocation(store=code)
    return store.id
