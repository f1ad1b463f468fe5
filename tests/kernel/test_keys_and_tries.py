"""Idempotency keys, counted attempts and turns: what SQL counts for all processes."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel import idempotency
from kernel.attempts import Limit, give_back_attempt, take_attempt
from kernel.errors import TooManyAttempts
from kernel.idempotency import Answer, KeyReused
from kernel.turns import take_turn


def take(session: Session, *, scope: str = "a", key: str = "k-1", body: bytes = b"x") -> object:
    return idempotency.take(session, scope=scope, key=key, request_hash=body)


def test_a_repeat_gets_the_first_answer(session: Session) -> None:
    assert take(session) is None
    idempotency.keep(session, scope="a", key="k-1", answer=Answer(201, {"number": "7K3"}))
    assert take(session) == Answer(201, {"number": "7K3"})


def test_another_request_under_a_used_key_is_refused(session: Session) -> None:
    take(session)
    with pytest.raises(KeyReused):
        take(session, body=b"y")


def test_a_key_belongs_to_whoever_used_it(session: Session) -> None:
    assert take(session) is None
    assert take(session, scope="b", body=b"y") is None


def test_a_refused_key_may_be_tried_again(session: Session) -> None:
    nested = session.begin_nested()
    assert take(session) is None
    nested.rollback()
    assert take(session, body=b"y") is None


def test_answers_are_forgotten_after_seven_days(session: Session) -> None:
    for key, days in (("old", 8), ("new", 6)):
        take(session, key=key)
        session.execute(
            text(
                "UPDATE stored_answer SET created_at = now() - make_interval(days => :days) "
                "WHERE key = :key"
            ),
            {"key": key, "days": days},
        )
    idempotency.prune(session)
    left = session.execute(text("SELECT key FROM stored_answer")).scalars().all()
    assert left == ["new"]


LIMIT = Limit("code:store:x", tries=3, window_s=600)


def test_tries_are_counted_up_to_the_limit(session: Session) -> None:
    for _ in range(3):
        take_attempt(session, [LIMIT])
    with pytest.raises(TooManyAttempts) as refused:
        take_attempt(session, [LIMIT])
    assert refused.value.facts == {"retry_after_s": 600}


def test_a_try_given_back_may_be_made_again(session: Session) -> None:
    for _ in range(3):
        take_attempt(session, [LIMIT])
    give_back_attempt(session, [LIMIT])
    take_attempt(session, [LIMIT])
    with pytest.raises(TooManyAttempts):
        take_attempt(session, [LIMIT])


def test_giving_back_never_grants_more_than_the_limit(session: Session) -> None:
    for _ in range(5):
        give_back_attempt(session, [LIMIT])
    take_attempt(session, [LIMIT])
    give_back_attempt(session, [LIMIT])
    give_back_attempt(session, [LIMIT])
    for _ in range(3):
        take_attempt(session, [LIMIT])
    with pytest.raises(TooManyAttempts):
        take_attempt(session, [LIMIT])


def test_a_new_window_starts_from_nothing(session: Session) -> None:
    for _ in range(3):
        take_attempt(session, [LIMIT])
    session.execute(text("UPDATE attempt SET started_at = started_at - interval '601 seconds'"))
    for _ in range(3):
        take_attempt(session, [LIMIT])
    with pytest.raises(TooManyAttempts):
        take_attempt(session, [LIMIT])


def test_one_scope_does_not_use_up_another(session: Session) -> None:
    for _ in range(3):
        take_attempt(session, [LIMIT])
    take_attempt(session, [Limit("code:store:y", tries=3, window_s=600)])


def test_a_turn_is_taken_once_per_period(session: Session) -> None:
    assert take_turn(session, name="sweep-test", every_s=60)
    assert not take_turn(session, name="sweep-test", every_s=60)
    assert take_turn(session, name="another-test", every_s=60)
    session.execute(text("UPDATE turn SET due_at = now() WHERE name = 'sweep-test'"))
    assert take_turn(session, name="sweep-test", every_s=60)
