"""Handlers and senders side by side, with real commits in a database of their own."""

import threading
from collections import Counter as Tally
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.db import transaction
from notifications.commands import Owe, Template
from notifications.jobs import send_due
from notifications.services import owe

AT_ONCE = 4


@pytest.fixture
def session(own_session: Session) -> Session:
    return own_session


def all_at_once(act: Callable[[], object]) -> None:
    """Do it in several threads that start together; a failure in any of them fails the test."""
    gate, failures = threading.Barrier(AT_ONCE), []

    def run() -> None:
        try:
            gate.wait(5)
            act()
        except Exception as error:  # noqa: BLE001 (shown below, in the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []


def test_handlers_at_once_owe_one_message(counter: Any, session: Session) -> None:
    placed = counter.place()
    event_id = counter.messages(placed.id)[0]["event_id"]
    session.execute(text("DELETE FROM message"))
    session.commit()
    command = Owe(event_id, placed.fulfillment_id, Template.CONFIRMATION)

    def handle() -> None:
        with transaction() as own:
            owe(own, command)
            own.execute(text("SELECT pg_sleep(0.1)"))

    all_at_once(handle)
    assert counter.ways(placed.id) == [("confirmation", "email", "due")]


def test_senders_at_once_send_each_message_once(
    counter: Any, received: Callable[[str], list[dict[str, Any]]], session: Session
) -> None:
    people = [f"shopper{number}@example.org" for number in range(4)]
    for email in people:
        counter.make_ready(counter.place(email=email))
    all_at_once(send_due)
    assert Tally(each["to"][0] for each in received("email")) == dict.fromkeys(people, 2)
    assert len(received("sms")) == len(people)
    statuses = session.execute(text("SELECT DISTINCT status, possible_duplicate FROM message"))
    assert statuses.all() == [("sent", False)]
