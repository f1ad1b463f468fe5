"""`python -m benchmarks.counter`: what a store's queue and a hand-over touch, as its past grows.

One store has twenty open parcels and a thousand past orders, then a hundred thousand. PostgreSQL
counts the rows each use case reads; the last twenty hand-overs of each past are timed.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app.embedded import Cluster, private_postgres
from benchmarks.figures import print_table
from benchmarks.run import _folder
from benchmarks.shop import HOT_STORE, PLENTY_SKUS, open_retailer
from customers.commands import GiveContact
from kernel import db, secret
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from orders import passes
from orders.commands import Channel, Collect, HandOver, PlaceOrder, Status

PASTS = (1_000, 100_000)
OPEN = 20
TO_DO = (Status.NEW, Status.ACCEPTED, Status.PICKING, Status.READY)

_PAST = """
    WITH days AS (
        SELECT gen_random_uuid() AS order_id, gen_random_uuid() AS parcel_id,
               gen_random_uuid() AS pass_id, n,
               statement_timestamp() - make_interval(mins => 1440 + n) AS at
        FROM generate_series(1, %(count)s) AS n),
    sample AS (
        SELECT brand_id, contact_id, language, currency FROM sales_order LIMIT 1),
    orders AS (
        INSERT INTO sales_order (id, number, brand_id, channel, formation, language, currency,
                                 contact_id, placed_at)
        SELECT order_id, %(prefix)s || lpad(n::text, 6, '0'), brand_id, 'web', 'distance', language,
               currency, contact_id, at FROM days, sample),
    lines AS (
        INSERT INTO order_line (order_id, sku, position, name, quantity, unit_price_minor,
                                price_per, vat_bp)
        SELECT order_id, %(sku)s, 1, 'Article', 1, 995, 1, 2000 FROM days),
    parcels AS (
        INSERT INTO fulfillment (id, order_id, location_id, method, status, promised_at,
                                 promise_inputs, bin, ready_at, collect_by, ended_at, created_at)
        SELECT parcel_id, order_id, %(location_id)s, 'pickup',
               CASE WHEN n %% 20 = 0 THEN 'cancelled' ELSE 'handed_over' END, at, '{}', 'A1', at,
               at + interval '7 days', at, at FROM days),
    parts AS (
        INSERT INTO fulfillment_line (fulfillment_id, sku, quantity, picked, cancelled, handed_over)
        SELECT parcel_id, %(sku)s, 1, (n %% 20 <> 0)::int, (n %% 20 = 0)::int, (n %% 20 <> 0)::int
        FROM days),
    passes AS (
        INSERT INTO pickup_pass (id, fulfillment_id, holder, key_id, last_day, used_at)
        SELECT pass_id, parcel_id, 'customer', 1, at::date + 37, at FROM days),
    kept AS (
        INSERT INTO reservation (fulfillment_id, sku, location_id, quantity, created_at)
        SELECT parcel_id, %(sku)s, %(location_id)s, 0, at FROM days),
    handed AS (
        INSERT INTO hand_over (id, fulfillment_id, location_id, pass_id, found, quantities,
                               staff_name, handed_over_at)
        SELECT gen_random_uuid(), parcel_id, %(location_id)s, pass_id, 'qr',
               jsonb_build_object(%(sku)s::text, 1), 'Past', at FROM days WHERE n %% 20 <> 0)
    INSERT INTO event (aggregate, aggregate_id, version, name, actor_kind, location_id, facts)
    SELECT 'fulfillment', parcel_id, 1, 'fulfillment.handed_over.v1', 'associate',
           %(location_id)s, '{"complete": true}' FROM days
"""
_READ = text("""
    SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)
    FROM pg_stat_xact_user_tables
