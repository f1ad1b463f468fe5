"""Reads of orders and their parcels. Every read is scoped by its actor."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from customers.commands import NameCompany
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW
from orders.commands import Status
from orders.errors import UnknownFulfillment, UnknownOrder
from orders.models import (
    ExternalOrder,
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderCharge,
    OrderLine,
    Promotion,
    Proxy,
)
from orders.queries.reserving import released
from orders.queries.shapes import ChargeFacts, FulfillmentFacts, LineFacts, OrderFacts, Waiting

PAGE_MAX: Final = 100
PARTS_MAX: Final = 20
"""Parcels of one order: those it had before it was changed are among them."""
LAST_DAY: Final = 3
"""The stage of reminding that says: today, or not at all."""
STAGE_DAYS: Final = (1, 3)
"""Days after which the stages before it are due."""


def get_order(session: Session, order_id: UUID, *, actor: Actor) -> OrderFacts:
    """Return an order.

    Raises UnknownOrder, also for orders that are none of the actor's.
    """
    return _order(session, Order.id == order_id, actor=actor)


def get_order_by_number(session: Session, number: str, *, actor: Actor) -> OrderFacts:
    """Return an order by its number (seven signs, as stored).

    Raises UnknownOrder, also for orders that are none of the actor's.
    """
    return _order(session, Order.number == number, actor=actor)


def get_fulfillment(session: Session, fulfillment_id: UUID, *, actor: Actor) -> FulfillmentFacts:
    """Return a parcel.

    Raises UnknownFulfillment, also for those that are none of the actor's.
    """
    found = _fulfillments(session, Fulfillment.id == fulfillment_id, actor=actor)
    if not found:
        raise UnknownFulfillment(fulfillment_id=str(fulfillment_id))
    return found[0]


def list_fulfillments(
    session: Session,
    *,
    location_id: UUID,
    statuses: Sequence[Status],
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_MAX,
) -> list[FulfillmentFacts]:
    """Return a store's parcels in these states, soonest promise first, after `after`.

    What its customer may still call off alone is not the store's yet.
    """
    here = and_(Fulfillment.location_id == location_id, Fulfillment.status.in_(statuses))
    wanted = and_(here, released())
    if after is not None:
        wanted = and_(
            wanted,
            or_(
                Fulfillment.promised_at > after[0],
                and_(Fulfillment.promised_at == after[0], Fulfillment.id > after[1]),
            ),
        )
    return _fulfillments(session, wanted, actor=actor, limit=limit)


def list_parcels_of(
    session: Session, *, location_id: UUID, contact_ids: Sequence[UUID | None], actor: Actor
) -> list[FulfillmentFacts]:
    """Return a store's open parcels for these contacts, as customers or sent by one."""
    wanted = and_(
        Fulfillment.location_id == location_id,
        Fulfillment.ended_at.is_(None),
        of_people(contact_ids),
    )
    return _fulfillments(session, wanted, actor=actor)


def list_order_parcels(session: Session, order_id: UUID) -> list[FulfillmentFacts]:
    """Return every parcel of an order, in whatever store."""
    return _fulfillments(session, Fulfillment.order_id == order_id, actor=SYSTEM)


def list_wave_parcels(session: Session, wave_id: UUID, *, actor: Actor) -> list[FulfillmentFacts]:
    """Return the parcels of a wave, soonest promise first."""
    return _fulfillments(session, Fulfillment.wave_id == wave_id, actor=actor)


def list_open_contacts(session: Session, *, location_id: UUID) -> list[UUID]:
    """Return the contacts of a store's open parcels: who may stand at its counter.

    Those whom a customer sends are among them.
    """
    here = and_(Fulfillment.location_id == location_id, Fulfillment.ended_at.is_(None))
    rows = session.execute(
        select(Order.contact_id)
        .join(Fulfillment, Fulfillment.order_id == Order.id)
        .where(here)
        .union(
            select(Proxy.contact_id)
            .join(Fulfillment, Fulfillment.order_id == Proxy.order_id)
            .where(here, Proxy.revoked_at.is_(None))
        )
    )
    return [each for each in rows.scalars() if each]


def of_people(contact_ids: Sequence[UUID | None]) -> ColumnElement[bool]:
    """Return the test of orders that these contacts placed, or are sent to collect."""
    sent = select(Proxy.order_id).where(
        Proxy.contact_id.in_(contact_ids), Proxy.revoked_at.is_(None)
    )
    return or_(Order.contact_id.in_(contact_ids), Order.id.in_(sent))


