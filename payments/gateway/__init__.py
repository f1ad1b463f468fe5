"""Stripe: the only code that speaks to it.

No sessions, no transactions. A call ends in an `Outcome`, not in an exception: what Stripe did is
a fact to be kept. Stripe's sentences are not kept, as they may speak of the customer; codes are.
"""

from payments.gateway.calls import (
    Page,
    cancel_intent,
    capture_intent,
    create_session,
    expire_session,
    list_refunds,
    read_intent,
    read_session,
    refund_intent,
)
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
from payments.gateway.settings import PaymentSettings, configure, settings
from payments.gateway.webhooks import News, NotProvenError, read_news

__all__ = [
    "Answered",
    "Facts",
    "IntentFacts",
    "KeySpent",
    "News",
    "NotProvenError",
    "Outcome",
    "Page",
    "PaymentSettings",
    "RefundFacts",
    "RefundsFacts",
    "RefusedForGood",
    "RefusedForNow",
    "SessionFacts",
    "Unanswered",
    "cancel_intent",
    "capture_intent",
    "configure",
    "create_session",
    "expire_session",
    "list_refunds",
    "read_intent",
    "read_news",
    "read_session",
    "refund_intent",
    "settings",
]
