"""An amendment of which only a part of a parcel goes elsewhere: the rest stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from kernel.ids import new_id
from orders.commands import AmendParcel
from orders.errors import NotOrdered
from orders.models import Fulfillment
from orders.services.amending_places import refuse_late
from orders.services.locked import Locked
from orders.services.parcels import load_lines
from orders.services.splitting import move_line


@dataclass(frozen=True, slots=True)
class Part:
    """What of a parcel goes elsewhere, by itself; its goods are still promised to what it is of."""

    said: AmendParcel
    locked: Locked
    of: Locked


def part_off(
    session: Session, said: AmendParcel, locked: Locked
) -> tuple[AmendParcel, Part | None]:
    """Have only a part of a parcel go elsewhere, where that is said; return how the rest is to be.

    Raises NotOrdered where the parcel has fewer, or TooLateToAmend.
    """
    owed, part = locked.owed, said.part
    wanted = {sku: units for sku, units in said.quantities.items() if owed.get(sku, 0) != units}
    if not part or (part == owed and not wanted):
        return replace(said, part={}), None
    if any(units > min(wanted.get(sku, units), owed.get(sku, 0)) for sku, units in part.items()):
        raise NotOrdered(open=owed)
    refuse_late(session, locked)
    stays = {sku: units - part.get(sku, 0) for sku, units in wanted.items()}
    goes = replace(said, quantities={}, part={})
    fresh = _open(session, locked, part)
    return AmendParcel(locked.parcel.id, stays), Part(goes, fresh, locked)


def _open(session: Session, locked: Locked, part: Mapping[str, int]) -> Locked:
    """Open a parcel for a part of another: at the same place, in the same way, as far on."""
    old = locked.parcel
    fresh = Fulfillment(
        id=new_id(),
        order_id=old.order_id,
        location_id=old.location_id,
        method=old.method,
        status=old.status,
        promised_at=old.promised_at,
        promise_inputs=old.promise_inputs,
        pending_until=old.pending_until,
        accept_by=old.accept_by,
        release_at=old.release_at,
        address_id=old.address_id,
        delivery_method_id=old.delivery_method_id,
        arrives_from=old.arrives_from,
        arrives_by=old.arrives_by,
        created_at=old.created_at,  # what it may be held for counts from there
    )
    session.add(fresh)
    session.flush()
    for sku, units in part.items():
        move_line(session, locked, fresh, sku=sku, quantity=units)
    return Locked(fresh, load_lines(session, fresh.id))
