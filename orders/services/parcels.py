"""What every use case on one parcel begins and ends with."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import inventory.services
import payments.queries
import payments.services
import stores.services
from kernel import events
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW, db_now
from orders import queries
from orders.commands import Method, Status
from orders.errors import NotOrdered, UnknownFulfillment, WrongMethod
from orders.events import FulfillmentCancelled
from orders.models import Fulfillment, FulfillmentLine, Order, PickupPass
from orders.passes import PassFacts
from orders.services.clearing import end_wave, withdraw_substitutes
from orders.services.differing import end_pay_links, list_captured
from orders.services.giving_back import ask_to_give_back, tell_to_give_back
from orders.services.lacking import give_back
from orders.services.locked import Locked
from orders.services.promoting import give_back_promotions
from orders.services.putting_back import ask_put_back
from payments.commands import RefundReason

CUSTOMER = "customer"
PROXY = "proxy"
REISSUED = "reissued"
NOTHING: Final[Mapping[str, int]] = {}
__all__ = [
    "CUSTOMER",
    "NOTHING",
    "Locked",
    "find_parcel",
    "give_pass",
    "give_up",
    "hold_money",
    "load_lines",
    "lock_order",
    "lock_parcel",
    "lock_siblings",
    "require_open",
    "settle_money",
]


def find_parcel(session: Session, fulfillment_id: UUID) -> Locked | None:
    """Return the parcel as `lock_parcel` does, whoever asks; None when there is none."""
    try:
        return lock_parcel(session, fulfillment_id, actor=SYSTEM)
    except UnknownFulfillment:
        return None


def lock_parcel(session: Session, fulfillment_id: UUID, *, actor: Actor) -> Locked:
    """Return the parcel as it is now, and keep others from moving it meanwhile.

    Raises UnknownFulfillment, also for parcels of stores that are not the actor's.
    """
    parcel = session.execute(
        select(Fulfillment)
        .where(Fulfillment.id == fulfillment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if (
        parcel is None
        or actor.kind is ActorKind.SHOPPER
        or not actor.sees_location(parcel.location_id)
        or not _is_theirs(session, parcel, actor)
    ):
        raise UnknownFulfillment(fulfillment_id=str(fulfillment_id))
    return Locked(parcel, load_lines(session, parcel.id))


def _is_theirs(session: Session, parcel: Fulfillment, actor: Actor) -> bool:
    if actor.brand_id is None and actor.source is None:
        return True
    theirs = select(Order.id).where(Order.id == parcel.order_id, queries.holds(actor))
    return session.execute(theirs).first() is not None


def lock_order(session: Session, order_id: UUID) -> list[Locked]:
    """Return an order's parcels as they are now, in one order, and keep others from moving them."""
    rows = session.execute(
        select(Fulfillment)
        .where(Fulfillment.order_id == order_id)
        .order_by(Fulfillment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    return [Locked(parcel, load_lines(session, parcel.id)) for parcel in rows]


def lock_siblings(session: Session, fulfillment_id: UUID) -> list[Locked]:
    """Return every parcel of a parcel's order, as `lock_order` does; none where there is none."""
    order_id = session.execute(
        select(Fulfillment.order_id).where(Fulfillment.id == fulfillment_id)
    ).scalar_one_or_none()
    return lock_order(session, order_id) if order_id is not None else []


def hold_order(session: Session, fulfillment_id: UUID) -> None:
    """Keep others from adding parcels to the order of this one, or from calling it off meanwhile.

    Whoever holds an order and its parcels takes the order first.
    """
    order_id = select(Fulfillment.order_id).where(Fulfillment.id == fulfillment_id)
    session.execute(
        select(Order.id).where(Order.id == order_id.scalar_subquery()).with_for_update()
    )


def hold_money(session: Session, fulfillment_id: UUID) -> None:
    """Keep others from handing over, paying or calling off this parcel's order meanwhile.

    What is due is what was handed over less what was paid: both are read as of one moment only
    while nobody adds to them. Rows that name the order may still be written.
    """
    order_id = select(Fulfillment.order_id).where(Fulfillment.id == fulfillment_id)
    session.execute(
        select(Order.id)
        .where(Order.id == order_id.scalar_subquery())
        .with_for_update(key_share=True)
    )


def load_lines(session: Session, fulfillment_id: UUID) -> dict[str, FulfillmentLine]:
    """Return the lines of a parcel that is locked, as they are now."""
    rows = session.execute(
        select(FulfillmentLine)
        .where(FulfillmentLine.fulfillment_id == fulfillment_id)
        .order_by(FulfillmentLine.sku)
        .execution_options(populate_existing=True)
    ).scalars()
    return {line.sku: line for line in rows}


def require_open(
    locked: Locked, quantities: Mapping[str, int], *, waiting: Mapping[str, int] = NOTHING
) -> None:
    """Return nothing when each quantity is still undecided on its line.

    `waiting` is for how many of each SKU a customer is asked about a substitute: these are nobody's
    to decide meanwhile.

    Raises NotOrdered.
    """
    undecided = {sku: line.undecided - waiting.get(sku, 0) for sku, line in locked.lines.items()}
    if any(quantity > undecided.get(sku, 0) for sku, quantity in quantities.items()):
        raise NotOrdered(open={sku: left for sku, left in undecided.items() if left})


def require_method(locked: Locked, *, delivery: bool) -> None:
    """Return nothing when the parcel is, or is not, brought to its customer.

    Raises WrongMethod.
    """
    method = locked.parcel.method
    if (method is Method.DELIVERY) is not delivery:
        raise WrongMethod(method=method.value)


def give_pass(session: Session, facts: PassFacts, *, proxy_id: UUID | None = None) -> None:
    """Have the customer hold this pass, or the proxy whose contact is named."""
    session.add(
        PickupPass(
            id=facts.id,
            fulfillment_id=facts.fulfillment_id,
            holder=CUSTOMER if proxy_id is None else PROXY,
            contact_id=proxy_id,
            key_id=facts.key_id,
            last_day=facts.last_day,
        )
    )
    session.flush()


def give_up(session: Session, locked: Locked, *, why: str, actor: Actor = SYSTEM) -> None:
    """Cancel what is still owed of a parcel, free what it holds or takes, kill its passes.

    What was taken from the shelf already is for sale again once somebody put it back; a substitute
    that waits for an answer is withdrawn.
    """
    stores.services.release_booking(session, locked.parcel.id)
    aside, owed = locked.in_bin, locked.owed
    withdraw_substitutes(session, locked, also=owed, actor=actor)
    give_back(session, locked, why=why)
    if aside:
        ask_put_back(session, locked, aside, why=why, actor=actor)
    for sku, quantity in owed.items():
        locked.lines[sku].cancelled += quantity
    session.flush()
    held = {sku: left for sku, quantity in owed.items() if (left := quantity - aside.get(sku, 0))}
    if held:
        inventory.services.release(
            session,
            **locked.stock,
            quantities=held,
            reason=why,
        )
    end_wave(session, locked.parcel, actor=actor)
    session.execute(
        update(PickupPass)
        .where(PickupPass.fulfillment_id == locked.parcel.id, PickupPass.revoked_at.is_(None))
        .values(revoked_at=DB_NOW, revoked_why=why)
    )
    settle_money(session, locked.parcel.order_id)
    give_back_promotions(session, locked.parcel.order_id)


def cancel_parcel(
    session: Session, locked: Locked, *, why: str, actor: Actor, tells: bool = True
) -> None:
    """The parcel ends cancelled: nothing of it is owed any more.

    Its customer is told, unless another parcel `tells` of this one as well.

    Raises WrongState.
    """
    locked.parcel.move_to(Status.CANCELLED)
    locked.parcel.ended_at = db_now(session)
    give_up(session, locked, why=why, actor=actor)
    fact = FulfillmentCancelled(**locked.ids, reason=why, tells=tells)
    events.record(session, fact, actor=actor, reason=why)


def settle_money(session: Session, order_id: UUID) -> None:
    """Have let go what a card holds, or refunded what it paid, beyond what the order owes now.

    What another shop took it is told to give back, what a till took for a delivery somebody is
    asked to. Safe to repeat. What was paid is locked, so that two callers cannot both see the
    surplus.
    """
    locked = payments.services.lock_obligations(session, order_id)
    outside_minor = payments.services.lock_outside(session, order_id)
    if locked:
        _settle_cards(session, order_id, locked, outside_minor=outside_minor)
    if outside_minor:
        tell_to_give_back(session, order_id, outside_minor=outside_minor)
    ask_to_give_back(session, order_id)


def _settle_cards(
    session: Session, order_id: UUID, locked: Sequence[UUID], *, outside_minor: int
) -> None:
    owed_minor = max(queries.owed_minor(session, order_id) - outside_minor, 0)
    if not owed_minor:
        for obligation_id in locked:
            payments.services.cancel_obligation(session, obligation_id)
        end_pay_links(session, order_id)
        return
    captured = list_captured(session, payments.queries.list_obligations(session, order_id))
    surplus = sum(net for _, net in captured) - owed_minor
    for obligation, net_minor in reversed(captured):
        back_minor = min(surplus, net_minor)
        if back_minor > 0:
            payments.services.request_refund(
                session, obligation.id, amount_minor=back_minor, reason=RefundReason.UNCOLLECTED
            )
            surplus -= back_minor
