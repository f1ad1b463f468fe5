"""One whole installation for every journey of a test process."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.embedded import Cluster
from tests.support.installation import installation
from tests.support.trade import Trade
from tests.support.vendors import Vendors


@dataclass(frozen=True)
class House:
    """The retailer's doors, and the mailboxes of its customers."""

    trade: Trade
    vendors: Vendors


@pytest.fixture(scope="session")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("flows")) as place:
        vendors = place.open_vendors()
        place.open_redis("redis")
        for program in ("relay", "work"):
            place.start(program)
        yield House(Trade(place, place.open_web()), vendors)


@pytest.fixture
def trade(house: House) -> Trade:
    return house.trade


@pytest.fixture
def vendors(house: House) -> Vendors:
    return house.vendors
