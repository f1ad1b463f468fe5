"""Where a shopper is, from what they type: read here, nobody outside is asked.

The retailer's own stores come first (postcode, then town), then the main towns of France, then the
département a postcode begins with.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from app.shop.departements import MAIN_TOWNS
from customers.commands import Place
from stores.queries import StoreFacts

POSTCODE: Final = re.compile(r"\b\d{5}\b|\b\d{2}\s\d{3}\b")
DISTRICT: Final = re.compile(r"\b\d{1,2}\s?(?:e|er|eme|ieme)?\b|\barrondissement\b|\bcedex\b")
SAINTS: Final = {"st": "saint", "ste": "sainte"}
OVERSEAS: Final = "97"
LIKE_ENOUGH: Final = 0.8
TYPED_MAX: Final = 80


def find_place(typed: str, stores: Sequence[StoreFacts]) -> Place | None:
    """Return the place a postcode or a town's name means; None when nobody knows it."""
    typed = typed.strip()[:TYPED_MAX]
    code = POSTCODE.search(typed)
    if code is not None:
        return _of_postcode(re.sub(r"\s", "", code[0]), stores)
    return _of_town(fold(typed), stores)


def fold(words: str) -> str:
    """Return words without accents, case, hyphens and apostrophes, saints written out."""
    words = words.lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return " ".join(SAINTS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))


def _of_postcode(postcode: str, stores: Sequence[StoreFacts]) -> Place | None:
    own = [store for store in stores if store.postcode == postcode]
    if own:
        return _middle(f"{postcode} {own[0].city}", own)
    number = _departement(postcode)
    near = [
        store
        for store in stores
        if store.postcode.isdigit() and _departement(store.postcode) == number
    ]
    if near:
        nearest = min(
            near, key=lambda store: (abs(int(store.postcode) - int(postcode)), store.code)
        )
        return Place(f"{postcode} {nearest.city}", nearest.latitude, nearest.longitude)
    known = MAIN_TOWNS.get(number)
    return None if known is None else Place(postcode, known[1], known[2])


def _of_town(town: str, stores: Sequence[StoreFacts]) -> Place | None:
    plain = " ".join(DISTRICT.sub(" ", town).split()) or town
    by_city: dict[str, list[StoreFacts]] = {}
    for store in stores:
        by_city.setdefault(" ".join(DISTRICT.sub(" ", fold(store.city)).split()), []).append(store)
    towns = {
        fold(name): (name, latitude, longitude) for name, latitude, longitude in MAIN_TOWNS.values()
    }
    for name in (plain, *get_close_matches(plain, [*by_city, *towns], n=1, cutoff=LIKE_ENOUGH)):
        if name in by_city:
            return _middle(by_city[name][0].city, by_city[name])
        if name in towns:
            return Place(*towns[name])
    return None


def _departement(postcode: str) -> str:
    return postcode[:3] if postcode.startswith(OVERSEAS) else postcode[:2]


def _middle(label: str, stores: Sequence[StoreFacts]) -> Place:
    return Place(
        label,
        sum(store.latitude for store in stores) / len(stores),
        sum(store.longitude for store in stores) / len(stores),
    )
