"""The language of sourcing rules: an ordered list that filters or ranks, and limits. Pure.

`docs/sourcing.md` shows every word with an example.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from typing import Any, Final

from orders.commands import Method
from orders.errors import UnreadableRules
from orders.sourcing.complaining import Wrong

RULES_MAX: Final = 30
SPLITS_MAX: Final = 9
MINOR_MAX: Final = 100_000_000
KM_MAX: Final = 20_100
BANDS_MAX: Final = 20
LIST_MAX: Final = 1_000
WAREHOUSE: Final = "warehouse"
STORE: Final = "store"


class After(StrEnum):
    """What is done about what the rules, or the store an order is collected at, do not have.

    `alternatives` refuses and says what else there is. `split` sends more parcels than the limits
    say. `transfer` has others bring it to the store, or to the location that sends it. `wait` has
    the order wait for goods that are announced. `case` takes it, and a person finds a way.
    """

    ALTERNATIVES = "alternatives"
    SPLIT = "split"
    TRANSFER = "transfer"
    WAIT = "wait"
    CASE = "case"


_COLLECTED: Final = (After.ALTERNATIVES, After.TRANSFER, After.WAIT, After.CASE)
_BROUGHT: Final = (After.ALTERNATIVES, After.WAIT, After.CASE)
AFTER_PARTIAL: Final[Mapping[Method, Sequence[After]]] = {
    Method.PICKUP: _COLLECTED,
    Method.DELIVERY: (*_BROUGHT, After.SPLIT, After.TRANSFER),
}
"""What may follow when a part is there."""
AFTER_NONE: Final[Mapping[Method, Sequence[After]]] = {
    Method.PICKUP: _COLLECTED,
    Method.DELIVERY: _BROUGHT,
}
"""What may follow when nothing is there."""


class OptionKind(StrEnum):
    """What an option of a rule is."""

    NUMBER = "number"
    FLAG = "flag"
    ROLE = "role"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a rule: a whole number within bounds, yes or no, a role, or codes."""

    name: str
    kind: OptionKind
    least: int = 0
    most: int = 0
    required: bool = True


def _number(name: str, least: int, most: int, *, required: bool = True) -> Option:
    return Option(name, OptionKind.NUMBER, least, most, required)


