"""Keep a list of programs running: started in order, restarted when they die, stopped backwards."""

import subprocess
import time
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

from app.embedded.children import EmbeddedError, log_tail, start_child, stop_child
from app.embedded.places import Say

POLL_S = 0.1


class CrewError(EmbeddedError):
    """A program did not start, or kept dying; the text is for people."""


@dataclass(frozen=True)
class Program:
    """One child: its command, when it counts as started, and what it tells those after it."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    # Environment variables for the programs after it, read once it is ready. A program with
    # `tells` takes those after it along when it restarts, for what they were told is void.
    tells: Callable[[], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Patience:
    """How long a start and a stop may take, and how often a program may die before we give up."""

    start_s: float = 60.0
    stop_s: float = 15.0
    first_pause_s: float = 0.5  # doubles with each death in the window
    deaths: int = 5
    window_s: float = 60.0


@dataclass
class _Member:
    program: Program
    child: subprocess.Popen[bytes] | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    deaths: list[float] = field(default_factory=list)
    due: float = 0.0  # not started again before this time


class Crew:
    """The running programs; `look_after` must be called again and again."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: Mapping[str, str],
        logs: Path,
        say: Say,
        patience: Patience,
    ) -> None:
        self._members = [_Member(program) for program in programs]
        self._environment = environment
        self._logs = logs
        self._say = say
        self._patience = patience

    def start(self) -> None:
        """Every program was started and ready, in order. Raises CrewError when one was not."""
        for position, member in enumerate(self._members):
            self._say(f"Starting {member.program.name}")
            if not self._start(position):
                raise CrewError(f"{member.program.name} did not start.{self._last_words(member)}")

    def look_after(self) -> None:
        """Dead programs are announced, and started again when their pause is over.

        Raises CrewError when one died too often in a short time.
        """
        for position, member in enumerate(self._members):
            if member.child is not None and member.child.poll() is not None:
                self._bury(member)
            if member.child is None and time.monotonic() >= member.due:
                self._start_again(position)
            if member.child is None and member.program.tells is not None:
                return  # those after it wait for what it has to tell

    def stop(self) -> None:
        """No program runs any more: they ended in reverse order."""
        self._stop_from(0)

    def _start(self, position: int) -> bool:
        """Return whether the program became ready; it knows what those before it tell."""
        member = self._members[position]
        program = member.program
        program.prepare()
        told = dict(ChainMap(*(dict(other.told) for other in self._members[:position])))
        member.child = start_child(
            program.command,
            log=self._log(member),
            environment={**self._environment, **told},
        )
        deadline = time.monotonic() + self._patience.start_s
        while not program.ready():
            if member.child.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        member.told = program.tells() if program.tells is not None else {}
        return True

    def _start_again(self, position: int) -> None:
        member = self._members[position]
        if member.program.tells is not None:
            self._stop_from(position + 1)
        if not self._start(position):
            self._bury(member)

    def _bury(self, member: _Member) -> None:
        if member.child is None:
            return
        stop_child(member.child, SIGTERM, patience_s=self._patience.stop_s)
        code, member.child = member.child.returncode, None
        now = time.monotonic()
        member.deaths = [at for at in member.deaths if now - at < self._patience.window_s] + [now]
        ended = f"{member.program.name} ended with {code}.{self._last_words(member)}"
        if len(member.deaths) >= self._patience.deaths:
            raise CrewError(f"{ended}\nGiving up: it ended {len(member.deaths)} times in a row.")
        pause_s = self._patience.first_pause_s * 2 ** (len(member.deaths) - 1)
        member.due = now + pause_s
        self._say(f"{ended}\nStarting it again in {pause_s:g} s")

    def _stop_from(self, position: int) -> None:
        for member in reversed(self._members[position:]):
            if member.child is not None:
                stop_child(member.child, SIGTERM, patience_s=self._patience.stop_s)
            member.child = None

    def _log(self, member: _Member) -> Path:
        return self._logs / f"{member.program.name}.log"

    def _last_words(self, member: _Member) -> str:
        log = self._log(member)
        return f" {log} ends with:{log_tail(log)}"


@contextmanager
def crew(  # one name for the caller: a crew exists as long as its block
    programs: Sequence[Program],
    *,
    environment: Mapping[str, str],
    logs: Path,
    say: Say,
    patience: Patience | None = None,
) -> Iterator[Crew]:
    """Start the programs, give the crew, and leave none of them behind.

    Raises CrewError when a program does not start.
    """
    members = Crew(
        programs, environment=environment, logs=logs, say=say, patience=patience or Patience()
    )
    try:
        members.start()
        yield members
    finally:
        members.stop()
