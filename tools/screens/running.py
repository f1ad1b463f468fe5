"""The demonstration while it runs, on a free port in a folder of its own."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

COMPTOIR = Path(sys.executable).with_name("comptoir")
STORE = "lyon-croix-rousse"
LINK = re.compile(r"/(?:fr|en)/((?:orders|choices|baskets|pay)/[^\s/?]+)")
DIGITS = re.compile(r"\b\d{3} \d{3}\b")
STOP_S, PATIENCE_S = 60, 60


class Shop:
    """The demonstration while it runs: its address, and its API for what no picture is taken of."""

    def __init__(self, address: str, home: Path) -> None:
        self.address = address
        self._home = home
        self._read: set[str] = set()
        self.keys = json.loads((home / "demo-keys.json").read_text())

    def parcel_of(self, number: str) -> dict[str, Any]:
        """Return the parcel of an order."""
        answer = httpx.get(
            f"{self.address}/api/v1/orders", params={"number": number}, headers=self._as("agent")
        )
        parcel: dict[str, Any] = answer.raise_for_status().json()["fulfillments"][0]
        return parcel

    def act(self, parcel_id: str, verb: str, body: dict[str, Any] | None = None) -> None:
        """Have the associate do something with a parcel."""
        httpx.post(
            f"{self.address}/api/v1/fulfillments/{parcel_id}/{verb}",
            json=body or {},
            headers={**self._as("associate"), "Idempotency-Key": str(uuid4())},
        ).raise_for_status()

    def list_parcels(self, status: str, *, method: str = "pickup") -> list[dict[str, Any]]:
        """Return the parcels of the first store in this state, soonest promise first."""
        found = self._get("fulfillments", store=STORE, status=status)["fulfillments"]
        return [each for each in found if each["method"] == method]

    def find_walk(self) -> str:
        """Return the id of a walk that is under way."""
        found: str = self._get(f"stores/{STORE}/waves")["waves"][0]["id"]
        return found

    def find_link(self, reader: str, subject: str, language: str) -> str:
        """Return where somebody's newest letter with such a subject leads, in a language."""
        url = json.loads((self._home / "sandbox.json").read_text())["mailbox"]
        for each in reversed(httpx.get(f"{url}/messages").raise_for_status().json()["messages"]):
            if reader in each["to"][0] and subject in (each.get("subject") or ""):
                found = LINK.search(each["text"])
                assert found is not None, each["text"]
                return f"/{language}/{found[1]}"
        raise LookupError(subject)

    def read_code(self, reader: str) -> str:
        """Return the six digits of somebody's newest letter, which is on its way for a moment."""
        url = json.loads((self._home / "sandbox.json").read_text())["mailbox"]
        for _ in range(PATIENCE_S * 4):
            for each in reversed(
                httpx.get(f"{url}/messages").raise_for_status().json()["messages"]
            ):
                found = DIGITS.search(each["text"])
                if reader in each["to"][0] and found and each["text"] not in self._read:
                    self._read.add(each["text"])
                    return found[0]
            time.sleep(0.25)
        raise LookupError(reader)

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = httpx.get(
            f"{self.address}/api/v1/{path}", params=query, headers=self._as("associate")
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}


@contextlib.contextmanager
def running(home: Path) -> Iterator[Shop]:
    """Start the demonstration, and stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [COMPTOIR, "run", "--port", str(port), "--home", home]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if f":{port}/" in line:
                break
        try:
            yield Shop(f"http://localhost:{port}", home)
        finally:
            running.terminate()
            running.wait(STOP_S)
