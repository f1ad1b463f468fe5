"""Where is a basket of twenty to be had: over the stores around a place, and over a whole chain."""

import json
from collections.abc import Sequence
from statistics import median
from typing import Any

import httpx

from app.embedded import Cluster
from benchmarks.figures import Series, print_rates, print_table, say
from benchmarks.load import Load, post_all
from benchmarks.network import STORES, Network, add_past_orders, lengthen_ledger
from benchmarks.servers import Door, Served
from benchmarks.shop import LYON

PATH = "/api/v1/availability"
CONNECTIONS = 8
AROUND_KM, CHAIN_KM = 100.0, 1000.0
REQUESTS = {AROUND_KM: 160, CHAIN_KM: 48}
"""Radius in kilometres, and requests a round: the stores around, and the whole chain."""
ROUNDS, QUICK_ROUNDS = 7, 3
BASKET = 20
WIDER_KM = (100.0, 200.0, 300.0, 400.0, 1000.0)
ALONE = 20
PAST_ORDERS = 100_000
MORE_PAIRS = 5
"""Movements of every level, received and sold again: eleven times the ledger."""


def measure(doors: dict[Door, Served], network: Network, cluster: Cluster, *, quick: bool) -> bool:
    """Print rates, and what more stores and a longer past cost; return whether both agreed."""
    add_past_orders(cluster, PAST_ORDERS)
    same = True
    for radius_km in REQUESTS:
        same &= _compare(doors, network, radius_km, rounds=QUICK_ROUNDS if quick else ROUNDS)
    say(f"\nboth doors gave the same JSON: {'yes' if same else 'NO'}")
    port = doors[Door.OURS].port
    _print_widths(port, network)
    if not quick:
        before = [_latency_ms(port, network, radius_km) for radius_km in REQUESTS]
        lengthen_ledger(cluster, pairs=MORE_PAIRS)
        add_past_orders(cluster, 9 * PAST_ORDERS)
        _print_past(before, [_latency_ms(port, network, radius_km) for radius_km in REQUESTS])
    return same


def _compare(doors: dict[Door, Served], network: Network, radius_km: float, *, rounds: int) -> bool:
    bodies = [_body(network, radius_km, first) for first in range(REQUESTS[radius_km])]
    found = {door: _ask(port, network, bodies[:3]) for door, (port, _) in doors.items()}
    series = {door: Series() for door in doors}
    for number in range(rounds + 1):
        for door, (port, _) in doors.items():
            answered = post_all(Load(port, PATH, network.key, bodies, CONNECTIONS))
            if set(answered.statuses) != {200}:
                raise RuntimeError(f"a basket was refused: {set(answered.statuses)}")
            if number > 0:  # the first round warms up
                series[door].take(answered)
    shown = len(json.loads(found[Door.OURS][0]))
    print_rates(f"Basket of {BASKET}, {shown} of {STORES} stores within {radius_km:g} km", series)
    return found[Door.OURS] == found[Door.BY_HAND]


def _print_widths(port: int, network: Network) -> None:
    rows = []
    for radius_km in WIDER_KM:
        (answer,) = _ask(port, network, [_body(network, radius_km, 0)])
        stores, spent_ms = len(json.loads(answer)), _latency_ms(port, network, radius_km)
        rows.append(
            [f"{radius_km:g} km", str(stores), f"{spent_ms:.1f}", f"{spent_ms / stores:.3f}"]
        )
    print_table("More stores, one request at a time", ["", "stores", "p50 ms", "each ms"], rows)


def _print_past(before: Sequence[float], after: Sequence[float]) -> None:
    rows = [
        [f"within {radius_km:g} km", f"{short:.1f}", f"{long:.1f}", f"{long / short:.2f}"]
        for radius_km, short, long in zip(REQUESTS, before, after, strict=True)
    ]
    headings = ["", "p50 ms", "10 times the past", "ratio"]
    print_table("A longer past, one request at a time", headings, rows)


def _latency_ms(port: int, network: Network, radius_km: float) -> float:
    bodies = [_body(network, radius_km, first) for first in range(ALONE)]
    post_all(Load(port, PATH, network.key, bodies, 1))  # warms up
    return median(post_all(Load(port, PATH, network.key, bodies, 1)).latencies_ms)


def _body(network: Network, radius_km: float, first: int) -> dict[str, Any]:
    step = len(network.skus) // BASKET
    skus = [network.skus[(first + place * step) % len(network.skus)] for place in range(BASKET)]
    return {
        "items": [{"sku": sku, "quantity": 2} for sku in skus],
        "near": LYON,
        "radius_km": radius_km,
    }


def _ask(port: int, network: Network, bodies: Sequence[dict[str, Any]]) -> list[str]:
    """Return the answers in one form; of times that move on, only whether they are there."""
    answers = []
    for body in bodies:
        response = httpx.post(
            f"http://127.0.0.1:{port}{PATH}",
            json=body,
            headers={"Authorization": f"Bearer {network.key}"},
            trust_env=False,
            timeout=30,
        )
        offers = response.raise_for_status().json()["stores"]
        for offer in offers:
            for moving in ("ready_at", "cut_off", "hold_until"):
                offer[moving] = offer[moving] is not None
        answers.append(json.dumps(offers, sort_keys=True))
    return answers
