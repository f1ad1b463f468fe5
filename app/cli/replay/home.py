"""Parcels of a replay that are brought: packed, sent, delivered or back again."""

from typing import Final
from uuid import UUID

import orders.queries
import orders.services
from app.cli.replay.ageing import let_thinking_pass
from app.cli.replay.opening import CARRIER
from app.cli.replay.ways import undecided_of
from inventory.commands import Disposition
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import Box, DeliveryFailure, Pack, Status
from orders.queries import FulfillmentFacts

UNDER_WAY: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING})


def pack(parcel: FulfillmentFacts) -> None:
    """Have a parcel picked and packed, and its money asked for; a packed one stays so.

    Raises the refusals of the steps.
    """
    if parcel.status not in UNDER_WAY:
        return
    let_thinking_pass(parcel.id)
    goods = {
        line.sku: line.quantity - line.cancelled
        for line in parcel.lines
        if line.quantity > line.cancelled
    }
    undecided = undecided_of(parcel)
    with transaction() as session:
        if parcel.status is Status.NEW:
            orders.services.accept(session, parcel.id, actor=SYSTEM)
        if undecided:
            orders.services.pick(session, parcel.id, quantities=undecided, actor=SYSTEM)
        orders.services.pack(session, parcel.id, Pack(CARRIER, [Box(goods)]), actor=SYSTEM)


def bring(fulfillment_id: UUID, *, comes_back: bool) -> None:
    """A packed parcel is sent and delivered, or comes back; goes on where it stopped.

    Raises the refusals of the steps.
    """
    with transaction() as session:
        parcel = orders.queries.get_fulfillment(session, fulfillment_id, actor=SYSTEM)
        if parcel.status is Status.PACKED:
            orders.services.ship(session, fulfillment_id, actor=SYSTEM)
        if parcel.status not in {Status.PACKED, Status.SHIPPED}:
            return
        if not comes_back:
            orders.services.confirm_delivery(session, fulfillment_id, actor=SYSTEM)
            return
        orders.services.report_failed_delivery(
            session, fulfillment_id, reason=DeliveryFailure.ABSENT.value, actor=SYSTEM
        )
        orders.services.return_to_store(
            session, fulfillment_id, disposition=Disposition.RESTOCK, actor=SYSTEM
        )
