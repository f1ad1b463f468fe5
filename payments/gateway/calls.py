"""Calls to Stripe's API. Each creating one carries the idempotency key of the row that wished it.

`metadata` names our obligation and visit on every object, and our wish on every refund: that is
how an object is recognised when its id never reached us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

import stripe
from stripe import RequestsClient, StripeClient, StripeObject

from payments.gateway.outcomes import (
    Answered,
    Facts,
    IntentFacts,
    KeySpent,
    Outcome,
    RefundFacts,
    RefundsFacts,
    RefusedForGood,
    RefusedForNow,
    SessionFacts,
    Unanswered,
)
from payments.gateway.settings import PaymentSettings, settings

CONNECT_S: Final = 3
TRY_LATER: Final = frozenset({401, 403, 409, 425, 429})
"""Answers that are about the moment or the key, not about what was asked."""
REFUND_PAGE: Final = 100
_EXPAND: Final = ["payment_intent"]


@dataclass(frozen=True, slots=True)
class Page:
    """A payment page to be made: one item with the whole amount, held and not yet taken."""

    checkout_id: UUID
    obligation_id: UUID
    amount_minor: int
    currency: str
    title: str
    language: str
    return_url: str
    cancel_url: str
    expires_at: datetime


def create_session(page: Page) -> Outcome:
    """Open a Checkout session, or get the one that was opened for this page before."""
    names = {"obligation": str(page.obligation_id), "checkout": str(page.checkout_id)}
    item = {
        "quantity": 1,
        "price_data": {
            "currency": page.currency.lower(),
            "unit_amount": page.amount_minor,
            "product_data": {"name": page.title},
        },
    }
    wanted = {
        "mode": "payment",
        "line_items": [item],
        "payment_intent_data": {"capture_method": "manual", "metadata": names},
        "payment_method_types": ["card"],
        "metadata": names,
        "client_reference_id": str(page.obligation_id),
        "success_url": page.return_url,
        "cancel_url": page.cancel_url,
        "locale": page.language,
        "expires_at": int(page.expires_at.timestamp()),
        "expand": _EXPAND,
    }
    return _ask(
        lambda client, options: client.v1.checkout.sessions.create(cast("Any", wanted), options),
        _session,
        key=f"checkout-{page.checkout_id}",
    )


def read_session(session_id: str) -> Outcome:
    """Return a Checkout session as it stands, with its intent."""
    return _ask(
        lambda client, _: client.v1.checkout.sessions.retrieve(session_id, {"expand": _EXPAND}),
        _session,
    )


def expire_session(session_id: str, *, key: str) -> Outcome:
    """End an open Checkout session: nobody can pay it any more."""
    return _ask(
        lambda client, options: client.v1.checkout.sessions.expire(
            session_id, {"expand": _EXPAND}, options
        ),
        _session,
        key=key,
    )


def read_intent(intent_id: str) -> Outcome:
    """Return a payment intent as it stands."""
    return _ask(lambda client, _: client.v1.payment_intents.retrieve(intent_id), _intent)


def capture_intent(intent_id: str, *, amount_minor: int, key: str) -> Outcome:
    """Take this much of what the card holds, and let the rest go."""
    return _ask(
        lambda client, options: client.v1.payment_intents.capture(
            intent_id, {"amount_to_capture": amount_minor}, options
        ),
        _intent,
        key=key,
    )


def cancel_intent(intent_id: str, *, key: str) -> Outcome:
    """Let go what the card holds."""
    return _ask(
        lambda client, options: client.v1.payment_intents.cancel(intent_id, {}, options),
        _intent,
        key=key,
    )


def refund_intent(intent_id: str, *, amount_minor: int, wish_id: UUID, key: str) -> Outcome:
    """Give this much back to the card."""
    return _ask(
        lambda client, options: client.v1.refunds.create(
            {
                "payment_intent": intent_id,
                "amount": amount_minor,
                "metadata": {"wish": str(wish_id)},
            },
            options,
        ),
        _refund,
        key=key,
    )


def list_refunds(intent_id: str) -> Outcome:
    """Return every refund of an intent: ours, known by the wish they name, and others."""
    return _ask(
        lambda client, _: client.v1.refunds.list(
            {"payment_intent": intent_id, "limit": REFUND_PAGE}
        ),
        lambda found: RefundsFacts(tuple(_refund(each) for each in found.data)),
    )


def _ask(
    call: Callable[[StripeClient, Any], Any],
    read: Callable[[Any], Facts],
    *,
    key: str | None = None,
) -> Outcome:
    """Make a call and return how it ended."""
    try:
        found = call(_client(), {"idempotency_key": key} if key else {})
        return Answered(read(found))
    except stripe.StripeError as error:
        return _refusal(error)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Unanswered(f"unreadable answer: {type(error).__name__}")


def _refusal(error: stripe.StripeError) -> Outcome:
    status = error.http_status
    note = f"stripe {status or 'no answer'}: {error.code or type(error).__name__}"
    if status in TRY_LATER:
        return RefusedForNow(note)
    if status is not None and 400 <= status < 500:  # noqa: PLR2004 (HTTP: it was not done)
        return RefusedForGood(note)
    if "idempotent-replayed" in {name.lower() for name in error.headers or {}}:
        return KeySpent(note)
    return Unanswered(note)


def _client() -> StripeClient:
    """Return this process's client; each thread has connections of its own in it."""
    return _client_for(settings())


