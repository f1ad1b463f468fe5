"""A flash sale: 300 buyers at once for 100 units, all through HTTP."""

import random
from statistics import quantiles

from benchmarks.figures import print_table
from benchmarks.load import Load, post_all
from benchmarks.rows import Connection
from benchmarks.servers import Door, Served
from benchmarks.shop import FLASH_SKU, FLASH_UNITS, HOT_STORE, Retailer, order_body

BUYERS = 300
LATE_BUYERS, LATE_CONNECTIONS = 640, 32
"""Who comes when all is sold, and how many of them at once."""
REFUSED_HEADINGS = ("then refused, p50 ms", "p99 ms")
SOLD, SOLD_OUT = 201, 409


def measure(doors: dict[Door, Served], retailer: Retailer, connection: Connection) -> bool:
    """Print how long it took to answer all; return whether exactly the units there were sold."""
    chance = random.Random(3)
    rows, right = [], True
    for door, (port, _) in doors.items():
        connection.execute("UPDATE stock_level SET reserved = 0 WHERE sku = %s", [FLASH_SKU])
        bodies = [order_body(chance, store=HOT_STORE, skus=(FLASH_SKU,)) for _ in range(BUYERS)]
        answered = post_all(Load(port, "/api/v1/orders", retailer.key, bodies, BUYERS))
        sold, refused = (answered.statuses.count(status) for status in (SOLD, SOLD_OUT))
        reserved = connection.execute(
            "SELECT sum(reserved) FROM stock_level WHERE sku = %s", [FLASH_SKU]
        ).fetchone()
        right &= (sold, refused, reserved) == (FLASH_UNITS, BUYERS - FLASH_UNITS, (FLASH_UNITS,))
        rows.append([door.value, f"{answered.seconds:.2f}", str(sold), str(refused)])
        rows[-1] += _of_sold_out(port, retailer, chance)
    headings = ["", "seconds to answer all", "sold", "told it is sold out", *REFUSED_HEADINGS]
    print_table(f"Flash sale: {BUYERS} buyers at once, {FLASH_UNITS} units", headings, rows)
    return right


def _of_sold_out(port: int, retailer: Retailer, chance: random.Random) -> list[str]:
    """Return how long those wait for their answer who come when all is sold.

    Raises RuntimeError when any of them was sold one.
    """
    bodies = [order_body(chance, store=HOT_STORE, skus=(FLASH_SKU,)) for _ in range(LATE_BUYERS)]
    answered = post_all(Load(port, "/api/v1/orders", retailer.key, bodies, LATE_CONNECTIONS))
    if set(answered.statuses) != {SOLD_OUT}:
        raise RuntimeError(f"sold out, and yet: {sorted(set(answered.statuses))}")
    share = quantiles(answered.latencies_ms, n=100)
    return [f"{share[49]:.0f}", f"{share[98]:.0f}"]
