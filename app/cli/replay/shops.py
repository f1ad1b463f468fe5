"""A foreign e-shop in a replay: it brings orders at its own prices, paid there or not yet."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import orders.services
import stores.queries
import stores.services
from app.cli.replay.once import once
from app.cli.replay.opening import WAY
from app.cli.replay.plan import PlannedOrder
from customers.commands import GiveAddress
from kernel.actors import SYSTEM, Actor, ActorKind
from orders.commands import Method
from orders.queries import OrderFacts
from orders.schemas.external import BringOrderSchema
from stores.commands import TrustKey
from stores.queries import StoreFacts

SOURCE: Final = "replay-shop"
SCOPES: Final = ("orders.bring", "orders.follow", "orders.read", "orders.cancel")
KEY: Final = "key of the shop"
OFF_PERCENT: Final = 5
"""What the shop gives off each line."""
FEE_MINOR: Final = 590
UNPAID_OF: Final = 3
"""One in so many orders that are collected is paid at the counter."""


def bring(session: Session, planned: PlannedOrder, *, door: GiveAddress) -> OrderFacts:
    """Have the shop bring an invoice as its order, said as shops say it; return the one it is here.

    Raises the refusals of `bring_order`.
    """
    shop = _shop(session)
    store = stores.queries.get_store(session, planned.store_code)
    lines = _lines(session, planned, store)
    charges = [{"delivery_method": WAY, "amount_minor": FEE_MINOR}] if planned.is_brought else []
    total_minor = sum(
        line["quantity"] * line["unit_price_minor"] - line["discount_minor"] for line in lines
    ) + sum(int(str(charge["amount_minor"])) for charge in charges)
    paid = planned.is_brought or planned.lot % UNPAID_OF
    contact = planned.contact
    said = {
        "number": planned.invoice.number,
        "language": contact.language,
        "customer": {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "phone": contact.phone,
        },
        "parts": [_part(planned, lines, door)],
        "lines": lines,
        "charges": charges,
        "total_minor": total_minor,
        "payment": {"reference": f"pay-{planned.invoice.number}"} if paid else None,
        "brand": stores.queries.get_brand(session, store.brand_id).code,
    }
    orders.services.bring_order(session, BringOrderSchema().load(said), actor=shop)
    return orders.queries.get_brought(session, planned.invoice.number, actor=shop).order


def _lines(session: Session, planned: PlannedOrder, store: StoreFacts) -> list[dict[str, Any]]:
    """Return what the shop agreed: less than we would ask for."""
    quote = orders.queries.read_quote(
        session,
        planned.invoice.quantities,
        brand_id=store.brand_id,
        language=planned.contact.language,
    )
    return [
        {
            "sku": line.sku,
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "discount_minor": line.priced.list_minor * OFF_PERCENT // 100,
        }
        for line in quote.lines
    ]


def _part(planned: PlannedOrder, lines: list[dict[str, Any]], door: GiveAddress) -> dict[str, Any]:
    items = [{"sku": line["sku"], "quantity": line["quantity"]} for line in lines]
    if not planned.is_brought:
        return {"store": planned.store_code, "items": items}
    address = {"line1": door.line1, "postcode": door.postcode, "city": door.city}
    method = Method.DELIVERY.value
    return {"method": method, "address": address, "delivery_method": WAY, "items": items}


def _shop(session: Session) -> Actor:
    """Return the shop, with the key it has had since its first order."""
    known, _again = once(session, KEY, lambda: {"key_id": str(_trust(session))})
    key_id = UUID(known["key_id"])
    return Actor(ActorKind.INTEGRATION, key_id, SOURCE, location_ids=None, source=SOURCE)


def _trust(session: Session) -> UUID:
    key_id, _key = stores.services.issue_key(session, name=SOURCE, scopes=SCOPES, actor=SYSTEM)
    stores.services.trust_key(session, TrustKey(key_id, SOURCE), actor=SYSTEM)
    return key_id
