"""What an announced reduction is shown beside: the lowest price of the 30 days before it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from catalog.queries import Offer, PriceSpan
from kernel.money import line_amount
from orders.pricing.promotions import Deal, best_alone

BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ShelfPrice:
    """What `price_per` units of an article cost somebody who takes no more; minor units.

    `list_minor` is without promotions. `lowest_minor` is the lowest price of the 30 days before a
    reduction that is announced; None where none is, or nothing was sold then. `several` are the
    names of promotions on more than one.
    """

    list_minor: int
    paid_minor: int
    price_per: int
    currency: str
    eco_minor: int = 0
    promotion: str = ""
    several: tuple[str, ...] = ()
    is_reduced: bool = False
    lowest_minor: int | None = None

    @property
    def was_minor(self) -> int | None:
        """Return what is struck through: the price without promotion, else the lowest before."""
        if self.paid_minor < self.list_minor:
            return self.list_minor
        if self.is_reduced and self.lowest_minor and self.lowest_minor > self.paid_minor:
            return self.lowest_minor
        return None


def shelf_price(
    offer: Offer, deals: Sequence[Deal], spans: Sequence[PriceSpan], *, now: datetime
) -> ShelfPrice:
    """Return what an article costs now; `deals` and `spans` reach back 30 days and more."""
    here = [deal for deal in deals if deal.is_on(offer)]
    holding = [deal for deal in here if deal.holds(now)]
    taken = best_alone(offer, holding)
    shown = ShelfPrice(
        offer.price_minor,
        offer.price_minor - (taken.minor if taken else 0),
        offer.price_per,
        offer.currency,
        offer.eco_minor,
        taken.deal.name if taken else "",
        tuple(deal.name for deal in holding if deal.is_for_several),
        offer.is_reduced,
    )
    began = taken.deal.valid_from if taken else _reduced_since(offer, spans)
    if began is None:
        return shown
    return replace(shown, lowest_minor=lowest_before(offer, here, spans, began=began))


def lowest_before(
    offer: Offer, deals: Sequence[Deal], spans: Iterable[PriceSpan], *, began: datetime
) -> int | None:
    """Return the lowest price of `price_per` units in the 30 days before `began`, as sold singly.

    None when it was not sold then.
    """
    first = began - BEFORE
    lowest: list[int] = []
    for span in spans:
        start, end = max(span.valid_from, first), min(span.valid_to or began, began)
        if start >= end:
            continue
        then = replace(offer, price_minor=span.amount_minor, price_per=span.price_per)
        running = [each for each in deals if _overlaps(each, start, end)]
        taken = best_alone(then, running)
        paid_minor = span.amount_minor - (taken.minor if taken else 0)
        lowest.append(
            line_amount(
                quantity=offer.price_per, unit_price_minor=paid_minor, price_per=span.price_per
            )
        )
    return min(lowest, default=None)


def _reduced_since(offer: Offer, spans: Iterable[PriceSpan]) -> datetime | None:
    """Return since when the price is announced as reduced without a break; None if it is not."""
    if not offer.is_reduced:
        return None
    since: datetime | None = None
    before: PriceSpan | None = None
    for span in sorted(spans, key=lambda each: each.valid_from):
        goes_on = before is not None and before.is_reduced and before.valid_to == span.valid_from
        if span.is_reduced and not goes_on:
            since = span.valid_from
        before = span
    return since


def _overlaps(deal: Deal, start: datetime, end: datetime) -> bool:
    return deal.valid_from < end and (deal.valid_to is None or deal.valid_to > start)
