"""Orders a second through HTTP: any SKU of many, and everybody the same two."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.figures import Series, print_rates, print_table
from benchmarks.load import Answered, Load, post_all
from benchmarks.rows import NOTHING, TABLES, Connection, Trace, look
from benchmarks.servers import Door
from benchmarks.shop import HOT_STORE, PLENTY_SKUS, Retailer, order_body

CONNECTIONS = 16
ROUNDS, QUICK_ROUNDS = 5, 2
ORDERS, QUICK_ORDERS = 300, 120
"""Orders a round; all together fewer than the 10,000 fictional telephone numbers."""
CREATED = 201

Where = Callable[[], tuple[str, tuple[str, ...]]]


def measure(
    doors: dict[Door, int], retailer: Retailer, connection: Connection, *, quick: bool
) -> bool:
    """Print both cases and what an order wrote; return whether it was the same at both doors."""
    chance = random.Random(1)
    anywhere = partial(_anywhere, chance, retailer)
    rounds, orders = (QUICK_ROUNDS, QUICK_ORDERS) if quick else (ROUNDS, ORDERS)
    left = dict.fromkeys(doors, NOTHING)
    for title, where in (("any SKU", anywhere), ("one hot shelf", _hot_shelf)):
        series = {door: Series() for door in doors}
        for number in range(rounds + 1):
            for door, port in doors.items():
                bodies = [_body(chance, where) for _ in range(orders)]
                before = look(connection)
                seen = _post(port, retailer, bodies)
                left[door] = left[door].plus(look(connection).since(before))
                if number > 0:  # the first round warms up
                    series[door].take(seen)
        print_rates(f"Orders placed, {title}", series)
    return _print_rows(left, orders=2 * (rounds + 1) * orders)


def _anywhere(chance: random.Random, retailer: Retailer) -> tuple[str, tuple[str, ...]]:
    return chance.choice(retailer.store_codes), tuple(chance.sample(PLENTY_SKUS, 2))


def _hot_shelf() -> tuple[str, tuple[str, ...]]:
    return HOT_STORE, PLENTY_SKUS[:2]


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
