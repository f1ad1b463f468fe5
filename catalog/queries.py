"""Reads of the catalogue, and the shapes others may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from catalog.commands import Unit
from catalog.errors import UnknownArticle, UnknownCategory, UnknownSku
from catalog.models import Article, ArticleText, Category, Price, Sku
from kernel.clock import DB_NOW

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as it is sold now under one brand; the price includes tax."""

    sku: str
    name: str
    price_minor: int
    price_per: int
    currency: str
    vat_bp: int


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


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a shopper sees of an article."""

    code: str
    name: str
    description: str
    category: str | None
    picture: str | None
    skus: tuple[SkuFacts, ...]


def get_offers(
    session: Session, *, skus: Iterable[str], brand_id: UUID, language: str
) -> dict[str, Offer]:
    """Return the offer of each SKU in one statement, named in `language` where it can be.

    Raises UnknownSku, naming all that are not sold under this brand.
    """
    wanted = sorted(set(skus))
    rows = session.execute(_OFFERS, {"skus": wanted, "brand_id": brand_id, "language": language})
    offers = {
        row.code: Offer(
            sku=row.code,
            name=row.name or row.code,
            price_minor=row.amount_minor,
            price_per=row.price_per,
            currency=row.currency,
            vat_bp=row.vat_bp,
        )
        for row in rows
    }
    missing = [sku for sku in wanted if sku not in offers]
    if missing:
        raise UnknownSku(skus=missing)
    return offers


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
        chosen = chosen.where(_has_word(word))
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


def select_known(skus: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the statement of those of `skus` that are sold, for others to join."""
    return select(Sku.code.label("sku")).where(Sku.code.in_(skus), Sku.closed_at.is_(None))


def select_shelves() -> Select[*tuple[Any, ...]]:
    """Return the statement of every SKU with its category, which may be null, to join."""
    return select(Sku.code.label("sku"), Article.category_code).join(
        Article, Article.id == Sku.article_id
    )


def require_category(session: Session, code: str) -> None:
    """Return nothing when there is this category.

    Raises UnknownCategory.
    """
    if session.get(Category, code) is None:
        raise UnknownCategory(category=code)


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
            _name(language),
            _text(language, ArticleText.description).label("description"),
            Sku,
            Price,
        )
        .join(Sku, and_(Sku.article_id == Article.id, Sku.closed_at.is_(None)))
        .outerjoin(Price, and_(Price.sku == Sku.code, Price.brand_id == brand, _in_force()))
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
            )
            for row in rows
        ),
    )


def _in_force() -> ColumnElement[bool]:
    return and_(Price.valid_from <= DB_NOW, or_(Price.valid_to.is_(None), Price.valid_to > DB_NOW))


def _name(language: str | BindParameter[str]) -> ColumnElement[Any]:
    name: ColumnElement[Any] = _text(language, ArticleText.name).label("name")
    return name


def _text(language: str | BindParameter[str], column: Any) -> Any:  # noqa: ANN401 (a column expression)
    """Return the words in `language`, else in any other the article has."""
    words = aliased(ArticleText)
    return (
        select(getattr(words, column.key))
        .where(words.article_id == Sku.article_id)
        .order_by((words.language == language).desc(), words.language)
        .limit(1)
        .correlate(Sku)
        .scalar_subquery()
    )


def _has_word(word: str) -> ColumnElement[bool]:
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


# Built once, like the statements of every order: building it costs more than running it.
_OFFERS = (
    select(
        Sku.code,
        Sku.vat_bp,
        Price.amount_minor,
        Price.price_per,
        Price.currency,
        _name(bindparam("language", type_=Text)),
    )
    .join(Price, and_(Price.sku == Sku.code, Price.brand_id == bindparam("brand_id"), _in_force()))
    .where(Sku.code == any_(bindparam("skus", type_=ARRAY(Text))), Sku.closed_at.is_(None))
)
