"""Several relays and senders at work on the same news."""

from collections.abc import Iterator

import pytest

import notifications.jobs
import orders.services
from app.embedded import Cluster
from app.worker import deliver_one
from customers.commands import GiveContact
from kernel import delivery
from kernel.actors import SYSTEM
from kernel.db import transaction
from notifications import gateway
from notifications.gateway import MessagingSettings
from orders.commands import Channel, Collect, PlaceOrder
from tests.support.installation import Installation, installation
from tests.support.trade import together
from tests.support.vendors import Vendors

ORDERS, RELAYS = 40, 4

HEARD_BY = 2
"""An order is confirmed, and is history."""


@pytest.fixture
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A database in which nobody delivers anything but the test."""
    with installation(cluster, tmp_path_factory.mktemp("news")) as made:
        yield made


@pytest.fixture
def vendors(house: Installation) -> Iterator[Vendors]:
    """The mail server to which this process sends."""
    before, opened = gateway.settings(), house.open_vendors()
    gateway.configure(MessagingSettings(smtp_url=house.environment["SMTP_URL"]))
    yield opened
    gateway.configure(before)


def test_four_relays_at_once_answer_each_delivery_once_and_tell_each_customer_once(
    house: Installation, vendors: Vendors
) -> None:
    emails = [f"buyer-{number}@example.org" for number in range(ORDERS)]
    with house.inside():
        told_before = relay()  # the stock that came in
        for email in emails:
            place(email)

        answered = together([relay] * RELAYS)
        sent = together([notifications.jobs.send_due] * RELAYS)

    assert (sum(answered), sum(sent)) == (ORDERS * HEARD_BY, ORDERS)
    for shares in (answered, sent):
        assert sum(share > 0 for share in shares) > 1, "one did everything: this was no race"
    done = "SELECT fence, attempts, count(*) FROM delivery WHERE done_at IS NOT NULL GROUP BY 1, 2"
    assert house.rows(done) == [
        {"fence": 1, "attempts": 0, "count": told_before + ORDERS * HEARD_BY}
    ]
    assert house.rows("SELECT status, attempts, count(*) FROM message GROUP BY 1, 2") == [
        {"status": "sent", "attempts": 1, "count": ORDERS}
    ]
    assert [len(vendors.received(email)) for email in emails] == [1] * ORDERS
    assert house.broken() == []


def relay() -> int:
    """Answer what is due, few at a time, until nothing is; return how many were answered here."""
    answered = 0
    while True:
        with transaction() as session:
            claims = delivery.claim_due(session, limit=2)
        if not claims:
            return answered
        for claim in claims:
            deliver_one(claim)
        answered += len(claims)


def place(email: str) -> None:
    """Order a notebook on the web."""
    contact = GiveContact("Chloé", "Durand", email, None, "fr")
    with transaction() as session:
        command = PlaceOrder(Channel.WEB, [Collect("lyon", {"BOOK": 1})], contact)
        orders.services.place_order(session, command, actor=SYSTEM)
