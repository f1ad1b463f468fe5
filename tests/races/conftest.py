"""One web server for every race of a test process, and one whose guards are removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.embedded import Cluster
from tests.support.installation import installation
from tests.support.shared import shared_in_folder
from tests.support.trade import Trade

PAUSE = "--pause-before-taking-ms"
"""Between the check of a code and the taking of the parcel: room for somebody else."""


GUARDS = (
    "announced",
    "bringing",
    "stock",
    "hand-over",
    "slot",
    "day",
    "count",
    "transfer",
    "receipt",
    "nonce",
    "promotion",
    "price",
    "seen-price",
    "cart",
    "customer",
    "reservation",
    "queue",
    "task",
    "arriving",
    "order-of-locks",
)


@contextmanager
def open_trade(cluster: Cluster, home: Path, *options: str) -> Iterator[Trade]:
    """Run a web server with these options of the launcher."""
    with installation(cluster, home) as house:
        yield Trade(house, house.open_web(*options))


@pytest.fixture(scope="module")
def trade(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Trade:
    return shared_in_folder(
        request,
        "trade",
        lambda: open_trade(cluster, tmp_path_factory.mktemp("races"), PAUSE, "100"),
    )


@pytest.fixture(scope="module")
def unguarded(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Trade:
    """The same without the guards of stock and slots: what the races would look like then."""
    removed = [word for guard in GUARDS for word in ("--without-guard", guard)]
    home = tmp_path_factory.mktemp("unguarded")
    return shared_in_folder(
        request, "unguarded", lambda: open_trade(cluster, home, PAUSE, "1000", *removed)
    )
