"""The nearby dial: near stores get room, bearings hold, dots never cover each other."""

from math import hypot

import pytest

from app import dial

LYON = (45.7640, 4.8357)


@pytest.mark.parametrize(
    ("km", "radius"), [(0, 0.0), (2, 44.7), (5, 70.7), (10, 100.0), (80, 100.0)]
)
def test_near_distances_get_more_room_and_far_ones_stand_on_the_edge(
    km: float, radius: float
) -> None:
    assert round(dial.ring(km), 1) == radius


@pytest.mark.parametrize(
    ("to", "degrees"),
    [((46.7640, 4.8357), 0), ((44.7640, 4.8357), 180), ((45.7640, 4.9357), 90), (LYON, 0)],
)
def test_a_bearing_is_read_clockwise_from_north(to: tuple[float, float], degrees: int) -> None:
    assert round(dial.bearing(*LYON, *to)) == degrees


def test_a_dot_stands_at_its_bearing_and_distance() -> None:
    assert dial.dots([(90, 10), (180, 2), (0, 10)]) == [
        dial.Dot(100.0, 0.0),
        dial.Dot(0.0, 44.7),
        dial.Dot(0.0, -100.0),
    ]


def test_a_store_next_door_does_not_cover_the_shopper() -> None:
    (dot,) = dial.dots([(45, 0.0)])
    assert round(hypot(dot.x, dot.y)) == dial.DOT_GAP


def test_stores_at_one_place_stand_beside_each_other() -> None:
    dots = dial.dots([(10, 3.0)] * 4)
    apart = [
        hypot(one.x - other.x, one.y - other.y)
        for index, one in enumerate(dots)
        for other in dots[:index]
    ]
    assert len(apart) == 6
    assert min(apart) >= dial.DOT_GAP - 0.3
