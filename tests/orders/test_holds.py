"""Stock held while a card pays: for a time, longer on activity, given up to who wants it, kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.queries
import orders.jobs
import payments.jobs
from app.cli.check import run_checks
from app.worker import drain
from customers.commands import GiveContact
from inventory.errors import OutOfStock
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from orders import queries, services
from orders.commands import CancelReason, Channel, Collect, PayBy, PlaceOrder, Status
from orders.errors import HoldEnded
from orders.services import PlacedOrder
from payments import gateway
from payments.commands import Visit
from payments.gateway import PaymentSettings
from payments.queries import list_obligations
from sandbox import Options, running
from tests.conftest import Shop, as_key, order_body

PAYS: Final = "4242 4242 4242 4242"
VISIT: Final = Visit(
    title="Commande",
    language="fr",
    return_url="http://shop.test/fr/paid?session={CHECKOUT_SESSION_ID}",
    cancel_url="http://shop.test/fr/unpaid",
)
BOOKS: Final = {"BOOK": 10}
"""All there are."""


@pytest.fixture(autouse=True)
def stripe(tmp_path: Path) -> Iterator[None]:
    """A Stripe of its own."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_shop")
        )
        yield
    gateway.configure(before)


def begin(quantities: dict[str, int] = BOOKS) -> PlacedOrder:
    """Go to pay by card for these."""
    command = PlaceOrder(
        Channel.WEB,
        [Collect("lyon", quantities)],
        GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr"),
        PayBy.CARD,
    )
    with transaction() as session:
        return services.place_order(
            session, command, actor=Actor(ActorKind.SHOPPER, order_ids=frozenset())
        )


def want(client: Any, shop: Shop, **quantities: int) -> Any:
    """Order for somebody else, to be paid at the counter."""
    items = [
        {"sku": sku.replace("_", "-"), "quantity": quantity} for sku, quantity in quantities.items()
    ]
    return client.post(
        "/api/v1/orders", json=order_body(items=items), headers=as_key(shop.integration)
    )


def pay(placed: PlacedOrder) -> None:
    """Type a card on a fresh payment page, and let the jobs follow."""
    assert placed.obligation_id is not None
    page = payments.jobs.start_checkout(placed.obligation_id, VISIT)
    httpx.post(page.url, data={"number": PAYS}, trust_env=False)
    payments.jobs.refresh_checkout(placed.obligation_id)
    drain()


def pass_minutes(session: Session, placed: PlacedOrder, minutes: int) -> None:
    """Have so many minutes gone by since the order was begun."""
    for table, column in (
        ("reservation", "held_until"),
        ("reservation", "held_max"),
        ("fulfillment", "pending_until"),
        ("fulfillment", "created_at"),
    ):
        key = "fulfillment_id" if table == "reservation" else "id"
        session.execute(
            text(
                f"UPDATE {table} SET {column} = {column} - make_interval(mins => :minutes)"  # noqa: S608 (names from above)
                f" WHERE {key} = :id"
            ),
            {"minutes": minutes, "id": placed.fulfillment_id},
        )
    session.commit()


def held(session: Session, placed: PlacedOrder) -> dict[str, tuple[int, timedelta | None]]:
    """Return what is reserved for an order, each with how long it still is held."""
    rows = session.execute(
        text(
            "SELECT sku, quantity, date_trunc('minute', held_until - statement_timestamp()"
            " + interval '30 seconds') AS left FROM reservation WHERE fulfillment_id = :id"
            " ORDER BY sku"
        ),
        {"id": placed.fulfillment_id},
    )
    return {row.sku: (row.quantity, row.left) for row in rows}


def status(session: Session, placed: PlacedOrder) -> Status:
    return queries.get_fulfillment(session, placed.fulfillment_id, actor=SYSTEM).status


def available(session: Session, location_id: UUID, sku: str = "BOOK") -> int:
    session.expire_all()
    return inventory.queries.get_level(session, location_id=location_id, sku=sku).available


