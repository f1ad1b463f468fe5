"""Use cases of money: owe it, send somebody to pay, believe Stripe, capture, refund, cancel."""

from payments.services.believing import note_intent, note_session
from payments.services.news import (
    NewsClaim,
    Trace,
    claim_news,
    find_session,
    keep_news,
    settle_news,
    trace,
)
from payments.services.outside import lock_outside, owe_back_outside, record_outside_payment
from payments.services.owing import (
    cancel_obligation,
    cancel_unpaid,
    open_obligation,
    request_capture,
    request_expiry,
    request_refund,
    retry_refund,
)
from payments.services.refunding import note_refunds
from payments.services.rows import lock_obligations
from payments.services.settling import Call, Claim, begin, claim_due, settle
from payments.services.till import Ticket, record_till_payment
from payments.services.visiting import (
    Poll,
    begin_checkout,
    claim_expiry,
    claim_polls,
    find_visit,
    note_checkout_started,
    supersede_checkout,
)

__all__ = [
    "Call",
    "Claim",
    "NewsClaim",
    "Poll",
    "Ticket",
    "Trace",
    "begin",
    "begin_checkout",
    "cancel_obligation",
    "cancel_unpaid",
    "claim_due",
    "claim_expiry",
    "claim_news",
    "claim_polls",
    "find_session",
    "find_visit",
    "keep_news",
    "lock_obligations",
    "lock_outside",
    "note_checkout_started",
    "note_intent",
    "note_refunds",
    "note_session",
    "open_obligation",
    "owe_back_outside",
    "record_outside_payment",
    "record_till_payment",
    "request_capture",
    "request_expiry",
    "request_refund",
    "retry_refund",
    "settle",
    "settle_news",
    "supersede_checkout",
    "trace",
]
