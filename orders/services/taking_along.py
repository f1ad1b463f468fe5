"""What a customer takes along at once: paid, it is theirs, and off the shelf."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

import inventory.services
from kernel import events
from kernel.actors import Actor, ActorKind
from kernel.ids import new_id
from orders.commands import Found, counter_channel
from orders.events import FulfillmentHandedOver

_TAKE = text("""
    WITH parcel AS (
        UPDATE fulfillment SET status = 'handed_over', ended_at = statement_timestamp()
        WHERE id = :fulfillment_id AND status = 'new' AND method = 'carry_out' RETURNING id),
    lines AS (
        UPDATE fulfillment_line l SET picked = l.quantity, handed_over = l.quantity
        FROM parcel WHERE l.fulfillment_id = parcel.id),
    given AS (
        INSERT INTO hand_over (id, fulfillment_id, location_id, found, quantities, staff_id,
                               staff_name, device_id, terminal_id)
        SELECT :hand_over_id, parcel.id, :location_id, :found, :quantities, :staff_id, :staff_name,
               :device_id, :terminal_id
        FROM parcel)
    SELECT id FROM parcel
""").bindparams(
    bindparam("quantities", type_=JSONB),
    *(bindparam(each, type_=Uuid) for each in ("staff_id", "device_id", "terminal_id")),
)
"""From `new` to `handed_over` is the one move of what is taken along."""


def take_along(
    session: Session, ids: Mapping[str, UUID], *, quantities: Mapping[str, int], actor: Actor
) -> None:
    """The customer leaves with what they paid for: it is handed over and off the shelf.

    `ids` are those of the parcel, its order and its location. The caller keeps others from moving
    the parcel, which is `new`.
    """
    is_till = actor.kind is ActorKind.TERMINAL
    hand_over_id = new_id()
    values = {
        "fulfillment_id": ids["fulfillment_id"],
        "location_id": ids["location_id"],
        "hand_over_id": hand_over_id,
        "found": Found.SEARCH.value,
        "quantities": dict(quantities),
        "staff_id": None if is_till else actor.id,
        "staff_name": actor.name,
        "device_id": actor.device_id,
        "terminal_id": actor.id if is_till else None,
    }
    session.flush()
    session.execute(_TAKE, values).one()
    session.expire_all()  # it was moved behind the back of whoever had read it
    inventory.services.hand_over(
        session,
        fulfillment_id=ids["fulfillment_id"],
        location_id=ids["location_id"],
        quantities=quantities,
    )
    given = FulfillmentHandedOver(
        **ids,
        channel=counter_channel(actor.kind),
        hand_over_id=hand_over_id,
        quantities=dict(quantities),
        found=Found.SEARCH.value,
        complete=True,
    )
    events.record(session, given, actor=actor)
