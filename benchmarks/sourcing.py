"""Who sends a basket of twenty lines to a door, out of a whole chain: beside its bare query."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Final

from sqlalchemy import text

import inventory.queries
import stores.queries
from benchmarks.figures import print_table
from benchmarks.network import STORES, UNITS_MAX, Network
from kernel.db import transaction
from orders import queries
from orders.commands import Channel, Method
from orders.sourcing import Ask, Held, decide_by, read_book
from stores.commands import StoreMethod
from stores.queries import Near, Where

LINES: Final = 20
ROUNDS, QUICK_ROUNDS = 15, 5
WORLD_KM: Final = 20_100
TOURS: Final = (47.39, 0.69)
RULES: Final[Sequence[dict[str, Any]]] = (
    {"filter": "units_left", "units": 1},
    {"filter": "capacity"},
    {"filter": "load", "parcels": 200},
    {"rank": "distance", "step_km": 50},
    {"rank": "load"},
)


def measure(network: Network, *, quick: bool) -> None:
    """Print how long decisions take that need one parcel, or two, beside their bare query."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with transaction() as session:
        session.execute(text("UPDATE location SET ships = true"))
    rows = [["the bare query", f"{_time(lambda: _query(network), rounds):.1f}", ""]]
    for splits in range(3):
        parcels = _decide(network, splits)
        spent_ms = _time(lambda splits=splits: _decide(network, splits), rounds)  # type: ignore[misc]
        rows.append([f"at most {splits + 1} parcels", f"{spent_ms:.1f}", str(parcels)])
    units = _must_split(network)
    bare_ms = _time(lambda: _query(network, units), rounds)
    rows.append([f"the bare query, {units} units a line", f"{bare_ms:.1f}", ""])
    spent_ms = _time(lambda: _decide(network, 1, units), rounds)
    rows.append([f"must split: {units} units a line", f"{spent_ms:.1f}", "2"])
    title = f"Who sends {LINES} lines, out of {STORES} locations"
    print_table(title, ["", "p50 ms", "parcels"], rows)


def _must_split(network: Network) -> int:
    """Return how many units of each line no location has, and two have together."""
    return next(
        units
        for units in range(2, UNITS_MAX)
        if (_decide(network, 0, units), _decide(network, 1, units)) == (0, 2)
    )


def _wanted(network: Network, units: int) -> dict[str, int]:
    return dict.fromkeys(network.skus[:LINES], units)


def _where() -> Where:
    return Where(Near(*TOURS, WORLD_KM), method=StoreMethod.SHIP, weighed=True)


def _query(network: Network, units: int = 1) -> None:
    """Ask only what every location has, in the statement that a decision sends."""
    where = _where()
    with transaction() as session:
        inventory.queries.reach(
            session,
            stores=stores.queries.select_where(where, queries.waiting_at),
            values=where.values,
            skus=sorted(_wanted(network, units)),
        )


def _decide(network: Network, splits: int, units: int = 1) -> int:
    """Return from how many locations all of it is sent; 0 where it cannot be."""
    wanted = _wanted(network, units)
    with transaction() as session:
        (brand, *_others) = stores.queries.list_brands(session)
        ask = Ask(
            brand.id,
            brand.code,
            Channel.WEB,
            Method.DELIVERY,
            wanted,
            *TOURS,
            values_minor=dict.fromkeys(wanted, 1_000),
        )
        book = read_book(list(RULES), {"max_splits": splits}, method=Method.DELIVERY)
        decision = decide_by(session, ask, Held(book))
        return 0 if decision.missing else len(decision.sends)


def _time(act: Callable[[], object], rounds: int) -> float:
    """Return the median time of some rounds, in milliseconds, after one that warms up."""
    act()
    spent = []
    for _round in range(rounds):
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1_000)
    return median(spent)
