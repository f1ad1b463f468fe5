"""Deliveries at work: the relay rings, the worker delivers, and some work is done on a clock.

The database is the truth and Redis a doorbell: a claim that no worker answers falls due again by
itself, so nothing is lost when Redis or a worker dies. Jobs carry ids only, as JSON.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from threading import Event as Flag
from types import FrameType
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

import conversations.answering
import inventory.jobs
import kernel.attempts
import kernel.idempotency
import kernel.sealing
import notifications.jobs
import orders.jobs
import payments.jobs
import pos_adapter.jobs
import stores.jobs
from app.rights import forgetting
from kernel import delivery
from kernel.db import transaction
from kernel.delivery import Claim
from kernel.turns import take_turn

QUEUE: Final = "comptoir"
BATCH: Final = 50
POLL_S: Final = 0.2
REDIS_PATIENCE_S: Final = 0.5
REDIS_DELAY_S: Final = 2
JOB_LIMIT_S: Final = 120

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work on a clock: every so many seconds, by whichever relay takes the turn."""

    name: str
    every_s: int
    job: Callable[[], object]


def prune() -> None:
    """Remove what is kept for a time only."""
    with transaction() as session:
        delivery.prune(session)
        kernel.idempotency.prune(session)
        kernel.attempts.prune(session)
        conversations.answering.prune_asked(session)


def seal_events() -> None:
    """Have every committed event in the chain."""
    while True:
        with transaction() as session:
            if kernel.sealing.seal(session) < kernel.sealing.SEALED_AT_ONCE:
                return


PERIODIC: Final[tuple[Periodic, ...]] = (
    Periodic("send-due", 2, notifications.jobs.send_due),
    Periodic("answer-on-social", 2, notifications.jobs.answer_on_social),
    Periodic("fetch-mail", 15, notifications.jobs.fetch_mail),
    Periodic("ring-followers", 5, notifications.jobs.ring_followers),
    Periodic("work-payments", 2, payments.jobs.work),
    Periodic("end-unpaid", 15, orders.jobs.end_unpaid),
    Periodic("expire-uncollected", 30, orders.jobs.expire_uncollected),
    Periodic("lapse-reservations", 30, orders.jobs.lapse_reservations),
    Periodic("lapse-substitutes", 30, orders.jobs.lapse_substitutes),
    Periodic("tell-wishes", 60, orders.jobs.tell_wishes),
    Periodic("answer-overdue", 60, orders.jobs.answer_overdue),
    Periodic("serve-waiting", 60, orders.jobs.serve_waiting),
    Periodic("remind-waiting", 300, orders.jobs.remind_waiting),
    Periodic("remind-to-pay", 60, orders.jobs.remind_to_pay),
    Periodic("note-late", 60, orders.jobs.note_late),
    Periodic("keep-card-money", 600, orders.jobs.keep_card_money),
    Periodic("escalate-cases", 60, orders.jobs.escalate_cases),
    Periodic("apply-feeds", 5, inventory.jobs.apply_feeds),
    Periodic("resolve-rules", 60, stores.jobs.resolve_rules),
    Periodic("make-slots", 3_600, stores.jobs.make_slots),
    Periodic("refresh-safety", 15, inventory.jobs.refresh_safety),
    Periodic("note-low-stock", 60, inventory.jobs.note_low),
    Periodic("watch-tills", 3_600, pos_adapter.jobs.watch),
    Periodic("forget-waiting", 300, forgetting.forget_waiting),
    Periodic("seal-events", 5, seal_events),
    Periodic("note-left-baskets", 300, orders.jobs.note_left_baskets),
    Periodic("forget-old-carts", 3_600, orders.jobs.forget_old_carts),
    Periodic("prune-decisions", 3_600, orders.jobs.prune_decisions),
    Periodic("forget-taken-tasks", 3_600, orders.jobs.forget_taken_tasks),
    Periodic("prune", 3_600, prune),
)


