"""Workers are killed while the mail server and the SMS provider have a message in hand."""

import pytest

from tests.support.installation import Installation
from tests.support.trade import Trade
from tests.support.vendors import Vendors, eventually

EMAIL, PHONE, OTHER_PHONE = "chloe.durand@example.org", "+33639981234", "+33639985678"
LEASE_AND_MORE_S = 75


@pytest.mark.timeout(180)
def test_a_killed_worker_loses_no_message_and_doubles_none_unmarked(house: Installation) -> None:
    vendors = house.open_vendors()
    house.open_redis("redis")
    trade = Trade(house, house.open_web())
    house.start("relay")
    sku = trade.list_article()

    vendors.spoil(smtp={"delay_ms": 60_000})
    worker = house.start("work")
    trade.place({sku: 1}, customer=customer(email=EMAIL, phone=PHONE))
    eventually(lambda: vendors.received(EMAIL))
    worker.kill()

    vendors.behave()
    vendors.spoil(sms={"faults": [{"do": "accept_then_hang"}]})
    worker = house.start("work")
    trade.place({sku: 1}, customer=customer(phone=OTHER_PHONE))
    eventually(lambda: vendors.received(OTHER_PHONE))
    worker.kill()

    vendors.behave()
    house.start("work")
    eventually(lambda: nothing_due(house), within_s=LEASE_AND_MORE_S)

    assert told(house) == [
        {"channel": "email", "status": "sent", "possible_duplicate": True},
        {"channel": "sms", "status": "sent", "possible_duplicate": False},
    ]
    assert_same_twice(vendors)
    assert vendors.received(PHONE) == []
    assert len(vendors.received(OTHER_PHONE)) == 1
    assert house.broken() == []


def customer(*, email: str | None = None, phone: str | None = None) -> dict[str, str | None]:
    return {"last_name": "Durand", "email": email, "phone": phone}


def nothing_due(house: Installation) -> bool:
    """Return whether every delivery is answered and every message has ended."""
    (row,) = house.rows(
        "SELECT (SELECT count(*) FROM delivery WHERE done_at IS NULL) AS owed,"
        " (SELECT count(*) FROM message WHERE status = 'due') AS due,"
        " (SELECT count(*) FROM message) AS messages"
    )
    return row == {"owed": 0, "due": 0, "messages": 2}


def told(house: Installation) -> list[dict[str, object]]:
    return house.rows("SELECT channel, status, possible_duplicate FROM message ORDER BY id")


def assert_same_twice(vendors: Vendors) -> None:
    """Nobody knew whether it had arrived, so it was sent again: a mail program sees one e-mail."""
    first, second = vendors.received(EMAIL)
    assert first["message_id"] == second["message_id"]
    assert first["subject"] == second["subject"]
