"""Driving orders through the same use cases as the doors, each step in its own transaction.

Every step reads how far the parcel is, so a replay that was cut off goes on where it stopped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import inventory.services
import orders.passes
import orders.queries
import orders.services
import stores.queries
from app.cli.replay_plan import PlannedOrder
from catalog.errors import UnknownSku
from inventory.queries import LevelFacts
from kernel import idempotency
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from kernel.idempotency import Answer, StoredAnswer
from orders.commands import CancelReason, Channel, Found, HandOver, PlaceOrder, Status
from orders.queries import FulfillmentFacts

SCOPE: Final = "replay"
NAME: Final = "Replay"
CREATED: Final = 201
LEVELS_MAX: Final = 100_000
UNDER_WAY: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})

_BUYERS: Final[Mapping[Channel, ActorKind]] = {
    Channel.WEB: ActorKind.SHOPPER,
    Channel.PHONE: ActorKind.AGENT,
    Channel.STORE: ActorKind.ASSOCIATE,
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """The order an invoice became; `again` when an earlier replay placed it."""

    planned: PlannedOrder
    order_id: UUID
    fulfillment_id: UUID
    again: bool


@dataclass(frozen=True, slots=True)
class Shelves:
    """Units on hand and reserved of the articles of a plan at its stores."""

    on_hand: int
    reserved: int


def list_collecting_stores() -> list[str]:
    """Return the codes of stores that take orders to collect now."""
    codes: list[str] = []
    after = ""
    while True:
        with transaction() as session:
            page = stores.queries.list_stores(session, after=after)
        if not page:
            return codes
        after = page[-1].code
        codes += [each.code for each in page if each.offered and each.schedule and not each.paused]


def find_unknown(skus: Iterable[str]) -> frozenset[str]:
    """Return those of `skus` that are not in the catalogue."""
    try:
        with transaction() as session:
            catalog.queries.require_skus(session, skus)
    except UnknownSku as error:
        return frozenset(error.facts["skus"])
    return frozenset()


def find_placed(plan: Sequence[PlannedOrder]) -> dict[str, Parcel]:
    """Return the orders that an earlier replay placed, by invoice number."""
    by_key = {planned.invoice.key: planned for planned in plan}
    with transaction() as session:
        rows = session.execute(
            select(StoredAnswer.key, StoredAnswer.body).where(
                StoredAnswer.scope == SCOPE, StoredAnswer.key.in_(by_key)
            )
        ).all()
    return {
        by_key[row.key].invoice.number: _parcel(by_key[row.key], row.body or {}, again=True)
        for row in rows
    }


def needs(plan: Iterable[PlannedOrder]) -> dict[str, dict[str, int]]:
    """Return how many of each SKU the orders take at each store, by store code."""
    wanted: dict[str, dict[str, int]] = {}
    for planned in plan:
        shelf = wanted.setdefault(planned.store_code, {})
        for sku, quantity in planned.invoice.quantities.items():
            shelf[sku] = shelf.get(sku, 0) + quantity
    return wanted


def receive_stock(store_code: str, quantities: Mapping[str, int]) -> tuple[int, int]:
    """Book in what a store lacks for these quantities; return how many units of how many SKUs."""
    with transaction() as session:
        store = stores.queries.get_store(session, store_code)
        levels = _levels(session, store.id, quantities)
        there = {each.sku: each.available for each in levels}
        lacking = {
            sku: quantity - there.get(sku, 0)
            for sku, quantity in quantities.items()
            if quantity > there.get(sku, 0)
        }
        if lacking:
            inventory.services.receive(
                session, location_id=store.id, quantities=lacking, actor=SYSTEM
            )
    return sum(lacking.values()), len(lacking)


def look_at_shelves(wanted: Mapping[str, Mapping[str, int]]) -> Shelves:
    """Return what lies at these stores of these SKUs."""
    on_hand = reserved = 0
    for code, skus in wanted.items():
        with transaction() as session:
            store = stores.queries.get_store(session, code)
            levels = _levels(session, store.id, skus)
        on_hand += sum(each.on_hand for each in levels)
        reserved += sum(each.reserved for each in levels)
    return Shelves(on_hand, reserved)


def place(planned: PlannedOrder) -> Parcel:
    """Have the order of an invoice placed, now or by an earlier replay.

    Raises the refusals of `place_order`.
    """
    key = planned.invoice.key
    command = PlaceOrder(
        channel=planned.channel,
        store_code=planned.store_code,
        quantities=planned.invoice.quantities,
        contact=planned.contact,
    )
    with transaction() as session:
        before = idempotency.take(
            session, scope=SCOPE, key=key, request_hash=sha256(key.encode()).digest()
        )
        if before is not None:
            return _parcel(planned, before.body, again=True)
        placed = orders.services.place_order(session, command, actor=_buyer(planned))
        body = {"order_id": str(placed.id), "fulfillment_id": str(placed.fulfillment_id)}
        idempotency.keep(session, scope=SCOPE, key=key, answer=Answer(CREATED, body))
    return _parcel(planned, body, again=False)


def look_at(parcel: Parcel) -> FulfillmentFacts:
    """Return how far the parcel is."""
    with transaction() as session:
        return orders.queries.get_fulfillment(session, parcel.fulfillment_id, actor=SYSTEM)


def cancel(parcel: Parcel) -> None:
    """Call the order off, as its customer did.

    Raises the refusals of `cancel_order`.
    """
    with transaction() as session:
        orders.services.cancel_order(
            session, parcel.order_id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM
        )


def prepare(parcel: Parcel) -> None:
    """Have the parcel ready in its bin: accepted, picked and told of.

    Raises the refusals of the steps.
    """
    facts = look_at(parcel)
    staff = _staff(facts)
    if facts.status is Status.NEW:
        with transaction() as session:
            orders.services.accept(session, facts.id, actor=staff)
    if facts.status in {Status.NEW, Status.ACCEPTED}:
        with transaction() as session:
            orders.services.start_picking(session, facts.id, actor=staff)
    undecided = {
        line.sku: line.quantity - line.cancelled - line.picked
        for line in facts.lines
        if line.quantity > line.cancelled + line.picked
    }
    if undecided and facts.status in UNDER_WAY:
        with transaction() as session:
            orders.services.pick(session, facts.id, quantities=undecided, actor=staff)
    if facts.status in UNDER_WAY:
        with transaction() as session:
            orders.services.mark_ready(session, facts.id, bin_code=_bin(parcel), actor=staff)


def hand_over(parcel: Parcel) -> None:
    """The customer has the goods, found the planned way and paid at the till.

    Raises the refusals of `hand_over`.
    """
    facts = look_at(parcel)
    if facts.status is not Status.READY:
        return
    with transaction() as session:
        store = stores.queries.get_store_by_id(session, facts.location_id)
        command = _seen_at_counter(session, parcel, store_code=store.code)
        orders.services.hand_over(session, command, actor=_staff(facts))


def _levels(session: Session, location_id: UUID, skus: Iterable[str]) -> list[LevelFacts]:
    return inventory.queries.list_levels(
        session, location_id=location_id, skus=sorted(skus), limit=LEVELS_MAX
    )


def _parcel(planned: PlannedOrder, body: Mapping[str, str], *, again: bool) -> Parcel:
    return Parcel(planned, UUID(body["order_id"]), UUID(body["fulfillment_id"]), again)


def _buyer(planned: PlannedOrder) -> Actor:
    """Return who types the order in: the shopper, the call centre or the store's staff."""
    kind = _BUYERS[planned.channel]
    everywhere = None if kind is ActorKind.AGENT else frozenset[UUID]()
    return Actor(kind=kind, name=NAME, location_ids=everywhere)


def _staff(facts: FulfillmentFacts) -> Actor:
    """Return an associate of the parcel's store: what follows must be within their rights."""
    return Actor(kind=ActorKind.ASSOCIATE, name=NAME, location_ids=frozenset({facts.location_id}))


def _bin(parcel: Parcel) -> str:
    return f"R-{parcel.planned.invoice.number[-2:]}"


def _seen_at_counter(session: Session, parcel: Parcel, *, store_code: str) -> HandOver:
    """Return what the associate has in hand: the QR text, the typed code, or the parcel found."""
    ticket = f"T-{parcel.planned.invoice.number}"
    live = [
        each.facts
        for each in orders.queries.list_passes(session, parcel.fulfillment_id)
        if each.alive and each.contact_id is None
    ]
    if parcel.planned.way is Found.QR and live:
        return HandOver(store_code, qr=orders.passes.qr_text(live[-1]), ticket_number=ticket)
    if parcel.planned.way is Found.CODE and live:
        code = orders.passes.typed_code(live[-1].id)
        return HandOver(store_code, code=code, ticket_number=ticket)
    return HandOver(
        store_code,
        fulfillment_id=parcel.fulfillment_id,
        ticket_number=ticket,
        identity_seen=True,
    )
