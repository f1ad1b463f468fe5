"""Promotions, and which orders used them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.clock import DB_NOW
from kernel.db import Base
from orders.commands import PromotionKind, PromotionOn


class Promotion(Base):
    """What a brand takes off list prices for a time: of what, where, how much.

    `percent_bp` is in basis points, `amount_minor` per `price_per`; `take` are paid as `pay`.
    `on_code` names the category, article or SKU. Without a group or location it holds everywhere.
    With `uses_max`, `uses` counts the orders that have it. Changing one withdraws it and opens
    another with its code.
    """

    __tablename__ = "promotion"
    __table_args__ = (
        Index(
            "uq_promotion_brand_id_code",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint(
            "CASE kind WHEN 'percent' THEN percent_bp BETWEEN 1 AND 10000"
            " AND num_nonnulls(amount_minor, take, pay) = 0"
            " WHEN 'amount' THEN amount_minor > 0 AND num_nonnulls(percent_bp, take, pay) = 0"
            " WHEN 'n_for_m' THEN take > pay AND pay > 0"
            " AND num_nonnulls(percent_bp, amount_minor) = 0 ELSE false END",
            name="kind",
        ),
        CheckConstraint("(on_what = 'everything') = (on_code IS NULL)", name="on_what"),
        CheckConstraint("num_nonnulls(group_id, location_id) <= 1", name="place"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        CheckConstraint("uses >= 0 AND (uses_max IS NULL OR uses <= uses_max)", name="uses"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[dict[str, Any]]
    kind: Mapped[PromotionKind]
    percent_bp: Mapped[int | None]
    amount_minor: Mapped[int | None]
    take: Mapped[int | None] = mapped_column(SmallInteger)
    pay: Mapped[int | None] = mapped_column(SmallInteger)
    on_what: Mapped[PromotionOn]
    on_code: Mapped[str | None]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("store_group.id"))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))
    valid_from: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    valid_to: Mapped[datetime | None]
    uses_max: Mapped[int | None]
    uses: Mapped[int] = mapped_column(server_default="0")
    author_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    withdrawn_at: Mapped[datetime | None]


class PromotionUse(Base):
    """That an order has a promotion; given back when nothing came of the order."""

    __tablename__ = "promotion_use"
    __table_args__ = (CheckConstraint("discount_minor > 0", name="discount"),)

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotion.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(
        ForeignKey("sales_order.id"), primary_key=True, index=True
    )
    discount_minor: Mapped[int]
    used_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    given_back_at: Mapped[datetime | None]
