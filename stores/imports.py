"""Bulk input of stores: one GeoJSON feature with OpenStreetMap tags becomes one command.

Pure but for `open_stores`. What only lessens a store (no hours, no phone) is a warning; what would
make it a wrong place or a wrong time is a reason not to take it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import phonenumbers
from babel.core import get_global
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from kernel.errors import Invalid
from kernel.fields import SafeText
from stores import services
from stores.commands import OpenLocation
from stores.errors import UnreadableHours
from stores.promises import Schedule, read_schedule

FRANCE_OVERSEAS: Final[Mapping[str, tuple[str, str]]] = {
    "971": ("America/Guadeloupe", "971"),
    "972": ("America/Martinique", "972"),
    "973": ("America/Cayenne", "973"),
    "974": ("Indian/Reunion", "974"),
    "975": ("America/Miquelon", "PM"),
    "976": ("Indian/Mayotte", "976"),
    "986": ("Pacific/Wallis", "WF"),
    "987": ("Pacific/Tahiti", "PF"),
    "988": ("Pacific/Noumea", "NC"),
}
"""Time zone and holiday region (as the holidays package names it) by the postcode's beginning."""

DEGREES_MAX: Final = 360
SHARED_REFS: Final = frozenset({"ref:FR:NAF", "ref:FR:SIREN", "ref:vatin"})
"""Tags that name the company or its trade, not the store."""

_GLUED_NUMBER = re.compile(r"(.*[a-zà-ÿ]{3})(\d{1,4}(?:[/-]\d{1,4})?(?: ?(?:bis|ter|[A-Z]))?)")
_POSTCODE_FIRST = re.compile(r"\d{4,5}\s+(\D.*)")


@dataclass(frozen=True, slots=True)
class ReadStore:
    """A feature that can be taken, and what the reader should know of it."""

    command: OpenLocation
    warnings: tuple[str, ...]


def read_feature(feature: object, *, brand_id: UUID, country: str) -> ReadStore:
    """Return the store a feature describes; `country` speaks for those that name none.

    Raises Invalid with a sentence about the first value that cannot be meant.
    """
    tags, (longitude, latitude) = _tags(feature), _coordinates(feature)
    warnings: list[str] = []
    country = (tags.get("addr:country") or country).upper()
    postcode = _text("postcode", tags.get("addr:postcode", ""), 12)
    zone, region = place_in_time(country, postcode, tags.get("timezone"))
    hours = _hours(tags, Schedule("", zone, country, region), warnings)
    command = OpenLocation(
        brand_id=brand_id,
        code=_code(tags),
        name=_name(tags),
        street=_street(tags, warnings),
        postcode=postcode,
        city=_city(tags, warnings),
        country=country,
        phone=_phone(tags, country, warnings),
        latitude=latitude,
        longitude=longitude,
        time_zone=zone,
        opening_hours=hours,
        holiday_region=region,
        collects=hours is not None,
    )
    return ReadStore(command, tuple(warnings))


def open_stores(session: Session, rows: Sequence[ReadStore]) -> int:
    """Have these stores open; return how many are new."""
    return sum(services.open_location(session, row.command)[1] for row in rows)


def place_in_time(country: str, postcode: str, named: str | None = None) -> tuple[str, str | None]:
    """Return the IANA zone of a place and, overseas, its holiday region.

    Raises Invalid when the country has several zones and nothing tells which.
    """
    region = FRANCE_OVERSEAS.get(postcode[:3], ("", None))[1] if country == "FR" else None
    return time_zone(country, postcode, named), region


def time_zone(country: str, postcode: str, named: str | None = None) -> str:
    """Return the IANA zone of a place: as named, else by country and postcode.

    Raises Invalid when the country has several zones and nothing tells which.
    """
    zones: Mapping[str, list[str]] = get_global("territory_zones")
    if named:
        if not any(named in each for each in zones.values()):
            raise Invalid(f"timezone {named!r} is not an IANA time zone")
        return named
    if country == "FR" and postcode[:3] in FRANCE_OVERSEAS:
        return FRANCE_OVERSEAS[postcode[:3]][0]
    if country == "DE":
        return "Europe/Berlin"  # its other zone keeps the same time
    if country not in zones:
        raise Invalid(f"country {country!r} is not an ISO 3166 code")
    if len(zones[country]) > 1:
        raise Invalid(f"{country} has several time zones: add a tag timezone=Area/City")
    return zones[country][0]


def brand_name(features: Sequence[object]) -> str | None:
    """Return the brand that all features name, if they agree."""
    names = {
        str(feature["properties"].get("brand", ""))
        for feature in features
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
    }
    try:
        return _text("brand", names.pop()) if len(names) == 1 else None
    except Invalid:
        return None


