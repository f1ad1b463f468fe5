"""Ways to a door: a brand's list with a preview, the form of a way, the form of a zone."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.delivery
import orders.queries
import orders.services
import stores.queries
from app import forms
from app.admin.blueprint import blueprint, go_to, show
from app.admin.delivery_reading import (
    read_method,
    read_zone,
    say_unfit,
    type_method,
    type_zone,
    write_bands,
)
from app.admin.prices import choose_brand, get_seller
from app.admin.reading import Answers, asked, read_form, read_id
from app.answers import Shown
from app.doors import say_options
from app.i18n import N_, current
from app.i18n import gettext as _
from catalog.errors import UnknownSku
from customers.errors import UnreadablePostcode
from kernel.db import transaction
from kernel.errors import NotFound
from kernel.web import current_actor, declare
from orders.carriers import list_carriers
from orders.commands import AskDelivery, Channel, PricedBy
from orders.errors import UnknownDeliveryMethod, UnreadableZone
from orders.pricing import DeliveryWay, Zone
from stores.queries import BrandFacts

NEW: Final = "new"
BASKET_MAX: Final = 20
PRICED: Final = {
    PricedBy.AMOUNT: (N_("What the basket costs"), N_("Upper bounds are amounts.")),
    PricedBy.WEIGHT: (N_("What the basket weighs"), N_("Upper bounds are grams.")),
}


@blueprint.get("/delivery", endpoint="delivery")
@declare(permission="settings.edit")
def list_ways() -> str:
    """Show a brand's ways to a door, and what a basket would cost."""
    with transaction() as session:
        brand, brands = choose_brand(session)
        ways = orders.queries.list_delivery_ways(session, brand.id, closed_too=True)
        return show(
            "delivery/ways.html",
            tab="stores",
            brand=brand,
            brands=brands,
            rows=[(way, [(zone, write_bands(way, zone)) for zone in way.zones]) for way in ways],
            priced={each.value: words for each, (words, _text) in PRICED.items()},
            preview=_preview(session, brand),
            done=asked("done"),
        )


@blueprint.get("/delivery/<string:brand>/<string:code>", endpoint="delivery_way")
@declare(permission="settings.edit")
def get_way(brand: str, code: str) -> str:
    """Show one way in its form; `new` is an empty one."""
    with transaction() as session:
        return _way_form(session, get_seller(session, brand), code, Answers({}))


@blueprint.post("/delivery/<string:brand>/<string:code>")
@declare(permission="settings.edit")
def set_way(brand: str, code: str) -> Shown:
    """Have a way be as typed."""
    answers = read_form()
    with transaction() as session:
        seller = get_seller(session, brand)
        known = None if code == NEW else code
        command = read_method(answers, brand=seller.code, code=known)
        if command is None:
            return _way_form(session, seller, code, answers), 422

        def act() -> str:
            orders.services.set_delivery_method(session, command, actor=current_actor())
            return go_to("delivery", brand=seller.code, done="set")

        return forms.once(session, act)


@blueprint.post("/delivery/<uuid:method_id>/way/close")
@declare(permission="settings.edit")
def close_way(method_id: UUID) -> Shown:
    """Have a way offered no more."""
    with transaction() as session:

        def act() -> str:
            orders.services.close_delivery_method(session, method_id, actor=current_actor())
            return go_to("delivery", done="closed")

        return forms.once(session, act)


@blueprint.get("/delivery/<uuid:method_id>/zones/<string:zone>", endpoint="delivery_zone")
@declare(permission="settings.edit")
def get_zone(method_id: UUID, zone: str) -> str:
    """Show one zone in its form; `new` is an empty one."""
    with transaction() as session:
        return _zone_form(session, _way(session, method_id), zone, Answers({}))


