"""Past decisions decided again by other rules, with stock as it was then, and both compared.

Where stores are, how they work and what a day holds are taken as they are now; how much a store has
to do is what the replay itself has given it that day. Each order is judged by itself: what another
decision would have left on a shelf is not carried on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from orders.availability import StoreOffer, find_offers
from orders.commands import Method
from orders.queries import DecisionFacts
from orders.sourcing.deciding import UNABLE_REASONS, Held, groups_by_id, uses
from orders.sourcing.engine import Choice, choose
from orders.sourcing.rules import After, RuleBook
from orders.sourcing.sieve import Candidate
from stores.commands import StoreMethod
from stores.queries import Where

REPLAYED_MAX: Final = 20_000


@dataclass(slots=True)
class Tally:
    """What decisions amount to: orders with all of it, parcels, kilometres, stores' load.

    `last_units` are shipments that took the last unit of an article from a store's shelf.
    """

    orders: int = 0
    whole: int = 0
    split: int = 0
    parcels: int = 0
    km: float = 0.0
    missing_units: int = 0
    last_units: int = 0
    from_stores: int = 0
    by_store: Counter[str] = field(default_factory=Counter)
    follows: Counter[str] = field(default_factory=Counter)
    """How many deliveries of which something is missing are taken, by what follows."""

    @property
    def split_share(self) -> float:
        """Return the share of orders that leave in more than one parcel."""
        return self.split / self.orders if self.orders else 0.0

    @property
    def gathered(self) -> int:
        """Return how many orders are brought together before they leave."""
        return self.follows[After.TRANSFER]

    @property
    def waiting(self) -> int:
        """Return how many orders wait for what is announced."""
        return self.follows[After.WAIT]

    @property
    def left_to_person(self) -> int:
        """Return for how many orders a person finds a way."""
        return self.follows[After.CASE]

    @property
    def busiest(self) -> tuple[str, int]:
        """Return the location that sends most, and how many parcels."""
        return next(iter(self.by_store.most_common(1)), ("", 0))


@dataclass(frozen=True, slots=True)
class Differing:
    """An order that other rules would have sent otherwise: who sent it, and who would have.

    `missing_units` are those nobody would have sent.
    """

    order_id: UUID
    order_number: str
    placed_at: datetime
    was: tuple[str, ...]
    would_be: tuple[str, ...]
    missing_units: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided, what these rules would have, and the orders in which both differ."""

    decided: Tally
    replayed: Tally
    differing: tuple[Differing, ...]


@dataclass(frozen=True, slots=True)
class _Sent:
    store: str
    quantities: Mapping[str, int]
    km: float
    brings: bool = False
    """Whether it goes to another location first."""


def replay(session: Session, decisions: Sequence[DecisionFacts], rules: Held) -> Replay:
    """Return what rules would have made of past decisions, beside what was made of them."""
    ordered = sorted(decisions, key=lambda each: (each.placed_at, each.id))
    skus = sorted({sku for each in ordered for sku in each.asked["quantities"]})
    groups = groups_by_id(session) if uses(rules.book, "groups") else {}
    offers = {brand: _offers(session, brand, skus) for brand in _brands(ordered)}
    moments = [each.placed_at for each in ordered]
    levels = inventory.queries.levels_at_moments(session, skus=skus, moments=moments)
    result = Replay(Tally(), Tally(), ())
    given: Counter[tuple[str, date]] = Counter()
    differing = []
    for decision, had in zip(ordered, levels, strict=False):
        places = {each.row.store_code: each for each in offers[decision.asked["brand"]]}
        candidates = [_candidate(each, decision, groups, had, given) for each in places.values()]
        choice = choose(
            candidates,
            decision.asked["quantities"],
            values_minor=decision.asked["values_minor"],
            book=rules.book,
            now=decision.placed_at,
        )
        by_code = {each.code: each for each in candidates}
        was, would = _was(decision), _would(choice, by_code)
        for store in would:
            given[store.store, decision.placed_at.date()] += 1
        _count(result.decided, decision, was, by_code)
        _count(result.replayed, decision, would, by_code)
        if decision.method is Method.DELIVERY:
            result.decided.follows[_followed(decision)] += 1
            result.replayed.follows[_would_follow(choice, rules.book)] += 1
        if {each.store: dict(each.quantities) for each in was} != {
            each.store: dict(each.quantities) for each in would
        }:
            differing.append(_differing(decision, was, would))
    return replace(result, differing=tuple(differing))


