"""What was decided for an order, in the sentences its pages show."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

import orders.queries
import stores.queries
from app import formats
from app.i18n import current
from orders.errors import NotDecided
from orders.queries import OrderFacts
from orders.sourcing import explain, say_fall


def explain_order(session: Session, order: OrderFacts) -> list[dict[str, Any]]:
    """Return what was decided for an order, in sentences; empty where nobody had to decide."""
    try:
        found = orders.queries.get_decisions(session, order.id)
    except NotDecided:
        return []
    zone = stores.queries.get_store_by_id(session, order.fulfillments[0].location_id).time_zone
    names = {line.sku: line.name for each in order.fulfillments for line in each.lines}
    return [
        {
            "facts": each,
            "zone": zone,
            "sentences": explain(each, current(), zone=zone, names=names),
            "chosen": {sent["store"] for sent in each.chosen},
            "seen": [_seen(one) for one in each.candidates],
        }
        for each in found
    ]


def _seen(candidate: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the rules saw of one location, in words."""
    return {
        "store": candidate["store"],
        "name": candidate["name"],
        "km": formats.distance(candidate["km"], language=current()),
        "units": sum(candidate["gives"].values()),
        "fell": say_fall(candidate["fell"], candidate["why"], current()),
    }
