"""Orders a second through HTTP: any SKUs of many, and everybody the same one."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.effort import cpu_s
from benchmarks.figures import Series, print_efforts, print_rates, print_table
from benchmarks.load import Answered, Load, post_all
from benchmarks.rows import NOTHING, TABLES, Connection, Trace, look
from benchmarks.servers import Door, Served
from benchmarks.shop import HOT_STORE, PLENTY_SKUS, Retailer, order_body

CONNECTIONS = 32
ROUNDS, QUICK_ROUNDS = 5, 2
ORDERS, QUICK_ORDERS = 300, 120
"""Orders a round; all together fewer than the 10,000 fictional telephone numbers."""
WARM_UP_ORDERS = 500
"""Orders before each case: PostgreSQL plans a statement ten times on each connection."""
CREATED = 201

PAST_CUSTOMERS = 50_000
_PAST_CUSTOMERS = """
    WITH people AS (
        INSERT INTO customer (id, language) SELECT gen_random_uuid(), 'fr'
        FROM generate_series(1, %s) RETURNING id)
    INSERT INTO contact_point (id, customer_id, kind, value)
    SELECT gen_random_uuid(), id, 'email', id || '@past.example' FROM people
"""

Where = Callable[[], tuple[str, tuple[str, ...]]]


def open_the_past(doors: dict[Door, Served], retailer: Retailer, connection: Connection) -> None:
    """Have orders there, and counted: PostgreSQL keeps plans it made while tables were empty."""
    chance = random.Random(0)
    for served in doors.values():
        _post(
            served.port,
            retailer,
            [_body(chance, partial(_anywhere, chance, retailer)) for _ in range(WARM_UP_ORDERS)],
        )
    connection.execute(_PAST_CUSTOMERS, [PAST_CUSTOMERS])
    connection.execute("VACUUM ANALYZE")


def measure(
    doors: dict[Door, Served], retailer: Retailer, connection: Connection, *, quick: bool
) -> bool:
    """Print both cases and what an order wrote; return whether it was the same at both doors."""
    chance = random.Random(1)
    anywhere = partial(_anywhere, chance, retailer)
    rounds, orders = (QUICK_ROUNDS, QUICK_ORDERS) if quick else (ROUNDS, ORDERS)
    left = dict.fromkeys(doors, NOTHING)
    counts = [WARM_UP_ORDERS, *[orders] * rounds]
    for title, where in (("any SKU", anywhere), ("one SKU", _one_sku)):
        series = {door: Series() for door in doors}
        for number, count in enumerate(counts):
            for door, served in doors.items():
                bodies = [_body(chance, where) for _ in range(count)]
                before = look(connection)
                spent = _spent_s(served, connection)
                seen = _post(served.port, retailer, bodies)
                web_s, database_s = (
                    after - earlier
                    for after, earlier in zip(_spent_s(served, connection), spent, strict=True)
                )
                left[door] = left[door].plus(look(connection).since(before))
                if number > 0:
                    series[door].take(seen, (web_s, database_s))
        print_rates(f"Orders placed, {title}, {CONNECTIONS} buyers at once", series)
        print_efforts(series)
    return _print_rows(left, orders=2 * sum(counts))


def _spent_s(served: Served, connection: Connection) -> tuple[float, float]:
    """Return the processor time used so far by a program, and by the database for everybody."""
    row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    postmaster = int(str((row or ("0",))[0]).split()[0])
    return cpu_s(served.pid), cpu_s(postmaster)


def _anywhere(chance: random.Random, retailer: Retailer) -> tuple[str, tuple[str, ...]]:
    return chance.choice(retailer.store_codes), tuple(chance.sample(PLENTY_SKUS, 2))


def _one_sku() -> tuple[str, tuple[str, ...]]:
    return HOT_STORE, PLENTY_SKUS[:1]


def _body(chance: random.Random, where: Where) -> dict[str, Any]:
    store, skus = where()
    return order_body(chance, store=store, skus=skus)


def _post(port: int, retailer: Retailer, bodies: Sequence[dict[str, Any]]) -> Answered:
    answered = post_all(Load(port, "/api/v1/orders", retailer.key, bodies, CONNECTIONS))
    if set(answered.statuses) != {CREATED}:
        raise RuntimeError(f"orders were refused: {sorted(set(answered.statuses))}")
    return answered


def _print_rows(left: dict[Door, Trace], *, orders: int) -> bool:
    """Print rows and filled columns an order; return whether both doors left exactly the same."""
    ours, by_hand = left[Door.OURS], left[Door.BY_HAND]
    rows = [
        [
            table,
            *(f"{trace.rows[table] / orders:g}" for trace in (ours, by_hand)),
            *(f"{trace.filled[table] / orders:g}" for trace in (ours, by_hand)),
        ]
        for table in TABLES
    ]
    units = [f"{trace.reserved / orders:g}" for trace in (ours, by_hand)]
    rows.append(["stock_level, units reserved", *units, "", ""])
    headings = ["", *(f"rows, {door}" for door in left), *(f"columns, {door}" for door in left)]
    print_table(f"What an order wrote, mean of {orders} at each door", headings, rows)
    return ours == by_hand
