"""Stripe's paths and what each does; `stripe_api` checks and answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.store import Document
from sandbox.stripe_book import Book
from sandbox.stripe_cards import METHODS, Card
from sandbox.stripe_checkout import (
    LEAST_AMOUNT,
    create_session,
    expire_session,
    mark_captured,
    session_items,
)
from sandbox.stripe_errors import StripeError, bad_parameter, missing
from sandbox.stripe_form import Form
from sandbox.stripe_lists import list_objects, page_of
from sandbox.stripe_objects import new_intent
from sandbox.stripe_payments import attempt, cancel, capture, open_intent, refund

CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
REFUND_REASONS = CANCEL_REASONS[:3]
_COLLECTIONS = {
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "charges": "charge",
    "refunds": "refund",
    "checkout/sessions": "checkout.session",
    "events": "event",
}


@dataclass(frozen=True)
class Call:
    """One request: its parameters, the id in its path, and where the sandbox's pages are."""

    form: Form
    object_id: str
    pages_url: str


def answer(book: Book, method: str, path: str, call: tuple[Form, str]) -> Document:
    """Do what the request asks and return the object. Refuses an unknown path."""
    form, pages_url = call
    for known_method, pattern, act in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == known_method:
            object_id = match.groupdict().get("id") or ""
            return act(book, Call(form=form, object_id=object_id, pages_url=pages_url))
    for collection, kind in _COLLECTIONS.items():
        match = re.fullmatch(f"{collection}(?:/(?P<id>[A-Za-z0-9_]+))?", path)
        if match and method == "GET":
            if match["id"] is None:
                return list_objects(book, kind, form, url=f"/v1/{path}")
            form.allow("expand")
            return book.get(kind, match["id"])
    message = f"Unrecognized request URL ({method}: /v1/{path})."
    raise StripeError(message, status=404, kept=False)


def _create_intent(book: Book, call: Call) -> Document:
    """Make an intent, confirmed at once where asked."""
    form = call.form
    form.allow(
        "amount", "currency", "capture_method", "confirm", "payment_method", "metadata",
        "payment_method_types", "automatic_payment_methods", "description", "return_url",
        "receipt_email", "expand",
    )  # fmt: skip
    amount = form.amount("amount")
    if amount < LEAST_AMOUNT:
        message = f"Amount must be at least {LEAST_AMOUNT} minor units."
        raise bad_parameter(message, "amount", "amount_too_small")
    intent = new_intent(
        amount=amount,
        currency=form.text("currency").lower(),
        capture_method=form.choice("capture_method", ("automatic", "manual"), "automatic"),
        metadata=form.metadata(),
    )
    methods = form.part("automatic_payment_methods")
    methods.allow("enabled", "allow_redirects")
    intent |= {
        "automatic_payment_methods": {"enabled": methods.flag("enabled")}
        if methods.fields
        else None,
        "description": form.optional("description"),
        "payment_method_types": form.texts("payment_method_types") or ["card"],
        "receipt_email": form.optional("receipt_email"),
    }
    card = _read_card(form) if form.flag("confirm") else None
    open_intent(book, intent)
    return _confirm(book, intent, card, call) if card else intent


def _confirm_intent(book: Book, call: Call) -> Document:
    """Pay an intent with a payment method."""
    call.form.allow("payment_method", "return_url", "expand")
    intent = book.get("payment_intent", call.object_id, param="intent")
    return _confirm(book, intent, _read_card(call.form), call)


def _confirm(book: Book, intent: Document, card: Card, call: Call) -> Document:
    """Pay the intent; a decline is a card error, a demand for authentication names its page."""
    return_url = call.form.optional("return_url")
    attempt(book, intent, card, return_url=return_url)
    error = intent["last_payment_error"]
    if error:
        facts = {key: value for key, value in error.items() if key not in {"message", "type"}}
        raise StripeError(
            str(error["message"]), status=402, kind="card_error", payment_intent=intent, **facts
        )
    if intent["status"] == "requires_action":
        url = f"{call.pages_url}/c/authenticate/{intent['id']}"
        intent["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": url, "return_url": return_url},
        }
        book.save(intent)
    return intent


def _capture_intent(book: Book, call: Call) -> Document:
    """Take what was authorised, or part of it."""
    call.form.allow("amount_to_capture", "expand")
    intent = book.get("payment_intent", call.object_id, param="intent")
    part = (
        call.form.amount("amount_to_capture") if "amount_to_capture" in call.form.fields else None
    )
    capture(book, intent, part)
    mark_captured(book, intent)
    return intent


def _cancel_intent(book: Book, call: Call) -> Document:
    """Give an intent up."""
    call.form.allow("cancellation_reason", "expand")
    reason = call.form.optional("cancellation_reason")
    if reason:
        call.form.choice("cancellation_reason", CANCEL_REASONS)
    return cancel(book, book.get("payment_intent", call.object_id, param="intent"), reason)


def _create_refund(book: Book, call: Call) -> Document:
    """Give money back."""
    form = call.form
    form.allow("payment_intent", "charge", "amount", "reason", "metadata", "expand")
    reason = form.choice("reason", REFUND_REASONS) if form.optional("reason") else None
    return refund(
        book,
        _charge_of(book, form),
        amount=form.amount("amount") if "amount" in form.fields else None,
        reason=reason,
        metadata=form.metadata(),
    )


def _charge_of(book: Book, form: Form) -> Document:
    """Return the charge that a refund names, directly or by its intent."""
    charge_id, intent_id = form.optional("charge"), form.optional("payment_intent")
    if charge_id is None and intent_id is None:
        message = "One of the following params should be provided: payment_intent or charge."
        raise StripeError(message, kept=False, code="parameter_missing")
    if intent_id:
        intent = book.get("payment_intent", intent_id, param="payment_intent", status=400)
        if intent["status"] != "succeeded":
            message = (
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            )
            raise StripeError(message, code="payment_intent_unexpected_state")
        charge_id = str(intent["latest_charge"])
    return book.get("charge", str(charge_id), param="charge", status=400)


def _create_session(book: Book, call: Call) -> Document:
    """Open a checkout session."""
    return create_session(book, call.form, pages_url=call.pages_url)


def _expire_session(book: Book, call: Call) -> Document:
    """End a checkout session."""
    call.form.allow("expand")
    return expire_session(book, book.get("checkout.session", call.object_id, param="session"))


def _list_items(book: Book, call: Call) -> Document:
    """List a session's line items."""
    session = book.get("checkout.session", call.object_id, param="session")
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return page_of(session_items(book, session), call.form, url=url)


def _read_card(form: Form) -> Card:
    """Return the card a payment method stands for."""
    name = form.text("payment_method")
    if name not in METHODS:
        raise missing("PaymentMethod", name, param="payment_method", status=400)
    return METHODS[name]


_ROUTES: tuple[tuple[str, str, Callable[[Book, Call], Document]], ...] = (
    ("POST", "payment_intents", _create_intent),
    ("POST", r"payment_intents/(?P<id>\w+)/confirm", _confirm_intent),
    ("POST", r"payment_intents/(?P<id>\w+)/capture", _capture_intent),
    ("POST", r"payment_intents/(?P<id>\w+)/cancel", _cancel_intent),
    ("POST", "refunds", _create_refund),
    ("POST", "checkout/sessions", _create_session),
    ("POST", r"checkout/sessions/(?P<id>\w+)/expire", _expire_session),
    ("GET", r"checkout/sessions/(?P<id>\w+)/line_items", _list_items),
)
