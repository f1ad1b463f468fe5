"""A basket whose lines each go their own way: some collected here, some there, some brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.delivery
import orders.queries
import orders.services
import stores.queries
from app import formats
from app.doors import SaidOption, say_options, with_charge
from app.i18n import current
from app.i18n import gettext as _
from app.paying import card_enabled
from app.shop.baskets import Basket, BasketLine
from app.shop.collecting import Collecting, read_choice, read_collecting
from app.shop.delivering import chosen_way
from app.shop.offers import Nearby
from app.shop.visitor import Frame, as_shopper
from customers.commands import GiveAddress, GiveContact
from kernel.actors import Actor
from kernel.money import VatShare, share
from orders.commands import AskDelivery, Bring, Channel, Collect, Method, OrderPart, PlaceOrder
from orders.pricing import Quote
from orders.queries import LineWay

DOOR: Final = "door"
WANTED_MAX: Final = 64
NOBODY: Final = GiveContact("", "", None, None, "")


@dataclass(frozen=True, slots=True)
class Buying:
    """How a basket in parts is asked for: the fields of the form so far, on which channel, by whom.

    `begun_at` is the store an order with a door is begun in, where it is begun in one. `seconds`
    are how many of a SKU go another way than the rest of its line, and which.
    """

    form: Mapping[str, str]
    postcode: str
    channel: Channel = Channel.WEB
    actor: Actor | None = None
    begun_at: str | None = None
    seconds: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def command(self, frame: Frame, parts: Sequence[OrderPart]) -> PlaceOrder:
        """Return the order of these parts, as far as it says what they cost."""
        brought = any(isinstance(part, Bring) for part in parts)
        return PlaceOrder(
            self.channel,
            parts,
            replace(NOBODY, language=current()),
            begun_at=self.begun_at if brought else None,
            brand_code=frame.brand.code if frame.brand else None,
        )


@dataclass(frozen=True, slots=True)
class MixedLine:
    """A line of a basket with the ways it can be had: (value, words); none when nobody has it.

    `second` is how the last `apart` of it are had, where these go another way than the rest.
    """

    line: BasketLine
    options: tuple[tuple[str, str], ...]
    chosen: str
    apart: int = 0
    second_options: tuple[tuple[str, str], ...] = ()
    second: str = ""

    @property
    def has_ways(self) -> bool:
        """Tell whether all of it can be had as it is chosen."""
        return bool(self.chosen) and (not self.apart or bool(self.second))

    def at(self, where: str) -> BasketLine | None:
        """Return what of it is had there."""
        rest = self.line.quantity - self.apart
        units = rest * (self.chosen == where) + self.apart * (self.second == where)
        return replace(self.line, quantity=units) if units else None


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
        has_all = all(each.has_ways for each in self.lines)
        return has_all and (self.door is None or self.door.way is not None)

    @property
    def total_minor(self) -> int | None:
        """Return what all of it costs, having it brought included."""
        if self.quote is None or (self.door is not None and self.door.way is None):
            return None
        return self.quote.totals.total_minor

    def worth_minor(self, lines: Sequence[BasketLine]) -> int:
        """Return what these lines cost in this order, without having them brought."""
        mine = {line.sku: line.quantity for line in lines}
        sold = self.quote.lines if self.quote else ()
        return sum(
            share(line.priced.amount_minor, quantity=mine[line.sku], of=line.quantity)
            for line in sold
            if line.sku in mine
        )

    @property
    def vat(self) -> tuple[VatShare, ...]:
        """Return what of it is VAT."""
        return self.quote.totals.vat if self.quote else ()

    @property
    def goods(self) -> str:
        """Return what tells this order from one with other goods, or wanted in other ways."""
        said = sorted(
            (each.line.sku, each.line.quantity, each.chosen, each.apart, each.second)
            for each in self.lines
        )
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


def read_mixed(session: Session, frame: Frame, basket: Basket, buying: Buying) -> Mixed:
    """Return a basket in parts, as its lines are wanted.

    Raises UnreadablePostcode.
    """
    wanted = orders.queries.list_line_ways(session, frame.visitor.cart.id)
    lines = tuple(
        _line(each, basket, wanted.get(each.sku), buying.seconds.get(each.sku, (0, "")))
        for each in basket.lines
    )
    counters = tuple(
        _counter(session, each, mine, buying.form.get(slot_field(each.store.code), "")[:WANTED_MAX])
        for each in basket.nearby
        if (mine := _at(lines, each.store.code))
    )
    brought = _at(lines, DOOR)
    collected = [each.collect for each in counters]
    door = None
    quote = _quote(session, frame, buying, collected) if collected else None
    if brought:
        door, quote = _door(session, frame, buying, brought, collected)
    return Mixed(lines, counters, door, quote, basket.currency)


def parts_of(mixed: Mixed, address: GiveAddress | None, way: str) -> list[OrderPart]:
    """Return the parts that are ordered."""
    parts: list[OrderPart] = [each.collect for each in mixed.counters]
    if mixed.door is not None and address is not None:
        parts.append(Bring(address, _quantities(mixed.door.lines), way))
    return parts


def _at(lines: Sequence[MixedLine], where: str) -> tuple[BasketLine, ...]:
    """Return what is had there of each line."""
    return tuple(mine for each in lines if (mine := each.at(where)))


def _options(line: BasketLine, basket: Basket, units: int) -> list[tuple[str, str]]:
    """Return the ways so many of a line can be had."""
    options = [
        (each.store.code, _say_store(each))
        for each in basket.nearby
        if each.offer.available.get(line.sku, 0) >= units
    ]
    if card_enabled():
        options.append((DOOR, _("Brought to me")))
    return options


def _line(
    line: BasketLine, basket: Basket, wanted: LineWay | None, second: tuple[int, str]
) -> MixedLine:
    apart = second[0] if 0 < second[0] < line.quantity else 0
    options = _options(line, basket, line.quantity - apart)
    known = {each.store.id: each.store.code for each in basket.nearby}
    said = ""
    if wanted is not None:
        brought = wanted.method is Method.DELIVERY
        said = DOOR if brought else known.get(wanted.location_id or UUID(int=0), "")
    values = [value for value, _words in options]
    chosen = said if said in values else next(iter(values), "")
    if not apart:
        return MixedLine(line, tuple(options), chosen)
    others = [each for each in _options(line, basket, apart) if each[0] != chosen]
    also = second[1] if second[1] in dict(others) else next((each[0] for each in others), "")
    return MixedLine(line, tuple(options), chosen, apart, tuple(others), also)


def _say_store(nearby: Nearby) -> str:
    name = _("Collect at %(store)s") % {"store": nearby.store.name}
    if nearby.km is None:
        return name
    return f"{name} · {formats.distance(nearby.km, language=current())}"


def _counter(
    session: Session, nearby: Nearby, mine: tuple[BasketLine, ...], wanted: str
) -> Counter:
    store = nearby.store
    collecting = read_collecting(session, store, wanted)
    method, slot_id = read_choice(collecting.chosen)
    collect = Collect(store.code, _quantities(mine), method, slot_id)
    return Counter(nearby, mine, collecting, collect)


def _door(
    session: Session,
    frame: Frame,
    buying: Buying,
    brought: tuple[BasketLine, ...],
    collected: Sequence[Collect],
) -> tuple[Door, Quote | None]:
    postcode = buying.postcode
    if frame.brand is None or not postcode:
        return Door(brought, "", None, (), {}, "", 0), None
    quantities = _quantities(brought)
    asked = AskDelivery(
        buying.channel, current(), quantities, postcode, brand_code=frame.brand.code
    )
    found = orders.delivery.find_options(session, asked)
    quotes = {
        each.way.code: _quote(
            session,
            frame,
            buying,
            [*collected, Bring(GiveAddress("", postcode, ""), quantities, each.way.code)],
        )
        for each in found.options
    }
    place = stores.queries.find_place(postcode)
    chosen = buying.form.get("way", "")
    door = Door(
        brought,
        postcode,
        place.label.removeprefix(f"{postcode} ") if place and place.exact else None,
        tuple(
            with_charge(each, quotes[each.code], frame.brand.currency)
            for each in say_options(found.options, frame.brand.currency)
        ),
        {code: quote.totals.total_minor for code, quote in quotes.items()},
        chosen,
        sum(found.decision.missing.values()),
    )
    return door, quotes[door.way.code] if door.way else None


def _quote(session: Session, frame: Frame, buying: Buying, parts: Sequence[OrderPart]) -> Quote:
    command = buying.command(frame, parts)
    return orders.services.quote_order(session, command, actor=buying.actor or as_shopper())[0]


def _quantities(lines: Sequence[BasketLine]) -> dict[str, int]:
    return {line.sku: line.quantity for line in lines}
