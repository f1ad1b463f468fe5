"""The basket: chosen articles and the store to collect them from. It reserves nothing."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import catalog.queries
from kernel.clock import DB_NOW
from orders.models import Cart, CartLine

QUANTITY_MAX: Final = 999


def put_in_cart(session: Session, session_id: UUID, *, sku: str, quantity: int) -> None:
    """Have this quantity of a SKU in the basket; none of it when `quantity` is 0.

    Raises UnknownSku.
    """
    _have_cart(session, session_id)
    if quantity <= 0:
        session.execute(
            delete(CartLine).where(CartLine.session_id == session_id, CartLine.sku == sku)
        )
        return
    catalog.queries.require_skus(session, [sku])
    capped = min(quantity, QUANTITY_MAX)
    statement = insert(CartLine).values(session_id=session_id, sku=sku, quantity=capped)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "sku"], set_={"quantity": capped}
        )
    )


def choose_store(session: Session, session_id: UUID, *, location_id: UUID) -> None:
    """Have the basket collected at this store."""
    _have_cart(session, session_id, location_id=location_id)


def empty_cart(session: Session, session_id: UUID) -> None:
    """Have nothing in the basket; its store is remembered."""
    session.execute(delete(CartLine).where(CartLine.session_id == session_id))


def _have_cart(session: Session, session_id: UUID, **values: object) -> None:
    changed = {"changed_at": DB_NOW, **values}
    session.execute(
        insert(Cart)
        .values(session_id=session_id, **changed)
        .on_conflict_do_update(index_elements=["session_id"], set_=changed)
    )
