"""What arrived in the mailboxes of customers, and waiting for it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")


def eventually(
    ask: Callable[[], Found | None], *, within_s: float = 20, every_s: float = 0.05
) -> Found:
    """Return what is asked for as soon as it is something; fails when it never comes."""
    deadline = time.monotonic() + within_s
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"it did not come within {within_s} s"
        time.sleep(every_s)
    return answer


@dataclass(frozen=True)
class Vendors:
    """The stand-ins for mail and text messages, and what arrived there."""

    http: httpx.Client

    def spoil(self, **script: Mapping[str, Any]) -> None:
        """Have a vendor misbehave, as `PUT /control/faults` says."""
        assert self.http.put("/control/faults", json=script).status_code == 200

    def behave(self) -> None:
        """Have every vendor behave from now on."""
        assert self.http.delete("/control/faults").status_code == 204

    def received(self, to: str) -> list[dict[str, Any]]:
        """Return what arrived at an e-mail address or phone number (E.164), oldest first."""
        messages: list[dict[str, Any]] = self.http.get(
            "/mailbox/messages", params={"to": to}
        ).json()["messages"]
        return messages

    def wait_for(self, to: str, says: str, *, within_s: float = 20) -> dict[str, Any]:
        """Return the first message at an address whose subject or text holds these words."""

        def find() -> dict[str, Any] | None:
            for message in self.received(to):
                if says in message.get("subject", "") + message["text"]:
                    return message
            return None

        return eventually(find, within_s=within_s)
