"""Transfers that carry a reservation: reserved where the goods are, taken along, reserved there.

Until it is sent a carrying transfer is itself the owner of what is reserved for it. The goods are
never anybody's who could sell them: each step is one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory.commands import TransferStatus
from inventory.errors import OutOfStock
from inventory.events import TransferCancelled, TransferUnbound
from inventory.models import Incoming, Transfer, TransferLine
from inventory.services.promising import release
from inventory.services.statements import run, statement
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from kernel.ids import new_id

CALLED_OFF = "transfer-cancelled"
CHANGED = "transfer-changed"
ON_THE_WAY = frozenset({TransferStatus.SENT, TransferStatus.PART_RECEIVED})

_TAKE_ALONG = statement("""
    granted AS (
        UPDATE stock_level l SET on_hand = l.on_hand - w.quantity,
                                 reserved = l.reserved - w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        JOIN reservation r ON r.fulfillment_id = :transfer_id AND r.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
          AND r.location_id = :location_id AND r.quantity >= w.quantity
          AND l.on_hand >= w.quantity
        RETURNING l.sku, w.quantity),
    settled AS (
        UPDATE reservation r SET quantity = r.quantity - g.quantity,
                                 set_aside = least(r.set_aside, r.quantity - g.quantity)
        FROM granted g WHERE r.fulfillment_id = :transfer_id AND r.sku = g.sku),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, reserved_delta, cause,
                                    cause_id, reason)
        SELECT :location_id, sku, 'released', 0, -quantity, 'fulfillment', :transfer_id, 'sent'
        FROM granted
        UNION ALL
        SELECT :location_id, sku, 'sent', -quantity, 0, 'transfer', :transfer_id, NULL
        FROM granted ORDER BY 3, 2)
    SELECT w.sku, greatest(coalesce(k.on_hand, 0), 0) AS there
    FROM wanted w LEFT JOIN locked k ON k.sku = w.sku LEFT JOIN granted g ON g.sku = w.sku
    WHERE g.sku IS NULL
""")

_KEEP_FOR = statement("""
    kept AS (
        UPDATE stock_level l SET reserved = l.reserved + w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
        RETURNING l.sku, w.quantity),
    owed AS (
        INSERT INTO reservation AS r (fulfillment_id, sku, location_id, quantity)
        SELECT :fulfillment_id, sku, :location_id, quantity FROM kept
        ON CONFLICT (fulfillment_id, sku) DO UPDATE SET
            location_id = excluded.location_id, quantity = r.quantity + excluded.quantity)
    INSERT INTO stock_movement (location_id, sku, kind, reserved_delta, cause, cause_id, reason)
    SELECT :location_id, sku, 'reserved', quantity, 'fulfillment', :fulfillment_id, 'arrived'
    FROM kept RETURNING sku
""")


def take_along(
    session: Session, *, transfer_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """Take off the sender's shelf what is reserved for this transfer: exactly that.

    Raises OutOfStock, naming what is on hand of each SKU of which less is there.
    """
    short = run(session, _TAKE_ALONG, quantities, location_id=location_id, transfer_id=transfer_id)
    if short:
        raise OutOfStock(shortages={row.sku: row.there for row in short})


def keep_for(
    session: Session, *, fulfillment_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> None:
    """Promise to a fulfillment what was carried here for it and booked in just now.

    No rule keeps it back: it was promised before it left the other shelf.
    """
    if quantities:
        run(
            session,
            _KEEP_FOR,
            quantities,
            location_id=location_id,
            fulfillment_id=fulfillment_id,
        )


def put_down(
    session: Session, transfer: Transfer, quantities: Mapping[str, int], *, why: str
) -> None:
    """Give back to the sender's shelf what a draft no longer carries."""
    if quantities:
        release(
            session,
            fulfillment_id=transfer.id,
            location_id=transfer.from_id,
            quantities=quantities,
            reason=why,
        )


def expect_by(
    session: Session, transfer: Transfer, quantities: Mapping[str, int], *, expected_on: date
) -> None:
    """Have the receiver expect these goods for sale."""
    session.add_all(
        Incoming(
            id=new_id(),
            location_id=transfer.to_id,
            sku=sku,
            quantity=quantity,
            expected_on=expected_on,
            reference=transfer.number,
            transfer_id=transfer.id,
        )
        for sku, quantity in sorted(quantities.items())
    )


def reassign_transfer(
    session: Session, transfer_ids: Sequence[UUID], *, fulfillment_id: UUID
) -> None:
    """Have what these transfers carry be for another fulfillment at the same location."""
    session.execute(
        update(Transfer)
        .where(Transfer.id.in_(sorted(transfer_ids)), Transfer.fulfillment_id.is_not(None))
        .values(fulfillment_id=fulfillment_id)
    )


def unbind_transfers(session: Session, fulfillment_id: UUID, *, actor: Actor) -> None:
    """Have nothing be carried for a fulfillment any more: it does not want it.

    Drafts are called off. What is on the way arrives as ordinary stock.
    """
    rows = session.execute(
        select(Transfer)
        .where(
            Transfer.fulfillment_id == fulfillment_id,
            Transfer.status.in_([TransferStatus.DRAFT, *ON_THE_WAY]),
        )
        .order_by(Transfer.from_id, Transfer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    for transfer in list(rows):
        if transfer.status is TransferStatus.DRAFT:
            _call_off(session, transfer, actor=actor)
        else:
            _unbind(session, transfer, actor=actor)


def _call_off(session: Session, transfer: Transfer, *, actor: Actor) -> None:
    put_down(session, transfer, left_of(session, transfer.id), why=CALLED_OFF)
    transfer.move_to(TransferStatus.CANCELLED)
    transfer.ended_at = db_now(session)
    session.flush()
    events.record(session, TransferCancelled(transfer_id=transfer.id), actor=actor)


def _unbind(session: Session, transfer: Transfer, *, actor: Actor) -> None:
    if transfer.expected_on is not None:
        left = left_of(session, transfer.id)
        expect_by(session, transfer, left, expected_on=transfer.expected_on)
    fulfillment_id, transfer.fulfillment_id = transfer.fulfillment_id, None
    session.flush()
    fact = TransferUnbound(transfer_id=transfer.id, fulfillment_id=fulfillment_id)
    events.record(session, fact, actor=actor)


def left_of(session: Session, transfer_id: UUID) -> dict[str, int]:
    """Return what a transfer still carries of each SKU: asked for, and not arrived."""
    rows = session.execute(
        select(TransferLine)
        .where(TransferLine.transfer_id == transfer_id)
        .execution_options(populate_existing=True)
    ).scalars()
    left = {line.sku: (line.sent or line.quantity) - line.received for line in rows}
    return {sku: quantity for sku, quantity in left.items() if quantity > 0}
