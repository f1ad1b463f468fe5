"""Sending: lease what is due, begin a call, settle it, and mend what a crash leaves behind.

Due time and lease are one column, so a lost sender's message falls due again by itself. `begun_at`
is committed just before a vendor is called: without it the call was never made and is simply
repeated; with it nobody knows. An e-mail then goes once more under its old Message-ID, and a text
message is looked up at the provider first.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import customers.queries
from customers.commands import Topic
from kernel.clock import DB_NOW, db_now
from notifications import gateway
from notifications.commands import (
    ADVERTISES,
    FROM_LINK,
    OPENS_PARCEL,
    Channel,
    MessageStatus,
    Template,
)
from notifications.gateway import (
    Email,
    NotFound,
    Outcome,
    RefusedForGood,
    RefusedForNow,
    Sent,
    Sms,
    Unanswered,
)
from notifications.models import Message
from notifications.services.cases import AnyCase, Case, WishCase, read_case
from notifications.services.codes import CodeCase
from notifications.services.owing import address_of, fall_back
from notifications.services.reaching import tell_reached, tell_sent, tell_unreached, tell_withheld
from notifications.services.rendering import render
from notifications.services.telling_answers import AnswerCase, why_answer_over
from notifications.services.telling_carts import CartCase, why_cart_outdated
from notifications.services.telling_staff import StaffCase, why_outdated
from orders.commands import Status

LEASE_S = 30
ATTEMPTS_MAX = 12
"""Tries of one message: with the delays between them about six hours."""
BACKOFF_S, BACKOFF_S_MAX = 30, 3_600
BUDGET_WINDOW = timedelta(hours=1)
UNWANTED: Final = "not agreed to"
"""Note of what was held back because its customer does not want it."""

PAYABLE_STATES: Final = frozenset(
    {
        Status.PENDING,
        Status.NEW,
        Status.ACCEPTED,
        Status.PICKING,
        Status.IN_TRANSFER,
        Status.READY,
        Status.PACKED,
    }
)
STILL_TRUE: Final[Mapping[Template, frozenset[Status]]] = {
    Template.CONFIRMATION: frozenset(
        {
            Status.PENDING,
            Status.NEW,
            Status.ACCEPTED,
            Status.PICKING,
            Status.IN_TRANSFER,
            Status.READY,
            Status.PACKED,
        }
    ),
    **{template: frozenset({Status.READY}) for template in OPENS_PARCEL},
    Template.PROXY_COLLECTED: frozenset({Status.READY, Status.HANDED_OVER}),
    Template.CANCELLED: frozenset({Status.CANCELLED}),
    Template.EXPIRED: frozenset({Status.EXPIRED}),
    Template.RECEIPT: frozenset({Status.HANDED_OVER}),
    Template.REJECTED: frozenset({Status.REJECTED}),
    Template.AMENDED: frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING, Status.IN_TRANSFER}),
    Template.REROUTED: frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING, Status.IN_TRANSFER}),
    Template.PARTLY: frozenset({Status.IN_TRANSFER}),
    Template.DELAYED: frozenset({Status.IN_TRANSFER, Status.ACCEPTED, Status.PICKING}),
    Template.SHIPPED: frozenset({Status.SHIPPED}),
    Template.DELIVERED: frozenset({Status.DELIVERED}),
    Template.DELIVERY_FAILED: frozenset({Status.SHIPPED}),
    Template.SUBSTITUTE: frozenset({Status.PICKING}),
    **dict.fromkeys(FROM_LINK, PAYABLE_STATES),
    Template.UNPAID: frozenset({Status.EXPIRED}),
}
"""States of the parcel in which a message still says the truth."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claim:
    """One message, leased by one sender; its fence rises with each lease."""

    message_id: int
    fence: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make to a vendor; `began_before` is when the same call began without an answer."""

    letter: Email | Sms
    began_before: datetime | None


@dataclass(frozen=True, slots=True)
class _Ending:
    """Why a message is not sent: `falls_back` when the customer should be told otherwise."""

    status: MessageStatus
    note: str
    falls_back: bool = True
    unwanted: Topic | None = None
    """What its customer had not agreed to be told of."""


_CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM message
        WHERE status = 'due' AND due_at <= statement_timestamp()
        ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE message SET due_at = statement_timestamp() + make_interval(secs => :lease),
                       fence = fence + 1, attempts = attempts + 1
    FROM due WHERE message.id = due.id
    RETURNING message.id, message.fence
""")


