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
    TransferCarries,
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
from inventory.models import Transfer, TransferLine
from inventory.services.carrying import (
    CALLED_OFF,
    CHANGED,
    expect_by,
    keep_for,
    left_of,
    put_down,
    take_along,
)
from inventory.services.incoming import arrive, end_of_transfer
from inventory.services.promising import reserve
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

    Nothing moves yet. Either end may ask for it. One that carries for a fulfillment reserves its
    goods at the sender.

    Raises SamePlace, UnknownSku, UnknownLocation when neither end is the actor's, or OutOfStock
    when a carrying one finds too little.
    """
    if command.from_id == command.to_id:
        raise SamePlace
    if not (actor.sees_location(command.from_id) or actor.sees_location(command.to_id)):
        raise UnknownLocation(location_id=str(command.from_id))
    catalog.queries.require_skus(session, command.quantities)
    transfer_id = command.kept_as or new_id()
    number = _open(session, transfer_id, command, actor=actor)
    _write_lines(session, transfer_id, command.quantities)
    if command.fulfillment_id is not None and command.kept_as is None:
        reserve(
            session,
            fulfillment_id=transfer_id,
            location_id=command.from_id,
            quantities=command.quantities,
        )
    fact = TransferDrafted(
        transfer_id=transfer_id,
        from_id=command.from_id,
        to_id=command.to_id,
        quantities=dict(command.quantities),
        fulfillment_id=command.fulfillment_id,
    )
    events.record(session, fact, actor=actor)
    return transfer_id, number


def change_transfer(
    session: Session, transfer_id: UUID, *, quantities: Mapping[str, int], actor: Actor
) -> None:
    """Replace what a draft says is to go.

    Raises UnknownTransfer, TransferState, UnknownSku, or TransferCarries when more than before
    would go for a customer's order.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require(transfer, TransferStatus.DRAFT)
    if transfer.fulfillment_id is not None:
        _carry_less(session, transfer, quantities)
    catalog.queries.require_skus(session, quantities)
    session.execute(delete(TransferLine).where(TransferLine.transfer_id == transfer.id))
    _write_lines(session, transfer.id, quantities)
    fact = TransferChanged(transfer_id=transfer.id, quantities=dict(quantities))
    events.record(session, fact, actor=actor)


def cancel_transfer(session: Session, transfer_id: UUID, *, actor: Actor) -> None:
    """Give up a draft: nothing has moved, and what it was to carry is free again.

    Raises UnknownTransfer or TransferState.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    transfer.move_to(TransferStatus.CANCELLED)
    if transfer.fulfillment_id is not None:
        put_down(session, transfer, left_of(session, transfer.id), why=CALLED_OFF)
    transfer.ended_at = db_now(session)
    session.flush()
    events.record(session, TransferCancelled(transfer_id=transfer.id), actor=actor)


def send_transfer(session: Session, transfer_id: UUID, *, expected_on: date, actor: Actor) -> None:
    """Take the goods off the sender's shelf; the receiver expects them on a day.

    What is promised, doubted or not there is not sent: all of the transfer leaves, or nothing. One
    that carries takes exactly what was reserved for it; nobody else may buy that at the receiver.

    Raises UnknownTransfer, WrongEnd, TransferState, or OutOfStock with every shortage.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require_end(transfer.from_id, actor)
    transfer.move_to(TransferStatus.SENT)
    lines = _lines(session, transfer.id)
    quantities = {sku: line.quantity for sku, line in lines.items()}
    _leave(session, transfer, quantities, expected_on=expected_on)
    for line in lines.values():
        line.sent = line.quantity
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

    It may arrive in parts. More than was sent is booked as it is and shown as such. What is carried
    for a fulfillment is promised to it in this same moment, never more than was asked for.

    Raises UnknownTransfer, WrongEnd, TransferState or NotInTransfer.
    """
    transfer = _lock(session, transfer_id, actor=actor)
    _require_end(transfer.to_id, actor)
    _require(transfer, TransferStatus.SENT, TransferStatus.PART_RECEIVED)
    lines = _lines(session, transfer.id)
    _require_lines(lines, quantities)
    why = Why(MovementKind.ARRIVED, Cause.TRANSFER, transfer.id)
    book(session, quantities, location_id=transfer.to_id, why=why)
    if transfer.fulfillment_id is not None:
        keep_for(
            session,
            fulfillment_id=transfer.fulfillment_id,
            location_id=transfer.to_id,
            quantities=_carried(lines, quantities),
        )
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
                fulfillment_id=command.fulfillment_id,
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


def _carry_less(session: Session, transfer: Transfer, quantities: Mapping[str, int]) -> None:
    """Free at the sender what a carrying draft carries no longer."""
    before = {sku: line.quantity for sku, line in _lines(session, transfer.id).items()}
    if any(quantity > before.get(sku, 0) for sku, quantity in quantities.items()):
        raise TransferCarries(most=before)
    less = {sku: quantity - quantities.get(sku, 0) for sku, quantity in before.items()}
    put_down(session, transfer, {sku: left for sku, left in less.items() if left}, why=CHANGED)


def _leave(
    session: Session, transfer: Transfer, quantities: Mapping[str, int], *, expected_on: date
) -> None:
    """Take the goods off the sender's shelf; what is not for somebody is expected for sale."""
    if transfer.fulfillment_id is not None:
        take_along(
            session,
            transfer_id=transfer.id,
            location_id=transfer.from_id,
            quantities=quantities,
        )
        return
    short = run(session, _SEND, quantities, location_id=transfer.from_id, transfer_id=transfer.id)
    if short:
        raise OutOfStock(shortages={row.sku: row.free for row in short})
    expect_by(session, transfer, quantities, expected_on=expected_on)


def _carried(lines: Mapping[str, TransferLine], arrived: Mapping[str, int]) -> dict[str, int]:
    """Return how many of what arrived were asked for and had not arrived before."""
    found = {
        sku: min(quantity, max(lines[sku].quantity - lines[sku].received, 0))
        for sku, quantity in arrived.items()
    }
    return {sku: quantity for sku, quantity in found.items() if quantity}


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
