"""Start, stop and run child processes that never outlive the process that started them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_TAIL_LINES = 12


class EmbeddedError(RuntimeError):
    """A private server could not be started, reached or stopped; the text is for people."""


@dataclass(frozen=True)
class Account:
    """The user and group a child runs as; -1 keeps those of this process."""

    user: int = -1
    group: int = -1


SAME_ACCOUNT = Account()


def start_child(
    command: Sequence[str],
    *,
    log: Path | None,
    when_orphaned: signal.Signals = signal.SIGKILL,
    account: Account = SAME_ACCOUNT,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Return the child, in a session of its own; its output goes to the end of `log`, or to ours.

    It gets `when_orphaned` as soon as this process ends, however that happens. A session of its
    own keeps Ctrl-C in the terminal from reaching it: its owner decides the order of stopping.

    Raises EmbeddedError outside the main thread: Linux would take the end of any other thread for
    the end of the parent.
    """
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedError("Child processes can only be started from the main thread.")
    with ExitStack() as files:
        output = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = files.enter_context(log.open("ab"))
        return subprocess.Popen(  # noqa: S603  our own commands, no shell
            _launched(command, when_orphaned, account),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if log is None else subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )


def run_child(command: Sequence[str], *, account: Account = SAME_ACCOUNT) -> str | None:
    """Run a command to its end; return None when it succeeded, else what it wrote."""
    done = subprocess.run(  # noqa: S603  our own commands, no shell
        _launched(command, signal.SIGKILL, account),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",  # the present folder may be closed to the account
        check=False,
    )
    return None if done.returncode == 0 else done.stdout.decode(errors="replace").strip()


def _launched(command: Sequence[str], when_orphaned: int, account: Account) -> list[str]:
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER)]
    identity = [str(os.getpid()), str(int(when_orphaned)), str(account.user), str(account.group)]
    return [*launcher, *identity, *command]


def stop_child(
    child: subprocess.Popen[bytes], *signals: signal.Signals, patience_s: float = 10.0
) -> None:
    """The child has ended: it was sent each signal in turn, with patience, and SIGKILL at last."""
    for number in signals:
        if child.poll() is not None:
            break
        child.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=patience_s)
    with suppress(ProcessLookupError):
        # Its session, not only itself: what it forked and forgot must not stay behind.
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def log_tail(log: Path) -> str:
    """Return the last lines of a log, indented, to stand below a sentence about a failure."""
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "".join(f"\n    {line}" for line in lines)
