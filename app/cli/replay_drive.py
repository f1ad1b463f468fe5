"""Driving orders through the same use cases as the doors, each step in its own transaction.

Every step reads how far the parcel is, so a replay that was cut off goes on where it stopped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from app.cli import replay_ways as ways
from app.cli.replay_fates import REJECTED, Fate
from app.cli.replay_home import BROUGHT, place_home, send_home
from app.cli.replay_plan import PlannedOrder
from catalog.errors import UnknownSku
from inventory.queries import LevelFacts
from kernel import idempotency
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from kernel.idempotency import Answer, StoredAnswer
from orders.commands import CancelReason, Channel, Collect, Found, HandOver, PlaceOrder, Status
from orders.queries import FulfillmentFacts

SCOPE: Final = "replay"
NAME: Final = "Replay"
CREATED: Final = 201
LEVELS_MAX: Final = 100_000
UNDER_WAY: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})
WAITED_FOR: Final = frozenset({Fate.LATE, Fate.NO_SHOW})
CUSTOMER: Final = "customer"

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
        for store_code in filter(None, (planned.store_code, planned.second_store)):
            shelf = wanted.setdefault(store_code, {})
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

    Raises the refusals of `place_order`, or of `place_home`.
    """
    key = planned.invoice.key
    command = PlaceOrder(
        planned.channel,
        [Collect(planned.store_code, planned.invoice.quantities)],
        planned.contact,
    )
    with transaction() as session:
        before = idempotency.take(
            session, scope=SCOPE, key=key, request_hash=sha256(key.encode()).digest()
        )
        if before is not None:
            return _parcel(planned, before.body, again=True)
        if planned.fate in BROUGHT:
            placed = place_home(session, planned, actor=_buyer(session, planned))
        else:
            placed = orders.services.place_order(session, command, actor=_buyer(session, planned))
        body = {"order_id": str(placed.id), "fulfillment_id": str(placed.fulfillment_id)}
        idempotency.keep(session, scope=SCOPE, key=key, answer=Answer(CREATED, body))
    return _parcel(planned, body, again=False)


def look_at(parcel: Parcel) -> FulfillmentFacts:
    """Return how far the parcel is, or the one that took over from it."""
    with transaction() as session:
        facts = orders.queries.get_fulfillment(session, parcel.fulfillment_id, actor=SYSTEM)
    return ways.newest(facts)


def cancel(parcel: Parcel) -> None:
    """Call the order off, as its customer did.

    Raises the refusals of `cancel_order`.
    """
    with transaction() as session:
        orders.services.cancel_order(
            session, parcel.order_id, reason=CancelReason.CUSTOMER_REMORSE, actor=SYSTEM
        )


def prepare(parcel: Parcel) -> None:
    """Have the parcel ready in its bin: accepted, picked and told of, as far as its fate allows.

    Raises the refusals of the steps.
    """
    fate = parcel.planned.fate
    if fate in BROUGHT:
        send_home(parcel.order_id, fate)
        return
    facts = _accepted(parcel)
    if fate in REJECTED and facts.id == parcel.fulfillment_id:
        _reject(parcel.planned, facts)
        facts = _accepted(parcel)
    if facts.status is Status.ACCEPTED:
        with transaction() as session:
            orders.services.start_picking(session, facts.id, actor=ways.staff_of(facts))
    if fate is Fate.SHORT and not any(line.cancelled for line in facts.lines):
        ways.report_missing(parcel.planned, facts)
    if fate is Fate.PROXY and facts.status in UNDER_WAY:
        ways.name_proxy(facts)
    _finish(parcel)


def remind(parcel: Parcel) -> None:
    """Days pass for a parcel whose customer does not come at once, and they are reminded."""
    facts = look_at(parcel)
    if parcel.planned.fate in WAITED_FOR and facts.status is Status.READY:
        ways.remind(facts)


def wait(parcel: Parcel) -> None:
    """What becomes of a parcel that waits: kept longer, never collected, called off."""
    facts = look_at(parcel)
    if facts.status is Status.READY:
        ways.let_wait(parcel.planned, facts)


