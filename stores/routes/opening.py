"""Setting up a store over HTTP; how far it is and switching it on stand where orders are."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.web import declare
from stores import imports, queries, services
from stores.commands import OpenLocation, StartOpening
from stores.errors import UnknownBrand
from stores.routes.blueprint import blueprint, once
from stores.routes.locations import show_store
from stores.schemas.locations import StoreSchema
from stores.schemas.opening import StartOpeningSchema


@blueprint.post("/stores")
@declare(permission="stores.edit", keyed=True)
@blueprint.arguments(StartOpeningSchema)
@blueprint.response(201, StoreSchema)
def start_opening(body: dict[str, Any]) -> Response:
    """Begin to set up a store, like another one if it is named."""

    def act(session: Session, actor: Actor) -> dict[str, Any]:
        services.start_opening(session, _command(session, body), actor=actor)
        return show_store(queries.get_store(session, body["code"]))

    return once(act, StoreSchema(), status=201)


def _command(session: Session, body: dict[str, Any]) -> StartOpening:
    brand = queries.find_brand(session, body["brand"])
    if brand is None:
        raise UnknownBrand(brand=body["brand"])
    said = {name: value for name, value in body.items() if name not in {"brand", "like"}}
    zone, region = imports.place_in_time(body["country"], body["postcode"], body["time_zone"])
    place = OpenLocation(
        **{**said, "brand_id": brand.id, "time_zone": zone, "holiday_region": region}
    )
    return StartOpening(place, body["like"])
