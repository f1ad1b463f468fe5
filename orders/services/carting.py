"""Baskets: filled by whoever holds them, ordered once. They reserve nothing.

A basket's row is locked by each change until the transaction ends, before anything else is: of two
changes that saw the same version one is done, the other is told what the first has made of it.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, Text

import catalog.queries
import customers.queries
import customers.services
import stores.queries
from customers.commands import GiveContact, PointKind
from kernel import events
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW
from kernel.ids import new_id
from orders import queries
from orders.commands import ChangeCart, OpenCart, SeenCart
from orders.errors import CartChanged, CartOrdered
from orders.events import CartBecameOrder, CartLeft, CartSent
from orders.models import Cart, CartLine
from orders.queries import CartFacts, LeftCart
from orders.services.placing import refuse_foreign_channel

QUANTITY_MAX: Final = 999
ADVISERS: Final = frozenset(
    {ActorKind.ASSOCIATE, ActorKind.MANAGER, ActorKind.AGENT, ActorKind.ADMIN}
)

_TAKE_OUT_PAID = text("""
    WITH paid AS (
        SELECT c.id AS cart_id, f.order_id FROM cart c JOIN fulfillment f ON f.id = c.pending_id
        WHERE c.id = :cart_id AND f.pending_until IS NULL),
    gone AS (
        DELETE FROM cart_line l USING paid p, order_line b
        WHERE l.cart_id = p.cart_id AND b.order_id = p.order_id AND b.sku = l.sku
          AND l.quantity <= b.quantity),
    fewer AS (
        UPDATE cart_line l SET quantity = l.quantity - b.quantity
        FROM paid p, order_line b
        WHERE l.cart_id = p.cart_id AND b.order_id = p.order_id AND b.sku = l.sku
          AND l.quantity > b.quantity)
    UPDATE cart c SET pending_id = NULL FROM paid p WHERE c.id = p.cart_id
""")
"""What was bought leaves the basket; reading one leaves it out already, before anything is changed.
An order that was paid is one that waits for nothing: `pending_until` is NULL."""

_HAVE = text("""
    INSERT INTO cart_line (cart_id, sku, quantity)
    SELECT :cart_id, wanted.sku, wanted.quantity
    FROM unnest(:skus, :quantities) AS wanted (sku, quantity)
    ON CONFLICT (cart_id, sku) DO UPDATE SET quantity = excluded.quantity
