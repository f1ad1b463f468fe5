"""What is owed to whom, on which channel, and only once."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

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


def test_who_is_sent_in_the_moment_of_ready_is_written_to_once(counter: Any) -> None:
    placed = counter.place()
    counter.make_ready(placed, heard=False)
    counter.send_proxy(placed)
    written = [way for way in counter.ways(placed.id) if way[0] == "proxy_pass"]
    assert written == [("proxy_pass", "email", "due"), ("proxy_pass", "sms", "due")]
