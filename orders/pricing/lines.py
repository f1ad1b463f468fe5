"""Lines of a document, what they come to, and the VAT of that."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.money import VatShare, line_amount, vat_shares


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document comes to, minor units, tax included, with the VAT of each rate."""

    total_minor: int
    vat: tuple[VatShare, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A quantity at the price that was agreed for it, less its share of a promotion."""

    quantity: int
    unit_price_minor: int
    price_per: int
    vat_bp: int
    discount_minor: int = 0

    @property
    def list_minor(self) -> int:
        """Return what this line would come to without a promotion, minor units, tax included."""
        return line_amount(
            quantity=self.quantity,
            unit_price_minor=self.unit_price_minor,
            price_per=self.price_per,
        )

    @property
    def amount_minor(self) -> int:
        """Return what this line comes to, minor units, tax included."""
        return max(self.list_minor - self.discount_minor, 0)


def totals(lines: Iterable[PricedLine]) -> Totals:
    """Return the sum of the lines and its VAT by rate."""
    amounts = [(line.vat_bp, line.amount_minor) for line in lines]
    return Totals(sum(amount for _, amount in amounts), tuple(vat_shares(amounts)))
