"""A till of the small retailer, as somebody would write one: it signs, counts and sends."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Send = Callable[..., Any]
API = "/api/v1/till"


@dataclass
class Till:
    """A till with its key; `send(method, target, body, headers)` carries its requests."""

    id: str
    key: str
    send: Send
    seq: int = 0
    altered: dict[str, str] = field(default_factory=dict)
    """Headers that are sent otherwise than they were signed."""
    now: Callable[[], float] = time.time
    """The till's own clock."""

    def headers(
        self, method: str, target: str, body: bytes, *, at: int | None = None, nonce: str = ""
    ) -> dict[str, str]:
        """Return the headers that sign a request."""
        timestamp = str(int(self.now()) if at is None else at)
        nonce = nonce or secrets.token_urlsafe(18)
        digest = hashlib.sha256(body).hexdigest()
        said = f"{method}\n{target}\n{timestamp}\n{nonce}\n{digest}".encode()
        key = base64.urlsafe_b64decode(self.key + "=")
        signature = base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).rstrip(b"=")
        return {
            "Comptoir-Terminal": self.id,
            "Comptoir-Timestamp": timestamp,
            "Comptoir-Nonce": nonce,
            "Comptoir-Signature": signature.decode(),
            "Content-Type": "application/json",
            **self.altered,
        }

    def get(self, path: str) -> Any:
        """Ask something."""
        target = f"{API}{path}"
        return self.send("GET", target, b"", self.headers("GET", target, b""))

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """Send something, where it is asked for with an Idempotency-Key."""
        target, data = f"{API}{path}", json.dumps(body).encode()
        headers = self.headers("POST", target, data)
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.send("POST", target, data, headers)

    def receipt(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return the next receipt of these lines, a sale unless told otherwise."""
        self.seq += 1
        return {
            "seq": self.seq,
            "kind": "sale",
            "ticket_number": f"T-{self.seq:04}",
            "happened_at": "2026-11-22T10:00:00+01:00",
            "currency": "EUR",
            "total_minor": sum(line["amount_minor"] for line in lines),
            "lines": list(lines),
            **more,
        }

    def ring_up(self, *lines: dict[str, Any], **more: Any) -> Any:
        """Send the next receipt of these lines."""
        return self.post("/receipts", self.receipt(*lines, **more))


def line(sku: str, quantity: int, amount_minor: int, **more: Any) -> dict[str, Any]:
    """Return one line of a receipt."""
    return {"sku": sku, "quantity": quantity, "amount_minor": amount_minor, **more}
