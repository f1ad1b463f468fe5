"""Placing an order, by hand."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from benchmarks.by_hand.connection import Connection
from kernel.ids import new_id, new_order_number, show_order_number
from kernel.links import order_token
from stores.promises import Load, Promise, Schedule, promise, ready_at
from stores.settings import read_rules

KEY = """
    SELECT id FROM api_key WHERE key_hash = %s AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > statement_timestamp())
       AND scopes ? 'orders.place'"""
STORE = """
    SELECT l.id, l.brand_id, b.currency, l.opening_hours, l.time_zone, l.country,
           l.holiday_region, l.prepare_min, l.hold_days, l.rules, statement_timestamp(),
           EXISTS (SELECT FROM promotion p WHERE p.brand_id = l.brand_id
                   AND p.valid_from <= statement_timestamp()
                   AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()))
    FROM location l JOIN brand b ON b.id = l.brand_id
    WHERE l.code = %s AND l.collects AND l.opened_at IS NOT NULL AND l.closed_at IS NULL
      AND (l.paused_until IS NULL OR l.paused_until <= statement_timestamp())"""
OFFERS = """
    SELECT s.code, p.amount_minor, p.price_per, s.vat_bp,
           (SELECT t.name FROM article_text t WHERE t.article_id = s.article_id
            ORDER BY t.language = %s DESC, t.language LIMIT 1)
    FROM sku s
    JOIN price p ON p.sku = s.code AND p.valid_from <= statement_timestamp()
     AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
    JOIN location l ON l.brand_id = p.brand_id AND l.code = %s
    WHERE s.code = ANY(%s) AND s.closed_at IS NULL"""
KNOWN = """
    SELECT coalesce(c.merged_into, c.id)
    FROM contact_point p JOIN customer c ON c.id = p.customer_id
    WHERE p.kind = 'email' AND p.value = %s OR p.kind = 'phone' AND p.value = %s
    ORDER BY p.kind LIMIT 1"""
TAKE = """
    INSERT INTO stored_answer (scope, key, request_hash, status, body)
    VALUES (%s, %s, %s, 201, %s)"""
CUSTOMER = "INSERT INTO customer (id, language) VALUES (%s, %s)"
POINTS = """
    INSERT INTO contact_point (id, customer_id, kind, value)
    VALUES (%s, %s, 'email', %s), (%s, %s, 'phone', %s) ON CONFLICT (kind, value) DO NOTHING"""
CONTACT = """
    INSERT INTO contact (id, customer_id, first_name, last_name, email, phone, language)
    VALUES (%s, %s, %s, %s, %s, %s, %s)"""
ORDER = """
    INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                             contact_id)
    VALUES (%s, %s, %s, 'web', 'distance', %s, %s, %s)"""
LINES = """
    INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor, price_per,
                            vat_bp)
    SELECT %s, sku, place, name, quantity, price, per, vat
    FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::int[])
        WITH ORDINALITY AS i (sku, name, quantity, price, per, vat, place)"""
PARCEL = """
    INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                             promise_inputs, accept_by)
    VALUES (%s, %s, %s, 'pickup', 'new', %s, %s, %s)"""
PARTS = """
    INSERT INTO fulfillment_line (fulfillment_id, sku, quantity)
    SELECT %s, * FROM unnest(%s::text[], %s::int[])"""
EVENT = """
    WITH recorded AS (
        INSERT INTO event (aggregate, aggregate_id, version, name, actor_kind, actor_id,
                           location_id, request_id, facts)
        VALUES ('order', %s, 1, 'order.placed.v1', 'integration', %s, %s, %s, %s) RETURNING id)
    INSERT INTO delivery (event_id, subscriber)
    SELECT id, unnest('{confirm-order,tell-history}'::text[]) FROM recorded"""
OWE = """
    INSERT INTO reservation (fulfillment_id, sku, location_id, quantity)
    SELECT %s, sku, %s, quantity FROM unnest(%s::text[], %s::int[]) AS i (sku, quantity)"""
LEDGER = """
    INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id)
    SELECT %s, sku, 'reserved', quantity, 'fulfillment', %s
    FROM unnest(%s::text[], %s::int[]) AS i (sku, quantity)"""
RESERVE = """
    UPDATE stock_level SET reserved = reserved + %s
    WHERE location_id = %s AND sku = %s
      AND on_hand - reserved - quarantined - safety_stock >= %s
    RETURNING sku"""

FIRST_ANSWER = "SELECT request_hash, body FROM stored_answer WHERE scope = %s AND key = %s"

FIELDS: Final = {"channel", "store", "language", "items", "customer"}
PERSON: Final = {"first_name", "last_name", "email", "phone"}
ITEM: Final = {"sku", "quantity"}
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
PHONE: Final = re.compile(r"0[1-9][0-9]{8}")
TEXT_MAX: Final = 254
UNITS_MAX: Final = 100_000
ITEMS_MAX: Final = 200
HOURS: Final = slice(3, 7)
"""Columns of STORE that make a schedule."""


class Malformed(Exception):
    """The body is not one that this endpoint reads."""


class NotSold(Exception):
    """Something is short; nothing was kept."""

    def __init__(self, skus: list[str]) -> None:
        super().__init__(skus)
        self.skus = skus


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to place an order."""

    body: dict[str, Any]
    key_hash: bytes
    answer_key: str
    fingerprint: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the first round trip brought."""

    key_id: Any
    store: tuple[Any, ...]
    offers: dict[str, tuple[Any, ...]]
    customer_id: Any

    @property
    def scope(self) -> str:
        """Return whose Idempotency-Keys these are."""
        return f"integration:{self.key_id}"


def place_order(connection: Connection, asked: Asked) -> dict[str, Any]:
    """Write the order with its stock reserved, or find the key taken; return the (first) answer.

    Raises Malformed or NotSold.
    """
    _check(asked.body)
    try:
        with connection.pipeline(), connection.transaction():
            found = _find(connection, asked)
            kept = _write(connection, asked, found)
    except UniqueViolation:
        first = connection.execute(FIRST_ANSWER, [found.scope, asked.answer_key]).fetchone()
        if first is None or first[0] != asked.fingerprint:
            raise
        kept = first[1]
    return {**kept, "access_token": order_token(UUID(kept["id"]))}


def _check(body: dict[str, Any]) -> None:
    """Look at the least of what would otherwise be the database's error, or a wrong row."""
    person, items = body.get("customer"), body.get("items")
    if body.keys() != FIELDS or not isinstance(person, dict) or person.keys() != PERSON:
        raise Malformed
    if not all(map(_is_line, (body["store"], body["language"], *person.values()))):
        raise Malformed
    reachable = EMAIL.fullmatch(person["email"]) and PHONE.fullmatch(
        person["phone"].replace(" ", "")
    )
    if not reachable or body["channel"] != "web" or body["language"] not in {"fr", "en"}:
        raise Malformed
    if not isinstance(items, list) or not 0 < len(items) <= ITEMS_MAX:
        raise Malformed
    for item in items:
        if not isinstance(item, dict) or item.keys() != ITEM or not _is_line(item["sku"]):
            raise Malformed
        if type(item["quantity"]) is not int or not 0 < item["quantity"] <= UNITS_MAX:
            raise Malformed


