"""Which stores have a basket, by hand: one statement, and each opening hours read once."""

import json
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

from benchmarks.by_hand.connection import Connection
from stores.promises import Load, Schedule, collect_by, cut_off, promise
from stores.settings import read_rules

When = tuple[datetime | None, str | None, str | None, str | None]
NEVER: When = (None, None, None, None)
LEVELS = 18

KEY = """
    SELECT 1 FROM api_key WHERE key_hash = %s AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > statement_timestamp())
       AND scopes ? 'availability.read'"""
KNOWN = "SELECT count(*) FROM sku WHERE code = ANY(%s) AND closed_at IS NULL"
REACH = """
    WITH place AS MATERIALIZED (
        SELECT l.id, l.code, l.name, l.city, l.opening_hours, l.time_zone, l.country,
               l.holiday_region, l.prepare_min, l.hold_days, l.rules::text AS rules, l.opened_at,
               coalesce(m.offered, l.collects) AS offered,
               coalesce(l.paused_until > statement_timestamp(), false)
               OR coalesce(m.paused_until > statement_timestamp(), false) AS paused,
               CASE WHEN l.rules ->> 'orders_per_hour' IS NOT NULL THEN (
                   SELECT count(*) FROM fulfillment f WHERE f.location_id = l.id
                   AND f.status IN ('pending', 'new', 'accepted', 'picking')) ELSE 0 END
               AS waiting,
               CASE WHEN l.rules ->> 'orders_per_day' IS NOT NULL THEN (
                   SELECT string_agg(d.day::text, ' ') FROM day_load d WHERE d.location_id = l.id
                   AND d.day >= current_date - 1
                   AND d.booked >= (l.rules ->> 'orders_per_day')::int) END AS full_days,
               2 * 6371.0 * asin(sqrt(least(1.0,
                   power(sin((radians(l.latitude) - %(north)s) / 2), 2)
                   + cos(radians(l.latitude)) * %(narrow)s
                   * power(sin((radians(l.longitude) - %(east)s) / 2), 2)))) AS distance_km,
               CASE WHEN l.rules ? 'slotted' THEN (
                SELECT json_agg(json_build_array(f.id, f.starts_at, f.ends_at, f.free)
                                ORDER BY f.starts_at)
                FROM (SELECT id, starts_at, ends_at, capacity - booked AS free FROM slot
                      WHERE location_id = l.id AND method = 'pickup' AND booked < capacity
                        AND starts_at >= statement_timestamp()
                            + make_interval(mins => l.prepare_min)
                      ORDER BY starts_at LIMIT 48) f) END AS slots
        FROM location l
        LEFT JOIN location_method m ON m.location_id = l.id AND m.method = 'pickup'
        WHERE l.closed_at IS NULL
          AND l.latitude BETWEEN %(south_end)s AND %(north_end)s
          AND l.longitude BETWEEN %(west_end)s AND %(east_end)s),
    expired AS (
        SELECT location_id, sku, sum(quantity) AS units FROM reservation
        WHERE held_until <= statement_timestamp() AND quantity > 0 AND sku = ANY(%(skus)s)
        GROUP BY location_id, sku),
    level AS (
        SELECT s.location_id, json_object_agg(
            s.sku, on_hand - reserved - quarantined - safety_stock + coalesce(e.units, 0))::text
            AS levels
        FROM stock_level s JOIN place p ON p.id = s.location_id
        LEFT JOIN expired e ON e.location_id = s.location_id AND e.sku = s.sku
        WHERE s.sku = ANY(%(skus)s) GROUP BY s.location_id),
    coming AS (
        SELECT i.location_id, json_agg(
            json_build_array(expected_on, sku, quantity - received) ORDER BY expected_on, sku)
            AS lines
        FROM incoming i JOIN place p ON p.id = i.location_id
        WHERE closed_at IS NULL AND quantity > received AND sku = ANY(%(skus)s)
          AND expected_on >= (timezone(p.time_zone, statement_timestamp()))::date
        GROUP BY i.location_id)
    SELECT p.id, p.code, p.name, p.city, p.opening_hours, p.time_zone, p.country,
           p.holiday_region, p.prepare_min, p.hold_days, p.rules, p.waiting, p.full_days,
           p.opened_at IS NOT NULL, p.offered, p.paused, p.distance_km,
           p.slots, l.levels, c.lines, statement_timestamp()
    FROM place p LEFT JOIN level l ON l.location_id = p.id
    LEFT JOIN coming c ON c.location_id = p.id
    WHERE p.distance_km <= %(radius_km)s"""
COVERAGES = {"full": 0, "part": 1, "later": 2, "none": 3}
DEGREE_KM = 111.2
SLOTS_MAX = 3


