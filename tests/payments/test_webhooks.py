"""Stripe's webhooks: what is let in, and that no order of them changes where things end."""

import json
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from stripe import StripeClient

from payments import gateway, jobs, queries, services
from payments.gateway import PaymentSettings
from sandbox import Addresses
from tests.payments.conftest import DECLINES, OWED, Till, signed

HOOK = "/webhooks/stripe"


@pytest.fixture
def client(app: Flask, till: Till) -> FlaskClient:
    """Stripe, as our door sees it."""
    return app.test_client()


@pytest.fixture
def told(till: Till) -> Callable[[], list[tuple[Any, ...]]]:
    """Return kind, status and note of what was kept, in the order it came."""

    def read() -> list[tuple[Any, ...]]:
        rows = till.session.execute(
            text("SELECT kind, status, note FROM stripe_event ORDER BY received_at, id")
        )
        return [tuple(row) for row in rows]

    return read


def event(**changes: Any) -> dict[str, Any]:
    """Return an event about a session nobody knows."""
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
        "livemode": False,
        "type": "checkout.session.completed",
    } | changes


def post(client: FlaskClient, payload: str | bytes, headers: dict[str, str]) -> Any:
    return client.post(HOOK, data=payload, headers=headers)


def events_of(stripe: StripeClient) -> list[dict[str, Any]]:
    """Every event so far, oldest first, as Stripe posts it."""
    found = stripe.v1.events.list({"limit": 100}).data
    return [each.to_dict() for each in reversed(found)]


def replay(client: FlaskClient, events: list[dict[str, Any]]) -> None:
    for each in events:
        payload = json.dumps(each)
        assert post(client, payload, signed(payload)).status_code == 200


def test_a_proven_webhook_is_kept_once_and_answered_each_time(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]
) -> None:
    replay(client, [event(id="evt_1")] * 1000)
    assert told() == [("checkout.session.completed", "due", None)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        {"Stripe-Signature": "v1=00"},
        {"Stripe-Signature": "t=é,v1=é"},
        {"Stripe-Signature": f"t={'9' * 5000},v1=00"},
        {"Stripe-Signature": "nonsense"},
    ],
)
def test_a_call_without_a_signature_that_holds_is_refused_and_nothing_kept(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]], headers: dict[str, str]
) -> None:
    answer = post(client, json.dumps(event()), headers)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/unproven-webhook")
    assert told() == []


@pytest.mark.parametrize("forge", ["secret", "old", "altered", "v0", "empty secret"])
def test_a_forged_call_is_refused_and_nothing_kept(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]], forge: str
) -> None:
    payload = json.dumps(event())
    headers = signed(payload)
    match forge:
        case "secret":
            headers = signed(payload, secret="whsec_other")  # noqa: S106 (a wrong one)
        case "old":
            headers = signed(payload, age_s=301)
        case "altered":
            payload = payload.replace("cs_test_1", "cs_test_2")
        case "v0":
            headers["Stripe-Signature"] = headers["Stripe-Signature"].replace("v1=", "v0=")
        case "empty secret":
            gateway.configure(PaymentSettings(stripe_api_key="sk_test_shop"))
            headers = signed(payload, secret="")
    assert post(client, payload, headers).status_code == 400
    assert told() == []


def test_a_call_of_299_seconds_ago_is_still_believed(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]
) -> None:
    payload = json.dumps(event())
    assert post(client, payload, signed(payload, age_s=299)).status_code == 200
    assert len(told()) == 1


@pytest.mark.parametrize(
    "payload",
    [
        "[1]",
        "1",
        "null",
        "{}",
        "",
        "{",
        '{"object": "event"}',
        "[" * 100_000,
        json.dumps(event(id="")),
        json.dumps(event(id="evt_\x00")),
        json.dumps(event(id=7)),
        json.dumps(event(id="e" * 256)),
        json.dumps(event(created="soon")),
        json.dumps(event(created=10**30)),
        json.dumps(event(data={"object": "cs_test_1"})),
        json.dumps(event(data=[])),
        json.dumps(event(object="v2.core.event")),
        json.dumps(event(livemode=True)),
        json.dumps(event(livemode="false")),
        json.dumps(event(account="acct_other")),
    ],
)
def test_what_is_signed_but_no_event_of_ours_is_refused_and_nothing_kept(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]], payload: str
) -> None:
    answer = post(client, payload, signed(payload))
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/unproven-webhook")
    assert told() == []


def test_what_is_no_text_or_far_too_large_is_refused(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]
) -> None:
    assert post(client, b"\xff\xfe", signed("x")).status_code == 400
    large = json.dumps(event(padding="x" * 5_000_000))
    assert post(client, large, signed(large)).status_code == 400
    assert told() == []


