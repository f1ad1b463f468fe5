"""Rule sets for who sends what, and what was decided by them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import Channel, Method, SourcingOutcome

_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"


class RuleSet(Base):
    """Ordered rules that filter and rank locations for one method, and what bounds their choice.

    A change closes one and opens the next. The closest holds: a group's before a brand's before the
    retailer's, then one for the channel before one for all.
    """

    __tablename__ = "rule_set"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("num_nonnulls(brand_id, group_id) <= 1", name="scope"),
        Index(
            "uq_rule_set_current",
            text(f"coalesce(brand_id, {_NOBODY})"),
            text(f"coalesce(group_id, {_NOBODY})"),
            text("coalesce(channel, '')"),
            "method",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("brand.id"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("store_group.id"))
    channel: Mapped[Channel | None]
    method: Mapped[Method]
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    limits: Mapped[dict[str, Any]]
    valid_from: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    valid_to: Mapped[datetime | None]
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)


class SourcingDecision(Base):
    """Who was chosen to send what of an order, by which rules, out of whom; kept 13 months.

    `candidates` are the 20 best with what each rule saw of them; `losing` counts the others by the
    rule they fell to; `place` is where it goes (WGS84, and the postcode). `rule_set_id` is None for
    the rules that hold where nobody set any.
    """

    __tablename__ = "sourcing_decision"
    __table_args__ = (Index(None, "order_id"), Index(None, "decided_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    rule_set_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_set.id"))
    channel: Mapped[Channel]
    method: Mapped[Method]
    outcome: Mapped[SourcingOutcome]
    asked: Mapped[dict[str, Any]]
    place: Mapped[dict[str, Any]]
    chosen: Mapped[list[Any]] = mapped_column(JSONB)
    candidates: Mapped[list[Any]] = mapped_column(JSONB)
    losing: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
