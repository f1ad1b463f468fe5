"""Goods that left against the rules: what happened is recorded, stock follows, a person is asked.

Nothing here refuses what is a physical fact. What the parcel still owed is handed over as usual;
the rest leaves stock from where it was kept: the bin nobody has emptied yet, else the shelf.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import inventory.services
import payments.services
import stores.queries
import stores.services
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import CaseKind, OpenCase, RecordHandOver, Status, counter_channel
from orders.errors import UnknownFulfillment
from orders.events import FulfillmentHandedOver, LeftAgainstRules, PutBackFinished
from orders.models import HandOverRow, PickupPass, PutBack
from orders.pricing import totals
from orders.queries import FulfillmentFacts
from orders.services.casework import open_case
from orders.services.parcels import Locked, hold_money, lock_parcel
from orders.services.promising import took_capacity
from payments.errors import TicketUsed
from payments.services import Ticket

CONFLICT_KEY: Final = "conflict:"


@dataclass(frozen=True, slots=True)
class _Money:
    """What these goods cost beyond what was paid, and the ticket that settled it, if any did."""

    due_minor: int
    currency: str
    ticket_number: str | None


def record_against_rules(
    session: Session, command: RecordHandOver, *, why: str, actor: Actor
) -> tuple[UUID, UUID]:
    """Record that these goods left in somebody's hands; `why` is the rule it broke, as a code.

    Returns the ids of the hand-over and of the case that asks a person, until when the store says.
    Money a till took for them is recorded; what nobody paid is named in the case. It is never
    refused for its state: the caller makes sure that the same is not told twice.

    Raises UnknownFulfillment or UnknownSku.
    """
    hold_money(session, command.fulfillment_id)
    locked = lock_parcel(session, command.fulfillment_id, actor=SYSTEM)
    facts = queries.get_fulfillment(session, command.fulfillment_id, actor=SYSTEM)
    money = _take_money(session, facts, command)
    owed = _still_owed(locked, command)
    hand_over_id = _hand_over(session, locked, replace(command, quantities=owed), actor=actor)
    against = {
        sku: quantity - owed.get(sku, 0)
        for sku, quantity in command.quantities.items()
        if quantity > owed.get(sku, 0)
    }
    if against or hand_over_id is None:
        taken = replace(command, quantities=against)
        hand_over_id = _take_away(session, locked, taken, why=why, actor=actor)
    case_id = _ask_person(session, facts, command, money, about=hand_over_id, why=why, actor=actor)
    if case_id is None:  # a key with a fresh id is nobody's
        raise UnknownFulfillment
    return hand_over_id, case_id


def _ask_person(
    session: Session,
    facts: FulfillmentFacts,
    command: RecordHandOver,
    money: _Money,
    *,
    about: UUID,
    why: str,
    actor: Actor,
) -> UUID | None:
    case_facts: dict[str, Any] = {
        "what": why,
        "state": facts.status.value,
        "quantities": dict(command.quantities),
        "due_minor": 0 if money.ticket_number else money.due_minor,
        "currency": money.currency,
        "ticket_number": money.ticket_number,
        "beyond": dict(command.beyond),
    }
    rules = stores.queries.get_rules(session, command.location_id)
    asked = OpenCase(
        CaseKind.CONFLICT,
        f"{CONFLICT_KEY}{about}",
        timedelta(hours=rules.conflict_hours),
        location_id=command.location_id,
        order_id=facts.order_id,
        fulfillment_id=facts.id,
        about_id=about,
        facts=case_facts,
    )
    return open_case(session, asked, actor=actor)


def _take_money(session: Session, facts: FulfillmentFacts, command: RecordHandOver) -> _Money:
    """Record what a till took for these goods; what was paid before and not used up counts."""
    lines = {line.sku: line for line in facts.lines}
    value = totals(
        lines[sku].priced(quantity) for sku, quantity in command.quantities.items() if sku in lines
    ).total_minor
    left = totals(line.priced(line.handed_over) for line in facts.lines).total_minor
    due = max(value - max(queries.paid_for(session, facts) - left, 0), 0)
    taken = None
    if due and command.ticket_number:
        ticket = Ticket(command.location_id, command.ticket_number, due, facts.currency)
        with suppress(TicketUsed):  # it paid for something of this order already
            payments.services.record_till_payment(
                session, reference_id=facts.order_id, ticket=ticket
            )
            taken = command.ticket_number
    return _Money(due, facts.currency, taken)


def _still_owed(locked: Locked, command: RecordHandOver) -> dict[str, int]:
    """Return how many of these lie ready in their parcel's bin, at this store."""
    parcel = locked.parcel
    if parcel.status is not Status.READY or parcel.location_id != command.location_id:
        return {}
    lying = {sku: min(line.collectable, line.open) for sku, line in locked.lines.items()}
    found = {sku: min(quantity, lying.get(sku, 0)) for sku, quantity in command.quantities.items()}
    return {sku: quantity for sku, quantity in found.items() if quantity}


