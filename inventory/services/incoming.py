"""What is expected to come in, and what of it has."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, cast, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session

import catalog.queries
from inventory.commands import ExpectGoods
from inventory.errors import UnknownIncoming
from inventory.events import GoodsExpected, IncomingClosed, IncomingMoved
from inventory.models import Incoming
from inventory.queries.incoming import IncomingFacts, incoming_facts
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW, db_now
from kernel.db import sorted_items
from kernel.ids import new_id

_MATCH = text("""
    WITH wanted AS (
        SELECT * FROM unnest(:skus, :quantities) AS w (sku, quantity)),
    expected AS MATERIALIZED (
        SELECT id, sku, expected_on, quantity - received AS due FROM incoming
        WHERE location_id = :location_id AND sku = ANY(:skus) AND closed_at IS NULL
          AND transfer_id IS NULL AND (:reference IS NULL OR reference = :reference)
          AND (cardinality(:incoming_ids) = 0 OR id = ANY(:incoming_ids))
        ORDER BY sku, expected_on, id FOR UPDATE),
    shared AS (
        SELECT e.id, least(e.due, w.quantity - sum(e.due) OVER before + e.due) AS arrived
        FROM expected e JOIN wanted w USING (sku)
        WINDOW before AS (PARTITION BY e.sku ORDER BY e.expected_on, e.id))
    UPDATE incoming i
    SET received = i.received + s.arrived,
        closed_at = CASE WHEN i.received + s.arrived >= i.quantity THEN statement_timestamp() END
    FROM shared s WHERE i.id = s.id AND s.arrived > 0
""").bindparams(
    bindparam("skus", type_=ARRAY(Text)),
    bindparam("quantities", type_=ARRAY(INTEGER)),
    bindparam("incoming_ids", type_=ARRAY(Uuid)),
    bindparam("reference", type_=Text),
)

_ARRIVE = text("""
    UPDATE incoming i
    SET received = i.received + w.quantity,
        closed_at = CASE WHEN i.received + w.quantity >= i.quantity
                         THEN coalesce(i.closed_at, statement_timestamp()) END
    FROM unnest(:skus, :quantities) AS w (sku, quantity)
    WHERE i.transfer_id = :transfer_id AND i.sku = w.sku
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(INTEGER)))


def expect_goods(session: Session, command: ExpectGoods, *, actor: Actor) -> dict[str, UUID]:
    """Have a location expect goods on a day; return the id of what is expected of each SKU.

    Raises UnknownSku.
    """
    catalog.queries.require_skus(session, command.quantities)
    rows = {
        sku: Incoming(
            id=new_id(),
            location_id=command.location_id,
            sku=sku,
            quantity=quantity,
            expected_on=command.expected_on,
            reference=command.reference,
        )
        for sku, quantity in sorted(command.quantities.items())
    }
    session.add_all(rows.values())
    session.flush()
    fact = GoodsExpected(
        expectation_id=new_id(),
        location_id=command.location_id,
        quantities=dict(command.quantities),
        expected_on=command.expected_on.isoformat(),
        reference=command.reference,
    )
    events.record(session, fact, actor=actor)
    return {sku: row.id for sku, row in rows.items()}


def move_incoming(session: Session, incoming_id: UUID, *, expected_on: date, actor: Actor) -> None:
    """Have goods be expected on another day.

    Raises UnknownIncoming.
    """
    row = _lock(session, incoming_id, actor=actor)
    row.expected_on = expected_on
    session.flush()
    fact = IncomingMoved(
        incoming_id=row.id, location_id=row.location_id, expected_on=expected_on.isoformat()
    )
    events.record(session, fact, actor=actor)


def close_incoming(session: Session, incoming_id: UUID, *, reason: str, actor: Actor) -> None:
    """Expect the rest of these goods no longer.

    Raises UnknownIncoming, also for what comes by a transfer: that is closed itself.
    """
    row = _lock(session, incoming_id, actor=actor)
    if row.transfer_id is not None:
        raise UnknownIncoming(incoming_id=str(incoming_id))
    row.closed_at = db_now(session)
    session.flush()
    fact = IncomingClosed(incoming_id=row.id, location_id=row.location_id)
    events.record(session, fact, actor=actor, reason=reason)


def match_incoming(
    session: Session,
    *,
    location_id: UUID,
    quantities: Mapping[str, int],
    incoming_ids: Sequence[UUID] = (),
    reference: str | None = None,
) -> None:
    """Take what came in off what was expected, the oldest day first.

    Only what is named by id or reference is taken into account, where something is. What was not
    expected, and what comes by a transfer, changes nothing here.

    Raises UnknownIncoming when one of the ids is not expected at this location.
    """
    _require_expected(session, incoming_ids, location_id=location_id)
    skus, amounts = sorted_items(quantities)
    values = {
        "location_id": location_id,
        "skus": skus,
        "quantities": amounts,
        "incoming_ids": list(incoming_ids),
        "reference": reference,
    }
    session.execute(_MATCH, values)


def lock_expected(session: Session, location_id: UUID, skus: Sequence[str]) -> list[IncomingFacts]:
    """Return what a location expects of these SKUs from today on, and keep others from changing it.

    What comes by a transfer for sale counts too.
    """
    rows = session.execute(
        select(Incoming)
        .where(
            Incoming.location_id == location_id,
            Incoming.sku.in_(skus),
            Incoming.closed_at.is_(None),
            Incoming.expected_on >= cast(DB_NOW, Date),
        )
        .order_by(Incoming.sku, Incoming.expected_on, Incoming.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    return [incoming_facts(row) for row in rows]


def arrive(session: Session, *, transfer_id: UUID, quantities: Mapping[str, int]) -> None:
    """Take what arrived by a transfer off what was expected by it."""
    skus, amounts = sorted_items(quantities)
    values = {"transfer_id": transfer_id, "skus": skus, "quantities": amounts}
    session.execute(_ARRIVE, values)


def end_of_transfer(session: Session, transfer_id: UUID) -> None:
    """Expect nothing more by this transfer."""
    session.execute(
        update(Incoming)
        .where(Incoming.transfer_id == transfer_id, Incoming.closed_at.is_(None))
        .values(closed_at=DB_NOW)
    )


def _lock(session: Session, incoming_id: UUID, *, actor: Actor) -> Incoming:
    row = session.execute(
        select(Incoming)
        .where(Incoming.id == incoming_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or row.closed_at or not actor.sees_location(row.location_id):
        raise UnknownIncoming(incoming_id=str(incoming_id))
    return row


def _require_expected(session: Session, incoming_ids: Sequence[UUID], *, location_id: UUID) -> None:
    if not incoming_ids:
        return
    found = session.execute(
        select(Incoming.id).where(
            Incoming.id.in_(incoming_ids),
            Incoming.location_id == location_id,
            Incoming.closed_at.is_(None),
            Incoming.transfer_id.is_(None),
        )
    ).scalars()
    missing = set(incoming_ids) - set(found)
    if missing:
        raise UnknownIncoming(incoming_ids=sorted(str(each) for each in missing))
