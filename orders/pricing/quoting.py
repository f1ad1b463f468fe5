"""What a basket costs: computed here once, for every channel. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.queries import Offer
from kernel.money import share
from orders.pricing.lines import PricedLine, Totals, totals


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """So many of one SKU as they are sold now; `discount_minor` is what a promotion takes off all.

    `eco_minor` is included in `unit_price_minor`.
    """

    sku: str
    label: str
    quantity: int
    unit_price_minor: int
    price_per: int
    vat_bp: int
    eco_minor: int = 0
    discount_minor: int = 0
    promotion_id: UUID | None = None

    @property
    def priced(self) -> PricedLine:
        """Return it as a line of a document."""
        return PricedLine(
            self.quantity,
            self.unit_price_minor,
            self.price_per,
            self.vat_bp,
            self.discount_minor,
        )


@dataclass(frozen=True, slots=True)
class QuotedCharge:
    """What one way to a door costs; minor units, tax included."""

    delivery_method_id: UUID
    name: str
    amount_minor: int
    vat_bp: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket costs now, line by line and beside."""

    lines: tuple[QuotedLine, ...]
    charges: tuple[QuotedCharge, ...] = ()

    @property
    def totals(self) -> Totals:
        """Return the sum and its VAT."""
        charged = (PricedLine(1, each.amount_minor, 1, each.vat_bp) for each in self.charges)
        return totals([*(line.priced for line in self.lines), *charged])


def quote_basket(offers: Mapping[str, Offer], quantities: Mapping[str, int]) -> Quote:
    """Return what these quantities cost at these offers."""
    return Quote(tuple(_line(offers[sku], units) for sku, units in quantities.items()))


def divide_discount(
    lines: Sequence[QuotedLine], parts: Sequence[Mapping[str, int]]
) -> list[dict[str, int]]:
    """Return how much of each line's discount belongs to each part of the order, by SKU.

    The parts' shares of a line add up to its discount when the parts' units add up to its own.
    """
    left = {line.sku: (line.quantity, line.discount_minor) for line in lines}
    shares: list[dict[str, int]] = []
    for part in parts:
        shares.append({})
        for sku, units in part.items():
            quantity, discount = left[sku]
            shares[-1][sku] = mine = share(discount, quantity=units, of=quantity)
            left[sku] = (quantity - units, discount - mine)
    return shares


def _line(offer: Offer, quantity: int) -> QuotedLine:
    return QuotedLine(
        offer.sku,
        offer.label,
        quantity,
        offer.price_minor,
        offer.price_per,
        offer.vat_bp,
        offer.eco_minor,
    )
