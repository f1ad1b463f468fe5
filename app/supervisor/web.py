"""How gunicorn serves the pages and the API under `make run` (a gunicorn configuration module)."""

import gc
import os
import signal
from typing import Protocol

from app.embedded.launch import die_with_parent

preload_app = True  # loaded once, shared by every worker
worker_class = "gthread"  # pages poll, they hold no connection open
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
YOUNG = 20_000
"""New objects that are looked through for garbage at a time: those of some orders."""
timeout = 30
graceful_timeout = 10
errorlog = "-"
control_socket_disable = True  # it would stand in the user's home, shared by every clone


class _Worker(Protocol):
    ppid: int


def post_fork(_server: object, worker: _Worker) -> None:
    """A worker ends with its master even when the master is killed and cannot say so."""
    die_with_parent(signal.SIGKILL, parent=worker.ppid)


def when_ready(_server: object) -> None:
    """Take what was loaded out of garbage collection: it stays, and looking at it costs a fifth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
