"""The basket a form was made of, and where a basket goes on: its link, its picture, its code."""

from base64 import b64encode
from dataclasses import replace
from uuid import UUID

from flask import current_app, request, url_for
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from kernel import qr
from kernel.links import cart_token
from orders.commands import ChangeCart
from orders.errors import CartChanged
from orders.queries import CartFacts

SEEN_MAX = 80


def say_seen(cart: CartFacts) -> str:
    """Return what a form says of the basket it was made of: which one, and in which version."""
    return f"{cart.id}.{cart.version}" if cart.id else ""


def change_held(session: Session, visitor_id: UUID, change: ChangeCart, *, seen: str) -> None:
    """Have this browser's basket as a change says; `seen` is what the form was made of.

    Raises CartChanged when it holds another basket by now, or that one was changed.
    """
    cart_id = orders.services.have_cart(session, visitor_id)
    if seen:
        which, _dot, version = seen[:SEEN_MAX].partition(".")
        if which != str(cart_id) or not (version.isascii() and version.isdigit()):
            raise CartChanged(version=orders.queries.get_cart_by_id(session, cart_id).version)
        change = replace(change, seen_version=int(version))
    orders.services.change_cart(session, cart_id, change)


def share_address(cart_id: UUID) -> str:
    """Return the address that opens a basket on another device, by which this shop is known."""
    path = url_for("shop.shared_basket", token=cart_token(cart_id))
    site = current_app.config["COMPTOIR"].core.public_url or request.url_root
    return f"{site.rstrip('/')}{path}"


def share_picture(cart_id: UUID) -> str:
    """Return the picture of that address, as a data address."""
    return f"data:image/png;base64,{b64encode(qr.png(share_address(cart_id))).decode()}"
