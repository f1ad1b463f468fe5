"""Moving goods between locations in two steps: what is on the way is on nobody's shelf."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import Cause, DraftTransfer, MissingReason, MovementKind, TransferStatus
from inventory.errors import (
    NotInTransfer,
    OutOfStock,
    ReasonMissing,
    SamePlace,
    TransferState,
    UnknownTransfer,
    WrongEnd,
)
from inventory.events import (
    TransferCancelled,
    TransferChanged,
    TransferClosed,
    TransferDrafted,
    TransferReceived,
    TransferSent,
)
from inventory.models import Incoming, Transfer, TransferLine
from inventory.services.incoming import arrive, end_of_transfer
from inventory.services.shortages import settle_shortages
from inventory.services.statements import Why, book, run, statement
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from kernel.ids import new_id, new_order_number
from stores.errors import UnknownLocation

_SEND = statement("""
    granted AS (
        UPDATE stock_level l SET on_hand = l.on_hand - w.quantity
        FROM wanted w JOIN locked k ON k.sku = w.sku
        WHERE l.location_id = :location_id AND l.sku = w.sku
          AND l.on_hand - l.reserved - l.quarantined >= w.quantity
        RETURNING l.sku, w.quantity),
    written AS (
        INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, cause, cause_id)
        SELECT :location_id, sku, 'sent', -quantity, 'transfer', :transfer_id FROM granted)
    SELECT w.sku, greatest(coalesce(k.free, 0), 0) AS free
    FROM wanted w LEFT JOIN locked k ON k.sku = w.sku LEFT JOIN granted g ON g.sku = w.sku
    WHERE g.sku IS NULL
""")


def draft_transfer(session: Session, command: DraftTransfer, *, actor: Actor) -> tuple[UUID, str]:
    """Write down what is to go from one location to another; return id and number.

    Nothing moves yet. Either end may ask for it.

    Raises SamePlace, UnknownSku, or UnknownLocation when neither end is the actor's.
    """
    if command.from_id == command.to_id:
        raise SamePlace
    if not (actor.sees_location(command.from_id) or actor.sees_location(command.to_id)):
        raise UnknownLocation(location_id=str(command.from_id))
    catalog.queries.require_skus(session, command.quantities)
    transfer_id = new_id()
    number = _open(session, transfer_id, command, actor=actor)
    _write_lines(session, transfer_id, command.quantities)
    fact = TransferDrafted(
        transfer_id=transfer_id,
        from_id=command.from_id,
        to_id=command.to_id,
        quantities=dict(command.quantities),
    )
    events.record(session, fact, actor=actor)
    return transfer_id, number


def change_transfer(
    session: Session, transfer_id: UUID, *, quantities: Mapping[str, int], actor: Actor
) -> None:
    """Replace what a draft says is to go.

    Raises UnknownTransfer, TransferState or UnknownSku.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require(transfer, TransferStatus.DRAFT)
    catalog.queries.require_skus(session, quantities)
    session.execute(delete(TransferLine).where(TransferLine.transfer_id == transfer.id))
    _write_lines(session, transfer.id, quantities)
    fact = TransferChanged(transfer_id=transfer.id, quantities=dict(quantities))
    events.record(session, fact, actor=actor)


def cancel_transfer(session: Session, transfer_id: UUID, *, actor: Actor) -> None:
    """Give up a draft: nothing has moved.

    Raises UnknownTransfer or TransferState.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    transfer.move_to(TransferStatus.CANCELLED)
    transfer.ended_at = db_now(session)
    session.flush()
    events.record(session, TransferCancelled(transfer_id=transfer.id), actor=actor)


def send_transfer(session: Session, transfer_id: UUID, *, expected_on: date, actor: Actor) -> None:
    """Take the goods off the sender's shelf; the receiver expects them on a day.

    What is promised, doubted or not there is not sent: all of the transfer leaves, or nothing.

    Raises UnknownTransfer, WrongEnd, TransferState, or OutOfStock with every shortage.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require_end(transfer.from_id, actor)
    transfer.move_to(TransferStatus.SENT)
    lines = _lines(session, transfer.id)
    quantities = {sku: line.quantity for sku, line in lines.items()}
    short = run(session, _SEND, quantities, location_id=transfer.from_id, transfer_id=transfer.id)
    if short:
        raise OutOfStock(shortages={row.sku: row.free for row in short})
    for sku, line in lines.items():
        line.sent = line.quantity
        session.add(
            Incoming(
                id=new_id(),
                location_id=transfer.to_id,
                sku=sku,
                quantity=line.quantity,
                expected_on=expected_on,
                reference=transfer.number,
                transfer_id=transfer.id,
            )
        )
    transfer.sent_at = db_now(session)
    transfer.expected_on = expected_on
    session.flush()
    fact = TransferSent(
        transfer_id=transfer.id,
        location_id=transfer.from_id,
        to_id=transfer.to_id,
        quantities=quantities,
    )
    events.record(session, fact, actor=actor)


