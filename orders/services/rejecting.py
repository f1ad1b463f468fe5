"""A store that cannot prepare a parcel: it holds nothing any more, and the shopper chooses."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import inventory.services
import stores.queries
import stores.services
from inventory.commands import Doubt, StockEffect
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import new_id
from orders import queries
from orders.commands import Answer, AnswerChoice, Method, ReasonKind, Status
from orders.events import FulfillmentRejected
from orders.models import NEXT, Choice
from orders.queries import ReasonFacts
from orders.services.choosing import answer_choice, settle_choice, take_answer
from orders.services.clearing import end_wave, withdraw_substitutes
from orders.services.parcels import Locked, hold_order, lock_parcel
from orders.services.putting_back import ask_put_back
from orders.services.sending_on import find_next, send_on
from orders.services.setting_out import ask_a_person

REJECTABLE: Final = frozenset(each for each, then in NEXT.items() if Status.REJECTED in then)


def reject_fulfillment(
    session: Session, fulfillment_id: UUID, *, reason: str, actor: Actor
) -> UUID:
    """A store cannot prepare a parcel: the shopper is asked what they want instead.

    Of a delivery nobody is asked while the rules find another location that sends all of it; once
    they do not, a person sees to it too. The rejected one holds nothing any more; what was picked
    goes back to the shelf, and what the reason doubts leaves the offer until somebody counted it.
    Its money stays. Returns the choice's id.

    Raises UnknownFulfillment, WrongState or UnknownReason.
    """
    queries.get_fulfillment(session, fulfillment_id, actor=actor)
    hold_order(session, fulfillment_id)
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    following = find_next(session, locked) if locked.parcel.status in REJECTABLE else None
    asks = following is None
    choice_id = _reject(session, locked, reason=reason, actor=actor, asks=asks)
    if following is not None and send_on(session, locked, following):
        take_answer(session, choice_id, Answer.DELIVERY, actor=SYSTEM)
        settle_choice(session, fulfillment_id)
    elif locked.parcel.method is Method.DELIVERY:
        ask_a_person(session, locked)
    return choice_id


def reassign(
    session: Session, fulfillment_id: UUID, *, store_code: str, reason: str, actor: Actor
) -> None:
    """Have another store prepare a parcel, with the customer's word.

    Nobody is asked any more; the customer is told where it goes on.

    Raises UnknownFulfillment, WrongState, UnknownReason, or what `answer_choice` raises.
    """
    queries.get_fulfillment(session, fulfillment_id, actor=actor)
    hold_order(session, fulfillment_id)
    locked = lock_parcel(session, fulfillment_id, actor=actor)
    keep_both(session, locked, store_code)
    choice_id = _reject(session, locked, reason=reason, actor=actor, asks=False)
    answer_choice(
        session, choice_id, AnswerChoice(Answer.OTHER_STORE, store_code=store_code), actor=actor
    )


def keep_both(session: Session, locked: Locked, store_code: str) -> None:
    """Keep capacity and goods of both stores as they are, in the order in which all lock them.

    Else two that give each other a parcel of the same article would each wait for the other.
    """
    parcel, onward = locked.parcel, stores.queries.get_store(session, store_code)
    places = {parcel.location_id, onward.id}
    slots = [parcel.slot_id] if parcel.slot_id else []
    stores.services.lock_capacity(session, location_ids=places, slot_ids=slots)
    for location_id in sorted(places):
        inventory.services.lock_levels(session, location_id=location_id, skus=locked.lines)


def _reject(session: Session, locked: Locked, *, reason: str, actor: Actor, asks: bool) -> UUID:
    parcel, why = locked.parcel, queries.get_reason(session, ReasonKind.REJECT, reason)
    parcel.move_to(Status.REJECTED)
    session.flush()
    stores.services.release_booking(session, parcel.id)
    _let_go(session, locked, why, actor=actor)
    rules = stores.queries.get_rules(session, parcel.location_id)
    choice = Choice(
        id=new_id(),
        fulfillment_id=parcel.id,
        reason=why.code,
        answer_by=db_now(session) + timedelta(hours=rules.choice_hours),
        fallback=Answer(rules.choice_fallback),
    )
    session.add(choice)
    session.flush()
    fact = FulfillmentRejected(
        **locked.ids, choice_id=choice.id, answer_by=choice.answer_by, asks=asks
    )
    events.record(session, fact, actor=actor, reason=why.code)
    return choice.id


def _let_go(session: Session, locked: Locked, why: ReasonFacts, *, actor: Actor) -> None:
    """Have the parcel hold nothing: what it has in hands goes back, the rest is free or doubted."""
    aside = locked.in_bin
    left = {sku: line.undecided for sku, line in locked.lines.items() if line.undecided}
    withdraw_substitutes(session, locked, also={*aside, *left}, actor=actor)
    if aside:
        ask_put_back(session, locked, aside, why=why.code, actor=actor)
    if left:
        inventory.services.release(session, **locked.stock, quantities=left, reason=why.code)
    for line in locked.lines.values():
        line.picked = line.handed_over
    locked.parcel.bin = None
    session.flush()
    end_wave(session, locked.parcel, actor=actor)
    if why.effect is not StockEffect.NONE:
        for sku, quantity in left.items():
            doubt = Doubt(
                **locked.stock, sku=sku, quantity=quantity, effect=why.effect, reason=why.code
            )
            inventory.services.doubt(session, doubt, actor=actor)
