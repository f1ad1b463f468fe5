"""Who has which basket open: a browser takes one up by its link or its code."""

import secrets
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.ids import ALPHABET, CART_SIGNS, new_id
from orders import queries
from orders.errors import UnknownCart
from orders.models import Cart, CartHolder
from orders.services.carting import require_open

CODES_TRIED: Final = 5

_HOLD_FIRST = text("""
    INSERT INTO cart_holder AS h (session_id, cart_id) VALUES (:session_id, :cart_id)
    ON CONFLICT (session_id) DO UPDATE SET cart_id =
        CASE WHEN h.cart_id = :before THEN excluded.cart_id ELSE h.cart_id END
    RETURNING cart_id
""")
"""A browser's first two requests may come at once: what the other one holds by now stays."""

_FORGET = text("""
    WITH old AS MATERIALIZED (
        SELECT id FROM cart WHERE changed_at < statement_timestamp() - interval '90 days'
        ORDER BY changed_at LIMIT :limit FOR UPDATE SKIP LOCKED),
    lines AS (DELETE FROM cart_line l USING old WHERE l.cart_id = old.id),
    holders AS (DELETE FROM cart_holder h USING old WHERE h.cart_id = old.id)
    DELETE FROM cart c USING old WHERE c.id = old.id
""")


def have_cart(session: Session, session_id: UUID) -> UUID:
    """Have an open basket that this browser holds; return its id.

    One that became an order is let go of, and its store remembered.
    """
    found = queries.get_cart(session, session_id)
    if found.id is not None and found.order_id is None:
        return found.id
    cart_id = new_id()
    session.execute(insert(Cart).values(id=cart_id, location_id=found.location_id))
    values = {"session_id": session_id, "cart_id": cart_id, "before": found.id}
    held: UUID = session.execute(_HOLD_FIRST, values).scalar_one()
    if held != cart_id:
        session.execute(delete(Cart).where(Cart.id == cart_id))
    return held


def take_up_cart(session: Session, session_id: UUID, *, cart_id: UUID) -> UUID | None:
    """Have a browser hold a basket; return the one it put aside for it, if anything was in that.

    Raises UnknownCart or CartOrdered.
    """
    require_open(session, cart_id)
    before = queries.get_cart(session, session_id)
    holding = insert(CartHolder).values(session_id=session_id, cart_id=cart_id)
    session.execute(
        holding.on_conflict_do_update(index_elements=["session_id"], set_={"cart_id": cart_id})
    )
    return before.id if before.quantities and before.id != cart_id else None


def give_cart_code(session: Session, cart_id: UUID) -> str:
    """Have a code that opens a basket; return it, the same each time.

    Raises UnknownCart or CartOrdered.
    """
    require_open(session, cart_id)
    for _ in range(CODES_TRIED):
        fresh = "".join(secrets.choice(ALPHABET) for _ in range(CART_SIGNS))
        giving = update(Cart).where(Cart.id == cart_id, Cart.code.is_(None)).values(code=fresh)
        try:
            with session.begin_nested():
                session.execute(giving.execution_options(synchronize_session=False))
        except IntegrityError:  # another basket has it
            continue
        code = session.execute(select(Cart.code).where(Cart.id == cart_id)).scalar_one()
        if code is not None:
            return code
    raise UnknownCart


def forget_old_carts(session: Session, *, limit: int) -> int:
    """Have baskets gone that nobody touched for 90 days; return how many.

    An order that one became stays, of course: it never needed the basket.
    """
    return session.execute(_FORGET, {"limit": limit}).rowcount  # type: ignore[attr-defined,no-any-return]  # a cursor's
