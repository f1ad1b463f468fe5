"""Jobs and doors at the same time, on rows that are really committed: one effect each."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text
from stripe import StripeClient

from app.embedded import Cluster
from kernel.db import SessionFactory, transaction
from kernel.errors import Refusal
from payments import gateway, jobs, services
from payments.commands import RefundReason
from payments.services import Claim
from sandbox import Addresses
from tests.payments.conftest import DECLINES, OWED, Till

TABLES = "obligation, checkout, card_payment, payment_wish, stripe_event, event, delivery"
Answer = TypeVar("Answer")


@pytest.fixture
def till(
    engine: Engine, cluster: Cluster, vendor: Addresses, stripe: StripeClient
) -> Iterator[Till]:
    """Somebody whose rows are committed, and gone after the test."""
    SessionFactory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    with (
        httpx.Client(base_url=vendor.stripe, trust_env=False, timeout=5) as shopper,
        SessionFactory() as session,
    ):
        yield Till(session, shopper, stripe)
    owner = create_engine(cluster.url("owner"))
    with owner.begin() as connection:
        connection.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    owner.dispose()


def together(acts: list[Callable[[], Answer]]) -> list[Answer | Refusal]:
    """Do all at the same moment; return what each returned, or why it was refused."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer | Refusal:
        barrier.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_several_jobs_at_once_capture_and_refund_each_once(
    till: Till, stripe: StripeClient
) -> None:
    owed = [till.captured(2000) for _ in range(3)]
    for each in owed:
        till.refund(each, 500)
        till.refund(each, 300)
    taken = together([jobs.settle_due] * 4)
    assert sum(count for count in taken if isinstance(count, int)) == 6
    for each in owed:
        till.session.rollback()
        assert till.payments(each) == [("captured", True, 2000, 800)]
        assert [name for name, _ in till.events(each)].count("payment.refunded.v1") == 2
    assert (
        sorted(refund.amount for refund in stripe.v1.refunds.list().data) == [300] * 3 + [500] * 3
    )
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_an_answer_that_arrives_three_times_is_booked_once(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.captured()
    till.refund(owed, 500)
    with transaction() as session:
        first = services.claim_due(session, limit=1)[0]
    till.time_passes()
    with transaction() as session:
        second = services.claim_due(session, limit=1)[0]
    with transaction() as session:
        call = services.begin(session, second)
    assert call is not None
    outcome = gateway.refund_intent(
        call.intent_id, amount_minor=500, wish_id=call.wish_id, key=call.key
    )

    def settle(claim: Claim) -> bool:
        with transaction() as session:
            return services.settle(session, claim, outcome)

    kept = together([lambda: settle(first), lambda: settle(second), lambda: settle(second)])
    till.session.rollback()
    assert (kept[0], sorted(kept[1:], key=bool)) == (False, [False, True])
    assert till.payments(owed) == [("captured", True, OWED, 500)]
    assert [refund.amount for refund in stripe.v1.refunds.list().data] == [500]


def test_refunds_asked_for_at_once_never_exceed_what_was_taken(till: Till) -> None:
    owed = till.captured()

    def ask() -> UUID:
        with transaction() as session:
            return services.request_refund(
                session, owed, amount_minor=1000, reason=RefundReason.SHORT
            )

    answers = together([ask] * 5)
    assert sum(isinstance(each, UUID) for each in answers) == 2
    assert till.wishes(owed)[1:] == [("refund", 1000, "due")] * 2


def test_visits_at_once_leave_at_most_one_page_that_can_be_paid(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.owe()
    answers = together([lambda: till.visit(owed)] * 4)
    assert all(isinstance(each, str | Refusal) for each in answers)
    open_pages = [each for each in stripe.v1.checkout.sessions.list().data if each.status == "open"]
    assert len(open_pages) <= 1
    assert till.pay(till.visit(owed)).status_code == 303
    assert jobs.refresh_checkout(owed) == "authorised"
    till.session.rollback()
    assert till.payments(owed) == [("authorised", True, 0, 0)]


def test_browser_poller_and_webhook_at_once_authorise_once(till: Till) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    till.time_passes()
    looks: list[Callable[[], Any]] = [lambda: jobs.refresh_checkout(owed)] * 4
    together([*looks, jobs.poll_checkouts, jobs.poll_checkouts])
    assert till.payments(owed) == [("authorised", True, 0, 0)]
    assert till.events(owed) == [("payment.authorised.v1", "2500")]


def test_the_webhook_ends_what_the_shopper_left_open(till: Till, delivered: None) -> None:
    owed = till.owe()
    url = till.visit(owed)
    till.pay(url, DECLINES)
    till.pay(url)
    deadline = time.monotonic() + 10
    while till.status(owed) != "authorised":
        assert time.monotonic() < deadline, "it never came"
        till.session.rollback()
        jobs.read_news()
        time.sleep(0.05)
    assert till.events(owed)[-1] == ("payment.authorised.v1", "2500")
    assert till.payments(owed) == [("authorised", True, 0, 0)]