def receive_transfer(
    session: Session, transfer_id: UUID, *, quantities: Mapping[str, int], actor: Actor
) -> TransferStatus:
    """Put what arrived on the receiver's shelf; return where the transfer is now.

    It may arrive in parts. More than was sent is booked as it is and shown as such.

    Raises UnknownTransfer, WrongEnd, TransferState or NotInTransfer.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require_end(transfer.to_id, actor)
    _require(transfer, TransferStatus.SENT, TransferStatus.PART_RECEIVED)
    lines = _lines(session, transfer.id)
    _require_lines(lines, quantities)
    why = Why(MovementKind.ARRIVED, Cause.TRANSFER, transfer.id)
    book(session, quantities, location_id=transfer.to_id, why=why)
    for sku, quantity in quantities.items():
        lines[sku].received += quantity
    complete = all(line.received >= line.sent for line in lines.values())
    transfer.move_to(TransferStatus.RECEIVED if complete else TransferStatus.PART_RECEIVED)
    transfer.ended_at = db_now(session) if complete else None
    session.flush()
    arrive(session, transfer_id=transfer.id, quantities=quantities)
    settle_shortages(session, location_id=transfer.to_id, skus=quantities, actor=actor)
    fact = TransferReceived(
        transfer_id=transfer.id,
        location_id=transfer.to_id,
        quantities=dict(quantities),
        complete=complete,
    )
    events.record(session, fact, actor=actor)
    return transfer.status


def close_transfer(
    session: Session, transfer_id: UUID, *, reasons: Mapping[str, MissingReason], actor: Actor
) -> dict[str, int]:
    """Give up what never arrived, each SKU with its reason; return how much that is.

    What came back is on the sender's shelf again; the rest is on nobody's for good.

    Raises UnknownTransfer, TransferState, NotInTransfer, or ReasonMissing.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    transfer.move_to(TransferStatus.CLOSED)
    lines = _lines(session, transfer.id)
    _require_lines(lines, reasons)
    missing = {
        sku: line.sent - line.received for sku, line in lines.items() if line.sent > line.received
    }
    if set(missing) - set(reasons):
        raise ReasonMissing(missing={sku: missing[sku] for sku in set(missing) - set(reasons)})
    for sku, quantity in missing.items():
        lines[sku].missing = quantity
        lines[sku].missing_reason = reasons[sku].value
    transfer.ended_at = db_now(session)
    session.flush()
    _take_home(session, transfer, missing, reasons, actor=actor)
    end_of_transfer(session, transfer.id)
    fact = TransferClosed(
        transfer_id=transfer.id,
        missing=missing,
        reasons={sku: reasons[sku].value for sku in missing},
    )
    events.record(session, fact, actor=actor)
    return missing


def _open(session: Session, transfer_id: UUID, command: DraftTransfer, *, actor: Actor) -> str:
    """Write the transfer under a number that no other one has; return the number."""
    while True:
        number = new_order_number()
        opened = session.execute(
            insert(Transfer)
            .values(
                id=transfer_id,
                number=number,
                from_id=command.from_id,
                to_id=command.to_id,
                status=TransferStatus.DRAFT,
                note=command.note,
                created_by_name=actor.name,
            )
            .on_conflict_do_nothing(index_elements=["number"])
            .returning(Transfer.id)
        ).first()
        if opened is not None:
            return number


def _write_lines(session: Session, transfer_id: UUID, quantities: Mapping[str, int]) -> None:
    session.execute(
        insert(TransferLine),
        [
            {"transfer_id": transfer_id, "sku": sku, "quantity": quantity}
            for sku, quantity in sorted(quantities.items())
        ],
    )


def _lock(session: Session, transfer_id: UUID, *, actor: Actor) -> Transfer:
    transfer = session.execute(
        select(Transfer)
        .where(Transfer.id == transfer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if transfer is None or not (
        actor.sees_location(transfer.from_id) or actor.sees_location(transfer.to_id)
    ):
        raise UnknownTransfer(transfer_id=str(transfer_id))
    return transfer


def _require(transfer: Transfer, *allowed: TransferStatus) -> None:
    if transfer.status not in allowed:
        raise TransferState(state=transfer.status.value)


def _require_end(location_id: UUID, actor: Actor) -> None:
    if not actor.sees_location(location_id):
        raise WrongEnd


def _lines(session: Session, transfer_id: UUID) -> dict[str, TransferLine]:
    rows = session.execute(
        select(TransferLine)
        .where(TransferLine.transfer_id == transfer_id)
        .order_by(TransferLine.sku)
        .execution_options(populate_existing=True)
    ).scalars()
    return {line.sku: line for line in rows}


def _require_lines(lines: Mapping[str, TransferLine], named: Mapping[str, object]) -> None:
    strange = set(named) - set(lines)
    if strange:
        raise NotInTransfer(skus=sorted(strange))


def _take_home(
    session: Session,
    transfer: Transfer,
    missing: Mapping[str, int],
    reasons: Mapping[str, MissingReason],
    *,
    actor: Actor,
) -> None:
    """Book what came back in at the location that had sent it."""
    back = {
        sku: quantity
        for sku, quantity in missing.items()
        if reasons[sku] is MissingReason.CAME_BACK
    }
    if back:
        why = Why(MovementKind.RETURNED, Cause.TRANSFER, transfer.id, "came_back")
        book(session, back, location_id=transfer.from_id, why=why)
        settle_shortages(session, location_id=transfer.from_id, skus=back, actor=actor)
