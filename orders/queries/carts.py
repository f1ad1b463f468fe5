"""Reads of baskets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from orders.commands import Status
from orders.errors import UnknownCart
from orders.models import Cart, CartHolder, CartLine, Fulfillment, OrderLine
from orders.queries.shapes import CartFacts


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
    return [get_cart_by_id(session, cart_id) for cart_id in session.execute(ids).scalars().all()]


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


def _cart(which: ColumnElement[bool]) -> Select[Cart, Status, str, int]:
    bought = and_(
        OrderLine.order_id == Fulfillment.order_id,
        OrderLine.sku == CartLine.sku,
        Fulfillment.pending_until.is_(None),
    )
    left = CartLine.quantity - func.coalesce(OrderLine.quantity, 0)
    return (
        select(Cart, Fulfillment.status, CartLine.sku, left)
        .outerjoin(Fulfillment, Fulfillment.id == Cart.pending_id)
        .outerjoin(CartLine, CartLine.cart_id == Cart.id)
        .outerjoin(OrderLine, bought)
        .where(which)
        .order_by(CartLine.added_at, CartLine.sku)
        .execution_options(populate_existing=True)
    )


def _facts(rows: Sequence[Row[Cart, Status, str, int]]) -> CartFacts:
    cart, status, *_ = rows[0]
    return CartFacts(
        {sku: quantity for *_, sku, quantity in rows if sku is not None and quantity > 0},
        cart.location_id,
        cart.pending_id if status is Status.PENDING else None,
        id=cart.id,
        version=cart.version,
        code=cart.code,
        channel=cart.channel,
        staff_id=cart.staff_id,
        contact_id=cart.contact_id,
        note=cart.note,
        order_id=cart.order_id,
    )
