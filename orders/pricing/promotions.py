"""What promotions take off a basket. Pure.

Each line has one promotion at most: of those on single units the one that takes most off, unless an
n for m over it and others takes more off than they had. The éco-participation is never discounted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalog.commands import Unit
from catalog.queries import Offer
from kernel.money import BASIS_POINTS, line_amount, share
from orders.commands import PromotionKind, PromotionOn


@dataclass(frozen=True, slots=True)
class Deal:
    """A promotion as it is reckoned with: what it takes off, of what, and when.

    `percent_bp` is in basis points, `amount_minor` per `price_per`; `take` are paid as `pay`.
    `uses_left` is for how many orders more, None for any number.
    """

    id: UUID
    name: str
    kind: PromotionKind
    on_what: PromotionOn
    on_code: str | None
    valid_from: datetime
    valid_to: datetime | None = None
    percent_bp: int = 0
    amount_minor: int = 0
    take: int = 0
    pay: int = 0
    uses_left: int | None = None

    @property
    def is_for_several(self) -> bool:
        """Tell whether a single unit gets nothing off."""
        return self.kind is PromotionKind.N_FOR_M

    def holds(self, at: datetime) -> bool:
        """Tell whether somebody who orders at this instant has it."""
        begun = self.valid_from <= at and (self.valid_to is None or at < self.valid_to)
        return begun and (self.uses_left is None or self.uses_left > 0)

    def is_on(self, offer: Offer) -> bool:
        """Tell whether it is on this article; one for several is on what is sold by the piece."""
        if self.is_for_several and (offer.unit is not Unit.PIECE or offer.price_per != 1):
            return False
        codes: Mapping[PromotionOn, str | None] = {
            PromotionOn.EVERYTHING: None,
            PromotionOn.CATEGORY: offer.category,
            PromotionOn.ARTICLE: offer.article,
            PromotionOn.SKU: offer.sku,
        }
        return codes[self.on_what] == self.on_code


@dataclass(frozen=True, slots=True)
class Taken:
    """What a promotion takes off a line, minor units."""

    deal: Deal
    minor: int


def discount(
    offers: Mapping[str, Offer],
    quantities: Mapping[str, int],
    deals: Sequence[Deal],
    *,
    barred: Mapping[str, Collection[UUID]] | None = None,
) -> dict[str, Taken]:
    """Return what is taken off each line that has anything taken off, by SKU.

    `barred` are promotions that some lines may not have.
    """
    barred = barred or {}
    reach = [
        (deal, {sku for sku in quantities if deal.id not in barred.get(sku, ())}) for deal in deals
    ]
    found = {
        sku: best
        for sku, units in quantities.items()
        if (best := _best_alone(offers[sku], units, (deal for deal, on in reach if sku in on)))
    }
    several = [
        (deal, {sku: offers[sku] for sku in quantities if sku in on and deal.is_on(offers[sku])})
        for deal, on in reach
        if deal.is_for_several
    ]
    free = set(quantities)
    while gain := _best_gain(several, quantities, free, found):
        free -= gain.group
        for sku in gain.group:
            found.pop(sku, None)
        found |= {sku: Taken(gain.deal, minor) for sku, minor in gain.taken.items()}
    return found


def unit_discount(offer: Offer, deal: Deal) -> int:
    """Return what a promotion takes off the price of `price_per` units; nothing for several."""
    most = max(offer.price_minor - offer.eco_minor, 0)
    if deal.kind is PromotionKind.PERCENT:
        return share(most, quantity=deal.percent_bp, of=BASIS_POINTS)
    return min(deal.amount_minor, most) if deal.kind is PromotionKind.AMOUNT else 0


def best_alone(offer: Offer, deals: Iterable[Deal]) -> Taken | None:
    """Return the promotion that takes most off `price_per` units of an article, if any does."""
    found = [Taken(deal, unit_discount(offer, deal)) for deal in deals if deal.is_on(offer)]
    best = max(found, key=lambda taken: taken.minor, default=None)
    return best if best is not None and best.minor else None


def _best_alone(offer: Offer, units: int, deals: Iterable[Deal]) -> Taken | None:
    best = best_alone(offer, deals)
    if best is None:
        return None
    off = line_amount(quantity=units, unit_price_minor=best.minor, price_per=offer.price_per)
    minor = min(off, most_off(offer, units))
    return Taken(best.deal, minor) if minor else None


def most_off(offer: Offer, units: int) -> int:
    """Return what may be taken off so many at most: everything but the éco-participation."""
    price, eco = (
        line_amount(quantity=units, unit_price_minor=each, price_per=offer.price_per)
        for each in (offer.price_minor, offer.eco_minor)
    )
    return max(price - eco, 0)


def _best_gain(
    several: Iterable[tuple[Deal, Mapping[str, Offer]]],
    quantities: Mapping[str, int],
    free: set[str],
    found: Mapping[str, Taken],
) -> "_Gain | None":
    """Return the n for m that takes most more off than its lines had; None when none does."""
    gains = [_gain(deal, lines, quantities, free, found) for deal, lines in several]
    best = max(gains, key=lambda gain: gain.more, default=None)
    return best if best is not None and best.more > 0 else None


@dataclass(frozen=True, slots=True)
class _Gain:
    deal: Deal
    group: frozenset[str]
    taken: Mapping[str, int]
    more: int


def _gain(
    deal: Deal,
    lines: Mapping[str, Offer],
    quantities: Mapping[str, int],
    free: set[str],
    found: Mapping[str, Taken],
) -> _Gain:
    """Return what an n for m takes off, of which lines, and how much more that is than they had.

    The cheapest are what is not paid.
    """
    mine = [sku for sku in lines if sku in free]
    mine.sort(key=lambda sku: (most_off(lines[sku], 1), sku))
    given = sum(quantities[sku] for sku in mine) // deal.take * (deal.take - deal.pay)
    taken: dict[str, int] = {}
    for sku in mine:
        units = min(given, quantities[sku])
        given -= units
        if minor := units * most_off(lines[sku], 1):
            taken[sku] = minor
    had = sum(found[sku].minor for sku in mine if sku in found)
    return _Gain(deal, frozenset(mine), taken, sum(taken.values()) - had)
