"""What can be done with payment intents, charges and refunds."""

import time

from sandbox.store import Document
from sandbox.stripe_book import Book, hold_ends_at
from sandbox.stripe_cards import Card, Outcome
from sandbox.stripe_errors import StripeError, bad_parameter, unexpected_state
from sandbox.stripe_objects import mark_declined, new_charge, new_method, new_refund

CANCELLABLE = frozenset(
    {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}
)
_DECLINED = "Your card was declined."
_NOT_AUTHENTICATED = "The provided payment method has failed authentication."


def open_intent(book: Book, intent: Document) -> Document:
    """Keep a new intent, announce it and return it."""
    book.save(intent)
    book.announce("payment_intent.created", intent)
    return intent


def attempt(book: Book, intent: Document, card: Card, *, return_url: str | None) -> Document:
    """Pay the intent with a card: authorised, waiting for the customer, or declined.

    Returns the intent; look at its status. `return_url` is where authentication leads back to.
    """
    if intent["status"] not in CANCELLABLE - {"requires_capture"}:
        message = f"This PaymentIntent's status is {intent['status']}: it cannot be confirmed."
        raise unexpected_state(message, intent)
    method = new_method(card)
    book.save(method)
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    book.save(
        {
            "object": "sandbox.attempt",
            "id": intent["id"],
            "card": card.number,
            "return_url": return_url,
        }
    )
    if card.outcome is Outcome.ASKS:
        intent |= {"status": "requires_action"}
        book.save(intent)
        book.announce("payment_intent.requires_action", intent)
    elif card.outcome is Outcome.DECLINES:
        _decline(book, intent, card)
    else:
        _authorise(book, intent, card, authenticated=False)
    return intent


def finish_authentication(book: Book, intent: Document, card: Card, *, approved: bool) -> Document:
    """Let the customer's bank say yes or no to an intent that asked; return the intent."""
    if intent["status"] != "requires_action":
        raise unexpected_state("This PaymentIntent asks for no authentication.", intent)
    intent["next_action"] = None
    if approved:
        _authorise(book, intent, card, authenticated=True)
        return intent
    error = {
        "code": "payment_intent_authentication_failure",
        "message": _NOT_AUTHENTICATED,
        "type": "card_error",
    }
    _fail(book, intent, error)
    return intent


def capture(book: Book, intent: Document, amount: int | None) -> Document:
    """Take `amount` (None: all) of what was authorised and release the rest; return the intent."""
    if intent["status"] != "requires_capture":
        raise unexpected_state(
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be "
            "captured: requires_capture.",
            intent,
        )
    capturable = int(intent["amount_capturable"])
    taken = capturable if amount is None else amount
    if taken > capturable:
        raise StripeError(
            f"The provided capture amount ({taken}) is greater than the amount that can be "
            f"captured ({capturable}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = book.get("charge", str(intent["latest_charge"]))
    _take(book, intent, charge, taken)
    book.announce("charge.captured", charge)
    book.announce("payment_intent.succeeded", intent)
    return intent


def cancel(book: Book, intent: Document, reason: str | None) -> Document:
    """Give the intent up and release what was authorised; return it."""
    if intent["status"] not in CANCELLABLE:
        message = (
            "You cannot cancel this PaymentIntent because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be "
            f"canceled: {', '.join(sorted(CANCELLABLE))}."
        )
        raise unexpected_state(message, intent)
    authorised = intent["status"] == "requires_capture"
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": int(time.time()),
        "cancellation_reason": reason,
        "next_action": None,
    }
    book.save(intent)
    if authorised:
        charge = book.get("charge", str(intent["latest_charge"]))
        charge |= {"amount_refunded": charge["amount"], "refunded": True}
        book.save(charge)
        book.announce("charge.refunded", charge)
    book.announce("payment_intent.canceled", intent)
    return intent


def release_overdue(book: Book) -> None:
    """Give up every intent whose card has held its money as long as cards do."""
    with book.lock:
        now = int(time.time())
        for intent_id in [key for key, end in book.holds.items() if end <= now]:
            intent = book.get("payment_intent", intent_id)
            if intent["status"] == "requires_capture":
                cancel(book, intent, "automatic")
            del book.holds[intent_id]


def refund(
    book: Book,
    charge: Document,
    *,
    amount: int | None,
    reason: str | None,
    metadata: dict[str, str],
) -> Document:
    """Give back `amount` (None: all that is left) of a captured charge; return the refund."""
    left = int(charge["amount"]) - int(charge["amount_refunded"])
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise StripeError(f"Charge {charge['id']} has not been captured: nothing to refund.")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    given = left if amount is None else amount
    if given > left:
        message = f"Refund amount ({given}) is greater than unrefunded amount on charge ({left})"
        raise bad_parameter(message, "amount")
    made = new_refund(charge, amount=given, reason=reason, metadata=metadata)
    charge["amount_refunded"] += given
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["refunds"]["data"].insert(0, made)
    book.save(made)
    book.save(charge)
    book.announce("refund.created", made)
    book.announce("charge.refunded", charge)
    return made


def _authorise(book: Book, intent: Document, card: Card, *, authenticated: bool) -> None:
    """Hold the amount, and take it at once where capture is automatic."""
    charge = new_charge(intent, card, authenticated=authenticated)
    intent |= {
        "status": "requires_capture",
        "latest_charge": charge["id"],
        "amount_capturable": intent["amount"],
    }
    if intent["capture_method"] == "manual":
        book.save(charge)
        book.save(intent)
        book.holds[str(intent["id"])] = hold_ends_at(charge)
        book.announce("charge.succeeded", charge)
        book.announce("payment_intent.amount_capturable_updated", intent)
    else:
        _take(book, intent, charge, int(intent["amount"]))
        book.announce("charge.succeeded", charge)
        book.announce("payment_intent.succeeded", intent)


def _take(book: Book, intent: Document, charge: Document, taken: int) -> None:
    """Move `taken` to us and let the rest go; Stripe counts the rest as refunded."""
    charge |= {
        "captured": True,
        "amount_captured": taken,
        "amount_refunded": int(charge["amount"]) - taken,
    }
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": taken}
    book.save(charge)
    book.save(intent)


def _decline(book: Book, intent: Document, card: Card) -> None:
    """Leave a failed charge and the reason on the intent."""
    charge = new_charge(intent, card, authenticated=False)
    mark_declined(charge, card.decline_code, _DECLINED)
    book.save(charge)
    book.announce("charge.failed", charge)
    intent["latest_charge"] = charge["id"]
    error = {
        "charge": charge["id"],
        "code": "card_declined",
        "decline_code": card.decline_code,
        "message": _DECLINED,
        "type": "card_error",
    }
    _fail(book, intent, error)


def _fail(book: Book, intent: Document, error: Document) -> None:
    """Have the intent wait for another payment method."""
    method = book.get("payment_method", str(intent["payment_method"]))
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": error | {"payment_method": method},
        "payment_method": None,
    }
    book.save(intent)
    book.announce("payment_intent.payment_failed", intent)