""")


@dataclass(frozen=True)
class Cost:
    """Rows read and milliseconds, in the median of a number of runs."""

    rows: int
    ms: float


def main() -> None:
    """Print what the queue and a hand-over cost with either past."""
    secret.configure(b"a secret for benchmarks that guards nothing")
    with _folder() as folder, private_postgres(folder / "postgres", fast=True) as cluster:
        engine = db.connect(cluster.url("app"))
        open_retailer(cluster)
        clerk, location_id = _clerk()
        costs: dict[str, list[Cost]] = {}
        grown = 0
        for past in PASTS:
            parcels = [_ready_parcel(clerk) for _ in range(OPEN)]
            _grow(cluster, location_id, past - grown)
            grown = past
            for name, run in _measured(clerk, location_id, parcels).items():
                costs.setdefault(name, []).append(run())
        _print(costs)
        engine.dispose()


def _clerk() -> tuple[Actor, UUID]:
    with transaction() as session:
        location_id = session.execute(
            text("SELECT id FROM location WHERE code = :code"), {"code": HOT_STORE}
        ).scalar_one()
    return (
        Actor(kind=ActorKind.ASSOCIATE, name="Clerk", location_ids=frozenset({location_id})),
        location_id,
    )


def _ready_parcel(clerk: Actor) -> UUID:
    """Have a parcel wait at the store, prepared through the use cases."""
    command = PlaceOrder(
        Channel.STORE,
        [Collect(HOT_STORE, {PLENTY_SKUS[0]: 1, PLENTY_SKUS[1]: 2})],
        GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr"),
    )
    with transaction() as session:
        parcel_id = orders.services.place_order(session, command, actor=clerk).fulfillment_id
        orders.services.accept(session, parcel_id, actor=clerk)
        picked = dict(command.quantities)
        orders.services.pick(session, parcel_id, quantities=picked, actor=clerk)
        orders.services.mark_ready(session, parcel_id, bin_code="A1", actor=clerk)
    return parcel_id


def _grow(cluster: Cluster, location_id: UUID, count: int) -> None:
    with psycopg.connect(
        host=str(cluster.socket), user="postgres", dbname="comptoir", autocommit=True
    ) as connection:
        values = {
            "count": count,
            "location_id": location_id,
            "sku": PLENTY_SKUS[0],
            "prefix": "P" if count < PASTS[-1] // 2 else "Q",
        }
        connection.execute(_PAST, values)
        connection.execute("VACUUM ANALYZE")


def _measured(
    clerk: Actor, location_id: UUID, parcels: Iterable[UUID]
) -> dict[str, Callable[[], Cost]]:
    def queue(session: Session) -> None:
        shown = orders.queries.list_fulfillments(
            session, location_id=location_id, statuses=TO_DO, actor=clerk
        )
        if len(shown) < OPEN:
            raise RuntimeError(f"the queue shows {len(shown)} parcels")

    left = iter(parcels)

    def hand_over_by_qr(session: Session) -> None:
        parcel_id = next(left)
        (state,) = orders.queries.list_passes(session, parcel_id)
        command = HandOver(
            HOT_STORE, qr=passes.qr_text(state.facts), ticket_number=f"T-{parcel_id}"
        )
        orders.services.hand_over(session, command, actor=clerk)

    def hand_over_by_code(session: Session) -> None:
        parcel_id = next(left)
        (state,) = orders.queries.list_passes(session, parcel_id)
        code = passes.typed_code(state.facts.id)
        command = HandOver(HOT_STORE, code=code, ticket_number=f"T-{parcel_id}")
        orders.services.hand_over(session, command, actor=clerk)

    return {
        "the queue of a store": lambda: _cost(queue, OPEN // 2),
        "a hand-over by QR": lambda: _cost(hand_over_by_qr, OPEN // 2),
        "a hand-over by typed code": lambda: _cost(hand_over_by_code, OPEN // 2),
    }


def _cost(work: Callable[[Session], None], times: int) -> Cost:
    rows, spent = [], []
    for _ in range(times):
        with transaction() as session:
            before = session.execute(_READ).scalar_one()
            began = time.perf_counter()
            work(session)
            spent.append((time.perf_counter() - began) * 1000)
            rows.append(int(session.execute(_READ).scalar_one() - before))
    return Cost(int(median(rows)), median(spent))


def _print(costs: dict[str, list[Cost]]) -> None:
    rows = [
        [
            name,
            *(f"{each.rows} rows, {each.ms:.1f} ms" for each in found),
            f"{found[-1].rows / found[0].rows:.2f}",
        ]
        for name, found in costs.items()
    ]
    headings = ["", *(f"{past:,} past orders" for past in PASTS), "ratio of rows"]
    print_table("What a store's past costs", headings, rows)


if __name__ == "__main__":
    main()
