"""Whoever answers at Stripe's address may answer anything: what cannot be read is unknown."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from payments import gateway
from payments.gateway import KeySpent, PaymentSettings, Unanswered


class Answers(BaseHTTPRequestHandler):
    """Whoever answers in Stripe's place, and does not speak its language."""

    status, body = 200, b""

    def do_POST(self) -> None:
        """Say it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the library
        """Say nothing."""


INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "status": "succeeded",
    "amount": 1,
    "amount_received": 1,
    "currency": "eur",
    "livemode": False,
    "metadata": {},
    "last_payment_error": None,
}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Welcome</html>"),
        (200, ""),
        (200, "[1]"),
        (200, "null"),
        (200, '{"id": "pi_1"}'),
        (200, json.dumps(INTENT | {"amount": "1"})),
        (200, json.dumps(INTENT | {"amount_received": None})),
        (200, json.dumps(INTENT | {"livemode": "no"})),
        (200, json.dumps(INTENT | {"metadata": 3})),
        (200, json.dumps(INTENT | {"last_payment_error": "x"})),
        (200, json.dumps(INTENT | {"status": 3})),
        (503, "<html>Sorry</html>"),
        (500, "x" * 5_000_000),
    ],
)
def test_an_answer_that_is_not_stripes_leaves_the_outcome_unknown(status: int, body: str) -> None:
    with answering(type("Handler", (Answers,), {"status": status, "body": body.encode()})):
        outcome = gateway.capture_intent("pi_1", amount_minor=1, key="capture-1")
    assert isinstance(outcome, Unanswered)


def test_nobody_at_stripes_address_leaves_the_outcome_unknown() -> None:
    with answering(Answers) as url:
        pass
    before = gateway.settings()
    gateway.configure(PaymentSettings(stripe_api_url=url, stripe_api_key="sk_test_shop"))
    assert isinstance(gateway.capture_intent("pi_1", amount_minor=1, key="capture-1"), Unanswered)
    gateway.configure(before)


class KeepsFailures(BaseHTTPRequestHandler):
    """Stripe on a bad day: whatever is asked under a key failed, and it says so for ever."""

    keys: list[str]

    def do_POST(self) -> None:
        """Fail."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        body = json.dumps({"error": {"type": "api_error", "message": "no"}}).encode()
        self.send_response(500)
        if self.keys.count(self.keys[-1]) > 1:
            self.send_header("Idempotent-Replayed", "true")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the library
        """Say nothing."""


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Have the gateway speak to this server; yield its address."""
    before = gateway.settings()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    gateway.configure(PaymentSettings(stripe_api_url=url, stripe_api_key="sk_test_shop"))
    yield url
    gateway.configure(before)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bad_day() -> Iterator[type[KeepsFailures]]:
    handler = type("Handler", (KeepsFailures,), {"keys": []})
    with answering(handler):
        yield handler


def test_a_failure_that_stripe_keeps_under_a_key_spends_the_key(
    bad_day: type[KeepsFailures],
) -> None:
    def capture(key: str) -> object:
        return gateway.capture_intent("pi_1", amount_minor=1, key=key)

    assert isinstance(capture("capture-1"), Unanswered)
    assert isinstance(capture("capture-1"), KeySpent)
    assert bad_day.keys == ["capture-1", "capture-1"]
