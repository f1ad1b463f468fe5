"""The basket: put in, changed, and given a store to collect it from. It reserves nothing."""

from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import orders.queries
import orders.services
import stores.queries
from app.forms import once
from app.shop.baskets import read_basket
from app.shop.blueprint import PAGES, blueprint
from app.shop.visitor import read_frame, remember_visitor, show
from app.shop.ways import read_ways
from kernel.db import transaction
from kernel.web import declare

QUANTITY_MAX: Final = 99


@blueprint.get(f"{PAGES}/basket")
@declare(permission="catalog.read")
def basket() -> str:
    """Show the basket, and in which ways all of it can be had: from stores, or at the door."""
    with transaction() as session:
        frame = read_frame(session)
        filled = read_basket(session, frame)
        ways = read_ways(session, frame, filled)
    return show("basket", frame, basket=filled, ways=ways)


@blueprint.post(f"{PAGES}/basket/add")
@declare(permission="orders.place")
def add_to_basket() -> Response:
    """Have one more of a SKU in the basket, and its store chosen when one was named."""

    def add() -> str:
        visitor_id = remember_visitor(session)
        sku = request.form.get("sku", "")
        have = orders.queries.get_cart(session, visitor_id).quantities.get(sku, 0)
        orders.services.put_in_cart(
            session, visitor_id, sku=sku, quantity=min(have + 1, QUANTITY_MAX)
        )
        _choose(session, visitor_id, request.form.get("store"))
        return url_for("shop.basket")

    with transaction() as session:
        return once(session, add)


@blueprint.post(f"{PAGES}/basket/change")
@declare(permission="orders.place")
def change_basket() -> Response:
    """Have other quantities in the basket, or another store."""

    def change() -> str:
        change_from_form(session, remember_visitor(session))
        return url_for("shop.basket")

    with transaction() as session:
        return once(session, change)


def change_from_form(session: Session, visitor_id: UUID) -> None:
    """Have the quantities and the store in the basket that this request's form names.

    `fit` takes of each article what the store has left.
    """
    for sku, quantity in _quantities().items():
        orders.services.put_in_cart(session, visitor_id, sku=sku, quantity=quantity)
    _choose(session, visitor_id, request.form.get("store"))
    if request.form.get("fit"):
        for line, left in read_basket(session, read_frame(session)).short_lines():
            orders.services.put_in_cart(session, visitor_id, sku=line.sku, quantity=left)


def _choose(session: Session, visitor_id: UUID, store_code: str | None) -> None:
    if store_code:
        store = stores.queries.get_store(session, store_code)
        orders.services.choose_store(session, visitor_id, location_id=store.id)


def _quantities() -> dict[str, int]:
    """Return the quantities a form names, as `quantity:<SKU>`; what is no number is left alone.

    A button that is pressed comes last in the form and wins: it removes a line, or takes fewer.
    """
    found = {}
    for name, value in request.form.items(multi=True):
        field, _, sku = name.partition(":")
        if field == "quantity" and value.isascii() and value.isdigit():
            found[sku] = min(int(value[:6]), QUANTITY_MAX)
    take, _, sku = request.form.get("take", "").partition(":")
    if sku and take.isascii() and take.isdigit():
        found[sku] = min(int(take[:6]), QUANTITY_MAX)
    return found
