"""What a shopper chooses after a store rejected their parcel: answered once, served in time."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, text, update
from sqlalchemy.orm import Session

import customers.services
import stores.queries
from inventory.errors import OutOfStock
from kernel import events
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.clock import DB_NOW, db_now
from kernel.errors import Conflict
from orders import queries
from orders.availability import list_shippers
from orders.commands import Answer, AnswerChoice, CancelReason, Method, Status
from orders.errors import AddressNeeded, AnswerNotOffered, ChoiceAnswered, StoreNotNamed
from orders.events import ChoiceMade
from orders.models import Choice, Order
from orders.queries import ChoiceFacts
from orders.services.continuing import Onward, open_anew
from orders.services.parcels import Locked, cancel_parcel, hold_order, lock_parcel
from orders.services.promising import WAYS

CUSTOMER: Final = "customer"
DEADLINE: Final = "deadline"

_ANSWER = text("""
    UPDATE choice SET
        answer = :answer, answered_at = statement_timestamp(), answered_by = :answered_by,
        wait_until = CASE WHEN :answer = 'wait'
            THEN statement_timestamp() + make_interval(days => :wait_days) END,
        settled_at = CASE WHEN :answer <> 'wait' THEN statement_timestamp() END
    WHERE id = :id AND answered_at IS NULL
    RETURNING id
""").bindparams(
    bindparam("id", type_=Uuid),
    bindparam("wait_days", type_=Integer),
    bindparam("answer", type_=Text),
    bindparam("answered_by", type_=Text),
)


def answer_choice(
    session: Session, choice_id: UUID, command: AnswerChoice, *, actor: Actor
) -> None:
    """Have what was rejected go on as somebody chose: once, whoever is quicker.

    Raises UnknownChoice, ChoiceAnswered, StoreNotNamed, AddressNeeded, AnswerNotOffered,
    OutOfStock, or what placing an order there would raise; the choice can be made again then.
    """
    choice = queries.get_choice(session, choice_id)
    hold_order(session, choice.fulfillment_id)
    locked = lock_parcel(session, choice.fulfillment_id, actor=SYSTEM)
    _take(session, choice, command.answer, actor=actor)
    fact = ChoiceMade(**locked.ids, choice_id=choice.id, answer=command.answer.value)
    events.record(session, fact, actor=actor, reason=choice.reason)
    _CONSEQUENCES[command.answer](session, locked, command, actor)


def answer_overdue(session: Session, choice_id: UUID) -> bool:
    """Have the fallback hold of a choice nobody made in time; False when somebody just did."""
    choice = queries.get_choice(session, choice_id)
    if not choice.open or choice.answer_by > db_now(session):
        return False
    try:
        with session.begin_nested():
            answer_choice(session, choice_id, AnswerChoice(choice.fallback), actor=SYSTEM)
    except ChoiceAnswered:
        return False
    return True


def serve_waiting(session: Session, choice_id: UUID) -> bool:
    """Have a parcel that was waited for go on at its store, or end when its time is over.

    False when its goods are not all back, or the store cannot take it on now.
    """
    choice = queries.get_choice(session, choice_id)
    hold_order(session, choice.fulfillment_id)
    locked = lock_parcel(session, choice.fulfillment_id, actor=SYSTEM)
    choice = queries.get_choice(session, choice_id)
    if locked.parcel.status is not Status.REJECTED or not choice.waits:
        return False
    if choice.wait_until and choice.wait_until < db_now(session):
        _refund(session, locked, AnswerChoice(Answer.REFUND), SYSTEM)
    else:
        try:
            with session.begin_nested():
                _prepare_again(session, locked)
        except Conflict:
            return False
    settle_choice(session, locked.parcel.id)
    return True


def close_choice(session: Session, locked: Locked, *, actor: Actor) -> None:
    """Have the choice of a parcel that was cancelled count as made: its money goes back."""
    choice = queries.list_choices(session, [locked.parcel.id]).get(locked.parcel.id)
    if choice is None:
        return
    if choice.open:
        _take(session, choice, Answer.REFUND, actor=actor)
    settle_choice(session, locked.parcel.id)


def settle_choice(session: Session, fulfillment_id: UUID) -> None:
    """Have nothing left to do of a parcel's choice."""
    session.execute(
        update(Choice)
        .where(Choice.fulfillment_id == fulfillment_id, Choice.settled_at.is_(None))
        .values(settled_at=DB_NOW)
    )


