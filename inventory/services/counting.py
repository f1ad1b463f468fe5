"""Counting: blind, figure by figure, then booked or shown to somebody who decides."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from inventory.commands import CountStatus, OpenCount
from inventory.errors import (
    CountState,
    NotCounted,
    NothingToCount,
    OwnCount,
    UnknownCount,
    UnknownTask,
)
from inventory.events import (
    CountApplied,
    CountCancelled,
    CountEntered,
    CountOpened,
    CountRejected,
    CountSubmitted,
)
from inventory.models import CountTask, StockCount, StockCountLine, StockLevel
from inventory.services.shortages import weigh_shortages
from inventory.services.statements import ensure_levels, lock_levels, run, statement
from kernel import events
from kernel.actors import Actor, ActorKind
from kernel.clock import db_now
from kernel.db import sorted_items
from kernel.ids import new_id

SKUS_NAMED_MAX = 100

_ENTER = statement("""
    seen AS MATERIALIZED (
        SELECT w.sku, w.quantity, coalesce(k.on_hand, 0) AS on_hand, (
            SELECT coalesce(sum(r.set_aside), 0) FROM reservation r
            WHERE r.location_id = :location_id AND r.sku = w.sku AND r.quantity > 0) AS in_bins
        FROM wanted w LEFT JOIN locked k ON k.sku = w.sku)
    UPDATE stock_count_line c
    SET counted = s.quantity, in_bins = s.in_bins, shelf = s.on_hand - s.in_bins,
        counted_at = statement_timestamp()
    FROM seen s WHERE c.count_id = :count_id AND c.sku = s.sku RETURNING c.sku
""")

_APPLY = statement("""
    counted AS MATERIALIZED (
        SELECT k.sku, w.quantity AS difference, greatest(-(k.on_hand + w.quantity), 0) AS found,
               greatest(k.quarantined - (
                   SELECT coalesce(sum(m.quarantined_delta), 0) FROM stock_movement m
                   WHERE m.location_id = :location_id AND m.sku = k.sku
                     AND m.quarantined_delta > 0 AND m.recorded_at > c.counted_at), 0) AS cleared
        FROM wanted w JOIN locked k ON k.sku = w.sku
        JOIN stock_count_line c ON c.count_id = :count_id AND c.sku = w.sku),
    changed AS (
        UPDATE stock_level l SET on_hand = l.on_hand + c.difference + c.found,
                                 quarantined = l.quarantined - c.cleared
        FROM counted c WHERE l.location_id = :location_id AND l.sku = c.sku)
    INSERT INTO stock_movement (location_id, sku, kind, on_hand_delta, quarantined_delta, cause,
                                cause_id, reason)
    SELECT :location_id, c.sku, m.kind, m.on_hand, m.quarantined, 'count', :count_id, 'counted'
    FROM counted c, LATERAL (
        VALUES (1, 'found', c.found, 0), (2, 'adjusted', c.difference, 0),
               (3, 'cleared', 0, -c.cleared)) AS m (place, kind, on_hand, quarantined)
    WHERE m.on_hand <> 0 OR m.quarantined <> 0 ORDER BY c.sku, m.place
""")

_CLOSE_TASKS = text("""
    UPDATE count_task t SET closed_at = statement_timestamp(), count_id = :count_id
    FROM stock_count_line c JOIN stock_level l ON l.location_id = :location_id AND l.sku = c.sku
    WHERE c.count_id = :count_id AND t.location_id = :location_id AND t.sku = c.sku
      AND t.closed_at IS NULL AND t.opened_at <= c.counted_at AND l.quarantined = 0
""")

_TAKE_TASKS = text("""
    UPDATE count_task SET count_id = :count_id
    WHERE location_id = :location_id AND sku = ANY(:skus) AND closed_at IS NULL
      AND count_id IS NULL
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