def _was(decision: DecisionFacts) -> list[_Sent]:
    """Return who sent what; of what is brought together each has what came from there."""
    brings = Counter[str]()
    for each in decision.chosen:
        brings.update(each["quantities"] if each.get("brings") else {})
    return [
        _Sent(each["store"], each["quantities"], each["km"], brings=True)
        if each.get("brings")
        else _Sent(each["store"], dict(Counter(each["quantities"]) - brings), each["km"])
        for each in decision.chosen
    ]


def _would(choice: Choice, by_code: Mapping[str, Candidate]) -> list[_Sent]:
    return [
        _Sent(code, share, by_code[code].distance_km, brings=choice.gathers and place > 0)
        for place, (code, share) in enumerate(choice.sends)
    ]


def _followed(decision: DecisionFacts) -> str:
    if any(each.get("brings") for each in decision.chosen):
        return After.TRANSFER
    lacking = decision.losing.get("awaits") or decision.losing.get("missing")
    return str(decision.asked["after"]) if lacking else ""


def _would_follow(choice: Choice, book: RuleBook) -> str:
    """Return what would follow; what was announced at that time nobody knows any more."""
    if choice.gathers:
        return After.TRANSFER
    if not choice.missing:
        return ""
    return book.limits.after_partial if choice.sends else book.limits.after_none


def _brands(decisions: Sequence[DecisionFacts]) -> set[str]:
    return {each.asked["brand"] for each in decisions}


def _offers(session: Session, brand: str, skus: Sequence[str]) -> list[StoreOffer]:
    where = Where(brand=brand, method=StoreMethod.SHIP)
    return find_offers(session, quantities=dict.fromkeys(skus[:1], 1), where=where)


def _candidate(
    offer: StoreOffer,
    decision: DecisionFacts,
    groups: Mapping[UUID, str],
    had: Mapping[UUID, Mapping[str, int]],
    given: Counter[tuple[str, date]],
) -> Candidate:
    row = offer.row
    ready_at = offer.ready_at and decision.placed_at + (offer.ready_at - row.asked_at)
    out = offer.reason in UNABLE_REASONS and offer.reason.value != "paused"
    brought = decision.method is Method.DELIVERY
    mine = not brought and str(row.location_id) == decision.asked["store_id"]
    place = decision.place
    return Candidate(
        row.store_code,
        stores.queries.kilometres(
            (place["latitude"], place["longitude"]), (row.latitude, row.longitude)
        ),
        _left(had.get(row.location_id, {}), decision.asked, row.location_id),
        groups.get(row.group_id),
        row.ships and not row.sells,
        given[row.store_code, decision.placed_at.date()],
        ready_at or decision.placed_at,
        offer.reason.value if (out and brought) or mine else "",
    )


def _left(had: Mapping[str, int], asked: Mapping[str, Any], location_id: UUID) -> Mapping[str, int]:
    """Return what a location had beside what other parts of the same order took there."""
    taken = asked.get("taken", {}).get(str(location_id), {})
    return {sku: max(units - taken.get(sku, 0), 0) for sku, units in had.items()}


def _count(
    tally: Tally,
    decision: DecisionFacts,
    sends: Sequence[_Sent],
    by_code: Mapping[str, Candidate],
) -> None:
    asked = sum(decision.asked["quantities"].values())
    sent = sum(sum(each.quantities.values()) for each in sends)
    tally.orders += 1
    tally.whole += sent == asked
    parcels = sum(not each.brings for each in sends)
    tally.split += parcels > 1
    tally.parcels += parcels
    tally.missing_units += asked - sent
    for each in sends:
        place = by_code.get(each.store)
        from_store = place is not None and not place.is_warehouse
        if not each.brings:
            tally.km += each.km
            tally.by_store[each.store] += 1
            tally.from_stores += from_store
        if place is not None and from_store:
            tally.last_units += any(
                place.has.get(sku, 0) <= units for sku, units in each.quantities.items()
            )


def _differing(decision: DecisionFacts, was: Sequence[_Sent], would: Sequence[_Sent]) -> Differing:
    return Differing(
        decision.order_id,
        decision.order_number,
        decision.placed_at,
        tuple(each.store for each in was),
        tuple(each.store for each in would),
        sum(decision.asked["quantities"].values())
        - sum(sum(each.quantities.values()) for each in would),
    )
