"""What the form that changes an order shows and asks for, parcel by parcel; the same on all pages.

The fields of the first parcel have plain names; those of others begin with their place, as in `2:`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.delivery
import orders.queries
import stores.queries
from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.shop.contact import NAME_MAX, Typed, read_address
from customers.commands import GiveAddress
from kernel.fields import SKU_MAX
from orders.commands import AmendOrder, AmendParcel, Channel, Collector, Method, Status
from orders.queries import FulfillmentFacts, LineFacts, OrderFacts
from orders.services import Amended
from stores.commands import StoreMethod

QUANTITY: Final = "n:"
"""What the names of fields begin with that say how many of a SKU there are to be."""
PART: Final = "part:"
"""What the names of fields begin with that say how many of a SKU are brought, while the rest is
collected."""
ADDED: Final = "add_quantity"
"""Of how many the form says that one more article is."""
TEXT_MAX: Final = 120
ADDRESS: Final = ("line1", "line2", "postcode", "city")
SLOT_DAYS: Final = 7
OPEN: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})
COLLECTED: Final = {Method.PICKUP: StoreMethod.PICKUP, Method.DRIVE: StoreMethod.DRIVE}


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that changes an order, as it was sent; `more` are articles a basket adds."""

    form: Mapping[str, str]
    channel: Channel
    more: Mapping[str, int] = field(default_factory=dict)

    @property
    def confirms(self) -> bool:
        """Tell whether its sum was seen."""
        return self.form.get("confirm") == "yes"


