"""News is delivered at least once, to each subscriber, with one effect, and never forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.wiring import SUBSCRIPTIONS
from kernel import delivery, events
from kernel.actors import SYSTEM
from kernel.delivery import ATTEMPTS_MAX, Claim
from kernel.errors import NotFound
from kernel.events import Event
from kernel.ids import new_id

HEARD: list[Event] = []


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    """Somebody rang the bell."""

    name = "bell.rung.v1"
    aggregate = "bell"
    bell_id: UUID
    times: int


def hear(_session: Session, event: Event) -> None:
    HEARD.append(event)


def stumble(_session: Session, _event: Event) -> None:
    message = "stumbled"
    raise RuntimeError(message)


@pytest.fixture(autouse=True)
def wired(session: Session) -> Iterator[None]:
    """Only the bell is listened to, by two subscribers; the real table comes back afterwards."""
    HEARD.clear()
    events.subscribe({BellRung: {"hear": hear, "hear-too": hear}})
    yield
    events.subscribe(SUBSCRIPTIONS)


@pytest.fixture
def ring(session: Session) -> BellRung:
    rung = BellRung(bell_id=new_id(), times=3)
    events.record(session, rung, actor=SYSTEM, reason="visitor")
    return rung


def due_now(session: Session) -> None:
    """Every lease has ended."""
    session.execute(text("UPDATE delivery SET due_at = now() - interval '1 second'"))


def test_each_subscriber_hears_the_same_fact_once(session: Session, ring: BellRung) -> None:
    claims = delivery.claim_due(session)
    assert sorted(claim.subscriber for claim in claims) == ["hear", "hear-too"]
    assert [delivery.deliver(session, claim) for claim in claims] == [True, True]
    assert HEARD[0] == HEARD[1]
    assert (HEARD[0].aggregate_id, HEARD[0].event_id) == (ring.bell_id, claims[0].event_id)
    assert delivery.count_owed(session) == 0
    due_now(session)
    assert delivery.claim_due(session) == []


def test_what_is_leased_is_not_given_to_a_second_relay(session: Session, ring: BellRung) -> None:
    first = delivery.claim_due(session, limit=1)
    second = delivery.claim_due(session)
    assert len(first) == len(second) == 1
    assert first[0].subscriber != second[0].subscriber
    assert delivery.claim_due(session) == []


def test_a_lease_that_ends_unanswered_falls_due_again_and_the_late_one_does_nothing(
    session: Session, ring: BellRung
) -> None:
    late = delivery.claim_due(session)
    due_now(session)
    newer = delivery.claim_due(session)
    assert [claim.fence for claim in newer] == [claim.fence + 1 for claim in late]
    assert [delivery.deliver(session, claim) for claim in late] == [False, False]
    assert HEARD == []
    assert [delivery.deliver(session, claim) for claim in newer] == [True, True]
    assert [delivery.deliver(session, claim) for claim in newer] == [False, False]
    assert len(HEARD) == 2


def test_a_claim_given_back_waits_and_its_holder_can_no_longer_use_it(
    session: Session, ring: BellRung
) -> None:
    claims = delivery.claim_due(session)
    delivery.give_back(session, claims, delay_s=60)
    assert delivery.claim_due(session) == []
    assert not delivery.deliver(session, claims[0])
    due_now(session)
    assert len(delivery.claim_due(session)) == 2


def test_a_failing_subscriber_tries_later_and_later_and_then_is_a_dead_letter(
    session: Session, ring: BellRung, caplog: pytest.LogCaptureFixture
) -> None:
    events.subscribe({BellRung: {"hear": stumble}})
    delays = []
    for _ in range(ATTEMPTS_MAX):
        due_now(session)
        claim = next(each for each in delivery.claim_due(session) if each.subscriber == "hear")
        with pytest.raises(RuntimeError, match="stumbled"), session.begin_nested():
            delivery.deliver(session, claim)
        delivery.put_off(session, claim, "RuntimeError: stumbled")
        delays.append(
            session.execute(
                text(
                    "SELECT round(extract(epoch FROM due_at - now())) FROM delivery "
                    "WHERE subscriber = 'hear'"
                )
            ).scalar_one()
        )
    assert [round(delay) for delay in delays] == pytest.approx([2**n for n in range(10)], abs=2)
    [(event_id, subscriber, error)] = delivery.list_dead(session)
    assert (subscriber, error) == ("hear", "RuntimeError: stumbled")
    assert "dead letter" in caplog.text
    due_now(session)
    assert [each.subscriber for each in delivery.claim_due(session)] == ["hear-too"]

    events.subscribe({BellRung: {"hear": hear}})
    delivery.revive(session, event_id=event_id, subscriber="hear")
    [revived] = delivery.claim_due(session)
    assert delivery.deliver(session, revived)
    assert len(HEARD) == 1


def test_only_a_dead_letter_can_be_revived(session: Session, ring: BellRung) -> None:
    event_id = delivery.claim_due(session)[0].event_id
    with pytest.raises(NotFound):
        delivery.revive(session, event_id=event_id, subscriber="hear")


def test_a_subscriber_that_left_is_answered_without_a_handler(
    session: Session, ring: BellRung
) -> None:
    claims = delivery.claim_due(session)
    events.subscribe({})
    assert [delivery.deliver(session, claim) for claim in claims] == [True, True]
    assert (HEARD, delivery.count_owed(session)) == ([], 0)


def test_a_delivery_nobody_owes_is_no_error(session: Session) -> None:
    assert not delivery.deliver(session, Claim(9_999_999_999, "hear", 1))


def test_only_what_was_answered_long_ago_is_pruned(session: Session, ring: BellRung) -> None:
    claim, _ = delivery.claim_due(session)
    delivery.deliver(session, claim)
    assert delivery.prune(session) == 0
    session.execute(text("UPDATE delivery SET done_at = done_at - interval '31 days'"))
    assert delivery.prune(session) == 1
    assert delivery.count_owed(session) == 1


def test_an_aggregates_history_is_numbered_without_a_gap(session: Session, ring: BellRung) -> None:
    events.record(session, BellRung(bell_id=ring.bell_id, times=1), actor=SYSTEM)
    events.record(session, BellRung(bell_id=new_id(), times=1), actor=SYSTEM)
    history = events.list_history(session, [ring.bell_id])
    assert [(each.version, each.facts["times"]) for each in history] == [(1, 3), (2, 1)]
    assert (history[0].reason, history[0].actor_kind) == ("visitor", "system")


def test_an_event_can_be_read_after_a_fact_was_taken_out_of_its_class(ring: BellRung) -> None:
    facts = {"bell_id": str(ring.bell_id), "times": 3, "forgotten": True}
    restored = events.restore(BellRung, 7, facts)
    assert restored.aggregate_id == ring.bell_id
    assert restored.event_id == 7
