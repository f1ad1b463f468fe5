"""Why this time: a stored promise as steps that pages turn into sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One reason of a promise, in the order they apply: a code, and the values of its sentence.

    `asked` at · `closed` opens_at · `cut-off` cut_off, counted_from · `prepare` minutes ·
    `backlog` waiting, orders_per_hour, minutes · `open` opens_at, closes_at (once per time that
    counts) · `full` day · `slot` starts_at, ends_at · `ready` at · `off` days (holidays nobody
    delivers on) · `arrives` leaves_on, days_min, days_max, zone, first, last.
    """

    code: str
    facts: Mapping[str, Any]


def explain(inputs: Mapping[str, Any]) -> list[Step]:
    """Return the steps from the order to its promise; times are aware, days are dates.

    Promises from before a step was known leave it out.
    """
    asked_at, counted_from = _instant(inputs, "asked_at"), _instant(inputs, "counted_from")
    windows = [
        (datetime.fromisoformat(opens), datetime.fromisoformat(closes))
        for opens, closes in inputs.get("open", ())
    ]
    steps = [Step("asked", {"at": asked_at})] if asked_at else []
    if inputs.get("cut_off_passed"):
        facts = {"cut_off": inputs["cut_off"], "counted_from": counted_from}
        steps.append(Step("cut-off", facts))
    elif windows and asked_at and windows[0][0] > asked_at and not inputs.get("full_days"):
        steps.append(Step("closed", {"opens_at": windows[0][0]}))
    steps += [Step("full", {"day": date.fromisoformat(day)}) for day in inputs.get("full_days", ())]
    steps.append(_work(inputs))
    if len(windows) > 1:
        steps += [Step("open", {"opens_at": each[0], "closes_at": each[1]}) for each in windows]
    ready_at = _instant(inputs, "ready_at")
    if ready_at:
        steps.append(Step("ready", {"at": ready_at}))
    slot = inputs.get("slot")
    if slot:
        times = {name: datetime.fromisoformat(slot[name]) for name in ("starts_at", "ends_at")}
        steps.append(Step("slot", times))
    return [*steps, *_arrival(inputs.get("arrival"))]


def _arrival(said: Mapping[str, Any] | None) -> list[Step]:
    """Return how the days of an arrival came about; none for what is collected."""
    if not said:
        return []
    days = {name: date.fromisoformat(said[name]) for name in ("leaves_on", "first", "last")}
    kept = {name: said[name] for name in ("days_min", "days_max", "zone")}
    off = [date.fromisoformat(day) for day in said["off"]]
    steps = [Step("off", {"days": off})] if off else []
    return [*steps, Step("arrives", {**days, **kept})]


def _work(inputs: Mapping[str, Any]) -> Step:
    minutes = inputs.get("minutes", inputs.get("prepare_min"))
    if inputs.get("backlog_min") and inputs["backlog_min"] == minutes:
        facts = {name: inputs[name] for name in ("waiting", "orders_per_hour")}
        return Step("backlog", {**facts, "minutes": minutes})
    return Step("prepare", {"minutes": minutes})


def _instant(inputs: Mapping[str, Any], name: str) -> datetime | None:
    said = inputs.get(name)
    return datetime.fromisoformat(said) if said else None
