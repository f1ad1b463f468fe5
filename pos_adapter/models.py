"""What tills sent: each receipt once, each signature once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base, BigId
from pos_adapter.commands import ReceiptKind


class Receipt(Base):
    """One receipt of a till, under the terminal's own running number; `answer` is what it was told.

    Whoever sends another payload under the same number is refused.
    """

    __tablename__ = "pos_receipt"
    __table_args__ = (Index(None, "order_id"), Index(None, "recorded_at"))

    terminal_id: Mapped[UUID] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ReceiptKind]
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    ticket_number: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"))
    return_id: Mapped[UUID | None] = mapped_column(ForeignKey("goods_return.id"))
    answer: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class SignatureNonce(Base):
    """A nonce a terminal signed with: a second request with it is a replay."""

    __tablename__ = "terminal_nonce"
    __table_args__ = (Index(None, "used_at"),)

    terminal_id: Mapped[UUID] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
