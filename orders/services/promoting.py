"""Promotions: set, changed, withdrawn; and counted where only so many orders may have them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import catalog.queries
import stores.queries
from kernel import events
from kernel.actors import Actor
from kernel.clock import db_now
from kernel.ids import new_id
from kernel.money import BASIS_POINTS
from orders.commands import PromotionKind, PromotionOn, SetPromotion
from orders.errors import (
    PromotionCodeTaken,
    PromotionEnded,
    UnknownPromotion,
    UnreadablePromotion,
)
from orders.events import PromotionSet, PromotionWithdrawn
from orders.models import Promotion

TAKE_MAX: Final = 100

_USE = text("""
    UPDATE promotion SET uses = uses + 1
    WHERE id IN (SELECT id FROM promotion WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE)
      AND uses < uses_max AND withdrawn_at IS NULL
    RETURNING id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))

# An order of which nothing is owed and nothing was given has no promotion; each use ends once.
_GIVE_BACK = text("""
    WITH ended AS (
        UPDATE promotion_use u SET given_back_at = statement_timestamp()
        WHERE u.order_id = :order_id AND u.given_back_at IS NULL AND NOT EXISTS (
            SELECT FROM fulfillment f JOIN fulfillment_line l ON l.fulfillment_id = f.id
            WHERE f.order_id = :order_id AND l.quantity > l.cancelled)
        RETURNING u.promotion_id)
    UPDATE promotion SET uses = uses - 1
    WHERE uses_max IS NOT NULL AND id IN (
        SELECT p.id FROM promotion p JOIN ended ON ended.promotion_id = p.id
        ORDER BY p.id FOR NO KEY UPDATE OF p)
""")

