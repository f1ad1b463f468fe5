"""What is owed to whom, on which channel, and only once."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.embedded import Cluster
from app.migrate import migrate
from kernel import db
from kernel.db import SessionFactory, transaction
from notifications.commands import Owe, Template
from notifications.services import owe
from orders.commands import CancelReason


def test_a_confirmation_goes_by_email_when_there_is_an_address(counter: Any) -> None:
    placed = counter.place()
    assert counter.ways(placed.id) == [("confirmation", "email", "due")]


def test_a_confirmation_goes_by_text_message_to_those_without_an_email(counter: Any) -> None:
    placed = counter.place(email=None)
    assert counter.ways(placed.id) == [("confirmation", "sms", "due")]


def test_ready_goes_by_every_channel_we_know(counter: Any) -> None:
    placed = counter.place()
    counter.make_ready(placed)
    assert counter.ways(placed.id)[1:] == [("ready", "email", "due"), ("ready", "sms", "due")]


def test_a_cancellation_goes_by_one_channel(counter: Any) -> None:
    placed = counter.place()
    counter.cancel(placed, CancelReason.CUSTOMER_REMORSE)
    assert counter.ways(placed.id)[1:] == [("cancelled", "email", "due")]


def test_an_expiry_reaches_those_without_an_email_by_text_message(counter: Any) -> None:
    placed = counter.place(email=None)
    counter.make_ready(placed)
    counter.expire(placed)
    assert counter.ways(placed.id)[-1] == ("expired", "sms", "due")


def test_a_receipt_goes_by_email_only_and_nobody_is_told_where_there_is_none(counter: Any) -> None:
    with_email, without = counter.place(), counter.place(email=None)
    for placed in (with_email, without):
        counter.make_ready(placed)
        counter.hand_over(placed)
    assert counter.ways(with_email.id)[-1] == ("receipt", "email", "due")
    assert counter.ways(without.id)[-1] == ("receipt", "email", "suppressed")
    assert counter.messages(without.id)[-1]["note"] == "no address"


def test_an_erased_customer_is_owed_nothing_and_the_history_says_so(
    counter: Any, session: Session
) -> None:
    placed = counter.place()
    session.execute(text("UPDATE contact SET email = NULL, phone = NULL"))
    counter.make_ready(placed)
    ready = counter.messages(placed.id)[-1]
    assert (ready["status"], ready["note"]) == ("suppressed", "no address")


def test_an_event_told_twice_owes_one_message(counter: Any, session: Session) -> None:
    placed = counter.place()
    event_id = counter.messages(placed.id)[0]["event_id"]
    owe(session, Owe(event_id, placed.fulfillment_id, Template.CONFIRMATION))
    assert len(counter.messages(placed.id)) == 1


class TestWithRealCommits:
    """Two handlers at once, in a database of their own."""

    @pytest.fixture
    def session(self, cluster: Cluster, app: Any) -> Iterator[Session]:
        address = cluster.url("postgres", "postgres").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute("CREATE DATABASE messages OWNER owner")
        migrate(cluster.url("owner", "messages"), cluster.url("app", "messages"))
        engine = db.make_engine(cluster.url("app", "messages"))
        SessionFactory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        with SessionFactory() as session:
            yield session
        engine.dispose()
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute("DROP DATABASE messages WITH (FORCE)")

    def test_two_handlers_at_once_owe_one_message(self, counter: Any, session: Session) -> None:
        placed = counter.place()
        event_id = counter.messages(placed.id)[0]["event_id"]
        session.execute(text("DELETE FROM message"))
        session.commit()
        gate = threading.Barrier(4)
        command = Owe(event_id, placed.fulfillment_id, Template.CONFIRMATION)

        def handle() -> None:
            with transaction() as own:
                own.execute(text("SELECT 1"))
                gate.wait(5)
                owe(own, command)

        threads = [threading.Thread(target=handle) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        session.commit()
        assert counter.ways(placed.id) == [("confirmation", "email", "due")]
