"""Where an amendment has parcels go: to another store or slot, from a counter to a door, or back.

What goes elsewhere is a new parcel; the old one is rerouted. What is brought is paid beforehand: a
parcel that is brought from now on waits for its money where nobody paid anything of the order yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

import inventory.services
import stores.queries
import stores.services
from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.actors import Actor
from kernel.clock import db_now
from orders import queries
from orders.commands import AmendParcel, Formation, Method, Status, add_up
from orders.errors import AnswerNotOffered, StoreNotNamed, TooLateToAmend, WrongMethod
from orders.models import Cart, Order
from orders.services.amending_lines import ParcelLines
from orders.services.continuing import Onward, begin_anew
from orders.services.holding import hold_left
from orders.services.locked import Locked
from orders.services.parcels import load_lines
from orders.services.promising import WAYS
from stores.queries import StoreFacts

AMENDABLE: Final = frozenset({Status.PENDING, Status.NEW, Status.ACCEPTED})
"""States in which nobody is at the goods yet."""
AMENDED: Final = "amended"
MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Change:
    """One parcel of an order while it is changed.

    `held` is what it kept before, at `old`; `locked` is the one that owes it, a new one once it
    goes on elsewhere; `hold` is for how long goods are held where money is waited for.
    """

    said: AmendParcel
    locked: Locked
    old: Locked
    held: Mapping[str, int]
    here: StoreFacts
    store: StoreFacts | None = None
    onward: Onward | None = None
    hold: Hold | None = None
    lines: ParcelLines | None = None
    parted: Locked | None = None
    """The parcel it was a part of until now: what it keeps is still promised to that one."""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> Method:
        """Return how its goods reach the customer from now on."""
        return self.said.method or self.old.parcel.method

    @property
    def is_sent(self) -> bool:
        """Tell whether it was collected, and is brought from now on."""
        return self.method is Method.DELIVERY and self.old.parcel.method is not Method.DELIVERY

    @property
    def goes_otherwise(self) -> bool:
        """Tell whether it is brought already, and another way to its door is named."""
        named = self.said.delivery_method is not None and not self.is_sent
        return named and self.old.parcel.delivery_method_id is not None

    @property
    def kept_by(self) -> Locked:
        """Return the parcel to which what it keeps is promised in stock."""
        return self.parted or self.old

    @property
    def wanted(self) -> Mapping[str, int]:
        """Return how many of each SKU it is to owe."""
        return self.lines.wanted if self.lines else self.held


def read_change(
    session: Session,
    order: Order,
    said: AmendParcel,
    locked: Locked,
    *,
    parted: Locked | None = None,
) -> Change:
    """Return how one parcel is to change, with the store where it is collected from now on.

    `parted` is the parcel it was a part of until now.

    Raises TooLateToAmend, WrongMethod, StoreNotNamed, AnswerNotOffered, UnknownLocation or
    HoldEnded.
    """
    refuse_late(session, locked)
    here = stores.queries.get_store_by_id(session, locked.parcel.location_id)
    change = Change(said, locked, locked, dict(locked.owed), here, parted=parted)
    _refuse_unfit(order, change)
    change.store = _counter(session, order, change)
    if locked.parcel.status is Status.PENDING:
        change.hold = hold_left(session, locked)
    return change


def go_to_counter(change: Change) -> None:
    """Have a parcel go on at the store where it is collected from now on, if that changes."""
    if change.store is not None:
        slot_id = change.said.slot_id
        change.onward = Onward(change.store, change.method, slot_id=slot_id, tells=False)


def wait_for_money(session: Session, change: Change, hold: Hold) -> datetime:
    """Have what a parcel keeps from now on be held until somebody paid; return until when."""
    change.hold = change.hold or hold
    return change.old.parcel.pending_until or db_now(session) + hold.minutes * MINUTE


def lock_capacity(session: Session, changes: Sequence[Change]) -> None:
    """Keep the slots and days that parcels leave, and go to, as they are."""
    moving = [(each, each.onward) for each in changes if each.onward is not None]
    if not moving:
        return
    slots = {each.old.parcel.slot_id for each, _ in moving} | {to.slot_id for _, to in moving}
    places = {each.old.parcel.location_id for each, _ in moving} | {to.store.id for _, to in moving}
    stores.services.lock_capacity(
        session, location_ids=places, slot_ids=[each for each in slots if each]
    )


def go_on(session: Session, change: Change, *, actor: Actor) -> None:
    """Have a new parcel owe what one owed that is to be had elsewhere, later or otherwise.

    Raises what `require_way` and `take_promise` raise.
    """
    if change.onward is None or not change.wanted:
        return
    old, was_slot = change.old.parcel, change.old.parcel.slot_starts_at
    stores.services.release_booking(session, old.id)
    fresh = begin_anew(session, change.old, change.onward, actor=actor)
    session.execute(update(Cart).where(Cart.pending_id == old.id).values(pending_id=fresh.id))
    change.locked = Locked(fresh, load_lines(session, fresh.id))
    if fresh.method is not old.method:
        change.told["way"] = [old.method.value, fresh.method.value]
    if change.parted is not None:
        change.told["part"] = dict(change.held)
    if fresh.location_id != old.location_id or fresh.method is not old.method:
        change.told["store"] = [change.here.code, change.onward.store.code]
    if was_slot or fresh.slot_starts_at:
        change.told["slot"] = [_moment(was_slot), _moment(fresh.slot_starts_at)]


def take_stock(session: Session, changes: Sequence[Change]) -> None:
    """Reserve what parcels want where they want it, and free what they do not.

    Raises OutOfStock with all that is short anywhere.
    """
    for location_id, skus in sorted(_levels(changes).items()):
        inventory.services.lock_levels(session, location_id=location_id, skus=skus)
    reserves = [_free(session, each) for each in changes]
    short: list[Mapping[str, int]] = []
    for change, quantities in zip(changes, reserves, strict=True):
        if not quantities:
            continue
        try:
            inventory.services.reserve(
                session,
                fulfillment_id=change.locked.parcel.id,
                location_id=change.locked.parcel.location_id,
                quantities=quantities,
                hold=change.hold,
            )
        except OutOfStock as refusal:
            short.append(refusal.facts["shortages"])
    if short:
        raise OutOfStock(shortages=add_up(short))


def refuse_late(session: Session, locked: Locked) -> None:
    """Raises TooLateToAmend once somebody is at the goods, or they are on their way."""
    parcel = locked.parcel
    begun = any(line.picked for line in locked.lines.values()) or parcel.wave_id is not None
    elsewhere = queries.LACKS in parcel.promise_inputs or queries.still_carried(session, parcel.id)
    if parcel.status in AMENDABLE and not begun and not elsewhere:
        return
    raise TooLateToAmend(state=parcel.status.value, fulfillment_id=str(parcel.id))


def _refuse_unfit(order: Order, change: Change) -> None:
    """Raises WrongMethod: what is brought has no store or slot, what is collected no such way.

    What is taken along, or reserved without payment, is got as it is.
    """
    said, before, after = change.said, change.old.parcel.method, change.method
    brought = after is Method.DELIVERY
    counter = said.store_code is not None or said.slot_id is not None
    along = Method.CARRY_OUT in {before, after} and said.places
    reserved = brought and order.formation is Formation.RESERVATION
    if along or reserved or (brought and counter) or (said.delivery_method and not brought):
        raise WrongMethod(method=before.value)


def _counter(session: Session, order: Order, change: Change) -> StoreFacts | None:
    """Return the store that has it collected from now on, where that, slot or way change."""
    said, parcel = change.said, change.old.parcel
    if change.method is Method.DELIVERY:
        return None
    if said.store_code is None and parcel.method is Method.DELIVERY:
        raise StoreNotNamed
    code = said.store_code or change.here.code
    stays = code == change.here.code and said.slot_id in {None, parcel.slot_id}
    if stays and change.method is parcel.method:
        return None
    store = stores.queries.get_store(
        session, code, method=WAYS[change.method], waiting=queries.waiting_at
    )
    if store.brand_id != order.brand_id:
        raise AnswerNotOffered(answer="other_store")
    return store


def _levels(changes: Sequence[Change]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for each in changes:
        for place in (each.old.parcel.location_id, each.locked.parcel.location_id):
            if each.held != each.wanted or each.locked is not each.old:
                found.setdefault(place, set()).update(each.held, each.wanted)
    return found


def _free(session: Session, change: Change) -> Mapping[str, int]:
    """Free what is kept and not wanted there any more; return what is to be reserved instead."""
    old, now, kept_by = change.old.parcel, change.locked.parcel, change.kept_by
    taken = change.lines.taken if change.lines else {}
    added = change.lines.added if change.lines else {}
    if not change.wanted:  # what others do not take over is freed when it is called off
        left = change.old.owed
        moved = {sku: units - left.get(sku, 0) for sku, units in change.held.items()}
        _release(session, change.old, {sku: units for sku, units in moved.items() if units})
        return {}
    if now.id == old.id:
        _release(session, change.old, taken)
        return added
    if old.location_id != now.location_id or change.hold is not None:
        _release(session, kept_by, change.held)
        return change.wanted
    inventory.services.pass_on(
        session,
        fulfillment_id=kept_by.parcel.id,
        to_id=now.id,
        location_id=now.location_id,
        quantities=change.held,
        reason=AMENDED,
    )
    _release(session, change.locked, taken)
    return added


def _release(session: Session, locked: Locked, quantities: Mapping[str, int]) -> None:
    if quantities:
        inventory.services.release(session, **locked.stock, quantities=quantities, reason=AMENDED)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
