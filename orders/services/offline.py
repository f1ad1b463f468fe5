"""What a tablet did without a network, taken in afterwards: each deed once, each by itself.

A deed is tried as if it were done now; what the use case refuses is recorded in a transaction of
its own, for it happened all the same. Whoever sends a deed again gets the first answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

import inventory.services
import stores.queries
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import Actor, ActorKind
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
from orders.models import HandOverRow, PutBack
from orders.services.casework import EVERYWHERE, open_case
from orders.services.handing_over import hand_over
from orders.services.parcels import Locked, find_parcel
from orders.services.preparing import accept, pick
from orders.services.recording import record_against_rules
from orders.services.telling import DeedAnswer, claim, digest, keep
from stores.errors import UnknownStaff

PUT_BACK: Final = "offline pick"


@dataclass(frozen=True, slots=True)
class _Against:
    """A deed that broke a rule: which one, where, and who did it."""

    deed: OfflineDeed
    why: str
    place: OfflinePlace
    actor: Actor


def apply_deed(
    session: Session, deed: OfflineDeed, *, place: OfflinePlace, actor: Actor
) -> DeedAnswer:
    """Have a deed done as at the counter or the shelf; one that was told before stays as it was.

    Raises NonceReused, UnknownStaff, and what `hand_over`, `accept` and `pick` raise.
    """
    before = claim(session, deed, place, told_by=actor)
    if before is not None:
        return before
    doer = _find_doer(session, deed, place, told_by=actor)
    if doer is None:
        raise UnknownStaff(staff_id=str(deed.staff_id))
    if deed.kind is OfflineKind.PICK:
        parcel_id, hand_over_id = _pick(session, deed, doer), None
    else:
        hand_over_id, parcel_id = _hand_over(session, deed, place, doer)
    answer = DeedAnswer(deed.nonce, OfflineOutcome.APPLIED, hand_over_id)
    keep(session, deed, place, answer, fulfillment_id=parcel_id)
    return answer


def record_deed(
    session: Session, deed: OfflineDeed, *, why: str, place: OfflinePlace, actor: Actor
) -> DeedAnswer:
    """Record a deed that was refused, `why` being the refusal's code: goods moved all the same.

    Goods that were handed over leave stock; goods that were picked wait to be put back; of neither
    more than the parcel was for. A case asks a person. One that was told before stays as it was.

    Raises NonceReused.
    """
    before = claim(session, deed, place, told_by=actor)
    if before is not None:
        return before
    against = _Against(deed, why, place, _find_doer(session, deed, place, told_by=actor) or actor)
    locked, pass_id = _find_parcel(session, deed, place)
    answer = None
    if locked is not None and deed.kind is OfflineKind.HAND_OVER:
        answer = _record_hand_over(session, against, locked, pass_id)
    elif locked is not None:
        answer = _record_pick(session, against, locked)
    if answer is None:
        answer = _ask(session, against, {}, parcel=locked)
    keep(session, deed, place, answer, fulfillment_id=locked.parcel.id if locked else None)
    return answer


def question_deed(
    session: Session, deed: OfflineDeed, *, why: str, place: OfflinePlace, actor: Actor
) -> DeedAnswer:
    """Have a person look at a deed told under the nonce of another one: nothing of it is done."""
    against = _Against(deed, why, place, actor)
    locked, _pass_id = _find_parcel(session, deed, place)
    answer = _ask(session, against, {}, parcel=locked, key=f"{deed.nonce}:{digest(deed)}")
    return replace(answer, outcome=OfflineOutcome.REFUSED)


def _find_doer(
    session: Session, deed: OfflineDeed, place: OfflinePlace, *, told_by: Actor
) -> Actor | None:
    """Return who did it: the one it names, of this store's staff, else whoever tells it.

    Somebody who left since did what they did.
    """
    if deed.staff_id is None:
        return told_by
    staff = stores.queries.find_staff(session, deed.staff_id)
    if staff is None or not (staff.role in EVERYWHERE or place.location_id in staff.location_ids):
        return None
    return replace(told_by, kind=ActorKind(staff.role.value), id=staff.id, name=staff.name)


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
        identity_seen=deed.identity_seen,
    )
    hand_over_id, parcel_id = hand_over(session, command, actor=actor)
    session.execute(
        update(HandOverRow)
        .where(HandOverRow.id == hand_over_id)
        .values(happened_at=deed.happened_at)
    )
    return hand_over_id, parcel_id


def _verified(deed: OfflineDeed) -> Verified:
    if deed.identity_seen:
        return Verified.IDENTITY
    return Verified.QR if deed.qr else Verified.NONE


def _find_parcel(
    session: Session, deed: OfflineDeed, place: OfflinePlace
) -> tuple[Locked | None, UUID | None]:
    """Return the parcel of this store a deed is about, and the genuine pass that was shown."""
    parcel_id, pass_id = deed.fulfillment_id, None
    if deed.qr is not None:
        shown = passes.read_qr(deed.qr)
        state = queries.find_pass(session, shown.id) if shown else None
        if state is None or shown != state.facts:
            return None, None
        parcel_id, pass_id = state.facts.fulfillment_id, state.facts.id
    locked = find_parcel(session, parcel_id) if parcel_id else None
    if locked is None or locked.parcel.location_id != place.location_id:
        return None, None
    return locked, pass_id


def _record_hand_over(
    session: Session, against: _Against, locked: Locked, pass_id: UUID | None
) -> DeedAnswer | None:
    """Return the answer; None when nothing it names was ever of this parcel: nothing can leave."""
    deed = against.deed
    sensible, beyond = _sensible(locked, deed.quantities)
    command = RecordHandOver(
        locked.parcel.id,
        against.place.location_id,
        sensible,
        Found.QR if deed.qr else Found.SEARCH,
        pass_id=pass_id,
        verified=_verified(deed),
        ticket_number=deed.ticket_number,
        happened_at=deed.happened_at,
        beyond=beyond,
    )
    if not sensible:
        return _ask(session, against, {"beyond": beyond}, parcel=locked)
    hand_over_id, case_id = record_against_rules(
        session, command, why=against.why, actor=against.actor
    )
    return DeedAnswer(deed.nonce, OfflineOutcome.CONFLICT, hand_over_id, case_id, against.why)


def _sensible(locked: Locked, told: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Return what can have been of this parcel, and what is told beyond what it was ever for."""
    ordered = {sku: line.quantity for sku, line in locked.lines.items()}
    within = {sku: min(quantity, ordered.get(sku, 0)) for sku, quantity in told.items()}
    beyond = {sku: quantity - within[sku] for sku, quantity in told.items()}
    return _some(within), _some(beyond)


