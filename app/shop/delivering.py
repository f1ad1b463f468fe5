"""A basket to be brought to a door, as its page shows it: ways, what was typed, its total."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import orders.delivery
from app.doors import SaidOption, find_town, say_options
from app.i18n import current
from app.i18n import gettext as _
from app.order_words import read_words
from app.paying import card_enabled
from app.shop.baskets import Basket
from app.shop.contact import Typed, read_address, read_contact
from app.shop.visitor import Frame
from orders.commands import AskDelivery, Bring, Channel, PayBy, PlaceOrder
from orders.delivery import DeliveryOption, DeliveryOptions

CODE_MAX: Final = 40
POSTCODE_MAX: Final = 12
TOTAL_MAX: Final = 10
POSTCODE: Final = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True)
class Delivering:
    """Where a basket is to be brought, in which ways, and how many of it nobody can send.

    `town` is what a postcode is known for; None where nobody knows it, which is no fault.
    `postcode` is empty until somebody said a readable one.
    """

    postcode: str
    town: str | None
    options: list[SaidOption]
    chosen: str
    missing: int
    too_late: bool = False
    """Whether it leaves later than a card holds money."""

    @property
    def way(self) -> SaidOption | None:
        """Return the way that is chosen, the first one until then."""
        return chosen_way(self.options, self.chosen)


def chosen_way(options: Sequence[SaidOption], chosen: str) -> SaidOption | None:
    """Return the way that is chosen, the first one until then."""
    wanted = (each for each in options if each.code == chosen)
    return next(wanted, options[0] if options else None)


def guess_postcode(frame: Frame) -> str:
    """Return the postcode of where somebody looks for stores, if it was one."""
    place = frame.visitor.place
    found = POSTCODE.search(place.label) if place else None
    return found[0] if found else ""


def ask_for(
    frame: Frame, quantities: Mapping[str, int], postcode: str, *, channel: Channel = Channel.WEB
) -> AskDelivery | None:
    """Return the question for what a shopper wants brought; None while there is nothing."""
    if frame.brand is None or not quantities:
        return None
    return AskDelivery(channel, current(), quantities, postcode, brand_code=frame.brand.code)


def find_first(session: Session, frame: Frame, quantities: Mapping[str, int]) -> SaidOption | None:
    """Return the first way to the door of where somebody looks, for what is in their hands."""
    postcode = guess_postcode(frame)
    asked = ask_for(frame, quantities, postcode)
    if frame.brand is None or asked is None or not postcode or not card_enabled():
        return None
    options = by_card(orders.delivery.find_options(session, asked))
    said = say_options(options[:1], frame.brand.currency)
    return said[0] if said else None


def read_delivering(
    session: Session,
    frame: Frame,
    basket: Basket,
    *,
    postcode: str,
    chosen: str,
    channel: Channel = Channel.WEB,
) -> Delivering:
    """Return in which ways this basket can be brought to a postcode, priced as it is now.

    Raises UnreadablePostcode.
    """
    asked = ask_for(frame, basket.quantities, postcode, channel=channel)
    if asked is None or not postcode:
        return Delivering("", None, [], chosen, 0)
    found = orders.delivery.find_options(session, asked)
    payable = by_card(found)
    options = say_options(payable, basket.currency)
    return Delivering(
        postcode,
        find_town(postcode) or None,
        options,
        chosen or (options[0].code if options else ""),
        sum(found.missing.values()),
        bool(found.options) and not payable,
    )


def by_card(found: DeliveryOptions) -> list[DeliveryOption]:
    """Return the ways that a card can pay: what leaves too late for one is paid at a till."""
    return [each for each in found.options if PayBy.CARD in each.pay_by]


def read_delivery(
    form: Mapping[str, str], frame: Frame, basket: Basket
) -> tuple[PlaceOrder | None, Typed]:
    """Return the order a form asks for, None where something is wrong, and what was typed."""
    contact, typed = read_contact(form, language=current())
    company, note = read_words(form, typed)
    address = read_address(form, typed)
    way = typed.read(form, "way", longest=CODE_MAX, missing=_("Choose how it is brought to you."))
    seen = form.get(f"seen:{way}", "")[:TOTAL_MAX]
    if typed.errors or frame.brand is None:
        return None, typed
    command = PlaceOrder(
        Channel.WEB,
        [Bring(address, basket.quantities, way)],
        contact,
        PayBy.CARD,
        brand_code=frame.brand.code,
        seen_total_minor=int(seen) if seen.isascii() and seen.isdigit() else -1,
        seller_id=frame.visitor.cart.staff_id,
        company=company,
        note=note,
    )
    return command, typed
