"""Finding one of many customers and opening their file, beside the same reads written by hand.

Each customer has two orders, an e-mail address, a telephone number and fifty entries of history.
Names are drawn from a few hundred, so that many share them; both sides search the same rows.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Final

import psycopg
from sqlalchemy.orm import Session

import customers.queries
import orders.queries
import orders.services
from app.embedded import Cluster
from benchmarks.figures import print_table, say
from benchmarks.network import _superuser
from benchmarks.shop import PLENTY_SKUS, open_retailer
from kernel.actors import Actor, ActorKind
from kernel.db import transaction

CUSTOMERS: Final = 100_000
ENTRIES: Final = 50
ORDERS: Final = 2
BUSY_ENTRIES: Final = 5_000
ROUNDS, QUICK_ROUNDS = 200, 40
FIRST: Final = (
    "Chloé", "Zoé", "Inès", "Anaïs", "Noémie", "Léa", "Lucie", "Marie", "Jeanne", "Élise",
    "Paul", "Théo", "Jérôme", "Loïc", "Hugo", "Luc", "Marc", "René", "Noël", "Gaël",
)  # fmt: skip
PARTS: Final = ("Mar", "Du", "Lefè", "Ber", "Gar", "Rou", "Mo", "Pe", "Fa", "Be", "Ché", "Gi")
ENDS: Final = ("tin", "rand", "vre", "nard", "cier", "ssel", "reau", "tit", "bre", "noît", "ron")
AGENT: Final = Actor(
    kind=ActorKind.AGENT,
    name="Bench",
    permissions=frozenset({"customers.read", "customers.contacts"}),
    location_ids=None,
)

_FILL = (
    """
    CREATE TEMP TABLE person AS
    SELECT n, gen_random_uuid() AS id,
           (%(first)s::text[])[1 + abs(hashint4(n)) %% %(firsts)s] AS first_name,
           (%(parts)s::text[])[1 + abs(hashint4(n + 7)) %% %(part_count)s]
           || (%(ends)s::text[])[1 + abs(hashint4(n + 99)) %% %(end_count)s]
           || CASE WHEN n %% 5 = 0 THEN '-' || (%(parts)s::text[])[1 + n %% %(part_count)s]
                   || (%(ends)s::text[])[1 + n %% %(end_count)s] ELSE '' END AS last_name,
           'c' || n || '@example.org' AS email,
           '+336' || lpad((abs(hashint4(n + 13)::bigint * 7919 + n) %% 100000000)::text, 8, '0')
               AS phone
    FROM generate_series(1, %(count)s) AS n;
    """,
    "INSERT INTO customer (id, language) SELECT id, 'fr' FROM person",
    """
    INSERT INTO contact_point (id, customer_id, kind, value)
    SELECT gen_random_uuid(), id, 'email', email FROM person
    UNION ALL SELECT gen_random_uuid(), id, 'phone', phone FROM person
    ON CONFLICT DO NOTHING
    """,
    """
    CREATE TEMP TABLE bought AS
    SELECT person.*, k, gen_random_uuid() AS contact_id, gen_random_uuid() AS order_id,
           gen_random_uuid() AS parcel_id, upper(lpad(to_hex(n * 2 + k), 7, '0')) AS number,
           statement_timestamp() - make_interval(mins => n + k * 100000) AS at,
           (SELECT array_agg(id ORDER BY code) FROM location) AS places
    FROM person CROSS JOIN generate_series(0, %(orders)s - 1) AS k
    """,
    """
    INSERT INTO contact (id, customer_id, first_name, last_name, email, phone, language, created_at)
    SELECT contact_id, id, first_name, last_name, email, phone, 'fr', at FROM bought
    """,
    """
    INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                             contact_id, placed_at)
    SELECT order_id, number, (SELECT id FROM brand LIMIT 1), 'web', 'distance', 'fr', 'EUR',
           contact_id, at FROM bought
    """,
    """
    INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor, price_per,
                            vat_bp)
    SELECT order_id, %(sku)s, 1, 'Article', 1, 995, 1, 2000 FROM bought
    """,
    """
    INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                             promise_inputs, bin, ready_at, collect_by, ended_at, created_at)
    SELECT parcel_id, order_id, places[1 + n %% array_length(places, 1)], 'pickup', 'handed_over',
           at, '{}', 'A1', at, at + interval '7 days', at, at FROM bought
    """,
    """
    INSERT INTO fulfillment_line (fulfillment_id, sku, quantity, picked, cancelled, handed_over)
    SELECT parcel_id, %(sku)s, 1, 1, 0, 1 FROM bought
    """,
)
_ENTRIES = """
    INSERT INTO interaction (customer_id, contact_id, happened_at, kind, channel, direction,
                             actor_kind, actor_name, order_id, facts)
    SELECT id, contact_id, at + make_interval(mins => e), 'note', 'phone', 'in', 'agent', 'Luc',
           CASE WHEN e %% 5 = 0 THEN order_id END, '{}'
    FROM bought CROSS JOIN generate_series(1, %(entries)s) AS e
    WHERE k = 0 AND n BETWEEN %(low)s AND %(high)s
