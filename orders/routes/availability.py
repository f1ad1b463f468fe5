"""Where a basket is to be had, and ways to get it."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from flask import Response, current_app

import orders.delivery
import stores.queries
from kernel.db import reading
from kernel.web import declare
from orders import availability
from orders.availability import StoreOffer
from orders.commands import AskDelivery, Channel
from orders.delivery import DeliveryOption
from orders.routes.blueprint import blueprint
from orders.schemas import (
    AvailabilitySchema,
    BasketQuerySchema,
    BasketSchema,
    DeliveryOptionSchema,
    WaysSchema,
)
from stores.errors import UnknownBrand
from stores.queries import Near, Where

POSTCODE: Final = re.compile(r"\b[0-9]{5}\b")


@blueprint.post("/availability")
@declare(permission="availability.read")
@blueprint.arguments(BasketSchema)
@blueprint.response(200, AvailabilitySchema)
def find_offers(basket: dict[str, Any]) -> Response:
    """Tell which stores have a basket, how much of it, when it can be ready, what comes later."""
    return _answer(basket)


@blueprint.get("/availability")
@declare(permission="availability.read")
@blueprint.arguments(BasketQuerySchema, location="query")
@blueprint.response(200, AvailabilitySchema)
def look_up_offers(basket: dict[str, Any]) -> Response:
    """Tell which stores have a few SKUs: the same question and answer, as a link."""
    return _answer(basket)


@blueprint.post("/availability/alternatives")
@declare(permission="availability.read")
@blueprint.arguments(BasketSchema)
@blueprint.response(200, WaysSchema)
def find_ways(basket: dict[str, Any]) -> dict[str, Any]:
    """Tell at most five ways to get a basket: whole, in parts, over two stores, or later.

    With a French postcode, named or given as the place, those to its doors too, each with its price
    and days; without one, the least it costs to be brought. `ranked` has all of them in one order.
    """
    ways = availability.rank_ways(_offers(basket), basket["quantities"])
    deliveries, least_minor = _deliveries(basket)
    return {
        "ways": ways,
        "deliveries": deliveries,
        "delivery_from_minor": least_minor,
        "ranked": orders.delivery.rank_all(ways, deliveries),
    }


def _deliveries(basket: dict[str, Any]) -> tuple[tuple[DeliveryOption, ...], int | None]:
    """Return the ways to the door that was named; where none was, the least it costs."""
    found = POSTCODE.search(basket["place"] or "")
    postcode = basket["postcode"] or (found[0] if found else "")
    asked = AskDelivery(
        Channel.WEB, "fr", basket["quantities"], postcode, brand_code=basket["brand"]
    )
    with reading() as session:
        try:
            if not postcode:
                return (), orders.delivery.find_least(session, asked)
            return orders.delivery.find_options(session, asked).options, None
        except UnknownBrand:  # several sell here, and none was named
            return (), None


def _answer(basket: dict[str, Any]) -> Response:
    """Answer for the stores, in one statement; for a door only where its postcode is named."""
    offers = _offers(basket)
    return write_answer(offers, _deliveries(basket)[0] if basket["postcode"] else ())


def write_answer(offers: list[StoreOffer], deliveries: Sequence[DeliveryOption] = ()) -> Response:
    """Answer in the catalogue's order of keys: sorting those of a whole chain takes its time."""
    answer = {
        "stores": [_shown(each) for each in offers],
        "deliveries": DeliveryOptionSchema(many=True).dump(deliveries),
    }
    shown = json.dumps(answer, ensure_ascii=False)
    return current_app.response_class(shown, mimetype="application/json")


def _offers(basket: dict[str, Any]) -> list[StoreOffer]:
    where = Where(_near(basket), basket["stores"], basket["brand"], basket["method"])
    with reading() as session:
        return availability.find_offers(
            session,
            quantities=basket["quantities"],
            where=where,
        )


def _near(basket: dict[str, Any]) -> Near | None:
    if basket["near"]:
        return Near(radius_km=basket["radius_km"], **basket["near"])
    if basket["place"]:
        place = stores.queries.get_place(basket["place"])
        return Near(place.latitude, place.longitude, basket["radius_km"])
    return None


def _shown(offer: StoreOffer) -> dict[str, Any]:
    """Return what `StoreOfferSchema` dumps, written out: for a whole chain, ten times faster."""
    later = offer.later
    return {
        "store": offer.row.store_code,
        "name": offer.row.store_name,
        "city": offer.row.city,
        "distance_km": None if offer.distance_km is None else round(offer.distance_km, 1),
        "coverage": offer.coverage.value,
        "reason": offer.reason.value,
        "available": offer.available,
        "ready_at": offer.ready_at and offer.ready_at.isoformat(),
        "cut_off": offer.cut_off and offer.cut_off.isoformat(),
        "hold_until": offer.hold_until and offer.hold_until.isoformat(),
        "later": later
        and {"on": later.on.isoformat(), "available": later.available, "full": later.full},
        "slots": [
            {
                "id": str(slot.id),
                "starts_at": slot.starts_at.isoformat(),
                "ends_at": slot.ends_at.isoformat(),
                "left": slot.left,
            }
            for slot in offer.slots
        ],
    }
