"""Stores over HTTP: lists, one store, pausing all of it."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare, make_cursor, read_cursor
from stores import promises, queries, services
from stores.errors import UnknownLocation
from stores.routes.blueprint import blueprint, once, own_store
from stores.schemas.locations import (
    PauseSchema,
    ServedBrandsSchema,
    StorePageSchema,
    StoreQuerySchema,
    StoreSchema,
)

SHOWN = (
    *("id", "brand_id", "code", "name", "street", "postcode", "city", "country", "phone"),
    *("latitude", "longitude", "time_zone", "collects", "offered"),
    *("paused", "paused_until", "pause_reason"),
)


@blueprint.get("/stores")
@declare(permission="stores.read")
@blueprint.arguments(StoreQuerySchema, location="query")
@blueprint.response(200, StorePageSchema)
def list_stores(query: dict[str, Any]) -> dict[str, Any]:
    """List the stores, all or around a position."""
    near = None
    if query["latitude"] is not None:
        near = queries.Near(query["latitude"], query["longitude"], query["radius_km"])
    after = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        found = queries.list_stores(
            session, near=near, after=after[0] if after else "", limit=query["limit"]
        )
    full = len(found) == query["limit"]
    return {
        "stores": [show_store(store) for store in found],
        "next": make_cursor(found[-1].code) if full else None,
    }


@blueprint.get("/stores/<string:code>")
@declare(permission="stores.read")
@blueprint.response(200, StoreSchema)
def get_store(code: str) -> dict[str, Any]:
    """Show one store with its hours; one that is being set up only to those who work there."""
    with transaction() as session:
        store = queries.get_store(session, code)
    if store.opened_at is None and not current_actor().sees_location(store.id):
        raise UnknownLocation(store=code)
    return show_store(store)


@blueprint.post("/stores/<string:code>/pause")
@declare(permission="stores.pause", keyed=True)
@blueprint.arguments(PauseSchema)
@blueprint.response(200, StoreSchema)
def pause_store(body: dict[str, Any], code: str) -> Response:
    """Take no new pickup orders at a store until a time."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.pause_store(session, code=code, actor=current_actor(), **body)
            return 200, StoreSchema().dump(show_store(queries.get_store(session, code)))

        return answer_once(session, act)


@blueprint.post("/stores/<string:code>/resume")
@declare(permission="stores.pause", keyed=True)
@blueprint.response(200, StoreSchema)
def resume_store(code: str) -> Response:
    """Take orders again at a store."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.resume_store(session, code=code, actor=current_actor())
            return 200, StoreSchema().dump(show_store(queries.get_store(session, code)))

        return answer_once(session, act)


@blueprint.get("/stores/<string:code>/brands")
@declare(permission="stores.run")
@blueprint.response(200, ServedBrandsSchema)
def list_served(code: str) -> dict[str, Any]:
    """List the brands a location serves beside its own."""
    with transaction() as session:
        return {"brands": queries.list_served(session, own_store(session, code).id)}


@blueprint.put("/stores/<string:code>/brands")
@declare(permission="stores.edit", keyed=True)
@blueprint.arguments(ServedBrandsSchema)
@blueprint.response(200, ServedBrandsSchema)
def share_location(body: dict[str, Any], code: str) -> Response:
    """Have a location serve exactly these brands beside its own; its stock is one."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.share_location(session, code=code, brands=body["brands"], actor=actor)
        return {"brands": queries.list_served(session, own_store(session, code).id)}

    return once(act, ServedBrandsSchema())


def show_store(store: queries.StoreFacts) -> dict[str, Any]:
    """Return a store with whether it is open now, and when it opens or closes next."""
    shown = {name: getattr(store, name) for name in SHOWN}
    shown["opening_hours"] = store.schedule.opening_hours if store.schedule else None
    times = promises.opening_times(store.schedule, start=store.asked_at) if store.schedule else None
    opens, closes = next(times, (None, None)) if times else (None, None)
    shown["open_now"] = opens is not None and opens <= store.asked_at
    shown["opens_at"], shown["closes_at"] = opens, closes
    return shown