_ONLY: Final = Option("only", OptionKind.CODES, required=False)
_NOT: Final = Option("not", OptionKind.CODES, required=False)
_FIRST: Final = Option("first", OptionKind.CODES)
FILTERS: Final[Mapping[str, Sequence[Option]]] = {
    "within_km": (_number("km", 1, KM_MAX),),
    "units_left": (
        _number("units", 1, 100_000),
        Option("except_warehouses", OptionKind.FLAG, required=False),
    ),
    "has_all": (),
    "has_some": (),
    "role": (Option("is", OptionKind.ROLE),),
    "groups": (_ONLY, _NOT),
    "locations": (_ONLY, _NOT),
    "load": (_number("parcels", 0, 100_000),),
    "capacity": (),
    "ready_within": (_number("hours", 1, 2_160),),
    "cost": (_number("most_minor", 0, MINOR_MAX),),
}
"""Every rule that keeps locations or lets them fall, with its options."""
RANKS: Final[Mapping[str, Sequence[Option]]] = {
    "distance": (_number("step_km", 1, KM_MAX, required=False),),
    "availability": (),
    "load": (),
    "ready": (_number("step_hours", 1, 2_160, required=False),),
    "cost": (),
    "role": (Option("first", OptionKind.ROLE),),
    "groups": (_FIRST,),
    "locations": (_FIRST,),
}
"""Every rule that puts locations in an order, with its options."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a set: it filters or ranks, by its name and options."""

    filters: bool
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, Any]:
        """Return the rule as it is written."""
        return {"filter" if self.filters else "rank": self.name, **self.options}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a parcel costs to bring: something and something per kilometre, or by kilometres.

    `bands` are pairs of an upper bound in kilometres (included; None for without end) and minor
    units, rising.
    """

    parcel_minor: int = 0
    km_minor: int = 0
    bands: tuple[tuple[int | None, int], ...] = ()

    def of(self, distance_km: float) -> int:
        """Return what a parcel costs over a distance, in minor units."""
        for upper, minor in self.bands:
            if upper is None or distance_km <= upper:
                return minor
        return self.parcel_minor + ceil(distance_km * self.km_minor)


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a choice. An order that leaves in one piece is never too small."""

    max_splits: int = 0
    min_value_minor: int = 0
    max_cost_minor: int | None = None
    cost: Cost | None = None
    ship_complete: bool = False
    consolidate: bool = True
    after_partial: After = After.ALTERNATIVES
    after_none: After = After.ALTERNATIVES


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of a set in their order, and its limits."""

    rules: tuple[Rule, ...]
    limits: Limits
    method: Method = Method.DELIVERY

    @property
    def gathers(self) -> bool:
        """Tell whether several locations may send to a door what one of them has gathered first."""
        return self.method is Method.DELIVERY and self.limits.after_partial is After.TRANSFER

    @property
    def widens(self) -> bool:
        """Tell whether more locations than the limits say are looked for, where some is missing."""
        return self.gathers or self.limits.after_partial is After.SPLIT


def read_book(rules: Any, limits: Any, *, method: Method) -> RuleBook:  # noqa: ANN401 (JSON)
    """Return the rules a JSON list and object say.

    Raises UnreadableRules, which says of each what would be right.
    """
    wrong = [*_wrong_rules(rules), *_wrong_limits(limits, method)]
    if not wrong:
        wrong = list(_wrong_together(rules, limits))
    if wrong:
        raise UnreadableRules(wrong[0], wrong=wrong)
    return RuleBook(tuple(_rule(each) for each in rules), _limits(limits), method)


def _rule(said: Mapping[str, Any]) -> Rule:
    filters = "filter" in said
    name = said["filter" if filters else "rank"]
    return Rule(filters, name, {key: said[key] for key in said if key not in {"filter", "rank"}})


def _limits(said: Mapping[str, Any]) -> Limits:
    values = dict(said)
    if values.get("cost") is not None:
        cost = dict(values["cost"])
        cost["bands"] = tuple((upper, minor) for upper, minor in cost.get("bands", ()))
        values["cost"] = Cost(**cost)
    for name in ("after_partial", "after_none"):
        if name in values:
            values[name] = After(values[name])
    return Limits(**values)


def _wrong_rules(rules: object) -> Iterator[str]:
    if not isinstance(rules, list) or len(rules) > RULES_MAX:
        yield Wrong(
            f"Rules are a list of at most {RULES_MAX}.",
            f"Les règles sont une liste de {RULES_MAX} au plus.",
        )
        return
    for number, said in enumerate(rules, start=1):
        yield from _wrong_rule(number, said)


def _wrong_rule(number: int, said: object) -> Iterator[str]:
    words = [key for key in ("filter", "rank") if isinstance(said, dict) and key in said]
    if not isinstance(said, dict) or len(words) != 1:
        yield Wrong(
            f'Rule {number} says one of "filter" and "rank".',
            f"La règle {number} dit soit « filter », soit « rank ».",
        )
        return
    known = FILTERS if words[0] == "filter" else RANKS
    name = said[words[0]]
    if not isinstance(name, str) or name not in known:
        names = ", ".join(known)
        yield Wrong(
            f"Rule {number}: a {words[0]} is one of {names}.",
            f"Règle {number} : « {words[0]} » est l’un de {names}.",
        )
        return
    options = {option.name: option for option in known[name]}
    for key in said:
        if key not in options and key != words[0]:
            may = ", ".join(options)
            yield Wrong(
                f"Rule {number} ({name}) has no {key!r}: it says {may or 'nothing more'}.",
                f"La règle {number} ({name}) n’a pas de « {key} » : "
                f"elle dit {may or 'rien de plus'}.",
            )
    for option in options.values():
        whose = Wrong(f"Rule {number} ({name})", f"Règle {number} ({name})")
        yield from _wrong_option(whose, option, said)
    if {"only", "not"} <= options.keys() and len({"only", "not"} & said.keys()) != 1:
        yield Wrong(
            f'Rule {number} ({name}) says one of "only" and "not".',
            f"La règle {number} ({name}) dit soit « only », soit « not ».",
        )


def _wrong_option(whose: Wrong, option: Option, said: Mapping[str, object]) -> Iterator[str]:
    right = _right(option)
    missing = option.name not in said
    if option.required if missing else not _fits(option, said[option.name]):
        yield Wrong(f"{whose}: {right}", f"{whose.french} : {right.french}")


def _fits(option: Option, value: object) -> bool:
    if option.kind is OptionKind.NUMBER:
        return type(value) is int and option.least <= value <= option.most
    if option.kind is OptionKind.FLAG:
        return isinstance(value, bool)
    if option.kind is OptionKind.ROLE:
        return isinstance(value, str) and value in {WAREHOUSE, STORE}
    return (
        isinstance(value, list)
        and 0 < len(value) <= LIST_MAX
        and all(isinstance(each, str) and each and "\0" not in each for each in value)
    )


def _right(option: Option) -> Wrong:
    english, french = {
        OptionKind.NUMBER: (
            f"a whole number from {option.least} to {option.most}",
            f"un nombre entier de {option.least} à {option.most}",
        ),
        OptionKind.FLAG: ("true or false", "true ou false"),
        OptionKind.ROLE: (f'"{WAREHOUSE}" or "{STORE}"', f"« {WAREHOUSE} » ou « {STORE} »"),
        OptionKind.CODES: ("a list of codes, at least one", "une liste de codes, au moins un"),
    }[option.kind]
    return Wrong(f'"{option.name}" is {english}.', f"« {option.name} » est {french}.")


_LIMITS: Final = (
    _number("max_splits", 0, SPLITS_MAX, required=False),
    _number("min_value_minor", 0, MINOR_MAX, required=False),
    _number("max_cost_minor", 0, MINOR_MAX, required=False),
    Option("ship_complete", OptionKind.FLAG, required=False),
    Option("consolidate", OptionKind.FLAG, required=False),
)
_COSTS: Final = (
    _number("parcel_minor", 0, MINOR_MAX, required=False),
    _number("km_minor", 0, MINOR_MAX, required=False),
)

LIMITS: Final = Wrong("Limits", "Limites")
_COST_WORDS: Final = frozenset({"parcel_minor", "km_minor", "bands"})


def _wrong_limits(limits: object, method: Method) -> Iterator[str]:
    if not isinstance(limits, dict):
        yield Wrong("Limits are an object.", "Les limites sont un objet.")
        return
    names = [*(option.name for option in _LIMITS), "cost", "after_partial", "after_none"]
    for key in limits:
        if key not in names:
            known = ", ".join(names)
            yield Wrong(
                f"There is no limit {key!r}: limits are {known}.",
                f"Il n’y a pas de limite « {key} » : les limites sont {known}.",
            )
    for option in _LIMITS:
        yield from _wrong_option(LIMITS, option, limits)
    for name, table in (("after_partial", AFTER_PARTIAL), ("after_none", AFTER_NONE)):
        may = table.get(method, ())
        if name in limits and limits[name] not in list(may):
            these = ", ".join(may)
            yield Wrong(
                f'Limits: "{name}" for {method.value} is one of {these}.',
                f"Limites : « {name} » pour {method.value} est l’un de {these}.",
            )
    if "cost" in limits:
        yield from _wrong_cost(limits["cost"])


def _wrong_cost(cost: object) -> Iterator[str]:
    right = Wrong(
        'Limits: "cost" says "parcel_minor" and "km_minor", or "bands".',
        "Limites : « cost » dit « parcel_minor » et « km_minor », ou « bands ».",
    )
    if (
        not isinstance(cost, dict)
        or not cost
        or cost.keys() - {"parcel_minor", "km_minor", "bands"}
    ):
        yield right
    elif "bands" in cost and (len(cost) > 1 or not _are_bands(cost["bands"])):
        yield Wrong(
            'Limits: "bands" are pairs of kilometres, rising, and minor units, the last one of '
            "null: [[50, 490], [300, 690], [null, 990]], and nothing else beside them.",
            "Limites : les tranches vont par kilomètres croissants, la dernière est sans fin, "
            "et il n’y a rien d’autre à côté.",
        )
    else:
        for option in _COSTS:
            whose = Wrong('Limits: "cost"', "Limites : « cost »")
            yield from _wrong_option(whose, option, cost)


def _are_bands(bands: object) -> bool:
    if not isinstance(bands, list) or not 0 < len(bands) <= BANDS_MAX:
        return False
    if not all(isinstance(band, list) and len(band) == len(("km", "minor")) for band in bands):
        return False
    bounds = [band[0] for band in bands[:-1]]
    return (
        bands[-1][0] is None
        and all(type(bound) is int and 0 < bound <= KM_MAX for bound in bounds)
        and bounds == sorted(set(bounds))
        and all(type(band[1]) is int and 0 <= band[1] <= MINOR_MAX for band in bands)
    )


def _wrong_together(rules: Sequence[Mapping[str, Any]], limits: Mapping[str, Any]) -> Iterator[str]:
    whole = False
    for number, said in enumerate(rules, start=1):
        whole = whole or said.get("filter") == "has_all"
        if said.get("filter") == "units_left" and whole:
            yield Wrong(
                f"Rule {number} (units_left) stands after has_all: put it before, so that what a "
                "store keeps does not count as what it has.",
                f"La règle {number} (units_left) vient après has_all : placez-la avant, pour que "
                "ce qu’un magasin garde ne compte pas comme ce qu’il a.",
            )
        if "cost" in {said.get("filter"), said.get("rank")} and "cost" not in limits:
            yield Wrong(
                f'Rule {number} (cost) needs to know what a parcel costs: say limits "cost".',
                f"La règle {number} (cost) doit savoir ce que coûte un colis : dites-le.",
            )
    if "max_cost_minor" in limits and "cost" not in limits:
        yield Wrong(
            'Limits: "max_cost_minor" needs to know what a parcel costs: say "cost".',
            "Limites : le coût maximal demande de savoir ce que coûte un colis : dites-le.",
        )
