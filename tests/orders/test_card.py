"""An order paid by card: held until the card holds the money, captured at ready, given back."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.jobs
import payments.jobs
from app.cli.check import run_checks
from app.worker import drain
from customers.commands import GiveContact
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from orders import queries, services
from orders.commands import (
    CancelReason,
    Channel,
    Collect,
    HandOver,
    PayBy,
    PlaceOrder,
    ShortReason,
    Status,
)
from orders.errors import PaymentUnsettled
from orders.services import PlacedOrder
from payments import gateway
from payments.commands import Visit
from payments.gateway import PaymentSettings
from payments.queries import list_obligations, paid_minor
from sandbox import Options, running
from tests.conftest import Shop

PAYS, DECLINES = "4242 4242 4242 4242", "4000 0000 0000 0002"
VISIT = Visit(
    title="Commande",
    language="fr",
    return_url="http://shop.test/fr/paid?session={CHECKOUT_SESSION_ID}",
    cancel_url="http://shop.test/fr/unpaid",
)
CLERK = Actor(ActorKind.ASSOCIATE, name="Inès", location_ids=None)


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


def place() -> PlacedOrder:
    command = PlaceOrder(
        Channel.WEB,
        [Collect("lyon", {"TENT-2P": 1, "MUG-BLUE": 2})],
        GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr"),
        PayBy.CARD,
    )
    with transaction() as session:
        return services.place_order(
            session, command, actor=Actor(ActorKind.SHOPPER, order_ids=frozenset())
        )


def pay(placed: PlacedOrder, card: str = PAYS) -> None:
    """Type a card on a fresh payment page, and let the jobs follow."""
    assert placed.obligation_id is not None
    page = payments.jobs.start_checkout(placed.obligation_id, VISIT)
    httpx.post(page.url, data={"number": card}, trust_env=False)
    payments.jobs.refresh_checkout(placed.obligation_id)
    drain()


def prepare(placed: PlacedOrder, *, short: int = 0) -> None:
    """Accept, pick all but `short` mugs, and make ready."""
    with transaction() as session:
        services.accept(session, placed.fulfillment_id, actor=CLERK)
        services.pick(
            session,
            placed.fulfillment_id,
            quantities={"TENT-2P": 1, "MUG-BLUE": 2 - short},
            actor=CLERK,
        )
        if short:
            services.report_short_line(
                session,
                placed.fulfillment_id,
                sku="MUG-BLUE",
                quantity=short,
                reason=ShortReason.DAMAGED,
                actor=CLERK,
            )
        services.mark_ready(session, placed.fulfillment_id, bin_code="A1", actor=CLERK)


def status(session: Session, placed: PlacedOrder) -> Status:
    return queries.get_fulfillment(session, placed.fulfillment_id, actor=SYSTEM).status


def reserved(session: Session, shop: Shop) -> int:
    return session.execute(
        text("SELECT sum(reserved) FROM stock_level WHERE location_id = :lyon"),
        {"lyon": shop.lyon},
    ).scalar_one()


def told(session: Session, placed: PlacedOrder) -> list[str]:
    return list(
        session.execute(
            text("SELECT DISTINCT template FROM message WHERE order_id = :id ORDER BY template"),
            {"id": placed.id},
        ).scalars()
    )


def test_an_order_by_card_counts_once_the_card_holds_the_money(
    session: Session, shop: Shop
) -> None:
    placed = place()
    assert (status(session, placed), reserved(session, shop), told(session, placed)) == (
        Status.PENDING,
        3,
        [],
    )
    pay(placed)
    assert (status(session, placed), told(session, placed)) == (Status.NEW, ["confirmation"])


def test_a_declined_card_leaves_the_order_pending_and_another_card_still_pays(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed, DECLINES)
    assert status(session, placed) is Status.PENDING
    pay(placed, PAYS)
    assert status(session, placed) is Status.NEW


def test_what_is_ready_is_captured_before_anybody_is_told_and_nothing_is_due_at_the_counter(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    prepare(placed, short=1)
    command = HandOver(store_code="lyon", fulfillment_id=placed.fulfillment_id, identity_seen=True)
    with pytest.raises(PaymentUnsettled):
        services.check_parcel(session, command, actor=CLERK)
    assert "ready" not in told(session, placed)
    drain()
    assert (paid_minor(session, placed.id), told(session, placed)) == (
        8990 + 1290,
        ["confirmation", "ready"],
    )
    assert services.check_parcel(session, command, actor=CLERK).due_minor == 0
    services.hand_over(session, command, actor=CLERK)
    assert (status(session, placed), reserved(session, shop)) == (Status.HANDED_OVER, 0)
    assert run_checks() == []


def test_a_cancelled_order_lets_the_money_go(session: Session, shop: Shop) -> None:
    placed = place()
    pay(placed)
    with transaction() as cancelling:
        services.cancel_order(
            cancelling, placed.id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM
        )
    drain()
    [owed] = list_obligations(session, placed.id)
    assert (owed.status, owed.captured_minor, reserved(session, shop)) == ("cancelled", 0, 0)


def test_an_order_nobody_paid_ends_after_its_time_and_frees_its_stock(
    session: Session, shop: Shop
) -> None:
    placed = place()
    assert placed.obligation_id is not None
    page = payments.jobs.start_checkout(placed.obligation_id, VISIT)
    _pass_time(session, placed.fulfillment_id)
    orders.jobs.end_unpaid()
    drain()
    assert (status(session, placed), reserved(session, shop)) == (Status.EXPIRED, 0)
    late = httpx.post(page.url, data={"number": PAYS}, trust_env=False)
    payments.jobs.refresh_checkout(placed.obligation_id)
    drain()
    assert late.status_code != 303 or paid_minor(session, placed.id) == 0
    assert run_checks() == []


def _pass_time(session: Session, fulfillment_id: UUID) -> None:
    session.execute(
        text(
            "UPDATE fulfillment SET pending_until = statement_timestamp() - interval '1 minute' "
            "WHERE id = :id"
        ),
        {"id": fulfillment_id},
    )
    session.commit()


def age_hold(session: Session, placed: PlacedOrder, *, days: float) -> None:
    session.execute(
        text(
            "UPDATE card_payment SET authorised_at = now() - make_interval(secs => :secs)"
            " WHERE obligation_id = :id"
        ),
        {"id": placed.obligation_id, "secs": days * 86_400},
    )
    session.commit()


def held(session: Session, placed: PlacedOrder) -> tuple[str, int]:
    (owed,) = list_obligations(session, placed.id)
    return owed.status.value, owed.captured_minor


def hold_cases(session: Session) -> list[tuple[str, bool, bool]]:
    """Return resolution, whether it is due before the hold ends, whether it is due in time."""
    rows = session.execute(
        text(
            "SELECT coalesce(resolution, 'open') AS ended,"
            " due_at < (facts ->> 'hold_ends_at')::timestamptz AS before, due_at > now() AS ahead"
            " FROM case_file WHERE key LIKE 'hold:%'"
        )
    )
    return [tuple(row) for row in rows]


def test_money_for_goods_that_are_there_is_taken_before_the_card_lets_it_go(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    age_hold(session, placed, days=4.9)
    assert orders.jobs.keep_card_money() == 0
    age_hold(session, placed, days=5.1)
    assert orders.jobs.keep_card_money() == 1
    drain()
    assert held(session, placed) == ("captured", 11_570)
    assert orders.jobs.keep_card_money() == 0
    assert "ready" not in told(session, placed)
    prepare(placed, short=1)
    drain()
    assert "ready" in told(session, placed)
    assert paid_minor(session, placed.id) == 11_570 - 1_290, "what fell away went back"
    assert run_checks() == []


def test_a_hold_that_ends_before_its_rejected_order_is_somebodys_in_time(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    services.reject_fulfillment(session, placed.fulfillment_id, reason="no_stock", actor=SYSTEM)
    session.commit()
    drain()
    age_hold(session, placed, days=5.1)
    assert [orders.jobs.keep_card_money() for _ in range(2)] == [1, 0]
    drain()
    assert held(session, placed) == ("authorised", 0)
    assert hold_cases(session) == [("open", True, True)]
    services.cancel_order(session, placed.id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM)
    session.commit()
    drain()
    assert hold_cases(session) == [("money taken", True, True)]
    assert run_checks() == []
