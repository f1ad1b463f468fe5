"""Things to do a little later, on one daemon thread, one after the other."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Agenda:
    """Runs actions when they are due; a failing action is logged and the next one runs."""

    def __init__(self, name: str) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{name}", daemon=True)
        self._thread.start()

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Have `action` run once, `delay_s` seconds from now."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + delay_s, next(self._count), action))
            self._changed.notify()

    def close(self, *, wait_s: float = 1.0) -> None:
        """Run nothing more; wait at most `wait_s` for the action that is running."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join(wait_s)

    def _run(self) -> None:
        """Run what is due until closed."""
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:  # noqa: BLE001 - one failure must not end the others
                _log.exception("A delayed action of the sandbox failed")

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next due action; None once closed."""
        with self._changed:
            while self._open:
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait_s)
        return None
