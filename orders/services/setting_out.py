"""What begins once an order counts that lacks something: it is brought, awaited, or looked for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
import stores.services
from inventory.commands import DraftTransfer
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import Answer, CaseKind, OpenCase, Status
from orders.events import FulfillmentInTransfer, FulfillmentRejected
from orders.models import Choice
from orders.queries import LACKS
from orders.services.casework import open_case
from orders.services.lacking import Owner, await_less, brought, forget, reserve_one
from orders.services.locked import Locked
from orders.services.parcels import find_parcel
from orders.services.transferring import settle_fetch

LACKING: Final = "no_stock"
UNSOURCED: Final = "unsourced"
"""What the key of a case begins with that nobody could be found for."""


def set_out(session: Session, locked: Locked) -> None:
    """Have what a parcel that counts now lacks be brought, awaited, or looked for by a person."""
    inputs = locked.parcel.promise_inputs
    if LACKS not in inputs:
        return
    if queries.left_to_person(inputs):
        leave_open(session, locked)
        ask_a_person(session, locked)
        return
    facts = [_draft(session, locked, each) for each in brought(inputs)]
    if waits := queries.awaited(inputs):
        facts.append(_fact(locked, waits))
    else:
        locked.parcel.promise_inputs = forget(inputs)
    locked.parcel.accept_by = None
    locked.parcel.move_to(Status.IN_TRANSFER)
    session.flush()
    for fact in facts:
        events.record(session, fact, actor=SYSTEM)


def serve_awaiting(session: Session, fulfillment_id: UUID) -> bool:
    """Keep for a parcel what has come of what it awaits; tell whether anything has.

    Once nothing is awaited or on the way preparing goes on. Safe to repeat.
    """
    locked = find_parcel(session, fulfillment_id)
    if locked is None or locked.parcel.status is not Status.IN_TRANSFER:
        return False
    there = queries.awaited(locked.parcel.promise_inputs)
    while there:
        try:
            with session.begin_nested():
                reserve_one(session, Owner(fulfillment_id, locked.parcel.location_id, there))
            break
        except OutOfStock as short:
            left = {**there, **short.facts["shortages"]}
            there = {sku: units for sku, units in left.items() if units > 0}
    if not there:
        return False
    locked.parcel.promise_inputs = await_less(locked.parcel.promise_inputs, there)
    session.flush()
    settle_fetch(session, fulfillment_id)
    return True


def leave_open(session: Session, locked: Locked) -> None:
    """Ask the customer of a parcel that nobody can prepare what they want; it holds nothing.

    Without an answer it goes on waiting.
    """
    parcel = locked.parcel
    parcel.move_to(Status.REJECTED)
    parcel.promise_inputs = forget(parcel.promise_inputs)
    parcel.accept_by = None
    session.flush()
    stores.services.release_booking(session, parcel.id)
    rules = stores.queries.get_rules(session, parcel.location_id)
    choice = Choice(
        id=new_id(),
        fulfillment_id=parcel.id,
        reason=LACKING,
        answer_by=db_now(session) + timedelta(hours=rules.choice_hours),
        fallback=Answer.WAIT,
    )
    parcel.promised_at = choice.answer_by
    session.add(choice)
    session.flush()
    fact = FulfillmentRejected(
        **locked.ids, choice_id=choice.id, answer_by=choice.answer_by, asks=True
    )
    events.record(session, fact, actor=SYSTEM, reason=LACKING)


def ask_a_person(session: Session, locked: Locked) -> None:
    """Have a case for a parcel that nobody is found to prepare."""
    rules = stores.queries.get_rules(session, locked.parcel.location_id)
    command = OpenCase(
        CaseKind.SOURCING,
        f"{UNSOURCED}:{locked.parcel.id}",
        timedelta(hours=rules.late_hours),
        location_id=locked.parcel.location_id,
        order_id=locked.parcel.order_id,
        fulfillment_id=locked.parcel.id,
        facts={"lacking": locked.owed},
    )
    open_case(session, command)


def _draft(session: Session, locked: Locked, owner: Owner) -> FulfillmentInTransfer:
    """Draft a transfer whose goods are kept for it already."""
    draft = DraftTransfer(
        owner.location_id,
        locked.parcel.location_id,
        owner.quantities,
        fulfillment_id=locked.parcel.id,
        kept_as=owner.id,
    )
    inventory.services.draft_transfer(session, draft, actor=SYSTEM)
    return _fact(locked, owner.quantities, owner)


def _fact(
    locked: Locked, quantities: Mapping[str, int], owner: Owner | None = None
) -> FulfillmentInTransfer:
    return FulfillmentInTransfer(
        **locked.ids,
        transfer_id=owner.id if owner else None,
        source_id=owner.location_id if owner else None,
        quantities=dict(quantities),
        promised_at=locked.parcel.promised_at,
        at_placing=True,
    )