def test_an_event_that_is_about_nothing_of_ours_is_kept_and_ignored(
    client: FlaskClient, told: Callable[[], list[tuple[Any, ...]]]
) -> None:
    replay(client, [event(type="balance.available", data={"object": {"object": "balance"}})])
    replay(client, [event()])
    jobs.read_news()
    assert told() == [
        ("balance.available", "ignored", None),
        ("checkout.session.completed", "ignored", "stripe 404: resource_missing"),
    ]


def story(till: Till) -> UUID:
    """A customer who is declined, pays, and is captured in part and refunded; nothing is heard."""
    owed = till.owe()
    url = till.visit(owed)
    till.pay(url, DECLINES)
    till.pay(url)
    return owed


def ending(till: Till, owed: UUID) -> tuple[object, ...]:
    """Where everything stands."""
    return till.status(owed), till.checkouts(owed), till.payments(owed), till.wishes(owed)


@pytest.mark.parametrize("seed", range(8))
def test_in_any_order_and_any_number_the_same_news_ends_the_same(
    till: Till, client: FlaskClient, stripe: StripeClient, seed: int
) -> None:
    owed = story(till)
    intent_id = stripe.v1.payment_intents.list().data[0].id
    dice = random.Random(seed)  # noqa: S311 (a shuffle)
    if dice.random() < 0.5:
        jobs.refresh_checkout(owed)
    stripe.v1.payment_intents.capture(intent_id, {"amount_to_capture": 1800})
    news = events_of(stripe)
    assert len(news) >= 8
    mixed = news * 3
    dice.shuffle(mixed)
    for each in mixed:
        replay(client, [each])
        if dice.random() < 0.2:
            jobs.work()
    jobs.work()
    assert ending(till, owed) == ("captured", ["complete"], [("captured", True, 1800, 0)], [])
    captured = ("payment.captured.v1", "1800")
    assert till.events(owed)[-2:] == [("payment.authorised.v1", "2500"), captured]
    assert (till.disagreements(), till.findings()) == (set(), [])


@pytest.mark.parametrize("seed", range(4))
def test_news_of_a_payment_after_its_cancellation_ends_with_nothing_taken(
    till: Till, client: FlaskClient, stripe: StripeClient, seed: int
) -> None:
    owed = story(till)
    news = events_of(stripe)
    random.Random(seed).shuffle(news)  # noqa: S311 (a shuffle)
    before, after = news[: seed * 2], news[seed * 2 :]
    replay(client, before)
    jobs.read_news()
    till.cancel(owed)
    replay(client, after)
    jobs.work()
    jobs.work()
    assert till.status(owed) == "cancelled"
    assert till.payments(owed) == [("cancelled", False, 0, 0)]
    assert till.intent(owed).status == "canceled"
    assert till.findings() == []


def test_a_capture_made_behind_our_back_after_a_cancellation_goes_back(
    till: Till, client: FlaskClient, stripe: StripeClient
) -> None:
    owed = till.authorised()
    stripe.v1.payment_intents.capture(till.intent(owed).id)
    till.cancel(owed)
    jobs.work()
    jobs.work()
    assert till.payments(owed) == [("captured", False, OWED, OWED)]
    assert till.wishes(owed) == [("cancel", None, "refused"), ("refund", OWED, "done")]
    assert till.disagreements() == set()


@pytest.mark.parametrize("seed", range(4))
def test_a_refund_made_at_stripes_dashboard_counts_once(
    till: Till, client: FlaskClient, stripe: StripeClient, seed: int
) -> None:
    owed = till.captured()
    till.refund(owed, 500)
    jobs.settle_due()
    stripe.v1.refunds.create({"payment_intent": till.intent(owed).id, "amount": 800})
    news = events_of(stripe) * 2
    random.Random(seed).shuffle(news)  # noqa: S311 (a shuffle)
    assert till.disagreements() != set()
    replay(client, news)
    jobs.read_news()
    assert till.payments(owed) == [("captured", True, OWED, 1300)]
    assert till.wishes(owed)[1:] == [("refund", 500, "done"), ("refund", 800, "done")]
    assert queries.list_refunds(till.session, owed)[1].reason == "elsewhere"
    assert [name for name, _ in till.events(owed)].count("payment.refunded.v1") == 2
    assert (till.disagreements(), till.findings()) == (set(), [])


def test_news_of_our_own_refund_before_its_answer_books_it_once(
    till: Till, client: FlaskClient, stripe: StripeClient, spoil: Callable[..., None]
) -> None:
    owed = till.captured()
    till.refund(owed, 500)
    spoil("POST /v1/refunds", "timeout_after")
    jobs.settle_due()
    replay(client, events_of(stripe))
    jobs.read_news()
    assert till.payments(owed) == [("captured", True, OWED, 500)]
    till.time_passes()
    assert jobs.settle_due() == 0
    assert till.payments(owed) == [("captured", True, OWED, 500)]
    assert till.disagreements() == set()


