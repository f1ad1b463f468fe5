"""Wishes: somebody asks to be told, once, when a SKU can be had again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import catalog.queries
import customers.queries
import customers.services
import stores.queries
from customers.commands import GiveContact
from customers.errors import UnreachableContact
from kernel import events
from kernel.actors import SYSTEM
from kernel.clock import DB_NOW
from kernel.ids import new_id
from orders.commands import WishStock
from orders.events import StockBack
from orders.models import StockWish
from stores.errors import UnknownLocation

LIVES: Final = timedelta(days=60)
COUNTRY: Final = "FR"
"""Whose national numbers are read without a country code."""
WISHES_MAX: Final = 50
"""Open wishes of one person; more are not kept."""


def wish_stock(session: Session, command: WishStock) -> UUID:
    """Have somebody told, once, when a SKU can be had again; return the wish's id.

    Who asked for the same already, or for very much, gets an id too, of nothing: the answer tells
    nobody whether an address is known here.

    Raises UnknownSku, UnknownLocation, UnreachableContact, UnreadableEmail or UnreadablePhone.
    """
    catalog.queries.require_skus(session, [command.sku])
    contact = GiveContact("", "", command.email, command.phone, command.language)
    store = stores.queries.get_store(session, command.store_code) if command.store_code else None
    if _has_asked(session, command, location_id=store.id if store else None):
        return new_id()
    wish = StockWish(
        id=new_id(),
        sku=command.sku,
        location_id=store.id if store else None,
        contact_id=customers.services.give_contact(session, contact).id,
        brand_id=store.brand_id if store else _first_brand(session),
        language=command.language,
    )
    session.add(wish)
    session.flush()
    return wish.id


def tell_back(session: Session, wish_id: UUID, *, location_id: UUID) -> bool:
    """Record that a wished SKU can be had at a location; False when the wish is over already."""
    wish = session.execute(
        update(StockWish)
        .where(StockWish.id == wish_id, StockWish.ended_at.is_(None))
        .values(told_at=DB_NOW, ended_at=DB_NOW)
        .returning(StockWish.sku)
    ).scalar_one_or_none()
    if wish is None:
        return False
    fact = StockBack(wish_id=wish_id, sku=wish, location_id=location_id)
    events.record(session, fact, actor=SYSTEM)
    return True


def end_wish(session: Session, wish_id: UUID) -> None:
    """Have a wish forgotten, or, once it was told, all that the same person still waits for.

    Only who was told holds the link of a wish that was told. What is unknown is over as well.
    """
    wish = session.get(StockWish, wish_id, populate_existing=True)
    if wish is None:
        return
    over = StockWish.id == wish_id
    if wish.told_at is not None:
        contact = customers.queries.get_contacts(session, [wish.contact_id])[wish.contact_id]
        mine = customers.queries.list_contact_ids(session, email=contact.email, phone=contact.phone)
        over = StockWish.contact_id.in_(mine)
    session.execute(
        update(StockWish).where(over, StockWish.ended_at.is_(None)).values(ended_at=DB_NOW)
    )


def end_old_wishes(session: Session) -> None:
    """Forget wishes of 60 days ago: what was wanted then is hardly wanted still."""
    session.execute(
        update(StockWish)
        .where(StockWish.ended_at.is_(None), StockWish.created_at < DB_NOW - LIVES)
        .values(ended_at=DB_NOW)
    )


def _has_asked(session: Session, command: WishStock, *, location_id: UUID | None) -> bool:
    """Tell whether the same person waits for the same already, or for very much.

    Raises UnreachableContact, UnreadableEmail or UnreadablePhone.
    """
    if not command.email and not command.phone:
        raise UnreachableContact
    email = customers.services.normal_email(command.email) if command.email else None
    phone = None
    if command.phone:
        phone = customers.services.normal_phone(command.phone, country=COUNTRY)
    mine = customers.queries.list_contact_ids(session, email=email, phone=phone)
    rows = session.execute(
        select(StockWish.sku, StockWish.location_id).where(
            StockWish.contact_id.in_(mine), StockWish.ended_at.is_(None)
        )
    ).all()
    return (command.sku, location_id) in {tuple(row) for row in rows} or len(rows) >= WISHES_MAX


def _first_brand(session: Session) -> UUID:
    """Return whose shop it is when no store was named.

    Raises UnknownLocation when there is no store at all.
    """
    for store in stores.queries.list_stores(session, limit=1):
        return store.brand_id
    raise UnknownLocation
