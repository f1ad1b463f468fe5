"""Dated prices: never two of a SKU hold at one instant under a brand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Text, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from catalog.commands import SetPrice
from catalog.errors import PriceBelowEco, PriceInThePast, UnknownSku
from catalog.events import PriceSet
from catalog.models import Price, Sku
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now

SPACE: Final = UUID("0a5b63c6-6d0f-5d63-8f0e-5a9d0f3f7c21")
"""Where the ids come from under which the history of a price is kept: of brand and SKU."""

# Whoever prices a SKU waits for whoever prices it now: what they cut must be what there is.
_LOCK = (
    select(Sku.code, Sku.eco_minor)
    .where(Sku.code == any_(bindparam("skus", type_=ARRAY(Text))), Sku.closed_at.is_(None))
    .order_by(Sku.code)
    .with_for_update(key_share=True)
)


def set_prices(
    session: Session,
    commands: Sequence[SetPrice],
    *,
    brand_id: UUID,
    currency: str,
    actor: Actor,
) -> int:
    """Have these SKUs cost what is said, when it is said; return how many prices were written.

    What was planned for the same time is set aside, and what costs the same already is left alone.
    What goes by a file, in SYSTEM's name, is told by nobody one by one.

    Raises UnknownSku, PriceInThePast or PriceBelowEco.
    """
    if not commands:
        return 0
    eco = _lock(session, {each.sku for each in commands})
    now = db_now(session)
    timelines = _timelines(session, eco, brand_id=brand_id, now=now)
    fresh: list[Price] = []
    for command in commands:
        _refuse(command, eco_minor=eco[command.sku], now=now)
        row = _row(command, brand_id, currency, start=command.valid_from or now, actor=actor)
        added = _fit(timelines[command.sku], row)
        timelines[command.sku] += added
        fresh += added
    session.flush()  # what ends, ends before the next one begins: one of them is open at most
    session.add_all(fresh)
    session.flush()
    if actor != SYSTEM:
        for row in fresh:
            events.record(session, _told(row), actor=actor)
    return len(fresh)


def find_prices(
    session: Session, skus: Iterable[str], *, brand_id: UUID
) -> Mapping[str, list[tuple[int, int]]]:
    """Return what each SKU costs now, and what for good, as pairs of amount and base units."""
    wanted = select(Price).where(
        Price.brand_id == brand_id, Price.sku.in_(set(skus)), _ends_after(db_now(session))
    )
    now = db_now(session)
    found: dict[str, list[tuple[int, int]]] = {}
    for row in session.execute(wanted).scalars():
        if row.valid_to is None or row.valid_from <= now:
            found.setdefault(row.sku, []).append((row.amount_minor, row.price_per))
    return found


def _lock(session: Session, skus: set[str]) -> dict[str, int]:
    """Keep others from pricing these meanwhile; return the éco-participation of each."""
    rows = session.execute(_LOCK, {"skus": sorted(skus)})
    eco = {row.code: row.eco_minor for row in rows}
    missing = sorted(skus - eco.keys())
    if missing:
        raise UnknownSku(skus=missing)
    return eco


def _timelines(
    session: Session, skus: Iterable[str], *, brand_id: UUID, now: datetime
) -> dict[str, list[Price]]:
    """Return what each SKU costs now and later, as it is at this moment."""
    found: dict[str, list[Price]] = {sku: [] for sku in skus}
    rows = session.execute(
        select(Price)
        .where(Price.brand_id == brand_id, Price.sku.in_(found), _ends_after(now))
        .order_by(Price.valid_from)
        .execution_options(populate_existing=True)
    ).scalars()
    for row in rows:
        found[row.sku].append(row)
    return found


def _ends_after(now: datetime) -> ColumnElement[bool]:
    return or_(Price.valid_to.is_(None), Price.valid_to > now)


def _refuse(command: SetPrice, *, eco_minor: int, now: datetime) -> None:
    start = command.valid_from or now
    if start < now or (command.valid_to is not None and command.valid_to <= start):
        raise PriceInThePast(sku=command.sku)
    if command.amount_minor < eco_minor:
        raise PriceBelowEco(sku=command.sku, eco_minor=eco_minor)


def _row(
    command: SetPrice, brand_id: UUID, currency: str, *, start: datetime, actor: Actor
) -> Price:
    return Price(
        brand_id=brand_id,
        sku=command.sku,
        currency=currency,
        amount_minor=command.amount_minor,
        price_per=command.price_per,
        is_reduced=command.is_reduced,
        author_name=actor.name or None,
        valid_from=start,
        valid_to=command.valid_to,
    )


def _fit(timeline: Sequence[Price], fresh: Price) -> list[Price]:
    """Make room for a price; return it with what follows it, or nothing when that holds already."""
    start, end = fresh.valid_from, fresh.valid_to
    if any(_covers(row, fresh) for row in timeline):
        return []
    added = [fresh]
    for row in timeline:
        if not _meets(row, start, end):
            continue
        outlives = end is not None and (row.valid_to is None or row.valid_to > end)
        if row.valid_from < start:
            if outlives and end is not None:
                added.append(_again(row, start=end))
            row.valid_to = start
        elif outlives and end is not None:
            row.valid_from = end
        else:
            row.valid_to = row.valid_from  # a plan that never was
    return added


def _covers(row: Price, fresh: Price) -> bool:
    same = (row.amount_minor, row.price_per, row.currency, row.is_reduced) == (
        fresh.amount_minor,
        fresh.price_per,
        fresh.currency,
        fresh.is_reduced,
    )
    ends_later = row.valid_to is None or (
        fresh.valid_to is not None and row.valid_to >= fresh.valid_to
    )
    return same and row.valid_from <= fresh.valid_from and ends_later


def _meets(row: Price, start: datetime, end: datetime | None) -> bool:
    begins_before = end is None or row.valid_from < end
    ends_after = row.valid_to is None or row.valid_to > start
    return begins_before and ends_after and row.valid_from != row.valid_to


def _again(row: Price, *, start: datetime) -> Price:
    return Price(
        brand_id=row.brand_id,
        sku=row.sku,
        currency=row.currency,
        amount_minor=row.amount_minor,
        price_per=row.price_per,
        is_reduced=row.is_reduced,
        author_name=row.author_name,
        valid_from=start,
        valid_to=row.valid_to,
    )


def _told(row: Price) -> PriceSet:
    return PriceSet(
        price_id=uuid5(SPACE, f"{row.brand_id}:{row.sku}"),
        brand_id=row.brand_id,
        sku=row.sku,
        amount_minor=row.amount_minor,
        price_per=row.price_per,
        currency=row.currency,
        is_reduced=row.is_reduced,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
