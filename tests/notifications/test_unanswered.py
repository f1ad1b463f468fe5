"""Calls without an answer: senders that die at the worst moment, vendors that fall silent."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.db import transaction
from notifications import gateway, services
from notifications.gateway import Email, Sms
from notifications.jobs import send_due
from sandbox import Addresses

EMAIL, PHONE = "chloe.durand@example.org", "+33612345678"
Received = Callable[[str], list[dict[str, Any]]]
Spoil = Callable[..., None]


def test_a_sender_that_died_before_the_call_costs_nothing(counter: Any, received: Received) -> None:
    placed = counter.place()
    with transaction() as session:
        (claim,) = services.claim_due(session, limit=1)
    assert send_due() == 0
    counter.time_passes()
    assert send_due() == 1
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["possible_duplicate"], row["attempts"]) == ("sent", False, 2)
    assert len(received("email")) == 1
    with transaction() as session:
        assert services.begin(session, claim) is None
        assert not services.settle(session, claim, gateway.RefusedForGood("late"))
    assert counter.messages(placed.id)[0]["status"] == "sent"


def test_a_sender_whose_lease_went_to_another_can_neither_send_nor_settle(
    counter: Any, vendors: Addresses
) -> None:
    placed = counter.place()
    with transaction() as session:
        (late,) = services.claim_due(session, limit=1)
    counter.time_passes()
    with transaction() as session:
        (present,) = services.claim_due(session, limit=1)
    with transaction() as session:
        assert services.begin(session, late) is None
        assert not services.settle(session, late, gateway.Sent("late"))
    assert counter.messages(placed.id)[0]["status"] == "due"
    counter.session.commit()
    with transaction() as session:
        assert services.begin(session, present) is not None


def test_an_email_whose_sender_died_after_it_was_taken_goes_once_more_under_its_id(
    counter: Any, received: Received, session: Session
) -> None:
    placed = counter.place()
    call = counter.begin_one()
    assert isinstance(call.letter, Email)
    gateway.send_email(call.letter)
    counter.time_passes()
    assert send_due() == 1
    first, second = received("email")
    assert first["message_id"] == second["message_id"]
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["possible_duplicate"]) == ("sent", True)
    assert counter.findings() == []


def test_an_email_cut_off_at_its_end_goes_once_more_and_never_a_third_time(
    counter: Any, received: Received, spoil: Spoil
) -> None:
    placed = counter.place(phone=None)
    spoil(smtp=[{"at": "after_dot", "do": "cut", "times": 2}])
    for _ in range(4):
        send_due()
        counter.time_passes()
    assert len(received("email")) == 2
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["possible_duplicate"], row["attempts"]) == ("unknown", True, 2)


def test_two_deaths_at_the_same_email_leave_it_unknown(counter: Any, received: Received) -> None:
    placed = counter.place(phone=None)
    for _ in range(2):
        counter.begin_one()
        counter.time_passes()
    send_due()
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["note"]) == ("unknown", "sent twice without an answer")
    assert received("email") == []


def test_a_silent_mail_server_is_waited_for_only_so_long(
    counter: Any, received: Received, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.gateway.smtp.ANSWER_S", 0.3)
    placed = counter.place()
    spoil(smtp=[{"at": "after_dot", "do": "hang"}])
    send_due()
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["note"]) == ("due", "smtp end of data: SMTPServerDisconnected")
    assert row["begun_at"] is not None
    assert len(received("email")) == 1


def test_a_text_message_that_was_taken_is_found_and_not_sent_again(
    counter: Any, received: Received, session: Session
) -> None:
    placed = counter.place(email=None)
    call = counter.begin_one()
    assert isinstance(call.letter, Sms)
    gateway.send_sms(call.letter)
    counter.time_passes()
    assert send_due() == 1
    (sms,) = received("sms")
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["provider_id"]) == ("sent", sms["sid"])
    assert not row["possible_duplicate"]
    assert counter.findings() == []


def test_a_text_message_without_an_answer_is_looked_up(
    counter: Any, received: Received, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.gateway.sms.ANSWER_S", 0.3)
    placed = counter.place(email=None)
    spoil(sms=[{"do": "accept_then_hang"}])
    send_due()
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["note"]) == ("due", "sms: ReadTimeout")
    counter.time_passes()
    send_due()
    assert counter.ways(placed.id) == [("confirmation", "sms", "sent")]
    assert len(received("sms")) == 1


def test_a_text_message_that_got_lost_is_unknown_and_the_email_tells_it(
    counter: Any, received: Received, session: Session
) -> None:
    placed = counter.place(email=None)
    counter.begin_one()
    session.execute(text("UPDATE contact SET email = :email"), {"email": EMAIL})
    counter.time_passes()
    assert send_due() == 2
    assert counter.ways(placed.id) == [
        ("confirmation", "sms", "unknown"),
        ("confirmation", "email", "sent"),
    ]
    assert received("sms") == []
    assert [each["to"] for each in received("email")] == [[EMAIL]]


def test_whoever_was_told_by_email_is_not_told_again_when_the_text_message_is_lost(
    counter: Any, received: Received, spoil: Spoil
) -> None:
    placed = counter.place()
    send_due()
    counter.make_ready(placed)
    spoil(sms=[{"do": "400"}])
    send_due()
    assert counter.ways(placed.id)[1:] == [("ready", "email", "sent"), ("ready", "sms", "dead")]
    assert counter.messages(placed.id)[2]["note"] == "sms: 400 21211; left to the other channel"
    assert send_due() == 0
    assert len(received("email")) == 2


def test_a_provider_that_breaks_down_is_asked_before_anything_is_sent_again(
    counter: Any, received: Received, spoil: Spoil
) -> None:
    placed = counter.place(email=None)
    spoil(sms=[{"do": "500"}])
    send_due()
    counter.time_passes()
    send_due()
    assert counter.ways(placed.id) == [("confirmation", "sms", "unknown")]
    assert received("sms") == []


def test_a_ready_message_that_may_have_gone_is_not_called_suppressed(
    counter: Any, vendors: Addresses
) -> None:
    placed = counter.place(phone=None)
    send_due()
    counter.make_ready(placed)
    counter.begin_one()
    counter.hand_over(placed)
    counter.time_passes()
    send_due()
    assert counter.ways(placed.id)[1:] == [
        ("ready", "email", "unknown"),
        ("receipt", "email", "sent"),
    ]
