"""What every use case on one parcel begins and ends with."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import inventory.services
import payments.queries
import payments.services
import stores.services
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW
from orders import queries
from orders.errors import NotOrdered, UnknownFulfillment
from orders.models import Fulfillment, FulfillmentLine, PickupPass
from orders.passes import PassFacts
from payments.commands import ObligationStatus, RefundReason, WishStatus

CUSTOMER = "customer"
PROXY = "proxy"
REISSUED = "reissued"


@dataclass(frozen=True, slots=True)
class Locked:
    """A parcel and its lines, held until the transaction ends."""

    parcel: Fulfillment
    lines: dict[str, FulfillmentLine]

    @property
    def ids(self) -> dict[str, UUID]:
        """Return the ids every event of this parcel carries."""
        return {
            "fulfillment_id": self.parcel.id,
            "order_id": self.parcel.order_id,
            "location_id": self.parcel.location_id,
        }

    @property
    def stock(self) -> dict[str, UUID]:
        """Return what stock knows this parcel by."""
        return {"fulfillment_id": self.parcel.id, "location_id": self.parcel.location_id}

    @property
    def owed(self) -> dict[str, int]:
        """Return how many of each SKU the customer is still owed."""
        return {sku: line.open for sku, line in self.lines.items() if line.open}


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
    ):
        raise UnknownFulfillment(fulfillment_id=str(fulfillment_id))
    return Locked(parcel, load_lines(session, parcel.id))


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


def load_lines(session: Session, fulfillment_id: UUID) -> dict[str, FulfillmentLine]:
    """Return the lines of a parcel that is locked, as they are now."""
    rows = session.execute(
        select(FulfillmentLine)
        .where(FulfillmentLine.fulfillment_id == fulfillment_id)
        .order_by(FulfillmentLine.sku)
        .execution_options(populate_existing=True)
    ).scalars()
    return {line.sku: line for line in rows}


def require_open(locked: Locked, quantities: dict[str, int]) -> None:
    """Return nothing when each quantity is still undecided on its line.

    Raises NotOrdered.
    """
    undecided = {sku: line.undecided for sku, line in locked.lines.items()}
    if any(quantity > undecided.get(sku, 0) for sku, quantity in quantities.items()):
        raise NotOrdered(open={sku: left for sku, left in undecided.items() if left})


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


def give_up(session: Session, locked: Locked, *, why: str) -> None:
    """Cancel what is still owed of a parcel, free what it holds or takes, kill its passes."""
    owed = locked.owed
    for sku, quantity in owed.items():
        locked.lines[sku].cancelled += quantity
    session.flush()
    stores.services.release_booking(session, locked.parcel.id)
    if owed:
        inventory.services.release(
            session,
            **locked.stock,
            quantities=owed,
            reason=why,
        )
    session.execute(
        update(PickupPass)
        .where(PickupPass.fulfillment_id == locked.parcel.id, PickupPass.revoked_at.is_(None))
        .values(revoked_at=DB_NOW, revoked_why=why)
    )
    settle_money(session, locked.parcel.order_id)


def settle_money(session: Session, order_id: UUID) -> None:
    """Have let go what a card holds, or refunded what it paid, beyond what the order owes now.

    Safe to repeat. The obligations are locked, so that two callers cannot both see the surplus.
    """
    locked = payments.services.lock_obligations(session, order_id)
    if not locked:
        return
    owed_minor = queries.owed_minor(session, order_id)
    if not owed_minor:
        for obligation_id in locked:
            payments.services.cancel_obligation(session, obligation_id)
        return
    for obligation in payments.queries.list_obligations(session, order_id):
        if obligation.status is not ObligationStatus.CAPTURED:
            continue
        going_back = sum(
            refund.amount_minor
            for refund in payments.queries.list_refunds(session, obligation.id)
            if refund.status not in {WishStatus.REFUSED, WishStatus.WITHDRAWN}
        )
        surplus = obligation.captured_minor - going_back - owed_minor
        if surplus > 0:
            payments.services.request_refund(
                session, obligation.id, amount_minor=surplus, reason=RefundReason.UNCOLLECTED
            )
            return
