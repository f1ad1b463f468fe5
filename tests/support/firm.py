"""A brand of its own with places that are open at some hours: whoever else trades is not met."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import orders.services
import stores.services
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import PricedBy, SetDeliveryMethod, SetDeliveryZone
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.support.depot import depot
from tests.support.trade import Trade

PIN, PASSWORD = "4711", "a-long-enough-password"
SHOP_HOURS, DEPOT_HOURS = "Mo-Sa 10:00-19:00; PH off", "Mo-Fr 08:00-17:00; PH off"
SHOP = {"sells": True, "collects": True, "ships": False, "opening_hours": SHOP_HOURS}


@dataclass(frozen=True)
class Place:
    """A store or warehouse, and somebody who works there."""

    code: str
    name: str
    id: UUID
    staff_id: UUID
    key: str


@dataclass(frozen=True)
class Firm:
    """A brand whose codes all begin alike."""

    trade: Trade
    code: str
    name: str
    brand_id: UUID

    def open_depot(self, **differs: Any) -> Place:
        """Open a warehouse near Tours that sends to doors on working days."""
        return self.open("depot", f"Entrepôt {self.name}", **differs)

    def open_shop(self, town: str = "Lyon", **differs: Any) -> Place:
        """Open a store that people come to from Monday to Saturday."""
        return self.open(town.lower(), f"{self.name} {town}", **{**SHOP, **differs})

    def open(self, code: str, name: str, **differs: Any) -> Place:
        """Open any place, with an associate whose PIN is PIN."""
        about = replace(
            depot(self.brand_id, f"{self.code}-{code}"),
            **{"name": name, "opening_hours": DEPOT_HOURS, **differs},
        )
        with self._inside() as session:
            location_id, _ = stores.services.open_location(session, about)
            staff_id, key = hire(session, f"Inès {self.name}", StaffRole.ASSOCIATE, location_id)
        return Place(about.code, name, location_id, staff_id, key)

    def list_article(self, units: Mapping[UUID, int], **differs: Any) -> str:
        """Return a SKU of 10 euros, with so many units at each of these places."""
        sku = f"T-{secrets.token_hex(6)}".upper()
        article = ListSku(sku, sku, {"fr": sku, "en": sku}, 1000, "EUR", 2000)
        article = replace(article, **differs)
        with self._inside() as session:
            list_skus(session, [article], brand_id=self.brand_id)
            for location_id, count in units.items():
                quantities = {article.sku: count}
                receive(session, location_id=location_id, quantities=quantities, actor=SYSTEM)
        return article.sku

    def open_way(self, **differs: Any) -> None:
        """Bring orders anywhere in France for 4.90 euros, in two or three working days."""
        names = {"fr": "Livraison à domicile", "en": "Home delivery"}
        way = SetDeliveryMethod(self.code, "standard", names, "local", PricedBy.AMOUNT, 2_000)
        everywhere = {"days_min": 2, "days_max": 3, "bands": [(None, 490)], **differs}
        with self._inside() as session:
            method_id = orders.services.set_delivery_method(session, way, actor=SYSTEM)
            zone = SetDeliveryZone(method_id, "France", "FR", list("0123456789"), **everywhere)
            orders.services.set_delivery_zone(session, zone, actor=SYSTEM)

    def head_office(self) -> str:
        """Return the key of somebody at head office."""
        with self._inside() as session:
            return hire(session, "Ada", StaffRole.ADMIN)[1]

    def set_rules(self, *rules: Mapping[str, Any], **more: Any) -> None:
        """Head office says who sends what of this brand."""
        body = {"name": "Règles", "method": "delivery", "brand": self.code, "rules": list(rules)}
        answer = self.trade.post("/sourcing/rules", {**body, **more}, key=self.head_office())
        assert answer.status_code == 201, answer.text

    @contextmanager
    def _inside(self) -> Iterator[Session]:
        with self.trade.place_of_work.inside(), transaction() as session:
            yield session


def open_firm(trade: Trade, name: str) -> Firm:
    """Open a brand of this name, under a code nobody has.

    It is behind the others: the shop's pages are those of the first store's brand.
    """
    code = f"z{secrets.token_hex(4)}"
    brand = OpenBrand(code, name, "EUR", ("fr", "en"), f"bonjour@{code}.test", name)
    with trade.place_of_work.inside(), transaction() as session:
        return Firm(trade, code, name, stores.services.open_brand(session, brand))


def hire(
    session: Session, name: str, role: StaffRole, *places: UUID, **more: Any
) -> tuple[UUID, str]:
    """Return the id and the key of somebody who begins to work."""
    person = HireStaff(name, role, places, **{"pin": PIN, **more})
    staff_id = stores.services.hire_staff(session, person)
    key = stores.services.issue_key(session, name=name, scopes=[], staff_id=staff_id, actor=SYSTEM)
    return staff_id, key[1]
