"""Why a customer's order was not placed on the tablet: what changed, and the next step."""

from collections.abc import Callable, Mapping
from typing import Final

from app.doors import say_both_prices
from app.i18n import gettext as _
from app.sessions import FormSentBefore
from kernel.errors import Refusal
from orders.errors import PriceChanged

SENTENCES: Final[Mapping[str, Callable[[], str]]] = {
    "out-of-stock": lambda: _(
        "Somebody else was quicker: it is no longer all there. Nothing was ordered."
        " Look at the lines again."
    ),
    "not-deliverable": lambda: _(
        "Not all of it can be sent any more. Nothing was ordered. Look at the lines again."
    ),
    "cart-changed": lambda: _(
        "The basket was changed on another device. This is how it is now; what you typed is kept."
    ),
    "not-brought-there": lambda: _("It is not brought there in this way. Choose another one."),
    "unknown-delivery-method": lambda: _("This way is not offered any more. Choose another one."),
    "paid-beforehand": lambda: _("What goes along or is brought is paid first: choose how."),
    "too-little-for-card": lambda: _(
        "This is too little for a card. Add something, or pay at the till."
    ),
    "ticket-used": lambda: _(
        "This ticket paid for something else already. Type the number of the right one."
    ),
    "store-paused": lambda: _("This store takes no orders at the moment. Choose another one."),
    "pickup-not-offered": lambda: _(
        "Nothing can be collected from this store. Choose another one."
    ),
    "day-full": lambda: _("This store takes no more orders for that day. Choose another time."),
    "empty-order": lambda: _("Nothing is in the basket yet."),
    "empty-cart": lambda: _("Nothing is in the basket yet."),
    "unknown-sku": lambda: _("An article is no longer sold. Take it out of the basket."),
}


def say(refusal: Refusal) -> str:
    """Return what stood in the way, as one line over the basket.

    Raises the refusal again when this page does not expect it.
    """
    if isinstance(refusal, FormSentBefore):
        return refusal.detail
    if isinstance(refusal, PriceChanged):
        return say_both_prices(refusal.facts)
    sentence = SENTENCES.get(refusal.code)
    if sentence is None:
        raise refusal
    return sentence()


def new_total() -> str:
    """Return what is said when the basket changed with the very press that was to place it."""
    return _("The basket has changed: say the new total.")
