"""Run one of our programs with a guard removed or a failpoint set, for tests only.

`python -m tests.support.launch [OPTION…] PROGRAM [ARGUMENT…]`: PROGRAM is `web` (gunicorn's
arguments follow), `sandbox` or a command of `comptoir`. Production code knows nothing of this.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from gunicorn.app import wsgiapp  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import (
    Integer,
    Result,
    Select,
    Text,
    TextClause,
    Uuid,
    any_,
    bindparam,
    event,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, insert
from sqlalchemy.orm import ORMExecuteState, Session

import customers.services
import inventory.queries
import inventory.services
import stores.queries
from app.cli import main as comptoir
from catalog.models import Sku
from catalog.services import pricing
from conversations import arriving
from customers.services import giving
from inventory.services import counting, lock_levels, promising, transferring
from kernel.actors import SYSTEM, Actor
from kernel.db import SessionFactory, transaction
from orders import queries
from orders.commands import OfflineDeed, OfflinePlace
from orders.models import Cart, OfflineFact
from orders.services import (
    carting,
    casework,
    checking,
    choosing,
    handing_over,
    offline,
    placing,
    promoting,
    rejecting,
    reserving,
    telling,
    waving,
)
from orders.services.gathering import Gap, Gathered
from orders.services.writing import NewOrder, Written
from payments.services import visiting
from pos_adapter.services import receiving
from sandbox.__main__ import main as sandbox
from stores.models import ApiKey
from stores.queries import KeyTrust
from stores.services import booking
from tests.support import travel

PLACED = "placed"
A_MOMENT_S = 0.3
MINUTES = ("hold_min", "cap_min")


def main(arguments: Sequence[str] | None = None) -> None:
    """Set what was asked for, then be the program; without arguments, those of this process."""
    options = _options(arguments)
    travel.follow()
    for guard in options.without_guard:
        GUARDS[guard]()
    if options.pause_before_taking_ms:
        pause_before_taking(options.pause_before_taking_ms)
    if options.die_after_placing:
        die_after_placing(options.die_after_placing)
    if options.program == "web":
        sys.argv = ["gunicorn", *options.arguments]
        wsgiapp.run()
    elif options.program == "sandbox":
        travel.follow_everywhere()
        sys.argv = ["sandbox", *options.arguments]
        sandbox()
    else:
        comptoir([options.program, *options.arguments])


def remove_stock_guard() -> None:
    """Reserving looks at the level without locking it, and then trusts what it saw."""
    promising._RESERVE = _changed(  # noqa: SLF001 (the guard is removed here)
        promising._RESERVE,  # noqa: SLF001 (the same)
        ("ORDER BY sku FOR UPDATE", "ORDER BY sku"),
    )


def remove_hold_guard() -> None:
    """Who frees ended holds trusts what the statement saw of them when it began."""
    promising._RESERVE = _changed(  # noqa: SLF001 (the guard is removed here)
        promising._RESERVE,  # noqa: SLF001 (the same)
        ("r.fulfillment_id FOR UPDATE OF r", "r.fulfillment_id"),
    )


def remove_hand_over_guard() -> None:
    """Handing over trusts what was read when the code was checked, for the parcel and the stock.

    Nobody waits for who hands over something of the same order, either.
    """
    checking.hold_money = hold_nothing
    handing_over._TAKE = _arrays(  # noqa: SLF001 (the guard is removed here)
        text("""
            WITH taken AS (
                UPDATE fulfillment_line l SET handed_over = w.quantity
                FROM unnest(:skus, :quantities) AS w (sku, quantity)
                WHERE l.fulfillment_id = :fulfillment_id AND l.sku = w.sku
                RETURNING l.sku)
            SELECT count(*) FROM taken
        """)
    )
    promising._HAND_OVER = _changed(  # noqa: SLF001 (the guard is removed here)
        promising._HAND_OVER,  # noqa: SLF001 (the same)
        ("AND r.quantity >= w.quantity", ""),
        ("quantity = r.quantity - w.quantity", "quantity = greatest(r.quantity - w.quantity, 0)"),
        ("reserved = l.reserved - s.quantity", "reserved = greatest(l.reserved - s.quantity, 0)"),
    )


def hold_nothing(*_: object, **__: object) -> None:
    """Let others at the same order meanwhile."""


def remove_count_guard() -> None:
    """A count books the figure that was counted, whatever happened since."""
    counting._APPLY = _changed(  # noqa: SLF001 (the guard is removed here)
        counting._APPLY,  # noqa: SLF001 (the same)
        (
            "on_hand = l.on_hand + c.difference + c.found",
            "on_hand = c.figure",
        ),
        (
            "SELECT k.sku, w.quantity AS difference,",
            "SELECT k.sku, c.counted AS figure, w.quantity AS difference,",
        ),
    )


def remove_transfer_guard() -> None:
    """Sending looks at the level without locking it, and then trusts what it saw."""
    transferring._SEND = _changed(  # noqa: SLF001 (the guard is removed here)
        transferring._SEND,  # noqa: SLF001 (the same)
        ("ORDER BY sku FOR UPDATE", "ORDER BY sku"),
        ("l.on_hand - l.reserved - l.quarantined >= w.quantity", "k.free >= w.quantity"),
    )


def remove_carry_guard() -> None:
    """What was carried for an order is kept for it a moment after it is on the shelf."""
    keep_for = transferring.keep_for

    def keep_later(session: Session, **facts: Any) -> None:
        @event.listens_for(session, "after_commit", once=True)
        def keep(_session: Session) -> None:
            time.sleep(A_MOMENT_S)
            with transaction() as later:
                keep_for(later, **facts)

    transferring.keep_for = keep_later


def remove_parcel_guard() -> None:
    """A parcel is read without being kept, and then moved on as it was read."""
    _unlock("fulfillment")


def remove_order_guard() -> None:
    """An order is read without being kept, and then changed as it was read."""
    _unlock("sales_order")


def remove_queue_guard() -> None:
    """What waits is read without being kept, and then given as it was read."""
    _unlock("case_file")


def remove_arriving_guard() -> None:
    """Nothing that comes in waits for what else came from the same person."""
    arriving._take_turn = hold_nothing  # noqa: SLF001 (the guard is removed here)


def remove_task_guard() -> None:
    """A task of a store is whose who asked last, whoever took it before."""
    sql = casework._TAKE_TASK.text  # noqa: SLF001 (the guard is removed here)
    guard = "task_taken.taken_at < statement_timestamp() - make_interval(secs => :lasts)"
    if sql.count(guard) != 1:
        message = f"the guard {guard!r} is not there"
        raise ValueError(message)
    casework._TAKE_TASK = text(sql.replace(guard, ":lasts > 0"))  # noqa: SLF001 (the same)


def _unlock(table: str) -> None:
    @event.listens_for(SessionFactory, "do_orm_execute")
    def read(state: ORMExecuteState) -> Result[Any] | None:
        statement = state.statement
        if not isinstance(statement, Select) or statement._for_update_arg is None:  # noqa: SLF001 (the guard is removed here)
            return None
        if f"FROM {table} " not in str(statement).replace("\n", " "):
            return None
        unlocked = statement._clone()  # noqa: SLF001 (the same)
        unlocked._for_update_arg = None  # noqa: SLF001 (the same)
        result = state.invoke_statement(unlocked)
        time.sleep(A_MOMENT_S)
        return result


def remove_choice_guard() -> None:
    """A choice is written down, whoever made it before."""
    choosing._ANSWER = _without(choosing._ANSWER, "AND answered_at IS NULL")  # noqa: SLF001 (the guard is removed here)


def remove_slot_guard() -> None:
    """Booking no longer looks at how many have the slot already."""
    booking._BOOK = _without(booking._BOOK, "AND booked < capacity")  # noqa: SLF001 (the guard is removed here)


def remove_day_guard() -> None:
    """Booking no longer looks at how many are promised for the day already."""
    guard = "WHERE d.booked < :orders_per_day"
    booking._BOOK = _without(booking._BOOK, guard)  # noqa: SLF001 (the guard is removed here)


def remove_wave_guard() -> None:
    """Who begins a walk takes what it sees, whoever looks at it as well."""
    guard, sql = "FOR UPDATE SKIP LOCKED", waving._CHOOSE.text  # noqa: SLF001 (the guard is removed here)
    if sql.count(guard) != 1:
        message = f"the guard {guard!r} is not there"
        raise ValueError(message)
    trusting = text(sql.replace(guard, "")).bindparams(
        bindparam("ids", type_=ARRAY(Uuid)), bindparam("brand_id", type_=Uuid)
    )
    waving._CHOOSE = trusting  # type: ignore[misc]  # noqa: SLF001 (the same)


def remove_lock_guard() -> None:
    """Nobody keeps others from moving what they read: parcels, orders, questions."""

    @event.listens_for(SessionFactory, "do_orm_execute")
    def read_without_locking(state: ORMExecuteState) -> Result[Any] | None:
        statement = state.statement
        if not isinstance(statement, Select) or statement._for_update_arg is None:  # noqa: SLF001 (no other way to see it)
            return None
        plain = statement._generate()  # noqa: SLF001 (a copy of it)
        plain._for_update_arg = None  # noqa: SLF001 (the guard is removed here)
        return state.invoke_statement(statement=plain)


def remove_receipt_guard() -> None:
    """A receipt is looked for first and written down last, with nothing in between to wait at."""
    kept = receiving._KEEP  # noqa: SLF001 (the guard is removed here)
    receiving._TAKE = text(  # noqa: SLF001 (the same)
        """
        SELECT NULL AS last_seq
        WHERE CAST(:kind AS text) IS NOT NULL AND CAST(:ticket_number AS text) IS NOT NULL
            AND CAST(:happened_at AS timestamptz) IS NOT NULL
            AND CAST(:payload_hash AS bytea) IS NOT NULL AND NOT EXISTS (
                SELECT FROM pos_receipt WHERE terminal_id = :terminal_id AND seq = :seq)
        """
    )
    receiving._KEEP = text("""
        INSERT INTO pos_receipt (terminal_id, seq, kind, payload_hash, ticket_number, answer,
                                 happened_at, order_id, return_id)
        VALUES (:terminal_id, :seq, 'sale', '', '', :answer, statement_timestamp(), :order_id,
                :return_id)
        ON CONFLICT DO NOTHING
    """).bindparams(*(bindparam(each.key, type_=each.type) for each in kept._bindparams.values()))  # noqa: SLF001 (the same)


def remove_nonce_guard() -> None:
    """What a tablet told is looked for first and written down last, a moment later."""
    keep = telling.keep

    def look(
        session: Session, deed: OfflineDeed, place: OfflinePlace, **_: Actor
    ) -> telling.DeedAnswer | None:
        if session.get(OfflineFact, (place.device_id, deed.nonce)) is not None:
            return telling.told_before(session, deed, place)
        time.sleep(A_MOMENT_S)
        return None

    def write(
        session: Session,
        deed: OfflineDeed,
        place: OfflinePlace,
        answer: telling.DeedAnswer,
        **facts: Any,
    ) -> None:
        row = telling.describe(deed, place, SYSTEM)
        session.execute(insert(OfflineFact).values(**row).on_conflict_do_nothing())
        keep(session, deed, place, answer, **facts)

    offline.claim, offline.keep = look, write


def remove_promotion_guard() -> None:
    """Counting an order trusts how many had the promotion when the statement looked."""
    promoting._USE = text(  # noqa: SLF001 (the guard is removed here)
        """
        WITH seen AS MATERIALIZED (
            SELECT id, uses, uses_max, pg_sleep(0.3)::text AS nap FROM promotion
            WHERE id = ANY(:ids))
        UPDATE promotion p SET uses = seen.uses + 1 FROM seen
        WHERE p.id = seen.id AND seen.uses < seen.uses_max AND seen.nap IS NOT NULL
        RETURNING p.id
    """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def remove_cart_guard() -> None:
    """Whoever changes or orders a basket trusts the version they read before."""

    def trust(session: Session, cart_id: Any, *, seen_version: int | None, **values: object) -> int:
        now = session.execute(
            select(Cart.version, Cart.order_id).where(Cart.id == cart_id)
        ).one_or_none()
        if now is None or now.order_id or seen_version not in {None, now.version}:
            raise carting._why_not(session, cart_id)  # noqa: SLF001 (as the guard says it)
        time.sleep(A_MOMENT_S)
        raised = update(Cart).where(Cart.id == cart_id).values(version=now.version + 1, **values)
        session.execute(raised)
        return now.version + 1

    carting._touch = trust  # noqa: SLF001 (the guard is removed here)


def remove_price_guard() -> None:
    """Who prices a SKU does not wait for who prices it now."""
    pricing._LOCK = select(Sku.code, Sku.eco_minor, func.pg_sleep(A_MOMENT_S)).where(  # noqa: SLF001 (the same)
        Sku.code == any_(bindparam("skus", type_=ARRAY(Text)))
    )


def remove_customer_guard() -> None:
    """Who orders for the first time trusts what the statement saw of others when it began."""
    giving._GIVE = _without(giving._GIVE, "(SELECT id FROM quicker), ")  # noqa: SLF001 (the guard)


def remove_reservation_guard() -> None:
    """Who reserves counts what they have open while others of theirs are being written down."""
    customers.services.hold_customers = hold_nothing
    counted = queries.count_reservations

    def count_slowly(session: Session, contact_ids: Select[UUID]) -> int:
        found = counted(session, contact_ids)
        time.sleep(A_MOMENT_S)
        return found

    queries.count_reservations = count_slowly


def remove_seen_price_guard() -> None:
    """Nobody compares what an order costs with what its customer was told."""
    placing._refuse_another_price = hold_nothing  # noqa: SLF001 (the guard is removed here)


def remove_visit_guard() -> None:
    """Whoever opens a payment page leaves the one before as it is."""
    visiting.live_checkout = hold_nothing


def remove_announced_guard() -> None:
    """Who waits for announced goods does not keep others from waiting for the same meanwhile."""
    inventory.services.lock_expected = look_at_expected
    read = queries.sum_awaited

    def read_slowly(session: Session, skus: Sequence[str]) -> dict[UUID, dict[str, int]]:
        found = read(session, skus)
        time.sleep(0.2)
        return found

    queries.sum_awaited = read_slowly


def look_at_expected(
    session: Session, location_id: UUID, skus: Sequence[str]
) -> list[inventory.queries.IncomingFacts]:
    """Return what a location expects, as it is at this moment."""
    found = inventory.queries.list_incoming(session, location_id=location_id)
    return [each for each in found if each.sku in skus]


def remove_order_of_locks() -> None:
    """A store that lacks some of an order keeps its own levels locked while it asks others.

    One that gives a parcel to another locks its own levels first, wherever that is.
    """
    gather = reserving.gather

    def keep_locked(session: Session, gap: Gap) -> Gathered:
        lock_levels(session, location_id=gap.store.id, skus=gap.share.quantities)
        return gather(session, gap)

    reserving.gather = keep_locked
    rejecting.keep_both = lambda *_: None


def remove_bringing_guard() -> None:
    """Nobody who brings orders for a shop waits for another who does."""

    def trust(session: Session, key_id: UUID) -> KeyTrust:
        columns = (ApiKey.id, ApiKey.source, ApiKey.order_max_minor, ApiKey.day_max_minor)
        return KeyTrust(*session.execute(select(*columns).where(ApiKey.id == key_id)).one())

    stores.queries.take_trust = trust


GUARDS = {
    "bringing": remove_bringing_guard,
    "customer": remove_customer_guard,
    "announced": remove_announced_guard,
    "visit": remove_visit_guard,
    "seen-price": remove_seen_price_guard,
    "reservation": remove_reservation_guard,
    "order-of-locks": remove_order_of_locks,
    "promotion": remove_promotion_guard,
    "price": remove_price_guard,
    "cart": remove_cart_guard,
    "carry": remove_carry_guard,
    "parcel": remove_parcel_guard,
    "order": remove_order_guard,
    "queue": remove_queue_guard,
    "task": remove_task_guard,
    "arriving": remove_arriving_guard,
    "stock": remove_stock_guard,
    "hold": remove_hold_guard,
    "hand-over": remove_hand_over_guard,
    "count": remove_count_guard,
    "transfer": remove_transfer_guard,
    "slot": remove_slot_guard,
    "day": remove_day_guard,
    "choice": remove_choice_guard,
    "wave": remove_wave_guard,
    "lock": remove_lock_guard,
    "receipt": remove_receipt_guard,
    "nonce": remove_nonce_guard,
}


def pause_before_taking(pause_ms: int) -> None:
    """A hand-over waits between its check and its guarded statement: everybody passed the check.

    So does a receipt, between its effect and its last word, and who takes a task of a store.
    """

    @event.listens_for(SessionFactory, "do_orm_execute")
    def wait(state: ORMExecuteState) -> None:
        moments = {handing_over._TAKE, receiving._KEEP, casework._TAKE_TASK}  # noqa: SLF001 (the moments that matter)
        if state.statement in moments:
            time.sleep(pause_ms / 1000)


def die_after_placing(armed: Path) -> None:
    """Once `armed` exists, the process that commits the next order kills itself: once only."""
    write_order = placing.write_order

    def notice(session: Session, order: NewOrder) -> Written:
        session.info[PLACED] = True
        return write_order(session, order)

    placing.write_order = notice

    @event.listens_for(SessionFactory, "after_commit")
    def die(session: Session) -> None:
        if PLACED in session.info:
            with suppress(FileNotFoundError):
                armed.unlink()
                os.kill(os.getpid(), signal.SIGKILL)


def _changed(statement: TextClause, *changes: tuple[str, str]) -> TextClause:
    """Return the statement with each guard replaced.

    Raises ValueError when one is not there: the control would prove nothing.
    """
    sql = statement.text
    for guard, instead in changes:
        if sql.count(guard) != 1:
            message = f"the guard {guard!r} is not there"
            raise ValueError(message)
        sql = sql.replace(guard, instead)
    return _arrays(text(sql))


def _without(statement: TextClause, guard: str) -> TextClause:
    """Return the statement without a guard, its parameters kept.

    Raises ValueError when it is not there: the control would prove nothing.
    """
    if statement.text.count(guard) != 1:
        message = f"the guard {guard!r} is not there"
        raise ValueError(message)
    kept = [bindparam(each.key, type_=each.type) for each in statement._bindparams.values()]  # noqa: SLF001 (the only way to read them)
    return text(statement.text.replace(guard, "")).bindparams(*kept)


def _arrays(statement: TextClause) -> TextClause:
    return statement.bindparams(
        bindparam("skus", type_=ARRAY(Text)),
        bindparam("quantities", type_=ARRAY(INTEGER)),
        *(bindparam(each, type_=Integer) for each in MINUTES if f":{each}" in statement.text),
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.launch", description=__doc__)
    parser.add_argument("--without-guard", action="append", default=[], choices=GUARDS)
    parser.add_argument("--pause-before-taking-ms", type=int, default=0)
    parser.add_argument("--die-after-placing", type=Path, help="armed while this file exists")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
