"""Where is a basket of five to be had: over the stores around a place, answers a second."""

import json
from collections.abc import Sequence
from typing import Any

import httpx

from benchmarks.figures import Series, print_rates, say
from benchmarks.load import Load, post_all
from benchmarks.servers import Door
from benchmarks.shop import LYON, SCARCE_SKUS, STORES, Retailer

PATH = "/api/v1/availability"
CONNECTIONS = 8
REACHES = ((1000.0, 24), (100.0, 100))
"""Radius in kilometres, and requests a round: the whole chain, and the stores around."""
ROUNDS, QUICK_ROUNDS = 5, 2
BASKET = 5


def measure(doors: dict[Door, int], retailer: Retailer, *, quick: bool) -> bool:
    """Print the rates for two radiuses; return whether both doors gave the same answers."""
    same = True
    for radius_km, requests in REACHES:
        bodies = [_body(radius_km, first) for first in range(requests)]
        found = {door: _ask(port, retailer, bodies[:3]) for door, port in doors.items()}
        same &= found[Door.OURS] == found[Door.BY_HAND]
        series = {door: Series() for door in doors}
        for number in range((QUICK_ROUNDS if quick else ROUNDS) + 1):
            for door, port in doors.items():
                answered = post_all(Load(port, PATH, retailer.key, bodies, CONNECTIONS))
                if set(answered.statuses) != {200}:
                    raise RuntimeError(f"a basket was refused: {set(answered.statuses)}")
                if number > 0:  # the first round warms up
                    series[door].take(answered)
        shown = len(json.loads(found[Door.OURS][0]))
        print_rates(
            f"Basket of {BASKET}, {shown} of {STORES} stores within {radius_km:g} km", series
        )
    say(f"\nboth doors gave the same JSON: {'yes' if same else 'NO'}")
    return same


def _body(radius_km: float, first: int) -> dict[str, Any]:
    skus = [SCARCE_SKUS[(first * BASKET + place) % len(SCARCE_SKUS)] for place in range(BASKET)]
    return {
        "items": [{"sku": sku, "quantity": 2} for sku in skus],
        "near": LYON,
        "radius_km": radius_km,
    }


def _ask(port: int, retailer: Retailer, bodies: Sequence[dict[str, Any]]) -> list[str]:
    """Return the answers in one form; of `ready_at`, which moves on, only whether it is there."""
    answers = []
    for body in bodies:
        response = httpx.post(
            f"http://127.0.0.1:{port}{PATH}",
            json=body,
            headers={"Authorization": f"Bearer {retailer.key}"},
            trust_env=False,
        )
        offers = response.raise_for_status().json()["stores"]
        for offer in offers:
            offer["ready_at"] = offer["ready_at"] is not None
        answers.append(json.dumps(offers, sort_keys=True))
    return answers
