"""What a tablet's form says of a customer's order: for whom, where to, how it is paid."""

from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import orders.queries
from app.i18n import current
from app.i18n import gettext as _
from app.order_words import COMPANY_MAX, NUMBER_MAX, read_note, read_words
from app.paying import takes_card
from app.quantities import read_quantities
from app.shop.contact import COUNTRY, EMAIL_MAX, NAME_MAX, Typed, check_postcode, read_reach
from app.staff.aisle import Aisle
from app.staff.line_ways import split_goods
from customers.commands import GiveAddress, GiveContact
from customers.errors import UnreadableEmail, UnreadablePhone
from customers.queries import CustomerFacts
from customers.services import normal_email, normal_phone, plain_line
from kernel.actors import Actor
from orders.commands import Bring, Channel, OrderCart, OrderPart, PayBy, SeenCart
from stores.queries import StoreFacts

LANGUAGES: Final = ("fr", "en")
PLACE: Final = {"line1": 120, "line2": 120, "postcode": 12, "city": 80}
FIELDS: Final = {
    "reach": EMAIL_MAX, "first_name": NAME_MAX, "last_name": NAME_MAX, "language": 2, "sku": 64,
    **PLACE, "way": 40, "pay_by": 10, "proposed": 10, "ticket": 64, "known": EMAIL_MAX, "note": 250,
    "company": COMPANY_MAX, "company_number": NUMBER_MAX,
}  # fmt: skip
TOTAL_SIGNS: Final = 10


def read_typed() -> Typed:
    """Return what stands in the fields of the form, as it was sent."""
    typed = Typed()
    for name, longest in FIELDS.items():
        typed.read(request.form, name, longest=longest)
    read_note(request.form, typed)
    return typed


def recall(session: Session, typed: Typed, *, actor: Actor) -> CustomerFacts | None:
    """Have the fields say who is reached there, as they told this store before; return them.

    Who was found stands until another number or address is typed; nothing typed is lost to nobody.
    """
    reach = typed.values.get("reach", "").strip()
    if not reach:
        return None
    known = _find(session, reach, actor=actor)
    if known is None or not known.contacts or typed.values.get("known") == reach:
        return known
    last = known.contacts[0]
    typed.values |= {
        "first_name": last.first_name,
        "last_name": last.last_name,
        "language": last.language,
        "known": reach,
    }
    if known.addresses:
        address = known.addresses[0]
        typed.values |= {name: getattr(address, name) or "" for name in PLACE}
    return known


def read_order(cart_id: UUID, store: StoreFacts, typed: Typed) -> OrderCart | None:
    """Return the order the fields ask for; None, and what is wrong said, when they cannot.

    Nothing is looked up: what the page showed is what is ordered, or refused as it is now.
    """
    contact = read_contact(typed)
    if not contact.last_name:
        typed.errors.setdefault("last_name", _("Give a last name."))
    parts: list[OrderPart] = []
    collected, brought = split_goods(store.code, _read_lines(typed))
    parts += collected
    if brought:
        parts.append(Bring(_read_address(typed), brought, typed.values.get("way", "")))
    company, note = read_words(typed.values, typed)
    if typed.errors:
        return None
    said = typed.values.get("pay_by")
    pay_by = next((each for each in PayBy if each.value == said), PayBy.TILL)
    ticket = " ".join(typed.values.get("ticket", "").split()) or None
    return OrderCart(
        SeenCart(cart_id, seen_version()),
        Channel.STORE,
        contact,
        pay_by,
        seen_total_minor=_seen_minor(f"seen:{typed.values.get('way')}" if brought else "total"),
        by_link=pay_by is PayBy.CARD,
        parts=parts,
        begun_at=store.code,
        ticket_number=ticket if pay_by is PayBy.TILL else None,
        company=company,
        note=note,
    )


def seen_version() -> int:
    """Return the version of the basket the page showed."""
    said = request.form.get("version", "")
    return int(said[:9]) if said.isascii() and said.isdigit() else 0


def _read_lines(typed: Typed) -> dict[str, tuple[int, str]]:
    said = read_quantities(request.form, typed)
    return {sku: (units, request.form.get(f"way:{sku}", "")) for sku, units in said.items()}


def read_contact(typed: Typed) -> GiveContact:
    """Return who it is for; what is wrong with how they are reached is said beside its field."""
    values = typed.values
    email, phone = read_reach({"reach": values.get("reach", "")}, typed)
    language = values.get("language", "")
    return GiveContact(
        values.get("first_name", "").strip(),
        values.get("last_name", "").strip(),
        email,
        phone,
        language if language in LANGUAGES else current(),
    )


def pay_way(aisle: Aisle, typed: Typed, *, currency: str) -> PayBy:
    """Return how it is paid: as somebody chose who was proposed something else, or as proposed."""
    offered = pay_ways(aisle, currency=currency)
    said = typed.values.get("pay_by")
    if said == typed.values.get("proposed"):
        return offered[0]
    return next((each for each in offered if each.value == said), offered[0])


def pay_ways(aisle: Aisle, *, currency: str) -> list[PayBy]:
    """Return how it can be paid, what is proposed first."""
    cards = [PayBy.CARD] if takes_card(aisle.total_minor, currency) else []
    if aisle.is_paid_before:
        return [PayBy.TILL, *cards]
    return [PayBy.PICKUP, PayBy.TILL, *cards]


def _find(session: Session, reach: str, *, actor: Actor) -> CustomerFacts | None:
    try:
        if "@" in reach:
            return orders.queries.find_known(session, email=normal_email(reach), actor=actor)
        phone = normal_phone(reach, country=COUNTRY)
        return orders.queries.find_known(session, phone=phone, actor=actor)
    except (UnreadableEmail, UnreadablePhone):
        return None


def _read_address(typed: Typed) -> GiveAddress:
    values = {name: typed.values.get(name, "").strip() for name in PLACE}
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


def _seen_minor(name: str) -> int:
    """Return the total the page showed, in the way that is chosen."""
    said = request.form.get(name, "")[:TOTAL_SIGNS]
    return int(said) if said.isascii() and said.isdigit() else -1
