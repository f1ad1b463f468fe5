"""Ways to a door, and orders that go there, through the real doors."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.services
from kernel.actors import SYSTEM
from orders.commands import PricedBy, SetDeliveryMethod, SetDeliveryZone

NAMES: Final = {"fr": "Livraison à domicile", "en": "Home delivery"}
ADDRESS: Final = {"line1": "12 rue des Lilas", "postcode": "33000", "city": "Bordeaux"}


def open_way(
    session: Session,
    *,
    code: str = "standard",
    price_minor: int = 490,
    priced_by: PricedBy = PricedBy.AMOUNT,
    **zone: Any,
) -> UUID:
    """Have the small retailer bring orders anywhere in France; return the way's id."""
    way = SetDeliveryMethod("aubepin", code, NAMES, "local", priced_by, 2_000)
    method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
    everywhere: dict[str, Any] = {
        "postcodes": [str(digit) for digit in range(10)],
        "days_min": 2,
        "days_max": 3,
        "bands": [(None, price_minor)],
        "free_from_minor": 15_000,
    }
    command = SetDeliveryZone(method_id, "France", "FR", **{**everywhere, **zone})
    orders.services.set_delivery_zone(session, command, actor=SYSTEM)
    return method_id


def have_ship(session: Session, *location_ids: UUID) -> None:
    """Have these locations send orders to doors."""
    session.execute(
        text("UPDATE location SET ships = true WHERE id = ANY(:ids)"), {"ids": list(location_ids)}
    )
    session.commit()


def delivery_body(quantities: Mapping[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    """Return an order of one tent and two mugs to be brought to Bordeaux."""
    wanted = quantities or {"TENT-2P": 1, "MUG-BLUE": 2}
    return {
        "channel": "web",
        "language": "fr",
        "items": [{"sku": sku, "quantity": units} for sku, units in wanted.items()],
        "customer": {
            "first_name": "Chloé",
            "last_name": "Durand",
            "email": "chloe.durand@example.org",
            "phone": "06 39 98 12 34",
        },
        "address": ADDRESS,
        "delivery_method": "standard",
        "pay_by": "card",
        **changes,
    }
