"""Sending through real servers: what arrives, and what is tried again."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel.clock import db_now
from notifications import gateway, queries
from notifications.gateway import MessagingSettings
from notifications.jobs import send_due
from sandbox import Addresses

EMAIL, PHONE = "chloe.durand@example.org", "+33612345678"
Received = Callable[[str], list[dict[str, Any]]]
Spoil = Callable[..., None]


def test_what_is_due_arrives_and_the_truth_is_kept(
    counter: Any, received: Received, session: Session
) -> None:
    placed = counter.place()
    counter.make_ready(placed)
    assert send_due() == 3
    assert send_due() == 0
    confirmation, ready = received("email")
    (sms,) = received("sms")
    rows = counter.messages(placed.id)
    assert confirmation["to"] == ready["to"] == [EMAIL]
    assert confirmation["from"] == "bonjour@aubepin.test"
    assert confirmation["headers"]["From"] == "Aubépin <bonjour@aubepin.test>"
    assert confirmation["message_id"] == f"<{rows[0]['reference']}@aubepin.test>"
    assert confirmation["headers"]["Auto-Submitted"] == "auto-generated"
    assert confirmation["attachments"] == []
    (picture,) = ready["attachments"]
    assert (picture["content_type"], picture["disposition"]) == ("image/png", "inline")
    assert f"cid:{picture['content_id']}" in ready["html"]
    assert (sms["to"], sms["from"], sms["num_segments"]) == ([PHONE], "Aubepin", 1)
    assert [row["status"] for row in rows] == ["sent", "sent", "sent"]
    assert rows[2]["provider_id"] == sms["sid"]
    facts = queries.list_messages(session, placed.id)
    assert [(each.template, each.channel, each.attempts, each.note) for each in facts] == [
        ("confirmation", "email", 1, None),
        ("ready", "email", 1, None),
        ("ready", "sms", 1, None),
    ]
    assert all(each.sent_at and not each.possible_duplicate for each in facts)
    assert counter.findings() == []


@pytest.mark.parametrize("moment", ["connect", "mail", "rcpt", "data", "after_dot"])
def test_an_email_refused_for_now_goes_later_and_once(
    counter: Any, received: Received, spoil: Spoil, moment: str
) -> None:
    placed = counter.place()
    spoil(smtp=[{"at": moment, "do": "451"}])
    assert send_due() == 1
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["begun_at"], row["attempts"]) == ("due", None, 1)
    assert "451" in row["note"]
    assert send_due() == 0
    counter.time_passes()
    assert send_due() == 1
    assert len(received("email")) == 1
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["note"], row["possible_duplicate"]) == ("sent", None, False)


@pytest.mark.parametrize("moment", ["connect", "mail", "rcpt", "data"])
def test_an_email_cut_off_before_its_end_was_never_taken(
    counter: Any, received: Received, spoil: Spoil, moment: str
) -> None:
    placed = counter.place()
    spoil(smtp=[{"at": moment, "do": "cut"}])
    send_due()
    counter.time_passes()
    send_due()
    assert len(received("email")) == 1
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["possible_duplicate"]) == ("sent", False)


def test_delays_grow_and_the_last_try_ends_in_an_alarm(
    counter: Any, spoil: Spoil, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    placed = counter.place(phone=None)
    spoil(smtp=[{"at": "rcpt", "do": "451", "times": None}])
    delays = []
    for _ in range(12):
        counter.time_passes()
        before = db_now(session)
        assert send_due() == 1
        (row,) = counter.messages(placed.id)
        delays.append(round((row["due_at"] - before) / timedelta(seconds=30)))
    assert delays[:8] == [1, 2, 4, 8, 16, 32, 64, 120]
    assert (row["status"], row["note"]) == ("dead", "smtp rcpt: 451 4.3.0")
    assert [each.levelno for each in caplog.records] == [logging.ERROR]
    counter.time_passes()
    assert send_due() == 0


@pytest.mark.parametrize("moment", ["rcpt", "after_dot"])
def test_a_dead_mailbox_is_given_up_and_the_phone_told(
    counter: Any, received: Received, spoil: Spoil, moment: str
) -> None:
    placed = counter.place()
    spoil(smtp=[{"at": moment, "do": "550"}])
    assert send_due() == 2
    assert counter.ways(placed.id) == [
        ("confirmation", "email", "dead"),
        ("confirmation", "sms", "sent"),
    ]
    dead = counter.messages(placed.id)[0]
    assert dead["note"].endswith("550 5.1.1; left to the other channel")
    assert EMAIL not in dead["note"]
    assert received("email") == []
    assert len(received("sms")) == 1


def test_a_busy_provider_is_given_the_time_it_asks_for(
    counter: Any, received: Received, spoil: Spoil, session: Session
) -> None:
    placed = counter.place(email=None)
    spoil(sms=[{"do": "429", "retry_after": 120}])
    before = db_now(session)
    send_due()
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["begun_at"], row["note"]) == ("due", None, "sms: 429 20429")
    assert 119 < (row["due_at"] - before).total_seconds() < 125
    counter.time_passes()
    send_due()
    assert counter.ways(placed.id) == [("confirmation", "sms", "sent")]
    assert len(received("sms")) == 1


def test_nobody_listening_is_no_call(counter: Any, vendors: Addresses) -> None:
    gateway.configure(
        MessagingSettings(smtp_url="smtp://127.0.0.1:1", sms_url="http://AC1:t@127.0.0.1:1")
    )
    placed = counter.place()
    counter.make_ready(placed)
    assert send_due() == 3
    rows = counter.messages(placed.id)
    assert {(row["status"], row["begun_at"]) for row in rows} == {("due", None)}
    assert [row["note"] for row in rows] == [
        "smtp connect: ConnectionRefusedError",
        "smtp connect: ConnectionRefusedError",
        "sms connect: ConnectError",
    ]
