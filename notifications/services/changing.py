"""What was changed of an order, as its customer is told: never who, and no address."""

from collections.abc import Mapping
from typing import Any, Final

from notifications.services.cases import Case

WAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {
        "pickup": "à retirer en magasin",
        "drive": "à retirer au drive",
        "delivery": "en livraison",
        "collector": "au nom de quelqu’un d’autre",
        "address": "à une autre adresse",
        "slot": "à une autre heure",
        "store": "dans un autre magasin",
    },
    "en": {
        "pickup": "collected in the store",
        "drive": "collected by car",
        "delivery": "brought to your door",
        "collector": "in another name",
        "address": "to another address",
        "slot": "at another time",
        "store": "at another store",
    },
}


def say_changed(case: Case, language: str) -> list[str]:
    """Return what was changed in a few words each: articles by their names, ways and places."""
    words = WAYS[language]
    said = [
        each
        for changes in case.changes
        for one in (changes, *changes.get("parcels", ()))
        for each in _say_parcel(one, case, words)
    ]
    said += [
        words[each]
        for each in ("address", "collector")
        if any(each in changes for changes in case.changes)
    ]
    return list(dict.fromkeys(said))


def _say_parcel(changes: Mapping[str, Any], case: Case, words: Mapping[str, str]) -> list[str]:
    order = case.order
    names = {line.sku: line.name for p in order.fulfillments for line in p.lines} if order else {}
    said = [
        f"{names[sku]} {before} → {after}" if sku in names else f"{sku} {before} → {after}"
        for sku, (before, after) in changes.get("lines", {}).items()
    ]
    if "part" in changes:
        said += [f"{units} × {names.get(sku, sku)}" for sku, units in changes["part"].items()]
    if "way" in changes:
        said.append(" → ".join(words.get(each, each) for each in changes["way"]))
        return said
    moved = "store" in changes and changes["store"][0] != changes["store"][1]
    said += [words["store"]] if moved else [words["slot"]] if "slot" in changes else []
    return said
