"""What a basket costs: computed here once, for every channel. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from catalog.queries import Offer
from kernel.money import line_amount, share_of_first
from orders.commands import AgreedCharge, AgreedLine
from orders.pricing.lines import PricedLine, Totals, totals
from orders.pricing.promotions import Deal, Taken, discount


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """So many of one SKU as they are sold now; `discount_minor` is what a promotion takes off all.

    `eco_minor` is included in `unit_price_minor`; `weight_g` is of one base unit.
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
    weight_g: int | None = None
    promotion_name: str = ""

    @property
    def eco_total_minor(self) -> int:
        """Return what of the line is éco-participation, which is included."""
        return line_amount(
            quantity=self.quantity, unit_price_minor=self.eco_minor, price_per=self.price_per
        )

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


@dataclass(frozen=True)
class Quote:
    """What a basket costs now, line by line and beside.

    `limited` are the promotions in it that only so many orders may have.
    """

    lines: tuple[QuotedLine, ...]
    charges: tuple[QuotedCharge, ...] = ()
    limited: frozenset[UUID] = frozenset()

    @property
    def discount_minor(self) -> int:
        """Return what promotions take off altogether."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def eco_minor(self) -> int:
        """Return what of the sum is éco-participation."""
        return sum(line.eco_total_minor for line in self.lines)

    @cached_property
    def totals(self) -> Totals:
        """Return the sum and its VAT."""
        charged = (PricedLine(1, each.amount_minor, 1, each.vat_bp) for each in self.charges)
        return totals([*(line.priced for line in self.lines), *charged])


def quote_basket(
    offers: Mapping[str, Offer], quantities: Mapping[str, int], deals: Sequence[Deal] = ()
) -> Quote:
    """Return what these quantities cost at these offers, less what these promotions take off."""
    taken = discount(offers, quantities, deals)
    lines = (_line(offers[sku], units, taken.get(sku)) for sku, units in quantities.items())
    limited = (each.deal.id for each in taken.values() if each.deal.uses_left is not None)
    return Quote(tuple(lines), limited=frozenset(limited))


def agree(quote: Quote, agreed: Mapping[str, AgreedLine]) -> Quote:
    """Return a basket at the prices another shop agreed for each of its SKUs.

    Nothing costs less than nothing; what of a price is éco-participation is never taken off.
    """
    return Quote(tuple(_agreed(line, agreed[line.sku]) for line in quote.lines))


def agree_charges(
    charges: Sequence[QuotedCharge], agreed: Mapping[UUID, AgreedCharge]
) -> tuple[QuotedCharge, ...]:
    """Return what ways to a door cost as another shop agreed it: nothing, if it did not say."""
    free = AgreedCharge(0)
    said = ((each, agreed.get(each.delivery_method_id, free)) for each in charges)
    return tuple(
        replace(
            each,
            amount_minor=charge.amount_minor,
            vat_bp=each.vat_bp if charge.vat_bp is None else charge.vat_bp,
        )
        for each, charge in said
    )


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
            shares[-1][sku] = mine = share_of_first(discount, units=units, of=quantity)
            left[sku] = (quantity - units, discount - mine)
    return shares


def quote_part(quote: Quote, quantities: Mapping[str, int]) -> Quote:
    """Return what these goods of a basket come to in it, with their share of what is taken off."""
    lines = (
        replace(
            line,
            quantity=quantities[line.sku],
            discount_minor=share_of_first(
                line.discount_minor, units=quantities[line.sku], of=line.quantity
            ),
        )
        for line in quote.lines
        if line.sku in quantities
    )
    return Quote(tuple(lines))


def _agreed(line: QuotedLine, agreed: AgreedLine) -> QuotedLine:
    at_list = replace(
        line,
        unit_price_minor=agreed.unit_price_minor,
        vat_bp=line.vat_bp if agreed.vat_bp is None else agreed.vat_bp,
    )
    off = min(agreed.discount_minor, at_list.priced.list_minor)
    left_each = (at_list.priced.list_minor - off) * line.price_per // line.quantity
    return replace(at_list, discount_minor=off, eco_minor=min(line.eco_minor, left_each))


def _line(offer: Offer, quantity: int, taken: Taken | None) -> QuotedLine:
    return QuotedLine(
        offer.sku,
        offer.label,
        quantity,
        offer.price_minor,
        offer.price_per,
        offer.vat_bp,
        offer.eco_minor,
        taken.minor if taken else 0,
        taken.deal.id if taken else None,
        offer.weight_g,
        taken.deal.name if taken else "",
    )
