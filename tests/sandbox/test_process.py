"""`python -m sandbox` as a process."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


@contextmanager
def started(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    file = home / "addresses.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox", "--home", str(home), "--addresses", str(file)]
    with subprocess.Popen([*command, *options], cwd=ROOT) as process:
        try:
            deadline = time.monotonic() + 20
            while not file.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process, json.loads(file.read_text(encoding="utf-8"))
        finally:
            process.kill()


def test_it_writes_where_it_listens_and_stops_when_told(tmp_path: Path) -> None:
    with started(tmp_path) as (process, addresses):
        assert set(addresses) == {"smtp", "sms", "imap", "stripe", "mailbox", "control"}
        mailbox = httpx.get(f"{addresses['mailbox']}/messages", trust_env=False)
        assert mailbox.json() == {"messages": []}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_killed_sandbox_starts_again_with_its_messages(tmp_path: Path) -> None:
    with started(tmp_path) as (process, addresses):
        sent = httpx.post(
            f"{addresses['sms']}/2010-04-01/Accounts/{account(addresses)}/Messages.json",
            data={"To": "+33612345678", "From": "Comptoir", "Body": "Bonjour"},
            trust_env=False,
        )
        assert sent.status_code == 201
        port = addresses["stripe"].rsplit(":", 1)[1]
        process.kill()
        process.wait()
    with started(tmp_path, "--http-port", port) as (_process, again):
        assert again["stripe"] == addresses["stripe"]
        kept = httpx.get(f"{again['mailbox']}/messages", trust_env=False).json()["messages"]
        assert [message["text"] for message in kept] == ["Bonjour"]


def account(addresses: dict[str, Any]) -> str:
    """Return the account the address signs in with."""
    return str(httpx.URL(addresses["sms"]).username)
