"""Who owns the private servers: one command at a time, which others may use while it runs.

Three locks in the data folder, all let go by the kernel when their holder dies:

* `gate.lock` is held while servers start or stop, so nobody looks at a half-way state;
* `owner.lock` is held by the command whose children the servers are;
* `users.lock` is shared by the commands that attached; the owner waits for them before it stops.
"""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.embedded.children import EmbeddedError
from app.embedded.places import Say
from app.embedded.postgres import SOCKET_NAME as POSTGRES_SOCKET
from app.embedded.postgres import private_postgres
from app.embedded.redis import private_redis

GATE_PATIENCE_S = 180.0
USERS_PATIENCE_S = 60.0
QUIET_S = 1.0  # a wait longer than this is announced
POLL_S = 0.05


@dataclass(frozen=True)
class Addresses:
    """Where the database (as `app` and as `owner`) and Redis listen."""

    database_url: str
    owner_url: str
    redis_url: str


def tell(sentence: str) -> None:
    """Write a sentence for the person at the terminal, on the error output, if it is there."""
    with suppress(OSError):  # a closed terminal is no reason to leave servers behind
        sys.stderr.write(f"{sentence}\n")


@contextmanager
def servers(home: Path, *, say: Say = tell) -> Iterator[Addresses]:
    """Own the private servers in `home` for the block, or attach to those another command owns.

    Only what the environment does not name is started: DATABASE_URL (with DATABASE_OWNER_URL) and
    REDIS_URL win. Call it from the main thread.

    Raises EmbeddedError, with a sentence for people, when a server cannot be had.
    """
    given = _given_addresses()
    if len(given) == len(Addresses.__dataclass_fields__):
        yield Addresses(**given)
        return
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        gate = stack.enter_context(_lock_file(home / "gate.lock"))
        owner = stack.enter_context(_lock_file(home / "owner.lock"))
        users = stack.enter_context(_lock_file(home / "users.lock"))
        _pass_gate(gate, say)
        if not _try_lock(owner, fcntl.LOCK_EX):
            fcntl.flock(users, fcntl.LOCK_SH)
            found = _read_addresses(home)
            fcntl.flock(gate, fcntl.LOCK_UN)
            yield _merged(found, given)
            return
        with _started(home, given, say) as addresses:
            fcntl.flock(gate, fcntl.LOCK_UN)
            try:
                yield addresses
            finally:
                _pass_gate(gate, say)
                _wait_for_users(users, say)


def are_listening(addresses: Addresses) -> bool:
    """Return whether the private servers take connections; given ones are not looked at.

    They may be gone although the block of `servers` lasts: somebody killed them, or they belonged
    to another command that ended and waited no longer.
    """
    given = _given_addresses()
    sockets = []
    if "database_url" not in given:
        folder = urlsplit(addresses.database_url).query.removeprefix("host=")
        sockets.append(Path(unquote(folder)) / POSTGRES_SOCKET)
    if "redis_url" not in given:
        sockets.append(Path(unquote(urlsplit(addresses.redis_url).path)))
    return all(_takes_connections(path) for path in sockets)


def _takes_connections(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _given_addresses() -> dict[str, str]:
    given = {}
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if database:
        given["database_url"] = database
        given["owner_url"] = os.environ.get("DATABASE_OWNER_URL") or database
    if redis:
        given["redis_url"] = redis
    return given


@contextmanager
def _started(home: Path, given: dict[str, str], say: Say) -> Iterator[Addresses]:
    """Run what is not given; the file that tells others where is there just as long."""
    found = dict(given)
    log = home / "log"
    addresses_file = home / "servers.json"
    with ExitStack() as stack:
        if "database_url" not in given:
            cluster = stack.enter_context(
                private_postgres(home / "postgres", log=log / "postgres.log", say=say)
            )
            found |= {"database_url": cluster.url("app"), "owner_url": cluster.url("owner")}
        if "redis_url" not in given:
            found["redis_url"] = stack.enter_context(
                private_redis(home / "redis", log=log / "redis.log")
            )
        addresses = Addresses(**found)
        fresh = home / "servers.json.new"
        fresh.write_text(json.dumps(asdict(addresses), indent=2) + "\n")
        fresh.chmod(0o600)  # a given address may hold a password
        fresh.rename(addresses_file)
        stack.callback(addresses_file.unlink, missing_ok=True)
        yield addresses


def _read_addresses(home: Path) -> Addresses:
    return Addresses(**json.loads((home / "servers.json").read_text()))


def _merged(found: Addresses, given: dict[str, str]) -> Addresses:
    return Addresses(**{**asdict(found), **given})


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    """Give a descriptor for locks; closing it lets them go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pass_gate(gate: int, say: Say) -> None:
    """Hold the gate. Raises EmbeddedError after minutes: somebody hangs while starting."""
    notice = "Waiting for another command that starts or stops the servers"
    if not _lock_within(gate, GATE_PATIENCE_S, notice, say):
        raise EmbeddedError("Another command has been starting or stopping the servers too long.")


def _wait_for_users(users: int, say: Say) -> None:
    notice = "Waiting for other commands that use the servers"
    if not _lock_within(users, USERS_PATIENCE_S, notice, say):
        say("Other commands are still busy: stopping the servers under them")


def _lock_within(descriptor: int, patience_s: float, notice: str, say: Say) -> bool:
    began = time.monotonic()
    announced = False
    while not _try_lock(descriptor, fcntl.LOCK_EX):
        waited_s = time.monotonic() - began
        if waited_s > patience_s:
            return False
        if waited_s > QUIET_S and not announced:
            say(notice)
            announced = True
        time.sleep(POLL_S)
    return True
