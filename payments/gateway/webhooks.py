"""Stripe's webhooks: proven by their signature, and read for ids only."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from payments.gateway.settings import settings

TOLERANCE_S = 300
ID_LENGTH_MAX = 255


class NotProvenError(Exception):
    """The call is not Stripe's, or not meant for this installation; the message says why."""


@dataclass(frozen=True, slots=True)
class News:
    """That something happened, and to which session or intent."""

    event_id: str
    kind: str
    session_id: str | None
    intent_id: str | None
    occurred_at: datetime


def read_news(payload: bytes, signature: str) -> News:
    """Return what a webhook tells of.

    Raises NotProvenError when it is unsigned, wrongly signed, older than 300 s, not an event, or
    of another mode or account than ours.
    """
    try:
        text = payload.decode("utf-8")
        WebhookSignature.verify_header(
            text, signature, settings().stripe_webhook_secret, TOLERANCE_S
        )
        return _read(json.loads(text))
    except SignatureVerificationError as error:
        raise NotProvenError("the signature does not hold") from error
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise NotProvenError("it is no event") from error


def _read(event: Any) -> News:  # noqa: ANN401 (JSON)
    if event["object"] != "event":
        raise ValueError(event["object"])
    if event["livemode"] is not settings().is_live or event.get("account"):
        raise NotProvenError("it is of another mode or account")
    subject = event["data"]["object"]
    kind = subject.get("object")
    is_intent = kind == "payment_intent"
    return News(
        event_id=_id(event["id"]),
        kind=_id(event["type"]),
        session_id=_id(subject["id"]) if kind == "checkout.session" else None,
        intent_id=_maybe_id(subject["id"] if is_intent else subject.get("payment_intent")),
        occurred_at=datetime.fromtimestamp(int(event["created"]), UTC),
    )


def _maybe_id(value: object) -> str | None:
    return None if value is None else _id(value)


def _id(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= ID_LENGTH_MAX or "\x00" in value:
        raise ValueError("not an id")
    return value
