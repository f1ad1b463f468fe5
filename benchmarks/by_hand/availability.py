"""Which stores have a basket, by hand: one statement, and each opening hours read once."""

from math import cos, radians
from typing import Any

from benchmarks.by_hand.connection import Connection
from stores.promises import Schedule, ready_at

KEY = """
    SELECT 1 FROM api_key WHERE key_hash = %s AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > statement_timestamp())
       AND scopes ? 'availability.read'"""
KNOWN = "SELECT count(*) FROM sku WHERE code = ANY(%s) AND closed_at IS NULL"
REACH = """
    SELECT p.*, s.levels, statement_timestamp()
    FROM (
        SELECT l.id, l.code, l.name, l.city, l.opening_hours, l.time_zone, l.country,
               l.holiday_region, l.prepare_min, l.collects,
               coalesce(l.paused_until > statement_timestamp(), false) AS paused,
               2 * 6371.0 * asin(sqrt(least(1.0,
                   power(sin((radians(l.latitude) - %(north)s) / 2), 2)
                   + cos(radians(l.latitude)) * %(narrow)s
                   * power(sin((radians(l.longitude) - %(east)s) / 2), 2)))) AS distance_km
        FROM location l WHERE l.closed_at IS NULL) p
    LEFT JOIN (
        SELECT location_id, jsonb_object_agg(
            sku, on_hand - reserved - quarantined - safety_stock) AS levels
        FROM stock_level WHERE sku = ANY(%(skus)s) GROUP BY location_id) s
      ON s.location_id = p.id
    WHERE p.distance_km <= %(radius_km)s"""
COVERAGES = ("full", "part", "none")


def find_offers(
    connection: Connection, body: dict[str, Any], *, key_hash: bytes
) -> list[dict[str, Any]]:
    """Return what each store within the radius can give, best first.

    Raises KeyError for an unknown key or SKU.
    """
    wanted = {item["sku"]: item["quantity"] for item in body["items"]}
    north, east = radians(body["near"]["latitude"]), radians(body["near"]["longitude"])
    values = {
        "north": north,
        "east": east,
        "narrow": cos(north),
        "radius_km": body["radius_km"],
        "skus": list(wanted),
    }
    with connection.pipeline():
        key = connection.execute(KEY, [key_hash])
        known = connection.execute(KNOWN, [list(wanted)])
        rows = connection.execute(REACH, values)
        if key.fetchone() is None or known.fetchone() != (len(wanted),):
            raise KeyError(body)
        found = rows.fetchall()
    when: dict[tuple[Any, ...], str | None] = {}
    offers = [_offer(row, wanted, when) for row in found]
    offers.sort(key=_rank)
    return offers


def _offer(
    row: tuple[Any, ...], wanted: dict[str, int], when: dict[tuple[Any, ...], str | None]
) -> dict[str, Any]:
    _, code, name, city, *hours, prepare_min, collects, paused, distance_km, levels, now = row
    levels = levels or {}
    given = {sku: max(min(levels.get(sku, 0), amount), 0) for sku, amount in wanted.items()}
    if not collects or hours[0] is None:
        coverage, reason = "none", "not-offered"
    elif paused:
        coverage, reason = "none", "paused"
    elif given == wanted:
        coverage, reason = "full", "available"
    else:
        coverage, reason = ("part", "short") if any(given.values()) else ("none", "not-stocked")
    kind = (*hours, prepare_min)
    if coverage != "none" and kind not in when:
        at = ready_at(Schedule(*hours), start=now, prepare_min=prepare_min)
        when[kind] = at.isoformat() if at else None
    return {
        "store": code,
        "name": name,
        "city": city,
        "distance_km": distance_km,
        "coverage": coverage,
        "reason": reason,
        "available": given,
        "ready_at": None if coverage == "none" else when[kind],
    }


def _rank(offer: dict[str, Any]) -> tuple[int, bool, str, float, str]:
    ready = offer["ready_at"]
    coverage = COVERAGES.index(offer["coverage"])
    return coverage, ready is None, ready or "", offer["distance_km"], offer["store"]
