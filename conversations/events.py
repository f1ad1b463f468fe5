"""What happens in conversations: ids and plain words, nothing anybody said."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ThreadEvent(Event):
    """Base of what happens in one conversation; who and what it is about, as known then."""

    name = ""
    aggregate = "thread"
    thread_id: UUID
    channel: str
    intent: str
    customer_id: UUID | None
    contact_id: UUID | None
    order_id: UUID | None
    location_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class EntryReceived(ThreadEvent):
    """Somebody turned to us; `entry_id` is what they said."""

    name = "thread.received.v1"
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class EntrySent(ThreadEvent):
    """We answered; `automatic` where the assistant did. `entry_id` is what was said."""

    name = "thread.answered.v1"
    entry_id: int
    automatic: bool


@dataclass(frozen=True, kw_only=True)
class ThreadHandedOver(ThreadEvent):
    """Somebody else answers from now on: a person, a store, or whoever is next."""

    name = "thread.handed_over.v1"
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ThreadIdentified(ThreadEvent):
    """It is known from now on who writes, or what about."""

    name = "thread.identified.v1"


@dataclass(frozen=True, kw_only=True)
class ThreadEnded(ThreadEvent):
    """The conversation is over; the reason it was recorded with says how."""

    name = "thread.ended.v1"


@dataclass(frozen=True, kw_only=True)
class ThreadForgotten(ThreadEvent):
    """Nothing is left of what was said in it."""

    name = "thread.forgotten.v1"


@dataclass(frozen=True, kw_only=True)
class AnswerSet(Event):
    """An answer to a question many ask reads otherwise from now on."""

    name = "answer.set.v1"
    aggregate = "answer"
    answer_id: UUID
    version: int
    published: bool


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Event):
    """Somebody said how they found a collection, a delivery or a conversation: 1 to 5."""

    name = "survey.answered.v1"
    aggregate = "survey"
    survey_id: UUID
    about: str
    score: int
    order_id: UUID | None
    location_id: UUID | None