@lru_cache(maxsize=1)
def _client_for(chosen: PaymentSettings) -> StripeClient:
    return StripeClient(
        chosen.stripe_api_key,
        base_addresses={"api": chosen.stripe_api_url},
        max_network_retries=0,
        http_client=RequestsClient(timeout=(CONNECT_S, chosen.stripe_timeout_s)),
    )


def _session(found: StripeObject) -> SessionFacts:
    values = _plain(found)
    intent = values["payment_intent"]
    return SessionFacts(
        id=_text(values["id"]),
        status=_text(values["status"]),
        amount_minor=_whole(values["amount_total"]),
        currency=_text(values["currency"]).upper(),
        livemode=_flag(values["livemode"]),
        obligation_id=_named(values, "obligation"),
        checkout_id=_named(values, "checkout"),
        url=None if values["url"] is None else _text(values["url"]),
        expires_at=datetime.fromtimestamp(_whole(values["expires_at"]), UTC),
        intent=None if intent is None else _intent_of(intent),
    )


def _intent(found: StripeObject) -> IntentFacts:
    return _intent_of(_plain(found))


def _intent_of(values: dict[str, Any]) -> IntentFacts:
    error = values["last_payment_error"]
    return IntentFacts(
        id=_text(values["id"]),
        status=_text(values["status"]),
        amount_minor=_whole(values["amount"]),
        captured_minor=_whole(values["amount_received"]),
        currency=_text(values["currency"]).upper(),
        livemode=_flag(values["livemode"]),
        obligation_id=_named(values, "obligation"),
        checkout_id=_named(values, "checkout"),
        failure=None if error is None else _failure(error),
    )


def _failure(error: dict[str, Any]) -> tuple[str, str]:
    code = error.get("decline_code") or error.get("code") or "declined"
    method = error.get("payment_method") or {}
    return str(error.get("charge") or method.get("id") or code), str(code)


def _refund(found: StripeObject) -> RefundFacts:
    values = _plain(found)
    return RefundFacts(
        id=_text(values["id"]),
        status=_text(values["status"]),
        amount_minor=_whole(values["amount"]),
        wish_id=_named(values, "wish"),
    )


def _plain(found: StripeObject) -> dict[str, Any]:
    values: dict[str, Any] = found.to_dict()
    return values


def _named(values: dict[str, Any], name: str) -> str | None:
    named = (values["metadata"] or {}).get(name)
    return None if named is None else _text(named)


def _text(value: object) -> str:
    """Return a text of an answer, which is not to be trusted to be one. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not a flag")
    return value
