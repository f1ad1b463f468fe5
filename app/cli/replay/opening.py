"""What the stores of a replay offer so that orders can enter on every channel."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

import orders.services
import stores.queries
import stores.services
from app.cli.replay.channels import RESERVED_MAX
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import PricedBy, SetDeliveryMethod, SetDeliveryZone
from stores.commands import Scope, SetRule, StoreMethod

WAY: Final = "replay"
FEE_MINOR: Final = 490
FREE_FROM_MINOR: Final = 15_000
CARRIER: Final = "local"
RULES: Final[Mapping[str, int | str]] = {
    "reservation": "on",
    "reservations_max": 50,
    "reservation_units_max": RESERVED_MAX,
    "remorse_min": 30,
}
"""Settings of the brands of these stores: they reserve, and leave time to think again."""


def set_rules(store_codes: Iterable[str]) -> None:
    """Have the brands of these stores reserve, and leave customers time to think again."""
    with transaction() as session:
        found = [stores.queries.get_store(session, code) for code in sorted(set(store_codes))]
        for brand_id in sorted({each.brand_id for each in found}):
            rules = next(each.rules for each in found if each.brand_id == brand_id)
            code = stores.queries.get_brand(session, brand_id).code
            for key, value in RULES.items():
                if getattr(rules, key) != value:
                    rule = SetRule(Scope.BRAND, code, key, value)
                    stores.services.set_setting(session, rule, actor=SYSTEM)


def open_doors(store_codes: Iterable[str]) -> None:
    """Have these stores send orders anywhere in France, in a way of the replay's own."""
    with transaction() as session:
        brands = {}
        for code in sorted(set(store_codes)):
            store = stores.queries.get_store(session, code, method=StoreMethod.SHIP)
            brands[store.brand_id] = stores.queries.get_brand(session, store.brand_id).code
            if not store.offered:
                stores.services.set_method(
                    session, code=code, method=StoreMethod.SHIP, offered=True, actor=SYSTEM
                )
        for brand in sorted(brands.values()):
            _open_way(session, brand)


def _open_way(session: Session, brand: str) -> None:
    names = {"fr": "Livraison (rejeu)", "en": "Delivery (replay)"}
    way = SetDeliveryMethod(brand, WAY, names, CARRIER, PricedBy.AMOUNT, 2_000, 99)
    method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
    zone = SetDeliveryZone(
        method_id,
        "France",
        "FR",
        [str(digit) for digit in range(10)],
        2,
        3,
        [(None, FEE_MINOR)],
        FREE_FROM_MINOR,
    )
    orders.services.set_delivery_zone(session, zone, actor=SYSTEM)