def claim_due(session: Session, *, limit: int) -> list[Claim]:
    """Lease up to `limit` messages that are due; other senders skip them until the lease ends.

    The try is counted now, so that a message which kills its sender does not live for ever.
    """
    rows = session.execute(_CLAIM, {"lease": LEASE_S, "limit": limit})
    return sorted((Claim(*row) for row in rows), key=lambda claim: claim.message_id)


def begin(session: Session, claim: Claim) -> Call | None:
    """Return the call to make, with its beginning noted and the lease renewed; commit first.

    None when the lease went to another sender, or the message ends here: it would no longer be
    true, cannot be sent on its channel, or was tried often enough.
    """
    message = _hold(session, claim)
    if message is None:
        return None
    case = read_case(session, message)
    ending = (
        _worn_out(message)
        or _outdated(message, case)
        or _unwanted(session, message)
        or _barred(session, message, case)
    )
    if ending is not None:
        _end(session, message, ending)
        return None
    letter, moment = render(message, case), db_now(session)
    began_before = message.begun_at if message.channel is Channel.SMS else None
    message.possible_duplicate |= message.begun_at is not None and began_before is None
    message.begun_at = began_before or moment
    message.due_at = moment + timedelta(seconds=LEASE_S)
    session.flush()
    return Call(letter, began_before)


def settle(session: Session, claim: Claim, outcome: Outcome) -> bool:
    """Keep how a call ended; False, with nothing kept, when the lease went to another sender."""
    message = _hold(session, claim)
    if message is None:
        return False
    match outcome:
        case Sent(provider_id):
            message.status, message.sent_at = MessageStatus.SENT, db_now(session)
            message.provider_id, message.note = provider_id, None
            tell_sent(session, message)
            tell_reached(session, message)
        case RefusedForGood(note):
            message.begun_at = None
            _end(session, message, _Ending(MessageStatus.DEAD, note))
        case NotFound(note):
            _end(session, message, _Ending(MessageStatus.UNKNOWN, note))
        case RefusedForNow(note, retry_after_s):
            message.begun_at = None
            _try_again(session, message, note, retry_after_s=retry_after_s)
        case Unanswered(note):
            _try_again(session, message, note)
    session.flush()
    return True