def hand_over(parcel: Parcel) -> None:
    """The customer has the goods, found the planned way and paid at the till.

    Raises the refusals of `hand_over`.
    """
    facts = look_at(parcel)
    if facts.status is not Status.READY:
        return
    with transaction() as session:
        store = stores.queries.get_store_by_id(session, facts.location_id)
        command = _seen_at_counter(session, parcel, facts, store_code=store.code)
        orders.services.hand_over(session, command, actor=ways.staff_of(facts))


def put_back(parcel: Parcel) -> None:
    """What nobody collects of the order lies on the shelf again."""
    ways.put_back(parcel.order_id)


def _accepted(parcel: Parcel) -> FulfillmentFacts:
    facts = look_at(parcel)
    if facts.status is Status.NEW:
        with transaction() as session:
            orders.services.accept(session, facts.id, actor=ways.staff_of(facts))
        facts = look_at(parcel)
    return facts


def _reject(planned: PlannedOrder, facts: FulfillmentFacts) -> None:
    """Have the store reject it and its customer choose; goes on where a replay was cut off."""
    if facts.status is Status.ACCEPTED:
        ways.reject(planned, facts)
    elif facts.status is Status.REJECTED:
        with transaction() as session:
            choice = orders.queries.list_choices(session, [facts.id])[facts.id]
        if choice.open:
            ways.answer_rejected(planned, facts, choice.id)


def _finish(parcel: Parcel) -> None:
    """Have everything picked that is not yet, and the parcel in its bin."""
    facts = look_at(parcel)
    undecided = {
        line.sku: line.quantity - line.cancelled - line.picked
        for line in facts.lines
        if line.quantity > line.cancelled + line.picked
    }
    if facts.status not in UNDER_WAY:
        return
    with transaction() as session:
        if undecided:
            picker = ways.staff_of(facts)
            orders.services.pick(session, facts.id, quantities=undecided, actor=picker)
        orders.services.mark_ready(
            session, facts.id, bin_code=_bin(parcel), actor=ways.staff_of(facts)
        )


def _levels(session: Session, location_id: UUID, skus: Iterable[str]) -> list[LevelFacts]:
    return inventory.queries.list_levels(
        session, location_id=location_id, skus=sorted(skus), limit=LEVELS_MAX
    )


def _parcel(planned: PlannedOrder, body: Mapping[str, str], *, again: bool) -> Parcel:
    return Parcel(planned, UUID(body["order_id"]), UUID(body["fulfillment_id"]), again)


def _buyer(session: Session, planned: PlannedOrder) -> Actor:
    """Return who types the order in: the shopper, the call centre or the store's staff."""
    kind = _BUYERS[planned.channel]
    if kind in {ActorKind.AGENT, ActorKind.SHOPPER}:
        everywhere = None if kind is ActorKind.AGENT else frozenset[UUID]()
        return Actor(kind=kind, name=NAME, location_ids=everywhere)
    store = stores.queries.get_store(session, planned.store_code)
    return Actor(kind=kind, name=NAME, location_ids=frozenset({store.id}))


def _bin(parcel: Parcel) -> str:
    return f"R-{parcel.planned.invoice.number[-2:]}"


def _seen_at_counter(
    session: Session, parcel: Parcel, facts: FulfillmentFacts, *, store_code: str
) -> HandOver:
    """Return what the associate has in hand: the QR text, the typed code, or the parcel found."""
    seen = HandOver(
        store_code,
        ticket_number=f"T-{parcel.planned.invoice.number}",
        refused=ways.refused_of(parcel.planned, facts),
    )
    holder = ways.PROXY if parcel.planned.fate is Fate.PROXY else CUSTOMER
    live = [
        each.facts
        for each in orders.queries.list_passes(session, facts.id)
        if each.revoked_why is None and each.holder == holder
    ]
    way = parcel.planned.way if live else Found.SEARCH
    if live and (holder == ways.PROXY or way is Found.QR):
        return replace(seen, qr=orders.passes.qr_text(live[-1]))
    if way is Found.CODE:
        return replace(seen, code=orders.passes.typed_code(live[-1].id))
    return replace(seen, fulfillment_id=facts.id, identity_seen=True)
