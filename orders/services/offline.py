"""What a tablet did without a network, taken in afterwards: each deed once, each by itself.

A deed is tried as if it were done now; what the use case refuses is recorded in a transaction of
its own, for it happened all the same. Whoever sends a deed again gets the first answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from kernel.errors import Refusal
from kernel.ids import new_id
from orders import passes, queries
from orders.commands import (
    CaseKind,
    Found,
    HandOver,
    OfflineDeed,
    OfflineKind,
    OfflineOutcome,
    OfflinePlace,
    OpenCase,
    RecordHandOver,
    Status,
    Verified,
)
from orders.events import PutBackAsked
from orders.models import HandOverRow, OfflineFact, PutBack
from orders.services.casework import open_case
from orders.services.handing_over import hand_over
from orders.services.parcels import Locked, find_parcel
from orders.services.preparing import accept, pick
from orders.services.recording import record_against_rules

HAND_OVER: Final = "hand_over_id"
PUT_BACK: Final = "offline pick"


@dataclass(frozen=True, slots=True)
class DeedAnswer:
    """What became of a deed; `refusal` is the code of the rule it broke."""

    nonce: UUID
    outcome: OfflineOutcome
    hand_over_id: UUID | None = None
    case_id: UUID | None = None
    refusal: str | None = None


def apply_deed(
    session: Session, deed: OfflineDeed, *, place: OfflinePlace, actor: Actor
) -> DeedAnswer:
    """Have a deed done as at the counter or the shelf; one that was told before stays as it was.

    Raises what `hand_over`, `accept` and `pick` raise.
    """
    told_before = _claim(session, deed, place)
    if told_before is not None:
        return told_before
    if deed.kind is OfflineKind.PICK:
        parcel_id, hand_over_id = _pick(session, deed, actor), None
    else:
        hand_over_id, parcel_id = _hand_over(session, deed, place, actor)
    answer = DeedAnswer(deed.nonce, OfflineOutcome.APPLIED, hand_over_id)
    _keep(session, deed, place, answer, fulfillment_id=parcel_id)
    return answer


def record_deed(
    session: Session, deed: OfflineDeed, *, why: str, place: OfflinePlace, actor: Actor
) -> DeedAnswer:
    """Record a deed that was refused, `why` being the refusal's code: goods moved all the same.

    Goods that were handed over leave stock; goods that were picked wait to be put back. A case
    asks a person. One that was told before stays as it was.
    """
    told_before = _claim(session, deed, place)
    if told_before is not None:
        return told_before
    parcel_id, pass_id = _find_parcel(session, deed, place)
    answer = None
    if parcel_id is not None and deed.kind is OfflineKind.HAND_OVER:
        answer = _record_hand_over(session, deed, parcel_id, pass_id, why, place, actor)
    elif parcel_id is not None:
        answer = _record_pick(session, deed, parcel_id, why, place, actor)
    if answer is None:
        parcel_id, answer = None, _ask(session, deed, why, place, actor, {})
    _keep(session, deed, place, answer, fulfillment_id=parcel_id)
    return answer


def _claim(session: Session, deed: OfflineDeed, place: OfflinePlace) -> DeedAnswer | None:
    """Return the answer a deed was given before; else it is this transaction's to answer.

    Of two that tell the same at once, the second waits here for the first to end.
    """
    claimed = session.execute(
        insert(OfflineFact)
        .values(
            device_id=place.device_id,
            nonce=deed.nonce,
            seq=deed.seq,
            kind=deed.kind,
            payload=_payload(deed),
            happened_at=deed.happened_at,
            outcome=OfflineOutcome.APPLIED,
        )
        .on_conflict_do_nothing()
        .returning(OfflineFact.nonce)
    ).first()
    if claimed is not None:
        return None
    row = _row(session, deed, place)
    hand_over_id = row.payload.get(HAND_OVER)
    return DeedAnswer(
        row.nonce,
        row.outcome,
        UUID(hand_over_id) if hand_over_id else None,
        row.case_id,
        row.refusal,
    )


def _payload(deed: OfflineDeed) -> dict[str, Any]:
    """Return what is kept of what was told. The text of a QR opens a parcel: only its pass is."""
    claim = passes.read_qr(deed.qr) if deed.qr else None
    return {
        "fulfillment_id": str(deed.fulfillment_id) if deed.fulfillment_id else None,
        "pass_id": str(claim.id) if claim else None,
        "quantities": dict(deed.quantities),
        "ticket_number": deed.ticket_number,
        "identity_seen": deed.identity_seen,
    }


def _row(session: Session, deed: OfflineDeed, place: OfflinePlace) -> OfflineFact:
    return session.execute(
        select(OfflineFact)
        .where(OfflineFact.device_id == place.device_id, OfflineFact.nonce == deed.nonce)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _keep(
    session: Session,
    deed: OfflineDeed,
    place: OfflinePlace,
    answer: DeedAnswer,
    *,
    fulfillment_id: UUID | None,
) -> None:
    row = _row(session, deed, place)
    row.outcome, row.refusal, row.case_id = answer.outcome, answer.refusal, answer.case_id
    row.fulfillment_id = fulfillment_id
    if answer.hand_over_id is not None:
        row.payload = {**row.payload, HAND_OVER: str(answer.hand_over_id)}
    session.flush()


def _pick(session: Session, deed: OfflineDeed, actor: Actor) -> UUID:
    """Articles were taken from the shelf; who takes from the shelf takes the order on."""
    parcel_id = deed.fulfillment_id or deed.nonce
    found = queries.get_fulfillment(session, parcel_id, actor=actor)
    if found.status is Status.NEW:
        accept(session, parcel_id, actor=actor)
    pick(session, parcel_id, quantities=dict(deed.quantities), actor=actor)
    return parcel_id


def _hand_over(
    session: Session, deed: OfflineDeed, place: OfflinePlace, actor: Actor
) -> tuple[UUID, UUID]:
    command = HandOver(
        place.store_code,
        qr=deed.qr,
        fulfillment_id=deed.fulfillment_id,
        ticket_number=deed.ticket_number,
        quantities=deed.quantities,
    )
    hand_over_id, parcel_id = hand_over(session, command, actor=actor)
    session.execute(
        update(HandOverRow)
        .where(HandOverRow.id == hand_over_id)
        .values(happened_at=deed.happened_at, verified=_verified(deed))
    )
    return hand_over_id, parcel_id


def _verified(deed: OfflineDeed) -> Verified:
    if deed.identity_seen:
        return Verified.IDENTITY
    return Verified.QR if deed.qr else Verified.NONE


def _find_parcel(
    session: Session, deed: OfflineDeed, place: OfflinePlace
) -> tuple[UUID | None, UUID | None]:
    """Return the parcel of this store a deed is about, and the genuine pass that was shown."""
    parcel_id, pass_id = deed.fulfillment_id, None
    if deed.qr is not None:
        claim = passes.read_qr(deed.qr)
        state = queries.find_pass(session, claim.id) if claim else None
        if state is None or claim != state.facts:
            return None, None
        parcel_id, pass_id = state.facts.fulfillment_id, state.facts.id
    locked = find_parcel(session, parcel_id) if parcel_id else None
    if locked is None or locked.parcel.location_id != place.location_id:
        return None, None
    return locked.parcel.id, pass_id


def _record_hand_over(  # noqa: PLR0917 (a deed, its parcel, its pass, why, where, who)
    session: Session,
    deed: OfflineDeed,
    parcel_id: UUID,
    pass_id: UUID | None,
    why: str,
    place: OfflinePlace,
    actor: Actor,
) -> DeedAnswer | None:
    """Return the answer; None when it names an article nobody knows: then nothing can leave."""
    command = RecordHandOver(
        parcel_id,
        place.location_id,
        deed.quantities,
        Found.QR if deed.qr else Found.SEARCH,
        pass_id=pass_id,
        verified=_verified(deed),
        ticket_number=deed.ticket_number,
        happened_at=deed.happened_at,
    )
    try:
        with session.begin_nested():
            hand_over_id, case_id = record_against_rules(session, command, why=why, actor=actor)
    except Refusal:
        return None
    return DeedAnswer(deed.nonce, OfflineOutcome.CONFLICT, hand_over_id, case_id, why)


def _record_pick(  # noqa: PLR0917 (a deed, its parcel, why, where, who)
    session: Session,
    deed: OfflineDeed,
    parcel_id: UUID,
    why: str,
    place: OfflinePlace,
    actor: Actor,
) -> DeedAnswer | None:
    """What the parcel still wants is picked; the rest lies in its bin and has to go back."""
    locked = find_parcel(session, parcel_id)
    if locked is None:
        return None
    wanted = _still_wanted(locked, deed.quantities)
    if wanted:
        pick(session, parcel_id, quantities=wanted, actor=actor)
    rest = {
        sku: quantity - wanted.get(sku, 0)
        for sku, quantity in deed.quantities.items()
        if quantity > wanted.get(sku, 0)
    }
    put_back = _ask_put_back(session, locked, rest, actor=actor)
    return _ask(
        session, deed, why, place, actor, {"too_much": rest, "put_back": put_back}, parcel=locked
    )


def _still_wanted(locked: Locked, told: Mapping[str, int]) -> dict[str, int]:
    if locked.parcel.status not in {Status.ACCEPTED, Status.PICKING}:
        return {}
    left = {sku: line.undecided for sku, line in locked.lines.items()}
    found = {sku: min(quantity, left.get(sku, 0)) for sku, quantity in told.items()}
    return {sku: quantity for sku, quantity in found.items() if quantity}


def _ask_put_back(
    session: Session, locked: Locked, quantities: Mapping[str, int], *, actor: Actor
) -> dict[str, int]:
    """Have goods put back that lie in a bin though no parcel wants them; return which.

    They leave the offer until then. What was promised to others meanwhile stays theirs: only a
    person can say which of two is in the bin.
    """
    parcel, task_id = locked.parcel, new_id()
    free = _reserve_free(session, task_id, parcel.location_id, quantities)
    if not free:
        return {}
    rules = stores.queries.get_rules(session, parcel.location_id)
    task = PutBack(
        id=task_id,
        fulfillment_id=parcel.id,
        location_id=parcel.location_id,
        bin=parcel.bin,
        quantities=free,
        why=PUT_BACK,
        due_at=db_now(session) + timedelta(hours=rules.put_back_hours),
    )
    session.add(task)
    session.flush()
    asked = PutBackAsked(
        put_back_id=task_id,
        fulfillment_id=parcel.id,
        location_id=parcel.location_id,
        quantities=free,
    )
    events.record(session, asked, actor=actor, reason=PUT_BACK)
    return free


def _reserve_free(
    session: Session, owner_id: UUID, location_id: UUID, quantities: Mapping[str, int]
) -> dict[str, int]:
    """Keep as many of these out of the offer as nobody was promised, and return how many."""
    wanted = dict(quantities)
    while wanted:
        try:
            with session.begin_nested():
                inventory.services.reserve(
                    session, fulfillment_id=owner_id, location_id=location_id, quantities=wanted
                )
        except OutOfStock as short:
            left: Mapping[str, int] = short.facts["shortages"]
            wanted = {sku: min(each, max(left.get(sku, each), 0)) for sku, each in wanted.items()}
            wanted = {sku: each for sku, each in wanted.items() if each}
        except Refusal:
            return {}
        else:
            inventory.services.set_aside(
                session, fulfillment_id=owner_id, location_id=location_id, quantities=wanted
            )
            break
    return wanted


def _ask(  # noqa: PLR0917 (a deed, why, where, who, and what else is known)
    session: Session,
    deed: OfflineDeed,
    why: str,
    place: OfflinePlace,
    actor: Actor,
    more: Mapping[str, Any],
    *,
    parcel: Locked | None = None,
) -> DeedAnswer:
    """Have a person look at a deed."""
    rules = stores.queries.get_rules(session, place.location_id)
    command = OpenCase(
        CaseKind.CONFLICT,
        f"conflict:offline:{place.device_id}:{deed.nonce}",
        timedelta(hours=rules.conflict_hours),
        location_id=place.location_id,
        order_id=parcel.parcel.order_id if parcel else None,
        fulfillment_id=parcel.parcel.id if parcel else None,
        facts={"what": why, "kind": deed.kind.value, "quantities": dict(deed.quantities), **more},
    )
    case_id = open_case(session, command, actor=actor)
    return DeedAnswer(deed.nonce, OfflineOutcome.CONFLICT, None, case_id, why)