def _hold(session: Session, claim: Claim) -> Message | None:
    return session.execute(
        select(Message)
        .where(
            Message.id == claim.message_id,
            Message.fence == claim.fence,
            Message.status == MessageStatus.DUE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _worn_out(message: Message) -> _Ending | None:
    if message.attempts > ATTEMPTS_MAX:
        return _Ending(MessageStatus.DEAD, f"given up after {ATTEMPTS_MAX} tries")
    if message.begun_at is not None and message.possible_duplicate:
        return _Ending(MessageStatus.UNKNOWN, "sent twice without an answer")
    return None


def _outdated(message: Message, case: AnyCase) -> _Ending | None:
    if isinstance(case, WishCase):
        return None
    if isinstance(case, CartCase):
        why = why_cart_outdated(case)
    elif isinstance(case, AnswerCase):
        why = why_answer_over(case)
    elif isinstance(case, CodeCase):
        why = None if case.challenge.open else "too late: the code is over"
    elif isinstance(case, StaffCase):
        why = why_outdated(message, case)
    elif case.parcel.status not in STILL_TRUE[message.template]:
        why = f"too late: the parcel is {case.parcel.status}"
    else:
        why = _answered(message, case)
    return _Ending(MessageStatus.SUPPRESSED, why, falls_back=False) if why else None


def _answered(message: Message, case: Case) -> str | None:
    """Return why what the message asks or brings is over; None when it is not."""
    if message.template in OPENS_PARCEL and case.collect is None:
        return "no live pass"
    if message.template is Template.AMENDED and case.changed_again:
        return "changed again: the next message tells of both"
    if message.template is Template.REJECTED and not (case.choice and case.choice.open):
        return "chosen already"
    if message.template in FROM_LINK and case.pay is None:
        return "the link to pay is over"
    if message.template is Template.SUBSTITUTE and case.substitute is None:
        return "too late: it was answered"
    return None


def _unwanted(session: Session, message: Message) -> _Ending | None:
    """Ask the ledger, now, whether its customer wants to be told what a message advertises.

    What was refused on one channel is not tried on another.
    """
    topic = ADVERTISES.get(message.template)
    if topic is None:
        return None
    owner = customers.queries.find_giver(session, message.contact_id or message.reference)
    if owner is not None and customers.queries.may_tell(
        session,
        owner,
        purpose=customers.queries.MARKETING,
        channel=message.channel.value,
        topic=topic.value,
    ):
        return None
    return _Ending(MessageStatus.SUPPRESSED, UNWANTED, falls_back=False, unwanted=topic)


def _barred(session: Session, message: Message, case: AnyCase) -> _Ending | None:
    settings, address = gateway.settings(), address_of(case.contact, message.channel)
    is_sms = message.channel is Channel.SMS
    note = None
    if not (settings.sms_url if is_sms else settings.smtp_url):
        note = "the channel is switched off"
    elif address is None:
        note = "no address"
    elif is_sms and message.begun_at is None and not gateway.may_text(address):
        note = "not a country we text to"
    elif is_sms and message.begun_at is None and _is_spent(session):
        note = f"the hour's {settings.sms_hourly_max} text messages are spent"
    return _Ending(MessageStatus.SUPPRESSED, note) if note else None


def _is_spent(session: Session) -> bool:
    begun = session.execute(
        select(func.count())
        .select_from(Message)
        .where(Message.channel == Channel.SMS, Message.begun_at > DB_NOW - BUDGET_WINDOW)
    ).scalar_one()
    return begun >= gateway.settings().sms_hourly_max


def _try_again(session: Session, message: Message, note: str, *, retry_after_s: int = 0) -> None:
    """Let it fall due later, unless it was tried often enough or could be a third copy."""
    if message.attempts >= ATTEMPTS_MAX or (message.begun_at and message.possible_duplicate):
        _end(session, message, _Ending(MessageStatus.DEAD, note))
        return
    delay_s = min(BACKOFF_S * 2 ** (message.attempts - 1), BACKOFF_S_MAX)
    delay_s = min(max(delay_s, retry_after_s), BACKOFF_S_MAX)
    message.note, message.due_at = note, db_now(session) + timedelta(seconds=delay_s)


def _end(session: Session, message: Message, ending: _Ending) -> None:
    """Close a message that was not sent. A call without an answer leaves it unknown for ever."""
    message.status, message.note = ending.status, ending.note
    if message.begun_at is not None or message.possible_duplicate:
        message.status = MessageStatus.UNKNOWN
    if ending.falls_back and fall_back(session, message):
        message.note = f"{ending.note}; left to the other channel"
    if message.status is not MessageStatus.SUPPRESSED:
        facts = (message.id, message.template, message.status, ending.note)
        log.error("message %s (%s) ended %s: %s", *facts)
    session.flush()
    if ending.unwanted is not None:
        tell_withheld(session, message, ending.unwanted)
    tell_unreached(session, message)
