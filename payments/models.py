"""Tables of money."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base


class TillPayment(Base):
    """That a till took money for an obligation: its ticket is the proof, the till the record."""

    __tablename__ = "till_payment"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        UniqueConstraint("location_id", "ticket_number", "reference_id"),
        Index(None, "reference_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference_id: Mapped[UUID]
    location_id: Mapped[UUID]
    ticket_number: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    taken_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
