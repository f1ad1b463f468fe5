"""Who comes for an order: people the customer sends, and the customer outside in the car."""

from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import orders.services
from app.answers import Shown
from app.i18n import current
from app.shop.blueprint import blueprint
from app.shop.contact import Typed, read_name, read_reach
from app.shop.views.following import ORDER, show_order
from app.shop.views.keeping import do
from customers.commands import GiveContact
from kernel.actors import Actor
from kernel.web import declare
from orders.commands import BAY_MAX, VEHICLE_MAX

PROXIES: Final = f"{ORDER}/others"
UNPROCESSABLE: Final = 422


@blueprint.get(PROXIES)
@declare(permission="orders.read")
def ask_for_proxy(token: str) -> str:
    """Show who may collect the order, and ask who else may."""
    return _page(token, Typed())


@blueprint.post(PROXIES)
@declare(permission="orders.collect", rate="30/minute")
def name_proxy(token: str) -> Shown:
    """Have somebody else able to collect the order, with a code of their own."""
    typed = Typed()
    first_name, last_name = read_name(request.form, typed)
    email, phone = read_reach(request.form, typed)
    if typed.errors:
        return _page(token, typed), UNPROCESSABLE
    contact = GiveContact(first_name, last_name, email, phone, current())

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.name_proxy(session, order_id, contact, actor=actor)

    return do(token, "others", act, typed=typed)


@blueprint.post(f"{PROXIES}/<uuid:proxy_id>/withdraw")
@declare(permission="orders.collect", rate="60/minute")
def withdraw_proxy(token: str, proxy_id: UUID) -> Shown:
    """Have somebody not collect the order any more."""

    def act(session: Session, order_id: UUID, actor: Actor) -> None:
        orders.services.withdraw_proxy(session, order_id, proxy_id, actor=actor)

    return do(token, "others", act, typed=Typed())


@blueprint.post(f"{ORDER}/<uuid:parcel>/on-my-way")
@declare(permission="orders.collect", rate="60/minute")
def announce_way(token: str, parcel: UUID) -> Shown:
    """Say to the store that the customer is on the way."""

    def act(session: Session, _order_id: UUID, actor: Actor) -> None:
        orders.services.announce_way(session, parcel, actor=actor)

    return do(token, "order", act, fresh=False)


@blueprint.post(f"{ORDER}/<uuid:parcel>/arrived")
@declare(permission="orders.collect", rate="60/minute")
def announce_arrival(token: str, parcel: UUID) -> Shown:
    """Say to the store that the customer is outside, and where."""
    typed = Typed()
    bay = typed.read(request.form, "bay", longest=BAY_MAX)
    vehicle = typed.read(request.form, "vehicle", longest=VEHICLE_MAX)
    if typed.errors:
        return show_order("order", token, fresh=False, typed=typed), UNPROCESSABLE

    def act(session: Session, _order_id: UUID, actor: Actor) -> None:
        orders.services.announce_arrival(
            session, parcel, bay=bay.upper() or None, vehicle=vehicle or None, actor=actor
        )

    return do(token, "order", act, fresh=False)


def _page(token: str, typed: Typed) -> str:
    return show_order("others", token, refused=None, typed=typed)
