"""What `make run` does: everything the platform consists of, on this machine, at one address."""

import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.demo import cards
from app.embedded import Addresses, are_listening, servers, tell
from app.embedded.children import start_child, stop_child
from app.supervisor.crew import POLL_S, Crew, CrewError, Program, crew
from app.supervisor.signals import stop_on_signals

COMPTOIR = str(Path(sys.executable).with_name("comptoir"))
READY_PATIENCE_S = 90.0
WATCH_S = 0.5
LOSSES = 3
LOSSES_WINDOW_S = 60.0
INBOX = "reponses@aubepin.example"
"""Where whoever answers a message of the demonstration shop writes to."""
# What the sandbox calls its servers, and what the programs call them.
SANDBOX_NAMES = {
    "smtp": "SMTP_URL",
    "imap": "IMAP_URL",
    "sms": "SMS_URL",
    "stripe": "STRIPE_API_URL",
    "mailbox": "MAILBOX_URL",
}


@dataclass(frozen=True)
class Plan:
    """Where to listen, where the data is, and whether the demonstration shop is filled in."""

    host: str
    port: int
    home: Path
    demo: bool


def run(plan: Plan) -> None:
    """Serve until Ctrl-C or SIGTERM; afterwards nothing that was started here runs any more.

    Raises EmbeddedError, with a sentence for people, when something cannot be started.
    """
    home = plan.home.resolve()
    losses: list[float] = []
    with suppress(KeyboardInterrupt), stop_on_signals(), _only_one(home):
        _refuse_taken_port(plan)
        while True:
            _serve_while_servers_last(plan, home)
            now = time.monotonic()
            losses = [at for at in losses if now - at < LOSSES_WINDOW_S] + [now]
            if len(losses) >= LOSSES:
                raise CrewError("PostgreSQL or Redis keep ending. Giving up.")
            tell("PostgreSQL or Redis ended: starting everything again")
    tell("Stopped.")


def _serve_while_servers_last(plan: Plan, home: Path) -> None:
    """Start everything, print the address, and return when a private server is gone."""
    tell("Starting PostgreSQL and Redis")
    logs = home / "log"
    with servers(home) as addresses:
        environment = {**os.environ, **_environment(plan, home, addresses)}
        _do(environment, "migrate")
        if plan.demo:
            _do(environment, "demo", "seed")
        with crew(_programs(plan, home), environment=environment, logs=logs, say=tell) as team:
            _wait_until_ready(plan, team)
            sys.stdout.write(f"http://localhost:{plan.port}/\n")
            sys.stdout.flush()
            while are_listening(addresses):
                team.look_after()
                time.sleep(WATCH_S)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CrewError(
                f"Comptoir already runs on the data in {home}. Stop it first, "
                "or choose another data folder: make run COMPTOIR_HOME=… PORT=…"
            ) from None
        yield


def _refuse_taken_port(plan: Plan) -> None:
    family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As gunicorn does: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.host, plan.port))
        except OSError as error:
            raise CrewError(
                f"Cannot listen on {plan.host} port {plan.port} ({error.strerror}). "
                f"Choose another port: make run PORT={plan.port + 1}"
            ) from None


def _environment(plan: Plan, home: Path, addresses: Addresses) -> Mapping[str, str]:
    return {
        "DATABASE_URL": addresses.database_url,
        "DATABASE_OWNER_URL": addresses.owner_url,
        "REDIS_URL": addresses.redis_url,
        "COMPTOIR_HOME": str(home),
        "PORT": str(plan.port),
        "PUBLIC_URL": _public_url(plan),
        "DEMO": "1" if plan.demo else "0",
        "STRIPE_API_KEY": os.environ.get("STRIPE_API_KEY") or (_demo_key() if plan.demo else ""),
        "INBOUND_ADDRESS": os.environ.get("INBOUND_ADDRESS") or INBOX,
        "PYTHONUNBUFFERED": "1",  # a log shows what happened up to the end
    }


def _public_url(plan: Plan) -> str:
    return os.environ.get("PUBLIC_URL") or f"http://localhost:{plan.port}"


def _demo_key() -> str:
    """Return the key the stand-in for Stripe takes; none where a real Stripe is named."""
    return "" if os.environ.get("STRIPE_API_URL") else "sk_test_demonstration"


def _do(environment: Mapping[str, str], *arguments: str) -> None:
    """Run one of our commands to its end, in view. Raises CrewError when it fails."""
    what = f"comptoir {' '.join(arguments)}"
    tell(f"Running {what}")
    child = start_child([COMPTOIR, *arguments], log=None, environment=environment)
    try:
        code = child.wait()
    finally:
        stop_child(child, signal.SIGTERM)
    if code != 0:
        raise CrewError(f"{what} failed with {code}; what it wrote stands above.")


def _programs(plan: Plan, home: Path) -> list[Program]:
    bind = f"[{plan.host}]:{plan.port}" if ":" in plan.host else f"{plan.host}:{plan.port}"
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:app.supervisor.web"]
    return [
        _sandbox(plan, home),
        Program("web", [*gunicorn, "--bind", bind, "app:create_app()"]),
        Program("relay", [COMPTOIR, "relay"]),
        Program("worker", [COMPTOIR, "work"]),
    ]


def _sandbox(plan: Plan, home: Path) -> Program:
    """The stand-ins for Stripe, mail and SMS; what the environment names is used instead."""
    file = home / "sandbox.json"
    options = ["--home", str(home / "sandbox"), "--addresses", str(file)]
    options += ["--inbox", INBOX]
    options += ["--sms-webhook-url", f"{_public_url(plan)}/api/v1/webhooks/sms"]
    if plan.demo:
        options += ["--pages-url", cards.pages_url(_public_url(plan))]

    def addresses() -> dict[str, str]:
        found = json.loads(file.read_text())
        given = {name: os.environ.get(name) for name in SANDBOX_NAMES.values()}
        return {name: given[name] or found[key] for key, name in SANDBOX_NAMES.items()}

    return Program(
        "sandbox",
        [sys.executable, "-m", "sandbox", *options],
        prepare=lambda: file.unlink(missing_ok=True),
        ready=file.exists,
        tells=addresses,
    )


def _wait_until_ready(plan: Plan, team: Crew) -> None:
    deadline = time.monotonic() + READY_PATIENCE_S
    while (answer := _readiness(plan)) is not None:
        if time.monotonic() > deadline:
            raise CrewError(f"Not ready after {READY_PATIENCE_S:g} s: {answer}")
        team.look_after()
        time.sleep(POLL_S)


def _readiness(plan: Plan) -> str | None:
    """Return None when the platform answers that it is ready, else what it answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(plan.host, plan.host)  # noqa: S104  compared
    url = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        answer = httpx.get(f"{url}:{plan.port}/health/ready", timeout=3, trust_env=False)
    except httpx.HTTPError as error:
        return str(error)
    return None if answer.is_success else f"{answer.status_code} {answer.text[:500]}"
