"""The demonstration's past: three weeks of orders, and a counter in full swing today.

Every order runs through the use cases. Then its rows are moved back to when it would have happened:
only the owner of the tables may do that, and only the demonstration ever does.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

import inventory.queries
import stores.queries
from app.demo.branches import book_slots
from app.demo.people import CUSTOMERS
from app.demo.retailer import STORES
from customers.commands import GiveContact
from kernel.actors import Actor, ActorKind
from kernel.db import transaction
from orders import services
from orders.commands import CancelReason, Channel, Collect, HandOver, PlaceOrder, ShortReason
from orders.services import PlacedOrder

SEED: Final = 20_261_121
DAYS: Final = 21
HOME: Final = "lyon-croix-rousse"
CHANNELS: Final = (Channel.WEB, Channel.WEB, Channel.PHONE, Channel.STORE)
CLERK: Final = Actor(ActorKind.SYSTEM, name="Inès Morel", location_ids=None)
STEPS_MIN: Final[Mapping[str, int]] = {
    "order.placed.v1": 0,
    "fulfillment.accepted.v1": 9,
    "fulfillment.picking_started.v1": 21,
    "fulfillment.picked.v1": 34,
    "fulfillment.line_short.v1": 33,
    "fulfillment.binned.v1": 41,
    "fulfillment.ready.v1": 42,
    "fulfillment.handed_over.v1": 1_450,
    "fulfillment.cancelled.v1": 15,
    "order.cancelled.v1": 15,
}
"""Minutes after the order at which each thing happened."""


@dataclass(frozen=True, slots=True)
class Scene:
    """An order of the demonstration: whose, where, how far it came, how many minutes ago."""

    store: str
    customer: GiveContact
    channel: Channel
    ends: str
    minutes_ago: int
    is_past: bool = False


TODAY: Final = (
    Scene(HOME, CUSTOMERS[0], Channel.WEB, "new", 6),
    Scene(HOME, CUSTOMERS[8], Channel.WEB, "new", 19),
    Scene(HOME, CUSTOMERS[3], Channel.PHONE, "late", 190),
    Scene(HOME, CUSTOMERS[4], Channel.WEB, "accepted", 38),
    Scene(HOME, CUSTOMERS[5], Channel.WEB, "short", 55),
    Scene(HOME, CUSTOMERS[1], Channel.STORE, "ready", 130),
    Scene(HOME, CUSTOMERS[6], Channel.WEB, "ready", 260),
    Scene(HOME, CUSTOMERS[9], Channel.WEB, "expiring", 9_200),
    Scene(HOME, CUSTOMERS[7], Channel.WEB, "collected", 1_500),
    Scene(HOME, CUSTOMERS[10], Channel.WEB, "cancelled", 70),
    Scene("villeurbanne", CUSTOMERS[2], Channel.PHONE, "new", 14),
    Scene("villeurbanne", CUSTOMERS[12], Channel.WEB, "ready", 200),
    Scene("paris-bastille", CUSTOMERS[13], Channel.WEB, "accepted", 45),
)
"""What the counter looks like whenever the demonstration is opened."""


def tell_history(owner_url: str) -> int:
    """Have the demonstration's past and its busy day; return how many orders it took."""
    luck = Random(SEED)  # noqa: S311 (a play, the same on every machine)
    engine = create_engine(owner_url)
    told = 0
    try:
        for scene in (*_past(luck), *TODAY):
            with transaction() as session:
                placed = _play(session, scene, luck)
            if placed is not None:
                told += 1
                with engine.begin() as connection:
                    _move_back(connection, placed, scene)
        with transaction() as session:
            told += book_slots(session, actor=CLERK)
    finally:
        engine.dispose()
    return told


def _past(luck: Random) -> Iterator[Scene]:
    codes = [store.code for store in STORES]
    for day in range(DAYS, 1, -1):
        for turn in range(2):
            number = day * 2 + turn
            yield Scene(
                store=luck.choice((HOME, *codes)),
                customer=CUSTOMERS[number % len(CUSTOMERS)],
                channel=CHANNELS[number % len(CHANNELS)],
                ends="cancelled" if number % 9 == 0 else "collected",
                minutes_ago=day * 1_440 + luck.randrange(30, 400),
                is_past=True,
            )


def _play(session: Session, scene: Scene, luck: Random) -> PlacedOrder | None:
    """Run an order as far as its scene goes; None when the shelves are too bare."""
    basket = _basket(session, scene, luck)
    if not basket:
        return None
    command = PlaceOrder(scene.channel, [Collect(scene.store, basket)], scene.customer)
    placed = services.place_order(session, command, actor=CLERK)
    parcel = placed.fulfillment_id
    if scene.ends == "cancelled":
        services.cancel_order(session, placed.id, reason=CancelReason.CUSTOMER_REMORSE, actor=CLERK)
    if scene.ends in {"new", "cancelled"}:
        return placed
    services.accept(session, parcel, actor=CLERK)
    if scene.ends in {"accepted", "late"}:
        return placed
    _prepare(session, parcel, basket, scene)
    return placed


