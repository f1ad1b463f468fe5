"""Why these locations: a kept decision, told in sentences. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from orders.commands import Method
from orders.queries import DecisionFacts
from orders.sourcing.sieve import UNABLE
from orders.sourcing.wording import FRENCH, word


def explain(
    decision: DecisionFacts,
    language: str,
    *,
    zone: str,
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a decision in sentences; `names` has what articles are called, by SKU."""
    return [
        *_by(decision, language),
        *_lacked(decision, language, names or {}),
        *_sends(decision, language),
        *_fallen(decision, language),
        *_paused(decision, language, ZoneInfo(zone)),
        *_missing(decision, language, names or {}),
        *_awaited(decision, language, names or {}),
    ]


def _by(decision: DecisionFacts, language: str) -> Iterator[str]:
    if decision.rule_set is None:
        yield word("by:usual", language)
    else:
        yield word("by", language, name=decision.rule_set.name)


def _lacked(decision: DecisionFacts, language: str, names: Mapping[str, str]) -> Iterator[str]:
    if decision.method is Method.PICKUP:
        articles = _articles(decision.asked["quantities"], names)
        after = word(f"after:{decision.asked['after']}", language)
        yield word("lacked", language, articles=articles, after=after)


def _sends(decision: DecisionFacts, language: str) -> Iterator[str]:
    asked = sum(decision.asked["quantities"].values())
    for place, each in enumerate(decision.chosen):
        units = sum(each["quantities"].values())
        whole = "all" if units == asked else "part"
        yield word(
            "brings" if decision.method is Method.PICKUP or each.get("brings") else whole,
            language,
            name=each["name"],
            units=units,
            asked=asked,
            km=_number(each["km"], language),
            why=_why(decision, place, language),
        )
    if any(each.get("brings") for each in decision.chosen):
        yield word("gathered", language)
    elif len(decision.chosen) > 1:
        yield word("split", language)
    if decision.losing.get("relaxed"):
        yield word("relaxed", language)


def _why(decision: DecisionFacts, place: int, language: str) -> str:
    """Return why a location came before the next one: the first rule that saw a difference."""
    kept = decision.losing.get("kept", 0)
    chosen = {each["store"] for each in decision.chosen}
    seen = {each["store"]: each for each in decision.candidates if not each["fell"]}
    mine = seen.get(decision.chosen[place]["store"])
    others = [each for store, each in seen.items() if store not in chosen]
    if mine is None or kept <= 1:
        return word("why:alone", language)
    if place > 0 or (len(decision.chosen) > 1 and not others):
        return word("why:fits", language)
    rival = next(iter(others), None)
    if rival is None:
        return word("why:alone", language)
    for number, rule in enumerate(_rules(decision), start=1):
        name = rule.get("rank")
        label = f"{number}:{name}"
        if name and mine["saw"].get(label) != rival["saw"].get(label):
            return word(f"why:{name}", language, kept=kept)
    return word("why:code", language, kept=kept)


def _rules(decision: DecisionFacts) -> Sequence[Mapping[str, Any]]:
    if decision.rule_set is None:
        return [{"filter": "has_all"}, {"rank": "distance"}]
    return decision.rule_set.rules


def _fallen(decision: DecisionFacts, language: str) -> Iterator[str]:
    fell: Mapping[str, int] = decision.losing.get("fell", {})
    for name, count in sorted(fell.items(), key=lambda each: -each[1]):
        why = name.removeprefix(f"{UNABLE}:").rpartition(":")[2]
        yield word("fell", language, count=count, why=word(f"fell:{why}", language))


def _paused(decision: DecisionFacts, language: str, zone: ZoneInfo) -> Iterator[str]:
    """Yield who was paused until when: warehouses, and the nearest."""
    for each in decision.candidates:
        if each["why"] == "paused" and each["paused_until"]:
            until = datetime.fromisoformat(each["paused_until"]).astimezone(zone)
            told = _hour(until, language)
            if until.date() != decision.decided_at.astimezone(zone).date():
                told = f"{until:%d/%m} {told}"
            yield word("paused", language, name=each["name"], until=told)


def _hour(local: datetime, language: str) -> str:
    """Return a time of day: « 16 h 30 », "16:30"."""
    if language != "fr":
        return f"{local:%H:%M}"
    return f"{local.hour}\u00a0h" + (f"\u00a0{local:%M}" if local.minute else "")


def _missing(decision: DecisionFacts, language: str, names: Mapping[str, str]) -> Iterator[str]:
    missing: Mapping[str, int] = decision.losing.get("missing", {})
    if missing and decision.method is not Method.PICKUP:
        after = word(f"after:{decision.asked['after']}", language)
        yield word("missing", language, articles=_articles(missing, names), after=after)


def _awaited(decision: DecisionFacts, language: str, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what the order waits for: goods that were announced when it was placed."""
    awaits: Mapping[str, int] = decision.losing.get("awaits", {})
    if awaits:
        until = date.fromisoformat(decision.losing["awaits_until"]).strftime("%d/%m")
        yield word("awaits", language, articles=_articles(awaits, names), until=until)


def _articles(quantities: Mapping[str, int], names: Mapping[str, str]) -> str:
    return ", ".join(f"{units} × {names.get(sku, sku)}" for sku, units in quantities.items())


def _number(value: float, language: str) -> str:
    told = f"{value:g}"
    return told.replace(".", ",") if language == FRENCH else told
