"""One box for whatever somebody says: whose it is, which order, which article."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
from catalog.queries import Scanned
from customers.queries import FoundCustomer
from kernel.actors import Actor
from kernel.fields import SKU_MAX
from orders.models import FINAL, Fulfillment, FulfillmentLine, Order
from orders.queries.parcels import at, get_orders, holds
from orders.queries.people import find_people, list_order_ids_said
from orders.queries.shapes import OrderFacts

ORDERS_MAX: Final = 20
GTIN_DIGITS: Final = range(8, 15)


@dataclass(frozen=True, slots=True)
class Found:
    """What was meant: people, orders with who each is for, and the article of a code.

    Of an article, the orders are those that wait for it.
    """

    people: tuple[FoundCustomer, ...]
    orders: tuple[tuple[OrderFacts, str], ...]
    article: Scanned | None

    @property
    def any(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.people or self.orders or self.article)


def find_anything(session: Session, said: str, *, language: str, actor: Actor) -> Found:
    """Return everything that was said may mean, of what the actor may see.

    The statements are bounded, however many there are of anything.
    """
    people = find_people(session, said, actor=actor)
    ids = list_order_ids_said(session, said, actor=actor)
    article = None if ids else _article(session, said, language)
    if article is not None:
        ids = _waiting_ids(session, [article.sku], actor)
    return Found(tuple(people), _named(session, ids, actor), article)


def list_waiting(
    session: Session, skus: Collection[str], *, actor: Actor
) -> tuple[tuple[OrderFacts, str], ...]:
    """Return the newest orders that still wait for one of these, each with who it is for."""
    return _named(session, _waiting_ids(session, skus, actor), actor)


def _waiting_ids(session: Session, skus: Collection[str], actor: Actor) -> list[UUID]:
    line = FulfillmentLine
    rows = session.execute(
        select(Order.id)
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .join(line, line.fulfillment_id == Fulfillment.id)
        .where(line.sku.in_(skus), line.cancelled + line.handed_over < line.quantity)
        .where(Fulfillment.status.not_in(FINAL), holds(actor), at(actor))
        .group_by(Order.id)
        .order_by(Order.placed_at.desc(), Order.id)
        .limit(ORDERS_MAX)
    )
    return list(rows.scalars())


def _named(
    session: Session, ids: Sequence[UUID], actor: Actor
) -> tuple[tuple[OrderFacts, str], ...]:
    found = get_orders(session, ids, actor=actor)
    names = customers.queries.get_contacts(session, [each.contact_id for each in found])
    return tuple(
        (each, names[each.contact_id].name if each.contact_id in names else "") for each in found
    )


def _article(session: Session, said: str, language: str) -> Scanned | None:
    code = said.strip().upper()
    if not code or len(code) > SKU_MAX or not code.isascii() or set(code) & set(" @"):
        return None
    is_barcode = code.isascii() and code.isdigit() and len(code) in GTIN_DIGITS
    known = catalog.queries.list_scanned(
        session, skus=[code], gtins=[code] if is_barcode else [], language=language
    )
    return known.get(code)
