"""Misbehaviour on demand: what tests ask the sandbox's servers to do wrong, and how often.

A script is a list of faults per server. The first fault that fits the moment and has turns left
is taken, so a list reads as the order of events: two refusals, then a hang, then all is well.

    {"smtp": [{"at": "rcpt", "do": "451", "times": 2}, {"at": "after_dot", "do": "cut"}],
     "sms": {"delay_ms": 500, "faults": [{"do": "429", "retry_after": 3}]},
     "stripe": [{"path": "POST /v1/payment_intents/*/capture", "do": "timeout_after"}],
     "webhooks": {"duplicate": 1, "drop": 2, "shuffle": true, "hold": false}}
"""

import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

SMTP_MOMENTS = frozenset({"connect", "mail", "rcpt", "data", "after_dot"})
CHOICES = {
    "smtp": frozenset({"421", "451", "550", "hang", "cut"}),
    "sms": frozenset({"400", "401", "429", "500", "hang", "accept_then_hang", "undelivered"}),
    "stripe": frozenset({"timeout_before", "timeout_after", "429", "500", "409"}),
}
WEBHOOK_SWITCHES = frozenset({"duplicate", "shuffle", "hold", "drop"})
LONGEST_HANG_S = 120.0

_FIELDS = {
    "smtp": frozenset({"at", "do", "times"}),
    "sms": frozenset({"do", "times", "retry_after"}),
    "stripe": frozenset({"path", "do", "times"}),
}


class BadScriptError(ValueError):
    """The script cannot be understood; the message says which part."""


@dataclass
class Fault:
    """One misbehaviour with the turns it has left (None: until cleared)."""

    do: str
    times: int | None = 1
    at: str | None = None
    path: str | None = None
    retry_after: int | None = None

    def fits(self, moment: str) -> bool:
        """Whether it applies to this moment of a conversation or to this request.

        A request is named by a pattern of its path, or of method and path:
        "/v1/payment_intents/*/capture", "POST /v1/refunds". No pattern: every request.
        """
        if self.times == 0:
            return False
        if self.at:
            return self.at == moment
        wanted = self.path or "*"
        return any(
            fnmatchcase(part, wanted) for part in (moment, moment.rsplit(" ", maxsplit=1)[-1])
        )


@dataclass
class _Server:
    """The script of one server and the delay before each of its answers."""

    faults: list[Fault] = field(default_factory=list)
    delay_ms: int = 0


class Faults:
    """The scripts in force; safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._servers: dict[str, _Server] = {}
        self._webhooks: dict[str, int | bool] = {}
        self.clear()

    def script(self, body: dict[str, Any]) -> None:
        """Put the named servers' scripts in force; servers not named keep theirs.

        Raises BadScriptError, and then nothing has changed.
        """
        unknown = set(body) - set(CHOICES) - {"webhooks"}
        if unknown:
            raise BadScriptError(f"Unknown server: {', '.join(sorted(unknown))}")
        servers = {name: _read_server(name, body[name]) for name in CHOICES if name in body}
        webhooks = _read_webhooks(body["webhooks"]) if "webhooks" in body else None
        with self._lock:
            self._servers.update(servers)
            if webhooks is not None:
                self._webhooks = webhooks

    def clear(self) -> None:
        """Have every server behave."""
        with self._lock:
            self._servers = {name: _Server() for name in CHOICES}
            self._webhooks = {}

    def take(self, server: str, moment: str = "") -> Fault | None:
        """Return the fault to show now and use up one of its turns, or None."""
        with self._lock:
            for fault in self._servers[server].faults:
                if fault.fits(moment):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def delay_s(self, server: str) -> float:
        """Return how long the server holds back each answer after doing what was asked."""
        with self._lock:
            return self._servers[server].delay_ms / 1000

    def webhooks(self) -> dict[str, int | bool]:
        """Return the switches for webhooks that are on."""
        with self._lock:
            return dict(self._webhooks)

    def drop_webhook(self) -> bool:
        """Whether this delivery gets lost; a number of drops counts down."""
        with self._lock:
            drop = self._webhooks.get("drop", False)
            if drop and drop is not True:
                self._webhooks["drop"] = drop - 1
            return bool(drop)

    def shown(self) -> dict[str, Any]:
        """Return the scripts in force with the turns that are left."""
        with self._lock:
            servers: dict[str, Any] = {
                name: {
                    "delay_ms": server.delay_ms,
                    "faults": [
                        {key: value for key, value in vars(fault).items() if value is not None}
                        for fault in server.faults
                    ],
                }
                for name, server in self._servers.items()
            }
            return servers | {"webhooks": dict(self._webhooks)}

    def hang(self, seconds: float = LONGEST_HANG_S) -> None:
        """Keep the calling thread waiting, at most until the sandbox stops."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """Let every hanging thread go: the sandbox ends."""
        self._stopping.set()


def _read_server(name: str, script: object) -> _Server:
    """Return the script of one server: a list of faults, or {"delay_ms": …, "faults": […]}."""
    if isinstance(script, list):
        script = {"faults": script}
    if not isinstance(script, dict) or set(script) - {"delay_ms", "faults"}:
        raise BadScriptError(f"{name}: a list of faults, or an object with delay_ms and faults")
    delay_ms, faults = script.get("delay_ms", 0), script.get("faults", [])
    if type(delay_ms) is not int or delay_ms < 0:
        raise BadScriptError(f"{name}: delay_ms is a whole number of milliseconds")
    if not isinstance(faults, list):
        raise BadScriptError(f"{name}: faults is a list")
    return _Server(faults=[_read_fault(name, fault) for fault in faults], delay_ms=delay_ms)


def _read_fault(name: str, fault: object) -> Fault:
    """Return one fault of the server's script."""
    if not isinstance(fault, dict) or set(fault) - _FIELDS[name]:
        raise BadScriptError(
            f"{name}: a fault is an object with {', '.join(sorted(_FIELDS[name]))}"
        )
    facts: dict[str, Any] = fault | {"do": str(fault.get("do"))}
    read = Fault(**facts)
    if read.do not in CHOICES[name]:
        raise BadScriptError(f"{name}: do is one of {', '.join(sorted(CHOICES[name]))}")
    if not all(isinstance(part, str | None) for part in (read.at, read.path)):
        raise BadScriptError(f"{name}: at and path are texts")
    if name == "smtp" and read.at not in SMTP_MOMENTS:
        raise BadScriptError(f"smtp: at is one of {', '.join(sorted(SMTP_MOMENTS))}")
    if not isinstance(read.retry_after, int | None):
        raise BadScriptError(f"{name}: retry_after is a whole number of seconds")
    if read.times is not None and (type(read.times) is not int or read.times < 1):
        raise BadScriptError(f"{name}: times is at least 1, or null for always")
    return read


def _read_webhooks(switches: object) -> dict[str, int | bool]:
    """Return the switches: extra copies per event, drops (a number or always), hold, shuffle."""
    if not isinstance(switches, dict) or set(switches) - WEBHOOK_SWITCHES:
        raise BadScriptError(f"webhooks: an object with {', '.join(sorted(WEBHOOK_SWITCHES))}")
    for name, value in switches.items():
        counted = name in {"duplicate", "drop"} and type(value) is int and value >= 0
        if not counted and (name == "duplicate" or not isinstance(value, bool)):
            raise BadScriptError(f"webhooks: {name} cannot be {value!r}")
    return switches
