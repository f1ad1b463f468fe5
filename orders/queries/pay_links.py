"""Reads of pay links."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from orders.errors import UnknownPayLink
from orders.models import PayLink


@dataclass(frozen=True, slots=True)
class PayLinkFacts:
    """Until when an order may be paid from a link, and whether that still holds."""

    id: UUID
    order_id: UUID
    obligation_id: UUID
    contact_id: UUID
    pay_by: datetime
    remind_at: datetime | None
    reminded_at: datetime | None
    author_name: str
    made_at: datetime
    ended_at: datetime | None
    open: bool


def get_pay_link(session: Session, pay_link_id: UUID) -> PayLinkFacts:
    """Return a pay link, also one that ended.

    Raises UnknownPayLink.
    """
    found = _read(session, PayLink.id == pay_link_id)
    if not found:
        raise UnknownPayLink
    return found[0]


def list_pay_links(session: Session, order_id: UUID) -> list[PayLinkFacts]:
    """Return every pay link of an order, the newest first."""
    return _read(session, PayLink.order_id == order_id)


def list_due_reminders(session: Session, *, limit: int) -> list[UUID]:
    """Return the open pay links of which somebody is to be reminded now."""
    return list(
        session.execute(
            select(PayLink.id)
            .where(
                PayLink.ended_at.is_(None),
                PayLink.reminded_at.is_(None),
                PayLink.remind_at <= DB_NOW,
                PayLink.pay_by > DB_NOW,
            )
            .order_by(PayLink.pay_by)
            .limit(limit)
        ).scalars()
    )


def had_pay_link(session: Session, order_id: UUID) -> bool:
    """Tell whether an order was ever to be paid from a link."""
    return bool(session.execute(select(exists().where(PayLink.order_id == order_id))).scalar_one())


def _read(session: Session, condition: ColumnElement[bool]) -> list[PayLinkFacts]:
    is_open = PayLink.ended_at.is_(None) & (PayLink.pay_by > DB_NOW)
    rows = session.execute(
        select(PayLink, is_open)
        .where(condition)
        .order_by(PayLink.made_at.desc(), PayLink.id.desc())
        .execution_options(populate_existing=True)
    )
    return [
        PayLinkFacts(
            row.id,
            row.order_id,
            row.obligation_id,
            row.contact_id,
            row.pay_by,
            row.remind_at,
            row.reminded_at,
            row.author_name,
            row.made_at,
            row.ended_at,
            still,
        )
        for row, still in rows
    ]