def _hand_over(
    session: Session, locked: Locked, command: RecordHandOver, *, actor: Actor
) -> UUID | None:
    """What was still owed is handed over as it is at the counter."""
    if not command.quantities:
        return None
    parcel = locked.parcel
    for sku, quantity in command.quantities.items():
        locked.lines[sku].handed_over += quantity
    complete = not any(line.open for line in locked.lines.values())
    if complete:
        parcel.move_to(Status.HANDED_OVER)
        parcel.ended_at = db_now(session)
    session.flush()
    if complete and took_capacity(parcel.promise_inputs):
        stores.services.release_booking(session, parcel.id, used=True)
    inventory.services.hand_over(session, **locked.stock, quantities=command.quantities)
    if complete:
        session.execute(
            update(PickupPass)
            .where(PickupPass.fulfillment_id == parcel.id, PickupPass.used_at.is_(None))
            .values(used_at=DB_NOW)
        )
    hand_over_id = _write(session, command, actor=actor, conflict=False)
    fact = FulfillmentHandedOver(
        **locked.ids,
        channel=counter_channel(actor.kind),
        hand_over_id=hand_over_id,
        quantities=dict(command.quantities),
        found=command.found.value,
        complete=complete,
    )
    events.record(session, fact, actor=actor)
    return hand_over_id


def _take_away(
    session: Session, locked: Locked, command: RecordHandOver, *, why: str, actor: Actor
) -> UUID:
    """What was not owed leaves stock: what waits to be put back first, then the shelf's."""
    hand_over_id = _write(session, command, actor=actor, conflict=True)
    from_shelf = _take_from_put_backs(session, command, actor=actor)
    if from_shelf:
        inventory.services.sell(
            session,
            sale_id=hand_over_id,
            location_id=command.location_id,
            quantities=from_shelf,
            actor=actor,
        )
    fact = LeftAgainstRules(
        **locked.ids, hand_over_id=hand_over_id, quantities=dict(command.quantities)
    )
    events.record(session, fact, actor=actor, reason=why)
    return hand_over_id


def _take_from_put_backs(
    session: Session, command: RecordHandOver, *, actor: Actor
) -> dict[str, int]:
    """Take what lies in a bin to be put back, and return what did not lie there."""
    left = dict(command.quantities)
    tasks = session.execute(
        select(PutBack)
        .where(
            PutBack.fulfillment_id == command.fulfillment_id,
            PutBack.location_id == command.location_id,
            PutBack.done_at.is_(None),
        )
        .order_by(PutBack.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    for task in tasks.all():
        taken = _shared(task.quantities, left)
        if not taken:
            continue
        inventory.services.hand_over(
            session, fulfillment_id=task.id, location_id=task.location_id, quantities=taken
        )
        left = _less(left, taken)
        task.quantities = _less(task.quantities, taken)
        if not task.quantities:
            task.done_at, task.done_by_name = db_now(session), actor.name
        session.flush()
        if task.done_at is not None:
            done = PutBackFinished(
                put_back_id=task.id,
                fulfillment_id=task.fulfillment_id,
                location_id=task.location_id,
                kept_off=taken,
            )
            events.record(session, done, actor=actor)
    return left


def _shared(there: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    both = {sku: min(quantity, wanted.get(sku, 0)) for sku, quantity in there.items()}
    return {sku: quantity for sku, quantity in both.items() if quantity}


def _less(quantities: Mapping[str, int], taken: Mapping[str, int]) -> dict[str, int]:
    left = {sku: quantity - taken.get(sku, 0) for sku, quantity in quantities.items()}
    return {sku: quantity for sku, quantity in left.items() if quantity}


def _write(session: Session, command: RecordHandOver, *, actor: Actor, conflict: bool) -> UUID:
    row = HandOverRow(
        id=new_id(),
        fulfillment_id=command.fulfillment_id,
        location_id=command.location_id,
        pass_id=command.pass_id,
        found=command.found,
        verified=command.verified,
        quantities=dict(command.quantities),
        refused={},
        forced=command.forced,
        conflict=conflict,
        happened_at=command.happened_at,
        staff_id=actor.id,
        staff_name=actor.name,
        device_id=actor.device_id,
        terminal_id=command.terminal_id,
    )
    session.add(row)
    session.flush()
    return row.id
