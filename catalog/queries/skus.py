"""Reads of SKUs: what they are called, what they cost, which are known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from catalog.commands import Unit
from catalog.errors import UnknownSku
from catalog.models import Article, Price, Sku
from catalog.queries.wording import in_force, name_in, option_in
from kernel.clock import DB_NOW
from kernel.fixed import run_fixed


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as it is sold now under one brand; the price includes tax and the éco-participation.

    `article` and `category` are codes; `weight_g` is of one base unit.
    """

    sku: str
    name: str
    option: str
    price_minor: int
    price_per: int
    currency: str
    vat_bp: int
    article: str
    category: str | None
    weight_g: int | None
    eco_minor: int
    is_reduced: bool
    unit: Unit = Unit.PIECE

    @property
    def label(self) -> str:
        """Return the name with the option that tells it from its siblings: « Théière, bleu »."""
        return f"{self.name}, {self.option}" if self.option else self.name


@dataclass(frozen=True, slots=True)
class SkuWords:
    """What tells a SKU from others, sold or not: its article, and its option, as in « bleu »."""

    sku: str
    gtin: str | None
    article: str
    name: str
    option: str
    category: str | None
    picture: str | None


def get_offers(
    session: Session,
    *,
    skus: Iterable[str],
    brand_id: UUID,
    language: str,
    at: datetime | None = None,
) -> dict[str, Offer]:
    """Return the offer of each SKU in one statement, named in `language` where it can be.

    `at` is for what it costs at another instant than now.

    Raises UnknownSku, naming all that are not sold under this brand.
    """
    wanted = sorted(set(skus))
    values = {"skus": wanted, "brand_id": brand_id, "language": language, "at": at}
    rows = run_fixed(session, _OFFERS, values)
    offers = {
        row.code: Offer(
            sku=row.code,
            name=row.name or row.code,
            option=option_in(row.options, language),
            price_minor=row.amount_minor,
            price_per=row.price_per,
            currency=row.currency,
            vat_bp=row.vat_bp,
            article=row.article,
            category=row.category,
            weight_g=row.weight_g,
            eco_minor=row.eco_minor,
            is_reduced=row.is_reduced,
            unit=row.unit,
        )
        for row in rows
    }
    missing = [sku for sku in wanted if sku not in offers]
    if missing:
        raise UnknownSku(skus=missing)
    return offers


def describe_skus(session: Session, skus: Iterable[str], *, language: str) -> dict[str, SkuWords]:
    """Return what tells each known SKU from the others, in one statement."""
    rows = session.execute(_WORDS, {"skus": sorted(set(skus)), "language": language})
    return {
        row.code: SkuWords(
            sku=row.code,
            gtin=row.gtin,
            article=row.article,
            name=row.name or row.code,
            option=option_in(row.options, language),
            category=row.category,
            picture=row.picture,
        )
        for row in rows
    }


def select_known(skus: Sequence[str] | BindParameter[Any]) -> Select[*tuple[Any, ...]]:
    """Return the statement of those of `skus` that are sold, for others to join.

    A statement that is built once gives a parameter, an array, for them.
    """
    asked = skus if isinstance(skus, BindParameter) else bindparam(None, skus, ARRAY(Text))
    return select(Sku.code.label("sku")).where(Sku.code == any_(asked), Sku.closed_at.is_(None))


def select_prices(brand_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return the statement of what is sold by the piece under a brand now, for others to join.

    Its columns are `sku`, `article` and `category` (their codes), `amount_minor`, `price_per`,
    `currency`, `vat_bp`, `eco_minor` and `is_reduced`.
    """
    return (
        select(
            Sku.code.label("sku"),
            Article.code.label("article"),
            Article.category_code.label("category"),
            Price.amount_minor,
            Price.price_per,
            Price.currency,
            Price.is_reduced,
            Sku.vat_bp,
            Sku.eco_minor,
        )
        .join(Article, Article.id == Sku.article_id)
        .join(Price, and_(Price.sku == Sku.code, Price.brand_id == brand_id, in_force()))
        .where(Sku.unit == Unit.PIECE, Sku.closed_at.is_(None), Article.closed_at.is_(None))
    )


def select_shelves() -> Select[*tuple[Any, ...]]:
    """Return the statement of every SKU with its category, which may be null, and its article."""
    return select(Sku.code.label("sku"), Article.category_code, Article.code.label("article")).join(
        Article, Article.id == Sku.article_id
    )


def select_skus_of_category(code: str) -> Select[*tuple[Any, ...]]:
    """Return the statement of the SKUs that are sold in a category, for others to join."""
    return (
        select(Sku.code.label("sku"))
        .join(Article, Article.id == Sku.article_id)
        .where(Article.category_code == code, Sku.closed_at.is_(None))
    )


def require_skus(session: Session, skus: Iterable[str]) -> None:
    """Return nothing when every SKU is in the catalogue.

    Raises UnknownSku, naming all that are not.
    """
    wanted = set(skus)
    missing = wanted - set(session.execute(select_known(sorted(wanted))).scalars())
    if missing:
        raise UnknownSku(skus=sorted(missing))


def find_sku_by_gtin(session: Session, gtin: str) -> str | None:
    """Return the SKU with this barcode (8 to 14 digits), if there is one."""
    return session.execute(
        select(Sku.code).where(Sku.gtin == gtin.zfill(14), Sku.closed_at.is_(None))
    ).scalar_one_or_none()


_AT: ColumnElement[datetime] = func.coalesce(bindparam("at", type_=DateTime(timezone=True)), DB_NOW)
# Built once, like the statements of every order: building it costs more than running it.
_OFFERS = (
    select(
        Sku.code,
        Sku.vat_bp,
        Sku.options,
        Sku.unit,
        Sku.weight_g,
        Sku.eco_minor,
        Article.code.label("article"),
        Article.category_code.label("category"),
        Price.amount_minor,
        Price.price_per,
        Price.currency,
        Price.is_reduced,
        name_in(bindparam("language", type_=Text)),
    )
    .join(Article, Article.id == Sku.article_id)
    .join(
        Price, and_(Price.sku == Sku.code, Price.brand_id == bindparam("brand_id"), in_force(_AT))
    )
    .where(Sku.code == any_(bindparam("skus", type_=ARRAY(Text))), Sku.closed_at.is_(None))
)
_WORDS = (
    select(
        Sku.code,
        Sku.gtin,
        Sku.options,
        Article.code.label("article"),
        Article.category_code.label("category"),
        Article.picture,
        name_in(bindparam("language", type_=Text)),
    )
    .join(Article, Article.id == Sku.article_id)
    .where(Sku.code == any_(bindparam("skus", type_=ARRAY(Text))))
)
