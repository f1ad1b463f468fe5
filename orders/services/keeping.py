"""While a parcel waits: kept longer, collected by somebody else, remembered."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import stores.promises
import stores.queries
from customers.commands import GiveContact
from customers.errors import UnreachableContact
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW
from orders import queries
from orders.commands import Status
from orders.errors import (
    NoMoreExtensions,
    NothingToCollect,
    UnknownOrder,
    WrongState,
)
from orders.events import (
    CollectorChanged,
    ContactCorrected,
    PassReissued,
    PickupExtended,
    PickupReminded,
)
from orders.models import FINAL, Fulfillment, Order, PickupPass
from orders.passes import new_pass
from orders.services.parcels import REISSUED, Locked, give_pass, lock_parcel
from stores.promises import Schedule
from stores.queries import StoreFacts


def extend_pickup(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """Keep a ready parcel longer: by as many days, and as often, as its store allows.

    Raises UnknownFulfillment, WrongState or NoMoreExtensions.
    """
    queries.get_fulfillment(session, fulfillment_id, actor=actor)
    locked = lock_parcel(session, fulfillment_id, actor=SYSTEM)
    parcel = locked.parcel
    if parcel.status is not Status.READY or parcel.collect_by is None:
        raise WrongState(state=parcel.status.value)
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    if parcel.extensions >= store.rules.extensions_max:
        raise NoMoreExtensions(collect_by=parcel.collect_by.isoformat())
    parcel.extensions += 1
    parcel.reminders = 0
    parcel.collect_by = kept_until(store, parcel.collect_by)
    session.flush()
    events.record(session, PickupExtended(**locked.ids, collect_by=parcel.collect_by), actor=actor)


def kept_until(store: StoreFacts, collect_by: datetime) -> datetime:
    """Return until when a store keeps a parcel that it keeps longer."""
    schedule = store.schedule or Schedule("24/7", store.time_zone, store.country)
    return stores.promises.collect_by(
        schedule, ready_at=collect_by, hold_days=store.rules.extension_days
    )


def change_collector(
    session: Session, order_id: UUID, *, first_name: str, last_name: str, actor: Actor
) -> None:
    """Have somebody else collect the order; codes already sent die, new ones are announced.

    Raises UnknownOrder or NothingToCollect.
    """
    known = queries.get_order(session, order_id, actor=actor)
    order = session.get(Order, order_id, with_for_update=True, populate_existing=True)
    if order is None or order.contact_id is None:
        raise UnknownOrder
    if known.status in FINAL:
        raise NothingToCollect(state=known.status.value)
    order.contact_id = customers.services.rename_contact(
        session, order.contact_id, first_name=first_name, last_name=last_name
    )
    session.flush()
    fact = CollectorChanged(order_id=order_id, contact_id=order.contact_id)
    events.record(session, fact, actor=actor)
    for parcel in known.fulfillments:
        reissue_pass(session, parcel.id, actor=actor)


def correct_contact(
    session: Session,
    order_id: UUID,
    *,
    email: str | None,
    phone: str | None,
    stranger: bool = False,
    actor: Actor,
) -> None:
    """What is owed to the customer from now on goes to this address and number.

    What is not given stays; what was sent stays as it was sent. Codes are not touched, as the same
    person collects, unless a `stranger` was sent them: then they die, and the link of the order
    with them, and new ones are announced.

    Raises UnknownOrder, UnreachableContact when neither is given, UnreadableEmail or
    UnreadablePhone.
    """
    queries.get_order(session, order_id, actor=actor)
    order = session.get(Order, order_id, with_for_update=True, populate_existing=True)
    known = customers.queries.get_contacts(session, [order.contact_id]) if order else {}
    if order is None or order.contact_id is None or order.contact_id not in known:
        raise UnknownOrder
    if not email and not phone:
        raise UnreachableContact
    old = known[order.contact_id]
    command = GiveContact(
        old.first_name, old.last_name, email or old.email, phone or old.phone, old.language
    )
    order.contact_id = customers.services.give_contact(session, command).id
    if old.comes_instead:
        customers.services.say_comes_instead(session, order.contact_id)
    session.flush()
    fact = ContactCorrected(order_id=order_id, contact_id=order.contact_id)
    events.record(session, fact, actor=actor)
    if stranger:
        order.link_no += 1
        for parcel in queries.get_order(session, order_id, actor=actor).fulfillments:
            reissue_pass(session, parcel.id, actor=actor)


def reissue_pass(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """Kill the customer's codes of a ready parcel and have a new one announced.

    The codes of those whom the customer sends stay; a parcel that is not ready is left alone.
    """
    locked = lock_parcel(session, fulfillment_id, actor=SYSTEM)
    parcel = locked.parcel
    if parcel.status is not Status.READY or parcel.collect_by is None:
        return
    session.execute(
        update(PickupPass)
        .where(
            PickupPass.fulfillment_id == parcel.id,
            PickupPass.contact_id.is_(None),
            PickupPass.revoked_at.is_(None),
        )
        .values(revoked_at=DB_NOW, revoked_why=REISSUED)
    )
    store = stores.queries.get_store_by_id(session, parcel.location_id)
    last_day = parcel.collect_by.astimezone(ZoneInfo(store.time_zone)).date()
    give_pass(session, new_pass(parcel.id, collect_by=last_day))
    events.record(session, PassReissued(**locked.ids), actor=actor)


def remind(session: Session, fulfillment_id: UUID, *, stage: int) -> bool:
    """Have the customer reminded that a parcel waits; False when that stage is past or over."""
    parcel = session.execute(
        select(Fulfillment)
        .where(
            Fulfillment.id == fulfillment_id,
            Fulfillment.status == Status.READY,
            Fulfillment.reminders < stage,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if parcel is None:
        return False
    parcel.reminders = stage
    session.flush()
    fact = PickupReminded(**Locked(parcel, {}).ids, stage=stage)
    events.record(session, fact, actor=SYSTEM)
    return True
