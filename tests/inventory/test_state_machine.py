"""Whatever is done to stock, in whatever order: a model in dictionaries and the database agree."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
from inventory.checks import CHECKS
from inventory.commands import Doubt, Hold, StockEffect
from inventory.errors import NotOnShelf, OutOfStock
from inventory.queries import list_levels
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.errors import Refusal
from kernel.ids import new_id
from tests.conftest import Shop

SKUS: Final = ("BOOK", "MUG-BLUE")
SKU = st.sampled_from(SKUS)
FEW = st.integers(1, 6)
BASKET = st.dictionaries(SKU, FEW, min_size=1)
ALWAYS_TRUE: Final = tuple(each for each in CHECKS if each.id in {"INV-01", "LEVEL-01"})


@dataclass
class Shelf:
    """What the model knows of one SKU."""

    on_hand: int = 10
    quarantined: int = 0


@dataclass
class Owed:
    """What the model knows of one reservation; `left_min` and `cap_min` are a hold's minutes."""

    quantity: int
    left_min: int | None = None
    cap_min: int | None = None

    @property
    def over(self) -> bool:
        """Tell whether it is a hold whose time has passed."""
        return bool(self.quantity) and self.left_min is not None and self.left_min <= 0


class StockMachine(RuleBasedStateMachine):
    """Stock of one store; each rule does one thing to the database and to the model."""

    parcels = Bundle("parcels")

    def __init__(self, session: Session, shop: Shop) -> None:
        super().__init__()
        self.session, self.location_id = session, shop.lyon
        self.world = session.begin_nested()
        self.shelves = {sku: Shelf() for sku in SKUS}
        self.owed: dict[tuple[UUID, str], Owed] = {}

    def teardown(self) -> None:
        """Have nothing of it left."""
        self.world.rollback()
        self.session.expire_all()

    @initialize()
    def begin(self) -> None:
        """Nothing was done yet."""

    @rule(sku=SKU, quantity=FEW)
    def receive(self, sku: str, quantity: int) -> None:
        """Goods come in."""
        inventory.services.receive(self.session, **self.here({sku: quantity}), actor=SYSTEM)
        self.shelves[sku].on_hand += quantity

    @rule(target=parcels, basket=BASKET, hold=st.sampled_from([None, Hold(35, 60)]))
    def reserve(self, basket: dict[str, int], hold: Hold | None) -> UUID:
        """A basket is promised, for good or for a time: all of it or nothing."""
        parcel = new_id()
        left = {sku: self.available(sku) for sku in basket}
        short = {sku: max(left[sku], 0) for sku, each in basket.items() if left[sku] < each}
        with self.refused(OutOfStock if short else None, shortages=short):
            inventory.services.reserve(
                self.session, **self.here(basket), fulfillment_id=parcel, hold=hold
            )
            for sku, quantity in basket.items():
                self.end_holds(lambda owed, sku=sku: owed[1] == sku)
                minutes = (hold.minutes, hold.cap_min) if hold else (None, None)
                self.owed[parcel, sku] = Owed(quantity, *minutes)
        return parcel

    @rule(minutes=st.integers(5, 40))
    def let_time_pass(self, minutes: int) -> None:
        """Every hold ends so much sooner."""
        self.session.execute(
            text(
                "UPDATE reservation SET held_until = held_until - make_interval(mins => :minutes),"
                " held_max = held_max - make_interval(mins => :minutes)"
            ),
            {"minutes": minutes},
        )
        for owed in self.owed.values():
            if owed.left_min is not None and owed.cap_min is not None:
                owed.left_min, owed.cap_min = owed.left_min - minutes, owed.cap_min - minutes

    @rule(parcel=parcels)
    def extend(self, parcel: UUID) -> None:
        """Somebody is at paying."""
        mine = self.of(parcel)
        held, _ = inventory.services.extend_hold(
            self.session, **self.here(dict.fromkeys(SKUS, 1)), fulfillment_id=parcel, minutes=35
        )
        assert held == {sku: owed.quantity for sku, owed in mine.items()}
        for owed in mine.values():
            if owed.cap_min is not None:
                owed.left_min = min(35, owed.cap_min)

    @rule(parcel=parcels)
    def settle(self, parcel: UUID) -> None:
        """Somebody has paid."""
        mine = self.of(parcel)
        kept = inventory.services.settle_hold(
            self.session, **self.here(dict.fromkeys(SKUS, 1)), fulfillment_id=parcel
        )
        assert kept == {sku: owed.quantity for sku, owed in mine.items()}
        for owed in mine.values():
            owed.left_min = owed.cap_min = None

    @rule()
    def free_expired(self) -> None:
        """The job comes by."""
        over = sum(owed.over for owed in self.owed.values())
        assert inventory.services.free_expired(self.session, grace_s=0, limit=100) == over
        self.end_holds(lambda _: True)

    @rule(parcel=parcels, sku=SKU, quantity=FEW)
    def release(self, parcel: UUID, sku: str, quantity: int) -> None:
        """Less is owed."""
        owed = self.owed.get((parcel, sku), Owed(0))
        freed = inventory.services.release(
            self.session, **self.here({sku: quantity}), fulfillment_id=parcel, reason="test"
        )
        assert freed.get(sku, 0) == min(quantity, owed.quantity)
        owed.quantity -= min(quantity, owed.quantity)

    @rule(parcel=parcels, sku=SKU, quantity=FEW)
    def hand_over(self, parcel: UUID, sku: str, quantity: int) -> None:
        """The customer takes goods away."""
        owed = self.owed.get((parcel, sku), Owed(0))
        too_many = quantity > owed.quantity
        with self.refused(NotOnShelf if too_many else None, skus=[sku]):
            inventory.services.hand_over(
                self.session, **self.here({sku: quantity}), fulfillment_id=parcel
            )
            owed.quantity -= quantity
            self.shelves[sku].on_hand = max(self.shelves[sku].on_hand - quantity, 0)

    @rule(sku=SKU, quantity=FEW)
    def doubt(self, sku: str, quantity: int) -> None:
        """A picker does not find what is booked."""
        shelf = self.shelves[sku]
        left = shelf.on_hand - shelf.quarantined
        taken = max(left - self.reserved(sku), min(quantity, left), 0)
        command = Doubt(
            new_id(), self.location_id, sku, quantity, StockEffect.ALL_LEFT, "not_found"
        )
        assert inventory.services.doubt(self.session, command, actor=SYSTEM) == taken
        shelf.quarantined += taken

    @rule(sku=SKU, quantity=st.integers(0, 12))
    def set_counted(self, sku: str, quantity: int) -> None:
        """Somebody counts."""
        inventory.services.set_counted(self.session, **self.here({sku: quantity}), reason="test")
        self.shelves[sku].on_hand = quantity

    @invariant()
    def levels_are_what_the_model_says(self) -> None:
        """Nothing is below zero either."""
        found = {
            level.sku: (level.on_hand, level.reserved, level.quarantined, level.available)
            for level in list_levels(self.session, location_id=self.location_id, skus=SKUS)
        }
        assert found == {
            sku: (
                shelf.on_hand,
                self.reserved(sku),
                shelf.quarantined,
                max(self.available(sku), 0),
            )
            for sku, shelf in self.shelves.items()
        }
        assert min(figure for figures in found.values() for figure in figures) >= 0

    @invariant()
    def ledger_and_reservations_add_up(self) -> None:
        """Ledger = levels, reservations = what levels promise."""
        assert [each.id for each in ALWAYS_TRUE if run_check(self.session, each)] == []

    def here(self, quantities: dict[str, int]) -> dict[str, Any]:
        """Return what every use case is told."""
        return {"location_id": self.location_id, "quantities": quantities}

    def of(self, parcel: UUID) -> dict[str, Owed]:
        """Return what is reserved for a parcel."""
        return {
            sku: owed
            for (whose, sku), owed in self.owed.items()
            if whose == parcel and owed.quantity
        }

    def reserved(self, sku: str) -> int:
        """Return what is promised of a SKU, ended holds included."""
        return sum(owed.quantity for (_, each), owed in self.owed.items() if each == sku)

    def available(self, sku: str) -> int:
        """Return what may be promised: holds that are over count no more."""
        shelf = self.shelves[sku]
        over = sum(
            owed.quantity for (_, each), owed in self.owed.items() if each == sku and owed.over
        )
        return shelf.on_hand - shelf.quarantined - self.reserved(sku) + over

    def end_holds(self, wanted: Callable[[tuple[UUID, str]], bool]) -> None:
        """Forget the wanted ones of the holds that are over."""
        for key in [key for key, owed in self.owed.items() if owed.over and wanted(key)]:
            del self.owed[key]

    @contextmanager
    def refused(self, kind: type[Refusal] | None, **facts: object) -> Iterator[None]:
        """Expect the block to be refused, with these facts and nothing moved; or not at all."""
        if kind is None:
            yield
            return
        with pytest.raises(kind) as refusal, self.session.begin_nested():
            yield
        assert refusal.value.facts == facts


def test_whatever_is_done_in_whatever_order_model_levels_and_ledger_agree(
    session: Session, shop: Shop
) -> None:
    run_state_machine_as_test(
        lambda: StockMachine(session, shop),
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
