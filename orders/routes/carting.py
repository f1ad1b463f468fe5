"""Baskets that go from hand to hand: whoever holds the signed token may fill and order one."""

from typing import Any, Final
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

import stores.queries
from customers.commands import GiveContact
from kernel.actors import Actor
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.db import transaction
from kernel.errors import Forbidden
from kernel.ids import read_cart_code, show_cart_code
from kernel.links import cart_token, read_cart_token
from kernel.web import IF_MATCH, answer_once, current_actor, declare, read_version
from orders import queries, services
from orders.commands import ChangeCart, OpenCart, OrderCart, PayBy, PlaceOrder, SeenCart
from orders.errors import UnknownCart
from orders.queries import CartFacts
from orders.routes.blueprint import blueprint
from orders.routes.ordering import kept, with_token
from orders.schemas import (
    CartCodeSchema,
    CartSchema,
    ChangeCartSchema,
    OpenCartSchema,
    OrderCartSchema,
    PlacedOrderSchema,
    ResumeCartSchema,
    SendCartSchema,
)
from orders.schemas.carting import LINK

TAKE: Final = "orders.take"
"""What somebody may who orders for somebody else."""
TRIES: Final = 20
WINDOW_S: Final = 900


@blueprint.post("/carts")
@declare(permission="orders.place", keyed=True, rate="120/minute")
@blueprint.arguments(OpenCartSchema)
@blueprint.response(201, CartSchema)
def open_cart(command: OpenCart) -> Response:
    """Begin a basket."""
    actor = current_actor()
    _refuse_note(command.note, actor)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            cart_id = services.open_cart(session, command, actor=actor)
            return 201, {"id": str(cart_id)}

        return answer_once(session, act, show=lambda kept: _shown(session, UUID(kept["id"])))


@blueprint.get("/carts/<string:token>")
@declare(permission="orders.place")
@blueprint.response(200, CartSchema)
def get_cart(token: str) -> dict[str, Any]:
    """Show a basket."""
    with transaction() as session:
        return _shown(session, _cart_of(token))


@blueprint.patch("/carts/<string:token>")
@declare(permission="orders.place", keyed=True)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(ChangeCartSchema)
@blueprint.response(200, CartSchema)
def change_cart(body: dict[str, Any], token: str) -> Response:
    """Change a basket in the version that was read, named by If-Match; another is a 409."""
    _refuse_note(body["note"], current_actor())
    quantities = {item["sku"]: item["quantity"] for item in body["items"]}
    change = ChangeCart(quantities, body["store"], body["note"], seen_version=read_version())
    cart_id = _cart_of(token)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.change_cart(session, cart_id, change)
            return 200, {"id": str(cart_id)}

        return answer_once(session, act, show=lambda kept: _shown(session, UUID(kept["id"])))


@blueprint.post("/carts/resume")
@declare(permission="orders.place", rate="60/minute")
@blueprint.arguments(ResumeCartSchema)
@blueprint.response(200, CartSchema)
def resume_cart(body: dict[str, Any]) -> dict[str, Any]:
    """Open a basket by its code; wrong codes are counted."""
    limits = [Limit(f"cart-code:by:{current_actor().id or request.remote_addr}", TRIES, WINDOW_S)]
    with transaction() as session:
        take_attempt(session, limits)
    code = read_cart_code(body["code"])
    if code is None:
        raise UnknownCart
    with transaction() as session:
        found = queries.get_cart_by_code(session, code)
        give_back_attempt(session, limits)
        return _show(session, found)


@blueprint.post("/carts/<string:token>/code")
@declare(permission="orders.place", keyed=True)
@blueprint.response(200, CartCodeSchema)
def give_cart_code(token: str) -> Response:
    """Have a code for a basket that people can type; the same each time."""
    cart_id = _cart_of(token)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            return 200, {"code": show_cart_code(services.give_cart_code(session, cart_id))}

        return answer_once(session, act, show=lambda kept: {**kept, "token": cart_token(cart_id)})


@blueprint.post("/carts/<string:token>/send")
@declare(permission=TAKE, keyed=True, rate="60/minute")
@blueprint.arguments(SendCartSchema)
@blueprint.response(200, CartSchema)
def send_cart(contact: GiveContact, token: str) -> Response:
    """Send a basket's link to the customer it was prepared for."""
    cart_id = _cart_of(token)
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            contact_id = services.send_cart(session, cart_id, contact, actor=current_actor())
            services.change_cart(session, cart_id, ChangeCart(contact_id=contact_id))
            return 200, {"id": str(cart_id)}

        return answer_once(session, act, show=lambda kept: _shown(session, UUID(kept["id"])))


@blueprint.post("/carts/<string:token>/order")
@declare(permission="orders.place", keyed=True, rate="120/minute")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(OrderCartSchema)
@blueprint.response(201, PlacedOrderSchema)
def order_cart(body: dict[str, Any], token: str) -> Response:
    """Have a basket become an order, in the version that was read, named by If-Match; once."""
    command, actor = _order_of(body, token), current_actor()
    if command.by_link and not actor.may(TAKE):
        raise Forbidden(permission=TAKE)
    credited = PlaceOrder(
        command.channel, command.parts, command.contact, begun_at=command.begun_at
    )
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.refuse_foreign_credit(session, credited, actor=actor)
            return 201, kept(services.order_cart(session, command, actor=actor))

        return answer_once(session, act, show=with_token)


def _order_of(body: dict[str, Any], token: str) -> OrderCart:
    by_link = body["pay_by"] == LINK
    return OrderCart(
        SeenCart(_cart_of(token), read_version()),
        body["channel"],
        GiveContact(language=body["language"], **body["customer"]),
        PayBy.CARD if by_link else PayBy(body["pay_by"]),
        body["method"],
        body["slot_id"],
        body["address"],
        body["delivery_method"],
        body["seen_total_minor"],
        by_link,
        body["parts"] or (),
        body["placed_at"],
        body["ticket_number"],
        body["company"],
        body["note"],
    )


def _cart_of(token: str) -> UUID:
    cart_id = read_cart_token(token)
    if cart_id is None:
        raise UnknownCart
    return cart_id


def _refuse_note(note: str | None, actor: Actor) -> None:
    """Return nothing when this actor may note something for others to read."""
    if note is not None and not actor.may(TAKE):
        raise Forbidden(permission=TAKE)


def _shown(session: Session, cart_id: UUID) -> dict[str, Any]:
    return _show(session, queries.get_cart_by_id(session, cart_id))


def _show(session: Session, cart: CartFacts) -> dict[str, Any]:
    store = stores.queries.get_store_by_id(session, cart.location_id) if cart.location_id else None
    shown: dict[str, Any] = CartSchema().dump(
        {
            "token": cart_token(cart.id or UUID(int=0)),
            "version": cart.version,
            "code": show_cart_code(cart.code) if cart.code else None,
            "channel": cart.channel,
            "store": store.code if store else None,
            "note": cart.note,
            "ordered": cart.order_id is not None,
            "items": [{"sku": sku, "quantity": n} for sku, n in cart.quantities.items()],
        }
    )
    return shown
