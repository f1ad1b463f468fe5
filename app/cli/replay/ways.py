"""The other ways a replayed order can take, each through the use cases its people would use."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import orders.queries
import orders.services
from app.cli.replay.ageing import let_answer_pass, let_days_pass, reach_last_day
from app.cli.replay.fates import Fate
from app.cli.replay.people import customer_of, staff_of
from app.cli.replay.plan import PlannedOrder
from customers.commands import GiveContact
from kernel.actors import SYSTEM
from kernel.db import transaction
from orders.commands import Answer, AnswerChoice, CancelReason, Refused
from orders.queries import FulfillmentFacts

REJECTED_FOR: Final = "no_time"
REFUSED_FOR: Final = "changed_mind"
MISSING_FOR: Final = ("not_found", "damaged", "sold_to_walk_in")
PROXY: Final = "proxy"
FRIEND: Final = ("Camille", "Voisin")
ANSWERS: Final = {Fate.OTHER_STORE: Answer.OTHER_STORE, Fate.REFUND: Answer.REFUND}


def reject(planned: PlannedOrder, facts: FulfillmentFacts) -> None:
    """The store cannot prepare the parcel, and its customer chooses, or does not."""
    with transaction() as session:
        choice_id = orders.services.reject_fulfillment(
            session, facts.id, reason=REJECTED_FOR, actor=staff_of(facts)
        )
    answer_rejected(planned, facts, choice_id)


def answer_rejected(planned: PlannedOrder, facts: FulfillmentFacts, choice_id: UUID) -> None:
    """The customer of a rejected parcel says what they want, or the time to say it passes."""
    if planned.fate is Fate.UNANSWERED:
        let_answer_pass(choice_id)
        with transaction() as session:
            orders.services.answer_overdue(session, choice_id)
        return
    answer = ANSWERS.get(planned.fate, Answer.WAIT)
    store = planned.second_store if answer is Answer.OTHER_STORE else None
    command = AnswerChoice(answer, store_code=store)
    with transaction() as session:
        orders.services.answer_choice(
            session, choice_id, command, actor=customer_of(facts.order_id)
        )
    if answer is Answer.WAIT:
        with transaction() as session:
            orders.services.serve_waiting(session, choice_id)


def report_missing(planned: PlannedOrder, facts: FulfillmentFacts) -> None:
    """One unit of the first article cannot be found, or not be sold."""
    line = facts.lines[0]
    reason = MISSING_FOR[planned.lot % len(MISSING_FOR)]
    with transaction() as session:
        orders.services.report_short_line(
            session, facts.id, sku=line.sku, quantity=1, reason=reason, actor=staff_of(facts)
        )


def name_proxy(facts: FulfillmentFacts) -> None:
    """The customer sends a friend."""
    first_name, last_name = FRIEND
    email = f"camille.{facts.order_number.lower()}@example.org"
    friend = GiveContact(first_name, last_name, email, None, facts.language)
    with transaction() as session:
        orders.services.name_proxy(
            session, facts.order_id, friend, actor=customer_of(facts.order_id)
        )


def refused_of(planned: PlannedOrder, facts: FulfillmentFacts) -> dict[str, Refused]:
    """Return what the customer does not want after all: one unit of the first article there is."""
    if planned.fate is not Fate.REFUSED:
        return {}
    there = [line.sku for line in facts.lines if line.collectable]
    return {there[0]: Refused(1, REFUSED_FOR)} if there else {}


def let_wait(planned: PlannedOrder, facts: FulfillmentFacts) -> None:
    """The customer comes late, or never, or calls the order off while it waits."""
    if planned.fate is Fate.CALLED_OFF:
        with transaction() as session:
            orders.services.cancel_order(
                session,
                facts.order_id,
                reason=CancelReason.CUSTOMER_REMORSE,
                actor=customer_of(facts.order_id),
            )
    elif planned.fate is Fate.LATE and not facts.extensions:
        with transaction() as session:
            orders.services.extend_pickup(session, facts.id, actor=customer_of(facts.order_id))
    elif planned.fate is Fate.NO_SHOW:
        let_days_pass(facts.id, days=1)
        with transaction() as session:
            orders.services.expire_fulfillment(session, facts.id)


def remind(facts: FulfillmentFacts) -> None:
    """The days pass until the last one, and its customer is reminded on the way."""
    for stage in range(1, orders.queries.LAST_DAY + 1):
        if stage == orders.queries.LAST_DAY:
            reach_last_day(facts.id)
        else:
            let_days_pass(facts.id, days=1)
        with transaction() as session:
            orders.services.remind(session, facts.id, stage=stage)


def put_back(order_id: UUID) -> None:
    """Somebody puts back on the shelf what nobody collects."""
    with transaction() as session:
        waiting = _waiting_to_go_back(session, order_id)
    for put_back_id, facts in waiting:
        with transaction() as session:
            orders.services.finish_put_back(session, put_back_id, actor=staff_of(facts))


def undecided_of(facts: FulfillmentFacts) -> dict[str, int]:
    """Return how many of each article nobody has picked or given up yet."""
    return {
        line.sku: left
        for line in facts.lines
        if (left := line.quantity - line.cancelled - line.picked) > 0
    }


def _waiting_to_go_back(session: Session, order_id: UUID) -> list[tuple[UUID, FulfillmentFacts]]:
    parcels = orders.queries.list_order_parcels(session, order_id)
    return [
        (task.id, parcel)
        for parcel in parcels
        for task in orders.queries.list_put_backs(
            session, location_id=parcel.location_id, actor=SYSTEM
        )
        if task.fulfillment_id == parcel.id
    ]
