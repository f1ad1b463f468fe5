"""What lies around a place: distance and radius in SQL, with values or with parameters."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, and_, cast, func, null

from stores.models import Location

EARTH_KM: Final = 6371.0
DEGREE_KM: Final = 111.2


@dataclass(frozen=True, slots=True)
class Near:
    """A place and how far from it, in kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Around:
    """What SQL needs of a place: radians, degrees and kilometres, or parameters for them."""

    north: Any
    east: Any
    narrow: Any
    radius_km: Any
    least_latitude: Any
    most_latitude: Any
    least_longitude: Any
    most_longitude: Any


def around_of(near: Near) -> Around:
    """Return what SQL needs of a place and its radius."""
    margin = near.radius_km / DEGREE_KM
    wide = margin / max(cos(radians(near.latitude)), 0.01)
    return Around(
        north=radians(near.latitude),
        east=radians(near.longitude),
        narrow=cos(radians(near.latitude)),
        radius_km=near.radius_km,
        least_latitude=near.latitude - margin,
        most_latitude=near.latitude + margin,
        least_longitude=near.longitude - wide,
        most_longitude=near.longitude + wide,
    )


def distance_km(around: Around | None) -> ColumnElement[Any]:
    """Great-circle distance on a sphere of 6,371 km (haversine), as SQL."""
    if around is None:
        return cast(null(), Float)
    lat, lon = func.radians(Location.latitude), func.radians(Location.longitude)
    half_chord = func.power(func.sin((lat - around.north) / 2), 2) + func.cos(
        lat
    ) * around.narrow * func.power(func.sin((lon - around.east) / 2), 2)
    return 2 * EARTH_KM * func.asin(func.sqrt(func.least(1.0, half_chord)))


def within(around: Around) -> ColumnElement[bool]:
    """Return the condition that a location is not farther than the radius."""
    return and_(
        Location.latitude.between(around.least_latitude, around.most_latitude),
        Location.longitude.between(around.least_longitude, around.most_longitude),
        distance_km(around) <= around.radius_km,
    )
