"""The sender: leases a message, talks to the vendor outside any transaction, keeps the answer."""

import logging
import time

from kernel.db import transaction
from notifications import gateway, services
from notifications.gateway import Outcome
from notifications.services import Call, Claim

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
