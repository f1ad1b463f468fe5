"""Rules at work on candidates: who is kept, who falls to which rule, and in which order. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from orders.sourcing.rules import WAREHOUSE, Cost, Limits, Rule

UNABLE: Final = "unable"
"""What a location falls to that takes no orders in this way now, whatever the rules."""
NOTHING: Final = "nothing"
"""What a location falls to that has nothing of what is asked."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A location as the rules see it; `has` is what is free there, however much is asked.

    `unable` is why it takes no orders in this way now, or empty. `ready_at` is when goods could
    leave. `day_full` is whether a day it could have prepared them on is full.
    """

    code: str
    distance_km: float
    has: Mapping[str, int]
    group: str | None = None
    is_warehouse: bool = False
    load: int = 0
    ready_at: datetime | None = None
    unable: str = ""
    day_full: bool = False


@dataclass(slots=True)
class Judged:
    """What became of a candidate: what it may give, what each rule saw, what it fell to.

    `saw` maps the label of a rule to what it saw: of a rule that ranks, what is equal where it does
    not decide. `rank` is smaller for the better.
    """

    candidate: Candidate
    gives: dict[str, int]
    saw: dict[str, Any] = field(default_factory=dict)
    fell: str = ""
    rank: tuple[Any, ...] = ()

    @property
    def code(self) -> str:
        """Return its location's code."""
        return self.candidate.code


def label(number: int, rule: Rule) -> str:
    """Return by what a rule of a set is named in what is kept: its number, from 1, and its name."""
    return f"{number}:{rule.name}"


def sift(
    candidates: Sequence[Candidate],
    asked: Mapping[str, int],
    *,
    rules: Sequence[Rule],
    limits: Limits,
    now: datetime,
) -> list[Judged]:
    """Return every candidate judged, the kept ones in the order of the ranks, then the fallen."""
    case = _Case(asked, limits.cost or Cost(), now)
    judged = [_judge(each, rules, case) for each in candidates]
    return sorted(judged, key=lambda each: (bool(each.fell), *each.rank, each.code))


@dataclass(frozen=True, slots=True)
class _Case:
    asked: Mapping[str, int]
    cost: Cost
    now: datetime


def _judge(candidate: Candidate, rules: Sequence[Rule], case: _Case) -> Judged:
    gives = {
        sku: min(units, wanted)
        for sku, wanted in case.asked.items()
        if (units := candidate.has.get(sku, 0)) > 0
    }
    judged = Judged(candidate, gives)
    if candidate.unable:
        judged.fell = UNABLE
    elif not gives:
        judged.fell = NOTHING
    ranks = []
    for number, rule in enumerate(rules, start=1):
        if judged.fell:
            break
        name = label(number, rule)
        if not rule.filters:
            key, judged.saw[name] = RANKS[rule.name](judged, rule.options, case)
            ranks.append(key)
            continue
        kept, judged.saw[name] = FILTERS[rule.name](judged, rule.options, case)
        if not kept:
            judged.fell = name
    judged.rank = tuple(ranks) if not judged.fell else ()
    return judged


Options = Mapping[str, Any]
Seen = tuple[Any, Any]


def _within_km(judged: Judged, options: Options, _case: _Case) -> Seen:
    return judged.candidate.distance_km <= options["km"], round(judged.candidate.distance_km, 1)


def _units_left(judged: Judged, options: Options, case: _Case) -> Seen:
    """Keep units back: what is sent never takes the last of them."""
    if judged.candidate.is_warehouse and options.get("except_warehouses", False):
        return True, None
    left = {
        sku: min(judged.candidate.has[sku] - options["units"], case.asked[sku])
        for sku in judged.gives
    }
    judged.gives = {sku: units for sku, units in left.items() if units > 0}
    return bool(judged.gives), dict(judged.gives)


def _has_all(judged: Judged, _options: Options, case: _Case) -> Seen:
    return judged.gives == dict(case.asked), sum(judged.gives.values())


