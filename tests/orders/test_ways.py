"""Ways to get a basket, held against every way there is on small cases."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.availability import Coverage, Later, Reason, StoreOffer, Way, WayKind, rank_ways

TODAY: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SKUS: Final = ("A", "B", "C")
Price = tuple[int, int, date, float]


def offer(
    code: str,
    given_now: Mapping[str, int],
    wanted: Mapping[str, int],
    *,
    then: tuple[int, Mapping[str, int]] | None = None,
    hours: int = 2,
    km: float = 1.0,
) -> StoreOffer:
    """Return what a store has now (hours from noon) and, more of it, some days later."""
    now = {sku: min(given_now.get(sku, 0), units) for sku, units in wanted.items()}
    later = None
    if then is not None and now != wanted:
        days, more = then
        all_then = {sku: min(now[sku] + more.get(sku, 0), wanted[sku]) for sku in wanted}
        if all_then != now:
            later = Later((TODAY + timedelta(days=days)).date(), all_then, all_then == wanted)
    coverage, reason = Coverage.NONE, Reason.NOT_STOCKED
    if now == wanted:
        coverage, reason = Coverage.FULL, Reason.AVAILABLE
    elif any(now.values()):
        coverage, reason = Coverage.PART, Reason.SHORT
    elif later is not None:
        coverage, reason = Coverage.LATER, Reason.LATER
    ready = TODAY + timedelta(hours=hours) if coverage in {"full", "part"} else None
    return StoreOffer(_row(code, km), coverage, reason, now, ready, ready, ready, later)


def _row(code: str, km: float) -> Any:
    """Return a row as the database gives it."""
    names = (
        "location_id brand_id brand_code group_id currency default_language store_name street city "
        "postcode country phone latitude longitude opening_hours holiday_region sells collects "
        "ships opened_at offered paused paused_until pause_reason full_days asked_at method"
    )
    plain = dict.fromkeys(names.split())
    known = {"prepare_min": 120, "hold_days": 7, "rules": "{}", "waiting": 0}
    place = {"store_code": code, "distance_km": km, "time_zone": "Europe/Paris"}
    return SimpleNamespace(**plain, **known, **place)


def every_price(offers: Sequence[StoreOffer], wanted: Mapping[str, int]) -> list[Price]:
    """Return what each way there is costs, reckoned without the code under test."""
    total = sum(wanted.values())
    prices: list[Price] = []
    part = [each for each in offers if each.coverage is Coverage.PART]
    for each in offers:
        km = each.distance_km or 0.0
        if each.ready_at is not None:
            left = total - sum(each.available.values())
            prices.append((left, 1, each.ready_at.date(), km))
        if each.later is not None:
            left = total - sum(each.later.available.values())
            day = each.later.on if each.ready_at is None else max(each.later.on, TODAY.date())
            prices.append((left, 1, day, km))
    for one, two in combinations(part, 2):
        if all(one.available[sku] + two.available[sku] >= units for sku, units in wanted.items()):
            assert one.ready_at is not None
            assert two.ready_at is not None
            day = max(one.ready_at, two.ready_at).date()
            prices.append((0, 2, day, (one.distance_km or 0.0) + (two.distance_km or 0.0)))
    return prices


def front(prices: Sequence[Price]) -> list[Price]:
    """Return the prices that no other is as good as in everything, each once."""

    def beaten(price: Price) -> bool:
        others = (other for other in prices if other != price)
        return any(all(a <= b for a, b in zip(other, price, strict=True)) for other in others)

    return sorted({price for price in prices if not beaten(price)})


units = st.integers(0, 3)
stores = st.lists(
    st.tuples(
        st.fixed_dictionaries(dict.fromkeys(SKUS, units)),
        st.none() | st.tuples(st.integers(1, 4), st.fixed_dictionaries(dict.fromkeys(SKUS, units))),
        st.sampled_from((2, 5, 20, 30)),
        st.sampled_from((1.0, 2.5, 8.0)),
    ),
    max_size=6,
)
baskets = st.fixed_dictionaries(dict.fromkeys(SKUS, st.integers(0, 3))).map(
    lambda found: {sku: units for sku, units in found.items() if units} or {"A": 1}
)


@given(wanted=baskets, drawn=stores)
@settings(max_examples=300, deadline=None)
def test_the_ways_are_the_best_there_are_and_nothing_is_given_that_is_not_there(
    wanted: dict[str, int], drawn: list[Any]
) -> None:
    offers = [
        offer(f"s{place}", now, wanted, then=then, hours=hours, km=km)
        for place, (now, then, hours, km) in enumerate(drawn)
    ]
    ways = rank_ways(offers, wanted)
    assert [way.price for way in ways] == front(every_price(offers, wanted))[:5]
    by_code = {each.row.store_code: each for each in offers}
    for way in ways:
        _assert_can_be_had(way, by_code, wanted)


def _assert_can_be_had(
    way: Way, by_code: Mapping[str, StoreOffer], wanted: Mapping[str, int]
) -> None:
    had = dict(way.missing)
    for part in way.parts:
        source = by_code[part.store.code]
        most = source.available
        if part.ready_at is None:
            assert source.later is not None
            most = source.later.available
        for sku, amount in part.quantities.items():
            assert 0 < amount <= most[sku]
            had[sku] = had.get(sku, 0) + amount
    assert had == dict(wanted)


def test_what_is_near_and_late_stands_beside_what_is_far_and_soon() -> None:
    wanted = {"A": 2, "B": 1}
    ways = rank_ways(
        [
            offer("far", wanted, wanted, km=40.0),
            offer("near", {"A": 1, "B": 1}, wanted, then=(3, {"A": 5}), km=1.0),
            offer("next", {"A": 1}, wanted, km=2.0),
            offer("nothing", {}, wanted, km=0.5),
        ],
        wanted,
    )
    assert [(way.kind, [part.store.code for part in way.parts]) for way in ways] == [
        (WayKind.ALL, ["far"]),
        (WayKind.REST_LATER, ["near", "near"]),
        (WayKind.SPLIT, ["near", "next"]),
        (WayKind.PART, ["near"]),
    ]
    assert [dict(part.quantities) for part in ways[2].parts] == [{"A": 1, "B": 1}, {"A": 1}]


def test_without_any_offer_there_is_no_way() -> None:
    assert rank_ways([], {"A": 1}) == []
    assert rank_ways([offer("s", {}, {"A": 1})], {"A": 1}) == []