def open_count(session: Session, command: OpenCount, *, actor: Actor) -> UUID:
    """Begin to count SKUs at a location; return the count's id.

    Raises UnknownSku, UnknownTask or NothingToCount.
    """
    catalog.queries.require_skus(session, command.skus)
    skus = sorted({*command.skus, *_of_category(session, command), *_of_tasks(session, command)})
    if not skus:
        raise NothingToCount
    count = StockCount(
        id=new_id(),
        location_id=command.location_id,
        status=CountStatus.OPEN,
        note=command.note,
        opened_by=actor.id,
        opened_by_name=actor.name,
    )
    session.add(count)
    session.flush()
    session.add_all(StockCountLine(count_id=count.id, sku=sku) for sku in skus)
    session.flush()
    values = {"count_id": count.id, "location_id": count.location_id, "skus": skus}
    session.execute(_TAKE_TASKS, values)
    events.record(session, CountOpened(**_ids(count), skus=len(skus)), actor=actor)
    return count.id


def enter_count(
    session: Session, count_id: UUID, *, counted: Mapping[str, int], actor: Actor
) -> None:
    """Take down what lies on the shelf, beside what the books say of it at this moment.

    What lies in bins is on hand but not on the shelf. A figure entered again replaces the first.

    Raises UnknownCount, CountState, or NotCounted with the SKUs that are not part of the count.
    """
    count = _lock(session, count_id, actor=actor)
    if count.status is not CountStatus.OPEN:
        raise CountState(state=count.status.value)
    lock_levels(session, location_id=count.location_id, skus=counted)
    rows = run(session, _ENTER, counted, location_id=count.location_id, count_id=count.id)
    strange = set(counted) - {row.sku for row in rows}
    if strange:
        raise NotCounted(skus=sorted(strange))
    events.record(session, CountEntered(**_ids(count), skus=len(counted)), actor=actor)


def tally_count(session: Session, count_id: UUID, *, sku: str, actor: Actor) -> int:
    """Take down one unit more of a SKU than was counted so far; return how many that are.

    Two who scan for the same count do not lose each other's units.

    Raises UnknownCount, CountState, or NotCounted when the SKU is not part of the count.
    """
    _lock(session, count_id, actor=actor)
    before = session.execute(
        select(StockCountLine.counted).where(
            StockCountLine.count_id == count_id, StockCountLine.sku == sku
        )
    ).scalar_one_or_none()
    counted = (before or 0) + 1
    enter_count(session, count_id, counted={sku: counted}, actor=actor)
    return counted


def submit_count(session: Session, count_id: UUID, *, actor: Actor) -> CountStatus:
    """Finish counting; return whether it is booked, or waits because it differs by too much.

    By how many units a SKU may differ without anybody's approval is a setting of the store.

    Raises UnknownCount, CountState, or NotCounted with the SKUs that have no figure yet.
    """
    count = _lock(session, count_id, actor=actor)
    if count.status is not CountStatus.OPEN:
        raise CountState(state=count.status.value)
    lines = _lines(session, count.id)
    open_skus = [line.sku for line in lines if line.counted is None]
    if open_skus:
        raise NotCounted(skus=open_skus[:SKUS_NAMED_MAX])
    count.submitted_at = db_now(session)
    differences = _differences(lines)
    limit = stores.queries.get_rules(session, count.location_id).count_limit_units
    if all(abs(difference) <= limit for difference in differences.values()):
        _apply(session, count, differences, actor=actor)
        return count.status
    count.move_to(CountStatus.SUBMITTED)
    session.flush()
    events.record(session, CountSubmitted(**_ids(count)), actor=actor)
    return count.status


def approve_count(session: Session, count_id: UUID, *, actor: Actor) -> None:
    """Book the differences of a count that waits.

    Raises UnknownCount, CountState, or OwnCount when the actor counted and is no admin.
    """
    count = _waiting(session, count_id, actor=actor)
    _decide(count, actor)
    _apply(session, count, _differences(_lines(session, count.id)), actor=actor)


def reject_count(session: Session, count_id: UUID, *, reason: str, actor: Actor) -> None:
    """Book nothing of a count that waits; its tasks wait for another count.

    Raises UnknownCount, CountState, or OwnCount when the actor counted and is no admin.
    """
    count = _waiting(session, count_id, actor=actor)
    _decide(count, actor)
    count.move_to(CountStatus.REJECTED)
    _end_unbooked(session, count)
    events.record(session, CountRejected(**_ids(count)), actor=actor, reason=reason)


