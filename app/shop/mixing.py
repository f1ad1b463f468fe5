"""A basket whose lines each go their own way: some collected here, some there, some brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.delivery
import orders.queries
import orders.services
import stores.queries
from app import formats
from app.doors import SaidOption, say_options
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled
from app.shop.baskets import Basket, BasketLine
from app.shop.collecting import Collecting, read_choice, read_collecting
from app.shop.delivering import chosen_way
from app.shop.offers import Nearby
from app.shop.visitor import Frame, as_shopper
from customers.commands import GiveAddress, GiveContact
from kernel.money import VatShare
from orders.commands import AskDelivery, Bring, Channel, Collect, Method, OrderPart, PlaceOrder
from orders.pricing import Quote
from orders.queries import LineWay

DOOR: Final = "door"
WANTED_MAX: Final = 64
NOBODY: Final = GiveContact("", "", None, None, "")


@dataclass(frozen=True, slots=True)
class MixedLine:
    """A line of a basket with the ways it can be had: (value, words); none when nobody has it."""

    line: BasketLine
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Counter:
    """What is collected at one store, and how that is asked."""

    nearby: Nearby
    lines: tuple[BasketLine, ...]
    collecting: Collecting
    collect: Collect

    @property
    def field(self) -> str:
        """Return the name of the field that says when."""
        return slot_field(self.nearby.store.code)

    @property
    def asks(self) -> bool:
        """Tell whether a slot has to be chosen: the soonest is not to be had."""
        return self.said is None

    @property
    def said(self) -> str | None:
        """Return when it is collected unless somebody chooses another time."""
        soonest = (
            each.soonest
            for each in self.collecting.methods
            if each.value == self.collecting.chosen and each.soonest
        )
        when = next(soonest, None)
        return (
            _("As soon as it is ready: %(when)s. Another time?") % {"when": when} if when else None
        )


@dataclass(frozen=True, slots=True)
class Door:
    """What is brought, in which ways; `town` is what its postcode is known for.

    `totals` is what the whole order costs with each way, by code; `missing` how many of it nobody
    can send.
    """

    lines: tuple[BasketLine, ...]
    postcode: str
    town: str | None
    options: tuple[SaidOption, ...]
    totals: Mapping[str, int]
    chosen: str
    missing: int

    @property
    def way(self) -> SaidOption | None:
        """Return the way that is chosen, the first one until then."""
        return chosen_way(self.options, self.chosen)


@dataclass(frozen=True, slots=True)
class Mixed:
    """A basket in parts, and what all of it costs; `quote` is None while that is not known."""

    lines: tuple[MixedLine, ...]
    counters: tuple[Counter, ...]
    door: Door | None
    quote: Quote | None
    currency: str

    @property
    def parts(self) -> int:
        """Return of how many parts the order is."""
        return len(self.counters) + (self.door is not None)

    @property
    def can_order(self) -> bool:
        """Tell whether everything can be had in the way that was chosen."""
        has_all = all(each.chosen for each in self.lines)
        return has_all and (self.door is None or self.door.way is not None)

    @property
    def total_minor(self) -> int | None:
        """Return what all of it costs, having it brought included."""
        if self.quote is None or (self.door is not None and self.door.way is None):
            return None
        return self.quote.totals.total_minor

    @property
    def vat(self) -> tuple[VatShare, ...]:
        """Return what of it is VAT."""
        return self.quote.totals.vat if self.quote else ()

    @property
    def goods(self) -> str:
        """Return what tells this order from one with other goods, or wanted in other ways."""
        said = sorted((each.line.sku, each.line.quantity, each.chosen) for each in self.lines)
        return sha256(repr(said).encode()).hexdigest()[:16]


def slot_field(store_code: str) -> str:
    """Return the name of the field that says when something is collected at a store."""
    return f"slot-{store_code}"


def read_ways(form: Mapping[str, str], basket: Basket) -> dict[str, LineWay]:
    """Return how a form wants the lines of a basket."""
    places = {each.store.code: each.store.id for each in basket.nearby}
    ways = {}
    for line in basket.lines:
        said = form.get(f"way:{line.sku}", "")
        if said == DOOR:
            ways[line.sku] = LineWay(Method.DELIVERY)
        elif said in places:
            ways[line.sku] = LineWay(Method.PICKUP, places[said])
    return ways


def read_mixed(
    session: Session, frame: Frame, basket: Basket, *, postcode: str, form: Mapping[str, str]
) -> Mixed:
    """Return a basket in parts, as its lines are wanted; `form` has what was chosen so far.

    Raises UnreadablePostcode.
    """
    wanted = orders.queries.list_line_ways(session, frame.visitor.session_id)
    lines = tuple(_line(each, basket, wanted.get(each.sku)) for each in basket.lines)
    counters = tuple(
        _counter(session, each, lines, form.get(slot_field(each.store.code), "")[:WANTED_MAX])
        for each in basket.nearby
        if any(line.chosen == each.store.code for line in lines)
    )
    brought = tuple(each.line for each in lines if each.chosen == DOOR)
    collected = [each.collect for each in counters]
    door = None
    quote = _quote(session, frame, collected) if collected else None
    if brought:
        door, quote = _door(session, frame, brought, collected, postcode=postcode, form=form)
    return Mixed(lines, counters, door, quote, basket.currency)


def parts_of(mixed: Mixed, address: GiveAddress | None, way: str) -> list[OrderPart]:
    """Return the parts that are ordered."""
    parts: list[OrderPart] = [each.collect for each in mixed.counters]
    if mixed.door is not None and address is not None:
        parts.append(Bring(address, _quantities(mixed.door.lines), way))
    return parts


def _line(line: BasketLine, basket: Basket, wanted: LineWay | None) -> MixedLine:
    stores_with_it = [
        each for each in basket.nearby if each.offer.available.get(line.sku, 0) >= line.quantity
    ]
    options = [(each.store.code, _say_store(each)) for each in stores_with_it]
    if card_enabled():
        options.append((DOOR, _("Brought to me")))
    known = {each.store.id: each.store.code for each in basket.nearby}
    said = ""
    if wanted is not None:
        brought = wanted.method is Method.DELIVERY
        said = DOOR if brought else known.get(wanted.location_id or UUID(int=0), "")
    values = [value for value, _words in options]
    chosen = said if said in values else next(iter(values), "")
    return MixedLine(line, tuple(options), chosen)


def _say_store(nearby: Nearby) -> str:
    name = _("Collect at %(store)s") % {"store": nearby.store.name}
    if nearby.km is None:
        return name
    return f"{name} · {formats.distance(nearby.km, language=current())}"


def _counter(session: Session, nearby: Nearby, lines: Sequence[MixedLine], wanted: str) -> Counter:
    store = nearby.store
    mine = tuple(each.line for each in lines if each.chosen == store.code)
    collecting = read_collecting(session, store, wanted)
    method, slot_id = read_choice(collecting.chosen)
    collect = Collect(store.code, _quantities(mine), method, slot_id)
    return Counter(nearby, mine, collecting, collect)


def _door(
    session: Session,
    frame: Frame,
    brought: tuple[BasketLine, ...],
    collected: Sequence[Collect],
    *,
    postcode: str,
    form: Mapping[str, str],
) -> tuple[Door, Quote | None]:
    if frame.brand is None or not postcode:
        return Door(brought, "", None, (), {}, "", 0), None
    quantities = _quantities(brought)
    asked = AskDelivery(Channel.WEB, current(), quantities, postcode, brand_code=frame.brand.code)
    found = orders.delivery.find_options(session, asked)
    quotes = {
        each.way.code: _quote(
            session,
            frame,
            [*collected, Bring(GiveAddress("", postcode, ""), quantities, each.way.code)],
        )
        for each in found.options
    }
    place = stores.queries.find_place(postcode)
    chosen = form.get("way", "")
    door = Door(
        brought,
        postcode,
        place.label.removeprefix(f"{postcode} ") if place and place.exact else None,
        tuple(
            _with_charge(each, quotes[each.code], frame.brand.currency)
            for each in say_options(found.options, frame.brand.currency)
        ),
        {code: quote.totals.total_minor for code, quote in quotes.items()},
        chosen,
        sum(found.decision.missing.values()),
    )
    return door, quotes[door.way.code] if door.way else None


def _with_charge(option: SaidOption, quote: Quote, currency: str) -> SaidOption:
    """Return a way with what it costs in this order, whose promotions are of the whole basket."""
    minor = sum(each.amount_minor for each in quote.charges)
    total_minor = quote.totals.total_minor
    return replace(
        option,
        price=formats.money(minor, currency, language=current()) if minor else _("Free"),
        total_minor=total_minor,
        total=formats.money(total_minor, currency, language=current()),
    )


def _quote(session: Session, frame: Frame, parts: Sequence[OrderPart]) -> Quote:
    command = PlaceOrder(
        Channel.WEB,
        parts,
        replace(NOBODY, language=current()),
        brand_code=frame.brand.code if frame.brand else None,
    )
    return orders.services.quote_order(session, command, actor=as_shopper())[0]


def _quantities(lines: Sequence[BasketLine]) -> dict[str, int]:
    return {line.sku: line.quantity for line in lines}
