"""The stock of an order's parcels: promised to all of them, or every shortage told at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.ids import new_id
from orders.commands import Method, add_up, hold_of
from orders.errors import NotDeliverable
from orders.services.delivering import ways_out
from orders.services.gathering import (
    Gap,
    Gathered,
    begin_gathering,
    gather,
    refuse_with_ways,
)
from orders.services.lacking import Owner, keep_awaited, owners
from orders.services.planning import Plan, Share
from orders.services.writing import NewParcel, Written


@dataclass(frozen=True, slots=True)
class _Kept:
    """What one location keeps for a share: its own, or what it will send to another."""

    share: Share
    owner: Owner


Short = tuple[_Kept, OutOfStock]
COLLECTED: Final = frozenset({Method.PICKUP, Method.DRIVE})
"""Ways in which others may bring to a store what it lacks."""


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
    session: Session, plan: Plan, parcels: Sequence[NewParcel], *, written: Written
) -> dict[UUID, Gathered]:
    """Promise the goods to the order, or have what a store lacks be seen to as its rules say.

    What is collected is seen to, part by part; where a way out or to a door is short as well, the
    order is refused with everything that is short. Of what is seen to nothing stays locked
    meanwhile: then all of it is reserved anew, in the one order of locks. Returns what each parcel
    that lacks something is promised now, by its id.

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
    if not (written.is_ruled and any(each.share.method in COLLECTED for each in kept)):
        _refuse_short(plan, _try(session, plan, kept))  # without a savepoint: two round trips less
        _keep_awaited(session, parcels, {})
        return {}
    found = _reserve_or_gather(session, plan, kept, order_id=written.id)
    _keep_awaited(session, parcels, found)
    if not plan.command.waits_for_money:
        for each in found.values():
            begin_gathering(session, each)
    return found


def _reserve_or_gather(
    session: Session, plan: Plan, kept: Sequence[_Kept], *, order_id: UUID
) -> dict[UUID, Gathered]:
    short: list[Short] = []
    try:
        with session.begin_nested():
            short = _try(session, plan, kept)
            _refuse_short(plan, short)
    except OutOfStock as refusal:
        if not all(each.share.method in COLLECTED for each, _left in short):
            raise
        gaps = [
            Gap(
                plan.command,
                each.share,
                plan.quote,
                order_id,
                each.owner.id,
                left.facts["shortages"],
                refusal,
            )
            for each, left in short
        ]
        return _gather_all(session, plan, kept, gaps)
    return {}


def _keep_awaited(
    session: Session, parcels: Sequence[NewParcel], found: Mapping[UUID, Gathered]
) -> None:
    for parcel in parcels:
        gathered = found.get(parcel.promise.fulfillment_id)
        inputs = gathered.locked.parcel.promise_inputs if gathered else parcel.promise.inputs
        keep_awaited(session, parcel.location_id, inputs)


def _gather_all(
    session: Session, plan: Plan, kept: Sequence[_Kept], gaps: Sequence[Gap]
) -> dict[UUID, Gathered]:
    """Have every part that is short be promised as its store's rules say, and all be kept."""
    found: dict[UUID, Gathered] = {}
    keeping = [each for each in kept if each.owner.id not in {gap.fulfillment_id for gap in gaps}]
    for at, gap in enumerate(gaps, start=1):
        later = [Owner(each.fulfillment_id, each.store.id, each.there) for each in gaps[at:]]
        taken = _taken([*(each.owner for each in keeping), *later])
        found[gap.fulfillment_id] = gather(session, replace(gap, taken=taken))
        keeping += [_Kept(gap.share, owner) for owner in found[gap.fulfillment_id].keepers]
    try:
        with session.begin_nested():
            _refuse_short(plan, _try(session, plan, keeping))
    except OutOfStock:  # somebody was faster
        raise refuse_with_ways(session, gaps[0]) from None
    return found


def _taken(keepers: Iterable[Owner]) -> dict[UUID, dict[str, int]]:
    """Return what is kept where."""
    taken: dict[UUID, dict[str, int]] = {}
    for each in keepers:
        taken[each.location_id] = add_up([taken.get(each.location_id, {}), each.quantities])
    return taken


def _refuse_short(plan: Plan, short: Sequence[Short]) -> None:
    """Return nothing when nothing is short.

    Raises OutOfStock.
    """
    if short and len(plan.shares) == 1:
        raise short[0][1]
    if short:
        shortages = add_up(refusal.facts["shortages"] for _kept, refusal in short)
        if len(plan.command.parts) == 1:
            raise OutOfStock(shortages=shortages)
        raise OutOfStock(shortages=shortages, parts=_say(short))


def _try(session: Session, plan: Plan, kept: Sequence[_Kept]) -> list[Short]:
    """Reserve what can be, location by location; return what is short, share by share.

    What leaves a location, or the store at once, has its goods before what others can bring there.
    """
    hold = hold_of(plan.store.rules, plan.command.channel) if plan.command.waits_for_money else None
    short: list[Short] = []
    in_line = sorted(kept, key=_place_in_line)
    for location_id, there in groupby(in_line, key=lambda each: each.owner.location_id):
        together = list(there)
        if len(together) > 1:  # else two orders could want the same levels the other way round
            skus = add_up(each.owner.quantities for each in together)
            inventory.services.lock_levels(session, location_id=location_id, skus=skus)
        for each in together:
            try:
                _keep(session, each, each.owner.quantities, hold)
            except OutOfStock as refusal:
                short.append((each, refusal))
                rest = {sku: left for sku, left in refusal.facts["shortages"].items() if left}
                if rest and each is not together[-1]:  # the next one finds what it leaves
                    _keep(session, each, rest, hold)
    return short


def _keep(session: Session, kept: _Kept, quantities: Mapping[str, int], hold: Hold | None) -> None:
    inventory.services.reserve(
        session,
        **kept.owner.stock,
        quantities=quantities,
        hold=hold,
        in_hand=kept.share.method is Method.CARRY_OUT,
    )


def _place_in_line(kept: _Kept) -> tuple[UUID, bool, int]:
    return kept.owner.location_id, kept.share.method in COLLECTED, kept.share.part_no


def _say(short: Iterable[Short]) -> list[dict[str, Any]]:
    return [
        {"part": each.share.part_no, "store": each.share.store.code, **refusal.facts}
        for each, refusal in sorted(short, key=lambda told: told[0].share.part_no)
    ]
