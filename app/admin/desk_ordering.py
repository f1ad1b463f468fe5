"""What an agent typed, read as an order: for whom, how, where to, and how it is paid."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import request

from app.admin.desk_parts import MIXED, goes_to_door
from app.admin.desk_reading import COUNTRY, DELIVERY
from app.i18n import N_
from app.i18n import gettext as _
from app.order_words import read_words
from app.shop.collecting import read_choice
from app.shop.contact import CITY_MAX, LINE_MAX, POSTCODE_MAX, Typed, check_postcode
from customers.commands import GiveAddress, GiveContact
from customers.errors import UnreadableEmail, UnreadablePhone
from customers.services import normal_email, normal_phone, plain_line
from orders.commands import Channel, Method, OrderCart, PayBy, SeenCart

LANGUAGES: Final = ("fr", "en")
LINK: Final = "link"
PLACE: Final = {
    "line1": LINE_MAX,
    "line2": LINE_MAX,
    "postcode": POSTCODE_MAX,
    "city": CITY_MAX,
}
"""The lines of an address, with how many signs each takes."""
TOTAL_SIGNS: Final = 10
SENTENCES: Final[Mapping[str, str]] = {
    "cart-changed": N_("The basket was changed on another device. This is how it is now."),
    "out-of-stock": N_("Somebody else was quicker: this store no longer has everything."),
    "empty-cart": N_("Nothing is in the basket yet."),
    "no-store-chosen": N_("Choose the store where it is collected, or have it brought."),
    "store-paused": N_("This store takes no orders at the moment. Choose another one."),
    "pickup-not-offered": N_("Nothing can be collected from this store. Choose another one."),
    "not-deliverable": N_("Not everything can be sent. Take less of it, or have it collected."),
    "not-brought-there": N_("It is not brought there in this way. Choose another one."),
    "slot-required": N_("The drive is by appointment here: choose a slot."),
    "day-full": N_("This store takes no more orders for that day. Choose another time."),
    "unknown-sku": N_("An article is no longer sold. Take it out of the basket."),
}
"""Refusals as an agent reads them; others say their way out."""


def read_reach_of(typed: Typed) -> GiveContact | None:
    """Return whom the link of the basket is sent to; None, and what is wrong said, without any."""
    contact = _contact(typed)
    if not contact.email and not contact.phone:
        typed.errors.setdefault("phone", _("Give an e-mail address or a mobile number."))
    return None if typed.errors else contact


def read_order(cart_id: UUID, version: int, typed: Typed) -> OrderCart | None:
    """Return the order the desk's fields ask for; None, and what is wrong said, when they cannot.

    What is brought to a door is paid before: from a link, or not at all. Of what goes several ways
    the parts are still to be said.
    """
    contact, values = _contact(typed), typed.values
    if not contact.last_name:
        typed.errors["last_name"] = _("Give a last name.")
    if not contact.email and not contact.phone:
        typed.errors.setdefault("phone", _("Give an e-mail address or a mobile number."))
    is_mixed = values.get("way") == MIXED
    is_brought = goes_to_door(request.form) if is_mixed else values.get("way") == DELIVERY
    method, slot_id = Method.DELIVERY, None
    if not is_brought and not is_mixed:
        method, slot_id = _collect(typed)
    address = _address(typed) if is_brought else None
    if is_brought and not values.get("door"):
        typed.errors["door"] = _("Choose how it is brought.")
    company, note = read_words(values, typed)
    by_link = values.get("pay") == LINK or is_brought
    if typed.errors:
        return None
    return OrderCart(
        SeenCart(cart_id, version),
        Channel.PHONE,
        contact,
        PayBy.CARD if by_link else PayBy.PICKUP,
        method,
        slot_id,
        address,
        values.get("door") or None,
        _seen_minor(values.get("door", "") if is_brought else ""),
        by_link,
        company=company,
        note=note,
    )


def _contact(typed: Typed) -> GiveContact:
    values = typed.values
    email, phone = values.get("email", "").strip(), values.get("phone", "").strip()
    try:
        if email:
            normal_email(email)
    except UnreadableEmail:
        typed.errors["email"] = _("Write the whole address, as in name@example.org.")
    try:
        if phone:
            normal_phone(phone, country=COUNTRY)
    except UnreadablePhone:
        typed.errors["phone"] = _("Write ten digits, as in 06 12 34 56 78, or begin with +.")
    language = values.get("language", "")
    return GiveContact(
        values.get("first_name", "").strip(),
        values.get("last_name", "").strip(),
        email or None,
        phone or None,
        language if language in LANGUAGES else LANGUAGES[0],
    )


def _collect(typed: Typed) -> tuple[Method, UUID | None]:
    try:
        return read_choice(typed.values.get("slot", ""))
    except ValueError:
        typed.errors["slot"] = _("Choose how and when it is collected.")
        return Method.PICKUP, None


def _address(typed: Typed) -> GiveAddress:
    values = {
        name: typed.read(typed.values, name, longest=longest) for name, longest in PLACE.items()
    }
    missing = {
        "line1": _("Give number and street."),
        "postcode": _("Give the postcode."),
        "city": _("Give the town."),
    }
    for name, said in missing.items():
        if not plain_line(values[name]):
            typed.errors.setdefault(name, said)
    check_postcode(values["postcode"], typed)
    return GiveAddress(values["line1"], values["postcode"], values["city"], values["line2"] or None)


def _seen_minor(door: str) -> int:
    """Return the total the agent said to the customer: the page's, in the way that is chosen."""
    said = request.form.get(f"seen:{door}", "")[:TOTAL_SIGNS]
    return int(said) if said.isascii() and said.isdigit() else -1