_UNCOUNT = text("""
    UPDATE promotion SET uses = uses - 1
    WHERE uses_max IS NOT NULL AND id IN (
        SELECT id FROM promotion WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def set_promotion(session: Session, command: SetPromotion, *, brand_id: UUID, actor: Actor) -> UUID:
    """Have a brand take something off for a time; return the promotion's id.

    Raises UnreadablePromotion, PromotionCodeTaken, UnknownSku, UnknownArticle, UnknownCategory,
    UnknownGroup or UnknownLocation.
    """
    return _open(session, command, brand_id=brand_id, actor=actor)


def change_promotion(
    session: Session, promotion_id: UUID, command: SetPromotion, *, actor: Actor
) -> UUID:
    """Withdraw a promotion and set it anew as it is said now; return the new one's id.

    Orders keep what they have; the uses of the new one count from 0.

    Raises UnknownPromotion, PromotionEnded, and what `set_promotion` raises.
    """
    row = _lock(session, promotion_id, actor=actor)
    now = db_now(session)
    _end(session, row, now)
    return _open(session, command, brand_id=row.brand_id, actor=actor, replaces_id=row.id)


def withdraw_promotion(session: Session, promotion_id: UUID, *, actor: Actor) -> None:
    """Have a promotion hold no longer; orders that have it keep it.

    Raises UnknownPromotion or PromotionEnded.
    """
    row = _lock(session, promotion_id, actor=actor)
    _end(session, row, db_now(session))
    fact = PromotionWithdrawn(promotion_id=row.id, brand_id=row.brand_id, code=row.code)
    events.record(session, fact, actor=actor)


def use_promotions(session: Session, promotion_ids: Collection[UUID]) -> bool:
    """Count an order on limited promotions; False when one of them is used up.

    Its rows are hot: they are locked last, after the stock.
    """
    if not promotion_ids:
        return True
    used = session.execute(_USE, {"ids": sorted(promotion_ids)}).all()
    return len(used) == len(promotion_ids)


def give_back_promotions(session: Session, order_id: UUID) -> None:
    """Count an order no longer on its promotions once nothing of it is owed or was given."""
    session.execute(_GIVE_BACK, {"order_id": order_id})


def uncount_promotions(session: Session, promotion_ids: Collection[UUID]) -> None:
    """Count an order no longer on promotions that take nothing off it any more."""
    if promotion_ids:
        session.execute(_UNCOUNT, {"ids": sorted(promotion_ids)})


def _lock(session: Session, promotion_id: UUID, *, actor: Actor) -> Promotion:
    row = session.execute(
        select(Promotion)
        .where(Promotion.id == promotion_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or not actor.sees_brand(row.brand_id):
        raise UnknownPromotion(promotion_id=str(promotion_id))
    return row


def _end(session: Session, row: Promotion, now: datetime) -> None:
    if row.withdrawn_at is not None or (row.valid_to is not None and row.valid_to <= now):
        raise PromotionEnded(code=row.code)
    row.withdrawn_at = now
    session.flush()


def _open(
    session: Session,
    command: SetPromotion,
    *,
    brand_id: UUID,
    actor: Actor,
    replaces_id: UUID | None = None,
) -> UUID:
    now = db_now(session)
    starts = command.valid_from or now
    _refuse_unfit(command, now=now, starts=starts)
    _refuse_unknown(session, command, brand_id=brand_id)
    _refuse_taken(session, command.code, brand_id=brand_id)
    percent = command.kind is PromotionKind.PERCENT
    row = Promotion(
        id=new_id(),
        brand_id=brand_id,
        code=command.code,
        names=dict(command.names),
        kind=command.kind,
        percent_bp=command.amount if percent else None,
        amount_minor=None if percent else command.amount,
        take=command.take,
        pay=command.pay,
        on_what=command.on_what,
        on_code=command.on_code,
        group_id=command.group_id,
        location_id=command.location_id,
        valid_from=starts,
        valid_to=command.valid_to,
        uses_max=command.uses_max,
        author_name=actor.name,
    )
    session.add(row)
    session.flush()
    events.record(session, _told(row, replaces_id), actor=actor)
    return row.id


def _refuse_unfit(command: SetPromotion, *, now: datetime, starts: datetime) -> None:
    """Raises UnreadablePromotion for the first part that does not fit the others."""
    checks = {
        "amount": _amount_fits(command),
        "take": _count_fits(command),
        "on_code": (command.on_what is PromotionOn.EVERYTHING) == (command.on_code is None),
        "location": command.group_id is None or command.location_id is None,
        "valid_from": starts >= now,
        "valid_to": command.valid_to is None or command.valid_to > starts,
        "uses_max": command.uses_max is None or command.uses_max > 0,
        "names": bool(command.names) and all(each.strip() for each in command.names.values()),
    }
    for name, fits in checks.items():
        if not fits:
            raise UnreadablePromotion(field=name)


def _amount_fits(command: SetPromotion) -> bool:
    if command.kind is PromotionKind.N_FOR_M:
        return command.amount is None
    most = BASIS_POINTS if command.kind is PromotionKind.PERCENT else None
    return command.amount is not None and 0 < command.amount <= (most or command.amount)


def _count_fits(command: SetPromotion) -> bool:
    if command.kind is not PromotionKind.N_FOR_M:
        return command.take is None and command.pay is None
    if command.take is None or command.pay is None:
        return False
    return 0 < command.pay < command.take <= TAKE_MAX


def _refuse_unknown(session: Session, command: SetPromotion, *, brand_id: UUID) -> None:
    code = command.on_code or ""
    if command.on_what is PromotionOn.CATEGORY:
        catalog.queries.require_category(session, code)
    elif command.on_what is PromotionOn.ARTICLE:
        catalog.queries.get_article(session, code=code, brand_id=brand_id, language="fr")
    elif command.on_what is PromotionOn.SKU:
        catalog.queries.require_skus(session, [code])
    if command.group_id is not None:
        group = stores.queries.get_group(session, command.group_id)
        fits = group.brand_code == stores.queries.get_brand(session, brand_id).code
    elif command.location_id is not None:
        store = stores.queries.get_store_by_id(session, command.location_id)
        fits = store.brand_id == brand_id
    else:
        fits = True
    if not fits:
        raise UnreadablePromotion(field="location")


def _refuse_taken(session: Session, code: str, *, brand_id: UUID) -> None:
    taken = select(Promotion.id).where(
        Promotion.brand_id == brand_id, Promotion.code == code, Promotion.withdrawn_at.is_(None)
    )
    if session.execute(taken).first() is not None:
        raise PromotionCodeTaken(code=code)


def _told(row: Promotion, replaces_id: UUID | None) -> PromotionSet:
    return PromotionSet(
        promotion_id=row.id,
        brand_id=row.brand_id,
        code=row.code,
        kind=row.kind.value,
        on_what=row.on_what.value,
        on_code=row.on_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        uses_max=row.uses_max,
        replaces_id=replaces_id,
    )
