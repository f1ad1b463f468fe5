"""The supervisor: programs start in order, come back, stop backwards, and never stay behind."""

import fcntl
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from app.cli.run import run

ROOT = Path(__file__).resolve().parents[2]
# A stand-in for a program: notes its start and, when told to stop, its end.
CHILD = """
import os, signal, sys, time
name, diary = sys.argv[1:]
def note(what):
    with open(diary, "a") as file:
        file.write(f"{what} {name} {os.getpid()} {os.environ.get('ADDRESS', '-')}\\n")
def stop(number, frame):
    note("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("started")
while True:
    time.sleep(1)
"""
SUPERVISE = """
import os, sys, time
from contextlib import suppress
from pathlib import Path
from app.embedded import tell
from app.supervisor import CrewError, Patience, Program, crew, stop_on_signals
folder, child = Path(sys.argv[1]), sys.argv[2]
diary = folder / "diary"
def starts(name):
    return diary.read_text().count(f"started {name}") if diary.exists() else 0
def stand_in(name, **more):
    before = []
    return Program(
        name,
        [sys.executable, "-S", "-c", child, name, str(diary)],
        prepare=lambda: before.append(starts(name)),
        ready=lambda: starts(name) > before[-1],
        **more,
    )
def address():
    return {"ADDRESS": f"address-{starts('giver')}"}
programs = PROGRAMS
patience = Patience(start_s=5, stop_s=5, first_pause_s=0.05, deaths=3, window_s=60)
try:
    with suppress(KeyboardInterrupt), stop_on_signals(), crew(
        programs, environment=os.environ, logs=folder / "log", say=tell, patience=patience
    ) as members:
        print("ready", flush=True)
        while True:
            members.look_after()
            time.sleep(0.02)
except CrewError as error:
    sys.exit(str(error))
"""
THREE = '[stand_in("giver", tells=address), stand_in("second"), stand_in("third")]'
Supervise = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Start a supervisor over the programs that an expression lists; it runs in its own process."""
    started: list[subprocess.Popen[str]] = []

    def start(programs: str) -> subprocess.Popen[str]:
        script = SUPERVISE.replace("PROGRAMS", programs)
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), CHILD],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:
            process.kill()


@pytest.fixture
def diary(tmp_path: Path) -> Callable[[], list[str]]:
    """Read what the stand-ins noted so far, without their process ids."""

    def read() -> list[str]:
        lines = (tmp_path / "diary").read_text().splitlines()
        return [f"{what} {name} {address}" for what, name, _, address in map(str.split, lines)]

    return read


def test_programs_start_in_order_and_stop_in_reverse_on_sigterm(
    supervise: Supervise, diary: Callable[[], list[str]]
) -> None:
    supervisor = supervise(THREE)
    wait_until_ready(supervisor)
    children = psutil.Process(supervisor.pid).children(recursive=True)
    supervisor.send_signal(signal.SIGTERM)
    supervisor.send_signal(signal.SIGINT)  # impatience does not disturb the order
    assert supervisor.wait(timeout=10) == 0
    assert diary() == [
        "started giver -",
        "started second address-1",
        "started third address-1",
        "stopped third address-1",
        "stopped second address-1",
        "stopped giver -",
    ]
    assert (len(children), alive(children)) == (3, [])


def test_a_program_that_dies_is_announced_and_started_again_alone(
    supervise: Supervise, tmp_path: Path, diary: Callable[[], list[str]]
) -> None:
    supervisor = supervise(THREE)
    wait_until_ready(supervisor)
    psutil.Process(pid_of(tmp_path, "second")).kill()
    eventually(lambda: diary().count("started second address-1") == 2)
    assert diary().count("started third address-1") == 1
    supervisor.terminate()
    assert "second ended with -9." in supervisor.communicate(timeout=10)[1]


def test_those_who_were_told_an_address_start_again_with_the_one_who_gave_it(
    supervise: Supervise, tmp_path: Path, diary: Callable[[], list[str]]
) -> None:
    wait_until_ready(supervise(THREE))
    psutil.Process(pid_of(tmp_path, "giver")).kill()
    eventually(lambda: "started third address-2" in diary())
    assert diary()[3:] == [
        "stopped third address-1",
        "stopped second address-1",
        "started giver -",
        "started second address-2",
        "started third address-2",
    ]


def test_a_program_that_keeps_dying_ends_everything_with_its_last_words(
    supervise: Supervise, diary: Callable[[], list[str]]
) -> None:
    broken = 'Program("broken", [sys.executable, "-c", "raise SystemExit(\'no such table\')"])'
    supervisor = supervise(f'[stand_in("well"), {broken}]')
    errors = supervisor.communicate(timeout=15)[1]
    assert supervisor.returncode == 1
    assert errors.count("broken ended with 1.") == 3
    assert errors.endswith("no such table\nGiving up: it ended 3 times in a row.\n")
    assert diary() == ["started well -", "stopped well -"]


def test_a_program_that_never_becomes_ready_fails_the_start(supervise: Supervise) -> None:
    broken = 'Program("broken", [sys.executable, "-c", "raise SystemExit(4)"], ready=lambda: False)'
    supervisor = supervise(f"[{broken}]")
    assert "broken did not start." in supervisor.communicate(timeout=15)[1]
    assert supervisor.returncode == 1


def test_killing_the_supervisor_leaves_no_program_and_no_web_worker(supervise: Supervise) -> None:
    port = free_port()
    supervisor = supervise(f'[stand_in("first"), {web(port)}]')
    wait_until_ready(supervisor)
    eventually(lambda: answers(port))
    family = psutil.Process(supervisor.pid)
    eventually(lambda: len(family.children(recursive=True)) == 4)  # stand-in, master, two workers
    children = family.children(recursive=True)
    supervisor.kill()
    supervisor.wait(timeout=10)
    eventually(lambda: alive(children) == [])


def test_killing_the_web_master_takes_its_workers_along(supervise: Supervise) -> None:
    port = free_port()
    supervisor = supervise(f"[{web(port)}]")
    wait_until_ready(supervisor)
    eventually(lambda: answers(port))
    (master,) = psutil.Process(supervisor.pid).children()
    eventually(lambda: len(master.children()) == 2)
    workers = master.children()
    master.kill()
    eventually(lambda: alive(workers) == [])
    eventually(lambda: answers(port))


def test_run_says_which_port_is_taken_before_it_starts_anything(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = CliRunner().invoke(run, [f"--port={port}", f"--home={tmp_path}"])
    assert result.exit_code == 1
    assert f"Cannot listen on 127.0.0.1 port {port} (Address already in use)." in result.output
    assert not (tmp_path / "postgres").exists()


def test_run_refuses_a_data_folder_on_which_it_already_runs(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = CliRunner().invoke(run, [f"--port={free_port()}", f"--home={tmp_path}"])
    assert result.exit_code == 1
    assert f"Comptoir already runs on the data in {tmp_path}." in result.output


def web(port: int) -> str:
    """Return a program: gunicorn as `make run` starts it, with the smallest application."""
    return (
        'Program("web", [sys.executable, "-m", "gunicorn", "--config", "python:app.supervisor.web",'
        f' "--bind", "127.0.0.1:{port}", "wsgiref.simple_server:demo_app"])'
    )


def wait_until_ready(supervisor: subprocess.Popen[str]) -> None:
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "ready\n"


def pid_of(folder: Path, name: str) -> int:
    """Return the process id a stand-in noted at its first start."""
    lines = (folder / "diary").read_text().splitlines()
    return next(int(line.split()[2]) for line in lines if line.startswith(f"started {name} "))


def eventually(condition: Callable[[], bool], *, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.03)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that still run; zombies do not."""
    found = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
