"""What a customer does not want at the counter: no longer owed, and somebody sees to the goods."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

import inventory.services
from inventory.commands import Doubt, StockEffect
from kernel import events
from kernel.actors import Actor
from orders.events import ArticlesRefused
from orders.models import Fulfillment
from orders.services.checking import Refusing
from orders.services.parcels import Locked, load_lines
from orders.services.putting_back import ask_put_back

REFUSED: Final = "refused"


def leave_behind(
    session: Session,
    parcel: Fulfillment,
    refused: Mapping[str, Refusing],
    *,
    actor: Actor,
) -> None:
    """Have what was refused put back on the shelf, or doubted where its reason says so.

    The parcel is locked, and its lines no longer owe it.
    """
    locked = Locked(parcel, load_lines(session, parcel.id))
    fine = {sku: each.quantity for sku, each in refused.items() if each.effect is StockEffect.NONE}
    if fine:
        ask_put_back(session, locked, fine, why=REFUSED, actor=actor)
    for sku, each in sorted(refused.items()):
        if each.effect is not StockEffect.NONE:
            _doubt(session, locked, sku, each, actor=actor)
    told = {
        sku: {"quantity": each.quantity, "reason": each.reason} for sku, each in refused.items()
    }
    events.record(session, ArticlesRefused(**locked.ids, refused=told), actor=actor)


def _doubt(session: Session, locked: Locked, sku: str, each: Refusing, *, actor: Actor) -> None:
    inventory.services.release(
        session, **locked.stock, quantities={sku: each.quantity}, reason=each.reason
    )
    seen = Doubt(
        fulfillment_id=locked.parcel.id,
        location_id=locked.parcel.location_id,
        sku=sku,
        quantity=each.quantity,
        effect=each.effect,
        reason=each.reason,
    )
    inventory.services.doubt(session, seen, actor=actor)
