"""Somebody writes several times at once: it is one conversation, of one customer."""

import secrets
import time
from functools import partial

import httpx

import notifications.services
from kernel import secret
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.signing import Signed, make_signature
from notifications.commands import ConnectorKind, OpenConnector
from tests.support.buyers import new_phone
from tests.support.trade import Trade, together

AT_ONCE, ROUNDS, TRIES = 8, 3, 20


def open_mailbox(trade: Trade) -> tuple[str, bytes]:
    """Return the address to which a provider brings letters, and the key it signs them with."""
    source = f"box{secrets.token_hex(4)}"
    with trade.place_of_work.inside(), transaction() as session:
        command = OpenConnector(source, source, kind=ConnectorKind.EMAIL)
        key = secret.decode(notifications.services.open_connector(session, command, actor=SYSTEM))
    assert key is not None
    return f"/api/v1/webhooks/email/{source}", key


def bring(trade: Trade, box: tuple[str, bytes], sender: str) -> httpx.Response:
    """Bring a letter of somebody's, as the provider does."""
    path, key = box
    letter = (
        f"From: {sender}\r\nTo: bonjour@aubepin.test\r\nSubject: Bonjour\r\n"
        f"Message-ID: <{secrets.token_hex(8)}@letters.example>\r\n\r\nAllô ?\r\n"
    ).encode()
    signed = Signed(
        method="POST",
        target=path,
        body=letter,
        timestamp=str(int(time.time())),
        nonce=secrets.token_hex(16),
    )
    headers = {
        "Content-Type": "message/rfc822",
        "Comptoir-Timestamp": signed.timestamp,
        "Comptoir-Nonce": signed.nonce,
        "Comptoir-Signature": make_signature(key, signed),
    }
    return trade.http.post(path, content=letter, headers=headers)


def write_at_once(trade: Trade, box: tuple[str, bytes], senders: list[str]) -> set[str]:
    """Have letters of these senders come in at once; return the conversations they stand in."""
    answers = together([partial(bring, trade, box, each) for each in senders])
    assert {each.status_code for each in answers} == {200}, [each.text for each in answers]
    return {each.json()["thread"] for each in answers}


def new_customer(trade: Trade) -> list[str]:
    """Return the two addresses of somebody who ordered twice."""
    article, phone = trade.list_article(units=5), new_phone()
    both = [f"{secrets.token_hex(6)}@example.org" for _ in range(2)]
    for email in both:
        who = {"first_name": "Lou", "last_name": "Petit", "email": email, "phone": phone}
        placed = trade.place({article: 1}, customer=who)
        assert placed.status_code == 201, placed.text
    return both


def test_what_somebody_new_writes_at_once_stands_in_one_conversation(trade: Trade) -> None:
    box = open_mailbox(trade)
    for _ in range(ROUNDS):
        sender = f"{secrets.token_hex(6)}@example.org"
        assert len(write_at_once(trade, box, [sender] * AT_ONCE)) == 1
    assert trade.place_of_work.broken() == []


def test_what_a_customer_writes_at_once_from_two_addresses_stands_in_one_conversation(
    trade: Trade,
) -> None:
    box = open_mailbox(trade)
    for _ in range(ROUNDS):
        assert len(write_at_once(trade, box, new_customer(trade) * (AT_ONCE // 2))) == 1
    assert trade.place_of_work.broken() == []


def test_without_its_guard_each_opens_a_conversation_of_its_own(unguarded: Trade) -> None:
    box = open_mailbox(unguarded)
    sender = f"{secrets.token_hex(6)}@example.org"
    theirs = new_customer(unguarded) * (AT_ONCE // 2)
    assert any(
        len(write_at_once(unguarded, box, senders)) > 1
        for _ in range(TRIES)
        for senders in ([sender] * AT_ONCE, theirs)
    )
