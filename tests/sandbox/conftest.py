"""A sandbox of its own for each test, and the published payloads it is held to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from stripe import StripeClient

from sandbox import Addresses, running

VENDORS = Path(__file__).parents[2].parent / "shared/data/vendors"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Addresses]:
    with running(tmp_path / "sandbox") as addresses:
        yield addresses


@pytest.fixture
def mailbox(sandbox: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.mailbox, trust_env=False) as client:
        yield client


@pytest.fixture
def script(sandbox: Addresses) -> Callable[[dict[str, Any]], None]:
    """Put faults in force."""

    def put(body: dict[str, Any]) -> None:
        response = httpx.put(f"{sandbox.control}/faults", json=body, trust_env=False)
        assert response.status_code == 200, response.text

    return put


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Return what is asked for as soon as it is something, within ten seconds."""

    def wait(ask: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 10
        while not (answer := ask()):
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.02)
        return answer

    return wait


@pytest.fixture(scope="session")
def vendor_payload() -> Callable[[str], Any]:
    """Read a vendor's published payloads, or skip where they are not at hand."""

    def read(name: str) -> Any:
        path = VENDORS / name
        if not path.exists():
            pytest.skip(f"the vendor's published {name} is not at hand")
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@dataclass(frozen=True)
class Received:
    """A request that reached us."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """Our side of callbacks and webhooks: keeps what comes, answers with the next status."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An HTTP server that receives what the sandbox posts."""
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests.append(Received(self.path, dict(self.headers), body))
            self.send_response(received.statuses.pop(0) if received.statuses else 200)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the library
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stripe(sandbox: Addresses) -> StripeClient:
    """The official client."""
    return StripeClient(
        "sk_test_sandbox", base_addresses={"api": sandbox.stripe}, max_network_retries=0
    )


@pytest.fixture
def shopper(sandbox: Addresses) -> Iterator[httpx.Client]:
    """A browser without a mind of its own: follows no redirect."""
    with httpx.Client(base_url=sandbox.stripe, trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def webhook(sandbox: Addresses, receiver: Receiver) -> Receiver:
    """Have events posted to the receiver, signed with whsec_test."""
    body = {"url": f"{receiver.url}/webhooks/stripe", "secret": "whsec_test"}
    response = httpx.put(f"{sandbox.control}/webhook", json=body, trust_env=False)
    assert response.json() == body
    return receiver
