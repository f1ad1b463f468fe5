"""Who is looking at the shop, and what surrounds every page of it."""

from dataclasses import dataclass, replace
from uuid import UUID

from flask import g, render_template
from sqlalchemy.orm import Session

import catalog.queries
import conversations.queries
import customers.queries
import customers.services
import orders.queries
import stores.queries
from app import i18n, sessions
from app.auth import shopper
from catalog.queries import CategoryFacts
from customers.commands import Place
from customers.queries import AccountFacts
from kernel.actors import Actor
from kernel.links import read_thread_token
from orders.queries import CartFacts
from stores.queries import BrandFacts


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser in the shop: where it looks for stores, its basket, and whose account it is in."""

    session_id: UUID | None
    place: Place | None
    cart: CartFacts
    account: AccountFacts | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the shop shows around its own."""

    visitor: Visitor
    brand: BrandFacts | None
    shelves: list[CategoryFacts]
    unseen: int | None = None
    """How much was said to this browser that nobody looked at; None where it talks to nobody."""

    @property
    def brand_id(self) -> UUID | None:
        """Return the brand whose prices are shown."""
        return self.brand.id if self.brand else None


def find_visitor(session: Session) -> Visitor:
    """Return who this browser is; somebody new when it never did anything worth remembering."""
    token = sessions.read_cookie(sessions.SHOPPER)
    known = customers.queries.find_session(session, token=token) if token else None
    if known is None:
        return Visitor(None, None, CartFacts({}, None))
    cart = orders.queries.get_cart(session, known.id)
    place = known.place or _liked_place(session, known.account)
    return Visitor(known.id, place, cart, known.account)


def _liked_place(session: Session, account: AccountFacts | None) -> Place | None:
    """Return where the store is that whoever is signed in likes best, if they said so."""
    if account is None:
        return None
    liked = customers.queries.find_preference(session, account.customer_id).location_id
    if liked is None:
        return None
    store = stores.queries.get_store_by_id(session, liked)
    return Place(store.name, store.latitude, store.longitude)


def remember_visitor(session: Session) -> UUID:
    """Have a row for this browser, which gets its cookie now if it had none; return its id."""
    return customers.services.begin_session(session, token=sessions.shopper_token())


def read_frame(session: Session) -> Frame:
    """Return what surrounds a page: four statements, and a few more for who is known or talks."""
    first = stores.queries.list_stores(session, limit=1)
    brand = stores.queries.get_brand(session, first[0].brand_id) if first else None
    return Frame(
        find_visitor(session),
        brand,
        catalog.queries.list_categories(session, language=i18n.current()),
        count_unseen(session),
    )


def count_unseen(session: Session) -> int | None:
    """Return how much we said to this browser that was not looked at; None without a talk."""
    held = read_thread_token(sessions.read_cookie(sessions.THREAD) or "")
    return conversations.queries.count_unseen(session, held) if held else None


def with_cart(frame: Frame, cart: CartFacts) -> Frame:
    """Return what surrounds a page, with another basket at hand."""
    return replace(frame, visitor=replace(frame.visitor, cart=cart))


def show(template: str, frame: Frame, **context: object) -> str:
    """Return a page of the shop."""
    visitor = frame.visitor
    if frame.brand is not None:
        context["brand_name"] = frame.brand.name
    return render_template(
        f"shop/{template}.html",
        shelves=frame.shelves,
        place=visitor.place,
        account=visitor.account,
        unseen=frame.unseen,
        basket_count=sum(visitor.cart.quantities.values()),
        **context,
    )


def as_shopper(order_id: UUID | None = None) -> Actor:
    """Return who acts in the shop: a shopper, also when somebody of the staff is signed in."""
    return shopper(order_id=order_id, request_id=g.request_id)
