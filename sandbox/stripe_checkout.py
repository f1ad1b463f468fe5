"""Checkout sessions: opened with the API, paid on the sandbox's own page, expired by time."""

import time

from sandbox.store import Document
from sandbox.stripe_book import Book
from sandbox.stripe_cards import Card
from sandbox.stripe_errors import StripeError, bad_parameter
from sandbox.stripe_form import LARGEST_AMOUNT, Form
from sandbox.stripe_objects import new_id, new_intent, new_item
from sandbox.stripe_payments import CANCELLABLE, attempt, cancel, open_intent

SHORTEST_S, LONGEST_S = 30 * 60, 24 * 60 * 60
LEAST_AMOUNT = 50

_UNSET = """
adaptive_pricing after_expiration allow_promotion_codes billing_address_collection client_secret
collected_information consent consent_collection currency_conversion customer customer_account
customer_creation customer_details discounts integration_identifier invoice invoice_creation
managed_payments origin_context payment_intent payment_link payment_method_configuration_details
permissions recovered_from saved_payment_method_options setup_intent shipping_address_collection
shipping_cost submit_type subscription wallet_options
"""


def create_session(book: Book, form: Form, *, pages_url: str) -> Document:
    """Open a session whose page is under `pages_url`; return it."""
    form.allow(
        "mode", "line_items", "payment_intent_data", "success_url", "cancel_url", "metadata",
        "client_reference_id", "customer_email", "expires_at", "locale", "payment_method_types",
        "expand",
    )  # fmt: skip
    form.choice("mode", ("payment",))
    items = [_read_item(part) for part in form.parts("line_items")]
    if not items:
        raise bad_parameter("You must provide line_items.", "line_items", "parameter_missing")
    total = _total(items)
    session_id, now = new_id("cs_test", 58), int(time.time())
    session: Document = dict.fromkeys(_UNSET.split()) | {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": _read_url(form, "cancel_url", optional=True),
        "client_reference_id": form.optional("client_reference_id"),
        "created": now,
        "currency": items[0]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_email": form.optional("customer_email"),
        "expires_at": _read_expiry(form, now),
        "livemode": False,
        "locale": form.optional("locale"),
        "metadata": form.metadata(),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": form.texts("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": _read_url(form, "success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{pages_url}/c/pay/{session_id}",
    }
    details = _read_intent_data(form.part("payment_intent_data"))
    book.save({"object": "sandbox.basket", "id": session_id, "items": items, "intent": details})
    book.save(session)
    book.deadlines[session_id] = int(session["expires_at"])
    return session


def pay_session(book: Book, session: Document, card: Card) -> Document:
    """Try to pay an open session with a card; return the intent, whose status says how it went."""
    intent_id = session["payment_intent"]
    if intent_id is None:
        details = book.get("sandbox.basket", str(session["id"]))["intent"]
        intent = new_intent(
            amount=session["amount_total"],
            currency=session["currency"],
            capture_method=details["capture_method"],
            metadata=details["metadata"],
        )
        intent |= {"description": details["description"]}
        session["payment_intent"] = open_intent(book, intent)["id"]
        book.save(session)
        book.save({"object": "sandbox.paying", "id": intent["id"], "session": session["id"]})
    else:
        intent = book.get("payment_intent", str(intent_id))
    attempt(book, intent, card, return_url=None)
    complete_if_paid(book, session, intent)
    return intent


def complete_if_paid(book: Book, session: Document, intent: Document) -> None:
    """Complete an open session whose intent is authorised or captured, and announce it."""
    if session["status"] != "open" or intent["status"] not in {"requires_capture", "succeeded"}:
        return
    email = session["customer_email"]
    session |= {
        "status": "complete",
        # With manual capture, Stripe calls a session unpaid until the capture.
        "payment_status": "paid" if intent["status"] == "succeeded" else "unpaid",
        "customer_details": dict.fromkeys(
            ("address", "business_name", "individual_name", "name", "phone", "tax_ids")
        )
        | {"email": email, "tax_exempt": "none"},
        "url": None,
    }
    book.save(session)
    book.announce("checkout.session.completed", session)


def mark_captured(book: Book, intent: Document) -> None:
    """Show the session of a captured intent as paid."""
    paying = book.find("sandbox.paying", str(intent["id"]))
    if paying:
        session = book.get("checkout.session", str(paying["session"]))
        book.save(session | {"payment_status": "paid"})


def expire_session(book: Book, session: Document) -> Document:
    """End an open session and cancel what it had begun; return it."""
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Session has '
            f"a status of `{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    book.save(session)
    if session["payment_intent"]:
        intent = book.get("payment_intent", str(session["payment_intent"]))
        if intent["status"] in CANCELLABLE:
            cancel(book, intent, "abandoned")
    book.announce("checkout.session.expired", session)
    return session


def expire_overdue(book: Book) -> None:
    """Expire every open session whose time is over."""
    with book.lock:
        now = int(time.time())
        for session_id in [key for key, end in book.deadlines.items() if end <= now]:
            session = book.get("checkout.session", session_id)
            if session["status"] == "open":
                expire_session(book, session)
            del book.deadlines[session_id]


def session_items(book: Book, session: Document) -> list[Document]:
    """Return the session's line items."""
    return list(book.get("sandbox.basket", str(session["id"]))["items"])


def _read_item(form: Form) -> Document:
    """Return the line item of an article described in place."""
    form.allow("price_data", "quantity")
    data = form.part("price_data")
    data.allow("currency", "unit_amount", "product_data")
    product = data.part("product_data")
    product.allow("name", "description", "images", "metadata")
    return new_item(
        name=product.text("name"),
        quantity=form.integer("quantity", 1, least=1),
        unit_amount=data.integer("unit_amount"),
        currency=data.text("currency").lower(),
    )


def _total(items: list[Document]) -> int:
    """Return the sum of the items, in their one currency and within Stripe's limits."""
    if len({item["currency"] for item in items}) > 1:
        raise bad_parameter("All line items must have the same currency.", "line_items")
    total = sum(int(item["amount_total"]) for item in items)
    if total < LEAST_AMOUNT:
        message = f"The total amount due must add up to at least {LEAST_AMOUNT} minor units."
        raise bad_parameter(message, "line_items", "amount_too_small")
    if total > LARGEST_AMOUNT:
        message = f"The total amount due must be no more than {LARGEST_AMOUNT} minor units."
        raise bad_parameter(message, "line_items", "amount_too_large")
    return total


def _read_intent_data(form: Form) -> Document:
    """Return what the session's intent will be made with."""
    form.allow("capture_method", "metadata", "description")
    return {
        "capture_method": form.choice("capture_method", ("automatic", "manual"), "automatic"),
        "metadata": form.metadata(),
        "description": form.optional("description"),
    }


def _read_expiry(form: Form, now: int) -> int:
    """Return when the session ends: 30 minutes to 24 hours after it was made."""
    expires_at = form.integer("expires_at", now + LONGEST_S)
    if expires_at - now < SHORTEST_S:
        message = "The `expires_at` timestamp must be at least 30 minutes from session creation."
        raise bad_parameter(message, "expires_at")
    if expires_at - now > LONGEST_S:
        message = "The `expires_at` timestamp must be less than 24 hours from session creation."
        raise bad_parameter(message, "expires_at")
    return expires_at


def _read_url(form: Form, name: str, *, optional: bool = False) -> str | None:
    """Return an http address."""
    url = form.optional(name) if optional else form.text(name)
    if url and not url.startswith(("http://", "https://")):
        raise bad_parameter("Not a valid URL", name, "url_invalid")
    return url
