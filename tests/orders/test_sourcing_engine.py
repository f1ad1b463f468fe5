"""Who sends what, held against a reference that tries everything, on small cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.commands import Method, SourcingOutcome
from orders.errors import UnreadableRules
from orders.sourcing.engine import Choice, choose
from orders.sourcing.rules import After, Cost, RuleBook, read_book
from orders.sourcing.sieve import Candidate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SKUS = ("A", "B", "C")
VALUES = {"A": 500, "B": 1_200, "C": 2_000}
Shares = Mapping[str, Mapping[str, int]]


def book(*rules: dict[str, Any], **limits: Any) -> RuleBook:
    """Return rules of a delivery."""
    return read_book(list(rules), limits, method=Method.DELIVERY)


def decided(candidates: Sequence[Candidate], asked: Mapping[str, int], rules: RuleBook) -> Choice:
    """Return what the engine says."""
    return choose(candidates, asked, values_minor=VALUES, book=rules, now=NOW)


@dataclass(frozen=True)
class Case:
    """A small retailer, what is asked of it, and what bounds the choice."""

    candidates: list[Candidate]
    asked: dict[str, int]
    units_left: int
    warehouses_too: bool
    max_splits: int
    min_value_minor: int
    max_cost_minor: int | None

    @property
    def rules(self) -> RuleBook:
        """Return the case as rules."""
        rules: list[dict[str, Any]] = [{"filter": "capacity"}, {"rank": "distance", "step_km": 50}]
        if self.units_left:
            exempt = {} if self.warehouses_too else {"except_warehouses": True}
            rules.insert(0, {"filter": "units_left", "units": self.units_left, **exempt})
        limits: dict[str, Any] = {
            "max_splits": self.max_splits,
            "min_value_minor": self.min_value_minor,
        }
        if self.max_cost_minor is not None:
            limits |= {"max_cost_minor": self.max_cost_minor, "cost": {"parcel_minor": 400}}
        return book(*rules, {"rank": "load"}, **limits)

    def may_give(self, candidate: Candidate) -> dict[str, int]:
        """Return what a location may send at most, told independently of the engine."""
        if candidate.unable or candidate.day_full:
            return {}
        keeps = 0
        if self.units_left and (self.warehouses_too or not candidate.is_warehouse):
            keeps = self.units_left
        may = {
            sku: min(wanted, candidate.has.get(sku, 0) - keeps)
            for sku, wanted in self.asked.items()
        }
        return {sku: units for sku, units in may.items() if units > 0}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a case."""
    units = st.integers(0, 3)
    candidates = [
        Candidate(
            code=f"s{number}",
            distance_km=draw(st.integers(0, 300)),
            has={sku: draw(units) for sku in SKUS},
            is_warehouse=draw(st.booleans()),
            load=draw(st.integers(0, 2)),
            ready_at=NOW + timedelta(hours=draw(st.integers(0, 5))),
            unable=draw(st.sampled_from(["", "", "", "paused"])),
            day_full=draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    asked = {sku: draw(st.integers(1, 3)) for sku in SKUS[: draw(st.integers(1, 3))]}
    return Case(
        candidates,
        asked,
        draw(st.integers(0, 2)),
        draw(st.booleans()),
        draw(st.integers(0, 3)),
        draw(st.sampled_from([0, 0, 600, 1_500, 3_000])),
        draw(st.sampled_from([None, None, 400, 800, 1_200])),
    )


def every_way(case: Case, members: Sequence[Candidate]) -> Iterator[Shares]:
    """Yield every way in which each of these sends something, however much of it."""
    amounts = [
        [range(case.may_give(each).get(sku, 0) + 1) for sku in case.asked] for each in members
    ]
    for shares in product(*(product(*each) for each in amounts)):
        yield {
            each.code: {sku: n for sku, n in zip(case.asked, share, strict=True) if n}
            for each, share in zip(members, shares, strict=True)
        }


def is_allowed(case: Case, shares: Shares) -> bool:
    """Tell whether shipments keep every limit, as docs/sourcing.md says it."""
    if len(shares) > case.max_splits + 1 or not all(shares.values()):
        return False
    for sku, wanted in case.asked.items():
        if sum(share.get(sku, 0) for share in shares.values()) > wanted:
            return False
    if case.max_cost_minor is not None and 400 * len(shares) > case.max_cost_minor:
        return False
    return all(
        share == case.asked
        or sum(VALUES[sku] * units for sku, units in share.items()) >= case.min_value_minor
        for share in shares.values()
    )


def best_of_everything(case: Case) -> tuple[int, int]:
    """Return the most units that can be sent, and the fewest parcels they take."""
    best = (0, 0)
    able = [each for each in case.candidates if case.may_give(each)]
    for count in range(1, len(able) + 1):
        for members in combinations(able, count):
            for shares in every_way(case, members):
                units = sum(sum(share.values()) for share in shares.values())
                if (units, -count) > (best[0], -best[1]) and is_allowed(case, shares):
                    best = (units, count)
    return best


@settings(max_examples=250, deadline=None)
@given(cases())
def test_nothing_that_the_rules_allow_sends_more_or_in_fewer_parcels(case: Case) -> None:
    choice = decided(case.candidates, case.asked, case.rules)
    shares = dict(choice.sends)
    units, parcels = best_of_everything(case)
    assert (sum(sum(each.values()) for each in shares.values()), len(shares)) == (units, parcels)
    assert len(shares) == len(choice.sends)
    assert not shares or is_allowed(case, shares)
    by_code = {each.code: each for each in case.candidates}
    for code, share in shares.items():
        may = case.may_give(by_code[code])
        assert all(may[sku] >= n for sku, n in share.items())


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_is_sent_and_what_is_missing_add_up(case: Case) -> None:
    choice = decided(case.candidates, case.asked, case.rules)
    for sku, wanted in case.asked.items():
        sent = sum(share.get(sku, 0) for _code, share in choice.sends)
        assert sent + choice.missing.get(sku, 0) == wanted
    whole = not choice.missing
    assert (choice.outcome in {SourcingOutcome.WHOLE, SourcingOutcome.SPLIT}) is whole
    assert {each.code for each in choice.judged} == {each.code for each in case.candidates}


@settings(max_examples=200, deadline=None)
@given(cases())
def test_one_location_that_has_all_of_it_is_the_first_that_ranks(case: Case) -> None:
    choice = decided(case.candidates, case.asked, case.rules)
    whole = [each for each in case.candidates if case.may_give(each) == case.asked]
    cheap = case.max_cost_minor is None or case.max_cost_minor >= 400
    if not whole or not cheap:
        return
    first = min(whole, key=lambda each: (int(each.distance_km // 50), each.load, each.code))
    assert choice.sends == [(first.code, case.asked)]


def stocked(code: str, km: float = 1.0, **has: int) -> Candidate:
    return Candidate(code, km, has, ready_at=NOW)


def test_of_two_parcels_the_better_ranked_gives_all_it_has() -> None:
    choice = decided(
        [stocked("far", 9, A=3), stocked("near", 1, A=2), stocked("mid", 5, A=2)],
        {"A": 4},
        book({"rank": "distance"}, max_splits=1),
    )
    assert choice.sends == [("near", {"A": 2}), ("mid", {"A": 2})]


def test_goods_move_to_the_farther_parcel_rather_than_leave_it_too_small() -> None:
    choice = decided(
        [stocked("near", 1, A=3), stocked("far", 9, A=2, B=0)],
        {"A": 4},
        book({"rank": "distance"}, max_splits=1, min_value_minor=1_000),
    )
    assert choice.sends == [("near", {"A": 2}), ("far", {"A": 2})]


def test_more_parcels_than_the_limit_only_where_the_rules_say_so() -> None:
    two = [stocked("a", A=1), stocked("b", B=1)]
    asked = {"A": 1, "B": 1}
    assert decided(two, asked, book()).missing == {"B": 1}
    split = decided(two, asked, book(after_partial="split"))
    assert (split.outcome, split.relaxed) == (SourcingOutcome.SPLIT, True)
    assert decided(two, asked, book(ship_complete=True)).sends == []


@settings(max_examples=150)
@given(cases())
def test_what_is_brought_together_is_what_more_parcels_would_have_sent(case: Case) -> None:
    rules = case.rules
    split, gathered = (
        decided(
            case.candidates,
            case.asked,
            replace(rules, limits=replace(rules.limits, after_partial=after)),
        )
        for after in (After.SPLIT, After.TRANSFER)
    )
    assert (gathered.sends, gathered.missing) == (split.sends, split.missing)
    assert (gathered.gathers, gathered.relaxed) == (split.relaxed, False)
    if gathered.gathers:
        assert gathered.outcome is SourcingOutcome.WHOLE


def test_a_whole_chain_is_searched_within_bounds() -> None:
    chain = [stocked(f"s{at:03}", at, **{f"K{at % 20}": 2, "K0": 1}) for at in range(540)]
    asked = {f"K{at}": 1 for at in range(20)}
    rules = book({"rank": "distance"}, max_splits=3)
    choice = choose(chain, asked, values_minor={}, book=rules, now=NOW)
    assert (choice.outcome, len(choice.sends)) == (SourcingOutcome.PARTIAL, 4)
    assert sum(sum(share.values()) for _code, share in choice.sends) >= 5


@pytest.mark.parametrize(
    ("rules", "limits", "wrong"),
    [
        ([{"filter": "nearby"}], {}, "Rule 1: a filter is one of within_km, units_left"),
        ([{"rank": "distance", "filter": "capacity"}], {}, 'Rule 1 says one of "filter" and'),
        ([{"filter": "within_km"}], {}, 'Rule 1 (within_km): "km" is a whole number from 1 to'),
        ([{"filter": "within_km", "km": True}], {}, "a whole number from 1"),
        ([{"filter": "has_all", "km": 4}], {}, "Rule 1 (has_all) has no 'km': it says nothing"),
        ([{"filter": "groups"}], {}, 'Rule 1 (groups) says one of "only" and "not".'),
        (
            [{"filter": "has_all"}, {"filter": "units_left", "units": 1}],
            {},
            "Rule 2 (units_left) stands after has_all: put it before",
        ),
        ([{"rank": "cost"}], {}, "Rule 1 (cost) needs to know what a parcel costs: say limits"),
        ([], {"max_splits": 10}, 'Limits: "max_splits" is a whole number from 0 to 9.'),
        ([], {"splits": 1}, "There is no limit 'splits': limits are max_splits, "),
        (
            [],
            {"after_none": "split"},
            '"after_none" for delivery is one of alternatives, wait, case.',
        ),
        ([], {"cost": {"bands": [[9, 1]]}}, "the last one of null"),
        ("distance", {}, "Rules are a list of at most 30."),
        ([], [], "Limits are an object."),
    ],
)
def test_what_is_no_rule_is_refused_with_what_would_be_right(
    rules: Any, limits: Any, wrong: str
) -> None:
    with pytest.raises(UnreadableRules) as refused:
        read_book(rules, limits, method=Method.DELIVERY)
    assert wrong in refused.value.detail


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8)


@given(st.recursive(JSON, lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_no_json_breaks_the_reading_of_rules(said: Any) -> None:
    for rules in (said, [said], [{"filter": said}], [{"rank": "groups", "first": said}]):
        with pytest.raises(UnreadableRules):
            read_book(rules or [said], {"cost": said}, method=Method.DELIVERY)


def test_a_parcel_costs_by_its_band_or_by_its_kilometres() -> None:
    bands = Cost(bands=((50, 490), (300, 690), (None, 990)))
    assert [bands.of(km) for km in (0, 50, 50.1, 301)] == [490, 490, 690, 990]
    assert Cost(parcel_minor=400, km_minor=2).of(10.2) == 421
