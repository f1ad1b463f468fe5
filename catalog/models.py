"""Tables of the catalogue. Brands are those of `stores`; here their ids are plain."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.commands import Unit
from kernel.clock import DB_NOW
from kernel.db import Base, BigId


class Category(Base):
    """A shelf of the catalogue; `names` maps language to name."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[dict[str, Any]]


class Article(Base):
    """What a shopper sees: groups the SKUs that differ only by options."""

    __tablename__ = "article"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"), index=True)
    picture: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    closed_at: Mapped[datetime | None]


class ArticleText(Base):
    """An article's words in one language."""

    __tablename__ = "article_text"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("article.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")


class Sku(Base):
    """What is stocked and sold. Its code never changes; tax is copied to the order line.

    `eco_minor` is the éco-participation per `price_per` of its price, included in it; no discount
    touches it. `weight_g` is what one base unit weighs when it is sent.
    """

    __tablename__ = "sku"
    __table_args__ = (
        CheckConstraint("vat_bp BETWEEN 0 AND 10000", name="vat_bp"),
        CheckConstraint("weight_g IS NULL OR weight_g > 0", name="weight_g"),
        CheckConstraint("eco_minor >= 0", name="eco_minor"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("article.id"), index=True)
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    options: Mapped[dict[str, Any]]
    unit: Mapped[Unit]
    vat_bp: Mapped[int]
    weight_g: Mapped[int | None]
    eco_minor: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[datetime | None]


class Price(Base):
    """What a SKU costs under one brand from a day on, tax included, per `price_per` base units.

    One that `is_reduced` is announced as a reduction, beside the lowest price of
    the 30 days before it.
    """

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        CheckConstraint("price_per > 0", name="price_per"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index(
            "uq_price_current",
            "brand_id",
            "sku",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index(None, "brand_id", "sku", "valid_from"),
    )

    id: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    brand_id: Mapped[UUID]
    sku: Mapped[str] = mapped_column(ForeignKey("sku.code"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    price_per: Mapped[int] = mapped_column(server_default="1")
    is_reduced: Mapped[bool] = mapped_column(server_default=false())
    author_name: Mapped[str | None]
    valid_from: Mapped[datetime] = mapped_column(server_default=DB_NOW)
    valid_to: Mapped[datetime | None]
