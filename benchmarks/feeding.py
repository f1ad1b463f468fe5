"""`python -m benchmarks.feeding`: a snapshot of 2.1 million levels while orders go on.

It is imported by `comptoir stock feed`, killed half-way and started again; then the same snapshot
is booked by one transaction written by hand, as many a nightly job is.
"""

import argparse
import csv
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import httpx
import psycopg

from app.embedded import Cluster, private_postgres
from benchmarks.figures import print_table, say
from benchmarks.network import SKUS, STORES, Network, open_network
from benchmarks.rows import Connection
from benchmarks.run import _folder
from benchmarks.servers import ROOT, environment_of, our_door
from benchmarks.shop import order_body
from kernel import db

CHANGED_OF_TEN = 3
"""Three lines in ten differ from what is booked: far more than a day leaves."""
PAUSE_S, CALM_S, POLL_S = 0.02, 10.0, 0.02
HOLDING = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)
    FROM pg_stat_activity a JOIN pg_locks l USING (pid)
    WHERE a.application_name = 'feed' AND l.relation = 'stock_level'::regclass
      AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
"""
BY_HAND = """
    CREATE TEMP TABLE given (store text, sku text, quantity int) ON COMMIT DROP;
    COPY given FROM STDIN (FORMAT csv, HEADER);
"""
BY_HAND_BOOKED = """
    WITH line AS (
        SELECT l.location_id, l.sku, g.quantity - l.on_hand AS difference
        FROM given g JOIN location p ON p.code = g.store
        JOIN stock_level l ON l.location_id = p.id AND l.sku = g.sku
        WHERE g.quantity <> l.on_hand),
    changed AS (
        UPDATE stock_level l SET on_hand = l.on_hand + n.difference FROM line n
        WHERE l.location_id = n.location_id AND l.sku = n.sku RETURNING l.sku)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, reason)
    SELECT location_id, sku, 'adjusted', difference, 'feed', 'by hand' FROM line
"""


@dataclass
class Buyers:
    """Somebody who places one order after the other, and how long each took."""

    port: int
    network: Network
    latencies_ms: list[float] = field(default_factory=list)
    refused: int = 0

    @contextmanager
    def buying(self) -> Iterator[None]:
        """Place orders while the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self._buy, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def row(self, name: str) -> list[str]:
        """Return how long orders took, as text."""
        share = quantiles(self.latencies_ms, n=100)
        figures = (share[49], share[98], max(self.latencies_ms))
        return [
            name,
            str(len(self.latencies_ms)),
            str(self.refused),
            *(f"{each:.0f}" for each in figures),
        ]

    def _buy(self, stop: threading.Event) -> None:
        chance = random.Random(7)
        url = f"http://127.0.0.1:{self.port}/api/v1/orders"
        with httpx.Client(trust_env=False, timeout=60) as client:
            while not stop.wait(PAUSE_S):
                skus = tuple(chance.sample(self.network.skus, 2))
                body = order_body(chance, store=chance.choice(self.network.store_codes), skus=skus)
                headers = {
                    "Authorization": f"Bearer {self.network.key}",
                    "Idempotency-Key": str(uuid4()),
                }
                began = time.perf_counter()
                status = client.post(url, json=body, headers=headers).status_code
                self.latencies_ms.append((time.perf_counter() - began) * 1000)
                self.refused += status >= 500  # sold out is an answer, too late is none


@dataclass
class Watch:
    """How long an import held levels at most, seen from outside, and its largest memory.

    Reckoned from the beginning of the transaction that holds them: it held them less long.
    """

    connection: Connection
    child: subprocess.Popen[bytes]
    longest_ms: float = 0.0
    peak_mb: float = 0.0

    def until_end(self, *, kill_at: int | None = None) -> int:
        """Look until the import ended, or kill it once so many lines are done; give its exit."""
        while self.child.poll() is None:
            with suppress(FileNotFoundError, IndexError):
                status = Path(f"/proc/{self.child.pid}/status").read_text()
                peak = status.split("VmHWM:")[1].split()[0]
                self.peak_mb = max(self.peak_mb, int(peak) / 1024)
            row = self.connection.execute(HOLDING).fetchone()
            self.longest_ms = max(self.longest_ms, float(str((row or (0,))[0])) * 1000)
            if kill_at is not None and self._applied() >= kill_at:
                self.child.kill()
            time.sleep(POLL_S)
        return self.child.wait()

    def _applied(self) -> int:
        row = self.connection.execute("SELECT max(applied) FROM stock_feed").fetchone()
        return int(str((row or (0,))[0] or 0))


