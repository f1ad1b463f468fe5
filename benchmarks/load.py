"""The load client: a process of its own, threads and bare sockets, so that it costs little.

It imports nothing of ours, so that it starts at once.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60
CHUNK_BYTES = 262_144


@dataclass(frozen=True)
class Load:
    """Bodies to post to one path, each once, over so many kept-alive connections."""

    port: int
    path: str
    key: str
    bodies: Sequence[dict[str, Any]]
    connections: int


@dataclass(frozen=True)
class Answered:
    """What came back, in no order, and how long everything took together."""

    statuses: list[int]
    latencies_ms: list[float]
    seconds: float


def post_all(load: Load) -> Answered:
    """Return the answers to a load, posted by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(load)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
    )
    return Answered(**json.loads(done.stdout))


def main() -> None:
    """Post what standard input describes; write the answers to standard output."""
    load = Load(**json.load(sys.stdin))
    requests = iter([_request(load, body) for body in load.bodies])
    found: list[tuple[int, float]] = []
    start = threading.Barrier(load.connections + 1)
    threads = [
        threading.Thread(target=_post, args=(load.port, requests, start, found))
        for _ in range(load.connections)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    statuses, latencies_ms = [each[0] for each in found], [each[1] for each in found]
    json.dump(asdict(Answered(statuses, latencies_ms, seconds)), sys.stdout)


def _request(load: Load, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    head = (
        f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\n"
        f"Authorization: Bearer {load.key}\r\nIdempotency-Key: {uuid4()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def _post(
    port: int, requests: Iterator[bytes], start: threading.Barrier, found: list[tuple[int, float]]
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        start.wait()
        for request in requests:  # a list's iterator may be shared: next() is one step
            began = time.perf_counter()
            connection.sendall(request)
            status = _answer(connection)
            found.append((status, (time.perf_counter() - began) * 1000))


def _answer(connection: socket.socket) -> int:
    """Return the status of one answer, after all of it has come."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _more(connection)
    head = data[:end].lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    left = length - (len(data) - end - 4)
    while left > 0:
        left -= len(_more(connection))
    return int(head.split(b" ", 2)[1])


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(CHUNK_BYTES)
    if not data:
        raise ConnectionError("the server hung up")
    return data


if __name__ == "__main__":
    main()
