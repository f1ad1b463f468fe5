"""The stock of an order's parcels: promised to all of them, or every shortage told at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
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
from orders.services.gathering import Gap, gather
from orders.services.planning import Plan, Share
from orders.services.writing import NewParcel

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
        others = [share for share in plan.shares if share.part_no not in closed]
        short = _try(session, plan, [(share, new_id()) for share in others])
        facts["parts"] = [
            *(
                {"part": part_no, "missing": dict(door.decision.missing)}
                for part_no, door in closed.items()
            ),
            *_say(short),
        ]
    raise NotDeliverable(**facts)


def reserve_order(
    session: Session, plan: Plan, parcels: Sequence[NewParcel], *, order_id: UUID
) -> dict[UUID, datetime]:
    """Promise the goods to the order, or have what a store lacks brought there where rules say so.

    Returns when those parcels are promised now whose goods are brought to their store first.

    Raises OutOfStock.
    """
    ids = [parcel.promise.fulfillment_id for parcel in parcels]
    short = _try(session, plan, list(zip(plan.shares, ids, strict=True)))
    later: dict[UUID, datetime] = {}
    left: list[Short] = []
    for share, fulfillment_id in zip(plan.shares, ids, strict=True):
        refusal = next((each for whose, each in short if whose is share), None)
        if refusal is None:
            continue
        gap = Gap(plan.command.channel, share, plan.quote, order_id, fulfillment_id, refusal)
        try:
            later[fulfillment_id] = _gather(session, plan, gap)
        except OutOfStock as found:
            left.append((share, found))
    if left:
        raise _refusal(plan, left)
    return later


def _gather(session: Session, plan: Plan, gap: Gap) -> datetime:
    collected = gap.share.method in {Method.PICKUP, Method.DRIVE}
    if plan.command.waits_for_money or not collected:
        raise gap.short
    return gather(session, gap)


def _try(session: Session, plan: Plan, shares: Sequence[tuple[Share, UUID]]) -> list[Short]:
    """Reserve what can be; return what is short, share by share."""
    hold = hold_of(plan.store.rules, plan.command.channel) if plan.command.waits_for_money else None
    short: list[Short] = []
    for location_id, there in groupby(shares, key=lambda each: each[0].store.id):
        together = list(there)
        if len(together) > 1:  # else two orders could want the same levels the other way round
            skus = add_up(share.quantities for share, _id in together)
            inventory.services.lock_levels(session, location_id=location_id, skus=skus)
        for share, fulfillment_id in together:
            try:
                inventory.services.reserve(
                    session,
                    fulfillment_id=fulfillment_id,
                    location_id=location_id,
                    quantities=share.quantities,
                    hold=hold,
                    in_hand=share.method is Method.CARRY_OUT,
                )
            except OutOfStock as refusal:
                short.append((share, refusal))
    return short


def _refusal(plan: Plan, short: Sequence[Short]) -> OutOfStock:
    """Return the refusal that tells of all that is short, by SKU and by part."""
    if len(plan.shares) == 1:
        return short[0][1]
    shortages = add_up(refusal.facts["shortages"] for _share, refusal in short)
    if len(plan.command.parts) == 1:
        return OutOfStock(shortages=shortages)
    return OutOfStock(shortages=shortages, parts=_say(short))


def _say(short: Iterable[Short]) -> list[dict[str, Any]]:
    return [
        {"part": share.part_no, "store": share.store.code, **refusal.facts}
        for share, refusal in short
    ]