def list_expired(session: Session, *, limit: int = PAGE_MAX) -> list[UUID]:
    """Return ready parcels whose collection period is over, by the database's clock."""
    rows = session.execute(
        select(Fulfillment.id)
        .where(Fulfillment.status == Status.READY, Fulfillment.collect_by < DB_NOW)
        .order_by(Fulfillment.collect_by)
        .limit(limit)
    )
    return list(rows.scalars())


def list_overdue_pending(session: Session, *, limit: int = PAGE_MAX) -> list[tuple[UUID, UUID]]:
    """Return pending parcels, each with its order, whose time to be paid is over."""
    rows = session.execute(
        select(Fulfillment.id, Fulfillment.order_id)
        .where(Fulfillment.status == Status.PENDING, Fulfillment.pending_until < DB_NOW)
        .order_by(Fulfillment.pending_until)
        .limit(limit)
    )
    return [(row.id, row.order_id) for row in rows]


def list_waiting(session: Session, *, limit: int = PAGE_MAX) -> list[Waiting]:
    """Return ready parcels whose customer is due a reminder, with the stage that is due."""
    last_day = Fulfillment.collect_by < DB_NOW + timedelta(hours=24)
    waits = [Fulfillment.ready_at < DB_NOW - timedelta(days=days) for days in STAGE_DAYS]
    stage = case(
        (and_(last_day, Fulfillment.reminders < LAST_DAY), LAST_DAY),
        *(
            (and_(waits[number - 1], Fulfillment.reminders < number), number)
            for number in range(len(STAGE_DAYS), 0, -1)
        ),
        else_=0,
    )
    rows = session.execute(
        select(Fulfillment.id, Fulfillment.location_id, stage.label("stage"), DB_NOW.label("now"))
        .where(Fulfillment.status == Status.READY, stage > 0)
        .order_by(Fulfillment.collect_by)
        .limit(limit)
    )
    return [Waiting(row.id, row.location_id, row.stage, row.now) for row in rows]


def get_orders(session: Session, order_ids: Sequence[UUID], *, actor: Actor) -> list[OrderFacts]:
    """Return orders in the order of their ids; those that are none of the actor's are left out.

    Four statements, however many there are.
    """
    if not order_ids:
        return []
    found = {each.id: each for each in _orders(session, Order.id.in_(order_ids), actor=actor)}
    return [found[each] for each in order_ids if each in found]


def _order(session: Session, wanted: ColumnElement[bool], *, actor: Actor) -> OrderFacts:
    found = _orders(session, wanted, actor=actor)
    if not found:
        raise UnknownOrder
    return found[0]


def _orders(session: Session, wanted: ColumnElement[bool], *, actor: Actor) -> list[OrderFacts]:
    rows = session.execute(select(Order).where(wanted, holds(actor))).scalars().all()
    if not rows:
        return []
    parcels: dict[UUID, list[FulfillmentFacts]] = {row.id: [] for row in rows}
    every = max(PAGE_MAX, len(rows) * PARTS_MAX)
    for parcel in _fulfillments(
        session, Fulfillment.order_id.in_(parcels), actor=actor, limit=every
    ):
        parcels[parcel.order_id].append(parcel)
    charges = _charges(session, parcels)
    return [
        OrderFacts(
            order.id,
            order.number,
            order.brand_id,
            order.channel,
            order.formation,
            order.language,
            order.currency,
            order.contact_id,
            order.placed_at,
            tuple(parcels[order.id]),
            order.partly,
            charges.get(order.id, ()),
            order.version,
            order.placed_at_id,
            _company(order),
            order.note,
            order.link_no,
        )
        for order in rows
        if parcels[order.id]
    ]


def _company(order: Order) -> NameCompany | None:
    if order.company_name is None:
        return None
    return NameCompany(order.company_name, order.company_siren, order.company_vat_number)


def _charges(
    session: Session, parcels: Mapping[UUID, Sequence[FulfillmentFacts]]
) -> dict[UUID, tuple[ChargeFacts, ...]]:
    """Return what is paid beside the goods of those orders of which something is brought."""
    brought = [
        order_id
        for order_id, each in parcels.items()
        if any(parcel.delivery_method_id for parcel in each)
    ]
    if not brought:
        return {}
    rows = session.execute(
        select(OrderCharge)
        .where(OrderCharge.order_id.in_(brought))
        .order_by(OrderCharge.id)
        .execution_options(populate_existing=True)
    ).scalars()
    found: dict[UUID, tuple[ChargeFacts, ...]] = {}
    for row in rows:
        charge = ChargeFacts(row.delivery_method_id, row.name, row.amount_minor, row.vat_bp)
        found[row.order_id] = (*found.get(row.order_id, ()), charge)
    return found


