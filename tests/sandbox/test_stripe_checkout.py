"""Checkout sessions and their page, as a shopper and the official client see them."""

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe as vendor
from stripe import StripeClient

from sandbox import Addresses, running

PAYS, DECLINES, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"
SUCCESS = "http://shop.example/merci?session={CHECKOUT_SESSION_ID}"


def basket(**change: Any) -> Any:
    """Return the parameters of a session of 25 euros with manual capture."""
    item = {
        "quantity": 2,
        "price_data": {
            "currency": "eur",
            "unit_amount": 1250,
            "product_data": {"name": "Tente <2P>"},
        },
    }
    return {
        "mode": "payment",
        "line_items": [item],
        "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "7K3-M9PX"}},
        "success_url": SUCCESS,
        "cancel_url": "http://shop.example/panier",
        "client_reference_id": "7K3-M9PX",
        "customer_email": "nadia@example.org",
        "metadata": {"order": "7K3-M9PX"},
        "locale": "fr",
    } | change


def pay(shopper: httpx.Client, session: Any, number: str) -> httpx.Response:
    return shopper.post(str(session.url), data={"number": number})


def test_a_paid_session_leads_to_the_shop_with_the_amount_held(
    stripe: StripeClient, shopper: httpx.Client
) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open",
        "unpaid",
        None,
    )
    assert (session.amount_total, session.currency) == (2500, "eur")
    assert session.expires_at == session.created + 24 * 60 * 60
    paid = pay(shopper, session, PAYS)
    assert paid.status_code == 303
    assert paid.headers["Location"] == f"http://shop.example/merci?session={session.id}"
    done = stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    intent: Any = done.payment_intent
    assert (done.status, done.payment_status, done.url) == ("complete", "unpaid", None)
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 2500)
    assert (intent.metadata["order"], intent.latest_charge.captured) == ("7K3-M9PX", False)
    assert done.customer_details
    assert done.customer_details.email == "nadia@example.org"
    assert done.line_items
    assert [(item.description, item.amount_total) for item in done.line_items.data] == [
        ("Tente <2P>", 2500)
    ]
    stripe.v1.payment_intents.capture(intent.id)
    assert stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_sending_the_form_twice_pays_once(stripe: StripeClient, shopper: httpx.Client) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    first, second = pay(shopper, session, PAYS), pay(shopper, session, PAYS)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(stripe.v1.charges.list().data) == 1
    assert "Ce paiement est terminé." in shopper.get(str(session.url)).text


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (DECLINES, 402, "Votre carte a été refusée."),
        ("4000000000009995", 402, "suffisamment provisionnée"),
        ("1234", 422, "pas une carte d&#39;essai"),
    ],
)
def test_a_refused_card_is_said_and_another_may_pay(
    stripe: StripeClient, shopper: httpx.Client, number: str, status: int, said: str
) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    refused = pay(shopper, session, number)
    assert (refused.status_code, said in refused.text) == (status, True)
    assert 'aria-invalid="true"' in refused.text
    assert stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert pay(shopper, session, PAYS).status_code == 303
    assert len(stripe.v1.payment_intents.list().data) == 1


def test_the_bank_may_refuse_and_then_approve(stripe: StripeClient, shopper: httpx.Client) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    bank = pay(shopper, session, ASKS).headers["Location"]
    assert "25,00\xa0€" in shopper.get(bank).text
    back = shopper.post(bank, data={"decision": "refuse"}).headers["Location"]
    assert "Votre banque n&#39;a pas confirmé." in shopper.get(back).text
    bank = pay(shopper, session, ASKS).headers["Location"]
    approved = shopper.post(bank, data={"decision": "approve"})
    assert approved.headers["Location"] == f"http://shop.example/merci?session={session.id}"
    done = stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    intent: Any = done.payment_intent
    assert (done.status, intent.status) == ("complete", "requires_capture")


def test_an_expired_session_takes_no_card(stripe: StripeClient, shopper: httpx.Client) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    bank = pay(shopper, session, ASKS).headers["Location"]
    gone = stripe.v1.checkout.sessions.expire(session.id)
    assert (gone.status, gone.url) == ("expired", None)
    assert pay(shopper, session, PAYS).status_code == 410
    assert shopper.post(bank, data={"decision": "approve"}).status_code == 410
    (intent,) = stripe.v1.payment_intents.list().data
    assert (intent.status, stripe.v1.charges.list().data) == ("canceled", [])
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.checkout.sessions.expire(session.id)
    assert "`expired`" in str(refused.value)