def _has_some(judged: Judged, _options: Options, _case: _Case) -> Seen:
    return bool(judged.gives), sum(judged.gives.values())


def _role(judged: Judged, options: Options, _case: _Case) -> Seen:
    return _is(judged, options["is"]), judged.candidate.is_warehouse


def _groups(judged: Judged, options: Options, _case: _Case) -> Seen:
    return _listed(judged.candidate.group, options), judged.candidate.group


def _locations(judged: Judged, options: Options, _case: _Case) -> Seen:
    return _listed(judged.code, options), judged.code


def _listed(code: str | None, options: Options) -> bool:
    return code in options["only"] if "only" in options else code not in options["not"]


def _load(judged: Judged, options: Options, _case: _Case) -> Seen:
    return judged.candidate.load <= options["parcels"], judged.candidate.load


def _capacity(judged: Judged, _options: Options, _case: _Case) -> Seen:
    return not judged.candidate.day_full, judged.candidate.day_full


def _ready_within(judged: Judged, options: Options, case: _Case) -> Seen:
    ready_at = judged.candidate.ready_at
    kept = ready_at is not None and ready_at <= case.now + timedelta(hours=options["hours"])
    return kept, ready_at.isoformat() if ready_at else None


def _cost(judged: Judged, options: Options, case: _Case) -> Seen:
    cost = case.cost.of(judged.candidate.distance_km)
    return cost <= options["most_minor"], cost


FILTERS: Final[Mapping[str, Callable[[Judged, Options, _Case], Seen]]] = {
    "within_km": _within_km,
    "units_left": _units_left,
    "has_all": _has_all,
    "has_some": _has_some,
    "role": _role,
    "groups": _groups,
    "locations": _locations,
    "load": _load,
    "capacity": _capacity,
    "ready_within": _ready_within,
    "cost": _cost,
}


def _by_distance(judged: Judged, options: Options, _case: _Case) -> Seen:
    km = judged.candidate.distance_km
    step = options.get("step_km")
    key = int(km // step) * step if step else round(km, 1)
    return (key if step else km), key


def _by_availability(judged: Judged, _options: Options, _case: _Case) -> Seen:
    units = sum(judged.gives.values())
    return -units, units


def _by_load(judged: Judged, _options: Options, _case: _Case) -> Seen:
    return judged.candidate.load, judged.candidate.load


def _by_ready(judged: Judged, options: Options, case: _Case) -> Seen:
    ready_at = judged.candidate.ready_at
    if ready_at is None:
        return float("inf"), None
    seconds = (ready_at - case.now).total_seconds()
    step = options.get("step_hours")
    hours = int(seconds // (step * 3_600)) * step if step else None
    return (seconds if hours is None else hours), ready_at.isoformat() if hours is None else hours


def _by_cost(judged: Judged, _options: Options, case: _Case) -> Seen:
    cost = case.cost.of(judged.candidate.distance_km)
    return cost, cost


def _by_role(judged: Judged, options: Options, _case: _Case) -> Seen:
    return not _is(judged, options["first"]), judged.candidate.is_warehouse


def _by_groups(judged: Judged, options: Options, _case: _Case) -> Seen:
    place = _place(judged.candidate.group, options["first"])
    return place, place


def _by_locations(judged: Judged, options: Options, _case: _Case) -> Seen:
    place = _place(judged.code, options["first"])
    return place, place


def _place(code: str | None, first: Sequence[str]) -> int:
    return first.index(code) if code in first else len(first)


def _is(judged: Judged, role: str) -> bool:
    return judged.candidate.is_warehouse is (role == WAREHOUSE)


RANKS: Final[Mapping[str, Callable[[Judged, Options, _Case], Seen]]] = {
    "distance": _by_distance,
    "availability": _by_availability,
    "load": _by_load,
    "ready": _by_ready,
    "cost": _by_cost,
    "role": _by_role,
    "groups": _by_groups,
    "locations": _by_locations,
}