def main() -> None:
    """Print every figure; exit with 1 when levels and ledger disagree afterwards."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeding", description=__doc__)
    parser.parse_args()
    with _folder() as folder, private_postgres(folder / "postgres") as cluster:
        engine = db.connect(cluster.url("app"))
        began = time.monotonic()
        network = open_network(cluster)
        engine.dispose()
        say(f"{STORES} stores x {SKUS} SKUs made in {time.monotonic() - began:.0f} s")
        with our_door(cluster, folder) as port, _connected(cluster) as connection:
            measure(cluster, folder, Buyers(port, network), connection)


def measure(cluster: Cluster, folder: Path, calm: Buyers, connection: Connection) -> None:
    """Print how long a snapshot takes, what it costs, and what orders feel of it."""
    port, network = calm.port, calm.network
    snapshot = folder / "snapshot.csv"
    lines = _write_snapshot(connection, snapshot, random.Random(11))
    as_of = datetime.now(UTC)
    with calm.buying():
        time.sleep(CALM_S)
    ours = Buyers(port, network)
    with ours.buying():
        began = time.monotonic()
        first = Watch(connection, _feed(cluster, folder, snapshot, as_of))
        first.until_end(kill_at=lines // 2)
        killed = time.monotonic() - began
        second = Watch(connection, _feed(cluster, folder, snapshot, as_of))
        status = second.until_end()
        took = time.monotonic() - began
    say(f"\nkilled after {killed:.0f} s, started again; exit status {status}")
    say((folder / "feed.log").read_text().strip().splitlines()[-1])
    right = _agrees(connection)
    by_hand = Buyers(port, network)
    _write_snapshot(connection, snapshot, random.Random(12))
    with by_hand.buying():
        by_hand_s = _by_hand(cluster, snapshot)
    peak = max(first.peak_mb, second.peak_mb)
    longest = max(first.longest_ms, second.longest_ms)
    print_table(
        f"A snapshot of {lines:,} lines, {CHANGED_OF_TEN} in 10 changed",
        ["", "seconds", "lines/s", "peak MB", "levels held, ms at most"],
        [
            ["Comptoir", f"{took:.0f}", f"{lines / took:,.0f}", f"{peak:.0f}", f"{longest:.0f}"],
            [
                "by hand",
                f"{by_hand_s:.0f}",
                f"{lines / by_hand_s:,.0f}",
                "",
                f"{by_hand_s * 1000:.0f}",
            ],
        ],
    )
    print_table(
        "Orders meanwhile, one after the other",
        ["", "placed", "failed", "p50 ms", "p99 ms", "max ms"],
        [calm.row("nothing else"), ours.row("Comptoir's import"), by_hand.row("by hand")],
    )
    if not right:
        sys.exit("levels and ledger disagree")


def _write_snapshot(connection: Connection, file: Path, chance: random.Random) -> int:
    """Write what is booked, some lines changed, in the order of a table that was never sorted."""
    lines = 0
    with file.open("w", newline="") as opened, connection.cursor("levels") as cursor:
        writer = csv.writer(opened)
        writer.writerow(("store", "sku", "quantity"))
        with connection.transaction():
            cursor.execute(
                "SELECT p.code, l.sku, l.on_hand FROM stock_level l"
                " JOIN location p ON p.id = l.location_id"
            )
            for store, sku, on_hand in cursor:
                other = chance.randrange(10) < CHANGED_OF_TEN
                writer.writerow((store, sku, chance.randint(0, 12) if other else on_hand))
                lines += 1
    return lines


def _feed(cluster: Cluster, folder: Path, file: Path, as_of: datetime) -> subprocess.Popen[bytes]:
    environment = environment_of(cluster, folder) | {"PGAPPNAME": "feed"}
    with (folder / "feed.log").open("ab") as log:
        return subprocess.Popen(
            [
                *(sys.executable, "-c", "from app.cli import main; main()", "stock", "feed"),
                *(str(file), "--source", "erp", "--sequence", "1"),
                *("--as-of", as_of.isoformat(), "--contains-hand-overs"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )


def _by_hand(cluster: Cluster, file: Path) -> float:
    began = time.monotonic()
    with _connected(cluster) as connection, connection.transaction():
        create, copy_in = (part.strip() for part in BY_HAND.strip().split(";")[:2])
        connection.execute(create.encode())
        with connection.cursor() as cursor, cursor.copy(copy_in.encode()) as copy:
            copy.write(file.read_bytes())
        connection.execute(BY_HAND_BOOKED)
    return time.monotonic() - began


def _agrees(connection: Connection) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM stock_level l FULL JOIN ("
        " SELECT location_id, sku, sum(on_hand_delta) AS units FROM stock_movement"
        " GROUP BY 1, 2) m USING (location_id, sku)"
        " WHERE coalesce(l.on_hand, 0) <> coalesce(m.units, 0)"
    ).fetchone()
    return row == (0,)


def _connected(cluster: Cluster) -> Connection:
    return psycopg.connect(
        host=str(cluster.socket), user="postgres", dbname="comptoir", autocommit=True
    )


if __name__ == "__main__":
    main()
