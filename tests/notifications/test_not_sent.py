"""What is not sent, and why; and the checks that watch over all of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from notifications import gateway
from notifications.gateway import MessagingSettings
from notifications.jobs import send_due
from orders.commands import CancelReason
from sandbox import Addresses

EMAIL, PHONE = "chloe.durand@example.org", "+33612345678"
Received = Callable[[str], list[dict[str, Any]]]
Spoil = Callable[..., None]


def test_nobody_is_called_to_a_parcel_that_was_collected(
    counter: Any, received: Received, session: Session
) -> None:
    placed = counter.place()
    counter.make_ready(placed)
    counter.hand_over(placed)
    send_due()
    assert counter.ways(placed.id) == [
        ("confirmation", "email", "suppressed"),
        ("ready", "email", "suppressed"),
        ("ready", "sms", "suppressed"),
        ("receipt", "email", "sent"),
    ]
    assert counter.messages(placed.id)[1]["note"] == "too late: the parcel is handed_over"
    assert len(received("email")) == 1
    assert counter.findings() == []


def test_a_cancelled_order_is_not_confirmed(counter: Any, received: Received) -> None:
    placed = counter.place()
    counter.cancel(placed, CancelReason.CUSTOMER_REMORSE)
    send_due()
    assert counter.ways(placed.id) == [
        ("confirmation", "email", "suppressed"),
        ("cancelled", "email", "sent"),
    ]


def test_two_quick_changes_are_told_in_one_letter_that_says_both(
    counter: Any, received: Received
) -> None:
    placed = counter.place()
    send_due()
    counter.amend(placed, 3)
    counter.amend(placed, 1, version=2)
    send_due()
    counter.amend(placed, 2, version=3)
    counter.amend(placed, 2, version=4, store_code="paris")
    send_due()
    assert counter.ways(placed.id) == [
        ("confirmation", "email", "sent"),
        ("amended", "email", "suppressed"),
        ("amended", "email", "sent"),
        ("amended", "email", "suppressed"),
        ("amended", "email", "sent"),
    ]
    note = "changed again: the next message tells of both"
    assert counter.messages(placed.id)[1]["note"] == note
    _, first, second = ("".join(each["text"].split("\n")) for each in received("email"))
    assert "Tasse, blue 2 → 3 ; Tasse, blue 3 → 1." in first
    assert "Tasse, blue 1 → 2 ; dans un autre magasin." in second
    assert "2 → 3" not in second
    assert counter.findings() == []


def test_a_switched_off_channel_says_so_and_the_other_tells_it(
    counter: Any, vendors: Addresses, received: Received
) -> None:
    gateway.configure(MessagingSettings(smtp_url=vendors.smtp))
    placed = counter.place(phone=PHONE)
    counter.make_ready(placed)
    send_due()
    assert counter.ways(placed.id)[1:] == [
        ("ready", "email", "sent"),
        ("ready", "sms", "suppressed"),
    ]
    note = counter.messages(placed.id)[2]["note"]
    assert note == "the channel is switched off; left to the other channel"
    assert len(received("email")) == 2


def test_everything_switched_off_ends_with_the_reason(counter: Any) -> None:
    before = gateway.settings()
    gateway.configure(MessagingSettings())
    try:
        placed = counter.place()
        assert send_due() == 2
        assert counter.ways(placed.id) == [
            ("confirmation", "email", "suppressed"),
            ("confirmation", "sms", "suppressed"),
        ]
        assert send_due() == 0
    finally:
        gateway.configure(before)


def test_a_country_we_do_not_text_to_is_written_to_by_email(
    counter: Any, vendors: Addresses, received: Received, session: Session
) -> None:
    placed = counter.place(phone="+12015550123")
    counter.make_ready(placed)
    send_due()
    assert counter.ways(placed.id)[1:] == [
        ("ready", "email", "sent"),
        ("ready", "sms", "suppressed"),
    ]
    assert counter.messages(placed.id)[2]["note"].startswith("not a country we text to")
    assert received("sms") == []


def test_the_hourly_budget_of_text_messages_is_kept(
    counter: Any, vendors: Addresses, received: Received
) -> None:
    gateway.configure(
        MessagingSettings(smtp_url=vendors.smtp, sms_url=vendors.sms, sms_hourly_max=2)
    )
    placed = [counter.place(email=None) for _ in range(3)]
    send_due()
    assert [counter.ways(each.id)[0][2] for each in placed] == ["sent", "sent", "suppressed"]
    assert counter.messages(placed[2].id)[0]["note"] == "the hour's 2 text messages are spent"
    assert len(received("sms")) == 2


def test_a_message_that_cannot_be_made_holds_up_no_other_and_dies_in_the_end(
    counter: Any, received: Received, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned, sound = counter.place(phone=None), counter.place()
    session.execute(
        text("UPDATE message SET language = 'xx' WHERE order_id = :id"), {"id": poisoned.id}
    )
    session.commit()
    send_due()
    assert counter.ways(sound.id) == [("confirmation", "email", "sent")]
    for _ in range(12):
        assert counter.ways(poisoned.id) == [("confirmation", "email", "due")]
        counter.time_passes()
        send_due()
    assert counter.ways(poisoned.id) == [("confirmation", "email", "dead")]
    assert counter.messages(poisoned.id)[0]["note"] == "given up after 12 tries"
    assert "was not sent; it falls due again" in caplog.text


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        ("DELETE FROM message", "INV-19"),
        (
            "UPDATE message SET status = 'due', created_at = now() - interval '25 hours'",
            "INV-19",
        ),
        (
            (
                "INSERT INTO message (event_id, order_id, fulfillment_id, contact_id, channel, "
                "template, template_version, language, dedupe_key, reference, status) "
                "SELECT event_id, order_id, fulfillment_id, contact_id, channel, template, 2, "
                "language, dedupe_key || 'x', gen_random_uuid(), status FROM message LIMIT 1"
            ),
            "INV-20",
        ),
        (
            (
                "UPDATE message SET template = 'ready', begun_at = now() + interval '1 minute'; "
                "UPDATE fulfillment SET ended_at = now()"
            ),
            "INV-21",
        ),
    ],
)
def test_the_checks_find_what_must_not_be(
    counter: Any, received: Received, session: Session, damage: str, broken: str
) -> None:
    counter.place()
    send_due()
    assert counter.findings() == []
    for statement in damage.split("; "):
        session.execute(text(statement))
    assert counter.findings() == [broken]


def test_nobody_is_missed_about_an_order_only_histories_remember(
    counter: Any, received: Received, session: Session
) -> None:
    counter.place()
    send_due()
    session.execute(text("DELETE FROM message"))
    session.execute(text("UPDATE delivery SET done_at = now()"))
    assert counter.findings() == ["INV-19"]
    session.execute(text("DELETE FROM delivery WHERE subscriber <> 'tell-history'"))
    assert counter.findings() == []
