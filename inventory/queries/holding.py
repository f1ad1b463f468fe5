"""What holds that are over give back, though nobody has freed them yet."""

from uuid import UUID

from sqlalchemy import CTE, Integer, cast, func, or_, select

from inventory.models import Reservation
from kernel.clock import DB_NOW


def select_given_back(*, leaving_out: UUID | None = None) -> CTE:
    """Return the statement of what every level has beside what it says: location, SKU, `quantity`.

    That is what holds held that are over, and what the fulfillment `leaving_out` holds: nobody is
    in the way of themselves.
    """
    over = Reservation.held_until <= DB_NOW
    if leaving_out is not None:
        over = or_(over, Reservation.fulfillment_id == leaving_out)
    return (
        select(
            Reservation.location_id,
            Reservation.sku,
            cast(func.sum(Reservation.quantity), Integer).label("quantity"),
        )
        .where(over, Reservation.quantity > 0)
        .group_by(Reservation.location_id, Reservation.sku)
        .cte("given_back")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
