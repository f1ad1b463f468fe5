"""The stores: all of them by town, the near ones first; and the page of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

import orders.services
import stores.queries
from app.dial import bearing
from app.forms import once
from app.shop import offers
from app.shop.blueprint import PAGES, blueprint
from app.shop.storefront import is_shown, read_storefront, say_clock, say_minutes, say_store
from app.shop.structured import describe_store
from app.shop.visitor import Frame, read_frame, remember_visitor, show
from customers.commands import Place
from kernel.db import transaction
from kernel.web import declare
from orders.commands import ChangeCart
from stores.queries import StoreFacts, fold

STORES_MAX: Final = 1_000
NEAR_MAX: Final = 8
NEAR_KM: Final = 50.0
PAGE_STORES: Final = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A store of the list, and what ordering there is like; `km` and `dot` of a known place."""

    store: StoreFacts
    kind: str
    said: str
    hours: str
    chosen: bool
    km: float | None = None
    dot: dict[str, Any] | None = None


@blueprint.get(f"{PAGES}/stores")
@declare(permission="stores.read")
def list_stores() -> str:
    """Show the stores by town, and those around the shopper first, when that is known."""
    after = request.args.get("after", "")
    with transaction() as session:
        frame = read_frame(session)
        found = stores.queries.list_stores(session, limit=STORES_MAX)
    known = [each for each in found if is_shown(each)]
    towns, following = _page(_by_town(known), after=fold(after))
    return show(
        "stores",
        frame,
        around=[] if after else _around(known, frame),
        towns=[(town, [_listed(each, frame) for each in there]) for town, there in towns],
        following=following,
        after=after,
        count=len(known),
    )


@blueprint.get(f"{PAGES}/stores/<string:code>")
@declare(permission="stores.read")
def store(code: str) -> str:
    """Show where a store is, when it is open and why not, what it offers and how soon."""
    with transaction() as session:
        frame = read_frame(session)
        found = read_storefront(session, code)
        brand = stores.queries.get_brand(session, found.store.brand_id)
    place, rules = frame.visitor.place, found.store.rules
    address = _address(code)
    return show(
        "stores_one",
        frame,
        found=found,
        km=offers.apart_km(place, found.store) if place else None,
        chosen=frame.visitor.cart.location_id == found.store.id,
        usually=say_minutes(found.store.prepare_min) if found.store.prepare_min else "",
        cut_off=say_clock(rules.cut_off) if rules.cut_off else "",
        address=address,
        structured=describe_store(found, brand=brand.name, url=address),
    )


@blueprint.post(f"{PAGES}/stores/<string:code>/choose")
@declare(permission="orders.place")
def choose_store(code: str) -> Response:
    """Have the basket collected from this store; go on to the basket, or to what could fill it."""

    def choose() -> str:
        found = read_storefront(session, code).store
        cart_id = orders.services.have_cart(session, remember_visitor(session))
        orders.services.change_cart(session, cart_id, ChangeCart(store_code=found.code))
        filled = read_frame(session).visitor.cart.quantities
        return url_for("shop.basket" if filled else "shop.home")

    with transaction() as session:
        return once(session, choose)


def _address(code: str) -> str:
    """Return the address of a store's page for others: the one this shop is known by."""
    path = url_for("shop.store", code=code)
    site = current_app.config["COMPTOIR"].core.public_url or request.url_root
    return f"{site.rstrip('/')}{path}"


def _around(known: Iterable[StoreFacts], frame: Frame) -> list[Listed]:
    """Return the nearest stores, nearest first; none when nobody said where."""
    place = frame.visitor.place
    if place is None:
        return []
    near = sorted(
        ((offers.apart_km(place, each), each) for each in known), key=lambda each: each[0]
    )
    return [
        _listed(each, frame, km=km, place=place) for km, each in near[:NEAR_MAX] if km <= NEAR_KM
    ]


def _listed(
    each: StoreFacts, frame: Frame, *, km: float | None = None, place: Place | None = None
) -> Listed:
    kind, said = say_store(each)
    dot = None
    if place is not None:
        at = bearing(place.latitude, place.longitude, each.latitude, each.longitude)
        dot = {"bearing": at, "km": km, "kind": kind}
    chosen = frame.visitor.cart.location_id == each.id
    return Listed(each, kind, said, offers.say_hours(each), chosen, km, dot)


def _by_town(known: Sequence[StoreFacts]) -> list[tuple[str, list[StoreFacts]]]:
    ordered = sorted(known, key=lambda each: (fold(each.city), each.name))
    return [
        (there[0].city, there)
        for there in (list(group) for _, group in groupby(ordered, lambda each: fold(each.city)))
    ]


def _page(
    towns: Sequence[tuple[str, list[StoreFacts]]], *, after: str
) -> tuple[list[tuple[str, list[StoreFacts]]], str | None]:
    """Return whole towns after a town until a page is full, and the town to go on after."""
    shown: list[tuple[str, list[StoreFacts]]] = []
    left = [each for each in towns if fold(each[0]) > after]
    for town in left:
        if shown and sum(len(there) for _, there in shown) + len(town[1]) > PAGE_STORES:
            return shown, shown[-1][0]
        shown.append(town)
    return shown, None
