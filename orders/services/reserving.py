"""The stock of an order's parcels: promised to all of them, or every shortage told at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
from inventory.errors import OutOfStock
from kernel.ids import new_id
from orders.commands import Method, add_up, hold_of
from orders.errors import NotDeliverable
from orders.services.delivering import ways_out
from orders.services.gathering import Gap, Gathered, gather
from orders.services.lacking import Owner, keep_awaited, owners
from orders.services.planning import Plan, Share
from orders.services.writing import NewParcel


@dataclass(frozen=True, slots=True)
class _Kept:
    """What one location keeps for a share: its own, or what it will send to another."""

    share: Share
    owner: Owner


Short = tuple[Share, OutOfStock]


def refuse_unsendable(session: Session, plan: Plan) -> None:
    """Return nothing when somebody sends whatever is brought.

    Otherwise what is short in the other parts is found out too, so that all is told at once: what
    that reserves ends with the refusal.

    Raises NotDeliverable.
    """
    closed = {part_no: door for part_no, door in plan.doors.items() if not door.is_open}
    if not closed:
        return
    facts = dict(ways_out(session, next(iter(closed.values()))))
    if len(plan.command.parts) > 1:
        others = [
            _Kept(share, Owner(new_id(), share.store.id, share.quantities))
            for share in plan.shares
            if share.part_no not in closed and share.later is None
        ]
        facts["parts"] = [
            *(
                {"part": part_no, "missing": dict(door.decision.missing)}
                for part_no, door in closed.items()
            ),
            *_say(_try(session, plan, others)),
        ]
    raise NotDeliverable(**facts)


def reserve_order(
    session: Session, plan: Plan, parcels: Sequence[NewParcel], *, order_id: UUID
) -> Gathered | None:
    """Promise the goods to the order, or have what a store lacks be seen to as its rules say.

    What is collected in one part only is seen to; in an order of several parts it is refused, with
    everything else that is short. Of what is seen to nothing stays locked: others come before this
    store in the order of locks. Returns when that is promised now.

    Raises OutOfStock, or what `gather` raises.
    """
    kept = [
        _Kept(share, owner)
        for share, parcel in zip(plan.shares, parcels, strict=True)
        for owner in owners(
            parcel.promise.fulfillment_id,
            parcel.location_id,
            parcel.quantities,
            parcel.promise.inputs,
        )
    ]
    share = plan.shares[0]
    if len(plan.shares) > 1 or share.method not in {Method.PICKUP, Method.DRIVE}:
        _reserve_all(session, plan, kept)
        for parcel in parcels:
            keep_awaited(session, parcel.location_id, parcel.promise.inputs)
        return None
    try:
        with session.begin_nested():
            _reserve_all(session, plan, kept)
    except OutOfStock as short:
        fulfillment_id = parcels[0].promise.fulfillment_id
        return gather(
            session, Gap(plan.command, share, plan.quote, order_id, fulfillment_id, short)
        )
    return None


def _reserve_all(session: Session, plan: Plan, kept: Sequence[_Kept]) -> None:
    short = _try(session, plan, kept)
    if short and len(plan.shares) == 1:
        raise short[0][1]
    if short:
        shortages = add_up(refusal.facts["shortages"] for _share, refusal in short)
        if len(plan.command.parts) == 1:
            raise OutOfStock(shortages=shortages)
        raise OutOfStock(shortages=shortages, parts=_say(short))


def _try(session: Session, plan: Plan, kept: Sequence[_Kept]) -> list[Short]:
    """Reserve what can be, location by location; return what is short, share by share."""
    hold = hold_of(plan.store.rules, plan.command.channel) if plan.command.waits_for_money else None
    short: list[Short] = []
    in_line = sorted(kept, key=lambda each: (each.owner.location_id, each.share.part_no))
    for location_id, there in groupby(in_line, key=lambda each: each.owner.location_id):
        together = list(there)
        if len(together) > 1:  # else two orders could want the same levels the other way round
            skus = add_up(each.owner.quantities for each in together)
            inventory.services.lock_levels(session, location_id=location_id, skus=skus)
        for each in together:
            try:
                inventory.services.reserve(
                    session,
                    **each.owner.stock,
                    quantities=each.owner.quantities,
                    hold=hold,
                    in_hand=each.share.method is Method.CARRY_OUT,
                )
            except OutOfStock as refusal:
                short.append((each.share, refusal))
    return short


def _say(short: Iterable[Short]) -> list[dict[str, Any]]:
    return [
        {"part": share.part_no, "store": share.store.code, **refusal.facts}
        for share, refusal in short
    ]