def test_a_refund_that_comes_back_from_the_bank_is_told_of_and_money_is_ours_again(
    till: Till,
) -> None:
    owed = till.captured()
    refund_id = till.refund(owed, 500)
    jobs.settle_due()
    intent_id = till.intent(owed).id
    provider_id = till.rows("SELECT provider_id FROM payment_wish WHERE id = :id", refund_id)[0][0]
    back = gateway.RefundFacts(provider_id, "failed", 500, str(refund_id))
    for _ in range(2):
        facts = gateway.RefundsFacts((back,))
        services.note_refunds(till.session, intent_id=intent_id, facts=facts)
    assert till.payments(owed) == [("captured", True, OWED, 0)]
    assert till.wishes(owed)[1:] == [("refund", 500, "refused")]
    assert till.events(owed)[-1] == ("payment.refund_failed.v1", "500")
    assert len(till.events(owed)) == 4
    assert till.findings() == []


def test_an_authorisation_that_runs_out_is_heard_of_and_may_be_paid_anew(
    till: Till, client: FlaskClient, stripe: StripeClient
) -> None:
    owed = till.authorised()
    stripe.v1.payment_intents.cancel(till.intent(owed).id)
    replay(client, events_of(stripe)[-1:])
    jobs.read_news()
    assert till.status(owed) == "failed"
    assert till.events(owed)[1:] == [("payment.failed.v1", "authorisation_lost")]
    till.pay(till.visit(owed))
    assert jobs.refresh_checkout(owed) == "authorised"


@pytest.mark.parametrize("amount_minor", [2400, OWED])
def test_a_genuine_payment_that_was_not_asked_for_pays_nothing(
    till: Till,
    client: FlaskClient,
    told: Callable[[], list[tuple[Any, ...]]],
    amount_minor: int,
) -> None:
    owed = till.owe()
    till.visit(owed)
    pay_elsewhere(till, owed, amount_minor)
    replay(client, events_of(till.stripe)[-1:])
    jobs.read_news()
    assert (till.status(owed), till.payments(owed)) == ("opened", [])
    doubt = "another session than was opened"
    assert told() == [("checkout.session.completed", "doubted", doubt)]
    assert [finding[:6] for finding in till.findings()] == ["INV-11"]


@pytest.mark.parametrize(
    ("column", "value", "doubt"),
    [
        ("amount_minor", 2400, "amount"),
        ("currency", "CHF", "currency"),
        ("id", None, "metadata.obligation"),
    ],
)
def test_a_payment_of_another_amount_currency_or_obligation_pays_nothing(
    till: Till, column: str, value: object, doubt: str
) -> None:
    owed, other = till.owe(), till.owe()
    till.pay(till.visit(owed))
    if column == "id":
        statement = "UPDATE checkout SET obligation_id = :value WHERE obligation_id = :id"
        value = other
    else:
        statement = f"UPDATE obligation SET {column} = :value WHERE id = :id"  # noqa: S608 (constants)
    till.session.execute(text(statement), {"value": value, "id": owed})
    till.session.commit()
    till.time_passes()
    jobs.poll_checkouts()
    for each in (owed, other):
        assert (till.status(each), till.payments(each)) == ("opened", [])
    found = till.session.execute(text("SELECT doubt FROM checkout")).scalars().all()
    assert found == [doubt]
    assert [finding[:6] for finding in till.findings()] == ["INV-11"]


def test_the_test_mode_of_stripe_pays_nothing_in_a_live_shop(till: Till, vendor: Addresses) -> None:
    owed = till.owe()
    till.pay(till.visit(owed))
    facts = gateway.read_session(
        till.row("SELECT session_id FROM checkout WHERE obligation_id = :id", owed)[0]
    )
    gateway.configure(PaymentSettings(stripe_api_url=vendor.stripe, stripe_api_key="sk_live_shop"))
    assert isinstance(facts, gateway.Answered)
    assert isinstance(facts.facts, gateway.SessionFacts)
    checkout_id = till.row("SELECT id FROM checkout WHERE obligation_id = :id", owed)[0]
    assert services.note_session(till.session, checkout_id, facts.facts) == "livemode"
    assert (till.status(owed), till.payments(owed)) == ("opened", [])


def pay_elsewhere(till: Till, owed: UUID, amount_minor: int) -> None:
    """Pay a session that somebody else opened in the name of our obligation."""
    checkout_id = till.row("SELECT id FROM checkout WHERE obligation_id = :id", owed)[0]
    names = {"obligation": str(owed), "checkout": str(checkout_id)}
    item = {
        "quantity": 1,
        "price_data": {
            "currency": "eur",
            "unit_amount": amount_minor,
            "product_data": {"name": "Tente"},
        },
    }
    wanted: Any = {
        "mode": "payment",
        "line_items": [item],
        "payment_intent_data": {"capture_method": "manual", "metadata": names},
        "metadata": names,
        "success_url": "http://elsewhere.test",
    }
    session = till.stripe.v1.checkout.sessions.create(wanted)
    assert till.pay(str(session.url)).status_code == 303
