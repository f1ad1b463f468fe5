"""Prices of orders: computed here once, for every channel, from the catalogue's offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalog.queries import Offer
from kernel.money import VatShare, line_amount, vat_shares


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to, minor units, tax included, with the VAT of each rate."""

    total_minor: int
    vat: tuple[VatShare, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A quantity at the price that was agreed for it."""

    quantity: int
    unit_price_minor: int
    price_per: int
    vat_bp: int

    @property
    def amount_minor(self) -> int:
        """Return what this line comes to, minor units, tax included."""
        return line_amount(
            quantity=self.quantity,
            unit_price_minor=self.unit_price_minor,
            price_per=self.price_per,
        )


def totals(lines: Iterable[PricedLine]) -> Totals:
    """Return the sum of the lines and its VAT by rate."""
    amounts = [(line.vat_bp, line.amount_minor) for line in lines]
    return Totals(sum(amount for _, amount in amounts), tuple(vat_shares(amounts)))


def price_basket(offers: Mapping[str, Offer], quantities: Mapping[str, int]) -> Totals:
    """Return what these quantities cost at these offers."""
    return totals(
        PricedLine(quantity, offer.price_minor, offer.price_per, offer.vat_bp)
        for sku, quantity in quantities.items()
        for offer in (offers[sku],)
    )
