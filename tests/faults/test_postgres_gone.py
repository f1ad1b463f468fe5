"""The database ends and comes back while customers order."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.embedded import private_postgres
from tests.conftest import postgres_binaries
from tests.support.installation import installation
from tests.support.trade import Trade
from tests.support.vendors import eventually

SLOWEST_S = 30.0
"""Three to connect, as much to notice a dead connection, and the rest is a busy machine's."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose database outlives its server, which a server of another account can enter."""
    made = Path(tempfile.mkdtemp(prefix="comptoir-gone-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_while_the_database_is_gone_requests_are_refused_soon_and_then_all_is_well(
    folder: Path,
) -> None:
    binaries = postgres_binaries()
    with ExitStack() as running:
        cluster = running.enter_context(private_postgres(folder / "postgres", binaries=binaries))
        with installation(cluster, folder / "home") as house:
            trade = Trade(house, house.open_web())
            sku = trade.list_article(units=10)
            assert [trade.place({sku: 1}).status_code for _ in range(8)] == [201] * 8

            running.close()
            for _ in range(8):
                assert_refused_soon(trade, sku)
            assert trade.http.get("/health/ready").status_code == 503
            assert trade.http.get("/health/live").status_code == 200

            with private_postgres(folder / "postgres", binaries=binaries):
                eventually(lambda: trade.http.get("/health/ready").is_success)
                assert [trade.place({sku: 1}).status_code for _ in range(3)] == [201, 201, 409]
                assert trade.level(sku) == {"on_hand": 10, "reserved": 10, "quarantined": 0}
                assert house.broken() == []


def assert_refused_soon(trade: Trade, sku: str) -> None:
    began = time.monotonic()
    answer: httpx.Response = trade.place({sku: 1})
    assert time.monotonic() - began < SLOWEST_S
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    assert answer.json()["type"] == "/problems/unavailable"
