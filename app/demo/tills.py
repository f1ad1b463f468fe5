"""Tills of the demonstration: two at home, one of which told of a sale it did not send."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.queries
import pos_adapter.services
import stores.queries
import stores.services
from app.access import PERMISSIONS_OF
from app.demo.history import HOME
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import db_now
from kernel.db import transaction
from pos_adapter.commands import ReceiptKind, ReceiptLine, RecordReceipt
from stores.queries import StoreFacts

NAMES: Final = ("Caisse 1", "Caisse 2")
TOLD: Final = ((4811, 1), (4812, 2), (4814, 1))
"""Numbers of receipts, and how many pieces each sold: one number never came."""
PIECE_MINOR: Final = 2_490
PLENTY: Final = 8


@dataclass(frozen=True, slots=True)
class _Told:
    """One receipt: its number, and how many pieces of which SKU it sold."""

    seq: int
    sku: str
    pieces: int


def furnish_tills() -> None:
    """Have a store whose tills are linked and have sold something."""
    with transaction() as session:
        home = stores.queries.get_store(session, HOME)
        levels = inventory.queries.list_levels(session, location_id=home.id)
        skus = [level.sku for level in levels if level.available > PLENTY]
        linked = [
            stores.services.enrol_terminal(session, HOME, name=name, actor=SYSTEM)[0]
            for name in NAMES
        ]
        for (seq, pieces), sku in zip(TOLD, skus, strict=False):
            _tell(session, home, linked[0], _Told(seq, sku, pieces))
        terminal = stores.queries.get_terminal(session, linked[0])
        stores.services.note_terminal_seen(session, terminal)


def _tell(session: Session, home: StoreFacts, terminal_id: UUID, told: _Told) -> None:
    amount_minor = told.pieces * PIECE_MINOR
    receipt = RecordReceipt(
        terminal_id=terminal_id,
        seq=told.seq,
        kind=ReceiptKind.SALE,
        ticket_number=f"T-{told.seq}",
        happened_at=db_now(session),
        currency=home.currency,
        total_minor=amount_minor,
        lines=[ReceiptLine(told.pieces, amount_minor, sku=told.sku)],
        payload_hash=sha256(repr(told).encode()).digest(),
    )
    pos_adapter.services.record_receipt(session, receipt, actor=_till(terminal_id, home))


def _till(terminal_id: UUID, home: StoreFacts) -> Actor:
    may = PERMISSIONS_OF[ActorKind.TERMINAL]
    return Actor(
        ActorKind.TERMINAL,
        terminal_id,
        NAMES[0],
        may,
        location_ids=frozenset({home.id}),
        device_id=terminal_id,
    )
