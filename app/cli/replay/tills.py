"""A till of each store in a replay: what it sells and takes back it tells by receipts."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import pos_adapter.queries
import pos_adapter.services
import stores.queries
import stores.services
from app.cli.replay.people import NAME
from app.cli.replay.plan import PlannedOrder
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import db_now
from kernel.ids import read_order_number, show_order_number
from orders.queries import OrderFacts
from pos_adapter.commands import ReceiptKind, ReceiptLine, RecordReceipt
from stores.queries import StoreFacts

RETURN: Final = "R-"
SALE: Final = "T-"


def sell(session: Session, planned: PlannedOrder) -> OrderFacts:
    """Have an invoice sold over the counter of its store; return the order it is.

    Raises the refusals of `record_receipt`.
    """
    store = stores.queries.get_store(session, planned.store_code)
    quote = orders.queries.read_quote(
        session,
        planned.invoice.quantities,
        brand_id=store.brand_id,
        language=planned.contact.language,
        store=store,
    )
    amounts = {line.sku: line.priced.amount_minor for line in quote.lines}
    told = _tell(session, store, planned, ReceiptKind.SALE, amounts)
    number = read_order_number(told) or ""
    return orders.queries.get_order_by_number(session, number, actor=SYSTEM)


def take_back(session: Session, planned: PlannedOrder, order: OrderFacts) -> None:
    """Have everything that a till sold back on the shelf, and its money given back.

    Raises the refusals of `record_receipt`.
    """
    store = stores.queries.get_store(session, planned.store_code)
    amounts = {
        line.sku: line.owed.amount_minor for parcel in order.fulfillments for line in parcel.lines
    }
    _tell(session, store, planned, ReceiptKind.RETURN, amounts, of=order)


def _tell(
    session: Session,
    store: StoreFacts,
    planned: PlannedOrder,
    kind: ReceiptKind,
    amounts: Mapping[str, int],
    *,
    of: OrderFacts | None = None,
) -> str:
    """Tell the next receipt of the store's till; return the number of the order that was sold."""
    terminal_id = _till_of(session, store)
    quantities = planned.invoice.quantities
    number = planned.invoice.number
    receipt = RecordReceipt(
        terminal_id=terminal_id,
        seq=(pos_adapter.queries.find_last_seq(session, terminal_id) or 0) + 1,
        kind=kind,
        ticket_number=f"{SALE if kind is ReceiptKind.SALE else RETURN}{number}",
        happened_at=db_now(session),
        currency=store.currency,
        total_minor=sum(amounts.values()),
        lines=[ReceiptLine(quantities[sku], amounts[sku], sku=sku) for sku in sorted(amounts)],
        payload_hash=sha256(f"{kind}:{planned.invoice.key}".encode()).digest(),
        customer=planned.contact if kind is ReceiptKind.SALE else None,
        order_number=show_order_number(of.number) if of else None,
    )
    actor = Actor(
        ActorKind.TERMINAL,
        terminal_id,
        NAME,
        location_ids=frozenset({store.id}),
        device_id=terminal_id,
    )
    answer = pos_adapter.services.record_receipt(session, receipt, actor=actor).answer
    return str(answer.get("order_number"))


def _till_of(session: Session, store: StoreFacts) -> UUID:
    """Return the replay's till of a store, linked now if there is none."""
    for each in stores.queries.list_terminals(session, location_id=store.id):
        if each.name == NAME and each.revoked_at is None:
            return each.id
    return stores.services.enrol_terminal(session, store.code, name=NAME, actor=SYSTEM)[0]
