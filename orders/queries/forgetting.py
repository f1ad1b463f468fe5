"""What keeps somebody from being forgotten, and all that this package keeps of them."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

import customers.queries
from kernel.db import plain_rows
from orders.commands import Status
from orders.models import (
    Arrival,
    Cart,
    CartHolder,
    CartLine,
    CaseFile,
    ExternalOrder,
    Fulfillment,
    FulfillmentLine,
    GoodsReturn,
    HandOverRow,
    Order,
    OrderCharge,
    OrderLine,
    PayLink,
    Proxy,
    StockWish,
)

ENDED: Final = frozenset(
    {
        Status.HANDED_OVER,
        Status.DELIVERED,
        Status.EXPIRED,
        Status.CANCELLED,
        Status.REROUTED,
    }
)
"""States of parcels for which nothing is to be done any more."""


def list_open_numbers(session: Session, contact_ids: Collection[UUID]) -> list[str]:
    """Return the numbers of the orders that keep these people: for them, or collected by them.

    An order is open while a parcel of it is under way, or somebody has to see to a case of it.
    """
    sent = select(Proxy.order_id).where(
        Proxy.contact_id.in_(contact_ids), Proxy.revoked_at.is_(None)
    )
    under_way = select(Fulfillment.order_id).where(Fulfillment.status.not_in(ENDED))
    unresolved = select(CaseFile.order_id).where(
        CaseFile.order_id.is_not(None), CaseFile.closed_at.is_(None)
    )
    theirs = or_(Order.contact_id.in_(contact_ids), Order.id.in_(sent))
    rows = session.execute(
        select(Order.number)
        .where(theirs, or_(Order.id.in_(under_way), Order.id.in_(unresolved)))
        .order_by(Order.placed_at, Order.id)
    )
    return list(rows.scalars())


def list_proxy_contacts(session: Session, contact_ids: Collection[UUID]) -> list[UUID]:
    """Return the contacts of whom these people sent to collect for them."""
    theirs = select(Order.id).where(Order.contact_id.in_(contact_ids))
    rows = session.execute(select(Proxy.contact_id).where(Proxy.order_id.in_(theirs)))
    return sorted(set(rows.scalars()))


def list_carts_of(session: Session, customer_id: UUID, contact_ids: Collection[UUID]) -> list[UUID]:
    """Return the baskets a customer has open in a browser, or that were prepared for them."""
    signed_in = customers.queries.select_signed_in().subquery("signed_in")
    family = customers.queries.list_family(session, customer_id)
    held = (
        select(CartHolder.cart_id)
        .join(signed_in, signed_in.c.session_id == CartHolder.session_id)
        .where(signed_in.c.customer_id.in_(family))
    )
    theirs = select(Order.id).where(Order.contact_id.in_(contact_ids))
    rows = session.execute(
        select(Cart.id).where(
            or_(
                Cart.id.in_(held),
                Cart.contact_id.in_(contact_ids),
                Cart.customer_id.in_(family),
                Cart.order_id.in_(theirs),
            )
        )
    )
    return list(rows.scalars())


def export_orders(
    session: Session, customer_id: UUID, contact_ids: Collection[UUID]
) -> dict[str, list[dict[str, Any]]]:
    """Return all that is kept of what these contacts ordered, wished, and put into baskets."""
    ids = select(Order.id).where(Order.contact_id.in_(contact_ids))
    parcels = select(Fulfillment.id).where(Fulfillment.order_id.in_(ids))
    carts = list_carts_of(session, customer_id, contact_ids)
    of = _all_of
    found = {
        "orders": of(Order).where(Order.id.in_(ids)).order_by(Order.placed_at),
        "order_lines": of(OrderLine).where(OrderLine.order_id.in_(ids)),
        "order_charges": of(OrderCharge).where(OrderCharge.order_id.in_(ids)),
        "parcels": of(Fulfillment).where(Fulfillment.id.in_(parcels)),
        "parcel_lines": of(FulfillmentLine).where(FulfillmentLine.fulfillment_id.in_(parcels)),
        "hand_overs": of(HandOverRow).where(HandOverRow.fulfillment_id.in_(parcels)),
        "arrivals": of(Arrival).where(Arrival.fulfillment_id.in_(parcels)),
        "proxies": of(Proxy).where(Proxy.order_id.in_(ids)),
        "returns": of(GoodsReturn).where(GoodsReturn.order_id.in_(ids)),
        "pay_links": of(PayLink).where(PayLink.order_id.in_(ids)),
        "orders_elsewhere": of(ExternalOrder).where(ExternalOrder.order_id.in_(ids)),
        "cases": of(CaseFile).where(CaseFile.order_id.in_(ids)),
        "wishes": of(StockWish).where(StockWish.contact_id.in_(contact_ids)),
        "baskets": of(Cart).where(Cart.id.in_(carts)),
        "basket_lines": of(CartLine).where(CartLine.cart_id.in_(carts)),
    }
    return {name: plain_rows(session, statement) for name, statement in found.items()}


def export_cases(session: Session, keys: Collection[str]) -> list[dict[str, Any]]:
    """Return the cases that were open under these keys, with how they ended."""
    return plain_rows(session, _all_of(CaseFile).where(CaseFile.key.in_(keys)))


def list_all_order_ids(session: Session, contact_ids: Collection[UUID]) -> list[UUID]:
    """Return every order that is for these contacts, the oldest first."""
    rows = session.execute(
        select(Order.id)
        .where(Order.contact_id.in_(contact_ids))
        .order_by(Order.placed_at, Order.id)
    )
    return list(rows.scalars())


def _all_of(table: Any) -> Any:  # noqa: ANN401 (a table's statement, whatever it holds)
    return select(*table.__table__.columns)
