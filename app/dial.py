"""The nearby dial: where stores stand on rings around the shopper, drawn instead of a map."""

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin, sqrt

RADIUS = 100
"""Units from the middle to the outermost ring; the drawing is a square around it."""
RINGS_KM = (2, 5, 10)
DOT_GAP = 21
"""Units two dots need between their middles to be told apart."""
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Dot:
    """A store on the dial: units from the middle, `y` downwards."""

    x: float
    y: float


def ring(km: float) -> float:
    """Return the radius of a distance: areas, not lengths, grow evenly, so near stores get room.

    Everything beyond the outermost ring stands on it.
    """
    return RADIUS * sqrt(min(km, RINGS_KM[-1]) / RINGS_KM[-1])


def bearing(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return degrees clockwise from north, from one place (WGS84) to another."""
    east = radians(to_longitude - longitude)
    start, end = radians(latitude), radians(to_latitude)
    return (
        degrees(
            atan2(sin(east) * cos(end), cos(start) * sin(end) - sin(start) * cos(end) * cos(east))
        )
        % 360
    )


def dots(places: list[tuple[float, float]]) -> list[Dot]:
    """Return a dot for each (bearing in degrees, distance in km), moved apart where they touch."""
    points = [_point(degrees_, km) for degrees_, km in places]
    for _ in range(ROUNDS):
        if not _part(points):
            break
    return [Dot(round(x, 1), round(y, 1)) for x, y in points]


def _point(degrees_: float, km: float) -> list[float]:
    angle, far = radians(degrees_), max(ring(km), DOT_GAP)
    return [far * sin(angle), -far * cos(angle)]


def _part(points: list[list[float]]) -> bool:
    moved = False
    for second in range(len(points)):
        for first in range(second):
            moved |= _push(points[first], points[second])
    return moved


def _push(one: list[float], other: list[float]) -> bool:
    """Move two points apart along their line, each half of what is missing."""
    across, down = other[0] - one[0], other[1] - one[1]
    apart = hypot(across, down)
    if apart >= DOT_GAP - 0.1:
        return False
    if apart == 0:
        across, down, apart = 1, 0, 1
    share = (DOT_GAP - hypot(other[0] - one[0], other[1] - one[1])) / 2 / apart
    one[0], one[1] = one[0] - across * share, one[1] - down * share
    other[0], other[1] = other[0] + across * share, other[1] + down * share
    return True
