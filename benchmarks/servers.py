"""The two programs that are compared, served alike: ours and the one written by hand."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from app.embedded import Cluster
from app.embedded.children import log_tail, start_child, stop_child

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a-secret-for-benchmarks-0123456789"  # noqa: S105 (it guards a throw-away database)
START_PATIENCE_S = 20.0
POLL_S = 0.05


class Served(NamedTuple):
    """A program that answers: on which port, and its master process."""

    port: int
    pid: int


class Door(StrEnum):
    """The two programs."""

    OURS = "Comptoir"
    BY_HAND = "by hand"


APPLICATIONS: Mapping[Door, str] = {
    Door.OURS: "app:create_app()",
    Door.BY_HAND: "benchmarks.by_hand:app",
}


@contextmanager
def two_doors(cluster: Cluster, folder: Path) -> Iterator[dict[Door, Served]]:
    """Serve both on the loopback, by gunicorn as `make run` sets it up; give where they answer."""
    environment = environment_of(cluster, folder)
    with ExitStack() as stack:
        yield {
            door: stack.enter_context(_served(application, environment, folder / f"{door}.log"))
            for door, application in APPLICATIONS.items()
        }


@contextmanager
def our_door(cluster: Cluster, folder: Path) -> Iterator[int]:
    """Serve ours alone; give its port."""
    environment = environment_of(cluster, folder)
    with _served(APPLICATIONS[Door.OURS], environment, folder / f"{Door.OURS}.log") as served:
        yield served.port


def environment_of(cluster: Cluster, folder: Path) -> dict[str, str]:
    """Return the environment of every program of an installation on this cluster."""
    return {
        **os.environ,
        "DATABASE_URL": cluster.url("app"),
        "DATABASE_OWNER_URL": cluster.url("owner"),
        "REDIS_URL": "unix:///nowhere/redis.sock",  # placing an order never asks Redis
        "COMPTOIR_HOME": str(folder),
        "COMPTOIR_SECRET": SECRET,
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def _served(application: str, environment: Mapping[str, str], log: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:app.supervisor.web"]
    child = start_child(
        [*gunicorn, "--chdir", str(ROOT), "--bind", f"127.0.0.1:{port}", application],
        log=log,
        environment=environment,
    )
    try:
        deadline = time.monotonic() + START_PATIENCE_S
        while not _listens(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} did not start:{log_tail(log)}")
            time.sleep(POLL_S)
        yield Served(port, child.pid)
    finally:
        stop_child(child, signal.SIGTERM)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
