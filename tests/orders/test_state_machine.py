"""Orders, stock, counts, transfers, sales and returns in any order: every invariant holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
import orders.queries
import orders.services
from app.cli.check import CHECKS
from customers.commands import GiveAddress, GiveContact
from inventory.commands import (
    Adjust,
    AdjustReason,
    Disposition,
    DraftTransfer,
    MissingReason,
    OpenCount,
    Returned,
)
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.errors import Refusal
from kernel.ids import new_id
from orders.commands import (
    AmendOrder,
    AmendParcel,
    Answer,
    AnswerChoice,
    Bring,
    CancelReason,
    Channel,
    Collect,
    FetchFrom,
    HandOver,
    Method,
    OfferSubstitute,
    PayBy,
    PlaceOrder,
    ScanInWave,
    ShortReason,
)
from orders.models import FINAL
from tests.conftest import Shop
from tests.orders.doors import have_ship, open_way
from tests.orders.test_amending_ways import set_promotions

SKUS: Final = ("BOOK", "MUG-BLUE")
SKU = st.sampled_from(SKUS)
FEW = st.integers(1, 6)
BASKET = st.dictionaries(SKU, FEW, min_size=1)
WISH = st.dictionaries(SKU, st.integers(0, 6))
ARRIVAL: Final = date(2031, 5, 2)
ADA: Final = replace(SYSTEM, id=new_id(), name="Ada")
WHO: Final = GiveContact("Chloé", "Durand", "chloe@example.org", "+33639981204", "fr")
OF_STOCK: Final = (
    "INV-01",
    "INV-03",
    "INV-04",
    "INV-05",
    "LEVEL-01",
    "INV-06",
    "BIN-01",
    "PUT-01",
    "SUB-01",
    "WAVE-01",
)
QUICK: Final = tuple(each for each in CHECKS if each.id in OF_STOCK)


class TradeMachine(RuleBasedStateMachine):
    """Two stores at work; a use case may be refused, and is then as if it had not been asked."""

    parcels = Bundle("parcels")
    counts = Bundle("counts")
    transfers = Bundle("transfers")

    def __init__(self, session: Session, shop: Shop) -> None:
        super().__init__()
        self.session, self.shop = session, shop
        self.world = session.begin_nested()

    def teardown(self) -> None:
        """At the end everything adds up: each invariant of every package."""
        try:
            assert [each.id for each in CHECKS if run_check(self.session, each)] == []
        finally:
            self.world.rollback()
            self.session.expire_all()

    @initialize()
    def begin(self) -> None:
        """Nothing was done yet."""

    @rule(target=parcels, basket=BASKET, pay_by=st.sampled_from(PayBy))
    def place(self, basket: dict[str, int], pay_by: PayBy) -> UUID | MultipleResults[UUID]:
        """Somebody orders, to pay at the till or by card."""
        command = PlaceOrder(Channel.WEB, [Collect("lyon", basket)], WHO, pay_by=pay_by)
        with self.perhaps():
            return orders.services.place_order(self.session, command, actor=SYSTEM).fulfillment_id
        return multiple()

    @rule(parcel=parcels, basket=st.none() | BASKET)
    def pick(self, parcel: UUID, basket: dict[str, int] | None) -> None:
        """The store takes the order on, and from the shelf some articles, or all that are left."""
        with self.perhaps():
            orders.services.accept(self.session, parcel, actor=SYSTEM)
        left = self.session.execute(
            text(
                "SELECT sku, quantity - cancelled - picked AS quantity FROM fulfillment_line"
                " WHERE fulfillment_id = :id AND quantity > cancelled + picked"
            ),
            {"id": parcel},
        )
        with self.perhaps():
            orders.services.pick(
                self.session,
                parcel,
                quantities=basket or {row.sku: row.quantity for row in left},
                actor=SYSTEM,
            )

    @rule(parcel=parcels, sku=SKU, quantity=FEW, reason=st.sampled_from(ShortReason))
    def report_short(self, parcel: UUID, sku: str, quantity: int, reason: ShortReason) -> None:
        """The picker does not find so many, or finds them broken."""
        with self.perhaps():
            orders.services.report_short_line(
                self.session, parcel, sku=sku, quantity=quantity, reason=reason, actor=SYSTEM
            )

    @rule(parcel=parcels)
    def mark_ready(self, parcel: UUID) -> None:
        """What is left is picked, and the parcel lies in its bin."""
        self.pick(parcel, None)
        with self.perhaps():
            orders.services.mark_ready(self.session, parcel, bin_code="A1", actor=SYSTEM)

    @rule(parcel=parcels, basket=st.none() | BASKET)
    def hand_over(self, parcel: UUID, basket: dict[str, int] | None) -> None:
        """The customer takes everything, or a part."""
        command = HandOver(
            "lyon",
            fulfillment_id=parcel,
            identity_seen=True,
            ticket_number="T-1",
            quantities=basket,
        )
        with self.perhaps():
            orders.services.hand_over(self.session, command, actor=SYSTEM)

    @rule(parcel=parcels, whim=st.integers(0, 2))
    def cancel(self, parcel: UUID, whim: int) -> None:
        """The customer thinks better of it, now and then."""
        order_id = self.session.execute(
            text("SELECT order_id FROM fulfillment WHERE id = :id"), {"id": parcel}
        ).scalar_one()
        if whim:
            return
        with self.perhaps():
            orders.services.cancel_order(
                self.session, order_id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM
            )

    @rule(target=parcels, parcel=parcels, baskets=st.tuples(WISH, WISH), turn=st.integers(0, 3))
    def amend(
        self, parcel: UUID, baskets: tuple[dict[str, int], dict[str, int]], turn: int
    ) -> UUID | MultipleResults[UUID]:
        """The customer wants other articles, in one or two parcels, elsewhere, brought or not."""
        order = orders.queries.get_order(
            self.session,
            orders.queries.get_fulfillment(self.session, parcel, actor=SYSTEM).order_id,
            actor=SYSTEM,
        )
        going = [each for each in order.fulfillments if each.status not in FINAL]
        ways = (
            {},
            {"method": Method.DELIVERY},
            {"method": Method.PICKUP, "store_code": "lyon"},
            {"store_code": "paris"},
        )
        changes = [
            AmendParcel(each.id, basket, **(ways[turn] if at == 0 else {}))
            for at, (each, basket) in enumerate(zip(going, baskets, strict=False))
        ]
        address = GiveAddress("12 rue des Lilas", "33000", "Bordeaux") if turn == 1 else None
        command = AmendOrder(order.id, order.version, Channel.WEB, changes, address=address)
        with self.perhaps():
            amended = orders.services.amend_order(self.session, command, actor=SYSTEM)
            return multiple(*amended.fulfillment_ids)
        return multiple()

    @rule(target=parcels, basket=BASKET, other=BASKET, sends=st.booleans())
    def place_in_parts(
        self,
        basket: dict[str, int],
        other: dict[str, int],
        sends: bool,  # noqa: FBT001 (Hypothesis draws it)
    ) -> UUID | MultipleResults[UUID]:
        """Somebody has a part in Lyon, and another one in Paris or at their door."""
        address = GiveAddress("12 rue des Lilas", "33000", "Bordeaux")
        part = Bring(address, other, "standard") if sends else Collect("paris", other)
        parts = [Collect("lyon", basket), part]
        command = PlaceOrder(Channel.WEB, parts, WHO, pay_by=PayBy.CARD)
        with self.perhaps():
            placed = orders.services.place_order(self.session, command, actor=SYSTEM)
            return multiple(*(each.fulfillment_id for each in placed.parcels))
        return multiple()

    @rule(target=parcels, parcel=parcels, answer=st.sampled_from(Answer), found=st.booleans())
    def give_up(
        self,
        parcel: UUID,
        answer: Answer,
        found: bool,  # noqa: FBT001 (Hypothesis draws it)
    ) -> UUID | MultipleResults[UUID]:
        """The store cannot prepare it, and the customer chooses what becomes of it."""
        reason = "no_time" if found else "no_stock"
        with self.perhaps():
            orders.services.reject_fulfillment(self.session, parcel, reason=reason, actor=SYSTEM)
        choice = orders.queries.list_choices(self.session, [parcel]).get(parcel)
        if choice is None:
            return multiple()
        store = "paris" if answer is Answer.OTHER_STORE else None
        command = AnswerChoice(answer, store_code=store)
        with self.perhaps():
            orders.services.answer_choice(self.session, choice.id, command, actor=SYSTEM)
        return self._onward(parcel)

    @rule(target=parcels, parcel=parcels)
    def serve(self, parcel: UUID) -> UUID | MultipleResults[UUID]:
        """The clock comes by: who waits is served when everything is back."""
        choice = orders.queries.list_choices(self.session, [parcel]).get(parcel)
        if choice is None:
            return multiple()
        with self.perhaps():
            orders.services.serve_waiting(self.session, choice.id)
        return self._onward(parcel)

    def _onward(self, parcel: UUID) -> UUID | MultipleResults[UUID]:
        facts = orders.queries.get_fulfillment(self.session, parcel, actor=SYSTEM)
        return facts.rerouted_to or multiple()

    @rule(parcel=parcels)
    def let_it_expire(self, parcel: UUID) -> None:
        """Nobody collects or pays in time."""
        self.session.execute(
            text(
                "UPDATE fulfillment SET collect_by = statement_timestamp() - interval '1 s'"
                " WHERE id = :id AND status = 'ready'"
            ),
            {"id": parcel},
        )
        orders.services.expire_fulfillment(self.session, parcel)
        orders.services.abandon_pending(self.session, parcel)

    @rule(size=st.integers(1, 2))
    def walk(self, size: int) -> None:
        """Somebody begins a walk and takes articles into the boxes."""
        with self.perhaps():
            wave = orders.services.start_wave(self.session, self.shop.lyon, actor=SYSTEM)
            for sku in SKUS[:size]:
                with self.perhaps():
                    scan = ScanInWave(size, sku)
                    orders.services.scan_in_wave(self.session, wave, scan, actor=SYSTEM)

    @rule(parcel=parcels)
    def leave_walk(self, parcel: UUID) -> None:
        """A parcel is picked by itself."""
        with self.perhaps():
            orders.services.leave_wave(self.session, parcel, actor=SYSTEM)

    @rule(parcel=parcels, sku=SKU, quantity=FEW, reason=st.sampled_from(ShortReason))
    def offer_another(self, parcel: UUID, sku: str, quantity: int, reason: ShortReason) -> None:
        """The picker offers the tent, or the other of both, in place of what is missing."""
        for instead in ("TENT-2P", *SKUS):
            with self.perhaps():
                offer = OfferSubstitute(parcel, sku, instead, quantity, reason)
                orders.services.offer_substitute(self.session, offer, actor=SYSTEM)

    @rule(answer=st.sampled_from(("accept", "decline", "withdraw")))
    def answer_about_another(self, answer: str) -> None:
        """The customer says yes or no, or is asked no longer."""
        act = getattr(orders.services, f"{answer}_substitute")
        asked = self.session.execute(
            text("SELECT id FROM substitution WHERE status = 'proposed' ORDER BY id LIMIT 1")
        ).scalars()
        for substitution_id in asked.all():
            with self.perhaps():
                act(self.session, substitution_id, actor=SYSTEM)

    @rule(target=transfers, parcel=parcels, sku=SKU, quantity=FEW, goes=st.booleans())
    def fetch(self, parcel: UUID, sku: str, quantity: int, *, goes: bool) -> Any:
        """What is missing comes from Paris, where somebody sends it at once or later."""
        with self.perhaps():
            command = FetchFrom("paris", {sku: quantity})
            found = orders.services.fetch_from(self.session, parcel, command, actor=SYSTEM)
            if goes:
                inventory.services.send_transfer(
                    self.session, found.transfer_id, expected_on=ARRIVAL, actor=SYSTEM
                )
            return found.transfer_id
        return multiple()

    @rule(sku=SKU, disposition=st.sampled_from(Disposition))
    def put_back(self, sku: str, disposition: Disposition) -> None:
        """What lay in a bin is on the shelf again, or broken, or nobody knows."""
        tasks = self.session.execute(
            text("SELECT id FROM put_back WHERE done_at IS NULL ORDER BY id LIMIT 1")
        ).scalars()
        for put_back_id in tasks.all():
            with self.perhaps():
                orders.services.finish_put_back(
                    self.session, put_back_id, others=[Returned(sku, 1, disposition)], actor=SYSTEM
                )

    @rule(basket=BASKET)
    def receive(self, basket: dict[str, int]) -> None:
        """Goods come in."""
        inventory.services.receive(
            self.session, location_id=self.shop.lyon, quantities=basket, actor=SYSTEM
        )

    @rule(basket=BASKET)
    def sell(self, basket: dict[str, int]) -> None:
        """The till sells, also what nobody booked."""
        inventory.services.sell(
            self.session,
            sale_id=new_id(),
            location_id=self.shop.lyon,
            quantities=basket,
            actor=SYSTEM,
        )

    @rule(sku=SKU, quantity=FEW, disposition=st.sampled_from(Disposition))
    def take_back(self, sku: str, quantity: int, disposition: Disposition) -> None:
        """Somebody returns what was sold."""
        inventory.services.take_back(
            self.session,
            return_id=new_id(),
            location_id=self.shop.lyon,
            items=[Returned(sku, quantity, disposition)],
            actor=SYSTEM,
        )

    @rule(sku=SKU, quantity=FEW, reason=st.sampled_from(AdjustReason))
    def adjust(self, sku: str, quantity: int, reason: AdjustReason) -> None:
        """So many are gone."""
        command = Adjust(self.shop.lyon, {sku: -quantity}, reason)
        with self.perhaps():
            inventory.services.adjust(self.session, command, actor=SYSTEM)

    @rule(target=counts, basket=st.dictionaries(SKU, st.integers(0, 12), min_size=1))
    def count(self, basket: dict[str, int]) -> UUID:
        """Somebody counts the shelf."""
        command = OpenCount(self.shop.lyon, skus=list(basket))
        count_id = inventory.services.open_count(self.session, command, actor=SYSTEM)
        inventory.services.enter_count(self.session, count_id, counted=basket, actor=SYSTEM)
        return count_id

    @rule(count_id=counts)
    def submit(self, count_id: UUID) -> None:
        """Later it is handed in, and somebody else approves."""
        with self.perhaps():
            inventory.services.submit_count(self.session, count_id, actor=SYSTEM)
        with self.perhaps():
            inventory.services.approve_count(self.session, count_id, actor=ADA)

    @rule(target=transfers, basket=BASKET, home=st.booleans())
    def send(self, basket: dict[str, int], home: bool) -> UUID:  # noqa: FBT001 (Hypothesis draws it)
        """Goods leave one store for the other."""
        ends = (self.shop.paris, self.shop.lyon) if home else (self.shop.lyon, self.shop.paris)
        transfer_id, _ = inventory.services.draft_transfer(
            self.session, DraftTransfer(*ends, basket), actor=SYSTEM
        )
        with self.perhaps():
            inventory.services.send_transfer(
                self.session, transfer_id, expected_on=ARRIVAL, actor=SYSTEM
            )
        return transfer_id

    @rule(transfer_id=transfers, basket=BASKET)
    def arrive(self, transfer_id: UUID, basket: dict[str, int]) -> None:
        """A part arrives, or more than was sent."""
        with self.perhaps():
            inventory.services.receive_transfer(
                self.session, transfer_id, quantities=basket, actor=SYSTEM
            )
        self.hear()

    @rule(transfer_id=transfers, reason=st.sampled_from(MissingReason))
    def close(self, transfer_id: UUID, reason: MissingReason) -> None:
        """What did not arrive is given up, or came back."""
        lines = self.session.execute(
            text("SELECT sku FROM transfer_line WHERE transfer_id = :id"), {"id": transfer_id}
        ).scalars()
        with self.perhaps():
            inventory.services.close_transfer(
                self.session, transfer_id, reasons=dict.fromkeys(lines, reason), actor=SYSTEM
            )
        self.hear()

    def hear(self) -> None:
        """The news of transfers reaches the parcels that wait for them."""
        waiting = self.session.execute(
            text("SELECT id FROM fulfillment WHERE status = 'in_transfer' ORDER BY id")
        ).scalars()
        for parcel in waiting.all():
            orders.services.settle_fetch(self.session, parcel)

    @invariant()
    def stock_adds_up(self) -> None:
        """Ledger = levels, reservations = obligations, transfers balance, shortages have a case."""
        assert [each.id for each in QUICK if run_check(self.session, each)] == []

    @contextmanager
    def perhaps(self) -> Iterator[None]:
        """Try; what is refused has moved nothing."""
        try:
            with self.session.begin_nested():
                yield
        except Refusal:
            self.session.expire_all()


def test_whatever_the_trade_does_in_whatever_order_every_invariant_holds(
    session: Session, shop: Shop
) -> None:
    have_ship(session, shop.lyon)
    open_way(session)
    set_promotions(session, shop.brand_id)
    session.commit()
    run_state_machine_as_test(
        lambda: TradeMachine(session, shop),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
