"""Who sends what: the fewest parcels the limits allow, then the better ranks. Pure.

All of it from one location, else from two, and so on. Of sets as large the one wins whose best
location ranks best, then whose second does. Within a set the better ranked gives all it has, unless
a shipment would be worth less than the least. Exact as long as no more than `SETS_MAX` sets of
locations need be looked at (always, where two parcels do); beyond, whoever has most of what is left
is taken until nothing is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import comb
from typing import Final

from orders.commands import SourcingOutcome
from orders.sourcing.dividing import Division, Quantities, Shares
from orders.sourcing.rules import SPLITS_MAX, Cost, Limits, RuleBook
from orders.sourcing.sieve import Candidate, Judged, sift

SETS_MAX: Final = 20_000
"""Sets of locations that are looked at before the search is no longer exact."""
PARTS_MAX: Final = 2_000
"""Sets that are looked at for as much as can be had, where nobody has everything."""
SHARES_MAX: Final = 50_000
"""Ways to divide goods that are looked at for shipments that are worth enough."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who sends what, what nobody does, and how every candidate was judged."""

    outcome: SourcingOutcome
    sends: Shares
    missing: dict[str, int]
    judged: list[Judged]
    relaxed: bool = False
    """Whether it took more parcels than the limits say, as `after_partial` does."""
    gathers: bool = False
    """Whether the first sends all of it in one parcel, which the others bring to it before."""


def choose(
    candidates: Sequence[Candidate],
    asked: Quantities,
    *,
    values_minor: Quantities,
    book: RuleBook,
    now: datetime,
) -> Choice:
    """Return who sends what of `asked`; `values_minor` is what one unit of each SKU is worth."""
    judged = sift(candidates, asked, rules=book.rules, limits=book.limits, now=now)
    kept = [each for each in judged if not each.fell]
    sends = _Search(kept, asked, values_minor, book.limits).best()
    missing, widened = _less(asked, sends), False
    if missing and book.widens:
        wider = Limits(max_splits=SPLITS_MAX, ship_complete=True)
        more = _Search(kept, asked, values_minor, wider).best()
        if more:
            sends, missing, widened = more, {}, True
    if missing and book.limits.ship_complete:
        sends, missing = [], dict(asked)
    gathers = widened and book.gathers
    parcels = 1 if gathers else len(sends)
    outcome = _outcome(parcels, missing)
    return Choice(outcome, sends, missing, judged, widened and not gathers, gathers)


def _outcome(parcels: int, missing: Quantities) -> SourcingOutcome:
    if not parcels:
        return SourcingOutcome.NONE
    if missing:
        return SourcingOutcome.PARTIAL
    return SourcingOutcome.WHOLE if parcels == 1 else SourcingOutcome.SPLIT


def _less(asked: Quantities, sends: Shares) -> dict[str, int]:
    left = dict(asked)
    for _code, quantities in sends:
        for sku, units in quantities.items():
            left[sku] -= units
    return {sku: units for sku, units in left.items() if units}


