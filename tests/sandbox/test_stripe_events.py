"""Events and the webhook that receives them, verified by the official client."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe as vendor
from stripe import StripeClient

Wait = Callable[[Callable[[], Any]], Any]
Script = Callable[[dict[str, Any]], None]


def intent(stripe: StripeClient, **change: Any) -> Any:
    params: Any = {"amount": 5000, "currency": "eur", "capture_method": "manual"} | change
    return stripe.v1.payment_intents.create(params)


def names(webhook: Any) -> list[str]:
    return [got.json["type"] for got in webhook.requests]


def test_webhooks_are_signed_as_stripe_signs(
    stripe: StripeClient, webhook: Any, eventually: Wait
) -> None:
    made = intent(stripe)
    eventually(lambda: webhook.requests)
    (got,) = webhook.requests
    assert got.path == "/webhooks/stripe"
    signature = got.headers["Stripe-Signature"]
    event = vendor.Webhook.construct_event(got.body, signature, "whsec_test")
    assert event.type == "payment_intent.created"
    assert got.json["data"]["object"] == json.loads(str(made))
    with pytest.raises(vendor.SignatureVerificationError):
        vendor.Webhook.construct_event(got.body, signature, "whsec_other")
    with pytest.raises(vendor.SignatureVerificationError):
        vendor.Webhook.construct_event(got.body + b" ", signature, "whsec_test")


def test_every_move_has_its_event(stripe: StripeClient, webhook: Any, eventually: Wait) -> None:
    held = intent(stripe, confirm=True, payment_method="pm_card_visa")
    stripe.v1.payment_intents.capture(held.id, {"amount_to_capture": 3000})
    stripe.v1.refunds.create({"payment_intent": held.id, "amount": 500})
    given_up = intent(stripe, confirm=True, payment_method="pm_card_visa")
    stripe.v1.payment_intents.cancel(given_up.id)
    with pytest.raises(vendor.CardError):
        intent(stripe, confirm=True, payment_method="pm_card_visa_chargeDeclined")
    expected = [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.refunded",
        "payment_intent.canceled",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    eventually(lambda: len(webhook.requests) == len(expected))
    assert names(webhook) == expected
    listed = stripe.v1.events.list({"limit": 100}).data
    assert [event.type for event in reversed(listed)] == expected
    refunds = stripe.v1.events.list({"type": "charge.refunded"}).data
    assert [event.data.object["amount_refunded"] for event in refunds] == [5000, 2500]
    assert stripe.v1.events.retrieve(listed[0].id).type == "payment_intent.payment_failed"


def test_a_finished_checkout_is_announced(
    stripe: StripeClient, shopper: httpx.Client, webhook: Any, eventually: Wait
) -> None:
    params: Any = {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": "eur",
                    "unit_amount": 900,
                    "product_data": {"name": "Gant"},
                }
            }
        ],
        "payment_intent_data": {"capture_method": "manual"},
        "success_url": "http://shop.example/merci",
        "client_reference_id": "7K3-M9PX",
    }
    paid = stripe.v1.checkout.sessions.create(params)
    left = stripe.v1.checkout.sessions.create(params)
    assert shopper.post(str(paid.url), data={"number": "4242424242424242"}).status_code == 303
    stripe.v1.checkout.sessions.expire(left.id)
    eventually(lambda: names(webhook)[-1:] == ["checkout.session.expired"])
    assert names(webhook)[-2:] == ["checkout.session.completed", "checkout.session.expired"]
    completed, expired = (got.json["data"]["object"] for got in webhook.requests[-2:])
    assert (completed["id"], completed["client_reference_id"]) == (paid.id, "7K3-M9PX")
    assert completed["payment_intent"].startswith("pi_")
    assert (expired["id"], expired["payment_intent"]) == (left.id, None)


def test_a_receiver_that_fails_is_tried_again(
    stripe: StripeClient, webhook: Any, eventually: Wait
) -> None:
    webhook.statuses[:] = [500, 404]
    intent(stripe)
    eventually(lambda: len(webhook.requests) == 3)
    assert len({got.json["id"] for got in webhook.requests}) == 1
    eventually(lambda: stripe.v1.events.list().data[0].pending_webhooks == 0)


def test_copies_come_as_often_as_scripted(
    stripe: StripeClient, webhook: Any, script: Script, eventually: Wait
) -> None:
    script({"webhooks": {"duplicate": 2}})
    intent(stripe)
    eventually(lambda: len(webhook.requests) == 3)
    assert len({got.json["id"] for got in webhook.requests}) == 1


def test_shuffled_events_come_newest_first(
    stripe: StripeClient, webhook: Any, script: Script, eventually: Wait
) -> None:
    script({"webhooks": {"shuffle": True}})
    intent(stripe, confirm=True, payment_method="pm_card_visa")
    eventually(lambda: len(webhook.requests) == 3)
    assert names(webhook) == [
        "payment_intent.amount_capturable_updated",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_held_events_come_when_released(
    stripe: StripeClient, webhook: Any, script: Script, eventually: Wait
) -> None:
    script({"webhooks": {"hold": True}})
    intent(stripe, confirm=True, payment_method="pm_card_visa")
    time.sleep(0.3)
    assert webhook.requests == []
    script({"webhooks": {}})
    eventually(lambda: len(webhook.requests) == 3)
    assert names(webhook)[0] == "payment_intent.created"


def test_a_dropped_event_never_comes_but_can_be_read(
    stripe: StripeClient, webhook: Any, script: Script, eventually: Wait
) -> None:
    script({"webhooks": {"drop": 1}})
    intent(stripe, confirm=True, payment_method="pm_card_visa")
    eventually(lambda: len(webhook.requests) == 2)
    time.sleep(0.2)
    assert names(webhook) == ["charge.succeeded", "payment_intent.amount_capturable_updated"]
    assert stripe.v1.events.list().data[-1].type == "payment_intent.created"