def _is_line(word: object) -> bool:
    return isinstance(word, str) and 0 < len(word) <= TEXT_MAX and word.isprintable()


def _find(connection: Connection, asked: Asked) -> Found:
    body, customer = asked.body, asked.body["customer"]
    skus = [item["sku"] for item in body["items"]]
    key = connection.execute(KEY, [asked.key_hash])
    store = connection.execute(STORE, [body["store"]])
    offers = connection.execute(OFFERS, [body["language"], body["store"], skus])
    known = connection.execute(KNOWN, [customer["email"].lower(), _phone(customer["phone"])])
    (key_id,), place = key.fetchone() or (None,), store.fetchone()
    if key_id is None or place is None:
        raise NotSold(skus)
    by_sku = {row[0]: row for row in offers}
    (customer_id,) = known.fetchone() or (None,)
    return Found(key_id, place, by_sku, customer_id)


def _write(connection: Connection, asked: Asked, found: Found) -> dict[str, Any]:
    """Write every row in one round trip, the contended ones last; return the answer to keep."""
    location_id, brand_id, currency, *_ = found.store
    quantities: dict[str, int] = {}
    for item in asked.body["items"]:
        quantities[item["sku"]] = quantities.get(item["sku"], 0) + item["quantity"]
    skus, amounts = list(quantities), list(quantities.values())
    if found.offers.keys() < quantities.keys():
        raise NotSold(skus)
    offers = [found.offers[sku] for sku in skus]
    order_id, parcel_id, number = new_id(), new_id(), new_order_number()
    made, accept_by = _promise(found.store, skus)
    totals = _totals(offers, amounts)
    promised_at = made.at.isoformat()
    parcel = {
        "fulfillment_id": str(parcel_id),
        "part": 0,
        "method": "pickup",
        "store": asked.body["store"],
        "quantities": quantities,
        "promised_at": promised_at,
        "arrives_from": None,
        "arrives_by": None,
    }
    kept = {
        "id": str(order_id),
        "number": show_order_number(number),
        "fulfillment_id": str(parcel_id),
        "promised_at": promised_at,
        "currency": currency,
        **totals,
        "parcels": [parcel],
        "follows": None,
    }
    run = connection.execute
    run(TAKE, [found.scope, asked.answer_key, asked.fingerprint, Jsonb(kept)])
    contact_id = _give_contact(connection, asked.body, found.customer_id)
    language = asked.body["language"]
    run(ORDER, [order_id, number, brand_id, language, currency, contact_id])
    names, prices = [row[4] for row in offers], [row[1] for row in offers]
    run(
        LINES,
        [order_id, skus, names, amounts, prices, [o[2] for o in offers], [o[3] for o in offers]],
    )
    inputs = Jsonb(dict(made.inputs))
    run(PARCEL, [parcel_id, order_id, location_id, made.at, inputs, accept_by])
    run(PARTS, [parcel_id, skus, amounts])
    facts = {
        "order_id": str(order_id),
        "fulfillment_id": str(parcel_id),
        "location_id": str(location_id),
        "channel": "web",
        "quantities": quantities,
        "total_minor": totals["total_minor"],
        "currency": currency,
        "promised_at": promised_at,
        "tells": True,
    }
    run(EVENT, [order_id, found.key_id, location_id, asked.request_id, Jsonb(facts)])
    run(OWE, [parcel_id, location_id, skus, amounts])
    run(LEDGER, [location_id, parcel_id, skus, amounts])
    _reserve(connection, location_id, quantities)
    return kept


