"""Another shop, and an order it brings."""

from typing import Any

from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from stores.commands import TrustKey
from tests.conftest import order_body

TENT = {"sku": "TENT-2P", "quantity": 1, "unit_price_minor": 8000, "discount_minor": 500}
MUGS = {"sku": "MUG-BLUE", "quantity": 2, "unit_price_minor": 1000}
TOTAL = 9_500
SCOPES = ("orders.bring", "orders.follow", "orders.read", "orders.cancel")


def trust(session: Session, source: str, *scopes: str, **limits: int) -> str:
    """Return the key of a shop that may bring orders."""
    key_id, key = stores.services.issue_key(
        session, name=source, scopes=scopes or SCOPES, actor=SYSTEM
    )
    stores.services.trust_key(session, TrustKey(key_id, source, **limits), actor=SYSTEM)
    session.commit()
    return key


def brought_body(number: str = "WEB-1001", **changes: Any) -> dict[str, Any]:
    """Return an order of one tent and two mugs, paid in the other shop, to collect in Lyon."""
    return {
        "number": number,
        "store": "lyon",
        "customer": order_body()["customer"],
        "lines": [TENT, MUGS],
        "total_minor": TOTAL,
        "payment": {"reference": "pay-77"},
        **changes,
    }
