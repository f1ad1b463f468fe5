"""Followers of orders: by a feed, and rung at an address of theirs; in order, none skipped."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from app.worker import seal_events
from kernel.actors import SYSTEM
from kernel.web import make_cursor
from notifications import gateway, jobs
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.orders.bringing import brought_body, trust
from tests.unmoved import nothing_moves, problem


@dataclass
class Follower:
    """Somebody who listens: what was said, and what they answer."""

    url: str
    status: int = 200
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        """Return what they were told of, in order."""
        return [each["type"] for _, body in self.heard for each in json.loads(body)["changes"]]


@pytest.fixture
def follower() -> Iterator[Follower]:
    """Somebody in the private network, who may be rung at."""

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(listening.status)
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    listening = Follower(f"http://127.0.0.1:{server.server_port}/news?of=orders")
    before = gateway.settings()
    gateway.configure(replace(before, webhook_private=True))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()
    gateway.configure(before)


def issue(session: Session, *scopes: str, brand_id: UUID | None = None) -> str:
    key = stores.services.issue_key(
        session, name="e-shop", scopes=scopes, brand_id=brand_id, actor=SYSTEM
    )[1]
    session.commit()
    return key


@pytest.fixture
def key(session: Session, shop: Shop) -> str:
    """The key of an integration that may follow."""
    return issue(session, "orders.follow")


def open_webhook(client: Any, key: str, url: str, *events: str) -> Any:
    body = {"url": url, "events": list(events)}
    return client.post("/api/v1/webhooks", json=body, headers=as_key(key))


def ring() -> None:
    seal_events()
    jobs.ring_followers()


def place(client: Any) -> Any:
    placed = client.post(
        "/api/v1/orders", json=order_body(), headers={"Idempotency-Key": str(uuid4())}
    )
    assert placed.status_code == 201, placed.text
    return placed.json


def test_the_feed_tells_each_thing_once_in_order_and_nothing_of_persons(
    client: Any, shop: Shop, key: str
) -> None:
    start = client.get("/api/v1/orders/changes/start", headers=as_key(key)).json["next"]
    order = place(client)
    accept = f"/api/v1/fulfillments/{order['fulfillment_id']}/accept"
    assert client.post(accept, headers=as_key(shop.associate)).status_code == 200
    assert listed(client, key, start)["changes"] == []
    seal_events()
    first = listed(client, key, start, limit=1)
    second = listed(client, key, first["next"])
    changes = first["changes"] + second["changes"]
    assert [each["type"] for each in changes] == ["order.placed.v1", "fulfillment.accepted.v1"]
    assert {each["order_number"] for each in changes} == {order["number"]}
    assert {each["store"] for each in changes} == {"lyon"}
    assert changes[0]["facts"]["quantities"] == {"TENT-2P": 1, "MUG-BLUE": 2}
    assert "contact" not in json.dumps(changes)
    assert listed(client, key, second["next"])["changes"] == []
    only = listed(client, key, start, type="fulfillment.accepted.v1")["changes"]
    assert only == changes[1:]


def test_a_follower_of_one_brand_hears_nothing_of_another(
    client: Any, session: Session, shop: Shop
) -> None:
    theirs = stores.services.open_brand(
        session, OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    )
    ours = issue(session, "orders.follow", brand_id=shop.brand_id)
    other = issue(session, "orders.follow", brand_id=theirs)
    start = client.get("/api/v1/orders/changes/start", headers=as_key(ours)).json["next"]
    place(client)
    seal_events()
    assert len(listed(client, ours, start)["changes"]) == 1
    assert listed(client, other, start)["changes"] == []


def test_a_cursor_that_is_none_is_refused(client: Any, key: str) -> None:
    for cursor in ("", "x", "9" * 30, make_cursor("٣"), make_cursor("9" * 30), make_cursor("-1")):
        answer = client.get(f"/api/v1/orders/changes?after={cursor}", headers=as_key(key))
        assert answer.status_code == 422, cursor


def test_a_follower_is_rung_with_a_signature_anybody_can_check(
    client: Any, key: str, follower: Follower
) -> None:
    opened = open_webhook(client, key, follower.url)
    assert opened.status_code == 201, opened.text
    place(client)
    ring()
    ring()
    headers, body = follower.heard[0]
    assert (len(follower.heard), follower.types) == (1, ["order.placed.v1"])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    secret = base64.b64decode(opened.json["signing_key"].removeprefix("whsec_"))
    right = base64.b64encode(hmac.digest(secret, signed, sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    shown = client.get("/api/v1/webhooks", headers=as_key(key)).json["webhooks"]
    assert [(each["answered"], each["failing"], each["paused"]) for each in shown] == [
        ("200", False, False)
    ]


def test_a_shop_that_brings_orders_is_rung_about_these_alone(
    client: Any, session: Session, shop: Shop, follower: Follower
) -> None:
    theirs = trust(session, "eshop")
    assert open_webhook(client, theirs, follower.url).status_code == 201
    place(client)
    brought = client.post("/api/v1/orders/brought", json=brought_body(), headers=as_key(theirs))
    assert brought.status_code == 201, brought.text
    ring()
    heard = [each for _, body in follower.heard for each in json.loads(body)["changes"]]
    assert [each["external_number"] for each in heard] == ["WEB-1001"]


@pytest.mark.parametrize("status", [302, 410, 500])
def test_who_does_not_take_news_in_gets_all_of_it_later(
    client: Any, session: Session, key: str, follower: Follower, status: int
) -> None:
    open_webhook(client, key, follower.url)
    follower.status = status
    place(client)
    ring()
    ring()
    assert len(follower.heard) == 1, "it waits before it rings again"
    place(client)
    follower.status = 204
    session.execute(text("UPDATE webhook SET due_at = statement_timestamp()"))
    ring()
    assert follower.types[1:] == ["order.placed.v1"] * 2
    numbers = [headers["webhook-id"] for headers, _ in follower.heard]
    assert len(set(numbers)) == 2, "more news are another ring"


def test_who_has_not_answered_for_days_is_rung_again_when_they_ask(
    client: Any, session: Session, key: str, follower: Follower
) -> None:
    webhook_id = open_webhook(client, key, follower.url).json["id"]
    follower.status = 500
    place(client)
    ring()
    session.execute(
        text(
            "UPDATE webhook SET due_at = statement_timestamp(),"
            " failing_since = failing_since - interval '4 days'"
        )
    )
    ring()
    (shown,) = client.get("/api/v1/webhooks", headers=as_key(key)).json["webhooks"]
    assert (shown["failing"], shown["paused"]) == (True, True)
    session.execute(text("UPDATE webhook SET due_at = statement_timestamp()"))
    ring()
    assert len(follower.heard) == 2
    follower.status = 200
    resumed = client.post(f"/api/v1/webhooks/{webhook_id}/resume", headers=as_key(key))
    assert resumed.status_code == 200
    ring()
    assert follower.types == ["order.placed.v1"] * 3


def test_nobody_is_rung_for_a_closed_webhook_or_a_revoked_key(
    client: Any, session: Session, key: str, follower: Follower
) -> None:
    webhook_id = open_webhook(client, key, follower.url, "order.placed.v1").json["id"]
    other = issue(session, "orders.follow")
    open_webhook(client, other, follower.url)
    path = f"/api/v1/webhooks/{webhook_id}"
    assert problem(client.delete(path, headers=as_key(other))) == (404, "unknown-webhook")
    assert client.delete(path, headers=as_key(key)).status_code == 200
    session.execute(
        text("UPDATE api_key SET revoked_at = statement_timestamp() WHERE name = 'e-shop'")
    )
    place(client)
    ring()
    assert follower.heard == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("https://user:secret@example.org/", "scheme"),
        ("https://example.org:99999/", "scheme"),
        ("https://127.0.0.1/", "address"),
        ("https://10.1.2.3/", "address"),
        ("https://[::1]/", "address"),
        ("https://[::ffff:169.254.169.254]/", "address"),
        ("https://localhost/", "address"),
        ("https://nobody.invalid/", "unknown"),
    ],
)
def test_addresses_inside_the_house_are_refused(
    client: Any, session: Session, key: str, url: str, why: str
) -> None:
    with nothing_moves(session):
        answer = open_webhook(client, key, url)
    assert (*problem(answer), answer.json["why"]) == (422, "address-refused", why)


def test_a_person_does_not_follow(client: Any, session: Session, shop: Shop) -> None:
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    ada = stores.services.issue_key(
        session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM
    )[1]
    session.commit()
    answer = open_webhook(client, ada, "https://example.org/")
    assert problem(answer) == (403, "only-integrations")


def listed(client: Any, key: str, after: str, **query: Any) -> Any:
    answer = client.get(
        "/api/v1/orders/changes", query_string={"after": after, **query}, headers=as_key(key)
    )
    assert answer.status_code == 200, answer.text
    return answer.json
