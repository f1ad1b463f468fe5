"""Where a French postcode or town is, from what somebody typed. Nobody outside is asked.

Forgiving: accents, case, hyphens, "St" for "Saint", "Lyon 4e" for the district, a département or
postcode beside a name that several communes bear, and a slip of the finger.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final

from stores.errors import UnknownPlace

PLACES: Final = Path(__file__).resolve().parents[1] / "vendor" / "places.tsv"
"""Made by `tools/places.py`: postcode, commune, latitude, longitude, 1 when it is really there."""
TYPED_MAX: Final = 80
LIKE_ENOUGH: Final = 0.8
POSTCODE: Final = re.compile(r"\b(\d{2}) ?(\d{3})\b")
DEPARTMENT: Final = re.compile(r"(?<= )(\d{3}|\d{2}|2[ab])$")
DISTRICT: Final = re.compile(r"^(paris|lyon|marseille) (\d{1,2}) ?(?:er|e|eme|ieme)?(?: arr.*)?$")
CEDEX: Final = re.compile(r" cedex\b.*")
OVERSEAS: Final = "97"
SAINTS: Final = {"st": "saint", "ste": "sainte"}
CORSICA: Final = {"2a": ("200", "201"), "2b": ("202", "206")}
"""Postcodes of the two départements of Corsica begin with these; both begin with 20."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A commune under one of its postcodes, or the middle of several; WGS84 degrees."""

    label: str
    postcode: str
    latitude: float
    longitude: float
    exact: bool


def get_place(typed: str) -> PlaceFacts:
    """Return the place a postcode or a town's name means.

    Raises UnknownPlace.
    """
    place = find_place(typed)
    if place is None:
        raise UnknownPlace(place=typed)
    return place


def find_place(typed: str) -> PlaceFacts | None:
    """Return the place a postcode or a town's name means; None when nobody knows it."""
    words = fold(typed[:TYPED_MAX])
    code = POSTCODE.search(words)
    if code is None:
        return _of_name(CEDEX.sub("", words))
    return _of_postcode(code[1] + code[2], " ".join(POSTCODE.sub(" ", words).split()))


def fold(words: str) -> str:
    """Return words without accents, case, hyphens and apostrophes, saints written out."""
    words = words.lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return " ".join(SAINTS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))


def _of_postcode(postcode: str, name: str) -> PlaceFacts | None:
    by_postcode, name = _by_postcode(), CEDEX.sub("", name)
    if postcode not in by_postcode and name in _by_name():
        return _named(name, _prefixes(postcode[: _width(postcode)]))
    communes = by_postcode.get(postcode) or by_postcode.get(_nearest(postcode, by_postcode), [])
    named = [each for each in communes if name and fold(each.label) == name]
    return _middle(postcode, named or communes)


def _nearest(postcode: str, known: Iterable[str]) -> str:
    """Return the known postcode next to an unknown one of the same département, such as a CEDEX."""
    width = _width(postcode)
    same = [each for each in known if each[:width] == postcode[:width]]
    return min(same, key=lambda each: (abs(int(each) - int(postcode)), each), default="")


def _width(postcode: str) -> int:
    """Return how many digits of a postcode name its département."""
    return 3 if postcode.startswith(OVERSEAS) else 2


def _of_name(name: str) -> PlaceFacts | None:
    district = DISTRICT.match(name)
    if district is not None:
        name = f"{district[1]} {int(district[2])}"
    department = DEPARTMENT.search(name)
    if department is not None and name not in _by_name():
        return _named(name[: department.start()].strip(), _prefixes(department[1]))
    return _named(name, ("",))


def _prefixes(department: str) -> tuple[str, ...]:
    return CORSICA.get(department, (department,))


def _named(name: str, prefixes: tuple[str, ...]) -> PlaceFacts | None:
    by_name = _by_name()
    if name not in by_name:
        near = [each for each in by_name if each[:1] == name[:1]]
        close = get_close_matches(name, near, n=1, cutoff=LIKE_ENOUGH)
        if not close:
            return None
        name = close[0]
    found = [each for each in by_name[name] if each.postcode.startswith(prefixes)]
    return _largest(found)


def _largest(communes: list[PlaceFacts]) -> PlaceFacts | None:
    """Return the commune that is most likely meant: known, not overseas, of many postcodes."""
    by_department: dict[str, list[PlaceFacts]] = {}
    for each in communes:
        by_department.setdefault(each.postcode[: _width(each.postcode)], []).append(each)
    most = max(
        by_department.values(),
        key=lambda found: (
            any(each.exact for each in found),
            not found[0].postcode.startswith(OVERSEAS),
            len(found),
        ),
        default=[],
    )
    return min(most, key=lambda each: (not each.exact, each.postcode), default=None)


def _middle(postcode: str, communes: list[PlaceFacts]) -> PlaceFacts | None:
    if not communes:
        return None
    exact = [each for each in communes if each.exact] or communes
    label = exact[0].label if len(exact) == 1 else communes[0].label
    return PlaceFacts(
        f"{postcode} {label}" if len(communes) == 1 or len(exact) == 1 else postcode,
        postcode,
        sum(each.latitude for each in exact) / len(exact),
        sum(each.longitude for each in exact) / len(exact),
        exact[0].exact,
    )


@lru_cache(maxsize=1)
def _communes() -> tuple[PlaceFacts, ...]:
    """Return every commune; none where the file could not be made at the installation."""
    if not PLACES.exists():
        return ()
    lines = PLACES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(
        PlaceFacts(name, postcode, float(latitude), float(longitude), known == "1")
        for postcode, name, latitude, longitude, known in rows
    )


@lru_cache(maxsize=1)
def _by_postcode() -> dict[str, list[PlaceFacts]]:
    found: dict[str, list[PlaceFacts]] = {}
    for each in _communes():
        found.setdefault(each.postcode, []).append(each)
    return found


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[PlaceFacts]]:
    found: dict[str, list[PlaceFacts]] = {}
    for each in _communes():
        name = fold(each.label)
        district = DISTRICT.match(name)
        found.setdefault(f"{district[1]} {district[2]}" if district else name, []).append(each)
    return found
