"""What the sandbox answers, held to Stripe's published examples."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from stripe import StripeClient

from sandbox import Addresses

KEY = {"Authorization": "Bearer sk_test_sandbox"}


def test_objects_have_the_published_keys_and_kinds(
    stripe: StripeClient, sandbox: Addresses, vendor_payload: Callable[[str], Any]
) -> None:
    published = vendor_payload("stripe-fixtures.json")["resources"]
    intent: Any = stripe.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "eur",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
        }
    )
    stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
    stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    session = stripe.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 2,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 1250,
                        "product_data": {"name": "Tente"},
                    },
                }
            ],
            "success_url": "http://shop.example/merci",
            "cancel_url": "http://shop.example/panier",
        }
    )

    def shown(path: str) -> Any:
        return httpx.get(f"{sandbox.stripe}/v1/{path}", headers=KEY, trust_env=False).json()

    objects = {
        "payment_intent": [*shown("payment_intents")["data"]],
        "charge": [*shown("charges")["data"]],
        "refund": [*shown("refunds")["data"]],
        "checkout.session": [*shown("checkout/sessions")["data"]],
        "item": [*shown(f"checkout/sessions/{session.id}/line_items")["data"]],
        "payment_method": [shown(f"payment_methods/{intent.payment_method}")],
        "event": [*shown("events")["data"]],
    }
    for kind, values in objects.items():
        assert values, kind
        for value in values:
            assert set(value) == set(published[kind]), kind
            same_kinds(value, published[kind], kind)


def same_kinds(value: Any, published: Any, where: str) -> None:
    """Hold a value to an example: same kind, and below it wherever both say something."""
    if value is None or published is None:
        return
    assert type(value) is type(published), (where, json.dumps(value), json.dumps(published))
    if isinstance(value, dict) and not where.endswith(("metadata", "data.object")):
        for name in value.keys() & published.keys():
            same_kinds(value[name], published[name], f"{where}.{name}")