def _fulfillments(
    session: Session, wanted: ColumnElement[bool], *, actor: Actor, limit: int = PAGE_MAX
) -> list[FulfillmentFacts]:
    rows = session.execute(
        select(Fulfillment, Order, _past_promise().label("past"), _not_accepted().label("late"))
        .join(Order, Order.id == Fulfillment.order_id)
        .where(wanted, holds(actor), at(actor))
        .order_by(Fulfillment.promised_at, Fulfillment.id)
        .limit(limit)
        .execution_options(populate_existing=True)  # a second look is a fresh one
    ).all()
    lines = _lines(session, [row.Fulfillment.id for row in rows])
    return [
        _facts(
            row.Fulfillment,
            row.Order,
            late=(row.past or row.late, row.past),
            lines=lines[row.Fulfillment.id],
        )
        for row in rows
    ]


def _past_promise() -> ColumnElement[bool]:
    """The customer was told a time that is over, and there is still something to do."""
    return and_(
        Fulfillment.promised_at < DB_NOW,
        Fulfillment.status.in_([Status.NEW, Status.ACCEPTED, Status.PICKING]),
    )


def _not_accepted() -> ColumnElement[bool]:
    """The store has not taken it on in its time."""
    return and_(
        Fulfillment.status == Status.NEW, func.coalesce(Fulfillment.accept_by < DB_NOW, False)
    )


def _lines(session: Session, fulfillment_ids: list[UUID]) -> dict[UUID, list[LineFacts]]:
    found: dict[UUID, list[LineFacts]] = {each: [] for each in fulfillment_ids}
    if not found:
        return found
    rows = session.execute(
        select(FulfillmentLine, OrderLine, Promotion.names, Order.language)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .join(
            OrderLine,
            and_(OrderLine.order_id == Fulfillment.order_id, OrderLine.sku == FulfillmentLine.sku),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Promotion, Promotion.id == OrderLine.promotion_id)
        .where(FulfillmentLine.fulfillment_id.in_(fulfillment_ids))
        .order_by(OrderLine.position)
        .execution_options(populate_existing=True)
    )
    for part, line, names, language in rows:
        found[part.fulfillment_id].append(
            LineFacts(
                sku=part.sku,
                name=line.name,
                quantity=part.quantity,
                picked=part.picked,
                cancelled=part.cancelled,
                handed_over=part.handed_over,
                short_reason=part.short_reason,
                unit_price_minor=line.unit_price_minor,
                price_per=line.price_per,
                vat_bp=line.vat_bp,
                discount_minor=part.discount_minor,
                promotion=(names or {}).get(language) or next(iter((names or {}).values()), ""),
                eco_minor=line.eco_minor,
            )
        )
    return found


def _facts(
    row: Fulfillment, order: Order, *, late: tuple[bool, bool], lines: list[LineFacts]
) -> FulfillmentFacts:
    return FulfillmentFacts(
        id=row.id,
        order_id=order.id,
        order_number=order.number,
        link_no=order.link_no,
        channel=order.channel,
        language=order.language,
        currency=order.currency,
        contact_id=order.contact_id,
        location_id=row.location_id,
        method=row.method,
        status=row.status,
        promised_at=row.promised_at,
        promise_inputs=row.promise_inputs,
        slot_starts_at=row.slot_starts_at,
        slot_ends_at=row.slot_ends_at,
        bin=row.bin,
        ready_at=row.ready_at,
        collect_by=row.collect_by,
        ended_at=row.ended_at,
        created_at=row.created_at,
        overdue=late[0],
        past_promise=late[1],
        extensions=row.extensions,
        accept_by=row.accept_by,
        wave_id=row.wave_id,
        address_id=row.address_id,
        delivery_method_id=row.delivery_method_id,
        arrives_from=row.arrives_from,
        arrives_by=row.arrives_by,
        rerouted_to=row.rerouted_to,
        slot_id=row.slot_id,
        release_at=row.release_at,
        formation=order.formation,
        note=order.note,
        lines=tuple(lines),
    )


def holds(actor: Actor) -> ColumnElement[bool]:
    """Return the test of orders that are the actor's: of their brand, brought, or held."""
    if actor.kind is ActorKind.SHOPPER:
        return Order.id.in_(actor.order_ids or ())
    own = true() if actor.brand_id is None else Order.brand_id == actor.brand_id
    if actor.source is None:
        return own
    brought = select(ExternalOrder.order_id).where(ExternalOrder.source == actor.source)
    return and_(own, Order.id.in_(brought))


def at(actor: Actor) -> ColumnElement[bool]:
    """Return the test of parcels at stores that are the actor's."""
    if actor.kind is ActorKind.SHOPPER or actor.location_ids is None:
        return true()
    return Fulfillment.location_id.in_(actor.location_ids)
