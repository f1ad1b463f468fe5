"""Social networks as conversations: what a connector brings, and what we answer through it."""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from hmac import new as hmac
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import customers.queries
import orders.queries
import stores.services
from app.cli.connectors import _probes
from kernel import secret
from kernel.actors import SYSTEM
from kernel.signing import CLOCK_S, Signed, make_signature
from notifications import gateway, services
from notifications.commands import ConnectorKind, OpenConnector
from notifications.jobs import answer_on_social
from notifications.services.hearing import HEARD_MAX
from stores.commands import HireStaff, StaffRole
from tests.conftest import ROOT, Shop, as_key
from tests.unmoved import state

VENDOR_SECRET = "the messenger's own"  # noqa: S105 (of a test)
PSID = "6182003345"


@dataclass
class Network:
    """A messenger's own side: what it was told to send, and what it answers."""

    url: str = ""
    status: int = 200
    sent: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def network() -> Iterator[Network]:
    told = Network()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.sent.append(json.loads(body) if body.endswith(b"}") and len(body) > 2 else {})
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Ear)) as port:
        told.url = f"http://127.0.0.1:{port}/me/messages"
        yield told


class serving:  # noqa: N801 (read as a sentence)
    """A server on a thread of its own, as long as the block lasts; gives its port."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,))

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._server.server_port)

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def open_connector(session: Session, source: str, **more: Any) -> bytes:
    command = OpenConnector(source, source, **{"kind": ConnectorKind.SOCIAL, **more})
    key = secret.decode(services.open_connector(session, command, actor=SYSTEM))
    session.commit()
    assert key is not None
    return key


@pytest.fixture
def private() -> Iterator[None]:
    """Connectors may live on this machine."""
    before = gateway.settings()
    gateway.configure(replace(before, webhook_private=True))
    yield
    gateway.configure(before)


@pytest.fixture
def sample(  # noqa: PLR0917 (fixtures)
    app: Flask, session: Session, shop: Shop, network: Network, private: None, tmp_path: Path
) -> Iterator[str]:
    """The sample connector, running beside the shop as somebody would run it; gives its address."""
    with serving(make_server("127.0.0.1", 0, app, threaded=False)) as port:
        key = open_connector(session, "messenger")
        environment = {
            "SHOP": f"http://127.0.0.1:{port}",
            "SOURCE": "messenger",
            "KEY": secret.encode(key),
            "PORT": "0",
            "VENDOR_SECRET": VENDOR_SECRET,
            "VENDOR_SEND": network.url,
            "FILE": str(tmp_path / "sent.sqlite3"),
        }
        program = subprocess.Popen(
            [sys.executable, str(ROOT / "docs/samples/social_connector.py")],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert program.stdout is not None
            url = f"http://127.0.0.1:{program.stdout.readline().split()[-1]}"
            session.execute(text("UPDATE connector SET url = :url"), {"url": f"{url}/answers"})
            session.commit()
            yield url
        finally:
            program.terminate()
            program.communicate()


def tell_event(url: str, mid: str, said: str, *, key: str = VENDOR_SECRET) -> int:
    """Post what Messenger posts when somebody wrote; return how it is answered."""
    event = {
        "sender": {"id": PSID},
        "recipient": {"id": "page"},
        "timestamp": 1_795_340_000_000,
        "message": {"mid": mid, "text": said},
    }
    page = {"id": "page", "time": 1_795_340_000_000, "messaging": [event]}
    body = json.dumps({"object": "page", "entry": [page]}).encode()
    made = hmac(key.encode(), body, sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={made}", "Content-Type": "application/json"}
    return httpx.post(
        f"{url}/messenger", content=body, headers=headers, trust_env=False
    ).status_code


def agent_key(session: Session) -> tuple[UUID, str]:
    staff_id = stores.services.hire_staff(session, HireStaff("Zoé", StaffRole.AGENT, ()))
    issued = stores.services.issue_key(
        session, name="Zoé", scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    session.commit()
    return staff_id, issued[1]


@pytest.mark.matter("person", "social")
def test_s37_a_message_in_a_messenger_is_threaded_to_the_customer_and_answered_from_the_desk(
    sample: str, network: Network, client: FlaskClient, counter: Any
) -> None:
    session = counter.session
    placed = counter.place()
    contact_id = orders.queries.find_contact_id(session, placed.id)
    assert contact_id is not None
    customer_id = customers.queries.list_contact_owners(session, [contact_id])[contact_id]
    _, key = agent_key(session)

    def call(path: str, **body: Any) -> Any:
        answer = client.post(f"/api/v1/threads{path}", json=body, headers=as_key(key))
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    def story(thread_id: Any) -> Any:
        return client.get(f"/api/v1/threads/{thread_id}", headers=as_key(key)).json

    # First contact: nobody known. Somebody of ours finds out who it is.
    assert tell_event(sample, "m_1", "Bonjour, ma commande est-elle prête ?") == 200
    thread_id = session.execute(text("SELECT id FROM thread")).scalar_one()
    assert (story(thread_id)["customer_id"], story(thread_id)["status"]) == (None, "waiting")
    call(f"/{thread_id}/identify", customer_id=str(customer_id))
    call(f"/{thread_id}/reply", body="Oui, à Lyon.")
    call(f"/{thread_id}/end", resolution="told")
    counter.tell()
    assert (answer_on_social(), answer_on_social()) == (1, 0)
    assert network.sent == [{"recipient": {"id": PSID}, "message": {"text": "Oui, à Lyon."}}]

    # From now on whatever comes from there is theirs; the messenger may tell of it twice.
    for _ in range(2):
        assert tell_event(sample, "m_2", "Et jusqu’à quand ?") == 200
    known = session.execute(text("SELECT id FROM thread WHERE closed_at IS NULL")).scalar_one()
    assert story(known)["customer_id"] == str(customer_id)
    assert [each["body"] for each in story(known)["entries"]] == ["Et jusqu’à quand ?"]
    counter.tell()
    told = session.execute(
        text("SELECT channel, direction FROM interaction WHERE kind LIKE 'thread.%ed' ORDER BY id")
    ).all()
    assert ("social", "in") in [tuple(each) for each in told]

    # While the network is out, the answer waits and goes once, in order.
    network.status, network.sent = 503, []
    call(f"/{known}/reply", body="Samedi.")
    call(f"/{known}/reply", body="Avant 19 h.")
    counter.tell()
    answer_on_social()
    assert [each["message"]["text"] for each in network.sent] == ["Samedi."]
    network.status, network.sent = 200, []
    for _ in range(2):
        session.execute(text("UPDATE social_answer SET due_at = now() WHERE status = 'due'"))
        answer_on_social()
    assert [each["message"]["text"] for each in network.sent] == ["Samedi.", "Avant 19 h."]
    states = services.list_answers(session, [known])
    assert [(each.status, each.attempts) for _, each in sorted(states.items())] == [
        ("sent", 2),
        ("sent", 1),
    ]

    # Whom the network refuses was not reached: a person hears of it.
    network.status = 400
    call(f"/{known}/reply", body="À bientôt.")
    counter.tell()
    answer_on_social()
    counter.tell()
    assert [each.status for _, each in sorted(services.list_answers(session, [known]).items())] == [
        "sent",
        "sent",
        "dead",
    ]
    case = session.execute(text("SELECT kind, about_id FROM case_file WHERE closed_at IS NULL"))
    assert [tuple(each) for each in case] == [("unreachable", known)]
    assert tell_event(sample, "m_3", "?", key="another") == 403


def test_the_sample_keeps_the_contract_and_a_program_that_does_not_is_found_out(
    sample: str, network: Network, session: Session
) -> None:
    key, url = services.find_key(session, "messenger")
    assert url is not None

    def failing(where: str) -> list[str]:
        return [
            probe.what
            for probe in _probes("messenger", key, where)
            if not _fits(probe, gateway.ring(where, probe.body, probe.headers))
        ]

    assert (failing(url), network.sent) == ([], [])
    assert failing(network.url) == [  # which takes anything from anybody
        "another body than was signed is refused",
        "another key is refused",
        "no signature is refused",
        "a signature of another hour is refused",
        "a signature of another hour is refused",
        "what is no JSON is refused for good",
        "an answer without words is refused for good",
    ]
    assert "an answer is taken" in failing(f"{sample}/nowhere")


def _fits(probe: Any, rung: gateway.Rung) -> bool:
    return rung.answered in probe.wanted if probe.wanted else rung.ok


Bring = Callable[..., Any]


@pytest.fixture
def bring(client: FlaskClient, session: Session, shop: Shop) -> Bring:
    """Bring a message as the connector `insta`; what is named differs from what is right."""
    key = open_connector(session, "insta")

    def call(body: Any, **differs: Any) -> Any:
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        target = differs.get("target", "/api/v1/webhooks/social/insta")
        at = str(differs.get("at", int(time.time())))
        nonce = differs.get("nonce", secrets.token_urlsafe(18))
        signed = Signed(method="POST", target=target, body=said, timestamp=at, nonce=nonce)
        headers = {
            "Comptoir-Timestamp": at,
            "Comptoir-Nonce": nonce,
            "Comptoir-Signature": make_signature(differs.get("key", key), signed),
            "Content-Type": differs.get("kind", "application/json"),
        }
        path = differs.get("path", target)
        return client.post(path, data=differs.get("sent", said), headers=headers)

    call.key = key  # type: ignore[attr-defined]
    return call


def test_only_a_connector_that_signed_it_just_now_brings_anything(
    bring: Bring, session: Session
) -> None:
    message = {"id": "1", "from": "chloe", "text": "Bonjour"}
    now = int(time.time())
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"key": bytes(32)}, "signature"),
        ({"sent": b'{"id":"1","from":"x","text":"y"}'}, "signature"),
        ({"at": now - CLOCK_S - 30}, "clock"),
        ({"at": now + CLOCK_S + 30}, "clock"),
        ({"at": "soon"}, "headers"),
        ({"nonce": "short"}, "headers"),
        ({"path": "/api/v1/webhooks/social/other"}, "source"),
        ({"path": "/api/v1/webhooks/email/insta"}, "source"),
    )
    before = state(session)
    for differs, why in wrong:
        refused = bring(message, **differs)
        assert (refused.status_code, refused.json["why"]) == (403, why), differs
    assert bring(b"[" * 70_000).status_code == 413
    after = state(session)
    assert {each for each in after if after[each] != before[each]} == {"connector"}
    kept = session.execute(text("SELECT refused_why, heard_at FROM connector")).one()
    assert tuple(kept) == ("source", None)
    for body in ({}, {**message, "text": ""}, {**message, "more": 1}, {"id": 1}):
        assert bring(body).status_code == 422, body
    assert bring(b"{").status_code == 400
    assert session.execute(text("SELECT count(*) FROM thread_entry")).scalar_one() == 0
    services.renew_connector_key(session, "insta", actor=SYSTEM)
    session.commit()
    assert bring(message).status_code == 200  # the key before works for a day more
    services.close_connector(session, "insta", actor=SYSTEM)
    session.commit()
    assert bring({**message, "id": "2"}).json["why"] == "source"


def test_a_replay_changes_nothing_and_a_flood_waits_outside(bring: Bring, session: Session) -> None:
    message = {"id": "1", "from": "chloe", "name": "Chloé", "text": "Bon\u0000jour\nvous"}
    first, again = bring(message), bring(message)
    assert (first.json["is_new"], again.json["is_new"]) == (True, False)
    assert first.json["thread"] == again.json["thread"]
    for number in range(2, HEARD_MAX):
        assert bring({**message, "id": str(number)}).status_code == 200
    flooded = bring({**message, "id": "too much"})
    assert (flooded.status_code, flooded.headers["Retry-After"]) == (429, "3600")
    assert bring({**message, "from": "else", "id": "other"}).status_code == 200
    count = text("SELECT count(*), count(DISTINCT thread_id), min(body) FROM thread_entry")
    assert tuple(session.execute(count).one()) == (HEARD_MAX, 2, "Bonjour\nvous")
    cases = text("SELECT count(*) FROM case_file WHERE closed_at IS NULL")
    assert session.execute(cases).scalar_one() == 2


def test_an_email_connector_brings_letters_as_they_are_on_the_wire(
    bring: Bring, client: FlaskClient, session: Session
) -> None:
    key = open_connector(session, "mailgun", kind=ConnectorKind.EMAIL)
    raw = b"From: Luc <luc@elsewhere.example>\r\nMessage-ID: <a@b>\r\n\r\nBonjour\r\n"
    where = {"target": "/api/v1/webhooks/email/mailgun", "kind": "message/rfc822", "key": key}
    first, again = bring(raw, **where), bring(raw, **where)
    assert (first.status_code, first.json["is_new"], again.json["is_new"]) == (200, True, False)
    absent = raw.replace(b"<a@b>", b"<c@d>\r\nAuto-Submitted: auto-replied")
    assert bring(absent, **where).json == {"thread": None, "is_new": True, "why": "auto-submitted"}
    _, agent = agent_key(session)
    refused = client.get("/api/v1/connectors", headers=as_key(agent))
    assert refused.status_code == 403
    states = {each.source: each.heard_at is not None for each in services.list_connectors(session)}
    assert states == {"insta": False, "mailgun": True}
