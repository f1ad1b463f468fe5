"""A parcel that is brought to its customer, and one whose articles come from another store."""

from typing import Any

from sqlalchemy import text

from kernel import delivery
from kernel.ids import new_id
from tests.orders.conftest import Counter

DAY = "2031-05-02"


def bring_instead(counter: Counter) -> None:
    """Have the order at hand be delivered to its customer's door instead of collected."""
    address_id = new_id()
    counter.session.execute(
        text(
            "INSERT INTO address (id, contact_id, line1, postcode, city, country) "
            "SELECT :address_id, o.contact_id, '12 rue des Lilas', '69001', 'Lyon', 'FR' "
            "FROM sales_order o WHERE o.id = :order_id"
        ),
        {"address_id": address_id, "order_id": counter.order["id"]},
    )
    counter.session.execute(
        text("UPDATE fulfillment SET method = 'delivery', address_id = :address WHERE id = :id"),
        {"address": address_id, "id": counter.parcel},
    )
    counter.session.commit()


def packages(*boxes: dict[str, int], **more: Any) -> dict[str, Any]:
    """Return what is posted to pack these quantities, one box each."""
    return {
        "packages": [
            {"items": [{"sku": sku, "quantity": each} for sku, each in box.items()], **more}
            for box in boxes
        ]
    }


def tell(counter: Counter) -> None:
    """Let the news reach its listeners, as the worker would."""
    counter.session.commit()
    while claims := delivery.claim_due(counter.session):
        for claim in claims:
            delivery.deliver(counter.session, claim)
    counter.session.commit()


def fetch(counter: Counter, items: list[dict[str, Any]], **more: Any) -> Any:
    """Have articles of the parcel at hand come from Paris."""
    body = {"from_store": "paris", "items": items, "expected_on": DAY, **more}
    return counter.ask(f"fulfillments/{counter.parcel}/fetch", body)
