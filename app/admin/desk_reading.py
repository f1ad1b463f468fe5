"""What the desk of a call shows: articles found, the basket, the customer, the way, the total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import orders.queries
import stores.queries
from app.admin.desk_parts import MIXED, read_part_fields, read_parts
from app.doors import SaidOption
from app.i18n import current
from app.i18n import gettext as _
from app.order_words import read_note
from app.shop.baskets import Basket, read_basket
from app.shop.collecting import Collecting, read_collecting
from app.shop.contact import Typed
from app.shop.delivering import Delivering, chosen_way, read_delivering
from app.shop.mixing import Mixed
from app.shop.offers import Nearby, find_nearby
from app.shop.places import find_place
from app.shop.visitor import Frame, Visitor
from app.staff.articles import Shown, find_skus
from customers.commands import Place
from customers.errors import UnreadableEmail, UnreadablePhone, UnreadablePostcode
from customers.queries import AddressFacts, ContactFacts
from customers.services import normal_email, normal_phone
from kernel.web import current_actor
from orders.commands import Channel
from orders.queries import CartFacts

FOUND_MAX: Final = 6
KNOWN_MAX: Final = 4
LOOKED_THROUGH: Final = 60
FIELD_MAX: Final = 254
COUNTRY: Final = "FR"
DELIVERY: Final = "delivery"
FIELDS: Final = (
    "q", "where", "who", "first_name", "last_name", "email", "phone", "language", "way", "slot",
    "line1", "line2", "postcode", "city", "door", "pay", "note",
    "company", "company_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A SKU the agent asked for, and the best store around for one of it; None where none is."""

    sku: Shown
    best: Nearby | None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who ordered before, and where their last order was brought to."""

    contact: ContactFacts
    address: AddressFacts | None


@dataclass(slots=True)
class Desk:
    """Everything on the screen of a call; `typed` is what stands in its fields."""

    frame: Frame
    cart: CartFacts
    basket: Basket
    typed: Typed
    found: list[FoundArticle] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    collecting: Collecting | None = None
    delivering: Delivering | None = None
    mixed: Mixed | None = None

    @property
    def is_brought(self) -> bool:
        """Tell whether the basket is to be brought to a door."""
        return self.typed.values.get("way") == DELIVERY

    @property
    def goes_to_door(self) -> bool:
        """Tell whether any of it is to be brought."""
        return self.is_brought or (self.mixed is not None and self.mixed.door is not None)

    @property
    def doors(self) -> Sequence[SaidOption]:
        """Return the ways to the door."""
        if self.mixed is not None:
            return self.mixed.door.options if self.mixed.door else ()
        return self.delivering.options if self.delivering else ()

    @property
    def door(self) -> SaidOption | None:
        """Return the way to the door that is chosen."""
        return chosen_way(self.doors, self.typed.values.get("door", ""))

    @property
    def totals(self) -> Mapping[str, int]:
        """Return what the order costs by the code of the way to a door; under "" without one."""
        if self.goes_to_door:
            return {each.code: each.total_minor for each in self.doors}
        minor = self.total_minor
        return {} if minor is None else {"": minor}

    @property
    def total_minor(self) -> int | None:
        """Return what it comes to, the way to the door included; None until a way is known."""
        if self.goes_to_door:
            return self.door.total_minor if self.door else None
        return self.mixed.total_minor if self.mixed else self.basket.total_minor


def read_typed() -> Typed:
    """Return what stands in the fields of the desk, as it was sent."""
    typed = Typed()
    for name in FIELDS:
        typed.read(request.form, name, longest=FIELD_MAX)
    read_note(request.form, typed)
    read_part_fields(typed)
    return typed


def read_desk(session: Session, cart: CartFacts, typed: Typed) -> Desk:
    """Return the desk of a call as it is now."""
    frame = _frame(session, cart, typed)
    way = typed.values.get("way")
    desk = Desk(frame, cart, read_basket(session, frame, brought=way == DELIVERY), typed)
    desk.found = _find(session, frame, typed.values.get("q", ""))
    desk.known = find_known(session, typed)
    if way == MIXED and desk.basket.lines:
        desk.mixed = read_parts(session, frame, desk.basket, typed)
    elif way == DELIVERY:
        desk.delivering = _deliver(session, desk)
    elif desk.basket.chosen is not None:
        wanted = typed.values.get("slot", "")
        desk.collecting = read_collecting(session, desk.basket.chosen.store, wanted)
    return desk


def read_only_basket(session: Session, cart: CartFacts, typed: Typed) -> Basket:
    """Return the basket of a call with the stores that have it, and nothing beside it."""
    return read_basket(session, _frame(session, cart, typed))


def find_known(session: Session, typed: Typed) -> list[Known]:
    """Return who the agent may mean: by number or address once one is typed, else by any words."""
    said = typed.values.get("who", "").strip()
    ids = _by_point(session, said)
    if ids is None:
        ids = orders.queries.find_contacts_said(
            session, said, actor=current_actor(), limit=LOOKED_THROUGH
        )
    people = customers.queries.get_contacts(session, ids[:LOOKED_THROUGH])
    newest: dict[tuple[str | None, ...], ContactFacts] = {}
    for contact_id in ids[:LOOKED_THROUGH]:
        person = people.get(contact_id)
        if person is not None and person.name:
            newest.setdefault((person.name, person.email, person.phone), person)
    return [Known(each, None) for each in list(newest.values())[:KNOWN_MAX]]


def take_known(session: Session, contact_id: UUID, typed: Typed) -> None:
    """Have the fields say who the customer is, and where they were last brought something."""
    person = customers.queries.get_contacts(session, [contact_id]).get(contact_id)
    if person is None:
        return
    typed.values |= {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email or "",
        "phone": person.phone or "",
        "language": person.language,
        "who": "",
    }
    address = customers.queries.find_last_address(session, contact_id)
    if address is not None and not typed.values.get("line1"):
        typed.values |= {
            "line1": address.line1,
            "line2": address.line2 or "",
            "postcode": address.postcode,
            "city": address.city,
        }


def _frame(session: Session, cart: CartFacts, typed: Typed) -> Frame:
    known = stores.queries.list_stores(session, limit=1_000)
    at = next((each for each in known if each.id == cart.location_id), None)
    first = at or (known[0] if known else None)
    brand = stores.queries.get_brand(session, first.brand_id) if first else None
    place: Place | None = None
    if typed.values.get("where"):
        place = find_place(typed.values["where"], known)
        if place is None:
            typed.errors["where"] = _("We do not know this place. Type a postcode or a town.")
    shelves = catalog.queries.list_categories(session, language=current())
    return Frame(Visitor(None, place, cart), brand, shelves)


def _find(session: Session, frame: Frame, said: str) -> list[FoundArticle]:
    if frame.brand is None or not said.strip():
        return []
    shown = find_skus(session, said=said, brand_id=frame.brand.id, language=current())
    return [FoundArticle(each, _best(session, frame, each.sku)) for each in shown[:FOUND_MAX]]


def _best(session: Session, frame: Frame, sku: str) -> Nearby | None:
    """Return the chosen store, or the best one around, for one more of a SKU."""
    units = frame.visitor.cart.quantities.get(sku, 0) + 1
    nearby = find_nearby(
        session, quantities={sku: units}, place=frame.visitor.place, cart=frame.visitor.cart
    )
    having = [each for each in nearby if each.has_all]
    return next(iter([*having, *nearby]), None)


def _by_point(session: Session, said: str) -> list[UUID] | None:
    """Return the contacts of whoever has this number or address; None when it is neither."""
    if len(said) < len("0123456"):
        return None
    try:
        if "@" in said:
            email = normal_email(said)
            return customers.queries.list_contact_ids(session, email=email)[::-1]
        phone = normal_phone(said, country=COUNTRY)
        return customers.queries.list_contact_ids(session, phone=phone)[::-1]
    except (UnreadableEmail, UnreadablePhone):
        return None


def _deliver(session: Session, desk: Desk) -> Delivering | None:
    values: Mapping[str, str] = desk.typed.values
    try:
        return read_delivering(
            session,
            desk.frame,
            desk.basket,
            postcode=values.get("postcode", ""),
            chosen=values.get("door", ""),
            channel=Channel.PHONE,
        )
    except UnreadablePostcode:
        desk.typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return None
