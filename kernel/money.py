"""Money: integer minor units with an ISO 4217 currency, rounded half up, VAT on the sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class VatShare:
    """What one VAT rate makes of a document: `gross = net + vat`, minor units."""

    rate_bp: int
    gross_minor: int
    net_minor: int
    vat_minor: int


def half_up(value: Decimal) -> int:
    """Return the nearest whole number, halves away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def line_amount(*, quantity: int, unit_price_minor: int, price_per: int) -> int:
    """Return what `quantity` base units cost at `unit_price_minor` for `price_per` of them."""
    return half_up(Decimal(quantity * unit_price_minor) / Decimal(price_per))


def share(amount_minor: int, *, quantity: int, of: int) -> int:
    """Return how much of an amount for `of` units belongs to `quantity` of them, half up."""
    return half_up(Decimal(amount_minor * quantity) / Decimal(of)) if amount_minor else 0


def share_of_first(amount_minor: int, *, units: int, of: int) -> int:
    """Return how much of an amount for `of` units belongs to the first `units` of them.

    Each unit has a whole share, no two of which differ by more than one, the larger ones first.
    Whichever units are taken away, with their shares, the rest is divided as it was before: shares
    never depend on the order in which a line is shortened, split, given or sent on.
    """
    each, larger = divmod(amount_minor, of)
    return each * units + min(units, larger)


def vat_shares(lines: Iterable[tuple[int, int]]) -> list[VatShare]:
    """Split (rate in basis points, gross) lines by rate; VAT is taken on each rate's sum."""
    sums: dict[int, int] = {}
    for rate_bp, gross_minor in lines:
        sums[rate_bp] = sums.get(rate_bp, 0) + gross_minor
    return [_share(rate_bp, gross) for rate_bp, gross in sorted(sums.items())]


def _share(rate_bp: int, gross_minor: int) -> VatShare:
    net = half_up(Decimal(gross_minor) * BASIS_POINTS / Decimal(BASIS_POINTS + rate_bp))
    return VatShare(rate_bp, gross_minor, net, gross_minor - net)
