"""One whole installation for every journey of a test process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.embedded import Cluster
from tests.support.installation import installation
from tests.support.shared import shared_in_folder
from tests.support.trade import Trade
from tests.support.travel import Clock, open_clock
from tests.support.vendors import Vendors


@dataclass(frozen=True)
class House:
    """The retailer's doors, the mailboxes of its customers, and when it is."""

    trade: Trade
    vendors: Vendors
    clock: Clock


@contextmanager
def open_house(cluster: Cluster, home: Path) -> Iterator[House]:
    """Run web, relay, worker, Redis and the servers messages go to."""
    with installation(cluster, home) as place:
        clock = open_clock(place)
        vendors = place.open_vendors()
        place.open_redis("redis")
        for program in ("relay", "work"):
            place.start(program)
        yield House(Trade(place, place.open_web()), vendors, clock)


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> House:
    return shared_in_folder(
        request, "house", lambda: open_house(cluster, tmp_path_factory.mktemp("flows"))
    )


@pytest.fixture
def trade(house: House) -> Trade:
    return house.trade


@pytest.fixture
def vendors(house: House) -> Vendors:
    return house.vendors


@pytest.fixture
def clock(house: House) -> Clock:
    return house.clock
