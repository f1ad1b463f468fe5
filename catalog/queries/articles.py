"""Reads of articles as shoppers see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from catalog.commands import Unit
from catalog.errors import UnknownArticle
from catalog.models import Article, ArticleText, Price, Sku
from catalog.queries.skus import Offer
from catalog.queries.wording import in_force, name_in, words_in

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """One SKU of an article, with its present price under each brand that sells it."""

    sku: str
    gtin: str | None
    options: Mapping[str, Any]
    unit: Unit
    vat_bp: int
    price_minor: int | None
    price_per: int | None
    currency: str | None
    eco_minor: int
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a shopper sees of an article."""

    code: str
    name: str
    description: str
    category: str | None
    picture: str | None
    skus: tuple[SkuFacts, ...]

    def offer_of(self, sku: SkuFacts) -> Offer | None:
        """Return one of its SKUs as it is sold now; None when it has no price."""
        if sku.price_minor is None or sku.price_per is None or sku.currency is None:
            return None
        return Offer(
            sku=sku.sku,
            name=self.name,
            option="",
            price_minor=sku.price_minor,
            price_per=sku.price_per,
            currency=sku.currency,
            vat_bp=sku.vat_bp,
            article=self.code,
            category=self.category,
            weight_g=None,
            eco_minor=sku.eco_minor,
            is_reduced=sku.is_reduced,
            unit=sku.unit,
        )


def list_articles(
    session: Session,
    *,
    brand_id: UUID | None,
    language: str,
    words: str = "",
    category: str | None = None,
    after: str = "",
    limit: int = PAGE_MAX,
) -> list[ArticleFacts]:
    """Return articles by code after `after`; every word must stand in the name or the code.

    Prices are those of one brand; without `brand_id`, of the brand that was priced first.
    """
    chosen = select(Article.id).where(Article.closed_at.is_(None), Article.code > after)
    if category is not None:
        chosen = chosen.where(Article.category_code == category)
    for word in words.split():
        chosen = chosen.where(has_word(word))
    page = chosen.order_by(Article.code).limit(limit)
    return _articles(session, page, brand_id=brand_id, language=language)


def get_article(
    session: Session, *, code: str, brand_id: UUID | None, language: str
) -> ArticleFacts:
    """Return an article with its SKUs; prices as in `list_articles`.

    Raises UnknownArticle.
    """
    page = select(Article.id).where(Article.code == code, Article.closed_at.is_(None))
    found = _articles(session, page, brand_id=brand_id, language=language)
    if not found:
        raise UnknownArticle(article=code)
    return found[0]


def get_articles(
    session: Session, codes: Collection[str], *, language: str
) -> dict[str, ArticleFacts]:
    """Return those of these articles that are sold, with their SKUs, in one statement."""
    page = select(Article.id).where(Article.code.in_(codes), Article.closed_at.is_(None))
    found = _articles(session, page, brand_id=None, language=language)
    return {article.code: article for article in found}


def _articles(
    session: Session, page: Select[UUID], *, brand_id: UUID | None, language: str
) -> list[ArticleFacts]:
    first_priced = select(Price.brand_id).order_by(Price.id).limit(1).scalar_subquery()
    brand = first_priced if brand_id is None else literal(brand_id)
    rows = session.execute(
        select(
            Article.code,
            Article.category_code,
            Article.picture,
            name_in(language),
            words_in(language, ArticleText.description).label("description"),
            Sku,
            Price,
        )
        .join(Sku, and_(Sku.article_id == Article.id, Sku.closed_at.is_(None)))
        .outerjoin(Price, and_(Price.sku == Sku.code, Price.brand_id == brand, in_force()))
        .where(Article.id.in_(page))
        .order_by(Article.code, Sku.code)
    ).all()
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.code, []).append(row)
    return [_article(group) for group in grouped.values()]


def _article(rows: list[Any]) -> ArticleFacts:
    first = rows[0]
    return ArticleFacts(
        code=first.code,
        name=first.name or first.code,
        description=first.description or "",
        category=first.category_code,
        picture=first.picture,
        skus=tuple(
            SkuFacts(
                sku=row.Sku.code,
                gtin=row.Sku.gtin,
                options=row.Sku.options,
                unit=row.Sku.unit,
                vat_bp=row.Sku.vat_bp,
                price_minor=row.Price.amount_minor if row.Price else None,
                price_per=row.Price.price_per if row.Price else None,
                currency=row.Price.currency if row.Price else None,
                eco_minor=row.Sku.eco_minor,
                is_reduced=bool(row.Price and row.Price.is_reduced),
            )
            for row in rows
        ),
    )


def has_word(word: str) -> ColumnElement[bool]:
    """Return the condition that a word stands in the name or the code of an article."""
    like = func.concat("%", func.unaccent(func.lower(_literal(word))), "%")
    named = (
        select(ArticleText.article_id)
        .where(
            ArticleText.article_id == Article.id,
            func.unaccent(func.lower(ArticleText.name)).like(like),
        )
        .exists()
    )
    return named | func.lower(Article.code).like(like)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
