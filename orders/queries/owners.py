"""For which parcel something keeps goods that reserves them under an id of its own."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

import inventory.queries
from orders.models import Fulfillment, PutBack, Substitution


def find_parcels_behind(session: Session, owner_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the parcel behind each owner of a reservation; unknown ids are left out.

    That is the parcel itself, or the one of a bin to be put back, of a substitute that waits for
    an answer, or of a transfer that carries.
    """
    wanted = set(owner_ids)
    if not wanted:
        return {}
    rows = session.execute(
        union_all(
            select(Fulfillment.id, Fulfillment.id).where(Fulfillment.id.in_(wanted)),
            select(PutBack.id, PutBack.fulfillment_id).where(PutBack.id.in_(wanted)),
            select(Substitution.id, Substitution.fulfillment_id).where(Substitution.id.in_(wanted)),
        )
    )
    found = {row[0]: row[1] for row in rows}
    rest = wanted - set(found)
    return {**found, **inventory.queries.find_carried(session, rest)} if rest else found
