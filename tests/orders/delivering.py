"""A parcel that is brought to its customer, and one whose articles come from another store."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel import delivery
from kernel.ids import new_id
from tests.orders.conftest import Counter

DAY = "2031-05-02"


def bring(session: Session, order: Mapping[str, Any]) -> None:
    """Have an order that was placed be delivered to its customer's door instead of collected."""
    address_id = new_id()
    session.execute(
        text(
            "INSERT INTO address (id, contact_id, line1, postcode, city, country) "
            "SELECT :address_id, o.contact_id, '12 rue des Lilas', '69001', 'Lyon', 'FR' "
            "FROM sales_order o WHERE o.id = :order_id"
        ),
        {"address_id": address_id, "order_id": order["id"]},
    )
    session.execute(
        text("UPDATE fulfillment SET method = 'delivery', address_id = :address WHERE id = :id"),
        {"address": address_id, "id": order["fulfillment_id"]},
    )
    session.flush()


def bring_instead(counter: Counter) -> None:
    """Have the order at hand be delivered to its customer's door."""
    bring(counter.session, counter.order)
    counter.session.commit()


def packages(*boxes: dict[str, int], **more: Any) -> dict[str, Any]:
    """Return what is posted to pack these quantities, one box each."""
    return {
        "packages": [
            {"items": [{"sku": sku, "quantity": each} for sku, each in box.items()], **more}
            for box in boxes
        ]
    }


def tell(session: Session) -> None:
    """Let the news reach its listeners, as the worker would."""
    session.commit()
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    session.commit()


def fetch(counter: Counter, items: list[dict[str, Any]], **more: Any) -> Any:
    """Have articles of the parcel at hand come from Paris."""
    body = {"from_store": "paris", "items": items, "expected_on": DAY, **more}
    return counter.ask(f"fulfillments/{counter.parcel}/fetch", body)
