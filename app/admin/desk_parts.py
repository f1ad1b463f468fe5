"""A call whose basket goes several ways: each line its own, shown in parts before it is ordered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app.i18n import gettext as _
from app.shop.baskets import Basket
from app.shop.contact import Typed
from app.shop.mixing import Buying, Mixed, parts_of, read_mixed, read_ways
from app.shop.visitor import Frame
from customers.errors import UnreadablePostcode
from kernel.web import current_actor
from orders.commands import ChangeCart, Channel, OrderCart
from orders.queries import LineWay

MIXED: Final = "mixed"
WAY, SLOT = "way:", "slot-"
APART, SECOND = "apart:", "second:"
"""The fields that say how many of a line go another way than the rest, and which."""
PART_FIELDS_MAX: Final = 200
PART_FIELD_MAX: Final = 64


def read_part_fields(typed: Typed) -> None:
    """Keep what was typed of when each part is collected."""
    names = [name for name in request.form if name.startswith((SLOT, APART, SECOND))]
    for name in names[:PART_FIELDS_MAX]:
        typed.read(request.form, name[:PART_FIELD_MAX], longest=PART_FIELD_MAX)


def read_parts(session: Session, frame: Frame, basket: Basket, typed: Typed) -> Mixed:
    """Return the basket in parts, each with its promise and its price."""
    chosen = basket.chosen
    buying = Buying(
        {**typed.values, "way": typed.values.get("door", "")},
        typed.values.get("postcode", ""),
        Channel.PHONE,
        current_actor(),
        chosen.store.code if chosen else None,
        _read_seconds(basket, typed),
    )
    try:
        return read_mixed(session, frame, basket, buying)
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
        return read_mixed(session, frame, basket, replace(buying, postcode=""))


def _read_seconds(basket: Basket, typed: Typed) -> dict[str, tuple[int, str]]:
    """Return how many of each line go another way than the rest, and which; what is wrong is said.

    It must be fewer than are in the basket; nothing typed is none.
    """
    found = {}
    for line in basket.lines:
        said = typed.values.get(f"{APART}{line.sku}", "").strip()
        units = (
            int(said) if said.isascii() and said.isdigit() and len(said) < PART_FIELD_MAX else -1
        )
        if 0 < units < line.quantity:
            found[line.sku] = (units, typed.values.get(f"{SECOND}{line.sku}", ""))
        elif units and said:
            typed.errors[f"{APART}{line.sku}"] = _("Type a whole number, fewer than all of them.")
    return found


def new_ways(session: Session, cart_id: UUID, basket: Basket) -> dict[str, LineWay]:
    """Return how the form wants lines of the basket that were wanted otherwise until now."""
    known = orders.queries.list_line_ways(session, cart_id)
    said = read_ways(request.form, basket)
    return {sku: way for sku, way in said.items() if known.get(sku) != way}


def keep_ways(
    session: Session, cart_id: UUID, ways: Mapping[str, LineWay], *, seen_version: int | None
) -> None:
    """Have lines of the basket wanted in these ways.

    Raises CartChanged or CartOrdered.
    """
    orders.services.change_cart(session, cart_id, ChangeCart(seen_version=seen_version))
    orders.services.choose_line_ways(session, cart_id, ways)


def goes_to_door(form: Mapping[str, str]) -> bool:
    """Tell whether a form has any line brought."""
    return any(name.startswith((WAY, SECOND)) and value == "door" for name, value in form.items())


def in_parts(command: OrderCart, mixed: Mixed) -> OrderCart:
    """Return the order of a basket in these parts."""
    parts = parts_of(mixed, command.address, command.delivery_method or "")
    return replace(command, parts=parts)
