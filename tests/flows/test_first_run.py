"""What the README promises a newcomer: one command, then one order from placing to hand-over."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from stripe import StripeClient

from tests.conftest import ROOT

COMPTOIR = Path(sys.executable).with_name("comptoir")
START_S, END_S = 90, 20
BLOCK = re.compile(r"<!-- first order -->\n```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever still runs on it afterwards is stopped."""
    yield tmp_path
    for process in running_on(tmp_path):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def running_on(home: Path) -> list[psutil.Process]:
    """Return the processes that name this data folder, or keep it in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            known = " ".join([*process.cmdline(), process.environ().get("COMPTOIR_HOME", "")])
            if str(home) in known and process.pid != os.getpid():
                found.append(process)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(240)
def test_one_command_opens_the_shop_and_the_readme_takes_an_order_to_its_hand_over(
    home: Path,
) -> None:
    if not COMPTOIR.exists():
        pytest.skip("the project is not installed: run make install-dev")
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PUBLIC_URL"}
    }
    with subprocess.Popen(
        [COMPTOIR, "run", "--port", str(port), "--home", home],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as shop:
        try:
            assert shop.stdout is not None
            last_line = _until_address(shop.stdout, port)
            assert last_line == f"http://localhost:{port}/"
            said = _follow_readme(port, {**environment, "COMPTOIR_HOME": str(home)})
            assert json.loads(said.strip().splitlines()[-1])["status"] == "handed_over"
            _assert_cards_are_paid_at_the_same_address(home, port)
        finally:
            shop.send_signal(signal.SIGKILL)
    _wait_until_nothing_runs(home)


def _until_address(lines: Iterator[str], port: int) -> str:
    deadline = time.monotonic() + START_S
    for line in lines:
        if f":{port}/" in line or time.monotonic() > deadline:
            return line.strip()
    return ""


def _follow_readme(port: int, environment: dict[str, str]) -> str:
    found = BLOCK.search((ROOT / "README.md").read_text())
    assert found is not None
    script = found[1].replace("localhost:8000", f"localhost:{port}")
    script = script.replace(".venv/bin/comptoir", str(COMPTOIR))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _assert_cards_are_paid_at_the_same_address(home: Path, port: int) -> None:
    """The practice page of a payment is handed on through the one port there is."""
    stripe = json.loads((home / "sandbox.json").read_text())["stripe"]
    item = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Tente"}}
    back: Any = {"success_url": "http://shop.test/paid", "cancel_url": "http://shop.test/unpaid"}
    client = StripeClient("sk_test_first_run", base_addresses={"api": stripe})
    page = client.v1.checkout.sessions.create(
        {"mode": "payment", "line_items": [{"quantity": 1, "price_data": item}], **back}
    )
    assert str(page.url).startswith(f"http://localhost:{port}/demo/cards/c/pay/")
    shown = httpx.get(str(page.url).replace("localhost", "127.0.0.1"), trust_env=False)
    assert (shown.status_code, "4242 4242 4242 4242" in shown.text) == (200, True)


def _wait_until_nothing_runs(home: Path) -> None:
    deadline = time.monotonic() + END_S
    while left := running_on(home):
        assert time.monotonic() < deadline, [process.cmdline() for process in left]
        time.sleep(0.2)
