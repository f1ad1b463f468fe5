"""What promotions take off an order that changes: its own off what stays, today's off what comes.

Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.queries import Offer
from orders.pricing.promotions import Deal, Taken, discount


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of an order as they are to be: how many stay and come, at what each costs."""

    offers: Mapping[str, Offer]
    kept: Mapping[str, int]
    added: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Lot:
    sku: str
    units: int
    barred: Collection[UUID] = ()


def discount_anew(goods: Goods, own: Sequence[Deal], today: Sequence[Deal]) -> dict[str, Taken]:
    """Return what is taken off each line of an order that changes, by SKU.

    A promotion that is the order's own and holds today counts what stays and what comes together.
    """
    lots: dict[str, _Lot] = {}
    for sku in {**goods.kept, **goods.added}:
        lots |= _lots(goods, sku, own, today)
    deals = {each.id: each for each in (*own, *today)}
    found = discount(
        {key: goods.offers[lot.sku] for key, lot in lots.items()},
        {key: lot.units for key, lot in lots.items()},
        list(deals.values()),
        barred={key: lot.barred for key, lot in lots.items()},
    )
    taken: dict[str, Taken] = {}
    for key, each in found.items():
        sku = lots[key].sku
        before = taken.get(sku)
        deal = before.deal if before else each.deal
        taken[sku] = Taken(deal, each.minor + (before.minor if before else 0))
    return taken


def _lots(goods: Goods, sku: str, own: Sequence[Deal], today: Sequence[Deal]) -> dict[str, _Lot]:
    """Return what stays and what comes of an article: apart where promotions tell them apart."""
    offer, kept, added = goods.offers[sku], goods.kept.get(sku, 0), goods.added.get(sku, 0)
    then, now = ({each.id for each in deals if each.is_on(offer)} for deals in (own, today))
    if then == now:
        return {sku: _Lot(sku, kept + added)}
    lots = {sku: _Lot(sku, kept, now - then), f"{sku} +": _Lot(sku, added, then - now)}
    return {key: lot for key, lot in lots.items() if lot.units}
