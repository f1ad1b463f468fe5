"""Reads of dated prices: a brand's list, and what one SKU cost, costs and is to cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from catalog.commands import Unit
from catalog.errors import UnknownSku
from catalog.models import Article, Price, Sku
from catalog.queries.articles import has_word
from catalog.queries.wording import in_force, name_in, option_in
from kernel.clock import DB_NOW, db_now

LIST_MAX = 100
HISTORY_MAX = 200


class PriceState(StrEnum):
    """Where a price stands in time; one that was set aside before it began never held."""

    PAST = "past"
    PRESENT = "present"
    PLANNED = "planned"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What a SKU costs for a time: tax included, minor units per `price_per` base units."""

    amount_minor: int
    price_per: int
    currency: str
    is_reduced: bool
    author_name: str | None
    valid_from: datetime
    valid_to: datetime | None
    state: PriceState


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One SKU of a brand's price list; `next` is when its price changes, if that is planned."""

    sku: str
    gtin: str | None
    label: str
    category: str | None
    unit: Unit
    vat_bp: int
    eco_minor: int
    price_minor: int | None
    price_per: int | None
    is_reduced: bool
    next_minor: int | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """What a SKU cost for a time."""

    amount_minor: int
    price_per: int
    is_reduced: bool
    valid_from: datetime
    valid_to: datetime | None


def list_price_list(
    session: Session,
    *,
    brand_id: UUID,
    language: str,
    words: str = "",
    after: str = "",
    limit: int = LIST_MAX,
) -> list[ListedPrice]:
    """Return SKUs by code after `after` with what they cost now and next, in one statement.

    Every word must stand in the name or the code of the article, or be the SKU's code or barcode.
    """
    planned = _planned(brand_id)
    statement = (
        select(
            Sku,
            Article.category_code,
            Price,
            planned.c.amount_minor.label("next_minor"),
            planned.c.valid_from.label("next_at"),
            name_in(language),
        )
        .join(Article, Article.id == Sku.article_id)
        .outerjoin(Price, and_(Price.sku == Sku.code, Price.brand_id == brand_id, in_force()))
        .outerjoin(planned, planned.c.sku == Sku.code)
        .where(Sku.closed_at.is_(None), Article.closed_at.is_(None), Sku.code > after)
        .order_by(Sku.code)
        .limit(limit)
    )
    for word in words.split():
        statement = statement.where(
            or_(has_word(word), func.lower(Sku.code) == word.lower(), Sku.gtin == word.zfill(14))
        )
    return [_listed(row, language) for row in session.execute(statement)]


def list_prices(session: Session, sku: str, *, brand_id: UUID) -> list[PriceFacts]:
    """Return what a SKU cost, costs and is to cost under a brand, latest first.

    Raises UnknownSku.
    """
    if session.get(Sku, sku) is None:
        raise UnknownSku(skus=[sku])
    now = db_now(session)
    rows = session.execute(
        select(Price)
        .where(Price.brand_id == brand_id, Price.sku == sku)
        .order_by(Price.valid_from.desc(), Price.id.desc())
        .limit(HISTORY_MAX)
        .execution_options(populate_existing=True)
    ).scalars()
    return [_facts(row, now) for row in rows]


def list_price_spans(
    session: Session, skus: Iterable[str], *, brand_id: UUID, since: datetime
) -> dict[str, Sequence[PriceSpan]]:
    """Return what each SKU cost at any time from `since` until now, in one statement."""
    found: dict[str, list[PriceSpan]] = {sku: [] for sku in skus}
    values = {"skus": sorted(found), "brand_id": brand_id, "since": since}
    for row in session.execute(_SPANS, values):
        span = PriceSpan(
            row.amount_minor, row.price_per, row.is_reduced, row.valid_from, row.valid_to
        )
        found[row.sku].append(span)
    return {**found}


def _planned(brand_id: UUID) -> Any:  # noqa: ANN401 (a subquery)
    """The next price of each SKU that is not in force yet."""
    return (
        select(Price.sku, Price.amount_minor, Price.valid_from)
        .ext(distinct_on(Price.sku))
        .where(
            Price.brand_id == brand_id,
            Price.valid_from > DB_NOW,
            or_(Price.valid_to.is_(None), Price.valid_to > Price.valid_from),
        )
        .order_by(Price.sku, Price.valid_from)
        .subquery("planned")
    )


def _listed(row: Any, language: str) -> ListedPrice:  # noqa: ANN401 (a row)
    option = option_in(row.Sku.options, language)
    name = row.name or row.Sku.code
    return ListedPrice(
        sku=row.Sku.code,
        gtin=row.Sku.gtin,
        label=f"{name}, {option}" if option else name,
        category=row.category_code,
        unit=row.Sku.unit,
        vat_bp=row.Sku.vat_bp,
        eco_minor=row.Sku.eco_minor,
        price_minor=row.Price.amount_minor if row.Price else None,
        price_per=row.Price.price_per if row.Price else None,
        is_reduced=bool(row.Price and row.Price.is_reduced),
        next_minor=row.next_minor,
        next_at=row.next_at,
    )


def _facts(row: Price, now: datetime) -> PriceFacts:
    return PriceFacts(
        row.amount_minor,
        row.price_per,
        row.currency,
        row.is_reduced,
        row.author_name,
        row.valid_from,
        row.valid_to,
        _state(row, now),
    )


def _state(row: Price, now: datetime) -> PriceState:
    if row.valid_to == row.valid_from:
        return PriceState.SET_ASIDE
    if row.valid_from > now:
        return PriceState.PLANNED
    over = row.valid_to is not None and row.valid_to <= now
    return PriceState.PAST if over else PriceState.PRESENT


_SPANS = (
    select(
        Price.sku,
        Price.amount_minor,
        Price.price_per,
        Price.is_reduced,
        Price.valid_from,
        Price.valid_to,
    )
    .where(
        Price.brand_id == bindparam("brand_id"),
        Price.sku == any_(bindparam("skus", type_=ARRAY(Text))),
        Price.valid_from <= DB_NOW,
        or_(Price.valid_to.is_(None), Price.valid_to > bindparam("since")),
        or_(Price.valid_to.is_(None), Price.valid_to > Price.valid_from),
    )
    .order_by(Price.sku, Price.valid_from)
)
