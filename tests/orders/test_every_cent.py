"""Whatever becomes of an order, its papers agree to the cent: whole orders, in random sequences.

MONEY_EXAMPLES asks for more orders than the few of every day.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import inventory.services
import orders.services
import payments.queries
from app.cli.check import run_checks
from app.worker import drain
from customers.commands import GiveAddress, GiveContact
from inventory.commands import Disposition, MissingReason
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Refusal
from orders import queries
from orders.commands import (
    Answer,
    AnswerChoice,
    Box,
    Bring,
    CancelReason,
    Channel,
    Collect,
    FetchFrom,
    HandOver,
    Method,
    OrderPart,
    Pack,
    PayBy,
    PlaceOrder,
    PromotionKind,
    PromotionOn,
    Refused,
    SetPromotion,
    Status,
)
from orders.models import FINAL
from orders.pricing import totals
from orders.queries import FulfillmentFacts, LineFacts, OrderFacts
from orders.services import PlacedOrder, TillTicket
from tests.conftest import Shop
from tests.orders.delivering import DAY
from tests.orders.doors import have_ship, open_way
from tests.orders.test_card import pay, stripe

__all__ = ["stripe"]
EXAMPLES: Final = int(os.environ.get("MONEY_EXAMPLES", "10"))
WHO: Final = GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr")
HOME: Final = GiveAddress("12 rue des Lilas", "33000", "Bordeaux", None)
SKUS: Final = ("BOOK", "MUG-BLUE", "TENT-2P")
NAMES: Final = {"fr": "Offre", "en": "Offer"}
ENDED: Final = FINAL | {Status.SHIPPED}


@dataclass
class Case:
    """One order, what everybody may do with it, and the money that was seen to change hands."""

    shop: Shop
    order_id: UUID
    discounts: Mapping[str, tuple[int, int]]
    parcel: FulfillmentFacts | None = None
    tickets: int = 0
    done: list[str] = field(default_factory=list)

    def order(self) -> OrderFacts:
        """Return the order as it is now."""
        with transaction() as session:
            return queries.get_order(session, self.order_id, actor=SYSTEM)

    @property
    def at(self) -> FulfillmentFacts:
        """Return the parcel at hand."""
        assert self.parcel is not None
        return self.parcel

    def do(self, act: Callable[..., Any], *facts: Any, **more: Any) -> bool:
        """Have a use case done; False when it is refused, and then nothing has moved."""
        with suppress(Refusal), transaction() as session:
            act(session, *facts, **more, actor=SYSTEM)
            return True
        return False

    def ticket(self) -> str:
        """Return the number of a fresh ticket."""
        self.tickets += 1
        return f"T-{self.tickets}"

    def line(self, some: int) -> LineFacts:
        """Return one of the lines of the parcel at hand."""
        return self.at.lines[some % len(self.at.lines)]


def prepare(case: Case, some: int, units: int) -> None:
    """The store takes it on and picks so many of a line."""
    case.do(orders.services.accept, case.at.id)
    case.do(orders.services.pick, case.at.id, quantities={case.line(some).sku: units})


def shorten(case: Case, some: int, units: int) -> None:
    """So many are missing."""
    case.do(orders.services.accept, case.at.id)
    sku = case.line(some).sku
    act = orders.services.report_short_line
    case.do(act, case.at.id, sku=sku, quantity=units, reason="damaged")


def fetch(case: Case, some: int, units: int) -> None:
    """So many come from the other store, which sends them at once."""
    case.do(orders.services.accept, case.at.id)
    other = "paris" if case.at.location_id == case.shop.lyon else "lyon"
    command = FetchFrom(other, {case.line(some).sku: units})
    case.do(orders.services.fetch_from, case.at.id, command)
    for transfer_id in carrying(case):
        case.do(inventory.services.send_transfer, transfer_id, expected_on=DAY)


def split(case: Case, some: int, units: int) -> None:
    """What is here goes on by itself."""
    case.do(orders.services.split_fulfillment, case.at.id)


def arrive(case: Case, some: int, units: int) -> None:
    """What is on its way arrives, but for what is lost with the last of three transfers."""
    for transfer_id in carrying(case):
        with transaction() as session:
            lines = {
                each.sku: each.quantity
                for each in inventory.queries.list_transfer_lines(session, transfer_id)
            }
        if some % 3 == 2:
            lines = {sku: max(1, quantity - 1) for sku, quantity in lines.items()}
        case.do(inventory.services.receive_transfer, transfer_id, quantities=lines)
        lost = dict.fromkeys(lines, MissingReason.LOST)
        case.do(inventory.services.close_transfer, transfer_id, reasons=lost)
    with transaction() as session:
        orders.services.settle_fetch(session, case.at.id)


def finish(case: Case, some: int, units: int) -> None:
    """All that is left is picked; the parcel lies in its bin, or in its box."""
    case.do(orders.services.accept, case.at.id)
    left = {
        line.sku: n for line in case.at.lines if (n := line.quantity - line.cancelled - line.picked)
    }
    if left:
        case.do(orders.services.pick, case.at.id, quantities=left)
    if case.at.method is Method.DELIVERY:
        boxes = [
            Box({line.sku: n}) for line in case.at.lines if (n := line.quantity - line.cancelled)
        ]
        case.do(orders.services.pack, case.at.id, Pack("local", boxes))
    else:
        case.do(orders.services.mark_ready, case.at.id, bin_code="A1")


def give(case: Case, some: int, units: int) -> None:
    """The customer takes so many, or the carrier takes it all."""
    if case.at.method is Method.DELIVERY:
        case.do(orders.services.ship, case.at.id)
    else:
        hand_over(case, {case.line(some).sku: units})


def refuse(case: Case, some: int, units: int) -> None:
    """The customer does not want so many, or none of what the carrier brings."""
    if case.at.method is Method.DELIVERY:
        act = orders.services.return_to_store
        case.do(act, case.at.id, disposition=Disposition.RESTOCK)
    else:
        sku = case.line(some).sku
        hand_over(case, {}, refused={sku: Refused(units, "wrong_size")})


def reroute(case: Case, some: int, units: int) -> None:
    """The store cannot do it: another one does, or the customer wants their money back."""
    case.do(orders.services.reject_fulfillment, case.at.id, reason="no_time")
    with transaction() as session:
        choice = queries.list_choices(session, [case.at.id]).get(case.at.id)
    if choice is not None and choice.open:
        other = "paris" if case.at.location_id == case.shop.lyon else "lyon"
        answer = AnswerChoice(Answer.OTHER_STORE, store_code=other)
        if not some % 3 or not case.do(orders.services.answer_choice, choice.id, answer):
            case.do(orders.services.answer_choice, choice.id, AnswerChoice(Answer.REFUND))


def work(case: Case, some: int, units: int) -> None:
    """The jobs come by: cards are charged and refunded."""
    drain()


CHAPTERS: Final = (
    (shorten, fetch, split),
    (shorten, fetch, split),
    (fetch, split, shorten),
    (fetch, arrive),
    (prepare, shorten),
    (finish, give),
    (finish, give, refuse),
    (finish, work),
    (reroute,),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(CHAPTERS), st.integers(0, 5), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)

HALF: Final = SetPromotion(
    "p0", NAMES, PromotionKind.N_FOR_M, PromotionOn.ARTICLE, "BOOK", take=2, pay=1
)
SPLIT: Final = (({"BOOK": 9}, [HALF], 0, "till"), [((shorten, fetch, split), 0, 2)])
"""Shares that are rounded anew for what is left have the parcels come to a cent more or less."""


def hand_over(case: Case, quantities: Mapping[str, int] | None, **more: Any) -> None:
    command = HandOver(
        "lyon" if case.at.location_id == case.shop.lyon else "paris",
        fulfillment_id=case.at.id,
        identity_seen=True,
        ticket_number=case.ticket(),
        quantities=quantities,
        **more,
    )
    case.do(orders.services.hand_over, command)


def carrying(case: Case) -> list[UUID]:
    with transaction() as session:
        found = inventory.queries.list_carrying(session, case.at.id, open_only=True)
        return [each.id for each in found]


@st.composite
def promotions(draw: st.DrawFn) -> list[SetPromotion]:
    """Return one or two promotions whose cents do not divide evenly."""
    found = []
    for at in range(draw(st.integers(1, 2))):
        on, code = draw(
            st.sampled_from([(PromotionOn.EVERYTHING, None), (PromotionOn.ARTICLE, "BOOK")])
        )
        kind = draw(st.sampled_from([PromotionKind.N_FOR_M, *PromotionKind]))
        amount = None if kind is PromotionKind.N_FOR_M else draw(st.integers(1, 5_000))
        take = draw(st.integers(2, 4)) if kind is PromotionKind.N_FOR_M else None
        pays = take - 1 if take else None
        found.append(SetPromotion(f"p{at}", NAMES, kind, on, code, amount, take, pays))
    return found


ORDERS = st.tuples(
    st.dictionaries(st.sampled_from(SKUS), st.integers(3, 13), min_size=1, max_size=2),
    promotions(),
    st.integers(0, 30),  # éco-participation of the notebook
    st.sampled_from(["till", "card", "door", "door by card"]),
)


def place(shop: Shop, basket: Mapping[str, int], way: str) -> PlacedOrder | None:
    """Return an order that waits for nobody's payment; None when it is refused."""
    few = {sku: min(units, 9) for sku, units in basket.items()}
    if "door" in way:
        pay_by = PayBy.CARD if "card" in way else PayBy.TILL
        parts: list[OrderPart] = [Bring(HOME, basket, "standard")]
    else:
        pay_by = PayBy.CARD if "card" in way else PayBy.PICKUP
        parts = [Collect("lyon", few)]
    command = PlaceOrder(Channel.STORE, parts, WHO, pay_by, begun_at="lyon")
    with suppress(Refusal), transaction() as session:
        placed = orders.services.place_order(session, command, actor=SYSTEM)
        if "door" in way and pay_by is PayBy.TILL:
            ticket = TillTicket(shop.lyon, "T-0")
            orders.services.take_till_payment(session, placed.id, ticket=ticket, actor=SYSTEM)
        return placed
    return None


