"""Pay links: an order is paid by card from an address of ours that somebody was sent.

The link says until when; the stock of an order that waits for it is held that long. One link of an
order is open at a time. What is owed stays one obligation, so whoever pays twice pays it once: the
second money goes back by itself.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

import payments.queries
import payments.services
import stores.queries
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import Channel, Status
from orders.errors import NothingToPay
from orders.events import PayLinkMade, PayLinkReminded
from orders.models import PayLink
from orders.queries import OrderFacts
from orders.services.holding import hold_until
from orders.services.parcels import Locked, lock_order
from payments.commands import ObligationStatus, OpenObligation
from stores.queries import StoreFacts

PAYABLE: Final = frozenset({ObligationStatus.OPENED, ObligationStatus.FAILED})
OPEN: Final = frozenset(
    {
        Status.PENDING,
        Status.NEW,
        Status.ACCEPTED,
        Status.PICKING,
        Status.IN_TRANSFER,
        Status.READY,
        Status.PACKED,
    }
)
"""States of an order whose money can still be asked for from a link."""
REMIND_SHARE: Final = 4
"""The reminder goes when a fourth of the time is left, by day."""
DAY_BEGINS, DAY_ENDS = 9, 20
"""Hours, where the store is, in which nobody minds a reminder."""


def make_pay_link(session: Session, order: OrderFacts, *, actor: Actor) -> UUID:
    """Have the customer sent a link to pay an order by card; return its id. It ends any before.

    An order that is pending is held until the link ends, as long as its store holds such orders.
    One to be paid at its collection may be paid from the link before. The door has read the order,
    so it has made sure that it is the actor's.

    Raises NothingToPay, HoldEnded or OutOfStock.
    """
    parcels = lock_order(session, order.id)
    order = queries.get_order(session, order.id, actor=SYSTEM)  # as it is, now that it is held
    if order.contact_id is None or order.status not in OPEN:
        raise NothingToPay(state=order.status.value)
    obligation_id = _owed(session, order)
    store = stores.queries.get_store_by_id(session, order.fulfillments[0].location_id)
    pay_by = _deadline(session, order, parcels, store)
    end_pay_links(session, order.id)
    moment = db_now(session)
    link = PayLink(
        id=new_id(),
        order_id=order.id,
        obligation_id=obligation_id,
        contact_id=order.contact_id,
        pay_by=pay_by,
        remind_at=_reminder(moment, pay_by, ZoneInfo(store.time_zone)),
        author_name=actor.name,
    )
    session.add(link)
    session.flush()
    fact = PayLinkMade(
        order_id=order.id,
        fulfillment_id=order.first_id,
        pay_link_id=link.id,
        pay_by=pay_by,
    )
    events.record(session, fact, actor=actor)
    return link.id


def end_pay_links(session: Session, order_id: UUID) -> None:
    """Have no link of an order open any more."""
    session.execute(
        update(PayLink)
        .where(PayLink.order_id == order_id, PayLink.ended_at.is_(None))
        .values(ended_at=DB_NOW)
        .execution_options(synchronize_session=False)
    )


def remind_to_pay(session: Session, pay_link_id: UUID, *, actor: Actor) -> bool:
    """Have the customer reminded of a link, once; False when it is over, or was paid."""
    reminded = session.execute(
        update(PayLink)
        .where(PayLink.id == pay_link_id, PayLink.ended_at.is_(None), PayLink.reminded_at.is_(None))
        .values(reminded_at=DB_NOW)
        .returning(PayLink.order_id, PayLink.obligation_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if reminded is None:
        return False
    owed = payments.queries.get_obligation(session, reminded.obligation_id)
    if owed.status not in PAYABLE:
        end_pay_links(session, reminded.order_id)
        return False
    order = queries.get_order(session, reminded.order_id, actor=actor)
    fact = PayLinkReminded(
        order_id=order.id, fulfillment_id=order.first_id, pay_link_id=pay_link_id
    )
    events.record(session, fact, actor=actor)
    return True


def _owed(session: Session, order: OrderFacts) -> UUID:
    """Return what a card may pay of an order; it is owed from now on if it was to be paid there.

    Raises NothingToPay.
    """
    known = payments.queries.list_obligations(session, order.id)
    for each in known:
        if each.status in PAYABLE:
            return each.id
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order.id)
    held = any(each.status is ObligationStatus.AUTHORISED for each in known)
    if held or due_minor <= 0 or due_minor != order.owed.total_minor:
        raise NothingToPay(state=order.status.value)
    command = OpenObligation(order.id, due_minor, order.currency)
    return payments.services.open_obligation(session, command)


def _reminder(moment: datetime, pay_by: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when to remind, by day where the store is; None where the time is too short."""
    wanted = (pay_by - (pay_by - moment) / REMIND_SHARE).astimezone(zone)
    evening = wanted.replace(hour=DAY_ENDS - 1, minute=0, second=0, microsecond=0)
    if wanted.hour < DAY_BEGINS:
        wanted = evening - timedelta(days=1)
    elif wanted.hour >= DAY_ENDS:
        wanted = evening
    return wanted if wanted > moment else None


def _deadline(
    session: Session, order: OrderFacts, parcels: list[Locked], store: StoreFacts
) -> datetime:
    """Return until when it may be paid, its stock held that long where it waits for it."""
    channel = order.channel if order.channel is not Channel.WEB else Channel.PHONE
    minutes = store.rules.hold_min(channel.value)
    wanted = db_now(session) + timedelta(minutes=minutes)
    ends = [
        hold_until(session, locked, wanted)
        for locked in parcels
        if locked.parcel.status is Status.PENDING
    ]
    ends += [
        locked.parcel.collect_by
        for locked in parcels
        if locked.parcel.status is Status.READY and locked.parcel.collect_by is not None
    ]
    return min([wanted, *ends])
