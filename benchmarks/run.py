"""Measure Comptoir beside the same work written by hand, on a private database, and print it."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app.embedded import Cluster, private_postgres
from benchmarks import availability, customers, flash_sale, placing, sourcing
from benchmarks.figures import say
from benchmarks.network import open_network
from benchmarks.servers import ROOT, two_doors
from benchmarks.shop import open_retailer
from kernel import db


def main() -> None:
    """Print every figure; exit with 1 when the two doors did not do the same work."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer, shorter rounds: two minutes")
    parser.add_argument("--orders-only", action="store_true", help="only what placing costs")
    parser.add_argument(
        "--network-only", action="store_true", help="only where a basket is to be had"
    )
    parser.add_argument("--sourcing-only", action="store_true", help="only who sends a basket")
    parser.add_argument(
        "--customers",
        nargs="?",
        type=int,
        const=customers.CUSTOMERS,
        help="only finding one of so many customers (100,000) and opening their file",
    )
    asked = parser.parse_args()
    if asked.customers:
        _measure_customers(asked.customers, quick=asked.quick)
        return
    began = time.monotonic()
    same = True
    if not (asked.network_only or asked.sourcing_only):
        same = _measure_orders(quick=asked.quick)
    if not asked.orders_only:
        with _folder() as folder, private_postgres(folder / "postgres") as cluster:
            same &= _measure_network(
                cluster, folder, quick=asked.quick, availability_too=not asked.sourcing_only
            )
    say(f"\nload average {os.getloadavg()[0]:.1f}; {time.monotonic() - began:.0f} s in all")
    if not same:
        sys.exit("the two doors did not do the same work: the ratios above mean nothing")


def _measure_orders(*, quick: bool) -> bool:
    """Print what placing costs, on a retailer with few SKUs; return whether both did the same."""
    began = time.monotonic()
    with _folder() as folder, private_postgres(folder / "postgres") as cluster:
        engine = db.connect(cluster.url("app"))
        retailer = open_retailer(cluster)
        engine.dispose()
        with psycopg.connect(
            host=str(cluster.socket), user="postgres", dbname="comptoir", autocommit=True
        ) as connection:
            _introduce(connection, began)
            with two_doors(cluster, folder) as doors:
                placing.open_the_past(doors, retailer, connection)
            with two_doors(cluster, folder) as doors:
                same = placing.measure(doors, retailer, connection, quick=quick)
                same &= flash_sale.measure(doors, retailer, connection)
    return same


def _measure_customers(count: int, *, quick: bool) -> None:
    """Print what finding one of `count` customers costs, and reading their file."""
    with _folder() as folder, private_postgres(folder / "postgres") as cluster:
        engine = db.connect(cluster.url("app"))
        customers.measure(cluster, count=count, quick=quick)
        engine.dispose()
    say(f"\nload average {os.getloadavg()[0]:.1f}")


def _measure_network(
    cluster: Cluster, folder: Path, *, quick: bool, availability_too: bool
) -> bool:
    """Print what availability costs over 2.1 million levels; return whether both said the same."""
    began = time.monotonic()
    engine = db.connect(cluster.url("app"))
    network = open_network(cluster)
    say(f"\n2.1 million levels made ready in {time.monotonic() - began:.0f} s")
    sourcing.measure(network, quick=quick)
    engine.dispose()
    if not availability_too:
        return True
    with two_doors(cluster, folder) as doors:
        return availability.measure(doors, network, cluster, quick=quick)


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder in `var/`, on the clone's own disk: `/tmp` may be memory, where fsync is free.

    It and the database that root keeps elsewhere are gone afterwards.
    """
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=ROOT / "var"))
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    try:
        yield folder
    finally:
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _introduce(connection: psycopg.Connection[tuple[object, ...]], began: float) -> None:
    row = connection.execute(
        "SELECT current_setting('server_version'), current_setting('fsync'), "
        "current_setting('synchronous_commit')"
    ).fetchone()
    version, fsync, commit = row or ("?", "?", "?")
    say(
        f"Python {platform.python_version()}, PostgreSQL {version}, fsync {fsync}, "
        f"synchronous_commit {commit}, {os.cpu_count()} cores, "
        f"load average {os.getloadavg()[0]:.1f}; made ready in {time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
