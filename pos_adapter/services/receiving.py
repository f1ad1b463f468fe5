"""Taking a receipt in: exactly once per till and number, whatever it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid as SqlUuid
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

import orders.services
import stores.queries
from kernel.actors import Actor
from kernel.ids import read_order_number, show_order_number
from orders.commands import ReturnedLine, SellAtTill, TakeBack
from orders.errors import UnknownOrder
from pos_adapter.commands import ReceiptKind, RecordReceipt
from pos_adapter.errors import (
    ForeignCurrency,
    ReceiptAltered,
    ReceiptTooFarAhead,
    ReceiptUnbalanced,
)
from pos_adapter.models import Receipt
from pos_adapter.services.collecting import collect
from pos_adapter.services.reading import Read, merge_returned, merge_sold, read_lines
from pos_adapter.services.watching import APPLIED, case_key
from stores.queries import StoreFacts


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a till is told of its receipt; `repeated` when it was told before."""

    answer: Mapping[str, Any]
    repeated: bool


AHEAD_MAX: Final = 10_000
"""How far a number may lie beyond the last one: weeks of receipts, sent newest first."""

_TAKE = text("""
    INSERT INTO pos_receipt (terminal_id, seq, kind, payload_hash, ticket_number, answer,
                             happened_at)
    VALUES (:terminal_id, :seq, :kind, :payload_hash, :ticket_number, '{}', :happened_at)
    ON CONFLICT DO NOTHING
    RETURNING (SELECT max(seq) FROM pos_receipt WHERE terminal_id = :terminal_id) AS last_seq
""")
_KEEP: Final = text("""
    UPDATE pos_receipt SET order_id = :order_id, return_id = :return_id, answer = :answer
    WHERE terminal_id = :terminal_id AND seq = :seq
""").bindparams(
    bindparam("answer", type_=JSONB),
    *(bindparam(each, type_=SqlUuid) for each in ("order_id", "return_id")),
)


def record_receipt(session: Session, command: RecordReceipt, *, actor: Actor) -> Recorded:
    """Have what a receipt tells be true here, once: a second sender waits and gets the same answer.

    Raises ReceiptAltered when another receipt was taken in under this number, ReceiptTooFarAhead,
    ReceiptUnbalanced, ForeignCurrency, MixedLines, UnknownSku, UnknownOrder or MoreThanHandedOver.
    """
    values = {
        "terminal_id": command.terminal_id,
        "seq": command.seq,
        "kind": command.kind.value,
        "payload_hash": command.payload_hash,
        "ticket_number": command.ticket_number,
        "happened_at": command.happened_at,
    }
    taken = session.execute(_TAKE, values).first()
    if taken is None:
        return _repeat(session, command)
    if taken.last_seq is not None and command.seq > taken.last_seq + AHEAD_MAX:
        raise ReceiptTooFarAhead(
            seq=command.seq, last_seq=taken.last_seq, at_most=taken.last_seq + AHEAD_MAX
        )
    store = _require_balance(session, command)
    goods = [line for line in command.lines if not line.is_payment]
    read = read_lines(session, goods, language=store.default_language)
    act = _sell if command.kind is ReceiptKind.SALE else _take_back
    answer, order_id, return_id = act(session, command, read, store, actor)
    told = {"seq": command.seq, "kind": command.kind.value, **answer}
    session.execute(
        _KEEP,
        {
            "terminal_id": command.terminal_id,
            "seq": command.seq,
            "order_id": order_id,
            "return_id": return_id,
            "answer": told,
        },
    )
    key = case_key(command.terminal_id, command.seq)
    orders.services.settle_case(session, key, resolution=APPLIED, actor=actor)
    return Recorded(told, repeated=False)


def _repeat(session: Session, command: RecordReceipt) -> Recorded:
    row = session.execute(
        select(Receipt.payload_hash, Receipt.answer).where(
            Receipt.terminal_id == command.terminal_id, Receipt.seq == command.seq
        )
    ).one()
    if row.payload_hash != command.payload_hash:
        raise ReceiptAltered(seq=command.seq)
    return Recorded(row.answer, repeated=True)


def _require_balance(session: Session, command: RecordReceipt) -> StoreFacts:
    """Return the store, once it is sure that the receipt's figures fit each other and it."""
    terminal = stores.queries.get_terminal(session, command.terminal_id)
    store = stores.queries.get_store_by_id(session, terminal.location_id)
    lines_minor = sum(line.amount_minor for line in command.lines)
    if lines_minor != command.total_minor:
        raise ReceiptUnbalanced(lines_minor=lines_minor, total_minor=command.total_minor)
    if command.currency != store.currency:
        raise ForeignCurrency(currency=store.currency)
    return store


Effect = tuple[dict[str, Any], UUID | None, UUID | None]


def _sell(
    session: Session, command: RecordReceipt, read: list[Read], store: StoreFacts, actor: Actor
) -> Effect:
    """Hand over what orders owe, sell the rest; return the answer and the order it made or served.

    Goods of an order that owes them no more left all the same: see `collect`.
    """
    collected, rest = collect(session, command, read, store=store, actor=actor)
    answer: dict[str, Any] = {
        "order_number": None,
        "return_id": None,
        "hand_overs": [each.shown for each in collected],
        "found": {},
        "customer_known": False,
    }
    served = next((each.order_id for each in collected if each.order_id), None)
    if not rest:
        return answer, served, None
    sale = SellAtTill(store.id, command.ticket_number, merge_sold(rest), command.customer)
    sold = orders.services.sell_at_till(session, sale, actor=actor)
    answer |= {
        "order_number": show_order_number(sold.number),
        "found": dict(sold.found),
        "customer_known": sold.known_customer,
    }
    return answer, sold.id, None


def _take_back(
    session: Session, command: RecordReceipt, read: list[Read], store: StoreFacts, actor: Actor
) -> Effect:
    lines: list[ReturnedLine] = merge_returned(read)
    number = read_order_number(command.order_number) if command.order_number else None
    if command.order_number and number is None:
        raise UnknownOrder
    wanted = TakeBack(store.id, command.ticket_number, lines, number)
    back = orders.services.take_back_goods(session, wanted, actor=actor)
    answer: dict[str, Any] = {
        "order_number": show_order_number(number) if number else None,
        "return_id": str(back.id),
        "hand_overs": [],
        "found": {},
        "customer_known": False,
    }
    return answer, back.order_id, back.id