def _reserve(connection: Connection, location_id: UUID, quantities: dict[str, int]) -> None:
    levels = [
        (sku, connection.execute(RESERVE, [quantity, location_id, sku, quantity]))
        for sku, quantity in sorted(quantities.items())
    ]
    short = [sku for sku, level in levels if level.fetchone() is None]
    if short:
        raise NotSold(short)


def _give_contact(connection: Connection, body: dict[str, Any], customer_id: UUID | None) -> UUID:
    given, language, contact_id = body["customer"], body["language"], new_id()
    email, phone = given["email"], _phone(given["phone"])
    if customer_id is None:
        customer_id = new_id()
        connection.execute(CUSTOMER, [customer_id, language])
    points = [new_id(), customer_id, email.lower(), new_id(), customer_id, phone]
    connection.execute(POINTS, points)
    name = [given["first_name"], given["last_name"]]
    connection.execute(CONTACT, [contact_id, customer_id, *name, email, phone, language])
    return contact_id


def _promise(store: tuple[Any, ...], skus: list[str]) -> tuple[Promise, datetime | None]:
    """Return when it is ready, and until when the store has to take it on.

    Raises NotSold when it never is, NotImplementedError at a store with limits or promotions: there
    a hand would have to write more.
    """
    *_, prepare_min, hold_days, stored, asked_at, has_promotions = store
    rules = read_rules(stored, prepare_min=prepare_min, hold_days=hold_days)
    if rules.orders_per_hour or rules.orders_per_day or rules.remorse_min or has_promotions:
        raise NotImplementedError
    schedule = Schedule(*store[HOURS])
    made = promise(schedule, rules, Load(), asked_at)
    if made is None:
        raise NotSold(skus)
    return made, ready_at(schedule, start=asked_at, prepare_min=rules.accept_within_min)


def _phone(text: str) -> str:
    return "+33" + text.replace(" ", "")[1:]


def _totals(offers: list[tuple[Any, ...]], amounts: list[int]) -> dict[str, Any]:
    sums: dict[int, int] = {}
    for (_, price, per, vat_bp, _), amount in zip(offers, amounts, strict=True):
        gross = (2 * price * amount + per) // (2 * per)
        sums[vat_bp] = sums.get(vat_bp, 0) + gross
    vat = [
        {"rate_bp": rate, "gross_minor": gross, "net_minor": net, "vat_minor": gross - net}
        for rate, gross in sorted(sums.items())
        for net in [(20_000 * gross + 10_000 + rate) // (2 * (10_000 + rate))]
    ]
    return {"total_minor": sum(sums.values()), "vat": vat}