def papers(case: Case, order: OrderFacts) -> None:
    """Lines, parcels, VAT per rate and sum agree, whichever of them is added up."""
    goods = [line.owed for parcel in order.fulfillments for line in parcel.lines]
    charges = [each.priced for each in order.due_charges]
    assert order.owed.total_minor == sum(each.amount_minor for each in (*goods, *charges))
    assert order.owed.total_minor == sum(
        parcel.owed.total_minor for parcel in order.fulfillments
    ) + sum(each.amount_minor for each in charges)
    for share in order.owed.vat:
        gross = sum(
            each.amount_minor for each in (*goods, *charges) if each.vat_bp == share.rate_bp
        )
        net = Decimal(gross * 10_000) / (10_000 + share.rate_bp)
        rounded = int(net.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        assert (share.gross_minor, share.net_minor) == (gross, rounded)
        assert share.vat_minor == gross - rounded
    for sku, (discount, units) in case.discounts.items():
        lines = [line for p in order.fulfillments for line in p.lines if line.sku == sku]
        owed = sum(line.quantity - line.cancelled for line in lines)
        off = sum(line.owed.discount_minor for line in lines)
        each, larger = divmod(discount, units)
        assert max(0, owed - (units - larger)) <= off - each * owed <= min(owed, larger)
        assert all(0 <= line.owed.amount_minor <= line.owed.list_minor for line in lines)


def units_owed(order: OrderFacts) -> dict[str, int]:
    owed: dict[str, int] = {}
    for parcel in order.fulfillments:
        for line in parcel.lines:
            owed[line.sku] = owed.get(line.sku, 0) + line.quantity - line.cancelled
    return owed


def goods(order: OrderFacts) -> Any:
    return totals(line.owed for parcel in order.fulfillments for line in parcel.lines)


def end(case: Case) -> None:
    """Whatever is still open is given to the customer, or called off."""
    for _round in range(2):
        going = [each for each in case.order().fulfillments if each.status not in ENDED]
        for parcel in going:
            case.parcel = parcel
            arrive(case, 0, 1)
            case.parcel = next(each for each in case.order().fulfillments if each.id == parcel.id)
            finish(case, 0, 1)
        if going:
            drain()
        for case.parcel in going:
            case.do(orders.services.ship, case.at.id)
            hand_over(case, None)
    case.do(orders.services.cancel_order, case.order_id, reason=CancelReason.CUSTOMER_REMORSE)
    drain()


@pytest.mark.usefixtures("stripe")
def test_whatever_becomes_of_an_order_its_papers_agree_to_the_cent(
    connection: Connection, session: Session, shop: Shop
) -> None:
    have_ship(session, shop.lyon, shop.paris)
    open_way(session)
    session.commit()

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(ORDERS, STEPS)
    @example(*SPLIT)
    def follow(wanted: tuple[dict[str, int], list[SetPromotion], int, str], steps: Any) -> None:
        world = connection.begin_nested()
        try:
            live(shop, wanted, steps)
        finally:
            world.rollback()

    follow()


def live(
    shop: Shop,
    wanted: tuple[dict[str, int], list[SetPromotion], int, str],
    steps: list[tuple[Sequence[Callable[[Case, int, int], None]], int, int]],
) -> None:
    basket, running, eco_minor, way = wanted
    with transaction() as session:
        session.execute(
            text("UPDATE sku SET eco_minor = :eco WHERE code = 'BOOK'"), {"eco": eco_minor}
        )
        for each in running:
            orders.services.set_promotion(session, each, brand_id=shop.brand_id, actor=SYSTEM)
    placed = place(shop, basket, way)
    if placed is None:
        return
    if placed.obligation_id:
        pay(placed)
    with transaction() as session:
        rows = session.execute(
            text("SELECT sku, discount_minor, quantity FROM order_line WHERE order_id = :id"),
            {"id": placed.id},
        )
        case = Case(shop, placed.id, {row.sku: (row.discount_minor, row.quantity) for row in rows})
    before = case.order()
    assert before.owed == placed.totals
    for act, some, units in ((act, *told) for acts, *told in steps for act in acts):
        parcels = [each for each in before.fulfillments if each.status not in FINAL]
        if not parcels:
            break
        case.parcel = parcels[some % len(parcels)]
        act(case, some, units)
        after = case.order()
        papers(case, after)
        if units_owed(after) == units_owed(before):
            assert goods(after) == goods(before)
        before = after
    end(case)
    settled(case)


def settled(case: Case) -> None:
    """At the end every invariant holds, and what was paid is what was given and brought."""
    order = case.order()
    papers(case, order)
    assert [(each.check.id, each.sample) for each in run_checks()] == []
    with transaction() as session:
        paid = payments.queries.paid_minor(session, order.id)
        cases = queries.list_cases_of(session, order.id, actor=SYSTEM)
    given_back = sum(
        each.facts["amount_minor"]
        for each in cases
        if "amount_minor" in each.facts and each.closed_at is None
    )
    assert paid - given_back == order.owed.total_minor, order
