"""Arriving from a page of another site: what was chosen there, put into the basket by one press."""

from typing import Final

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

import catalog.queries
import orders.queries
import orders.services
import stores.queries
from app.answers import Shown
from app.forms import once
from app.i18n import current
from app.shop.blueprint import PAGES, blueprint
from app.shop.offers import choose_nearby
from app.shop.pictures import pictured
from app.shop.visitor import read_frame, remember_visitor, show
from catalog.errors import UnknownSku
from kernel.db import transaction
from kernel.fields import SKU_MAX
from kernel.web import declare
from orders import availability
from orders.commands import ChangeCart
from stores.errors import UnknownLocation
from stores.queries import Where

DIGITS_MAX: Final = 2


@blueprint.get(f"{PAGES}/collect-here")
@declare(permission="catalog.read")
def collect_here() -> Shown:
    """Show what was chosen elsewhere, as it stands now. Whoever opens it has bought nothing yet."""
    sku, code, quantity = _read(request.args)
    with transaction() as session:
        frame = read_frame(session)
        words = catalog.queries.describe_skus(session, [sku], language=current())
        if sku not in words or frame.brand is None:
            raise UnknownSku(skus=[sku])
        store = stores.queries.get_store(session, code)
        offers = availability.find_offers(
            session, quantities={sku: quantity}, where=Where(codes=(store.code,))
        )
        quote = orders.queries.read_quote(
            session, {sku: quantity}, brand_id=frame.brand.id, language=current(), store=store
        )
    (nearby,) = choose_nearby(offers, {sku: quantity}, place=None, chosen=store.id)
    word = words[sku]
    return show(
        "collect_here",
        frame,
        word=word,
        picture=pictured(sku, word.name, category=word.category, shelves=frame.shelves),
        quantity=quantity,
        amount_minor=quote.lines[0].priced.amount_minor,
        currency=frame.brand.currency,
        nearby=nearby,
    )


@blueprint.post(f"{PAGES}/collect-here")
@declare(permission="orders.place")
def take_from_elsewhere() -> Response:
    """Have it in the basket at that store, beside what is in it, and go on to the checkout."""
    sku, code, quantity = _read(request.form)

    def take() -> str:
        cart_id = orders.services.have_cart(session, remember_visitor(session))
        held = orders.queries.get_cart_by_id(session, cart_id).quantities.get(sku, 0)
        change = ChangeCart({sku: max(held, quantity)}, code)
        orders.services.change_cart(session, cart_id, change)
        return url_for("shop.checkout")

    with transaction() as session:
        return once(session, take)


def _read(said: MultiDict[str, str]) -> tuple[str, str, int]:
    """Return SKU, store and quantity of an address or a form.

    Raises UnknownSku or UnknownLocation.
    """
    sku, code = (said.get(name, "") for name in ("sku", "store"))
    if not sku.isprintable() or not 0 < len(sku) <= SKU_MAX:
        raise UnknownSku(skus=[])
    if not code.isprintable() or not 0 < len(code) <= SKU_MAX:
        raise UnknownLocation(store="")
    count = said.get("quantity", "")
    plain = count.isascii() and count.isdigit() and len(count) <= DIGITS_MAX
    return sku, code, max(int(count), 1) if plain else 1
