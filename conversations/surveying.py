"""How people found it: one tap after a collection, delivery or talk, and what follows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import orders.queries
import orders.services
from conversations.commands import SurveyAbout
from conversations.errors import ScoreOutOfRange, UnknownThread
from conversations.events import SurveyAnswered
from conversations.models import Survey, Thread, ThreadEntry
from customers.commands import Direction, RecordConsent, RecordInteraction, TouchChannel
from kernel import events
from kernel.actors import SYSTEM, Actor
from kernel.clock import DB_NOW, db_now
from kernel.ids import new_id
from orders.commands import CaseKind, Method, OpenCase, Status
from orders.errors import UnknownFulfillment
from orders.queries.knowing import select_open_abouts

PURPOSE: Final = "survey"
ASKED_ON: Final = ("email", "sms")
LOW: Final = 2
"""Scores up to this one have the store call back."""
BEST: Final = 5
ANSWERED_WITHIN: Final = timedelta(hours=24)
BETTER: Final = "score changed"
ASKED_AFTER: Final = frozenset({Status.HANDED_OVER, Status.DELIVERED})


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody is asked about, whose it is and where it happened."""

    about: SurveyAbout
    id: UUID
    order_id: UUID | None
    location_id: UUID | None
    customer_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """How a place is found: how many said it, and the mean in hundredths."""

    answers: int
    mean_hundredths: int
    low: int


def get_subject(session: Session, about_id: UUID) -> Subject:
    """Return what a parcel's or a conversation's score is about.

    Raises UnknownThread, also while the parcel is not with its customer yet.
    """
    try:
        parcel = orders.queries.get_fulfillment(session, about_id, actor=SYSTEM)
    except UnknownFulfillment:
        return _talk(session, about_id)
    if parcel.status not in ASKED_AFTER:
        raise UnknownThread(about_id=str(about_id))
    brought = parcel.method is Method.DELIVERY
    return Subject(
        SurveyAbout.DELIVERY if brought else SurveyAbout.PICKUP,
        about_id,
        parcel.order_id,
        parcel.location_id,
        customers.queries.find_giver(session, parcel.contact_id) if parcel.contact_id else None,
        parcel.contact_id,
    )


def find_score(session: Session, about_id: UUID) -> int | None:
    """Return the score somebody gave; None as long as they gave none."""
    return session.execute(
        select(Survey.score).where(Survey.about_id == about_id)
    ).scalar_one_or_none()


def waits_for_call(session: Session, customer_id: UUID) -> bool:
    """Tell whether a customer gave a low score that nobody of ours has seen to yet."""
    family = customers.queries.list_family(session, customer_id)
    open_ones = select_open_abouts(CaseKind.LOW_SCORE)
    found = select(Survey.id).where(Survey.customer_id.in_(family), Survey.id.in_(open_ones))
    return session.execute(found.limit(1)).first() is not None


def record_score(session: Session, subject: Subject, score: int, *, actor: Actor) -> None:
    """Have a score stand, in the customer's history too; a low one has the store's manager call.

    The last score somebody gives counts: a better one ends the case of a low one.

    Raises ScoreOutOfRange.
    """
    if not 1 <= score <= BEST:
        raise ScoreOutOfRange(score=score)
    survey_id = _write(session, subject, score)
    fact = SurveyAnswered(
        survey_id=survey_id,
        about=subject.about.value,
        score=score,
        order_id=subject.order_id,
        location_id=subject.location_id,
    )
    events.record(session, fact, actor=actor)
    _tell(session, subject, actor, facts={"score": score, "about": subject.about.value})
    key = f"score:{subject.id}"
    if score > LOW:
        orders.services.settle_case(session, key, resolution=BETTER, actor=actor)
        return
    command = OpenCase(
        CaseKind.LOW_SCORE,
        key,
        ANSWERED_WITHIN,
        location_id=subject.location_id,
        order_id=subject.order_id,
        fulfillment_id=None if subject.about is SurveyAbout.CHAT else subject.id,
        about_id=survey_id,
        facts={"score": score, "about": subject.about.value},
    )
    orders.services.open_case(session, command, actor=actor)


def add_comment(session: Session, subject: Subject, text: str, *, actor: Actor) -> None:
    """Keep what somebody wrote beside their score, in their history alone.

    Where nobody knows who they are, it stands in the conversation, for colleagues.
    """
    said = text.strip()
    if not said:
        return
    if subject.customer_id is None and subject.about is SurveyAbout.CHAT:
        session.add(
            ThreadEntry(
                thread_id=subject.id,
                channel=TouchChannel.WEB,
                direction=Direction.WITHIN,
                actor_kind=actor.kind.value,
                actor_name="",
                body=said,
            )
        )
    _tell(session, subject, actor, facts={"about": subject.about.value}, text=said)


def refuse_questions(session: Session, subject: Subject, *, actor: Actor) -> None:
    """Have nobody ask them how it was any more: a line of the consent ledger, with its proof."""
    if subject.customer_id is None:
        return
    for channel in ASKED_ON:
        command = RecordConsent(
            customer_id=subject.customer_id,
            purpose=PURPOSE,
            channel=channel,
            granted=False,
            wording="survey-1",
            proof=f"{subject.about.value}:{subject.id}",
            source="survey",
            given_at=db_now(session),
        )
        customers.services.record_consent(session, command, actor=actor)


def count_scores(session: Session, location_id: UUID | None = None) -> ScoreFacts:
    """Return how a place, or everything, is found over all that was said."""
    statement = select(
        func.count(),
        func.coalesce(func.round(func.avg(Survey.score) * 100), 0),
        func.count().filter(Survey.score <= LOW),
    )
    if location_id is not None:
        statement = statement.where(Survey.location_id == location_id)
    answers, mean, low = session.execute(statement).one()
    return ScoreFacts(answers, int(mean), low)


def _talk(session: Session, thread_id: UUID) -> Subject:
    row = session.execute(
        select(Thread.order_id, Thread.location_id, Thread.customer_id, Thread.contact_id).where(
            Thread.id == thread_id, Thread.closed_at.is_not(None)
        )
    ).one_or_none()
    if row is None:
        raise UnknownThread(about_id=str(thread_id))
    return Subject(SurveyAbout.CHAT, thread_id, *row)


def _write(session: Session, subject: Subject, score: int) -> UUID:
    statement = insert(Survey).values(
        id=new_id(),
        about=subject.about,
        about_id=subject.id,
        order_id=subject.order_id,
        location_id=subject.location_id,
        customer_id=subject.customer_id,
        score=score,
    )
    return session.execute(
        statement.on_conflict_do_update(
            index_elements=["about", "about_id"], set_={"score": score, "answered_at": DB_NOW}
        ).returning(Survey.id)
    ).scalar_one()


def _tell(
    session: Session,
    subject: Subject,
    actor: Actor,
    *,
    facts: dict[str, object],
    text: str = "",
) -> None:
    if subject.customer_id is None:
        return
    command = RecordInteraction(
        customer_id=subject.customer_id,
        kind="survey",
        channel=TouchChannel.WEB,
        direction=Direction.IN,
        contact_id=subject.contact_id,
        order_id=subject.order_id,
        location_id=subject.location_id,
        facts=facts,
        text=text,
    )
    customers.services.record_interaction(session, command, actor=actor)