def take_answer(session: Session, choice_id: UUID, answer: Answer, *, actor: Actor) -> None:
    """Write down how a choice was made for what somebody else has done already.

    Raises UnknownChoice or ChoiceAnswered.
    """
    _take(session, queries.get_choice(session, choice_id), answer, actor=actor)


def _take(session: Session, choice: ChoiceFacts, answer: Answer, *, actor: Actor) -> None:
    """Write down the answer, unless there is one.

    Raises ChoiceAnswered.
    """
    values = {
        "id": choice.id,
        "answer": answer.value,
        "answered_by": _who(actor),
        "wait_days": stores.queries.get_rules(session, choice.location_id).wait_days,
    }
    if session.execute(_ANSWER, values).first() is not None:
        return
    made = queries.get_choice(session, choice.id)
    raise ChoiceAnswered(
        answer=made.answer.value if made.answer else None,
        at=made.answered_at.isoformat() if made.answered_at else None,
    )


def _who(actor: Actor) -> str:
    if actor.kind is ActorKind.SHOPPER:
        return CUSTOMER
    return DEADLINE if actor.kind is ActorKind.SYSTEM else actor.name


def _elsewhere(session: Session, locked: Locked, command: AnswerChoice, actor: Actor) -> None:
    """Another store of the same brand prepares it, to be collected there."""
    if not command.store_code:
        raise StoreNotNamed
    store = stores.queries.get_store(
        session, command.store_code, method=WAYS[Method.PICKUP], waiting=queries.waiting_at
    )
    order = session.get_one(Order, locked.parcel.order_id)
    if store.brand_id != order.brand_id or store.id == locked.parcel.location_id:
        raise AnswerNotOffered(answer=command.answer.value)
    open_anew(session, locked, Onward(store, Method.PICKUP), actor=actor)


def _to_the_door(session: Session, locked: Locked, command: AnswerChoice, actor: Actor) -> None:
    """The nearest location that ships and has all of it sends it, at no charge."""
    address_id, way_id = _address(session, locked, command), locked.parcel.delivery_method_id
    parcel = queries.get_fulfillment(session, locked.parcel.id, actor=SYSTEM)
    for offer in list_shippers(session, parcel):
        store = stores.queries.get_store(
            session, offer.store.code, method=WAYS[Method.DELIVERY], waiting=queries.waiting_at
        )
        try:
            with session.begin_nested():
                onward = Onward(store, Method.DELIVERY, address_id, delivery_method_id=way_id)
                open_anew(session, locked, onward, actor=actor)
        except OutOfStock:
            continue
        return
    raise AnswerNotOffered(answer=command.answer.value)


def _address(session: Session, locked: Locked, command: AnswerChoice) -> UUID:
    order = session.get_one(Order, locked.parcel.order_id)
    if command.address is not None and order.contact_id is not None:
        return customers.services.give_address(session, order.contact_id, command.address)
    if locked.parcel.address_id is None:
        raise AddressNeeded
    return locked.parcel.address_id


def _wait(session: Session, locked: Locked, command: AnswerChoice, actor: Actor) -> None:
    """Nothing moves: the parcel is served when its goods are back."""


def _refund(session: Session, locked: Locked, _command: AnswerChoice, actor: Actor) -> None:
    """Nothing is owed any more; what was paid for it goes back."""
    cancel_parcel(session, locked, why=CancelReason.OUT_OF_STOCK.value, actor=actor)


def _prepare_again(session: Session, locked: Locked) -> None:
    """The same store prepares what is back on its shelf; a slot of before is long over."""
    delivered = locked.parcel.method is Method.DELIVERY
    method = Method.DELIVERY if delivered else Method.PICKUP
    code = stores.queries.get_store_by_id(session, locked.parcel.location_id).code
    store = stores.queries.get_store(session, code, method=WAYS[method], waiting=queries.waiting_at)
    parcel = locked.parcel
    onward = Onward(store, method, parcel.address_id, delivery_method_id=parcel.delivery_method_id)
    open_anew(session, locked, onward, actor=SYSTEM)


_CONSEQUENCES: Final[Mapping[Answer, Callable[[Session, Locked, AnswerChoice, Actor], None]]] = {
    Answer.OTHER_STORE: _elsewhere,
    Answer.DELIVERY: _to_the_door,
    Answer.WAIT: _wait,
    Answer.REFUND: _refund,
}