def cancel_count(session: Session, count_id: UUID, *, actor: Actor) -> None:
    """Give up counting: nothing is booked, its tasks wait for another count.

    Raises UnknownCount or CountState.
    """
    count = _lock(session, count_id, actor=actor)
    count.move_to(CountStatus.CANCELLED)
    _end_unbooked(session, count)
    events.record(session, CountCancelled(**_ids(count)), actor=actor)


def _ids(count: StockCount) -> dict[str, UUID]:
    return {"count_id": count.id, "location_id": count.location_id}


def _of_category(session: Session, command: OpenCount) -> list[str]:
    if command.category_code is None:
        return []
    of_category = catalog.queries.select_skus_of_category(command.category_code)
    return list(
        session.execute(
            select(StockLevel.sku).where(
                StockLevel.location_id == command.location_id, StockLevel.sku.in_(of_category)
            )
        ).scalars()
    )


def _of_tasks(session: Session, command: OpenCount) -> list[str]:
    if not command.task_ids:
        return []
    found = session.execute(
        select(CountTask.id, CountTask.sku).where(
            CountTask.id.in_(command.task_ids),
            CountTask.location_id == command.location_id,
            CountTask.closed_at.is_(None),
        )
    ).all()
    missing = set(command.task_ids) - {row.id for row in found}
    if missing:
        raise UnknownTask(task_ids=sorted(str(each) for each in missing))
    return [row.sku for row in found]


def _lock(session: Session, count_id: UUID, *, actor: Actor) -> StockCount:
    count = session.execute(
        select(StockCount)
        .where(StockCount.id == count_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if count is None or not actor.sees_location(count.location_id):
        raise UnknownCount(count_id=str(count_id))
    return count


def _waiting(session: Session, count_id: UUID, *, actor: Actor) -> StockCount:
    count = _lock(session, count_id, actor=actor)
    if count.status is not CountStatus.SUBMITTED:
        raise CountState(state=count.status.value)
    if count.opened_by == actor.id and actor.kind is not ActorKind.ADMIN:
        raise OwnCount
    return count


def _decide(count: StockCount, actor: Actor) -> None:
    count.decided_by = actor.id
    count.decided_by_name = actor.name


def _lines(session: Session, count_id: UUID) -> list[StockCountLine]:
    rows = session.execute(
        select(StockCountLine)
        .where(StockCountLine.count_id == count_id)
        .order_by(StockCountLine.sku)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


def _differences(lines: list[StockCountLine]) -> dict[str, int]:
    return {
        line.sku: line.counted - line.shelf
        for line in lines
        if line.counted is not None and line.shelf is not None
    }


def _apply(
    session: Session, count: StockCount, differences: Mapping[str, int], *, actor: Actor
) -> None:
    """Add the differences to what is on hand now; what was sold since was not counted twice."""
    count.move_to(CountStatus.APPLIED)
    count.decided_at = db_now(session)
    session.flush()
    here = {"location_id": count.location_id, "count_id": count.id}
    ensure_levels(session, location_id=count.location_id, skus=differences)
    lock_levels(session, location_id=count.location_id, skus=differences)
    skus, quantities = sorted_items(differences)
    session.execute(_APPLY, {"skus": skus, "quantities": quantities, **here})
    session.execute(_CLOSE_TASKS, here)
    weigh_shortages(session, location_id=count.location_id, skus=differences, actor=actor)
    changed = {sku: difference for sku, difference in differences.items() if difference}
    events.record(session, CountApplied(**_ids(count), differences=changed), actor=actor)


def _end_unbooked(session: Session, count: StockCount) -> None:
    count.decided_at = db_now(session)
    session.flush()
    session.execute(
        update(CountTask)
        .where(CountTask.count_id == count.id, CountTask.closed_at.is_(None))
        .values(count_id=None)
    )
