"""For which parcel something keeps goods that reserves them under an id of its own."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text, union_all
from sqlalchemy.orm import Session

import inventory.queries
from orders.models import Fulfillment, PutBack, Substitution

_PROMISED = text("""
    SELECT (b ->> 'id')::uuid AS owner_id, f.id
    FROM fulfillment f, jsonb_array_elements(f.promise_inputs #> '{lacks,brings}') b
    WHERE f.status = 'pending' AND (b ->> 'id')::uuid = ANY(:ids)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def find_parcels_behind(session: Session, owner_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the parcel behind each owner of a reservation; unknown ids are left out.

    That is the parcel itself, or the one of a bin to be put back, of a substitute that waits for
    an answer, or of a transfer that carries, or will once it is paid.
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
    if not rest:
        return found
    promised = {row.owner_id: row.id for row in session.execute(_PROMISED, {"ids": list(rest)})}
    return {**found, **promised, **inventory.queries.find_carried(session, rest)}
