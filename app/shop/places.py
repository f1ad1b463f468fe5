"""Where a shopper is, from what they type: read here, nobody outside is asked.

The postcodes and towns of France first, then the towns and postcodes of the retailer's own stores:
those abroad, and all of them where the places of France could not be installed.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import stores.queries
from customers.commands import Place
from stores.queries import StoreFacts, fold

DISTRICT: Final = re.compile(r"\b\d{1,2}\s?(?:e|er|eme|ieme)?\b|\barrondissement\b|\bcedex\b")
LIKE_ENOUGH: Final = 0.8
TYPED_MAX: Final = 80


def find_place(typed: str, own: Sequence[StoreFacts]) -> Place | None:
    """Return the place a postcode or a town's name means; None when nobody knows it."""
    typed = typed.strip()[:TYPED_MAX]
    known = stores.queries.find_place(typed)
    if known is not None:
        return Place(known.label, known.latitude, known.longitude)
    return _of_stores(typed, own)


def _of_stores(typed: str, own: Sequence[StoreFacts]) -> Place | None:
    there = [store for store in own if store.postcode and store.postcode in typed]
    if there:
        return _middle(f"{there[0].postcode} {there[0].city}", there)
    by_city: dict[str, list[StoreFacts]] = {}
    for store in own:
        by_city.setdefault(_town(store.city), []).append(store)
    for name in get_close_matches(_town(typed), by_city, n=1, cutoff=LIKE_ENOUGH):
        return _middle(by_city[name][0].city, by_city[name])
    return None


def _town(typed: str) -> str:
    """Return the name without the number of a district."""
    name = fold(typed)
    return " ".join(DISTRICT.sub(" ", name).split()) or name


def _middle(label: str, own: Sequence[StoreFacts]) -> Place:
    return Place(
        label,
        sum(store.latitude for store in own) / len(own),
        sum(store.longitude for store in own) / len(own),
    )
