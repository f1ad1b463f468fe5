"""A private PostgreSQL: one cluster in a folder, reached by a socket, gone with its owner."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.embedded.children import (
    Account,
    EmbeddedError,
    log_tail,
    run_child,
    start_child,
    stop_child,
)
from app.embedded.places import (
    Say,
    data_place,
    find_postgres,
    major_version,
    runnable_binaries,
    server_account,
    socket_folder,
)

DATABASE = "comptoir"
SOCKET_NAME = ".s.PGSQL.5432"
START_PATIENCE_S = 60.0
RETRY_S = 12.0  # longer than the statements of our programs may run
STOP_PATIENCE_S = 30.0
POLL_S = 0.02

SETTINGS = ("listen_addresses=", "unix_socket_permissions=0700", "timezone=UTC", "log_timezone=UTC")
# For data nobody will miss: a power cut may tear it.
FAST_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL: the folder of its socket is its address."""

    socket: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return SQLAlchemy's address of a database; roles are `owner`, `app` and `postgres`."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket))}"


@contextmanager
def private_postgres(
    directory: Path,
    *,
    binaries: Path | None = None,
    fast: bool = False,
    log: Path | None = None,
    say: Say = lambda _: None,
) -> Iterator[Cluster]:
    """Run a cluster in `directory`, made when absent, holding the database and its two roles.

    `fast` gives up safety against power cuts and removes the data at the end: for tests. The caller
    sees to it that nobody else runs a cluster in the same folder at the same time.

    Raises EmbeddedError when there are no programs, or they do not start.
    """
    account = server_account()
    binaries = runnable_binaries(binaries or find_postgres(), account)
    place = data_place(directory, account, throwaway=fast, say=say)
    log = log or directory.parent / f"{directory.name}.log"
    data = place / "data"
    with ExitStack() as stack:
        if fast:
            stack.callback(_forget, directory, place)
        _initialise(binaries, data, account, fast=fast)
        socket = stack.enter_context(socket_folder(data, name=SOCKET_NAME, account=account))
        settings = (*SETTINGS, *FAST_SETTINGS) if fast else SETTINGS
        command = [f"{binaries}/postgres", "-D", str(data), "-k", str(socket)]
        command += [part for setting in settings for part in ("-c", setting)]
        child = _start(command, data, account, log)
        stack.callback(stop_child, child, signal.SIGINT, signal.SIGQUIT, patience_s=STOP_PATIENCE_S)
        cluster = Cluster(socket)
        _ensure_database(cluster)
        yield cluster


def _forget(directory: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    if directory.is_symlink():
        directory.unlink()


def _initialise(binaries: Path, data: Path, account: Account, *, fast: bool) -> None:
    if data.exists():
        found, ours = int((data / "PG_VERSION").read_text()), major_version(binaries)
        if found != ours:
            raise EmbeddedError(
                f"The data in {data} is of PostgreSQL {found}, the programs in {binaries} are of "
                f"{ours}: move the folder away, or install PostgreSQL {found}."
            )
        return
    partial = data.with_name("data.partial")  # a name of its own until it is whole
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    os.chown(partial, account.user, account.group)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    options += ["--no-sync"] if fast else []
    complaint = run_child([f"{binaries}/initdb", "-D", str(partial), *options], account=account)
    if complaint is not None:
        raise EmbeddedError(f"PostgreSQL's initdb failed in {partial}:\n{complaint}")
    partial.rename(data)


def _start(command: list[str], data: Path, account: Account, log: Path) -> subprocess.Popen[bytes]:
    """Return the server once it takes connections; one that still ends there is waited for.

    A server that was killed may leave sessions that finish their statement first, and a new one
    refuses to start beside them, so a failed start is repeated for a while.
    """
    began = time.monotonic()
    _wait_for_predecessor(data, began + START_PATIENCE_S)
    while True:
        child = start_child(command, log=log, when_orphaned=signal.SIGINT, account=account)
        ready = False
        try:
            ready = _becomes_ready(child, data, began + START_PATIENCE_S)
        finally:
            if not ready:
                stop_child(child, signal.SIGINT, signal.SIGQUIT)
        if ready:
            return child
        if time.monotonic() > began + RETRY_S:
            raise EmbeddedError(f"PostgreSQL did not start. {log} ends with:{log_tail(log)}")
        time.sleep(POLL_S * 10)


def _becomes_ready(child: subprocess.Popen[bytes], data: Path, deadline: float) -> bool:
    """Return whether the server wrote in time that it takes connections (`pg_ctl` looks there)."""
    pid_file = data / "postmaster.pid"
    while child.poll() is None and time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            lines = pid_file.read_text().splitlines()
            if lines[:1] == [str(child.pid)] and [line.strip() for line in lines[7:8]] == ["ready"]:
                return True
        time.sleep(POLL_S)
    return False


def _wait_for_predecessor(data: Path, deadline: float) -> None:
    """No server runs on the data: the one of an owner that was killed has ended too.

    Its pid file may name a process that is something else by now; PostgreSQL would refuse to start
    next to it, so the file goes unless the process really works in this folder.
    """
    pid_file = data / "postmaster.pid"
    while (pid := _written_pid(pid_file)) is not None:
        try:
            working_folder = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            working_folder = None
        if working_folder != data:
            pid_file.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise EmbeddedError(f"Another PostgreSQL (process {pid}) keeps running in {data}.")
        time.sleep(POLL_S)


def _written_pid(pid_file: Path) -> int | None:
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int(pid_file.read_text().splitlines()[0])
    return None


def _ensure_database(cluster: Cluster) -> None:
    """The roles `owner` (everything in the database) and `app` (nothing yet) and it exist."""
    with _connect(cluster, "postgres") as connection:
        found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {"owner", "app"} - found:
            connection.execute(f"CREATE ROLE {role} LOGIN")
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if there.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER owner")
    with _connect(cluster, DATABASE) as connection:
        connection.execute("ALTER SCHEMA public OWNER TO owner")


def _connect(cluster: Cluster, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(cluster.socket), user="postgres", dbname=database, autocommit=True
    )
