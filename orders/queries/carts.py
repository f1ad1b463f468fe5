"""Reads of baskets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, select
from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from kernel.actors import Actor
from kernel.clock import DB_NOW
from orders.commands import Status
from orders.errors import UnknownCart
from orders.models import Cart, CartHolder, CartLine, Fulfillment, OrderLine
from orders.queries.shapes import CartFacts

LEFT_AFTER: Final = timedelta(days=1)
LEFT_ALONE_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class LeftCart:
    """A basket nobody goes on with, whose it is, and the store it is to be collected at."""

    id: UUID
    customer_id: UUID
    location_id: UUID | None


def get_cart(session: Session, session_id: UUID | None) -> CartFacts:
    """Return a browser's basket; an empty one when it never chose anything, or ordered it.

    What was bought from it by card, and paid since, is no longer in it.
    """
    held = select(CartHolder.cart_id).where(CartHolder.session_id == session_id)
    rows = session.execute(_cart(Cart.id == held.scalar_subquery())).all()
    if not rows:
        return CartFacts({}, None)
    facts = _facts(rows)
    return facts if facts.order_id is None else replace(facts, quantities={})


def get_cart_by_id(session: Session, cart_id: UUID) -> CartFacts:
    """Return a basket, also one that became an order.

    Raises UnknownCart.
    """
    rows = session.execute(_cart(Cart.id == cart_id)).all()
    if not rows:
        raise UnknownCart
    return _facts(rows)


def get_cart_by_code(session: Session, code: str) -> CartFacts:
    """Return the basket with a code.

    Raises UnknownCart.
    """
    rows = session.execute(_cart(Cart.code == code)).all()
    if not rows:
        raise UnknownCart
    return _facts(rows)


def list_advised_carts(
    session: Session, staff_id: UUID | None, *, limit: int = 10
) -> list[CartFacts]:
    """Return the open baskets an adviser began, the one changed last first."""
    ids = (
        select(Cart.id)
        .where(Cart.staff_id == staff_id, Cart.order_id.is_(None))
        .where(exists().where(CartLine.cart_id == Cart.id))
        .order_by(Cart.changed_at.desc())
        .limit(limit)
    )
    found = [get_cart_by_id(session, cart_id) for cart_id in session.execute(ids).scalars().all()]
    return [cart for cart in found if cart.order_id is None]  # paid by card since


def list_left(session: Session, *, limit: int) -> list[LeftCart]:
    """Return baskets of accounts that nobody has gone on with for a day, nor noted it; each once.

    What lies for three days is left alone: who would come back for it has done so.
    """
    signed_in = customers.queries.select_signed_in().subquery("signed_in")
    rows = session.execute(
        select(Cart.id, signed_in.c.customer_id, Cart.location_id)
        .join(CartHolder, CartHolder.cart_id == Cart.id)
        .join(signed_in, signed_in.c.session_id == CartHolder.session_id)
        .where(
            Cart.order_id.is_(None),
            Cart.pending_id.is_(None),
            Cart.left_noted_at.is_(None),
            Cart.changed_at < DB_NOW - LEFT_AFTER,
            Cart.changed_at > DB_NOW - LEFT_ALONE_AFTER,
            exists().where(CartLine.cart_id == Cart.id),
        )
        .order_by(Cart.changed_at, Cart.id, CartHolder.held_at)
        .limit(limit)
    )
    return [LeftCart(*row) for row in rows]


def select_visible_carts(actor: Actor, location_id: UUID | None = None) -> Select[*tuple[Any, ...]]:
    """Return the statement of the ids of baskets at an actor's stores, for others to join.

    Baskets without a store are of those who see every store, and of every brand.
    """
    rows = select(Cart.id)
    if location_id is not None:
        rows = rows.where(Cart.location_id == location_id)
    if actor.location_ids is not None:
        rows = rows.where(Cart.location_id.in_(actor.location_ids))
    if actor.brand_id is not None:
        rows = rows.where(false())
    return rows


def _cart(which: ColumnElement[bool]) -> Select[Cart, Status, UUID | None, str, str, int]:
    places = stores.queries.select_codes().subquery("places")
    paid = case((Fulfillment.pending_until.is_(None), Fulfillment.order_id))
    bought = and_(
        OrderLine.order_id == Fulfillment.order_id,
        OrderLine.sku == CartLine.sku,
        Fulfillment.pending_until.is_(None),
    )
    left = CartLine.quantity - func.coalesce(OrderLine.quantity, 0)
    return (
        select(Cart, Fulfillment.status, paid, places.c.store_code, CartLine.sku, left)
        .outerjoin(Fulfillment, Fulfillment.id == Cart.pending_id)
        .outerjoin(places, places.c.location_id == Cart.location_id)
        .outerjoin(CartLine, CartLine.cart_id == Cart.id)
        .outerjoin(OrderLine, bought)
        .where(which)
        .order_by(CartLine.added_at, CartLine.sku)
        .execution_options(populate_existing=True)
    )


def _facts(rows: Sequence[Row[Cart, Status, UUID | None, str, str, int]]) -> CartFacts:
    """Return a basket; one of which everything was paid by card since is what was paid."""
    cart, status, paid_id, store_code, *_ = rows[0]
    left = {sku: quantity for *_, sku, quantity in rows if sku is not None and quantity > 0}
    return CartFacts(
        left,
        cart.location_id,
        cart.pending_id if status is Status.PENDING else None,
        id=cart.id,
        version=cart.version,
        code=cart.code,
        channel=cart.channel,
        staff_id=cart.staff_id,
        contact_id=cart.contact_id,
        note=cart.note,
        store_code=store_code,
        order_id=cart.order_id or (None if left else paid_id),
    )
