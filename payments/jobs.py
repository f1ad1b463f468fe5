"""Everything that speaks with Stripe: each call is made between two transactions, never in one.

`work` runs on a clock, in as many processes as like; the others are for a door that waits: a
shopper who goes to pay, comes back from paying, or whose hold has ended. Configure the gateway
first; with card payment switched off nothing is done.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from kernel.db import transaction
from payments import gateway, services
from payments.commands import ObligationStatus, OpenCheckout, Visit, WishKind
from payments.errors import CheckoutUnavailable
from payments.gateway import (
    Answered,
    IntentFacts,
    Outcome,
    RefundsFacts,
    RefusedForGood,
    SessionFacts,
)
from payments.queries import get_obligation
from payments.services import Call, Claim, NewsClaim, Poll, Trace

BATCH = 5
WORK_S = 40
"""Seconds after which nothing further is taken on: the job that rings here has a limit."""

Piece = TypeVar("Piece")

log = logging.getLogger(__name__)


def work() -> int:
    """Read webhooks, look at open visits, carry out wishes; return how many were taken on."""
    return read_news() + poll_checkouts() + settle_due()


def settle_due() -> int:
    """Carry out the wishes that are due, for a while; return how many were taken on."""
    return _take_on(_claim_due, _settle)


def read_news() -> int:
    """Follow the webhooks that are due, for a while; return how many were taken on."""
    return _take_on(_claim_news, _follow)


def poll_checkouts() -> int:
    """Look at the visits whose time has come, webhook or not; return how many were looked at."""
    return _take_on(_claim_polls, _look)


def start_checkout(obligation_id: UUID, visit: Visit) -> OpenCheckout:
    """Return a fresh payment page for an obligation; the page opened before can be paid no more.

    Raises UnknownObligation, NotPayable, or CheckoutUnavailable when Stripe does not answer.
    """
    if not gateway.settings().is_on:
        raise CheckoutUnavailable
    with transaction() as session:
        in_the_way = services.supersede_checkout(session, obligation_id)
    if in_the_way is not None:
        _settle(in_the_way)
    with transaction() as session:
        page = services.begin_checkout(session, obligation_id, visit)
    outcome = gateway.create_session(page)
    with transaction() as session:
        opened = services.note_checkout_started(session, page, outcome)
    if opened is None or opened.url is None:
        raise CheckoutUnavailable
    return OpenCheckout(opened.url, opened.expires_at)


def refresh_checkout(obligation_id: UUID) -> ObligationStatus:
    """Look at an obligation's newest visit now, and return where the obligation stands.

    For the page a shopper comes back to: it ends what a webhook would end, whichever is first.

    Raises UnknownObligation.
    """
    with transaction() as session:
        visit = services.find_visit(session, obligation_id=obligation_id)
    if visit is not None and visit.session_id is not None and gateway.settings().is_on:
        _look(visit)
    with transaction() as session:
        return get_obligation(session, obligation_id).status


def expire_checkout(obligation_id: UUID) -> ObligationStatus:
    """End an obligation's open visit now; `authorised` is returned when the customer was faster.

    Without an answer of Stripe's the visit stays open, and the wish to end it stays due.

    Raises UnknownObligation.
    """
    with transaction() as session:
        claim = services.claim_expiry(session, obligation_id)
    if claim is not None and gateway.settings().is_on:
        _settle(claim)
    with transaction() as session:
        return get_obligation(session, obligation_id).status


def _take_on(claim: Callable[[], Sequence[Piece]], do: Callable[[Piece], None]) -> int:
    taken, ends_at = 0, time.monotonic() + WORK_S
    while gateway.settings().is_on and time.monotonic() < ends_at:
        pieces = claim()
        if not pieces:
            break
        for piece in pieces:
            try:
                do(piece)
            except Exception:  # one must not hold up the others; its lease brings it back
                log.exception("%s was not carried out; it falls due again", piece)
        taken += len(pieces)
    return taken


def _claim_due() -> list[Claim]:
    with transaction() as session:
        return services.claim_due(session, limit=BATCH)


def _claim_news() -> list[NewsClaim]:
    with transaction() as session:
        return services.claim_news(session, limit=BATCH)


def _claim_polls() -> list[Poll]:
    with transaction() as session:
        return services.claim_polls(session, limit=BATCH)


def _settle(claim: Claim) -> None:
    with transaction() as session:
        call = services.begin(session, claim)
    if call is None:
        return
    outcome = _make(call)
    with transaction() as session:
        services.settle(session, claim, outcome)


def _make(call: Call) -> Outcome:
    match call.kind:
        case WishKind.EXPIRE:
            return _end_session(call)
        case WishKind.REFUND:
            return _give_back(call)
        case _:
            return _move_intent(call)


def _end_session(call: Call) -> Outcome:
    """End a session; one whose opening was never answered is asked for again under its key."""
    session_id = call.session_id
    if session_id is None and call.page is not None:
        opened = gateway.create_session(call.page)
        if not isinstance(opened, Answered) or not isinstance(opened.facts, SessionFacts):
            return opened
        session_id = opened.facts.id
    outcome = gateway.expire_session(session_id or "", key=call.key)
    return _with_facts(outcome, lambda: gateway.read_session(session_id or ""))


def _move_intent(call: Call) -> Outcome:
    """Capture or cancel an intent; look first, when that may have happened already."""
    if call.began_before:
        seen = gateway.read_intent(call.intent_id)
        facts = seen.facts if isinstance(seen, Answered) else None
        if not isinstance(facts, IntentFacts) or facts.status != "requires_capture":
            return seen
    if call.kind is WishKind.CAPTURE:
        outcome = gateway.capture_intent(
            call.intent_id, amount_minor=call.amount_minor, key=call.key
        )
    else:
        outcome = gateway.cancel_intent(call.intent_id, key=call.key)
    return _with_facts(outcome, lambda: gateway.read_intent(call.intent_id))


def _give_back(call: Call) -> Outcome:
    """Refund; look first for the refund, when it may have been made already."""
    if call.began_before:
        seen = gateway.list_refunds(call.intent_id)
        if not isinstance(seen, Answered) or not isinstance(seen.facts, RefundsFacts):
            return seen
        names = {str(call.wish_id), call.provider_id}
        made = [each for each in seen.facts.refunds if names & {each.wish_id, each.id}]
        if made:
            return Answered(made[0])
    return gateway.refund_intent(
        call.intent_id, amount_minor=call.amount_minor, wish_id=call.wish_id, key=call.key
    )


def _with_facts(outcome: Outcome, read: Callable[[], Outcome]) -> Outcome:
    """Return a refusal together with how the object stands: the reason is seen there."""
    if not isinstance(outcome, RefusedForGood):
        return outcome
    seen = read()
    if isinstance(seen, Answered):
        return replace(outcome, facts=seen.facts)
    return outcome if isinstance(seen, RefusedForGood) else seen


def _look(visit: Poll) -> None:
    if visit.session_id is None:
        expire_checkout(visit.obligation_id)
        return
    outcome = gateway.read_session(visit.session_id)
    if isinstance(outcome, Answered) and isinstance(outcome.facts, SessionFacts):
        with transaction() as session:
            services.note_session(session, visit.checkout_id, outcome.facts)


def _follow(claim: NewsClaim) -> None:
    with transaction() as session:
        found = services.trace(session, claim)
    if found is None:
        return
    outcome, refunds = _read_session(found), None
    if isinstance(outcome, Answered) and found.refunds and found.intent_id is not None:
        outcome, refunds = _read_refunds(found.intent_id, outcome)
    with transaction() as session:
        services.settle_news(session, claim, outcome)
        if refunds is not None:
            services.note_refunds(session, intent_id=found.intent_id or "", facts=refunds)


def _read_session(found: Trace) -> Outcome:
    """Return the session that a webhook leads to, or why it leads to none."""
    if found.session_id is not None:
        return gateway.read_session(found.session_id)
    outcome = gateway.read_intent(found.intent_id or "")
    session_id = _session_of(outcome)
    return outcome if session_id is None else gateway.read_session(session_id)


def _read_refunds(intent_id: str, outcome: Outcome) -> tuple[Outcome, RefundsFacts | None]:
    """Return an intent's refunds beside `outcome`; or else, in its place, why they are not read."""
    seen = gateway.list_refunds(intent_id)
    if isinstance(seen, Answered) and isinstance(seen.facts, RefundsFacts):
        return outcome, seen.facts
    return seen, None


def _session_of(outcome: Outcome) -> str | None:
    if not isinstance(outcome, Answered) or not isinstance(outcome.facts, IntentFacts):
        return None
    with transaction() as session:
        return services.find_session(session, outcome.facts)
