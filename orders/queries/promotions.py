"""Reads of promotions: what is reckoned with, and what the back office sees of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.fixed import run_fixed
from orders.errors import UnknownPromotion
from orders.models import Promotion
from orders.pricing import Deal
from stores.queries import StoreFacts

PAGE_MAX = 100


class PromotionState(StrEnum):
    """Where a promotion stands in time."""

    RUNNING = "running"
    PLANNED = "planned"
    OVER = "over"
    USED_UP = "used_up"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PromotionFacts:
    """A promotion as its editor sees it; `deal` is what is reckoned with."""

    id: UUID
    brand_id: UUID
    code: str
    names: Mapping[str, str]
    deal: Deal
    group_id: UUID | None
    location_id: UUID | None
    uses: int
    uses_max: int | None
    author_name: str
    created_at: datetime
    withdrawn_at: datetime | None
    state: PromotionState


def read_deals(
    session: Session,
    *,
    brand_id: UUID,
    language: str,
    store: StoreFacts | None = None,
    at: datetime | None = None,
) -> list[Deal]:
    """Return what promotions hold now, or at another instant, in one statement.

    Without a store these are the ones that hold everywhere.
    """
    rows = run_fixed(session, _HOLDING, {**_place(brand_id, store), "at": at})
    return [deal_of(row, language) for row in rows]


def list_deals_since(
    session: Session,
    *,
    brand_id: UUID,
    language: str,
    since: datetime,
    store: StoreFacts | None = None,
) -> list[Deal]:
    """Return what promotions hold now or held since an instant, in one statement."""
    rows = session.execute(_HELD, {**_place(brand_id, store), "since": since}).scalars()
    return [deal_of(row, language) for row in rows]


def list_promotions(
    session: Session,
    *,
    brand_id: UUID,
    language: str,
    words: str = "",
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_MAX,
) -> list[PromotionFacts]:
    """Return a brand's promotions, those that begin last first; words stand in code or names."""
    wanted = select(Promotion, DB_NOW.label("now")).where(Promotion.brand_id == brand_id)
    names = cast(func.jsonb_path_query_array(Promotion.names, cast("$.*", JSONPATH)), Text)
    for word in words.lower().split():
        wanted = wanted.where(
            or_(
                *(
                    func.lower(said).contains(word, autoescape=True)
                    for said in (Promotion.code, names)
                )
            )
        )
    if after is not None:
        wanted = wanted.where(tuple_(Promotion.valid_from, Promotion.id) < after)
    rows = session.execute(
        wanted.order_by(Promotion.valid_from.desc(), Promotion.id.desc()).limit(limit)
    )
    return [_facts(row.Promotion, language, row.now) for row in rows]


def get_promotion(
    session: Session, promotion_id: UUID, *, language: str, actor: Actor
) -> PromotionFacts:
    """Return a promotion.

    Raises UnknownPromotion, also for those of brands that are not the actor's.
    """
    row = session.execute(
        select(Promotion, DB_NOW.label("now"))
        .where(Promotion.id == promotion_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not actor.sees_brand(row.Promotion.brand_id):
        raise UnknownPromotion(promotion_id=str(promotion_id))
    return _facts(row.Promotion, language, row.now)


def deal_of(row: Promotion, language: str) -> Deal:
    """Return what is reckoned with of a promotion, named in `language` where it can be."""
    ends = [each for each in (row.valid_to, row.withdrawn_at) if each is not None]
    return Deal(
        row.id,
        row.names.get(language) or next(iter(row.names.values()), row.code),
        row.kind,
        row.on_what,
        row.on_code,
        row.valid_from,
        min(ends, default=None),
        row.percent_bp or 0,
        row.amount_minor or 0,
        row.take or 0,
        row.pay or 0,
        None if row.uses_max is None else row.uses_max - row.uses,
    )


def _facts(row: Promotion, language: str, now: datetime) -> PromotionFacts:
    return PromotionFacts(
        row.id,
        row.brand_id,
        row.code,
        row.names,
        deal_of(row, language),
        row.group_id,
        row.location_id,
        row.uses,
        row.uses_max,
        row.author_name,
        row.created_at,
        row.withdrawn_at,
        _state(row, now),
    )


def _state(row: Promotion, now: datetime) -> PromotionState:
    if row.withdrawn_at is not None:
        return PromotionState.WITHDRAWN
    if row.valid_to is not None and row.valid_to <= now:
        return PromotionState.OVER
    if row.valid_from > now:
        return PromotionState.PLANNED
    if row.uses_max is not None and row.uses >= row.uses_max:
        return PromotionState.USED_UP
    return PromotionState.RUNNING


def _place(brand_id: UUID, store: StoreFacts | None) -> dict[str, UUID | None]:
    return {
        "brand_id": brand_id,
        "location_id": store.id if store else None,
        "group_id": store.group_id if store else None,
    }


def _here() -> Select[Promotion]:
    location, group = (bindparam(name, type_=Uuid) for name in ("location_id", "group_id"))
    everywhere = and_(Promotion.location_id.is_(None), Promotion.group_id.is_(None))
    return (
        select(Promotion)
        .where(
            Promotion.brand_id == bindparam("brand_id"),
            or_(everywhere, Promotion.location_id == location, Promotion.group_id == group),
        )
        .order_by(Promotion.id)
        .execution_options(populate_existing=True)
    )


_END: ColumnElement[Any] = func.least(Promotion.valid_to, Promotion.withdrawn_at)
_AT: ColumnElement[Any] = func.coalesce(bindparam("at", type_=DateTime(timezone=True)), DB_NOW)
_HOLDING = _here().where(
    Promotion.valid_from <= _AT,
    or_(_END.is_(None), _END > _AT),
    or_(Promotion.uses_max.is_(None), Promotion.uses < Promotion.uses_max),
)
_HELD = _here().where(
    Promotion.valid_from <= DB_NOW,
    or_(_END.is_(None), and_(Promotion.valid_from < _END, bindparam("since") < _END)),
)
