"""A delivery whose location cannot send it: the rules find another one, a few times, else a person.

What is collected never moves by itself: its customer chose the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from inventory.errors import OutOfStock
from kernel.actors import SYSTEM
from orders import queries
from orders.commands import Method, Status
from orders.errors import NotDecided
from orders.queries import DecisionFacts
from orders.services.continuing import Onward, open_anew
from orders.services.locked import Locked
from orders.services.promising import WAYS
from orders.sourcing import After, Ask, Decision, decide_by, held_rules, record_decision
from stores.errors import DayFull, StorePaused

TRIES_MAX: Final = 3
"""Locations that are asked in turn before a person sees to it, the first one included."""


@dataclass(frozen=True, slots=True)
class Next:
    """Who sends a rejected parcel now, as it was decided."""

    ask: Ask
    decision: Decision


def find_next(session: Session, locked: Locked) -> Next | None:
    """Return who sends all of a delivery instead of its location; None when nobody is found.

    None too for what is collected, and for what was never decided by rules.
    """
    if locked.parcel.method is not Method.DELIVERY:
        return None
    try:
        before = queries.get_decisions(session, locked.parcel.order_id)
    except NotDecided:
        return None
    if len(before) >= TRIES_MAX:
        return None
    ask = _ask_again(session, locked, before[0])
    decision = decide_whole(session, ask)
    return Next(ask, decision) if decision.sends else None


def decide_whole(session: Session, ask: Ask) -> Decision:
    """Return which one location sends all that is asked, or that none does."""
    rules = held_rules(session, ask)
    whole = replace(
        rules.book.limits,
        max_splits=0,
        ship_complete=True,
        after_partial=After.ALTERNATIVES,
        after_none=After.ALTERNATIVES,
    )
    return decide_by(session, ask, replace(rules, book=replace(rules.book, limits=whole)))


def send_on(session: Session, locked: Locked, following: Next) -> bool:
    """Have another location send a rejected parcel; False when it cannot any more."""
    (send,) = following.decision.sends
    store = stores.queries.get_store(
        session, send.store.code, method=WAYS[Method.DELIVERY], waiting=queries.waiting_at
    )
    onward = Onward(
        store,
        Method.DELIVERY,
        locked.parcel.address_id,
        delivery_method_id=locked.parcel.delivery_method_id,
    )
    try:
        with session.begin_nested():
            open_anew(session, locked, onward, actor=SYSTEM)
    except (OutOfStock, DayFull, StorePaused):
        return False
    record_decision(session, following.decision, following.ask, locked.parcel.order_id)
    return True


def _ask_again(session: Session, locked: Locked, first: DecisionFacts) -> Ask:
    """Return what was asked at first, of what this parcel owes, of nobody who said no."""
    parcels = queries.list_order_parcels(session, locked.parcel.order_id)
    said_no = {
        each.location_id
        for each in parcels
        if each.status in {Status.REJECTED, Status.REROUTED} or each.id == locked.parcel.id
    }
    place = first.place
    values: Mapping[str, int] = first.asked["values_minor"]
    store_id = first.asked["store_id"]
    return Ask(
        brand_id=first.brand_id,
        brand=first.asked["brand"],
        channel=first.channel,
        method=Method.DELIVERY,
        quantities=locked.owed,
        latitude=place["latitude"],
        longitude=place["longitude"],
        values_minor=values,
        postcode=place["postcode"],
        store_id=UUID(store_id) if store_id else None,
        without=frozenset(said_no),
    )
