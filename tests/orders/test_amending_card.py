"""An order that cards pay is changed: the difference is asked for, or goes back."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import payments.jobs
from app.cli.check import run_checks
from app.worker import drain
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from orders import queries, services
from orders.commands import AmendOrder, Channel, HandOver
from orders.errors import PaymentDue, PaymentUnsettled
from orders.services import Amended, PlacedOrder
from orders.services.paying import request_capture
from payments.commands import ObligationStatus
from payments.queries import list_obligations, paid_minor
from tests.conftest import Shop
from tests.orders.test_card import (  # noqa: F401 (the fixture is asked for by its name)
    CLERK,
    PAYS,
    VISIT,
    pay,
    place,
    status,
    stripe,
    told,
)

BEFORE, MUG, BOOK = 11570, 1290, 455


def amend(placed: PlacedOrder, version: int = 1, **quantities: int) -> Amended:
    """Change how many of what the order has, as its customer."""
    wanted = {sku.replace("_", "-"): units for sku, units in quantities.items()}
    command = AmendOrder(placed.id, version, Channel.WEB, quantities=wanted)
    customer = Actor(ActorKind.SHOPPER, order_ids=frozenset({placed.id}), location_ids=None)
    with transaction() as session:
        return services.amend_order(session, command, actor=customer)


def pay_difference(obligation_id: UUID | None) -> None:
    """Type a card on a page for what is owed besides."""
    assert obligation_id is not None
    page = payments.jobs.start_checkout(obligation_id, VISIT)
    httpx.post(page.url, data={"number": PAYS}, trust_env=False)
    payments.jobs.refresh_checkout(obligation_id)
    drain()


def prepare(placed: PlacedOrder) -> None:
    """Accept, pick everything and make ready; let the money follow."""
    with transaction() as session:
        services.accept(session, placed.fulfillment_id, actor=CLERK)
        parcel = queries.get_fulfillment(session, placed.fulfillment_id, actor=SYSTEM)
        quantities = {line.sku: line.open for line in parcel.lines}
        services.pick(session, placed.fulfillment_id, quantities=quantities, actor=CLERK)
        services.mark_ready(session, placed.fulfillment_id, bin_code="A1", actor=CLERK)
    settle()


def settle() -> None:
    for _ in range(4):
        payments.jobs.settle_due()
        drain()


def hand_over(placed: PlacedOrder, ticket: str | None = None) -> None:
    command = HandOver(
        "lyon", fulfillment_id=placed.fulfillment_id, ticket_number=ticket, identity_seen=True
    )
    with transaction() as session:
        services.hand_over(session, command, actor=CLERK)


def owed(session: Session, placed: PlacedOrder) -> list[tuple[int, int, str, int]]:
    session.expire_all()
    return [
        (each.obligation_no, each.amount_minor, each.status.value, each.captured_minor)
        for each in list_obligations(session, placed.id)
    ]


def test_what_becomes_dearer_is_paid_besides_and_all_of_it_is_taken_at_ready(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    amended = amend(placed, MUG_BLUE=3, BOOK=1)
    assert amended.delta_minor == MUG + BOOK
    assert owed(session, placed)[1:] == [(2, MUG + BOOK, "opened", 0)]

    pay_difference(amended.obligation_id)
    prepare(placed)

    assert owed(session, placed) == [
        (1, BEFORE, "captured", BEFORE),
        (2, MUG + BOOK, "captured", MUG + BOOK),
    ]
    assert told(session, placed) == ["amended", "confirmation", "ready"]
    count = text("SELECT count(*) FROM message WHERE template = 'ready'")
    assert session.execute(count).scalar_one() == 1
    hand_over(placed)
    assert run_checks() == []


def test_a_difference_nobody_paid_is_due_at_the_counter_and_by_card_no_more(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    amend(placed, BOOK=2)
    prepare(placed)
    with pytest.raises(PaymentDue) as refused:
        hand_over(placed)
    assert refused.value.facts["due_minor"] == 2 * BOOK

    hand_over(placed, ticket="T-9")

    assert paid_minor(session, placed.id) == BEFORE + 2 * BOOK
    assert owed(session, placed)[1] == (2, 2 * BOOK, "cancelled", 0)
    assert run_checks() == []


def test_what_becomes_cheaper_is_never_taken_and_a_second_thought_asks_for_nothing(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    assert amend(placed, BOOK=1).obligation_id is not None
    again = amend(placed, version=2, MUG_BLUE=1, BOOK=0)
    assert (again.obligation_id, again.total_minor) == (None, BEFORE - MUG)
    assert owed(session, placed) == [
        (1, BEFORE, "authorised", 0),
        (2, BOOK, "cancelled", 0),
    ]
    prepare(placed)
    assert owed(session, placed)[0] == (1, BEFORE, "captured", BEFORE - MUG)
    hand_over(placed)
    assert run_checks() == []


def test_what_was_taken_already_goes_back_when_it_becomes_cheaper(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    with transaction() as taking:
        request_capture(taking, placed.id)  # its hold was about to end
    settle()
    amend(placed, MUG_BLUE=1)
    settle()
    assert paid_minor(session, placed.id) == BEFORE - MUG
    assert run_checks() == []


def test_an_order_that_waits_to_be_paid_is_paid_as_it_is_now(session: Session, shop: Shop) -> None:
    placed = place()
    amended = amend(placed, MUG_BLUE=3, TENT_2P=0)
    assert owed(session, placed) == [
        (1, BEFORE, "cancelled", 0),
        (2, 3 * MUG, "opened", 0),
    ]
    pay_difference(amended.obligation_id)
    assert status(session, placed).value == "new"
    assert told(session, placed) == ["confirmation"]
    assert run_checks() == []


def test_nothing_is_changed_while_somebody_is_at_paying(session: Session, shop: Shop) -> None:
    placed = place()
    assert placed.obligation_id is not None
    payments.jobs.start_checkout(placed.obligation_id, VISIT)
    with pytest.raises(PaymentUnsettled):
        amend(placed, MUG_BLUE=1)
    assert owed(session, placed) == [(1, BEFORE, ObligationStatus.OPENED.value, 0)]
    assert queries.get_order(session, placed.id, actor=SYSTEM).version == 1
