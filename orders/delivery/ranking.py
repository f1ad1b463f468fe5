"""Every way to have a basket in one order: collected, or brought. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from orders.availability import Part, Way
from orders.delivery.options import DeliveryOption

BROUGHT: Final = "brought"
"""What a way to a door is called among `WayKind`."""


@dataclass(frozen=True, slots=True)
class RankedWay:
    """One way among all of them: to collect (`way`), or to have it brought (`delivery`)."""

    way: Way | None = None
    delivery: DeliveryOption | None = None

    @property
    def kind(self) -> str:
        """Return what it asks of the shopper."""
        return self.way.kind.value if self.way else BROUGHT

    @property
    def day(self) -> date:
        """Return the day by which one has what it gives."""
        if self.delivery is None:
            return max(each.day for each in self.parts)
        return self.delivery.arrives_by or date.max

    @property
    def price_minor(self) -> int:
        """Return what it costs beside the goods: collecting costs nothing."""
        return self.delivery.charge.amount_minor if self.delivery else 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return what each store gives of what is collected."""
        return self.way.parts if self.way else ()

    @property
    def missing(self) -> Mapping[str, int]:
        """Return what it leaves out."""
        return self.way.missing if self.way else {}


def rank_all(ways: Sequence[Way], options: Sequence[DeliveryOption]) -> list[RankedWay]:
    """Return the ways to collect a basket and those to a door, the best first.

    Best is: nothing missing, then the day one has all of it, then the price, then as `ways` come. A
    way to a door is left out when another is there as early for as little, or when nobody knows its
    day yet.
    """
    dated = [RankedWay(delivery=option) for option in options if option.arrives_by]
    brought: list[RankedWay] = []
    for each in sorted(dated, key=_rank):
        if all(each.price_minor < better.price_minor for better in brought):
            brought.append(each)
    return sorted([*(RankedWay(way) for way in ways), *brought], key=_rank)


def _rank(way: RankedWay) -> tuple[int, date, int]:
    return (sum(way.missing.values()), way.day, way.price_minor)