def _prepare(session: Session, parcel: UUID, basket: dict[str, int], scene: Scene) -> None:
    wanted = dict(basket)
    if scene.ends == "short":
        sku = next(iter(wanted))
        wanted[sku] -= 1
        services.report_short_line(
            session, parcel, sku=sku, quantity=1, reason=ShortReason.DAMAGED, actor=CLERK
        )
    picked = {sku: quantity for sku, quantity in wanted.items() if quantity}
    if picked:
        services.pick(session, parcel, quantities=picked, actor=CLERK)
    if scene.ends == "short":
        return
    label = f"{'ABCD'[scene.minutes_ago % 4]}-{scene.minutes_ago % 12 + 1:02d}"
    services.mark_ready(session, parcel, bin_code=label, actor=CLERK)
    if scene.ends == "collected":
        command = HandOver(
            store_code=scene.store,
            fulfillment_id=parcel,
            ticket_number=f"T-{parcel.hex[-5:]}",
            identity_seen=True,
        )
        services.hand_over(session, command, actor=CLERK)


def _basket(session: Session, scene: Scene, luck: Random) -> dict[str, int]:
    """Return one to three articles the store has enough of."""
    store = stores.queries.get_store(session, scene.store)
    levels = inventory.queries.list_levels(session, location_id=store.id)
    plenty = [level.sku for level in levels if level.available > 4]  # noqa: PLR2004 (not the last)
    chosen = luck.sample(plenty, min(luck.randrange(1, 4), len(plenty)))
    return {sku: 2 if scene.ends == "short" else luck.choice((1, 1, 2)) for sku in chosen}


_BACK: Final = (
    """UPDATE event e SET recorded_at = CAST(:begun AS timestamptz) + make_interval(mins =>
        coalesce((CAST(:steps AS jsonb) ->> e.name)::int, 0)) + e.version * interval '7 seconds'
        WHERE e.aggregate_id IN (:order_id, :parcel_id)""",
    """UPDATE sales_order SET placed_at = :begun WHERE id = :order_id""",
    """UPDATE fulfillment SET created_at = :begun,
        promised_at = CASE WHEN :ends = 'late' THEN statement_timestamp() - interval '25 minutes'
            WHEN :is_past THEN CAST(:begun AS timestamptz) + interval '2 hours'
            ELSE promised_at END,
        ready_at = CASE WHEN ready_at IS NULL THEN NULL
            ELSE CAST(:begun AS timestamptz) + interval '42 minutes' END,
        collect_by = CASE WHEN :ends = 'expiring' THEN statement_timestamp() + interval '3 hours'
            WHEN :is_past THEN CAST(:begun AS timestamptz) + interval '7 days'
            ELSE collect_by END,
        ended_at = CASE WHEN ended_at IS NULL THEN NULL
            ELSE CAST(:begun AS timestamptz) + make_interval(mins => :ended_min) END
        WHERE id = :parcel_id""",
    """UPDATE fulfillment SET promise_inputs = promise_inputs || jsonb_build_object(
            'asked_at', CAST(:begun AS timestamptz), 'counted_from', CAST(:begun AS timestamptz),
            'open', '[]'::jsonb, 'ready_at', promised_at)
        WHERE id = :parcel_id AND (:is_past OR :ends = 'late')""",
    """UPDATE hand_over SET handed_over_at = CAST(:begun AS timestamptz)
        + make_interval(mins => :ended_min) WHERE fulfillment_id = :parcel_id""",
    """UPDATE till_payment SET taken_at = CAST(:begun AS timestamptz)
        + make_interval(mins => :ended_min) WHERE reference_id = :order_id""",
)
_FORGET: Final = """DELETE FROM delivery d USING event e WHERE d.event_id = e.id
    AND e.aggregate_id IN (:order_id, :parcel_id) AND d.subscriber <> 'tell-history'"""
"""Nobody is written to about orders of last week; their customers remember them all the same."""


def _move_back(connection: Connection, placed: PlacedOrder, scene: Scene) -> None:
    last = "cancelled" if scene.ends == "cancelled" else "handed_over"
    begun = connection.execute(text("SELECT statement_timestamp()")).scalar_one() - timedelta(
        minutes=scene.minutes_ago
    )
    values = {
        "begun": begun,
        "steps": json.dumps(STEPS_MIN),
        "order_id": placed.id,
        "parcel_id": placed.fulfillment_id,
        "ends": scene.ends,
        "is_past": scene.is_past,
        "ended_min": STEPS_MIN[f"fulfillment.{last}.v1"],
    }
    for statement in (*_BACK, *((_FORGET,) if scene.is_past else ())):
        connection.execute(text(statement), values)
