"""Where Stripe's objects are kept, under one lock, and their events recorded."""

import threading
from collections.abc import Callable, Iterator

from sandbox.store import Document, Store
from sandbox.stripe_errors import missing

Announce = Callable[[str, Document], None]
HOLD_LASTS_S = 7 * 86_400
"""Stripe lets go of what was authorised and not captured so long."""


class Book:
    """Objects by their own `object` name and id; hold `lock` around every use case.

    `pages_url` is where browsers find the pages; empty: wherever they ask the sandbox itself.
    """

    def __init__(self, store: Store, announce: Announce, *, pages_url: str = "") -> None:
        self.lock = threading.RLock()
        self.pages_url = pages_url
        self._store = store
        self._announce = announce
        # When each session that may be open ends, in seconds since 1970.
        self.deadlines: dict[str, int] = {
            session["id"]: session["expires_at"]
            for session in store.newest_first("checkout.session")
            if session["status"] == "open"
        }
        # When each card lets go of what it holds.
        self.holds: dict[str, int] = {
            intent["id"]: hold_ends_at(self.get("charge", str(intent["latest_charge"])))
            for intent in store.newest_first("payment_intent")
            if intent["status"] == "requires_capture"
        }

    def save(self, value: Document) -> None:
        """Write an object."""
        self._store.put(str(value["object"]), str(value["id"]), value)

    def get(self, kind: str, object_id: str, *, param: str = "", status: int = 404) -> Document:
        """Return an object. Refuses an id that nobody has, naming `param`."""
        found = self._store.find(kind, object_id)
        if found is None:
            raise missing(kind, object_id, param=param or "id", status=status)
        return found

    def find(self, kind: str, object_id: str) -> Document | None:
        """Return an object, or None."""
        return self._store.find(kind, object_id)

    def newest_first(self, kind: str) -> Iterator[Document]:
        """Yield the objects of a kind, newest first."""
        return self._store.newest_first(kind)

    def announce(self, name: str, value: Document) -> None:
        """Record the event that something happened to the object as it is now."""
        self._announce(name, value)


def hold_ends_at(charge: Document) -> int:
    """Return when a card lets go of what it holds for a charge, in seconds since 1970."""
    return int(charge["created"]) + HOLD_LASTS_S