def test_a_complete_session_cannot_expire(stripe: StripeClient, shopper: httpx.Client) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    pay(shopper, session, PAYS)
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.checkout.sessions.expire(session.id)
    assert "`complete`" in str(refused.value)


def test_a_session_expires_when_its_time_is_over(
    tmp_path: Path, eventually: Callable[[Callable[[], Any]], Any]
) -> None:
    """The deadline is moved in the sandbox's memory: nobody waits half an hour."""

    def client(addresses: Addresses) -> StripeClient:
        return StripeClient("sk_test_x", base_addresses={"api": addresses.stripe})

    with running(tmp_path) as addresses:
        session = client(addresses).v1.checkout.sessions.create(basket())
    with sqlite3.connect(tmp_path / "sandbox.sqlite3") as memory:
        memory.execute(
            "UPDATE document SET body = json_set(body, '$.expires_at', ?) "
            "WHERE id = ? AND kind = ?",
            (int(time.time()) + 3, session.id, "checkout.session"),
        )
    memory.close()
    with running(tmp_path) as addresses:
        stripe = client(addresses)
        assert stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
        eventually(lambda: stripe.v1.checkout.sessions.retrieve(session.id).status == "expired")
        names = [event.type for event in stripe.v1.events.list().data]
    assert names == ["checkout.session.expired"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"expires_at": int(time.time()) + 29 * 60}, "expires_at"),
        ({"expires_at": int(time.time()) + 25 * 60 * 60}, "expires_at"),
        ({"success_url": "shop.example"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        (
            {"payment_intent_data": {"capture_method": "later"}},
            "payment_intent_data[capture_method]",
        ),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_session_that_stripe_would_refuse_is_refused(
    stripe: StripeClient, change: dict[str, Any], param: str
) -> None:
    with pytest.raises(vendor.InvalidRequestError) as refused:
        stripe.v1.checkout.sessions.create(basket(**change))
    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert stripe.v1.checkout.sessions.list().data == []


def test_a_session_may_last_half_an_hour(stripe: StripeClient) -> None:
    expires_at = int(time.time()) + 31 * 60
    session = stripe.v1.checkout.sessions.create(basket(expires_at=expires_at))
    assert session.expires_at == expires_at


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("fr", "en", "fr"),
        ("en", "fr", "en"),
        ("auto", "fr-FR,fr;q=0.9", "fr"),
        ("auto", "de", "en"),
    ],
)
def test_the_page_speaks_the_shoppers_language(
    stripe: StripeClient, shopper: httpx.Client, locale: str, accepted: str, language: str
) -> None:
    total = {"fr": "25,00\xa0€", "en": "€25.00"}[language]
    session = stripe.v1.checkout.sessions.create(basket(locale=locale))
    page = shopper.get(str(session.url), headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in page.text
    assert total in page.text
    assert "Tente &lt;2P&gt;" in page.text
    assert 'href="http://shop.example/panier"' in page.text


def test_the_page_loads_nothing_from_elsewhere(stripe: StripeClient, shopper: httpx.Client) -> None:
    session = stripe.v1.checkout.sessions.create(basket())
    page = shopper.get(str(session.url))
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert policy.endswith("form-action 'self' http://shop.example")
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"]+)"', page.text) == [
        "/c/style.css",
        "data:,",
        "http://shop.example/panier",
    ]
    assert shopper.get("/c/style.css").headers["Content-Type"].startswith("text/css")


def test_an_unknown_page_is_not_found(shopper: httpx.Client) -> None:
    assert shopper.get("/c/pay/cs_test_nobody").status_code == 404
    assert shopper.post("/c/pay/cs_test_nobody", data={"number": PAYS}).status_code == 404
    assert shopper.get("/c/authenticate/pi_nobody").status_code == 404


def test_payments_outlive_the_process(tmp_path: Path) -> None:
    with running(tmp_path) as addresses:
        first = StripeClient("sk_test_x", base_addresses={"api": addresses.stripe})
        session = first.v1.checkout.sessions.create(basket())
    with running(tmp_path) as addresses:
        again = StripeClient("sk_test_x", base_addresses={"api": addresses.stripe})
        assert again.v1.checkout.sessions.retrieve(session.id).to_dict() == session.to_dict()
        page = httpx.get(f"{addresses.stripe}/c/pay/{session.id}", trust_env=False)
        assert page.status_code == 200
