"""The form of a rule set: an ordered list of rules in sentences, changed a step at a time."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from flask import request

from app import formats
from app.admin.delivery_reading import lines_of, read_bands, read_cents, read_whole
from app.admin.reading import Answers
from app.admin.store_reading import read_number
from app.i18n import current
from app.i18n import gettext as _
from orders.commands import Channel, Method, SetRules
from orders.services.ruling import NAME_MAX
from orders.sourcing import say_rule
from orders.sourcing.rules import AFTER_NONE, AFTER_PARTIAL, SPLITS_MAX, After
from orders.sourcing.wording import word

EUR: Final = "EUR"
JSON_MAX: Final = 100_000
GAP: Final = "…"
CENTS: Final = 100
DIGITS_MAX: Final = 6
NEW: Final[Mapping[str, tuple[Mapping[str, Any], str]]] = {
    "units_left": ({"filter": "units_left"}, "units"),
    "units_left_stores": ({"filter": "units_left", "except_warehouses": True}, "units"),
    "capacity": ({"filter": "capacity"}, ""),
    "load": ({"filter": "load"}, "parcels"),
    "within_km": ({"filter": "within_km"}, "km"),
    "ready_within": ({"filter": "ready_within"}, "hours"),
    "cost": ({"filter": "cost"}, "most_minor"),
    "warehouses": ({"filter": "role", "is": "warehouse"}, ""),
    "stores": ({"filter": "role", "is": "store"}, ""),
    "groups_only": ({"filter": "groups"}, "only"),
    "groups_not": ({"filter": "groups"}, "not"),
    "locations_only": ({"filter": "locations"}, "only"),
    "locations_not": ({"filter": "locations"}, "not"),
    "has_all": ({"filter": "has_all"}, ""),
    "has_some": ({"filter": "has_some"}, ""),
    "first_warehouses": ({"rank": "role", "first": "warehouse"}, ""),
    "first_stores": ({"rank": "role", "first": "store"}, ""),
    "first_groups": ({"rank": "groups"}, "first"),
    "first_locations": ({"rank": "locations"}, "first"),
    "nearest": ({"rank": "distance"}, ""),
    "nearest_steps": ({"rank": "distance"}, "step_km"),
    "most": ({"rank": "availability"}, ""),
    "least_load": ({"rank": "load"}, ""),
    "soonest": ({"rank": "ready"}, ""),
    "cheapest": ({"rank": "cost"}, ""),
}
"""Every rule that can be added, and which of its options is typed."""
LISTS: Final = frozenset({"only", "not", "first"})


def money(minor: int | str) -> str:
    """Return minor units as an amount; a gap stays one."""
    return formats.money(minor, EUR, language=current()) if isinstance(minor, int) else minor


def sentence(rule: Mapping[str, Any]) -> str:
    """Return a rule as a sentence in the page's language."""
    return say_rule(rule, current(), money=money)


def offered() -> list[tuple[str, str]]:
    """Return the rules that can be added, as sentences with a gap for what is typed."""
    rules = {
        key: {**rule, slot: [GAP] if slot in LISTS else GAP} if slot else rule
        for key, (rule, slot) in NEW.items()
    }
    return [(key, sentence(rule)) for key, rule in rules.items()]


def read_draft(answers: Answers) -> list[dict[str, Any]]:
    """Return the rules the form carries along, with the one step done that its button says."""
    rules = _parse(answers, "draft")
    act, _colon, place = request.form.get("act", "").partition(":")
    at = int(place) if place.isascii() and place.isdigit() else -1
    if act == "json":
        return _parse(answers, "json") if "draft" not in answers.errors else rules
    if act == "add":
        return [*rules, *_added(answers)]
    if 0 <= at < len(rules):
        if act == "drop":
            return rules[:at] + rules[at + 1 :]
        other = at - 1 if act == "up" else at + 1 if act == "down" else -1
        if 0 <= other < len(rules):
            rules[at], rules[other] = rules[other], rules[at]
    return rules


def read_set(answers: Answers, rules: Sequence[Mapping[str, Any]]) -> SetRules:
    """Return the rule set a form says; what cannot be read is said beside its field."""
    method = Method.PICKUP if answers.typed.get("method") == "pickup" else Method.DELIVERY
    kind, _colon, code = answers.typed.get("scope", "").partition(":")
    channel = next((each for each in Channel if each == answers.typed.get("channel")), None)
    return SetRules(
        answers.text("name", _("Give these rules a name."), longest=NAME_MAX),
        method,
        rules,
        _limits(answers, method),
        brand=code if kind == "brand" else None,
        group=code if kind == "group" else None,
        channel=channel,
    )