def _some(quantities: Mapping[str, int]) -> dict[str, int]:
    return {sku: quantity for sku, quantity in quantities.items() if quantity}


def _record_pick(session: Session, against: _Against, locked: Locked) -> DeedAnswer:
    """What the parcel still wants is picked; the rest lies in its bin and has to go back."""
    sensible, beyond = _sensible(locked, against.deed.quantities)
    wanted = _still_wanted(locked, sensible)
    if wanted:
        pick(session, locked.parcel.id, quantities=wanted, actor=against.actor)
    rest = _some({sku: quantity - wanted.get(sku, 0) for sku, quantity in sensible.items()})
    put_back = _ask_put_back(session, locked, rest, actor=against.actor)
    more = {"too_much": rest, "put_back": put_back, "beyond": beyond}
    return _ask(session, against, more, parcel=locked)


def _still_wanted(locked: Locked, told: Mapping[str, int]) -> dict[str, int]:
    if locked.parcel.status not in {Status.ACCEPTED, Status.PICKING}:
        return {}
    left = {sku: line.undecided for sku, line in locked.lines.items()}
    return _some({sku: min(quantity, left.get(sku, 0)) for sku, quantity in told.items()})


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
            wanted = _some({k: min(each, max(left.get(k, each), 0)) for k, each in wanted.items()})
        except Refusal:
            return {}
        else:
            inventory.services.set_aside(
                session, fulfillment_id=owner_id, location_id=location_id, quantities=wanted
            )
            break
    return wanted


def _ask(
    session: Session,
    against: _Against,
    more: Mapping[str, Any],
    *,
    parcel: Locked | None,
    key: str | None = None,
) -> DeedAnswer:
    """Have a person look at a deed."""
    deed, place = against.deed, against.place
    rules = stores.queries.get_rules(session, place.location_id)
    command = OpenCase(
        CaseKind.CONFLICT,
        f"conflict:offline:{place.device_id}:{key or deed.nonce}",
        timedelta(hours=rules.conflict_hours),
        location_id=place.location_id,
        order_id=parcel.parcel.order_id if parcel else None,
        fulfillment_id=parcel.parcel.id if parcel else None,
        facts={
            "what": against.why,
            "kind": deed.kind.value,
            "quantities": dict(deed.quantities),
            "ticket_number": deed.ticket_number,
            **more,
        },
    )
    case_id = open_case(session, command, actor=against.actor)
    if case_id is None:  # the same was asked before
        asked = queries.find_open_case(session, command.key)
        case_id = asked.id if asked else None
    return DeedAnswer(deed.nonce, OfflineOutcome.CONFLICT, None, case_id, against.why)
