"""The ways to a customer's door from a store's tablet: which there are, and what each comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

import orders.delivery
import orders.services
from app.doors import SaidOption, say_options, with_charge
from app.i18n import current
from customers.commands import GiveAddress, GiveContact
from kernel.actors import Actor
from orders.commands import (
    AskDelivery,
    Bring,
    Channel,
    Collect,
    OrderPart,
    PayBy,
    PlaceOrder,
    add_up,
)
from orders.pricing import Quote
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Roads:
    """The ways to a postcode; how many of each SKU nobody sends there, how many this store."""

    postcode: str
    options: tuple[SaidOption, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)


def find_roads(
    session: Session, store: StoreFacts, quantities: Mapping[str, int], postcode: str
) -> Roads:
    """Return the ways in which something begun in a store is brought to a postcode.

    What nobody can send is left out of them.

    Raises UnreadablePostcode.
    """
    if not quantities:
        return Roads(postcode)
    ask = AskDelivery(Channel.STORE, current(), quantities, postcode, store_code=store.code)
    found = orders.delivery.find_options(session, ask)
    missing = dict(found.missing)
    some = {sku: units - missing.get(sku, 0) for sku, units in quantities.items()}
    some = {sku: units for sku, units in some.items() if units > 0}
    if missing and some:
        found = orders.delivery.find_options(session, replace(ask, quantities=some))
    if found.missing:
        return Roads(postcode, (), quantities)
    own = (each.quantities for each in found.decision.sends if each.store.id == store.id)
    return Roads(postcode, tuple(say_options(found.options, store.currency)), missing, add_up(own))


def price_roads(
    session: Session,
    store: StoreFacts,
    parts: Sequence[Collect],
    roads: Roads,
    brought: Mapping[str, int],
    *,
    actor: Actor,
) -> tuple[Roads, Quote | None]:
    """Return the ways with what the whole order costs in each; the quote of the first, if any."""

    def quote(*more: OrderPart) -> Quote:
        command = PlaceOrder(
            Channel.STORE,
            [*parts, *more],
            GiveContact("", "", None, None, current()),
            PayBy.TILL,
            begun_at=store.code,
        )
        return orders.services.quote_order(session, command, actor=actor)[0]

    if not brought:
        return roads, quote() if parts else None
    address = GiveAddress("", roads.postcode, "")
    quotes = {each.code: quote(Bring(address, brought, each.code)) for each in roads.options}
    priced = tuple(with_charge(each, quotes[each.code], store.currency) for each in roads.options)
    return replace(roads, options=priced), next(iter(quotes.values()), None)