def deliver_batch(claims: Sequence[Sequence[int | str]]) -> None:
    """Answer these claims, each in its own transaction, then send the messages they made due."""
    for event_id, subscriber, fence in claims:
        deliver_one(Claim(int(event_id), str(subscriber), int(fence)))
    notifications.jobs.send_due()


def deliver_one(claim: Claim) -> None:
    """Answer one claim; a failure is noted and tried again later, never lost."""
    try:
        with transaction() as session:
            delivery.deliver(session, claim)
    except Exception as error:
        log.exception("event %s for %s failed", claim.event_id, claim.subscriber)
        with transaction() as session:
            delivery.put_off(session, claim, f"{type(error).__name__}: {error}")


def run_periodic(name: str) -> None:
    """Do one piece of periodic work."""
    for periodic in PERIODIC:
        if periodic.name == name:
            periodic.job()


def drain() -> int:
    """Deliver everything that is due and send its messages in this process, without Redis.

    Returns how many deliveries were answered.
    """
    answered = 0
    while True:
        with transaction() as session:
            claims = delivery.claim_due(session, limit=BATCH)
        for claim in claims:
            deliver_one(claim)
        answered += len(claims)
        if not claims and not notifications.jobs.send_due() and not payments.jobs.work():
            return answered


def run_relay(redis_url: str, *, stop: Flag) -> None:
    """Ring for what is due until told to stop; several relays share the work."""
    patient = Redis.from_url(
        redis_url,
        socket_timeout=REDIS_PATIENCE_S,
        socket_connect_timeout=REDIS_PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )
    queue = Queue(QUEUE, connection=patient, serializer=JSONSerializer)
    while not stop.is_set():
        try:
            busy = relay_once(queue)
        except Exception:
            log.exception("the relay stumbled and goes on")
            busy, _ = False, stop.wait(1)
        if not busy:
            stop.wait(POLL_S)


def relay_once(queue: Queue) -> bool:
    """Hand one batch of due deliveries, and the periodic work whose turn it is, to a worker.

    Returns whether there may be more to do at once.
    """
    with transaction() as session:
        claims = delivery.claim_due(session, limit=BATCH)
        due = [
            each.name
            for each in PERIODIC
            if take_turn(session, name=each.name, every_s=each.every_s)
        ]
    try:
        if claims:
            _ring(queue, "app.worker.deliver_batch", [list(astuple(claim)) for claim in claims])
        for name in due:
            _ring(queue, "app.worker.run_periodic", name)
    except RedisError as error:
        log.warning("Redis does not answer (%s); nothing is lost, trying again", error)
        with transaction() as session:
            delivery.give_back(session, claims, delay_s=REDIS_DELAY_S)
        return False
    return len(claims) == BATCH


def run_worker(redis_url: str) -> None:
    """Work until told to stop; Redis may go and come back meanwhile."""
    while True:
        worker = _Worker([QUEUE], connection=Redis.from_url(redis_url), serializer=JSONSerializer)
        with suppress(StopRequested, RedisError):
            worker.work(logging_level="WARNING")
        if worker.was_told_to_stop():
            return
        log.warning("Redis went away during a job; nothing is lost, beginning again")
        with suppress(StopRequested, RedisError):
            time.sleep(REDIS_DELAY_S)
        if worker.was_told_to_stop():
            return


class _Worker(SimpleWorker):
    """Knows why it ended: rq waits for Redis only while idle, and gives up when it was at work."""

    max_connection_wait_time = REDIS_DELAY_S
    _told_to_stop = False

    def was_told_to_stop(self) -> bool:
        """Tell whether a signal asked for the end."""
        return self._told_to_stop

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the present job."""
        self._told_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # rq's has no types


def _ring(queue: Queue, job: str, argument: object) -> None:
    queue.enqueue(job, argument, job_timeout=JOB_LIMIT_S, result_ttl=0, failure_ttl=86_400)