@dataclass(frozen=True, slots=True)
class Section:
    """One parcel on the form: its lines, and where, when and how else it could be had.

    `others` are lines of the order that are in other parcels only: they can go into this one.
    """

    parcel: FulfillmentFacts
    prefix: str
    place: str
    here: str
    stores: list[tuple[str, str]]
    slots: list[tuple[str, str]]
    ways: list[tuple[str, str]]
    others: Sequence[LineFacts]
    typed: Mapping[str, str]

    @property
    def brought(self) -> bool:
        """Tell whether it is brought to a door now."""
        return self.parcel.method is Method.DELIVERY

    @property
    def divisible(self) -> list[LineFacts]:
        """Return the lines of which a part could be brought while the rest is collected."""
        own = [line for line in self.parcel.lines if line.open]
        several = sum(line.open for line in own) > 1
        return own if self.ways and not self.brought and several else []

    @property
    def parts(self) -> bool:
        """Tell whether only a part is to be brought, as it is typed."""
        return any(self.said(f"{PART}{line.sku}") for line in self.divisible)

    @property
    def leaves(self) -> bool:
        """Tell whether it would be brought as it is typed."""
        return not self.said("store") if self.brought else bool(self.said("way"))

    @property
    def lines(self) -> list[tuple[LineFacts, str]]:
        """Return each line with how many of it were typed."""
        own = [
            (line, self.said(f"{QUANTITY}{line.sku}") or str(line.open))
            for line in self.parcel.lines
            if line.open
        ]
        return [*own, *((line, self.said(f"{QUANTITY}{line.sku}") or "0") for line in self.others)]

    def said(self, name: str) -> str:
        """Return what was typed into a field of this parcel."""
        return self.typed.get(self.prefix + name, "")

    def wrong(self, name: str) -> str | None:
        """Return what is wrong with how many were typed into a field, if anything is."""
        typed = self.typed.get(self.prefix + name)
        if typed is None or _is_quantity(name, typed):
            return None
        return _("Type a whole number.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a change shows: each parcel that can change, and what it comes to."""

    order: OrderFacts
    sections: list[Section]
    typed: Mapping[str, str]
    more: Mapping[str, int] = field(default_factory=dict)
    preview: Amended | None = None
    by_card: bool = False
    """Whether a card holds, or a card or a till paid, what the order cost."""
    link: bool = False
    """Whether its customer can be sent a link to pay."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with where it is brought, or who collects it, beside its field."""

    @property
    def brought(self) -> bool:
        """Tell whether some of it is brought to a door now."""
        return any(each.brought for each in self.sections)

    @property
    def offers_door(self) -> bool:
        """Tell whether some of it could be brought."""
        return any(each.ways for each in self.sections)

    @property
    def paid_before(self) -> bool:
        """Tell whether it is to be paid before anything leaves, as it is typed."""
        return any(each.leaves for each in self.sections)


def list_amendable(order: OrderFacts, first_id: UUID | None = None) -> list[FulfillmentFacts]:
    """Return the parcels of an order that can be changed, the one that is named first."""
    found = [each for each in order.fulfillments if each.status in OPEN]
    return sorted(found, key=lambda each: each.id != first_id)


def is_readable(form: Mapping[str, str]) -> bool:
    """Tell whether everything in a form that says how many is a number."""
    said = {
        name: text
        for name, text in form.items()
        if QUANTITY in name or PART in name or name.endswith(ADDED)
    }
    return all(_is_quantity(name, text) for name, text in said.items())


def find_errors(form: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the address and the name in a form, by field; nothing typed is."""
    typed = Typed()
    if any(form.get(name, "").strip() for name in ADDRESS):
        read_address(form, typed)
    if form.get("first_name", "").strip() or form.get("last_name", "").strip():
        typed.read(form, "first_name", longest=NAME_MAX)
        typed.read(form, "last_name", longest=NAME_MAX, missing=_("Give a last name."))
    return typed.errors


def read_amendment(
    order: OrderFacts, parcels: Sequence[FulfillmentFacts], asked: Asked
) -> AmendOrder:
    """Return the change a form asks for; its quantities are readable."""
    form = asked.form
    read = [_parcel(parcel, _prefix(at), asked) for at, parcel in enumerate(parcels)]
    return AmendOrder(
        order.id,
        _number(form.get("version", ""), otherwise=order.version),
        asked.channel,
        [each for each in read if each.says_something],
        address=_address(form),
        collector=_collector(form),
        seen_total_minor=_number(form.get("seen", ""), otherwise=-1) if asked.confirms else None,
        reason=_line(form, "reason") or None,
    )


def describe(
    session: Session, order: OrderFacts, parcels: Sequence[FulfillmentFacts], asked: Asked
) -> Shown:
    """Return what the page of a change shows."""
    places = [
        (each.code, each.name)
        for each in stores.queries.list_stores(session, limit=200)
        if each.brand_id == order.brand_id and each.offered
    ]
    ways = [
        (each.code, each.name_in(current()))
        for each in orders.delivery.list_offered_ways(session, order.brand_id)
    ]
    sections = [
        _section(session, parcel, _prefix(at), (places, ways), parcels=parcels, asked=asked)
        for at, parcel in enumerate(parcels)
    ]
    by_card = orders.queries.difference_minor(session, order.id) is not None
    return Shown(order, sections, asked.form, asked.more, by_card=by_card)


def _section(
    session: Session,
    parcel: FulfillmentFacts,
    prefix: str,
    offered: tuple[list[tuple[str, str]], list[tuple[str, str]]],
    *,
    parcels: Sequence[FulfillmentFacts],
    asked: Asked,
) -> Section:
    here = stores.queries.get_store_by_id(session, parcel.location_id)
    places, ways = offered
    if parcel.method is Method.CARRY_OUT:
        places, ways = [], []
    elif parcel.is_reservation:
        ways = []
    chosen = asked.form.get(f"{prefix}store") or here.code
    known = chosen if chosen in {code for code, _name in places} else here.code
    slots = (
        _slots(session, known, COLLECTED[parcel.method], parcel)
        if parcel.method in COLLECTED
        else []
    )
    own = {line.sku for line in parcel.lines if line.open}
    others = {
        line.sku: line
        for each in parcels
        for line in each.lines
        if line.open and line.sku not in own
    }
    return Section(
        parcel,
        prefix,
        here.name,
        here.code,
        places,
        slots,
        ways,
        tuple(others.values()),
        asked.form,
    )


def _slots(
    session: Session, store_code: str, method: StoreMethod, parcel: FulfillmentFacts
) -> list[tuple[str, str]]:
    way = orders.queries.find_way_to_collect(
        session, store_code=store_code, method=method, days=SLOT_DAYS
    )
    zone = stores.queries.get_store(session, store_code).time_zone
    free = [each for each in way.slots if each.left > 0] if way else []
    return [
        (str(each.id), formats.when(each.starts_at, zone, language=current()))
        for each in free
        if each.id != parcel.slot_id
    ]


def _prefix(at: int) -> str:
    return f"{at + 1}:" if at else ""


def _parcel(parcel: FulfillmentFacts, prefix: str, asked: Asked) -> AmendParcel:
    """Return how one parcel is to be: a way to its door counts before a store."""
    form, brought = asked.form, parcel.method is Method.DELIVERY
    store = form.get(f"{prefix}store", "")[:SKU_MAX]
    way = form.get(f"{prefix}way", "")[:SKU_MAX]
    if store == form.get(f"{prefix}here", "") and not brought:
        store = ""
    quantities = _quantities(parcel, prefix, asked)
    if brought:
        method = Method.PICKUP if store else None
        by = None if store else way or None
        return AmendParcel(parcel.id, quantities, store or None, None, method, by)
    if way:
        part = _part(parcel, prefix, asked)
        return AmendParcel(parcel.id, quantities, None, None, Method.DELIVERY, way, part)
    return AmendParcel(parcel.id, quantities, store or None, _id(form.get(f"{prefix}slot", "")))


def _quantities(parcel: FulfillmentFacts, prefix: str, asked: Asked) -> dict[str, int]:
    has = {line.sku: line.open for line in parcel.lines if line.open}
    begins = f"{prefix}{QUANTITY}"
    wanted = dict(has)
    for name, said in asked.form.items():
        sku = name.removeprefix(begins)[:SKU_MAX]
        if name.startswith(begins) and sku.isprintable():
            wanted[sku] = _number(said, otherwise=has.get(sku, 0))
    if asked.form.get("basket") == "yes" and not prefix:
        for sku, units in asked.more.items():
            wanted[sku] = wanted.get(sku, 0) + units
    added = asked.form.get(f"{prefix}add_sku", "").strip()[:SKU_MAX]
    if added and added.isprintable():
        units = _number(asked.form.get(f"{prefix}add_quantity", ""), otherwise=1)
        wanted[added] = wanted.get(added, 0) + units
    return {sku: units for sku, units in wanted.items() if units != has.get(sku, 0)}


def _part(parcel: FulfillmentFacts, prefix: str, asked: Asked) -> dict[str, int]:
    """Return what of a parcel is brought while the rest is collected; empty where all of it is."""
    said = {
        line.sku: _number(asked.form.get(f"{prefix}{PART}{line.sku}", ""), otherwise=0)
        for line in parcel.lines
        if line.open
    }
    return {sku: units for sku, units in said.items() if units}


def _collector(form: Mapping[str, str]) -> Collector | None:
    first, last = _line(form, "first_name"), _line(form, "last_name")
    return Collector(first, last) if last else None


def _address(form: Mapping[str, str]) -> GiveAddress | None:
    line1, line2 = _line(form, "line1"), _line(form, "line2")
    postcode, city = _line(form, "postcode"), _line(form, "city")
    if not (line1 or postcode or city):
        return None
    return GiveAddress(line1, postcode[:12], city, line2 or None)


def _line(form: Mapping[str, str], name: str) -> str:
    text = "".join(sign for sign in form.get(name, "") if sign.isprintable())
    return " ".join(text.split())[:TEXT_MAX]


def _number(text: str, *, otherwise: int) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= len("99999999")):
        return otherwise
    return int(plain)


def _is_quantity(name: str, text: str) -> bool:
    """Tell whether how many is said; nothing said means one that is added, none of a part."""
    may_be_empty = name.endswith(ADDED) or PART in name
    return _number(text, otherwise=-1) >= 0 or (may_be_empty and not text.strip())


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
