"""Asking to be told when an article can be had again, and asking not to be told any more."""

from typing import Final
from uuid import UUID

from flask import abort, request, url_for

import catalog.queries
import orders.services
import stores.queries
from app.answers import Shown
from app.forms import once
from app.i18n import current
from app.sessions import FormSentBefore
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed, read_reach
from app.shop.visitor import read_frame, show
from catalog.errors import UnknownSku
from kernel.db import transaction
from kernel.links import read_wish_token, wish_token
from kernel.web import declare
from orders.commands import WishStock

SKU_MAX: Final = 64


@blueprint.post(f"{PAGES}/wishes")
@declare(permission="orders.place", rate="20/minute")
def wish() -> Shown:
    """Have somebody told once; or say what is wrong with the address, keeping what was typed."""
    typed = Typed()
    email, phone = read_reach(request.form, typed)
    sku = typed.read(request.form, "sku", longest=SKU_MAX)
    store = typed.read(request.form, "at", longest=SKU_MAX)
    if typed.errors:
        return _ask_again(sku, typed)

    def ask() -> str:
        command = WishStock(sku, store or None, email, phone, current())
        return str(orders.services.wish_stock(session, command))

    try:
        with transaction() as session:
            answer = once(session, ask)
    except FormSentBefore as before:
        typed.errors["reach"] = before.detail
        return _ask_again(sku, typed)
    # Only the wish's id was stored, the signed link is made now.
    token = wish_token(UUID(answer.headers["Location"]))
    return go_to(url_for("shop.wished", token=token, asked="yes"))


@blueprint.get(f"{PAGES}/wishes/<string:token>")
@declare(permission="catalog.read")
def wished(token: str) -> str:
    """Ask whether nobody is to be told any more. Reading it changes and tells nothing."""
    _wish_of(token)
    with transaction() as session:
        frame = read_frame(session)
    fresh = request.args.get("asked") == "yes"
    return show("wished", frame, token=token, fresh=fresh, over=False)


@blueprint.post(f"{PAGES}/wishes/<string:token>")
@declare(permission="orders.place", rate="60/minute")
def withdraw(token: str) -> str:
    """Have nobody told any more."""
    wish_id = _wish_of(token)
    with transaction() as session:
        orders.services.end_wish(session, wish_id)
        frame = read_frame(session)
    return show("wished", frame, token=token, fresh=False, over=True)


def _ask_again(sku: str, typed: Typed) -> Shown:
    with transaction() as session:
        frame = read_frame(session)
        store_code = typed.values["at"]
        at = [stores.queries.get_store(session, store_code)] if store_code else []
        words = catalog.queries.describe_skus(session, [sku], language=current()).get(sku)
    if words is None:
        raise UnknownSku(skus=[sku])
    return show("wish", frame, words=words, typed=typed, at=at), 422


def _wish_of(token: str) -> UUID:
    """Return the wish a link is for; a link that is not ours finds nothing."""
    wish_id = read_wish_token(token)
    if wish_id is None:
        abort(404)
    return wish_id
