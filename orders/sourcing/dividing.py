"""Dividing goods among a set of locations, so that each shipment is worth enough. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final

POOL_MAX: Final = 200
"""Ways to divide one SKU that are looked at."""

Quantities = Mapping[str, int]
Shares = list[tuple[str, dict[str, int]]]


class Division:
    """How much each shipment must be worth, and how many ways to divide may still be tried.

    What is everything that was asked, in one piece, is always worth enough; an empty one never is.
    """

    def __init__(
        self, asked: Quantities, values: Quantities, *, least_minor: int, tries: int
    ) -> None:
        self.asked, self.values, self.least_minor, self.tries = asked, values, least_minor, tries

    def divide(self, offers: Sequence[Quantities]) -> list[dict[str, int]] | None:
        """Return what each of a set gives of all they can; None when that is not allowed.

        The first gives all it has and the next the rest, unless a shipment would be too small then.
        """
        wanted = {
            sku: units
            for sku, most in self.asked.items()
            if (units := min(most, sum(offer.get(sku, 0) for offer in offers)))
        }
        if len(offers) > 1 and not all(self._is_enough(_some(offer, wanted)) for offer in offers):
            return None
        skus = sorted(wanted)
        pools = [
            list(islice(_splits(wanted[sku], [each.get(sku, 0) for each in offers]), POOL_MAX))
            for sku in skus
        ]
        for amounts in product(*pools):
            self.tries -= 1
            shares = [
                {sku: split[at] for sku, split in zip(skus, amounts, strict=True) if split[at]}
                for at in range(len(offers))
            ]
            if all(self._is_enough(share) for share in shares):
                return shares
            if self.tries <= 0:
                return None
        return None

    def _is_enough(self, share: Quantities) -> bool:
        if not share:
            return False
        worth = sum(units * self.values.get(sku, 0) for sku, units in share.items())
        return worth >= self.least_minor or share == self.asked


def _some(offer: Quantities, wanted: Quantities) -> dict[str, int]:
    return {sku: n for sku, units in wanted.items() if (n := min(units, offer.get(sku, 0)))}


def _splits(units: int, most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield every way to have so many units from these, the first ones giving most first."""
    if len(most) == 1:
        if units <= most[0]:
            yield (units,)
        return
    rest = sum(most[1:])
    for first in range(min(units, most[0]), max(units - rest, 0) - 1, -1):
        for others in _splits(units - first, most[1:]):
            yield (first, *others)
