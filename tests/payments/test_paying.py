"""Paying by card on Stripe's page: what is believed, and what becomes of each visit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from stripe import StripeClient

from payments import gateway, jobs, queries, services
from payments.commands import OpenObligation
from payments.errors import CheckoutUnavailable, NotPayable, UnknownObligation, UnreadableAmount
from payments.gateway import PaymentSettings
from tests.payments.conftest import ASKS, DECLINES, OWED, PAYS, VISIT, Till

CREATE = "POST /v1/checkout/sessions"


def test_obligations_are_numbered_under_their_reference(till: Till) -> None:
    reference_id = uuid4()
    first = till.owe(reference_id=reference_id)
    second = till.owe(700, reference_id=reference_id)
    found = queries.list_obligations(till.session, reference_id)
    assert [(each.id, each.obligation_no, each.amount_minor, each.status) for each in found] == [
        (first, 1, OWED, "opened"),
        (second, 2, 700, "opened"),
    ]


@pytest.mark.parametrize("amount_minor", [0, -1, 100_000_000])
def test_an_amount_that_no_card_can_pay_is_not_owed(till: Till, amount_minor: int) -> None:
    reference_id = uuid4()
    with pytest.raises(UnreadableAmount):
        services.open_obligation(till.session, OpenObligation(reference_id, amount_minor, "EUR"))
    assert queries.list_obligations(till.session, reference_id) == []


def test_a_card_that_pays_holds_the_whole_amount_and_nothing_is_taken(
    till: Till, stripe: StripeClient
) -> None:
    owed = till.owe()
    opened = jobs.start_checkout(owed, VISIT)
    assert queries.get_obligation(till.session, owed).pays_until == opened.expires_at
    paid = till.pay(opened.url)
    session_id = paid.headers["Location"].rpartition("=")[2]
    assert paid.headers["Location"] == f"http://shop.test/merci?session={session_id}"
    assert till.status(owed) == "opened"
    assert jobs.refresh_checkout(owed) == "authorised"
    facts = queries.get_obligation(till.session, owed)
    assert (facts.captured_minor, facts.refunded_minor, facts.pays_until) == (0, 0, None)
    assert till.payments(owed) == [("authorised", True, 0, 0)]
    assert till.events(owed) == [("payment.authorised.v1", "2500")]
    intent = till.intent(owed)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", OWED)
    assert intent.metadata["obligation"] == str(owed)
    assert till.findings() == []


def test_looking_again_changes_nothing(till: Till) -> None:
    owed = till.authorised()
    assert [jobs.refresh_checkout(owed) for _ in range(3)] == ["authorised"] * 3
    assert till.events(owed) == [("payment.authorised.v1", "2500")]


def test_a_declined_card_is_told_of_once_and_the_same_page_takes_another(till: Till) -> None:
    owed = till.owe()
    url = till.visit(owed)
    assert till.pay(url, DECLINES).status_code == 402
    assert [jobs.refresh_checkout(owed) for _ in range(2)] == ["opened", "opened"]
    assert till.events(owed) == [("payment.failed.v1", "insufficient_funds")]
    assert till.pay(url, PAYS).status_code == 303
    assert jobs.refresh_checkout(owed) == "authorised"
    assert till.events(owed)[1:] == [("payment.authorised.v1", "2500")]
    assert till.checkouts(owed) == ["complete"]


def test_the_bank_is_asked_and_its_answer_decides(
    till: Till, bank: Callable[[httpx.Response, str], httpx.Response]
) -> None:
    owed = till.owe()
    url = till.visit(owed)
    bank(till.pay(url, ASKS), "refuse")
    assert jobs.refresh_checkout(owed) == "opened"
    assert till.events(owed) == [("payment.failed.v1", "payment_intent_authentication_failure")]
    asked = till.pay(url, ASKS)
    assert jobs.refresh_checkout(owed) == "opened"
    assert bank(asked, "approve").status_code == 303
    assert jobs.refresh_checkout(owed) == "authorised"


def test_each_visit_is_a_fresh_page_and_the_one_before_can_be_paid_no_more(till: Till) -> None:
    owed = till.owe()
    first, second = till.visit(owed), till.visit(owed)
    assert first != second
    assert till.pay(first).status_code == 410
    assert till.pay(second).status_code == 303
    assert jobs.refresh_checkout(owed) == "authorised"
    assert till.checkouts(owed) == ["expired", "complete"]
    assert till.events(owed) == [
        ("checkout.expired.v1", "superseded"),
        ("payment.authorised.v1", "2500"),
    ]


def test_who_has_paid_is_not_sent_to_pay_again(till: Till) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    with pytest.raises(NotPayable) as refusal:
        till.visit(owed)
    assert refusal.value.facts == {"status": "authorised"}
    assert till.checkouts(owed) == ["complete"]


def test_an_abandoned_page_ends_with_its_hold(till: Till) -> None:
    owed = till.owe()
    url = till.visit(owed)
    assert jobs.expire_checkout(owed) == "opened"
    assert till.pay(url).status_code == 410
    assert till.checkouts(owed) == ["expired"]
    assert till.events(owed) == [("checkout.expired.v1", "ended")]
    assert jobs.expire_checkout(owed) == "opened"


def test_a_hold_that_ends_as_the_customer_pays_finds_the_payment(till: Till) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    assert services.request_expiry(till.session, owed)
    till.session.commit()
    jobs.settle_due()
    assert till.status(owed) == "authorised"
    assert till.wishes(owed) == [("expire", None, "done")]
    assert till.events(owed) == [("payment.authorised.v1", "2500")]


def test_without_any_webhook_the_poller_finishes_the_order(till: Till) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    assert jobs.poll_checkouts() == 0
    till.time_passes()
    assert jobs.poll_checkouts() == 1
    assert till.status(owed) == "authorised"
    till.time_passes()
    assert jobs.poll_checkouts() == 0


def test_an_open_page_is_looked_at_after_1_5_15_and_60_minutes(till: Till) -> None:
    owed = till.owe()
    till.visit(owed)
    gaps = []
    for _ in range(4):
        gaps.append(_minutes_to_poll(till, owed))
        till.time_passes()
        jobs.poll_checkouts()
    assert gaps == [1, 4, 10, 45]


def test_a_page_whose_opening_timed_out_is_ended_before_the_next_begins(
    till: Till, stripe: StripeClient, spoil: Callable[..., None]
) -> None:
    owed = till.owe()
    spoil(CREATE, "timeout_after")
    with pytest.raises(CheckoutUnavailable):
        till.visit(owed)
    assert till.checkouts(owed) == ["starting"]
    url = till.visit(owed)
    assert till.checkouts(owed) == ["expired", "open"]
    sessions = stripe.v1.checkout.sessions.list().data
    assert [each.status for each in sessions] == ["open", "expired"]
    assert till.pay(url).status_code == 303


def test_a_page_that_was_never_opened_is_cleared_by_the_poller(
    till: Till, spoil: Callable[..., None]
) -> None:
    owed = till.owe()
    spoil(CREATE, "timeout_before")
    with pytest.raises(CheckoutUnavailable):
        till.visit(owed)
    till.time_passes()
    assert jobs.poll_checkouts() == 1
    assert till.checkouts(owed) == ["expired"]


def test_a_page_stripe_will_never_open_is_closed_and_does_not_stand_in_the_way(
    till: Till,
) -> None:
    owed = till.owe(10)
    for _ in range(2):
        with pytest.raises(CheckoutUnavailable):
            till.visit(owed)
    assert till.checkouts(owed) == ["refused", "refused"]


def test_while_the_earlier_page_cannot_be_ended_no_second_one_opens(
    till: Till, spoil: Callable[..., None]
) -> None:
    owed = till.owe()
    url = till.visit(owed)
    spoil("POST /v1/checkout/sessions/*/expire", "500")
    with pytest.raises(CheckoutUnavailable):
        till.visit(owed)
    assert till.checkouts(owed) == ["open"]
    assert till.wishes(owed) == [("expire", None, "unknown")]
    assert till.pay(url).status_code == 303
    till.time_passes()
    jobs.settle_due()
    assert till.status(owed) == "authorised"


def test_with_card_payment_switched_off_nobody_is_sent_anywhere(till: Till) -> None:
    owed = till.owe()
    gateway.configure(PaymentSettings())
    with pytest.raises(CheckoutUnavailable):
        till.visit(owed)
    assert (till.checkouts(owed), jobs.work()) == ([], 0)


def test_nobody_pays_what_nobody_owes(till: Till) -> None:
    for ask in (till.visit, jobs.refresh_checkout, jobs.expire_checkout, till.cancel):
        with pytest.raises(UnknownObligation):
            ask(uuid4())


def _minutes_to_poll(till: Till, owed: UUID) -> int:
    found = till.session.execute(
        text(
            "SELECT extract(epoch FROM poll_due_at - statement_timestamp()) / 60 "
            "FROM checkout WHERE obligation_id = :id"
        ),
        {"id": owed},
    ).scalar_one()
    return round(float(found))


@pytest.mark.parametrize(
    ("on", "change", "doubt"),
    [
        ("session", {"id": "cs_other"}, "another session than was opened"),
        ("session", {"livemode": True}, "livemode"),
        ("session", {"amount_minor": OWED - 1}, "amount"),
        ("session", {"currency": "CHF"}, "currency"),
        ("session", {"obligation_id": str(uuid4())}, "metadata.obligation"),
        ("session", {"checkout_id": None}, "metadata.checkout"),
        ("intent", {"livemode": True}, "intent: livemode"),
        ("intent", {"amount_minor": OWED + 1}, "intent: amount"),
        ("intent", {"captured_minor": OWED + 1}, "intent: amount_received"),
        ("intent", {"currency": "CHF"}, "intent: currency"),
        ("intent", {"obligation_id": str(uuid4())}, "intent: metadata.obligation"),
        ("intent", {"checkout_id": str(uuid4())}, "intent: metadata.checkout"),
    ],
)
def test_every_single_contradiction_is_enough_to_believe_nothing(
    till: Till, on: str, change: dict[str, Any], doubt: str
) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    checkout_id, session_id = till.row(
        "SELECT id, session_id FROM checkout WHERE obligation_id = :id", owed
    )
    answer = gateway.read_session(session_id)
    assert isinstance(answer, gateway.Answered)
    assert isinstance(answer.facts, gateway.SessionFacts)
    assert answer.facts.intent is not None
    if on == "intent":
        change = {"intent": replace(answer.facts.intent, **change)}
    told = replace(answer.facts, **change)
    assert services.note_session(till.session, checkout_id, told) == doubt
    doubted = [("payment.doubted.v1", None)]
    assert (till.status(owed), till.payments(owed), till.events(owed)) == ("opened", [], doubted)
    assert services.note_session(till.session, checkout_id, answer.facts) is None
    assert till.status(owed) == "authorised"
