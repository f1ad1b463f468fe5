"""Who sends what to a door, and what follows where the rules do not find all of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from orders import queries
from orders.availability import StoreOffer
from orders.sourcing.deciding import (
    Held,
    decide_among,
    excepted,
    held_rules,
    read_offers,
    send_from,
    unable,
)
from orders.sourcing.later import A_DAY, expected, lacks_until, once_there
from orders.sourcing.rules import After
from orders.sourcing.shapes import Ask, Decision


def decide(session: Session, ask: Ask) -> Decision:
    """Return who sends what is asked to a door, by the rules that hold, and what follows.

    Raises UnknownSku.
    """
    rules = held_rules(session, ask)
    offers = read_offers(session, ask, rules)
    decision = decide_among(session, ask, rules, offers)
    return _follow(session, ask, rules, offers, decision) if decision.missing else decision


def _follow(
    session: Session,
    ask: Ask,
    rules: Held,
    offers: Sequence[StoreOffer],
    decision: Decision,
) -> Decision:
    """Return what becomes of an order to a door of which some is missing, as the rules say."""
    if decision.after is After.WAIT:
        return _awaiting(session, ask, rules, offers) or decision
    if decision.after is After.CASE:
        return _seen_to(ask, offers, decision)
    return decision


def _awaiting(
    session: Session, ask: Ask, rules: Held, offers: Sequence[StoreOffer]
) -> Decision | None:
    """Return who sends all of it once what is announced is there; None where that is nobody.

    What others wait for already is theirs.
    """
    skus = sorted(ask.quantities)
    awaited = queries.sum_awaited(session, skus)
    coming = {
        each.row.store_code: expected(each.deliveries, awaited.get(each.row.location_id, {}))
        for each in offers
    }
    had = {
        each.row.store_code: {
            sku: each.at_hand.get(sku, 0)
            + sum(units for _day, units in coming[each.row.store_code].get(sku, ()))
            for sku in skus
        }
        for each in offers
    }
    limits = replace(rules.book.limits, max_splits=0, ship_complete=True, after_partial=After.WAIT)
    whole = replace(rules, book=replace(rules.book, limits=limits))
    found = decide_among(session, ask, whole, offers, had=had)
    if not found.sends:
        return None
    (send,) = found.sends
    at_hand = next(each.at_hand for each in offers if each.row.store_code == send.store.code)
    lacks = lacks_until(ask.quantities, at_hand, coming[send.store.code])
    if lacks is None or lacks.on is None:
        return None
    later = once_there(send.store, lacks.on + A_DAY)
    if later is None:
        return None
    return replace(
        found, sends=(replace(send, ready_at=later.ready_at),), after=After.WAIT, lacks=lacks
    )


def _seen_to(ask: Ask, offers: Sequence[StoreOffer], decision: Decision) -> Decision:
    """Have the location that would send most, or the nearest, keep the order for a person."""
    able = [
        each
        for each in offers
        if not unable(each, ask) and each.row.location_id not in excepted(ask)
    ]
    first = min(able, key=lambda each: each.distance_km or 0.0, default=None)
    best = [*decision.sends, *([send_from(first, {})] if first else [])]
    if not best:
        return decision
    keeper = best[0]
    answer_by = keeper.store.asked_at + timedelta(hours=keeper.store.rules.choice_hours)
    return replace(
        decision, sends=(replace(keeper, quantities=ask.quantities, ready_at=answer_by),)
    )
