"""Refusals as a shopper reads them: what, why, and the way out, in the page's language."""

from collections.abc import Callable, Mapping
from typing import Final

from app.doors import say_both_prices
from app.i18n import gettext as _
from app.sessions import FormSentBefore
from kernel.errors import Refusal
from orders.errors import PriceChanged

SENTENCES: Final[Mapping[str, Callable[[], str]]] = {
    "out-of-stock": lambda: _("Somebody else was quicker: this store no longer has everything."),
    "store-paused": lambda: _(
        "This store takes no orders at the moment. Choose another one; your basket is kept."
    ),
    "pickup-not-offered": lambda: _(
        "Nothing can be collected from this store. Choose another one; your basket is kept."
    ),
    "cart-changed": lambda: _(
        "Somebody changed this basket on another device. This is how it is now: nothing of yours"
        " was done."
    ),
    "cart-ordered": lambda: _("This basket was ordered already, on another device."),
    "empty-cart": lambda: _("Your basket is empty."),
    "unknown-sku": lambda: _("An article is no longer sold. We took it out of your basket."),
    "order-cancelled": lambda: _("This order was already cancelled. There is nothing left to do."),
    "order-not-cancellable": lambda: _(
        "It is too late: articles have already left the store, or the order has ended."
        " Bring them back to the store instead."
    ),
    "nothing-to-collect": lambda: _(
        "Nothing is left to collect: the order was collected, or it has ended."
    ),
    "no-more-extensions": lambda: _(
        "It was kept longer as often as the store allows. Collect it in time, or order again later."
    ),
    "too-many-proxies": lambda: _(
        "As many people as the store allows may collect it already. Withdraw one of them first."
    ),
    "unknown-proxy": lambda: _("You do not send this person. Look at who may collect now."),
    "not-served-outside": lambda: _("This store hands over at its counter only: please come in."),
    "reservation-not-offered": lambda: _("This store does not reserve without payment: order it."),
    "too-many-reservations": lambda: _(
        "Several reservations wait for you already. Collect or cancel one first, or order instead."
    ),
    "too-many-reserved": lambda: _(
        "So many of one article are not reserved without payment. Take fewer, or order them."
    ),
    "slot-unavailable": lambda: _("Somebody else took this slot. Choose another one."),
    "not-deliverable": lambda: _(
        "Not everything can be sent any more. Take less of it, or collect it from a store."
    ),
    "not-brought-there": lambda: _("It is not brought there in this way. Choose another one."),
    "unknown-delivery-method": lambda: _("This way is not offered any more. Choose another one."),
    "too-little-for-card": lambda: _(
        "This is too little for a card. Add something, or pay in the store on collection."
    ),
    "slot-required": lambda: _("The drive is by appointment here: choose a slot."),
    "day-full": lambda: _("This store takes no more orders for that day. Choose another time."),
    "method-not-offered": lambda: _("This store no longer offers that. Choose another way."),
    "choice-answered": lambda: _("This was chosen before. Look at where the order stands now."),
    "answer-not-offered": lambda: _("This is no longer possible. Choose another way."),
    "nothing-to-split": lambda: _("All of it is in one place now: there is nothing to divide."),
    "substitute-answered": lambda: _(
        "This was answered already, or the time to answer is over. Your order shows what holds now."
    ),
    "substitute-on-order": lambda: _("This article is on your order already."),
    "unknown-substitute": lambda: _("This question is not asked any more."),
    "wrong-state": lambda: _("The order has moved on meanwhile. Look at where it stands now."),
}


def say(refusal: Refusal) -> str:
    """Return the sentence of a refusal that the shop expects.

    Raises the refusal again when no page of the shop expects it.
    """
    if isinstance(refusal, FormSentBefore):
        return refusal.detail
    if isinstance(refusal, PriceChanged):
        return say_both_prices(refusal.facts)
    sentence = SENTENCES.get(refusal.code)
    if sentence is None:
        raise refusal
    return sentence()