""").bindparams(bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(Integer)))


def open_cart(session: Session, command: OpenCart, *, actor: Actor) -> UUID:
    """Have a fresh basket with this in it; return its id. Of staff it is the one who advises.

    Raises ChannelNotAllowed, UnknownSku or UnknownLocation.
    """
    refuse_foreign_channel(command.channel, actor)
    cart_id = new_id()
    adviser = actor.id if actor.kind in ADVISERS else None
    values: dict[str, object] = {"note": command.note or None, "staff_id": adviser}
    if command.store_code:
        values["location_id"] = stores.queries.get_store(session, command.store_code).id
    session.execute(insert(Cart).values(id=cart_id, channel=command.channel, **values))
    _have(session, cart_id, {sku: units for sku, units in command.quantities.items() if units > 0})
    return cart_id


def change_cart(session: Session, cart_id: UUID, change: ChangeCart) -> int:
    """Have a basket as a change says; return its new version.

    Raises UnknownCart, CartChanged when another version was seen, CartOrdered, UnknownSku or
    UnknownLocation.
    """
    session.execute(_TAKE_OUT_PAID, {"cart_id": cart_id})
    values: dict[str, object] = {}
    if change.store_code:
        values["location_id"] = stores.queries.get_store(session, change.store_code).id
    if change.note is not None:
        values["note"] = change.note or None
    if change.contact_id is not None:
        values["contact_id"] = change.contact_id
    version = _touch(session, cart_id, seen_version=change.seen_version, **values)
    out = [sku for sku, units in change.quantities.items() if units <= 0]
    if out:
        gone = delete(CartLine).where(CartLine.cart_id == cart_id, CartLine.sku.in_(out))
        session.execute(gone)
    _have(session, cart_id, {sku: units for sku, units in change.quantities.items() if units > 0})
    return version


def add_to_cart(session: Session, cart_id: UUID, sku: str, *, units: int = 1, most: int) -> None:
    """Have so many more of a SKU in a basket, whatever else is in it by now; `most` at most.

    Raises UnknownCart, CartOrdered or UnknownSku.
    """
    catalog.queries.require_skus(session, [sku])
    change_cart(session, cart_id, ChangeCart())
    more = insert(CartLine).values(cart_id=cart_id, sku=sku, quantity=min(units, most))
    sum_of_both = func.least(CartLine.quantity + units, func.greatest(most, CartLine.quantity))
    session.execute(
        more.on_conflict_do_update(
            index_elements=["cart_id", "sku"], set_={"quantity": sum_of_both}
        )
    )


def send_cart(session: Session, cart_id: UUID, contact: GiveContact, *, actor: Actor) -> UUID:
    """Have somebody sent the link of a basket; return the contact that is written to.

    Raises UnknownCart, CartOrdered, or a refusal of the contact.
    """
    require_open(session, cart_id)
    contact_id = customers.services.give_contact(session, contact).id
    theirs = update(Cart).where(Cart.id == cart_id, Cart.contact_id.is_(None))
    session.execute(theirs.values(contact_id=contact_id))
    fact = CartSent(cart_id=cart_id, contact_id=contact_id)
    events.record(session, fact, actor=actor)
    return contact_id


def note_left(session: Session, left: LeftCart) -> bool:
    """Note that somebody left a basket, and tell of it, once; False where it was gone on with.

    It is told to whom the account reaches now.
    """
    noted = session.execute(
        update(Cart)
        .where(Cart.id == left.id, Cart.order_id.is_(None), Cart.left_noted_at.is_(None))
        .values(left_noted_at=DB_NOW)
        .returning(Cart.contact_id)
    ).one_or_none()
    account = customers.queries.find_account(session, left.customer_id)
    if noted is None or account is None:
        return False
    points = customers.queries.list_points(session, account.customer_id)
    phones = (each.value for each in points if each.proven_at and each.kind is PointKind.PHONE)
    who = GiveContact(
        account.first_name,
        account.last_name,
        account.email,
        next(phones, None),
        account.language,
    )
    contact_id = customers.services.give_contact(session, who).id
    events.record(session, CartLeft(cart_id=left.id, contact_id=contact_id), actor=SYSTEM)
    return True


def claim_cart(session: Session, seen: SeenCart) -> None:
    """Keep others from changing or ordering a basket until this transaction ends.

    Raises UnknownCart, CartChanged when another version was seen, or CartOrdered.
    """
    _touch(session, seen.id, seen_version=seen.version)


def await_payment(session: Session, cart_id: UUID, *, fulfillment_id: UUID) -> None:
    """Keep a basket until the order that was begun from it is paid: its shopper may come back."""
    session.execute(update(Cart).where(Cart.id == cart_id).values(pending_id=fulfillment_id))


def close_cart(session: Session, cart_id: UUID, *, order_id: UUID, actor: Actor) -> None:
    """Have a basket be what it became, for good; its lines show what it was."""
    closing = update(Cart).where(Cart.id == cart_id).values(order_id=order_id, pending_id=None)
    session.execute(closing)
    fact = CartBecameOrder(cart_id=cart_id, order_id=order_id)
    events.record(session, fact, actor=actor)


def require_open(session: Session, cart_id: UUID) -> None:
    """Return nothing when a basket can still be changed.

    Raises UnknownCart or CartOrdered.
    """
    if queries.get_cart_by_id(session, cart_id).order_id is not None:
        raise CartOrdered


def _touch(session: Session, cart_id: UUID, *, seen_version: int | None, **values: object) -> int:
    """Lock an open basket in the version that was seen, and raise it; return the new one."""
    guards = [Cart.id == cart_id, Cart.order_id.is_(None)]
    if seen_version is not None:
        guards.append(Cart.version == seen_version)
    raised = (
        update(Cart)
        .where(*guards)
        .values(changed_at=DB_NOW, version=Cart.version + 1, **values)
        .returning(Cart.version)
        .execution_options(synchronize_session=False)
    )
    version = session.execute(raised).scalar_one_or_none()
    if version is None:
        raise _why_not(session, cart_id)
    return version


def _why_not(session: Session, cart_id: UUID) -> CartOrdered | CartChanged:
    """Return why an existing basket was not changed, with how it is now.

    Raises UnknownCart.
    """
    now = queries.get_cart_by_id(session, cart_id)
    if now.order_id is not None:
        return CartOrdered()
    return changed_meanwhile(session, now)


def changed_meanwhile(session: Session, now: CartFacts) -> CartChanged:
    """Return the refusal of who saw another basket than it is, with how it is now."""
    store = stores.queries.get_store_by_id(session, now.location_id) if now.location_id else None
    items = [{"sku": sku, "quantity": units} for sku, units in now.quantities.items()]
    return CartChanged(version=now.version, store=store.code if store else None, items=items)


def _have(session: Session, cart_id: UUID, quantities: dict[str, int]) -> None:
    if not quantities:
        return
    catalog.queries.require_skus(session, sorted(quantities))
    values = [min(quantities[sku], QUANTITY_MAX) for sku in sorted(quantities)]
    session.execute(_HAVE, {"cart_id": cart_id, "skus": sorted(quantities), "quantities": values})