class _Search:
    """A search among kept candidates, best ranked first."""

    def __init__(
        self, kept: Sequence[Judged], asked: Quantities, values: Quantities, limits: Limits
    ) -> None:
        self.kept, self.asked, self.limits = kept, asked, limits
        self.most = min(limits.max_splits + 1, len(kept), sum(asked.values()))
        cost = limits.cost or Cost()
        self.costs = [cost.of(each.candidate.distance_km) for each in kept]
        self.division = Division(
            asked, values, least_minor=limits.min_value_minor, tries=SHARES_MAX
        )
        self.looked_at = 0
        self.tops = _tops(kept)
        self.having: dict[tuple[str, int], int] = {}

    def best(self) -> Shares:
        """Return the fewest parcels for all of it, or else as much of it as can be had."""
        for count in range(1, self.most + 1):
            for members in self._extend((), self.asked, count):
                if (shares := self._shared(members)) is not None:
                    return shares
        if self.looked_at >= SETS_MAX:
            greedy = self._greedy()
            if greedy and not _less(self.asked, greedy):
                return greedy
        return [] if self.limits.ship_complete else self._partial()

    def _extend(
        self, members: tuple[int, ...], need: Quantities, left: int
    ) -> Iterator[tuple[int, ...]]:
        """Yield sets that have everything needed between them, in the order of their ranks."""
        start = members[-1] + 1 if members else 0
        if left == 1:
            for last in self._having_all(need, start):
                self.looked_at += 1
                yield (*members, last)
            return
        for each in range(start, len(self.kept) - left + 1):
            self.looked_at += 1
            if self.looked_at >= SETS_MAX:
                return
            rest = _rest(need, self.kept[each].gives)
            if self._can_cover(rest, each + 1, left - 1):
                yield from self._extend((*members, each), rest, left - 1)

    def _having_all(self, need: Quantities, start: int) -> Iterator[int]:
        """Yield locations from `start` on that have all of it: one bit for each location."""
        found = -1 << start & (1 << len(self.kept)) - 1
        for sku, units in need.items():
            found &= self._who_has(sku, units)
        while found:
            last = (found & -found).bit_length() - 1
            yield last
            found &= found - 1

    def _who_has(self, sku: str, units: int) -> int:
        if (sku, units) not in self.having:
            self.having[sku, units] = sum(
                1 << at for at, each in enumerate(self.kept) if each.gives.get(sku, 0) >= units
            )
        return self.having[sku, units]

    def _can_cover(self, need: Quantities, start: int, left: int) -> bool:
        """Tell whether so many locations could at best have what is needed."""
        tops = self.tops[start]
        return all(tops.get(sku, 0) * left >= units for sku, units in need.items())

    def _shared(self, members: Sequence[int]) -> Shares | None:
        """Return what each of a set sends of all it can; None when a limit forbids it."""
        most = self.limits.max_cost_minor
        if most is not None and sum(self.costs[each] for each in members) > most:
            return None
        shares = self.division.divide([self.kept[each].gives for each in members])
        if shares is None:
            return None
        return [(self.kept[each].code, share) for each, share in zip(members, shares, strict=True)]

    def _partial(self) -> Shares:
        """Return as many units as can be had, from as few as can be, the better ranked first."""
        best: Shares = []
        most_units = 0
        if sum(comb(len(self.kept), count) for count in range(1, self.most + 1)) > PARTS_MAX:
            return self._greedy()
        for count in range(1, self.most + 1):
            for members in combinations(range(len(self.kept)), count):
                shares = self._shared(members)
                units = sum(sum(share.values()) for _code, share in shares or ())
                if shares is not None and units > most_units:
                    best, most_units = shares, units
        return best

    def _greedy(self) -> Shares:
        """Return what is had by taking whoever has most of what is left, again and again."""
        need, members, best = dict(self.asked), list[int](), Shares()
        while need and len(members) < self.most:
            gains = {
                at: sum(min(units, each.gives.get(sku, 0)) for sku, units in need.items())
                for at, each in enumerate(self.kept)
                if at not in members
            }
            most = max(gains, key=lambda at: (gains[at], -at))
            if not gains[most]:
                break
            shares = self._shared(sorted([*members, most]))
            if shares is not None:
                best = shares
            members.append(most)
            need = _rest(need, self.kept[most].gives)
        return best


def _rest(need: Quantities, gives: Quantities) -> dict[str, int]:
    return {sku: n for sku, units in need.items() if (n := units - gives.get(sku, 0)) > 0}


def _tops(kept: Sequence[Judged]) -> list[dict[str, int]]:
    """Return the most that any location has of each SKU, from each place in the order on."""
    tops: list[dict[str, int]] = [{}]
    for each in reversed(kept):
        top = dict(tops[-1])
        for sku, units in each.gives.items():
            top[sku] = max(top.get(sku, 0), units)
        tops.append(top)
    return tops[::-1]
