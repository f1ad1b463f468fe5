"""A private server that speaks Redis' protocol: a doorbell, so it keeps nothing."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from app.embedded.children import EmbeddedError, log_tail, start_child, stop_child
from app.embedded.places import find_redis, socket_folder

SOCKET_NAME = "redis.sock"
START_PATIENCE_S = 20.0
POLL_S = 0.02


@contextmanager
def private_redis(directory: Path, *, log: Path | None = None) -> Iterator[str]:
    """Run a server on a socket in `directory`; give its address.

    Nothing is written to disk: the truth about owed work is in the database. Memory is never
    reclaimed by dropping keys, because a dropped job would be a doorbell that did not ring.

    Raises EmbeddedError when there is no program, or it does not start.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    log = log or directory.parent / f"{directory.name}.log"
    with socket_folder(directory, name=SOCKET_NAME) as folder:
        socket = folder / SOCKET_NAME
        socket.unlink(missing_ok=True)
        child = start_child(_command(directory, socket), log=log)
        try:
            _wait_until_it_answers(child, socket, log)
            yield f"unix://{quote(str(socket))}?db=0"
        finally:
            stop_child(child, signal.SIGTERM)


def _command(directory: Path, socket: Path) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }
    return [str(find_redis())] + [
        part for name, value in settings.items() for part in (f"--{name}", value)
    ]


def _wait_until_it_answers(child: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    with Redis(unix_socket_path=str(socket)) as client:
        while True:
            try:
                client.ping()
            except (RedisError, OSError):
                if child.poll() is not None or time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"Redis did not start. {log} ends with:{log_tail(log)}"
                    ) from None
                time.sleep(POLL_S)
            else:
                return
