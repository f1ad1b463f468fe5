"""One link to pay, two pages that could both be paid, and the money of both at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Result, Select, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState

from kernel.db import SessionFactory, transaction
from payments import gateway, jobs, services
from payments.gateway import Answered, SessionFacts
from tests.payments.conftest import Till
from tests.payments.test_many_at_once import till, together  # noqa: F401 (a fixture)

ROUNDS = 15


def test_of_two_payments_at_the_same_instant_the_second_money_goes_back(
    till: Till,  # noqa: F811 (a fixture)
) -> None:
    owed, pages = pay_twice(till)
    assert together([partial(believe, *page) for page in pages]) == [None, None]
    till.session.rollback()
    assert till.status(owed) == "authorised"
    assert {row[:2] for row in till.payments(owed)} == {("authorised", True), ("authorised", False)}
    jobs.settle_due()
    till.session.rollback()
    assert {row[:2] for row in till.payments(owed)} == {("authorised", True), ("cancelled", False)}
    assert till.disagreements() == set()
    assert till.findings() == []


def test_without_its_lock_both_count_and_one_piece_of_news_breaks(
    till: Till,  # noqa: F811 (a fixture)
) -> None:
    with unlocked():
        for _ in range(ROUNDS):  # the moment that matters is short: give it a few chances
            _, pages = pay_twice(till)
            try:
                together([partial(believe, *page) for page in pages])
            except IntegrityError:
                return
    pytest.fail("two payments were never believed at once")


def pay_twice(till: Till) -> tuple[UUID, list[tuple[UUID, SessionFacts]]]:  # noqa: F811 (its name)
    """Have two pages of one obligation paid, and neither believed yet; return what Stripe says.

    The first counted as over here when the second was opened, and was paid all the same.
    """
    owed = till.owe()
    first = till.visit(owed)
    statement = text("UPDATE checkout SET status = 'expired' WHERE obligation_id = :id")
    till.session.execute(statement, {"id": owed})
    till.session.commit()
    for page in (first, till.visit(owed)):
        assert till.pay(page).status_code == 303
    visits = till.rows("SELECT id, session_id FROM checkout WHERE obligation_id = :id", owed)
    till.session.commit()
    return owed, [(checkout_id, read(session_id)) for checkout_id, session_id in visits]


def read(session_id: str) -> SessionFacts:
    """Return a page as it stands at Stripe."""
    outcome = gateway.read_session(session_id)
    assert isinstance(outcome, Answered)
    assert isinstance(outcome.facts, SessionFacts)
    return outcome.facts


def believe(checkout_id: UUID, facts: SessionFacts) -> str | None:
    """Take in what Stripe says of a page."""
    with transaction() as session:
        return services.note_session(session, checkout_id, facts)


@contextmanager
def unlocked() -> Iterator[None]:
    """Nobody keeps others from paying what they read."""

    def read_without_locking(state: ORMExecuteState) -> Result[Any] | None:
        statement = state.statement
        if not isinstance(statement, Select) or statement._for_update_arg is None:  # noqa: SLF001 (no other way to see it)
            return None
        plain = statement._generate()  # noqa: SLF001 (a copy of it)
        plain._for_update_arg = None  # noqa: SLF001 (the guard is removed here)
        return state.invoke_statement(statement=plain)

    event.listen(SessionFactory, "do_orm_execute", read_without_locking)
    yield
    event.remove(SessionFactory, "do_orm_execute", read_without_locking)