"""
_BUSY = """
    INSERT INTO interaction (customer_id, happened_at, kind, channel, direction, actor_kind,
                             actor_name, facts)
    SELECT id, statement_timestamp() - make_interval(mins => e), 'note', 'phone', 'in', 'agent',
           'Luc', '{}' FROM person CROSS JOIN generate_series(1, %(more)s) AS e WHERE n = 1
"""
_BY_WORDS = """
    SELECT DISTINCT ON (coalesce(u.merged_into, u.id)) u.id, c.first_name, c.last_name, c.email,
           c.phone, a.email AS account
    FROM contact c JOIN customer u ON u.id = c.customer_id
    LEFT JOIN account a ON a.customer_id = u.id
    WHERE {tests} ORDER BY coalesce(u.merged_into, u.id), c.created_at DESC LIMIT 50
"""
_BY_NUMBER = """
    SELECT u.id, c.first_name, c.last_name, c.email, c.phone FROM sales_order o
    JOIN contact c ON c.id = o.contact_id JOIN customer u ON u.id = c.customer_id
    WHERE o.number = %s
"""
_FILE = (
    "SELECT * FROM customer WHERE id = %s",
    "SELECT * FROM contact_point WHERE customer_id = %s",
    "SELECT * FROM contact WHERE customer_id = %s ORDER BY created_at DESC LIMIT 50",
    """
    SELECT o.*, f.*, fl.*, ol.* FROM contact c JOIN sales_order o ON o.contact_id = c.id
    JOIN fulfillment f ON f.order_id = o.id JOIN fulfillment_line fl ON fl.fulfillment_id = f.id
    JOIN order_line ol ON ol.order_id = o.id AND ol.sku = fl.sku
    WHERE c.customer_id = %s ORDER BY o.placed_at DESC LIMIT 20
    """,
    """
    SELECT i.*, t.body FROM interaction i LEFT JOIN interaction_text t ON t.interaction_id = i.id
    WHERE customer_id = %s ORDER BY happened_at DESC, id DESC LIMIT 51
    """,
    """
    INSERT INTO file_look (customer_id, actor_kind, actor_name, door, seen)
    VALUES (%s, 'agent', 'Bench', 'bench', true)
    """,
)


@dataclass(frozen=True)
class Known:
    """One customer as the measurement knows them."""

    id: Any
    first_name: str
    last_name: str
    email: str
    phone: str
    number: str


def measure(cluster: Cluster, *, count: int, quick: bool) -> None:
    """Print how long it takes to find a customer and to read their file, ours and by hand."""
    began = time.monotonic()
    open_retailer(cluster)
    with _superuser(cluster) as connection:
        people = _fill(connection, count)
        say(
            f"\n{count:,} customers with {ENTRIES} entries each made ready in "
            f"{time.monotonic() - began:.0f} s"
        )
        rounds = QUICK_ROUNDS if quick else ROUNDS
        rows = [_compare(name, *both, people, rounds) for name, both in _both(connection).items()]
        busy = [people[0]] * rounds
        rows.append(
            _compare(f"file, {BUSY_ENTRIES:,} entries", *_both(connection)["file"], busy, rounds)
        )
    headings = ["", "Comptoir p50 ms", "p95 ms", "by hand p50 ms", "p95 ms", "ratio"]
    print_table(f"One of {count:,} customers", headings, rows)


def _fill(connection: psycopg.Connection[Any], count: int) -> list[Known]:
    values = {
        "count": count,
        "orders": ORDERS,
        "sku": PLENTY_SKUS[0],
        "first": list(FIRST),
        "firsts": len(FIRST),
        "parts": list(PARTS),
        "part_count": len(PARTS),
        "ends": list(ENDS),
        "end_count": len(ENDS),
    }
    for statement in _FILL:
        connection.execute(statement, values)
    step = max(count // 10, 1)
    for low in range(1, count + 1, step):  # in parts: each is one transaction
        entries = {"entries": ENTRIES, "low": low, "high": min(low + step - 1, count)}
        connection.execute(_ENTRIES, entries)
    connection.execute(_BUSY, {"more": BUSY_ENTRIES - ENTRIES})
    rows = connection.execute(
        "SELECT id, first_name, last_name, email, phone, number FROM bought"
        " WHERE k = 1 AND (n = 1 OR n %% %(each)s = 0) ORDER BY n",
        {"each": max(count // ROUNDS, 1)},
    ).fetchall()
    connection.execute("VACUUM ANALYZE")
    return [Known(*row) for row in rows]


Ask = Callable[[Known], object]


def _both(connection: psycopg.Connection[Any]) -> dict[str, tuple[Ask, Ask]]:
    """Return what is measured: how we find it, and how one statement written by hand does."""
    words = "c.searched LIKE plain_words(%s) AND c.searched LIKE plain_words(%s)"

    def by_hand(tests: str, *values: str) -> object:
        return connection.execute(_BY_WORDS.format(tests=tests), values).fetchall()

    return {
        "name": (
            lambda one: _find(f"{one.last_name.lower()} {one.first_name}"),
            lambda one: by_hand(words, f"%{one.last_name}%", f"%{one.first_name}%"),
        ),
        "telephone": (
            lambda one: _find(f"0{one.phone[3:]}"),
            lambda one: by_hand("c.phone = %s", one.phone),
        ),
        "part of a telephone": (
            lambda one: _find(one.phone[-6:]),
            lambda one: by_hand("c.searched LIKE %s", f"%{one.phone[-6:]}%"),
        ),
        "e-mail": (
            lambda one: _find(one.email),
            lambda one: by_hand("lower(c.email) = %s", one.email),
        ),
        "order number": (
            lambda one: _order(one.number),
            lambda one: connection.execute(_BY_NUMBER, [one.number]).fetchall(),
        ),
        "file": (
            _file,
            lambda one: [_rows(connection, each, one) for each in _FILE],
        ),
    }


def _find(said: str) -> object:
    with transaction() as session:
        found = orders.queries.find_anything(session, said, language="fr", actor=AGENT)
    if not found.people:
        raise LookupError(said)
    return found


def _order(number: str) -> object:
    """Find by a number: these have no check sign, so the box itself would not take them for one."""
    with transaction() as session:
        order = orders.queries.get_order_by_number(session, number, actor=AGENT)
        return customers.queries.list_found(session, [order.contact_id] if order.contact_id else [])


def _file(one: Known) -> object:
    """Read all that the page of a file shows; that somebody looked is kept."""
    with transaction() as session:
        return _read(session, one)


def _read(session: Session, one: Known) -> object:
    person = orders.services.look_into(session, one.id, door="bench", actor=AGENT)
    if person is None:
        raise LookupError(one.id)
    contacts = customers.queries.list_contacts_of(session, person.id)
    return (
        orders.queries.read_history(session, person, actor=AGENT),
        orders.queries.read_flags(session, person, actor=AGENT),
        orders.queries.list_orders_of(session, contacts, actor=AGENT),
    )


def _rows(connection: psycopg.Connection[Any], statement: str, one: Known) -> object:
    found = connection.execute(statement, [one.id])
    return found.fetchall() if found.description else None


def _compare(name: str, ours: Ask, by_hand: Ask, people: Sequence[Known], rounds: int) -> list[str]:
    """Return a row: both sides one after the other, over the same customers in a drawn order."""
    chance = random.Random(7)
    wanted = [chance.choice(people) for _round in range(rounds)]
    spent: dict[Ask, list[float]] = {ours: [], by_hand: []}
    for one in wanted:
        for ask, found in spent.items():
            began = time.perf_counter()
            ask(one)
            found.append((time.perf_counter() - began) * 1_000)
    middle = {ask: median(found) for ask, found in spent.items()}
    tops = {ask: quantiles(found, n=20)[18] for ask, found in spent.items()}
    return [
        name,
        f"{middle[ours]:.1f}",
        f"{tops[ours]:.1f}",
        f"{middle[by_hand]:.1f}",
        f"{tops[by_hand]:.1f}",
        f"{middle[by_hand] / middle[ours]:.2f}",
    ]
