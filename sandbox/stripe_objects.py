"""Stripe's objects as they are when new: every published property, most of them empty."""

import secrets
import time

from sandbox.store import Document
from sandbox.stripe_cards import Card

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def new_id(prefix: str, length: int = 24) -> str:
    """Return a fresh id."""
    return f"{prefix}_{secrets.token_hex(length // 2)}"


def new_intent(
    *, amount: int, currency: str, capture_method: str, metadata: dict[str, str]
) -> Document:
    """Return an intent that waits for a payment method."""
    intent_id = new_id("pi")
    return _empty(
        "application application_fee_amount automatic_payment_methods canceled_at "
        "cancellation_reason customer customer_account description excluded_payment_method_types "
        "last_payment_error latest_charge managed_payments next_action on_behalf_of "
        "payment_method payment_method_configuration_details processing receipt_email review "
        "setup_future_usage shipping source statement_descriptor statement_descriptor_suffix "
        "transfer_data transfer_group"
    ) | {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": capture_method,
        "client_secret": f"{intent_id}_secret_{secrets.token_hex(12)}",
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": currency,
        "livemode": False,
        "metadata": metadata,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def new_method(card: Card) -> Document:
    """Return the payment method made of a card."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing_details(),
        "card": _card_facts(card)
        | {
            "display_brand": card.brand,
            "generated_from": None,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": int(time.time()),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def new_charge(intent: Document, card: Card, *, authenticated: bool) -> Document:
    """Return the authorised, uncaptured charge of an intent's whole amount."""
    charge_id = new_id("ch")
    secure = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
    return _empty(
        "application application_fee application_fee_amount balance_transaction "
        "calculated_statement_descriptor customer description failure_balance_transaction "
        "failure_code failure_message on_behalf_of receipt_email receipt_number receipt_url "
        "review shipping source source_transfer statement_descriptor "
        "statement_descriptor_suffix transfer_data transfer_group"
    ) | {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": _billing_details(),
        "captured": False,
        "created": int(time.time()),
        "currency": intent["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome("authorized", "Payment complete."),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {
            "type": "card",
            "card": _card_facts(card)
            | _empty("authorization_code installments mandate network_transaction_id wallet")
            | {
                "amount_authorized": intent["amount"],
                "network": card.brand,
                "three_d_secure": secure if authenticated else None,
            },
        },
        "refunded": False,
        "refunds": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/charges/{charge_id}/refunds",
        },
        "status": "succeeded",
    }


def mark_declined(charge: Document, decline_code: str, message: str) -> None:
    """Make the charge one that the bank refused."""
    charge |= {
        "failure_code": "card_declined",
        "failure_message": message,
        "outcome": _outcome("issuer_declined", message) | {"reason": decline_code},
        "paid": False,
        "status": "failed",
    }


def new_refund(
    charge: Document, *, amount: int, reason: str | None, metadata: dict[str, str]
) -> Document:
    """Return a refund that succeeded at once."""
    return _empty(
        "balance_transaction customer customer_account receipt_number source_transfer_reversal "
        "transfer_reversal"
    ) | {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "status": "succeeded",
    }


def new_item(*, name: str, quantity: int, unit_amount: int, currency: str) -> Document:
    """Return a line item of an article described in place."""
    amount = unit_amount * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": name,
        "metadata": {},
        "price": _price(currency, unit_amount),
        "quantity": quantity,
    }


def _price(currency: str, unit_amount: int) -> Document:
    """Return the price made for one line item."""
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": int(time.time()),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod", 14),
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }


def _empty(names: str) -> Document:
    """Return null under each of the names."""
    return dict.fromkeys(names.split())


def _billing_details() -> Document:
    """Return billing details that nobody gave."""
    return _empty("email name phone tax_id") | {"address": dict.fromkeys(_ADDRESS)}


def _card_facts(card: Card) -> Document:
    """Return what is known of a test card."""
    return {
        "brand": card.brand,
        "checks": _empty("address_line1_check address_postal_code_check") | {"cvc_check": "pass"},
        "country": "FR",
        "exp_month": 12,
        "exp_year": time.gmtime().tm_year + 3,
        "fingerprint": f"sandbox{card.last4}",
        "funding": "credit",
        "last4": card.last4,
        "regulated_status": "unregulated",
    }


def _outcome(kind: str, message: str) -> Document:
    """Return what the network and the bank said."""
    network = "approved_by_network" if kind == "authorized" else "declined_by_network"
    return _empty("advice_code network_advice_code network_decline_code reason") | {
        "network_status": network,
        "seller_message": message,
        "type": kind,
    }
