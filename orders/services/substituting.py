"""Another article in place of one that is missing: never without consent, never dearer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import catalog.queries
import inventory.services
import stores.queries
from catalog.queries import Offer
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from kernel.money import line_amount
from orders import queries
from orders.commands import OfferSubstitute, ReasonKind, SubstitutionStatus
from orders.errors import (
    NotASubstitute,
    SubstituteAnswered,
    SubstituteAsked,
    SubstituteOnOrder,
    UnknownOrder,
    UnknownSubstitute,
)
from orders.events import SubstituteAccepted, SubstituteOffered
from orders.models import FulfillmentLine, Order, OrderLine, Substitution
from orders.pricing import best_alone
from orders.queries import ReasonFacts
from orders.services.clearing import SUBSTITUTE, answer, close_substitute, end_wave
from orders.services.parcels import Locked, lock_parcel, require_open, settle_money
from orders.services.preparing import end_short, in_picking, shorten


def offer_substitute(session: Session, command: OfferSubstitute, *, actor: Actor) -> UUID:
    """Ask a customer whether they take another article instead; return the offer's id.

    It is kept for them until they answer, as long as the store says; it costs what the catalogue
    says, but never more than what it replaces.

    Raises UnknownFulfillment, WrongState, UnknownReason, NotOrdered, NotASubstitute,
    SubstituteAsked, SubstituteOnOrder, UnknownSku or OutOfStock.
    """
    locked = in_picking(session, command.fulfillment_id, actor=actor)
    queries.get_reason(session, ReasonKind.SHORT, command.reason)
    _refuse_unless_fit(session, locked, command)
    asked = _write(session, locked, command, actor=actor)
    inventory.services.reserve(
        session,
        fulfillment_id=asked.id,
        location_id=locked.parcel.location_id,
        quantities={asked.substitute_sku: asked.quantity},
    )
    fact = SubstituteOffered(**_told(locked, asked), answer_by=asked.answer_by)
    events.record(session, fact, actor=actor, reason=command.reason)
    end_wave(session, locked.parcel, actor=actor)
    return asked.id


def accept_substitute(session: Session, substitution_id: UUID, *, actor: Actor) -> None:
    """The customer takes the other article: it is owed now, what is missing is not.

    Raises UnknownSubstitute, SubstituteAnswered, or SubstituteOnOrder.
    """
    locked, asked = _lock(session, substitution_id, actor=actor)
    if session.get(OrderLine, (locked.parcel.order_id, asked.substitute_sku)):
        raise SubstituteOnOrder(sku=asked.substitute_sku)
    _lock_stock(session, locked, asked)
    answer(session, asked, SubstitutionStatus.ACCEPTED, actor=actor)
    _add_line(session, locked, asked)
    inventory.services.pass_on(
        session,
        fulfillment_id=asked.id,
        to_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        quantities={asked.substitute_sku: asked.quantity},
        reason=SUBSTITUTE,
    )
    shorten(session, locked, {asked.sku: asked.quantity}, why=_why(session, asked), actor=actor)
    settle_money(session, locked.parcel.order_id)
    events.record(session, SubstituteAccepted(**_told(locked, asked)), actor=actor)


def decline_substitute(session: Session, substitution_id: UUID, *, actor: Actor) -> None:
    """The customer does not want the other article: what is missing is owed no longer.

    Raises UnknownSubstitute, or SubstituteAnswered.
    """
    locked, asked = _lock(session, substitution_id, actor=actor)
    _end(session, locked, asked, SubstitutionStatus.DECLINED, actor=actor)


def withdraw_substitute(session: Session, substitution_id: UUID, *, actor: Actor) -> None:
    """Nobody is asked any more: the article was found after all, or is reported missing anyway.

    Raises UnknownSubstitute, or SubstituteAnswered.
    """
    locked, asked = _lock(session, substitution_id, actor=actor)
    close_substitute(session, locked, asked, SubstitutionStatus.WITHDRAWN, actor=actor)


def lapse_substitute(session: Session, substitution_id: UUID) -> bool:
    """Nobody answered in time: as if it were declined; False when somebody did, or still may."""
    try:
        locked, asked = _lock(session, substitution_id, actor=SYSTEM)
    except SubstituteAnswered:
        return False
    if asked.answer_by > db_now(session):
        return False
    _end(session, locked, asked, SubstitutionStatus.LAPSED, actor=SYSTEM)
    return True


def _end(
    session: Session,
    locked: Locked,
    asked: Substitution,
    status: SubstitutionStatus,
    *,
    actor: Actor,
) -> None:
    _lock_stock(session, locked, asked)
    close_substitute(session, locked, asked, status, actor=actor)
    shorten(session, locked, {asked.sku: asked.quantity}, why=_why(session, asked), actor=actor)
    end_short(session, locked, actor=actor)


def _refuse_unless_fit(session: Session, locked: Locked, command: OfferSubstitute) -> None:
    if command.substitute_sku == command.sku:
        raise NotASubstitute
    proposed = queries.list_proposed(session, _parcels(session, locked.parcel.order_id))
    mine = [each for each in proposed if each.fulfillment_id == locked.parcel.id]
    for each in mine:
        if each.sku == command.sku:
            raise SubstituteAsked(answer_by=each.answer_by.isoformat())
    require_open(
        locked,
        {command.sku: command.quantity},
        waiting={each.sku: each.quantity for each in mine},
    )
    on_order = session.get(OrderLine, (locked.parcel.order_id, command.substitute_sku))
    if on_order or command.substitute_sku in {each.substitute_sku for each in proposed}:
        raise SubstituteOnOrder(sku=command.substitute_sku)


def _parcels(session: Session, order_id: UUID) -> list[UUID]:
    return [each.id for each in queries.list_order_parcels(session, order_id)]


def _write(
    session: Session, locked: Locked, command: OfferSubstitute, *, actor: Actor
) -> Substitution:
    offer = _offer(session, locked, command.substitute_sku)
    price = _price(session, locked, command, offer)
    rules = stores.queries.get_rules(session, locked.parcel.location_id)
    asked = Substitution(
        id=new_id(),
        fulfillment_id=locked.parcel.id,
        sku=command.sku,
        substitute_sku=command.substitute_sku,
        quantity=command.quantity,
        unit_price_minor=price[0],
        price_per=price[1],
        reason=command.reason,
        status=SubstitutionStatus.PROPOSED,
        proposed_by_name=actor.name,
        answer_by=db_now(session) + timedelta(minutes=rules.substitute_min),
    )
    session.add(asked)
    session.flush()
    return asked


def _offer(session: Session, locked: Locked, sku: str) -> Offer:
    """Return what the catalogue says of a SKU to the customer of a parcel.

    Raises UnknownSku.
    """
    order = session.get_one(Order, locked.parcel.order_id)
    offers = catalog.queries.get_offers(
        session, skus=[sku], brand_id=order.brand_id, language=order.language
    )
    return offers[sku]


def _price(
    session: Session, locked: Locked, command: OfferSubstitute, offer: Offer
) -> tuple[int, int]:
    """Return price and base units of what is asked for: the cheaper of both for this quantity.

    Of what is missing it is what would be paid for it, less its share of a promotion.
    """
    parcel = queries.get_fulfillment(session, locked.parcel.id, actor=SYSTEM)
    missing = next(each for each in parcel.lines if each.sku == command.sku)
    prices = [
        (offer.price_minor - _taken_off(session, locked, offer), offer.price_per),
        (missing.unit_price_minor, missing.price_per),
        (missing.worth_minor(command.quantity), command.quantity),
    ]
    return min(
        prices,
        key=lambda price: line_amount(
            quantity=command.quantity, unit_price_minor=price[0], price_per=price[1]
        ),
    )


def _taken_off(session: Session, locked: Locked, offer: Offer) -> int:
    """Return what promotions take off another article at the store now."""
    order = session.get_one(Order, locked.parcel.order_id)
    deals = queries.read_deals(
        session,
        brand_id=order.brand_id,
        language=order.language,
        store=stores.queries.get_store_by_id(session, locked.parcel.location_id),
    )
    taken = best_alone(offer, deals)
    return taken.minor if taken else 0


def _lock(session: Session, substitution_id: UUID, *, actor: Actor) -> tuple[Locked, Substitution]:
    """Return an offer that waits for its answer, with its parcel; the order is locked first."""
    known = queries.get_substitute(session, substitution_id, actor=actor)
    parcel = queries.get_fulfillment(session, known.fulfillment_id, actor=actor)
    if session.get(Order, parcel.order_id, with_for_update={"key_share": True}) is None:
        raise UnknownOrder
    locked = lock_parcel(session, parcel.id, actor=SYSTEM)
    asked = session.execute(
        select(Substitution)
        .where(Substitution.id == substitution_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if asked is None:
        raise UnknownSubstitute(substitution_id=str(substitution_id))
    if asked.status is not SubstitutionStatus.PROPOSED:
        raise SubstituteAnswered(answer=asked.status.value)
    return locked, asked


def _lock_stock(session: Session, locked: Locked, asked: Substitution) -> None:
    """Both levels change: they are locked in one order."""
    skus = (asked.sku, asked.substitute_sku)
    inventory.services.lock_levels(session, location_id=locked.parcel.location_id, skus=skus)


def _add_line(session: Session, locked: Locked, asked: Substitution) -> None:
    offer = _offer(session, locked, asked.substitute_sku)
    order_id = locked.parcel.order_id
    last = select(func.max(OrderLine.position)).where(OrderLine.order_id == order_id)
    session.add(
        OrderLine(
            order_id=order_id,
            sku=asked.substitute_sku,
            position=(session.execute(last).scalar_one() or 0) + 1,
            name=offer.label,
            quantity=asked.quantity,
            unit_price_minor=asked.unit_price_minor,
            price_per=asked.price_per,
            vat_bp=offer.vat_bp,
        )
    )
    line = FulfillmentLine(
        fulfillment_id=locked.parcel.id, sku=asked.substitute_sku, quantity=asked.quantity
    )
    session.add(line)
    session.flush()
    session.refresh(line)
    locked.lines[line.sku] = line


def _why(session: Session, asked: Substitution) -> ReasonFacts:
    """Return the reason of an offer: it may have been closed since."""
    for each in queries.list_reasons(session, ReasonKind.SHORT, closed=True):
        if each.code == asked.reason:
            return each
    return queries.get_reason(session, ReasonKind.SHORT, asked.reason)


def _told(locked: Locked, asked: Substitution) -> dict[str, Any]:
    return {
        **locked.ids,
        "substitution_id": asked.id,
        "sku": asked.sku,
        "substitute_sku": asked.substitute_sku,
        "quantity": asked.quantity,
    }