def _tags(feature: object) -> dict[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise Invalid("this is not a feature with properties")
    return {
        str(key): str(value).strip()
        for key, value in properties.items()
        if isinstance(value, str | int | float) and str(value).strip()
    }


def _coordinates(feature: object) -> tuple[float, float]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise Invalid("the geometry is missing")
    if geometry.get("type") != "Point":
        raise Invalid(f"the geometry is a {geometry.get('type')}, not a Point")
    numbers = geometry.get("coordinates")
    if (
        not isinstance(numbers, list)
        or len(numbers) not in {2, 3}
        or not all(map(_is_angle, numbers))
    ):
        raise Invalid(f"coordinates {numbers!r} are not two numbers")
    longitude, latitude = float(numbers[0]), float(numbers[1])
    if not -180 <= longitude <= 180 or not -90 <= latitude <= 90:  # noqa: PLR2004 (degrees)
        raise Invalid(f"longitude {longitude:g}, latitude {latitude:g} is not on Earth")
    if longitude == latitude == 0:
        raise Invalid("the coordinates are 0, 0: nobody located this store")
    return longitude, latitude


def _is_angle(value: object) -> bool:
    """Tell whether it is a number that could be one of degrees; NaN and infinity are not."""
    return isinstance(value, int | float) and value is not True and abs(value) <= DEGREES_MAX


def _code(tags: Mapping[str, str]) -> str:
    """A reference that stays is the best code; names and addresses change."""
    prefix = tags.get("brand") or tags.get("name", "")
    refs = [key for key in sorted(tags) if key.startswith("ref:") and key not in SHARED_REFS]
    refs.sort(key=lambda key: prefix.lower() not in key.lower())
    for key in ["ref", *refs]:
        if key in tags:
            return _slug(f"{prefix} {tags[key]}")
    parts = (tags.get(key, "") for key in ("branch", "addr:city", "addr:street"))
    return _slug(" ".join((prefix, *parts)))


def _name(tags: Mapping[str, str]) -> str:
    name = _text("name", tags.get("name", ""))
    branch = tags.get("branch", "")
    longer = tags.get("alt_name", "")
    if not branch and longer.lower().startswith(f"{name.lower()} "):
        branch = longer[len(name) :]
    return _text("name", f"{name} {branch or tags.get('addr:city', '')}")


def _street(tags: Mapping[str, str], warnings: list[str]) -> str:
    number, street = tags.get("addr:housenumber", ""), tags.get("addr:street", "")
    glued = _GLUED_NUMBER.fullmatch(street)
    if glued and not number:
        warnings.append(f"the house number was part of the street {street!r}")
        street, number = glued.groups()
    parts = [part for part in (tags.get("addr:place", ""), f"{number} {street}".strip()) if part]
    if not parts:
        warnings.append("the street is not known")
        return ""
    return _text("street", ", ".join(parts))


def _city(tags: Mapping[str, str], warnings: list[str]) -> str:
    city = tags.get("addr:city", "")
    found = _POSTCODE_FIRST.fullmatch(city)
    if found:
        warnings.append(f"the postcode was part of the city {city!r}")
        city = found.group(1)
    return _text("city", city)


def _phone(tags: Mapping[str, str], country: str, warnings: list[str]) -> str | None:
    """Return the first number as people read it, with its country's code."""
    written = (tags.get("phone") or tags.get("contact:phone", "")).split(";")[0]
    if not written:
        warnings.append("the phone number is not known")
        return None
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        warnings.append(f"phone {written!r} is not a number and was left out")
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _hours(tags: Mapping[str, str], place: Schedule, warnings: list[str]) -> str | None:
    written = tags.get("opening_hours", "")
    if not written:
        warnings.append("the opening hours are not known: no collection until they are")
        return None
    try:
        hours = _text("opening hours", written, 500)
        read_schedule(replace(place, opening_hours=hours))
    except (UnreadableHours, Invalid):
        warnings.append(f"opening hours {written!r} cannot be read: no collection until they can")
        return None
    return hours


def _text(name: str, value: str, max_length: int = 200) -> str:
    text = " ".join(value.split())
    if not text:
        raise Invalid(f"the {name} is empty")
    try:
        return str(SafeText(max_length=max_length).deserialize(text))
    except ValidationError as error:
        raise Invalid(f"the {name} cannot be stored: {' '.join(error.messages)}") from error


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64]
    if not slug:
        raise Invalid("there is neither a reference nor a name to make a code of")
    return slug
