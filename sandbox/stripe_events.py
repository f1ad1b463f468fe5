"""Events: recorded for every change, posted to one webhook, signed as Stripe signs.

A receiver that does not answer 2xx is tried again with growing pauses. Scripts can hold, lose,
repeat and reorder deliveries.
"""

import hashlib
import hmac
import json
import logging
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass

import httpx

from sandbox.agenda import Agenda
from sandbox.faults import Faults
from sandbox.store import Document, Store
from sandbox.stripe_objects import new_id

API_VERSION = "2026-10-28.endive"
MOST_ATTEMPTS = 10

_KIND = "event"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
_GATHER_S, _HOLD_S = 0.5, 0.05
_TIMEOUT_S = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """The API request that causes events; both empty when the shopper or the clock did."""

    id: str | None = None
    idempotency_key: str | None = None


CURRENT_REQUEST: ContextVar[Request] = ContextVar("CURRENT_REQUEST", default=Request())  # noqa: B039 - frozen


@dataclass(frozen=True)
class Webhook:
    """Where events go (empty: nowhere) and the secret that signs them."""

    url: str = ""
    secret: str = ""


class Events:
    """Records events and sees to their delivery."""

    def __init__(self, store: Store, faults: Faults, agenda: Agenda, webhook: Webhook) -> None:
        self.webhook = webhook
        self._store = store
        self._faults = faults
        self._agenda = agenda
        self._lock = threading.Lock()
        waiting = [event["id"] for event in store.newest_first(_KIND) if event["pending_webhooks"]]
        self._waiting: list[str] = list(reversed(waiting))
        agenda.later(0, self._flush)

    def record(self, name: str, value: Document) -> None:
        """Keep the event, with the object as it is now, and have it delivered."""
        request = CURRENT_REQUEST.get()
        event: Document = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(value))},
            "livemode": False,
            "pending_webhooks": 1 if self.webhook.url else 0,
            "request": {"id": request.id, "idempotency_key": request.idempotency_key},
            "type": name,
        }
        self._store.put(_KIND, str(event["id"]), event)
        if not self.webhook.url:
            return
        with self._lock:
            self._waiting.append(str(event["id"]))
        shuffle = self._faults.webhooks().get("shuffle")
        self._agenda.later(_GATHER_S if shuffle else 0, self._flush)

    def _flush(self) -> None:
        """Deliver what waits: in order, or newest first when shuffled; not while held."""
        switches = self._faults.webhooks()
        if switches.get("hold"):
            self._agenda.later(_HOLD_S, self._flush)
            return
        with self._lock:
            batch, self._waiting = self._waiting, []
        if switches.get("shuffle"):
            batch.reverse()
        for event_id in batch:
            for _copy in range(1 + int(switches.get("duplicate", 0))):
                self._deliver(event_id, 1)

    def _deliver(self, event_id: str, attempt: int) -> None:
        """Post the event; plan another attempt where it was not taken."""
        event = self._store.find(_KIND, event_id)
        if event is None:
            return
        lost = self._faults.drop_webhook()
        if lost or self._post(event) or attempt == MOST_ATTEMPTS:
            self._store.put(_KIND, event_id, event | {"pending_webhooks": 0})
            return
        pause_s = min(_FIRST_PAUSE_S * 2 ** (attempt - 1), _LONGEST_PAUSE_S)
        self._agenda.later(pause_s, lambda: self._deliver(event_id, attempt + 1))

    def _post(self, event: Document) -> bool:
        """Whether the receiver took the event."""
        payload = json.dumps(event, indent=2)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, self.webhook.secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            response = httpx.post(
                self.webhook.url,
                content=payload.encode(),
                headers=headers,
                timeout=_TIMEOUT_S,
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            _log.warning("Webhook %s was not taken: %s", event["type"], failure)
            return False
        return response.is_success


def sign(payload: str, secret: str, moment: int) -> str:
    """Return Stripe-Signature: the time and HMAC-SHA256 of time and payload."""
    digest = hmac.new(secret.encode(), f"{moment}.{payload}".encode(), hashlib.sha256)
    return f"t={moment},v1={digest.hexdigest()}"
