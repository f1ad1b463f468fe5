"""How each line of a basket is wanted, where that was said."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.commands import Method
from orders.models import CartLine


@dataclass(frozen=True, slots=True)
class LineWay:
    """How a line of a basket is wanted, and where it is collected; nowhere when it is brought."""

    method: Method
    location_id: UUID | None = None


def list_line_ways(session: Session, cart_id: UUID | None) -> dict[str, LineWay]:
    """Return how lines of a basket are wanted, by SKU; what was not said is not there."""
    rows = session.execute(
        select(CartLine.sku, CartLine.method, CartLine.location_id).where(
            CartLine.cart_id == cart_id, CartLine.method.is_not(None)
        )
    )
    return {row.sku: LineWay(row.method, row.location_id) for row in rows if row.method}
