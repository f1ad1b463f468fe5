"""`comptoir check`: each promise about orders is broken on purpose, and the check names it."""

from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.check import CHECKS, run_checks
from tests.orders.conftest import Counter
from tests.orders.places import bring

PROMISED: Final = (
    *("INV-04", "INV-05", "INV-07", "INV-13", "INV-15", "INV-16"),
    *("INV-17", "INV-18", "INV-22", "INV-24", "INV-27"),
)
NEW_EVENT: Final = """
    INSERT INTO event (aggregate, aggregate_id, version, name, actor_kind, facts, recorded_at)
    SELECT aggregate, aggregate_id, version + {further}, '{name}', 'system', '{{}}', {at}
    FROM event WHERE name = 'fulfillment.accepted.v1'
"""
NAMED_TWICE: Final = """
    INSERT INTO stored_answer (scope, key, request_hash, status, body)
    SELECT scope, key || '-again', request_hash, status, body FROM stored_answer
    WHERE status = 201 AND body ? '{name}'
"""
DAMAGE: Final = (
    ("ready", "INV-04", "UPDATE reservation SET quantity = quantity + 1"),
    ("ready", "INV-04", "UPDATE reservation SET fulfillment_id = gen_random_uuid()"),
    ("pending", "INV-05", "UPDATE reservation SET held_until = NULL, held_max = NULL"),
    ("pending", "INV-05", "UPDATE reservation SET held_max = NULL"),
    ("pending", "INV-05", "UPDATE reservation SET held_until = now() - interval '2 minutes'"),
    ("pending", "INV-05", "UPDATE reservation SET fulfillment_id = gen_random_uuid()"),
    ("new", "INV-05", "UPDATE reservation SET held_until = now() + interval '1 hour'"),
    ("accepted", "INV-07", "UPDATE fulfillment SET status = 'picking'"),
    ("handed_over", "INV-07", "UPDATE fulfillment SET status = 'ready'"),
    ("new", "INV-13", "UPDATE stored_answer SET status = NULL, body = NULL"),
    ("new", "INV-13", NAMED_TWICE.format(name="promised_at")),
    ("handed_over", "INV-13", NAMED_TWICE.format(name="hand_over_id")),
    (
        "handed_over",
        "INV-13",
        (
            "UPDATE stored_answer SET body = body || jsonb_build_object("
            "'hand_over_id', gen_random_uuid()) WHERE body ? 'hand_over_id'"
        ),
    ),
    (
        "new",
        "INV-13",
        "UPDATE stored_answer SET body = body || jsonb_build_object('id', gen_random_uuid())",
    ),
    ("handed_over", "INV-15", "UPDATE fulfillment_line SET handed_over = 0"),
    ("delivered", "INV-15", "UPDATE package SET quantities = '{}'"),
    (
        "handed_over",
        "INV-16",
        "UPDATE hand_over SET location_id = (SELECT id FROM location WHERE code = 'paris')",
    ),
    ("handed_over", "INV-16", "UPDATE till_payment SET amount_minor = amount_minor - 1"),
    ("handed_over", "INV-17", "UPDATE hand_over SET conflict = true"),
    ("accepted", "INV-22", NEW_EVENT.format(further=2, name="thing.seen.v1", at="now()")),
    (
        "accepted",
        "INV-27",
        NEW_EVENT.format(further=1, name="thing.seen.v1", at="now() - interval '1 hour'"),
    ),
    ("asked", "SUB-01", "UPDATE substitution SET quantity = quantity + 2"),
    ("in_wave", "WAVE-01", "UPDATE wave SET ended_at = now()"),
)


def test_what_was_promised_is_checked_under_its_name_once() -> None:
    named = [each.id for each in CHECKS]
    assert len(named) == len(set(named))
    assert set(PROMISED) <= set(named)


@pytest.mark.parametrize(("place", "name", "damage"), DAMAGE)
def test_whoever_breaks_the_books_is_found_out(
    counter: Counter, session: Session, place: str, name: str, damage: str
) -> None:
    bring(counter, place)
    assert run_checks() == []
    changed = session.execute(text(damage))
    session.commit()
    assert changed.rowcount > 0  # type: ignore[attr-defined]  # an UPDATE or INSERT counts its rows
    assert name in {finding.check.id for finding in run_checks()}
