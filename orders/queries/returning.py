"""Reads of what came back."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.models import GoodsReturn


def list_return_ids(session: Session, order_id: UUID) -> list[UUID]:
    """Return the returns that named an order, oldest first."""
    rows = session.execute(
        select(GoodsReturn.id)
        .where(GoodsReturn.order_id == order_id)
        .order_by(GoodsReturn.returned_at, GoodsReturn.id)
    )
    return list(rows.scalars())
