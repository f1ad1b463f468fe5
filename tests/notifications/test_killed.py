"""A sender killed while the vendor, who has taken the message, still owes it the answer."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.embedded import Cluster
from notifications.jobs import send_due
from sandbox import Addresses

ROOT = Path(__file__).parents[2]
SENDER = """
import os
from kernel import db, secret
from kernel.config import read_section
from notifications import gateway
from notifications.jobs import send_due

secret.configure(os.environ["COMPTOIR_SECRET"].encode())
db.connect(os.environ["DATABASE_URL"])
gateway.configure(read_section(gateway.MessagingSettings, os.environ))
send_due()
"""
SECRET = "a-secret-for-tests-0123456789-abcdef"  # noqa: S105 (tests; the same words on both sides)
Received = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def session(own_session: Session) -> Session:
    return own_session


@pytest.fixture
def killed_sender(
    cluster: Cluster, vendors: Addresses, received: Received
) -> Callable[[str], None]:
    """Run a sender in a process of its own, and kill it once the vendor has the message."""

    def run(kind: str) -> None:
        with sender(cluster.url("app", "messages"), vendors) as child:
            deadline = time.monotonic() + 20
            while not received(kind):
                assert time.monotonic() < deadline, "nothing was sent"
                assert child.poll() is None, "the sender ended by itself"
                time.sleep(0.02)

    return run


@contextmanager
def sender(database_url: str, vendors: Addresses) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "COMPTOIR_SECRET": SECRET,
        "DATABASE_URL": database_url,
        "SMTP_URL": vendors.smtp,
        "SMS_URL": vendors.sms,
        "PUBLIC_URL": "https://shop.test",
    }
    child = subprocess.Popen([sys.executable, "-c", SENDER], cwd=ROOT, env=environment)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def test_its_email_goes_once_more_under_the_same_id(
    counter: Any,
    received: Received,
    spoil: Callable[..., None],
    killed_sender: Callable[[str], None],
) -> None:
    placed = counter.place()
    spoil(smtp=[{"at": "after_dot", "do": "hang"}])
    killed_sender("email")
    (row,) = counter.messages(placed.id)
    assert row["status"] == "due"
    assert row["begun_at"] is not None
    counter.session.rollback()
    assert send_due() == 0
    counter.time_passes()
    assert send_due() == 1
    first, second = received("email")
    assert first["message_id"] == second["message_id"] == f"<{row['reference']}@aubepin.test>"
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["possible_duplicate"], row["attempts"]) == ("sent", True, 2)
    assert counter.findings() == []


def test_its_text_message_is_found_at_the_provider(
    counter: Any,
    received: Received,
    spoil: Callable[..., None],
    killed_sender: Callable[[str], None],
) -> None:
    placed = counter.place(email=None)
    spoil(sms=[{"do": "accept_then_hang"}])
    killed_sender("sms")
    counter.time_passes()
    assert send_due() == 1
    (sms,) = received("sms")
    (row,) = counter.messages(placed.id)
    assert (row["status"], row["provider_id"]) == ("sent", sms["sid"])
    assert counter.findings() == []
