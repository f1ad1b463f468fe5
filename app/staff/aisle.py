"""A customer's basket in a store: how its lines can go, what is proposed, what it costs.

What the shelf has goes along, what it lacks is brought, or waits at a store: each line says how.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import orders.queries
import orders.services
import stores.queries
from app.doors import SaidOption, find_town
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.staff.articles import Shown, describe
from app.staff.line_ways import DOOR, Had, LineOption, list_line_options, split_goods
from app.staff.roads import Roads, find_roads, price_roads
from kernel.actors import Actor
from orders import availability
from orders.availability import StoreOffer
from orders.commands import Channel, Collect, Method
from orders.pricing import Quote
from orders.queries import CartFacts, LineWay
from stores.queries import Near, StoreFacts, Where

WORLD_KM: Final = 20_100


@dataclass(frozen=True, slots=True)
class AisleLine:
    """A line with the ways it can go, and the one that is chosen; none when nobody has it.

    `changed` is whether the way that was chosen is no longer possible.
    """

    look: Shown
    sku: str
    quantity: int
    shelf: int
    options: tuple[LineOption, ...]
    chosen: str
    changed: bool

    @property
    def option(self) -> LineOption | None:
        """Return the way that is chosen."""
        return next((each for each in self.options if each.value == self.chosen), None)

    @property
    def said_shelf(self) -> str:
        """Return what the shelf has of it, beside what is wanted."""
        if self.shelf >= self.quantity:
            return ngettext("%(num)d on the shelf", "%(num)d on the shelf", self.shelf) % {
                "num": self.shelf
            }
        if not self.shelf:
            return _("None on the shelf")
        return _("%(num)d of %(all)d on the shelf") % {"num": self.shelf, "all": self.quantity}


@dataclass(frozen=True, slots=True)
class Aisle:
    """A basket as its page shows it; `parts` is how it would be ordered, without where to."""

    cart: CartFacts
    lines: tuple[AisleLine, ...]
    unsold: tuple[str, ...]
    parts: tuple[Collect, ...]
    brought: Mapping[str, int]
    roads: Roads
    way: str
    quote: Quote | None
    town: str

    @property
    def chosen_way(self) -> SaidOption | None:
        """Return how it is brought: the way that was chosen, the first one until then."""
        ways = self.roads.options
        return next((each for each in ways if each.code == self.way), ways[0] if ways else None)

    @property
    def is_paid_before(self) -> bool:
        """Tell whether something of it leaves at once or is brought: all of it is paid before."""
        return bool(self.brought) or any(each.method is Method.CARRY_OUT for each in self.parts)

    @property
    def total_minor(self) -> int | None:
        """Return what all of it costs, having it brought included; None until that is known."""
        if self.brought:
            return self.chosen_way.total_minor if self.chosen_way else None
        return self.quote.totals.total_minor if self.quote else None

    @property
    def can_order(self) -> bool:
        """Tell whether every line can go as it is chosen."""
        whole = bool(self.lines) and not self.unsold and all(each.chosen for each in self.lines)
        return whole and self.total_minor is not None


def read_aisle(
    session: Session, store: StoreFacts, cart: CartFacts, form: Mapping[str, str], *, actor: Actor
) -> Aisle:
    """Return a basket as it is now; `form` has what was chosen so far, and where it is brought.

    Raises UnreadablePostcode.
    """
    sold = catalog.queries.describe_skus(session, list(cart.quantities), language=current())
    wanted = {sku: units for sku, units in cart.quantities.items() if sku in sold}
    postcode = form.get("postcode") or store.postcode
    roads = find_roads(session, store, wanted, postcode)
    chosen = _chosen(session, store, cart, form)
    seen = {sku for sku, units in wanted.items() if form.get(f"quantity:{sku}") == str(units)}
    lines = tuple(_lines(session, store, wanted, roads, (chosen, seen)))
    parts, brought = split_goods(
        store.code, {line.sku: (line.quantity, line.chosen) for line in lines}
    )
    if brought != wanted:
        roads = find_roads(session, store, brought, postcode)
    roads, quote = price_roads(session, store, parts, roads, brought, actor=actor)
    return Aisle(
        cart,
        lines,
        tuple(sku for sku in cart.quantities if sku not in sold),
        parts,
        brought,
        roads,
        form.get("way", ""),
        quote,
        find_town(postcode) if form.get("postcode") else "",
    )


def line_ways(aisle: Aisle, store: StoreFacts) -> dict[str, LineWay]:
    """Return how the lines are wanted, for whoever goes on with the basket."""
    places = {line.sku: line.option.store_id for line in aisle.lines if line.option}
    return {
        line.sku: LineWay(Method.DELIVERY)
        if line.chosen.endswith(DOOR)
        else LineWay(Method.PICKUP, places.get(line.sku) or store.id)
        for line in aisle.lines
        if line.chosen
    }


def _chosen(
    session: Session, store: StoreFacts, cart: CartFacts, form: Mapping[str, str]
) -> dict[str, str]:
    """Return the way of each line as the form says, else as whoever filled the basket wanted it."""
    said = {
        name.removeprefix("way:"): value
        for name, value in form.items()
        if name.startswith("way:") and value
    }
    for sku, way in orders.queries.list_line_ways(session, cart.id).items():
        if sku in said:
            continue
        if way.method is Method.DELIVERY:
            said[sku] = DOOR
        elif way.location_id not in {None, store.id} and way.location_id is not None:
            said[sku] = stores.queries.get_store_by_id(session, way.location_id).code
    return said


def _lines(
    session: Session,
    store: StoreFacts,
    wanted: Mapping[str, int],
    roads: Roads,
    said_and_seen: tuple[Mapping[str, str], set[str]],
) -> Iterator[AisleLine]:
    """Return the lines as they are chosen; of those that were seen so it is said what is gone."""
    if not wanted:
        return
    chosen, seen = said_and_seen
    looks = describe(session, {sku: sku for sku in wanted}, language=current())
    levels = inventory.queries.list_levels(session, location_id=store.id, skus=list(wanted))
    shelf = {each.sku: each.on_hand - each.reserved - each.quarantined for each in levels}
    offers = _offers(session, store, wanted)
    some = any(units > 0 for units in shelf.values())
    fetches = orders.services.brings_lacking(session, store, channel=Channel.STORE, some=some)
    for sku, units in wanted.items():
        there = max(shelf.get(sku, 0), 0)
        had = Had(sku, units, there, units - roads.missing.get(sku, 0), roads, fetches=fetches)
        options = list_line_options(store, offers, had)
        values = [each.value for each in options]
        said = chosen.get(sku, "")
        yield AisleLine(
            looks[sku],
            sku,
            units,
            there,
            tuple(options),
            said if said in values else next(iter(values), ""),
            changed=sku in seen and bool(said) and said not in values,
        )


def _offers(session: Session, store: StoreFacts, wanted: Mapping[str, int]) -> list[StoreOffer]:
    near = Near(store.latitude, store.longitude, WORLD_KM)
    where = Where(near=near, brand=store.brand_code)
    return availability.find_offers(session, quantities=wanted, where=where)