def ledger(session: Session, shop: Shop) -> list[tuple[str, int, str | None]]:
    """Return what changed the promises of the notebook in Lyon, oldest first."""
    lines = inventory.queries.list_movements(session, location_id=shop.lyon, sku="BOOK")
    return [
        (line.kind, line.reserved_delta, line.reason)
        for line in reversed(lines)
        if line.reserved_delta
    ]


def test_a_card_order_holds_its_stock_for_35_minutes_and_nobody_else_gets_it(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin({"BOOK": 10, "MUG-BLUE": 1})
    minutes = timedelta(minutes=35)
    assert held(session, placed) == {"BOOK": (10, minutes), "MUG-BLUE": (1, minutes)}
    refused = want(client, shop, BOOK=1)
    assert (refused.status_code, refused.json["shortages"]) == (409, {"BOOK": 0})


def test_an_order_paid_at_the_counter_holds_nothing_for_a_time(
    client: Any, session: Session, shop: Shop
) -> None:
    assert want(client, shop, BOOK=1).status_code == 201
    rows = session.execute(text("SELECT held_until, held_max FROM reservation")).all()
    assert [tuple(row) for row in rows] == [(None, None)]


def test_whoever_wants_what_an_ended_hold_held_gets_it_at_once(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin({"BOOK": 10, "MUG-BLUE": 1})
    pass_minutes(session, placed, 36)
    assert available(session, shop.lyon) == 10
    assert want(client, shop, BOOK=4).status_code == 201
    assert ledger(session, shop) == [
        ("reserved", 10, None),
        ("released", -10, "hold-expired"),
        ("reserved", 4, None),
    ]
    assert available(session, shop.lyon) == 6
    assert {sku: quantity for sku, (quantity, _) in held(session, placed).items()} == {
        "BOOK": 0,
        "MUG-BLUE": 1,
    }
    orders.jobs.end_unpaid()
    assert status(session, placed) is Status.EXPIRED
    assert run_checks() == []


def test_a_shortage_counts_what_ended_holds_give_back(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin()
    pass_minutes(session, placed, 36)
    refused = want(client, shop, BOOK=11)
    assert (refused.status_code, refused.json["shortages"]) == (409, {"BOOK": 10})
    assert ledger(session, shop) == [("reserved", 10, None)]


def test_an_order_paid_before_anybody_took_its_ended_hold_keeps_it_for_good(
    session: Session, shop: Shop
) -> None:
    placed = begin()
    pass_minutes(session, placed, 36)
    pay(placed)
    assert (status(session, placed), held(session, placed)) == (Status.NEW, {"BOOK": (10, None)})
    assert run_checks() == []


def test_an_order_whose_hold_was_taken_reserves_again_when_it_is_paid(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin({"BOOK": 6})
    pass_minutes(session, placed, 36)
    assert want(client, shop, BOOK=4).status_code == 201
    pay(placed)
    assert (status(session, placed), held(session, placed)) == (Status.NEW, {"BOOK": (6, None)})
    assert available(session, shop.lyon) == 0
    assert run_checks() == []


def test_an_order_paid_without_stock_ends_its_money_is_let_go_and_its_customer_is_told(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin({"BOOK": 6, "MUG-BLUE": 1})
    pass_minutes(session, placed, 36)
    assert want(client, shop, BOOK=7).status_code == 201
    pay(placed)
    assert status(session, placed) is Status.CANCELLED
    [owed] = list_obligations(session, placed.id)
    assert (owed.status, owed.captured_minor) == ("cancelled", 0)
    facts = session.execute(
        text("SELECT facts -> 'missing' FROM event WHERE name = 'order.paid_without_stock.v1'")
    ).scalar_one()
    assert facts == {"BOOK": 3}
    told = session.execute(
        text("SELECT DISTINCT template FROM message WHERE order_id = :id"), {"id": placed.id}
    ).scalars()
    assert list(told) == ["cancelled"]
    assert (available(session, shop.lyon), available(session, shop.lyon, "MUG-BLUE")) == (3, 10)
    assert run_checks() == []


def test_activity_holds_longer_but_never_beyond_the_cap(session: Session, shop: Shop) -> None:
    placed = begin()
    for minutes, left in ((20, 35), (20, 35), (60, 20)):
        pass_minutes(session, placed, minutes)
        services.extend_hold(session, placed.id)
        session.commit()
        assert held(session, placed) == {"BOOK": (10, timedelta(minutes=left))}
    pending = session.execute(
        text(
            "SELECT f.pending_until = r.held_until FROM fulfillment f JOIN reservation r"
            " ON r.fulfillment_id = f.id WHERE f.id = :id"
        ),
        {"id": placed.fulfillment_id},
    ).scalar_one()
    assert pending is True
    pass_minutes(session, placed, 21)
    with pytest.raises(HoldEnded), session.begin_nested():
        services.extend_hold(session, placed.id)


def test_who_comes_back_to_pay_holds_again_what_others_took_or_is_refused(
    client: Any, session: Session, shop: Shop
) -> None:
    placed = begin({"BOOK": 6})
    pass_minutes(session, placed, 36)
    first, second = want(client, shop, BOOK=5), want(client, shop, BOOK=4)
    assert (first.status_code, second.status_code) == (201, 201)
    with pytest.raises(OutOfStock) as refused, session.begin_nested():
        services.extend_hold(session, placed.id)
    assert refused.value.facts == {"shortages": {"BOOK": 1}}
    with transaction() as cancelling:
        services.cancel_order(
            cancelling,
            UUID(first.json["id"]),
            reason=CancelReason.CUSTOMER_REMORSE,
            actor=SYSTEM,
        )
    services.extend_hold(session, placed.id)
    assert held(session, placed) == {"BOOK": (6, timedelta(minutes=35))}
    assert available(session, shop.lyon) == 0
    assert run_checks() == []


def test_the_payment_page_ends_before_what_is_held_for_it(session: Session, shop: Shop) -> None:
    placed = begin()
    assert placed.obligation_id is not None
    page = payments.jobs.start_checkout(placed.obligation_id, VISIT)
    until = session.execute(text("SELECT min(held_until) FROM reservation")).scalar_one()
    assert timedelta(minutes=1) < until - page.expires_at < timedelta(minutes=5)


def test_a_payment_page_that_ended_leaves_the_order_its_time(session: Session, shop: Shop) -> None:
    placed = begin()
    assert placed.obligation_id is not None
    payments.jobs.start_checkout(placed.obligation_id, VISIT)
    payments.jobs.expire_checkout(placed.obligation_id)
    drain()
    assert status(session, placed) is Status.PENDING
    pay(placed)
    assert status(session, placed) is Status.NEW


def test_a_hold_is_freed_although_the_provider_does_not_answer(
    session: Session, shop: Shop, stripe: None
) -> None:
    placed = begin()
    assert placed.obligation_id is not None
    payments.jobs.start_checkout(placed.obligation_id, VISIT)
    gateway.configure(
        PaymentSettings(stripe_api_url="http://127.0.0.1:9", stripe_api_key="sk_test_shop")
    )
    pass_minutes(session, placed, 36)
    orders.jobs.end_unpaid()
    assert (status(session, placed), held(session, placed)) == (
        Status.PENDING,
        {"BOOK": (0, None)},
    )
    assert available(session, shop.lyon) == 10
    assert ledger(session, shop)[-1] == ("released", -10, "hold-expired")
    assert run_checks() == []


def test_holds_of_other_articles_and_stores_are_left_alone(
    client: Any, session: Session, shop: Shop
) -> None:
    books, mugs = begin({"BOOK": 2}), begin({"MUG-BLUE": 2})
    for each in (books, mugs):
        pass_minutes(session, each, 36)
    session.execute(
        text("UPDATE reservation SET location_id = :paris WHERE fulfillment_id = :id"),
        {"paris": shop.paris, "id": books.fulfillment_id},
    )
    session.commit()
    assert want(client, shop, BOOK=1, TENT_2P=1).status_code == 201
    assert [each["BOOK"][0] for each in (held(session, books),)] == [2]
    assert held(session, mugs)["MUG-BLUE"][0] == 2
