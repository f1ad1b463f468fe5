"""Programs of an installation, forked from one process that has loaded them all.

To load takes each of them seconds on a slow machine, and the tests start hundreds.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from app.embedded.launch import die_with_parent

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.support.launch", "app.building", "gunicorn.workers.gthread"])


class Forked:
    """A program that runs; it ends with the process that forks at the latest."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: Path, errors: Path
    ) -> None:
        """Start `tests.support.launch` with these arguments; it writes to the end of the files."""
        for each in (output, errors):
            each.touch()  # there from the first moment, for whoever reads it
        self._process: ForkServerProcess = _SERVER.Process(
            target=_be,
            args=(list(arguments), dict(environment), str(output), str(errors)),
            daemon=True,
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Return its number, which is that of its session too."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return how it ended: its status, or less than 0 for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout_s: float) -> int:
        """Return how it ended. Fails when it runs on after so many seconds."""
        self._process.join(timeout_s)
        ended = self._process.exitcode
        assert ended is not None, f"it runs on after {timeout_s} s"
        return ended

    def stop(self, *signals: signal.Signals, patience_s: float = 10) -> None:
        """It has ended, with everything it forked: by these signals in turn, or SIGKILL at last."""
        for number in signals:
            if self.poll() is None:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)
                self._process.join(patience_s)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()  # before it has a session there is no group
        self._process.join()


def _be(arguments: list[str], environment: dict[str, str], output: str, errors: str) -> None:
    """Be the program, as if it had been started anew: in a session and with files of its own."""
    os.setsid()
    die_with_parent(signal.SIGKILL, parent=os.getppid())
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, mode, 0o644)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 (the process's own)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a text file
    sys.stderr.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # the same
    from tests.support import launch  # noqa: PLC0415 (it is loaded where this runs)

    launch.main(arguments)
