"""One web server for every race of a test process, and one whose guards are removed."""

from collections.abc import Iterator

import pytest

from app.embedded import Cluster
from tests.support.installation import installation
from tests.support.trade import Trade

PAUSE = "--pause-before-taking-ms"
"""Between the check of a code and the taking of the parcel: room for somebody else."""


@pytest.fixture(scope="session")
def trade(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    with installation(cluster, tmp_path_factory.mktemp("races")) as house:
        yield Trade(house, house.open_web(PAUSE, "100"))


@pytest.fixture(scope="session")
def unguarded(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """The same without the guards of stock and slots: what the races would look like then."""
    removed = [
        word
        for guard in (
            "stock",
            "hand-over",
            "slot",
            "count",
            "transfer",
            "receipt",
            "promotion",
            "price",
        )
        for word in ("--without-guard", guard)
    ]
    with installation(cluster, tmp_path_factory.mktemp("unguarded")) as house:
        yield Trade(house, house.open_web(PAUSE, "1000", *removed))