def typed_of(limits: Mapping[str, Any]) -> dict[str, str]:
    """Return limits as the form shows them."""
    cost = limits.get("cost") or {}
    return {
        "parcels": str(limits.get("max_splits", 0) + 1),
        "min_value": _shown(limits.get("min_value_minor")),
        "max_cost": _shown(limits.get("max_cost_minor")),
        "parcel_cost": _shown(cost.get("parcel_minor")),
        "km_cost": _shown(cost.get("km_minor")),
        "consolidate": "yes" if limits.get("consolidate", True) else "",
        "ship_complete": "yes" if limits.get("ship_complete") else "",
        "after_partial": limits.get("after_partial", After.ALTERNATIVES.value),
        "after_none": limits.get("after_none", After.ALTERNATIVES.value),
        "bands": "\n".join(lines_of(cost.get("bands", ()), str)),
    }


def afters(table: Mapping[Method, Sequence[After]], method: str | None) -> list[tuple[str, str]]:
    """Return what may be done about what is missing, for orders of this kind, in words."""
    offered = table[Method.PICKUP if method == Method.PICKUP else Method.DELIVERY]
    return [(each.value, word(f"do:{each}", current())) for each in offered]


def _limits(answers: Answers, method: Method) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "max_splits": _splits(answers),
        **_amounts(answers, {"min_value": "min_value_minor", "max_cost": "max_cost_minor"}),
    }
    cost = _cost(answers)
    if cost:
        limits["cost"] = cost
    if answers.typed.get("ship_complete") == "yes":
        limits["ship_complete"] = True
    if method is Method.PICKUP and answers.typed.get("consolidate") != "yes":
        limits["consolidate"] = False
    for name, table in (("after_partial", AFTER_PARTIAL), ("after_none", AFTER_NONE)):
        limits[name] = answers.typed.get(name, After.ALTERNATIVES.value)
        if limits[name] not in list(table[method]):
            answers.errors[name] = _("This cannot be done for orders of this kind.")
    return limits


def _cost(answers: Answers) -> dict[str, Any]:
    """Return what a parcel costs: so much and so much a kilometre, or by bands of kilometres."""
    cost = _amounts(answers, {"parcel_cost": "parcel_minor", "km_cost": "km_minor"})
    bands = read_bands(answers, read_whole)
    if bands and cost:
        answers.errors["bands"] = _("Say what a parcel costs, or bands of kilometres, not both.")
    return cost or ({"bands": [list(band) for band in bands]} if bands else {})


def _amounts(answers: Answers, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the amounts that were typed, by the words limits know them by."""
    found = {key: _minor(answers, name) for name, key in names.items()}
    return {key: minor for key, minor in found.items() if minor is not None}


def _splits(answers: Answers) -> int:
    """Return into how many parcels an order may be divided, less one."""
    parcels = read_number(answers, "parcels", least=1, most=SPLITS_MAX + 1)
    return 0 if parcels is None else parcels - 1


def _minor(answers: Answers, name: str) -> int | None:
    """Return an amount in minor units; None where nothing was typed."""
    typed = answers.typed.get(name, "").strip().replace("\u202f", "")
    if not typed:
        return None
    minor = read_cents(typed)
    if minor is None:
        answers.errors[name] = _("Give an amount in euros, like 4,90.")
    return minor


def _shown(minor: int | None) -> str:
    if minor is None:
        return ""
    return formats.number(Decimal(minor) / CENTS, language=current())


def _added(answers: Answers) -> list[dict[str, Any]]:
    """Return the rule to add; none, and what is wrong said, when its value is missing."""
    rule, slot = NEW.get(answers.typed.get("new", ""), ({}, ""))
    typed = answers.typed.get("value", "").strip()
    if not rule or not slot:
        return [dict(rule)] if rule else []
    if slot in LISTS:
        codes = [code for code in typed.replace(",", " ").split() if code]
        if codes:
            return [{**rule, slot: codes}]
        answers.errors["value"] = _("Name the codes, with blanks between them.")
        return []
    if slot == "most_minor":
        minor = _minor(answers, "value")
        return [] if minor is None else [{**rule, slot: minor}]
    if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS_MAX:
        return [{**rule, slot: int(typed)}]
    answers.errors["value"] = _("This rule needs a whole number.")
    return []


def _parse(answers: Answers, name: str) -> list[dict[str, Any]]:
    said = _json(answers, name, request.form.get(name, "[]")[:JSON_MAX] or "[]")
    if isinstance(said, list) and all(
        isinstance(each, dict) and ("filter" in each) != ("rank" in each) for each in said
    ):
        return said
    answers.errors.setdefault(name, _("This is no list of rules in JSON."))
    return []


def _json(answers: Answers, name: str, text: str) -> Any:  # noqa: ANN401 (JSON)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        answers.errors[name] = _("This is no list of rules in JSON.")
        return []