@blueprint.post("/delivery/<uuid:method_id>/zones/<string:zone>")
@declare(permission="settings.edit")
def set_zone(method_id: UUID, zone: str) -> Shown:
    """Have a zone be as typed."""
    answers = read_form()
    with transaction() as session:
        way = _way(session, method_id)
        known = _zone(way, zone)
        command = read_zone(answers, way, name=known.name if known else None)
        if command is None:
            return _zone_form(session, way, zone, answers), 422

        def act() -> str:
            orders.services.set_delivery_zone(session, command, actor=current_actor())
            return go_to("delivery", done="set")

        try:
            with session.begin_nested():
                return forms.once(session, act)
        except UnreadableZone as refusal:
            field, said = say_unfit(refusal)
            answers.errors[field] = said
            return _zone_form(session, way, zone, answers), 422


@blueprint.post("/delivery/<uuid:method_id>/zones/<uuid:zone_id>/remove")
@declare(permission="settings.edit")
def remove_zone(method_id: UUID, zone_id: UUID) -> Shown:
    """Have a way not lead to a zone any more."""
    with transaction() as session:

        def act() -> str:
            orders.services.remove_delivery_zone(
                session, method_id, zone_id=zone_id, actor=current_actor()
            )
            return go_to("delivery", done="removed")

        return forms.once(session, act)


def _preview(session: Session, brand: BrandFacts) -> dict[str, Any]:
    """Return what a basket costs to be brought to a postcode, as customers are told."""
    typed = {"skus": asked("skus"), "postcode": asked("postcode")}
    preview: dict[str, Any] = {"typed": typed, "options": None, "error": ""}
    skus = [each for each in typed["skus"].replace(",", " ").split() if each][:BASKET_MAX]
    if not skus or not typed["postcode"]:
        return preview
    quantities = {sku: skus.count(sku) for sku in skus}
    ask = AskDelivery(Channel.WEB, current(), quantities, typed["postcode"], brand_code=brand.code)
    try:
        found = orders.delivery.find_options(session, ask)
    except UnknownSku as refusal:
        unknown = ", ".join(refusal.facts["skus"])
        return {**preview, "error": _("Nobody sells %(skus)s.") % {"skus": unknown}}
    except UnreadablePostcode:
        return {**preview, "error": _("Write the five digits of a French postcode.")}
    if found.decision.missing:
        return {**preview, "error": _("No location can send all of it now.")}
    return {**preview, "options": say_options(found.options, brand.currency)}


def _way_form(session: Session, brand: BrandFacts, code: str, answers: Answers) -> str:
    known = None
    if code != NEW:
        ways = orders.queries.list_delivery_ways(session, brand.id, closed_too=True)
        known = next((each for each in ways if each.code == code), None)
        if known is None:
            raise NotFound
    typed = type_method(known)
    if answers.typed:
        typed = {**typed, "offered": "", **answers.typed}
    return show(
        "delivery/way.html",
        tab="stores",
        brand=brand,
        code=code,
        known=known,
        typed=typed,
        errors=answers.errors,
        carriers=[(each.code, each.name) for each in list_carriers()],
        priced=[(each.value, _(words), _(text)) for each, (words, text) in PRICED.items()],
    )


def _zone_form(session: Session, way: DeliveryWay, zone: str, answers: Answers) -> str:
    known = _zone(way, zone)
    return show(
        "delivery/zone.html",
        tab="stores",
        brand=stores.queries.get_brand(session, way.brand_id),
        way=way,
        zone=zone,
        known=known,
        typed={**type_zone(way, known), **answers.typed},
        errors=answers.errors,
    )


def _way(session: Session, method_id: UUID) -> DeliveryWay:
    try:
        way = orders.queries.get_delivery_way(session, method_id)
    except UnknownDeliveryMethod as error:
        raise NotFound from error
    if not current_actor().sees_brand(way.brand_id):
        raise NotFound
    return way


def _zone(way: DeliveryWay, zone: str) -> Zone | None:
    if zone == NEW:
        return None
    zone_id = read_id(zone)
    found = next((each for each in way.zones if each.id == zone_id), None)
    if found is None:
        raise NotFound
    return found
