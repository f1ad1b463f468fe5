"""The sender: leases a message, talks to the vendor outside any transaction, keeps the answer.

Followers are rung in the same way.
"""

import logging
import time

from kernel.db import transaction
from notifications import gateway, services
from notifications.gateway import Outcome
from notifications.jobs.mailbox import fetch_mail
from notifications.services import Call, Claim

__all__ = ["answer_on_social", "fetch_mail", "ring_followers", "send_due"]

BATCH = 2
WORK_S = 50
"""Seconds after which no further message is taken on: the job that rings here has a limit."""

log = logging.getLogger(__name__)


def send_due() -> int:
    """Take on messages that are due, for about a minute; return how many, 0 when none was due.

    Several processes may run it at once. Configure the gateway first.
    """
    taken, ends_at = 0, time.monotonic() + WORK_S
    while time.monotonic() < ends_at:
        with transaction() as session:
            claims = services.claim_due(session, limit=BATCH)
        if not claims:
            break
        for claim in claims:
            _try_to_send(claim)
        taken += len(claims)
    return taken


def _try_to_send(claim: Claim) -> None:
    try:
        _send(claim)
    except Exception:  # one message must not hold up the others; its lease brings it back
        log.exception("message %s was not sent; it falls due again", claim.message_id)


def _send(claim: Claim) -> None:
    with transaction() as session:
        call = services.begin(session, claim)
    if call is None:
        return
    outcome = _make(call)
    with transaction() as session:
        services.settle(session, claim, outcome)


def _make(call: Call) -> Outcome:
    if isinstance(call.letter, gateway.Email):
        return gateway.send_email(call.letter)
    if call.began_before is not None:
        return gateway.find_sms(call.letter, since=call.began_before)
    return gateway.send_sms(call.letter)


def ring_followers() -> int:
    """Ring whoever follows orders and has news waiting, for about a minute; return how many rings.

    Several processes may run it at once.
    """
    rung, ends_at = 0, time.monotonic() + WORK_S
    while time.monotonic() < ends_at:
        with transaction() as session:
            rings = services.claim_rings(session, limit=BATCH)
        if not rings:
            break
        for each in rings:
            outcome = gateway.Rung(ok=True, answered="") if each.empty else _call(each)
            with transaction() as session:
                services.settle_ring(session, each, outcome)
        rung += len(rings)
    return rung


def answer_on_social() -> int:
    """Give connectors the answers that are due, for about a minute; return how many calls."""
    made, ends_at = 0, time.monotonic() + WORK_S
    while time.monotonic() < ends_at:
        with transaction() as session:
            calls = services.claim_answers(session, limit=BATCH)
        if not calls:
            break
        for each in calls:
            rung = gateway.ring(each.url, each.body, each.headers)
            with transaction() as session:
                services.settle_answer(session, each, rung)
        made += len(calls)
    return made


def _call(ring: services.Ring) -> gateway.Rung:
    """Ring one follower; its number is made of what is told, so that a repeat can be known."""
    ring_id, at = f"{ring.webhook_id}.{ring.told_to}", int(time.time())
    signature = services.sign(ring.webhook_id, ring_id=ring_id, at=at, body=ring.body)
    headers = {
        "webhook-id": ring_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }
    return gateway.ring(ring.url, ring.body, headers)
