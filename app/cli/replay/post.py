"""How the messages of a replay leave: by the workers of a running platform, else from here.

Where no provider is configured and nothing runs, the stand-ins for the vendors are started, so that
every message really goes out and can be read.
"""

import fcntl
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import click

import notifications.queries
from app.embedded.children import EmbeddedError, start_child, stop_child
from app.worker import drain
from kernel import delivery
from kernel.db import transaction
from notifications.commands import MessageStatus

START_PATIENCE_S: Final = 30.0
WORKERS_PATIENCE_S: Final = 120.0
POLL_S: Final = 0.1
WORKERS_POLL_S: Final = 1.0
PROVIDERS: Final = {"smtp": "SMTP_URL", "sms": "SMS_URL"}
STRIPE: Final = {"stripe": "STRIPE_API_URL"}
STRIPE_KEY: Final = "STRIPE_API_KEY"
STAND_IN_KEY: Final = "sk_test_demonstration"
"""What the stand-in for Stripe takes; `comptoir run` shows it the same."""

Deliver = Callable[[Sequence[UUID]], None]
"""Have what is owed for these orders delivered and sent."""


@contextmanager
def post_office(home: Path) -> Iterator[Deliver]:
    """Give the way messages leave; enter it before settings are read, it may add to them.

    Raises EmbeddedError when the stand-ins do not start.
    """
    if _run_is_alive(home):
        with _lent(_read(home / "sandbox.json", STRIPE)):
            yield _wait_for_workers
        return
    with ExitStack() as stack:
        if not any(os.environ.get(name) for name in PROVIDERS.values()):
            stack.enter_context(_stand_ins(home))
        yield lambda _: click.echo(f"{drain():,} deliveries answered.", err=True)


def count_messages(order_ids: Sequence[UUID]) -> Counter[tuple[str, str]]:
    """Return how many messages of these orders there are by channel and status."""
    counts: Counter[tuple[str, str]] = Counter()
    with transaction() as session:
        for order_id in order_ids:
            for message in notifications.queries.list_messages(session, order_id):
                counts[message.channel.value, message.status.value] += 1
    return counts


def _wait_for_workers(order_ids: Sequence[UUID]) -> None:
    deadline = time.monotonic() + WORKERS_PATIENCE_S
    while _is_owed(order_ids):
        if time.monotonic() > deadline:
            click.echo("Messages are still under way; the workers go on.", err=True)
            return
        time.sleep(WORKERS_POLL_S)


def _is_owed(order_ids: Sequence[UUID]) -> bool:
    with transaction() as session:
        if delivery.count_owed(session):
            return True
    return any(status == MessageStatus.DUE for _, status in count_messages(order_ids))


def _run_is_alive(home: Path) -> bool:
    """Tell whether `comptoir run` holds its lock on this data folder."""
    lock = home / "run.lock"
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _stand_ins(home: Path) -> Iterator[None]:
    """Run the sandbox; the environment names its servers meanwhile."""
    addresses = home / "sandbox-replay.json"
    log = home / "log" / "sandbox.log"
    addresses.unlink(missing_ok=True)
    options = ["--home", str(home / "sandbox"), "--addresses", str(addresses)]
    child = start_child([sys.executable, "-m", "sandbox", *options], log=log)
    try:
        deadline = time.monotonic() + START_PATIENCE_S
        while not addresses.exists():
            if child.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"The stand-ins for mail and SMS did not start: see {log}")
            time.sleep(POLL_S)
        with _lent(_read(addresses, PROVIDERS | STRIPE)):
            click.echo(f"Mail, SMS and cards go to stand-ins, which keep them in {home}/sandbox.")
            yield
    finally:
        stop_child(child, signal.SIGTERM)
        addresses.unlink(missing_ok=True)


def _read(addresses: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment calls the servers of a sandbox; nothing where there is none.

    Whoever names a Stripe of their own keeps it, and pays there for no replay.
    """
    if not addresses.exists():
        return {}
    found = json.loads(addresses.read_text(encoding="utf-8"))
    lent = {name: found[key] for key, name in wanted.items()} | {STRIPE_KEY: STAND_IN_KEY}
    if any(os.environ.get(name) for name in (STRIPE_KEY, *STRIPE.values())):
        return {name: value for name, value in lent.items() if name in PROVIDERS.values()}
    return lent


@contextmanager
def _lent(environment: Mapping[str, str]) -> Iterator[None]:
    os.environ.update(environment)
    try:
        yield
    finally:
        for name in environment:
            os.environ.pop(name, None)
