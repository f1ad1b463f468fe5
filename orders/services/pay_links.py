"""Pay links: an order is paid by card from an address of ours that somebody was sent.

The link says until when; the stock of an order that waits for it is held that long. One link of an
order is open at a time. What is owed stays one obligation, so whoever pays twice pays it once: the
second money goes back by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Integer, bindparam, text, update
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
from orders.events import PayLinkFollowed, PayLinkMade, PayLinkReminded
from orders.models import PayLink
from orders.queries import FulfillmentFacts, OrderFacts, PayLinkFacts
from orders.services.differing import end_pay_links, owe_by_card
from orders.services.holding import hold_until, is_pending, lock_goods
from orders.services.parcels import Locked, lock_order
from payments.commands import ObligationStatus
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


_OPEN: Final = text("""
    WITH asked AS (
        SELECT contact_id, coalesce(:pay_by,
            (SELECT min(pending_until) FROM fulfillment WHERE order_id = :order_id)) AS pay_by
        FROM sales_order WHERE id = :order_id),
    wanted AS (
        SELECT *, (pay_by - (pay_by - statement_timestamp()) / :share) AT TIME ZONE :zone AS at
        FROM asked),
    by_day AS (
        SELECT *, (CASE
            WHEN extract(hour FROM at) < :day_begins
            THEN date_trunc('day', at) + make_interval(days => -1, hours => :day_ends - 1)
            WHEN extract(hour FROM at) >= :day_ends
            THEN date_trunc('day', at) + make_interval(hours => :day_ends - 1)
            ELSE at END) AT TIME ZONE :zone AS remind_at
        FROM wanted)
    INSERT INTO pay_link (id, order_id, obligation_id, contact_id, pay_by, remind_at, author_name)
    SELECT :id, :order_id, :obligation_id, contact_id, pay_by,
        CASE WHEN remind_at > statement_timestamp() THEN remind_at END, :author_name
    FROM by_day
    RETURNING pay_by
""").bindparams(
    bindparam("pay_by", type_=DateTime(timezone=True)),
    bindparam("share", type_=Integer),
    bindparam("day_begins", type_=Integer),
    bindparam("day_ends", type_=Integer),
)
"""It is reminded of by day where the store is; not at all where the time is too short for that."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link is for: which order, which of its parcels tells of it, what is owed, where."""

    order_id: UUID
    fulfillment_id: UUID
    obligation_id: UUID
    time_zone: str


def make_first_link(session: Session, asked: Asked, *, actor: Actor) -> UUID:
    """Have the customer sent the link of an order nobody else knows of yet; return its id.

    Its stock is held already for as long as the channel does: the link ends with that.
    """
    return _send(session, asked, pay_by=None, actor=actor)


def make_pay_link(session: Session, order: OrderFacts, *, actor: Actor) -> UUID:
    """Have the customer sent a link to pay an order by card; return its id. It ends any before.

    An order that is pending is held until the link ends, as long as its store holds such orders.
    One to be paid at its collection may be paid from the link before. The door has read the order,
    so it has made sure that it is the actor's.

    Raises NothingToPay, TooLittleForCard, HoldEnded or OutOfStock.
    """
    parcels = lock_order(session, order.id)
    order = queries.get_order(session, order.id, actor=SYSTEM)  # as it is, now that it is held
    if order.contact_id is None or order.status not in OPEN:
        raise NothingToPay(state=order.status.value)
    obligation_id = _owed(session, order)
    first = _first_open(order)
    store = stores.queries.get_store_by_id(session, first.location_id)
    pay_by = _deadline(session, order, parcels, store)
    end_pay_links(session, order.id)
    asked = Asked(order.id, first.id, obligation_id, store.time_zone)
    return _send(session, asked, pay_by=pay_by, actor=actor)


def follow_pay_link(session: Session, link: PayLinkFacts, *, actor: Actor) -> None:
    """Note that somebody went to the payment page from a link: the order's story says so."""
    fact = PayLinkFollowed(order_id=link.order_id, pay_link_id=link.id)
    events.record(session, fact, actor=actor)


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
    first_id = _first_open(order).id
    fact = PayLinkReminded(order_id=order.id, fulfillment_id=first_id, pay_link_id=pay_link_id)
    events.record(session, fact, actor=actor)
    return True


def _send(session: Session, asked: Asked, *, pay_by: datetime | None, actor: Actor) -> UUID:
    """Have a link that ends then, or with what is held for its order, and its customer sent it."""
    link_id = new_id()
    values = {
        "id": link_id,
        "order_id": asked.order_id,
        "obligation_id": asked.obligation_id,
        "pay_by": pay_by,
        "zone": asked.time_zone,
        "author_name": actor.name,
        "share": REMIND_SHARE,
        "day_begins": DAY_BEGINS,
        "day_ends": DAY_ENDS,
    }
    fact = PayLinkMade(
        order_id=asked.order_id,
        fulfillment_id=asked.fulfillment_id,
        pay_link_id=link_id,
        pay_by=session.execute(_OPEN, values).scalar_one(),
    )
    events.record(session, fact, actor=actor)
    return link_id


def _first_open(order: OrderFacts) -> FulfillmentFacts:
    """Return the parcel that tells of a link: one that went on elsewhere tells of nothing more."""
    parcels = sorted(order.fulfillments, key=lambda each: each.id)
    return next((each for each in parcels if each.status in OPEN), parcels[0])


def _owed(session: Session, order: OrderFacts) -> UUID:
    """Return what a card may pay of an order; it is owed from now on if it was to be paid there.

    Raises NothingToPay or TooLittleForCard.
    """
    known = payments.queries.list_obligations(session, order.id)
    for each in known:
        if each.status in PAYABLE:
            return each.id
    due_minor = order.owed.total_minor - payments.queries.paid_minor(session, order.id)
    held = any(each.status is ObligationStatus.AUTHORISED for each in known)
    if held or due_minor <= 0 or due_minor != order.owed.total_minor:
        raise NothingToPay(state=order.status.value)
    return owe_by_card(session, order.id, due_minor, order.currency)


def _deadline(
    session: Session, order: OrderFacts, parcels: list[Locked], store: StoreFacts
) -> datetime:
    """Return until when it may be paid, its stock held that long where it waits for it."""
    channel = order.channel if order.channel is not Channel.WEB else Channel.PHONE
    minutes = store.rules.hold_min(channel.value)
    wanted = db_now(session) + timedelta(minutes=minutes)
    pending = [each for each in parcels if is_pending(each)]
    lock_goods(session, pending)
    ends = [hold_until(session, locked, wanted) for locked in pending]
    ends += [
        locked.parcel.collect_by
        for locked in parcels
        if locked.parcel.status is Status.READY and locked.parcel.collect_by is not None
    ]
    return min([wanted, *ends])