def find_offers(
    connection: Connection, body: dict[str, Any], *, key_hash: bytes
) -> list[dict[str, Any]]:
    """Return what each store within the radius can give, best first.

    Raises KeyError for an unknown key or SKU.
    """
    wanted = {item["sku"]: item["quantity"] for item in body["items"]}
    near, radius_km = body["near"], body["radius_km"]
    north, east = radians(near["latitude"]), radians(near["longitude"])
    margin = radius_km / DEGREE_KM
    wide = margin / max(cos(north), 0.01)
    values = {
        "north": north,
        "east": east,
        "narrow": cos(north),
        "radius_km": radius_km,
        "south_end": near["latitude"] - margin,
        "north_end": near["latitude"] + margin,
        "west_end": near["longitude"] - wide,
        "east_end": near["longitude"] + wide,
        "skus": list(wanted),
    }
    with connection.pipeline():
        key = connection.execute(KEY, [key_hash])
        known = connection.execute(KNOWN, [list(wanted)])
        rows = connection.execute(REACH, values, prepare=False)  # a kept plan is ten times slower
        if key.fetchone() is None or known.fetchone() != (len(wanted),):
            raise KeyError(body)
        found = rows.fetchall()
    levels = json.loads("[" + ",".join([row[LEVELS] or "{}" for row in found]) + "]")
    when: dict[tuple[Any, ...], When] = {}
    offers = [_offer(row, have, wanted, when) for row, have in zip(found, levels, strict=True)]
    offers.sort(key=_rank)
    return offers


def _offer(
    row: tuple[Any, ...],
    have: dict[str, int],
    wanted: dict[str, int],
    when: dict[tuple[Any, ...], When],
) -> dict[str, Any]:
    (_, code, name, city), kind = row[:4], row[4:13]
    opened, offered, paused, distance_km, slots, _, lines, now = row[13:]
    given = _capped(have, wanted)
    if kind not in when:
        when[kind] = _when(kind, now) if kind[0] else NEVER
    ready, ready_at, cut, hold_until = when[kind]
    later = _later(lines, have, given, wanted) if lines else None
    if not opened or not offered or not kind[0]:
        coverage, reason = "none", "not-offered" if opened else "not-open-yet"
    elif paused or ready is None:
        coverage, reason = "none", "paused" if paused else "closed"
    elif given == wanted:
        coverage, reason = "full", "available"
    elif any(given.values()):
        coverage, reason = "part", "short"
    else:
        coverage, reason = ("later", "later") if later else ("none", "not-stocked")
    now_some = coverage in {"full", "part"}
    return {
        "store": code,
        "name": name,
        "city": city,
        "distance_km": distance_km,
        "coverage": coverage,
        "reason": reason,
        "available": given,
        "ready_at": ready_at if now_some else None,
        "cut_off": cut if now_some else None,
        "hold_until": hold_until if now_some else None,
        "later": None if coverage == "none" else later,
        "slots": _slots(slots, ready) if now_some and slots else [],
    }


def _capped(have: dict[str, int], wanted: dict[str, int]) -> dict[str, int]:
    get = have.get
    return {
        sku: units if 0 < (units := get(sku, 0)) < amount else amount if units > 0 else 0
        for sku, amount in wanted.items()
    }


def _when(kind: tuple[Any, ...], now: datetime) -> When:
    *hours, prepare_min, hold_days, stored, waiting, full_days = kind
    said = json.loads(stored)
    schedule = Schedule(*hours)  # nobody keeps exceptional days here
    rules = read_rules(said, prepare_min=prepare_min, hold_days=hold_days)
    days = tuple(date.fromisoformat(day) for day in (full_days or "").split())
    whole = now.replace(second=0, microsecond=0)
    start = whole if whole == now else whole + timedelta(minutes=1)
    made = promise(schedule, rules, Load(waiting, days), start)
    if made is None:
        return NEVER
    kept = collect_by(schedule, ready_at=made.at, hold_days=hold_days)
    return made.at, made.at.isoformat(), cut_off(made).isoformat(), kept.isoformat()


def _later(
    lines: list[tuple[str, str, int]],
    have: dict[str, int],
    given: dict[str, int],
    wanted: dict[str, int],
) -> dict[str, Any] | None:
    have, best, found = dict(have), given, None
    for place, (day, sku, units) in enumerate(lines):
        have[sku] = have.get(sku, 0) + units
        if place + 1 < len(lines) and lines[place + 1][0] == day:
            continue
        then = _capped(have, wanted)
        if then != best:
            best = then
            found = {"on": day, "available": then, "full": then == wanted}
        if best == wanted:
            break
    return found


def _slots(slots: list[tuple[str, str, str, int]], ready: datetime) -> list[dict[str, Any]]:
    free = [slot for slot in slots if datetime.fromisoformat(slot[1]) >= ready]
    return [
        {"id": slot_id, "starts_at": starts, "ends_at": ends, "left": left}
        for slot_id, starts, ends, left in free[:SLOTS_MAX]
    ]


def _rank(offer: dict[str, Any]) -> tuple[int, bool, str, float, str]:
    soon = offer["ready_at"] or (offer["later"] and offer["later"]["on"])
    coverage = COVERAGES[offer["coverage"]]
    return coverage, soon is None, soon or "", offer["distance_km"], offer["store"]
