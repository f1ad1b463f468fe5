"""Browsers in the shop: remembered, signed in under a new cookie, signed out."""

import secrets
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import Place
from customers.models import ShopperSession
from kernel.clock import DB_NOW
from kernel.ids import new_id

TOKEN_BYTES: Final = 32
SESSION_PREFIX: Final = "cms_"
"""What every signed-in session's token begins with, so that a bearer is known for what it is."""


def begin_session(session: Session, *, token: str) -> UUID:
    """Have a row for the browser with this cookie; return its id."""
    statement = insert(ShopperSession).values(id=new_id(), token_hash=_hash(token))
    session_id: UUID = session.execute(
        statement.on_conflict_do_update(
            index_elements=["token_hash"], set_={"seen_at": DB_NOW}
        ).returning(ShopperSession.id)
    ).scalar_one()
    return session_id


def look_from(session: Session, session_id: UUID, *, place: Place) -> None:
    """Remember where this browser looks for stores."""
    session.execute(
        update(ShopperSession)
        .where(ShopperSession.id == session_id)
        .values(place=place.label, latitude=place.latitude, longitude=place.longitude)
    )


def enter(session: Session, session_id: UUID, *, customer_id: UUID) -> str:
    """Sign a browser in; return the token of its new cookie: the one it had is dead from now on.

    Basket and place stay, so that somebody who planted the old cookie has nothing of either.
    """
    token = f"{SESSION_PREFIX}{secrets.token_urlsafe(TOKEN_BYTES)}"
    session.execute(
        update(ShopperSession)
        .where(ShopperSession.id == session_id)
        .values(
            token_hash=_hash(token), customer_id=customer_id, signed_in_at=DB_NOW, seen_at=DB_NOW
        )
    )
    return token


def leave(session: Session, session_id: UUID) -> None:
    """Sign one browser out: its cookie is dead, and nothing of it is shown to who comes next."""
    _end(session, ShopperSession.id == session_id)


def leave_everywhere(session: Session, customer_id: UUID, *, but: UUID | None = None) -> None:
    """Sign every browser of an account out, `but` one."""
    mine = ShopperSession.customer_id == customer_id
    _end(session, mine if but is None else mine & (ShopperSession.id != but))


def _end(session: Session, which: ColumnElement[bool]) -> None:
    dead = func.sha256(func.convert_to(cast(func.gen_random_uuid(), Text), "UTF8"))
    session.execute(
        update(ShopperSession)
        .where(which)
        .values(token_hash=dead, customer_id=None, signed_in_at=None)
        .execution_options(synchronize_session=False)
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
