"""Where SKUs lie in a store, told by lists: a row says which SKU lies at which place."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import catalog.queries
from inventory.events import ShelvesPlaced
from kernel import events
from kernel.actors import Actor
from kernel.ids import new_id

_PLACE = text("""
    INSERT INTO shelf_place AS p (location_id, sku, place)
    SELECT :location_id, sku, place FROM unnest(:skus, :places) AS w (sku, place)
    WHERE place IS NOT NULL ORDER BY sku
    ON CONFLICT (location_id, sku) DO UPDATE SET place = excluded.place
    WHERE p.place <> excluded.place RETURNING sku
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("places", type_=ARRAY(Text)))

_FORGET = text("""
    DELETE FROM shelf_place WHERE location_id = :location_id AND sku = ANY(:skus) RETURNING sku
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


def place_skus(
    session: Session, *, location_id: UUID, places: Mapping[str, str | None], actor: Actor
) -> int:
    """Have each SKU lie at its place in a store, or nowhere; return of how many that is new.

    Raises UnknownSku.
    """
    catalog.queries.require_skus(session, places)
    ordered = sorted(places)
    values = {
        "location_id": location_id,
        "skus": ordered,
        "places": [places[sku] for sku in ordered],
    }
    changed = len(session.execute(_PLACE, values).all())
    gone = [sku for sku in ordered if places[sku] is None]
    if gone:
        forgotten = session.execute(_FORGET, {"location_id": location_id, "skus": gone})
        changed += len(forgotten.all())
    if changed:
        fact = ShelvesPlaced(list_id=new_id(), location_id=location_id, skus=changed)
        events.record(session, fact, actor=actor)
    return changed
