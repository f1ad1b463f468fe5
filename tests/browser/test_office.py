"""The back office and the demonstration in Chromium: usable by everybody, at any width."""

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from app.embedded import Cluster
from app.embedded.children import start_child, stop_child
from app.worker import drain
from kernel.db import SessionFactory
from tests.conftest import as_key
from tests.support.demonstration import demonstration, served
from tests.support.installation import eventually

pytestmark = pytest.mark.browser
WIDTHS = (360, 768, 1280)
LANGUAGES = ("fr", "en")
STORE = "lyon-croix-rousse"
LONG = {"first_name": "Anne-Charlotte", "last_name": "de Villeneuve-Bargemont"}
Open = Callable[..., Page]


@dataclass(frozen=True)
class Place:
    """A demonstration that is served, with one order that waits and one to prepare."""

    url: str
    sku: str
    waiting: str
    fresh: str
    staff_id: str
    admin: Any


@pytest.fixture(scope="module")
def place(
    cluster: Cluster,
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Browser,
    serve_app: Callable[[Flask], str],
) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("office")
    with vendors_of(home) as vendors, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILBOX_URL", vendors["mailbox"])
        addresses = {"SMTP_URL": vendors["smtp"], "SMS_URL": vendors["sms"]}
        with demonstration(cluster, home, DEMO="1", **addresses) as app:
            yield _furnish(app, home, chromium, serve_app(app))


@pytest.fixture(scope="module")
def serve_app() -> Iterator[Callable[[Flask], str]]:
    """Serve an application on a free port while the tests of this file last."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app))


@contextmanager
def vendors_of(home: Path) -> Iterator[dict[str, str]]:
    """Servers for messages, in a process of their own: Playwright holds this one's event loop."""
    file = home / "sandbox.json"
    child = start_child(
        [sys.executable, "-m", "sandbox", "--home", str(home), "--addresses", str(file)],
        log=home / "sandbox.log",
        environment=dict(os.environ),
    )
    try:
        yield json.loads(eventually(lambda: file.exists() and file.read_text(), within_s=30))
    finally:
        stop_child(child, signal.SIGTERM)


def _furnish(app: Flask, home: Path, chromium: Browser, url: str) -> Place:
    keys = dict(re.findall(r'"(\w+)": "(cmp_[^"]+)"', (home / "demo-keys.json").read_text()))
    client = app.test_client()

    def api(path: str, body: dict[str, Any], role: str) -> Any:
        done = client.post(f"/api/v1{path}", json=body, headers=as_key(keys[role]))
        assert done.status_code < 300, done.text
        return done.json

    with SessionFactory() as session:
        sku = session.execute(
            text(
                "SELECT sku FROM stock_level l JOIN location p ON p.id = l.location_id"
                " WHERE p.code = :code AND on_hand > 3 ORDER BY sku LIMIT 1"
            ),
            {"code": STORE},
        ).scalar_one()
        staff_id = session.execute(
            text("SELECT id FROM staff WHERE name = 'Théo Garnier'")
        ).scalar_one()
    items = [{"sku": sku, "quantity": 1}]
    numbers = []
    for steps in (("accept", "pick", "ready"), ()):
        order = {"channel": "phone", "store": STORE, "language": "fr", "items": items}
        customer = {**LONG, "email": "anne@example.org", "phone": "06 39 98 12 34"}
        placed = api("/orders", {**order, "customer": customer}, "agent")
        bodies: dict[str, Any] = {"pick": {"items": items}, "ready": {"bin": "A7"}}
        for step in steps:
            path = f"/fulfillments/{placed['fulfillment_id']}/{step}"
            api(path, bodies.get(step, {}), "associate")
        drain()
        numbers.append(placed["number"].replace("-", ""))
    return Place(url, sku, numbers[0], numbers[1], str(staff_id), _sign_in(chromium, url))


def _sign_in(chromium: Browser, url: str) -> Any:
    """Return the cookies of an administrator."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/en/demo")
    page.locator(".doors button[value=admin]").click()
    page.wait_for_url("**/en/office/people")
    state = context.storage_state()
    context.close()
    return state


PAGES = {
    "start": "demo",
    "mailbox": "demo/mailbox",
    "waiting": "office/orders/{waiting}",
    "store": "office/stores/" + STORE,
    "messages": "office/messages",
}


@pytest.mark.parametrize("name", ["start", "waiting", "messages", "store", "mailbox"])
def test_nothing_scrolls_sideways_when_everything_is_twice_as_large(
    name: str, place: Place, open_page: Open
) -> None:
    page = open_page(640, height=400, device_scale_factor=2, storage_state=place.admin)
    page.goto(f"{place.url}/fr/{PAGES[name].format(**vars(place))}")
    assert page.evaluate("document.documentElement.scrollWidth") == 640


def test_nothing_on_the_pages_is_refused_by_their_own_policy(place: Place, open_page: Open) -> None:
    page = open_page(storage_state=place.admin)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in ("start", "mailbox", "waiting", "store"):
        page.goto(f"{place.url}/fr/{PAGES[name].format(**vars(place))}", wait_until="networkidle")
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_bar_changes_who_one_is_and_the_language(
    scripts: bool,  # noqa: FBT001 (a parameter of a test)
    place: Place,
    open_page: Open,
) -> None:
    page = open_page(360, java_script_enabled=scripts)
    page.goto(f"{place.url}/fr/demo/mailbox")
    page.locator(".demo-who summary").click()
    page.get_by_role("button", name="Centre d’appels").click()
    page.wait_for_url("**/fr/office/orders")
    expect(page.locator(".office-who")).to_contain_text("Luc Bernard")
    page.locator(".demo").get_by_role("link", name="EN English").click()
    page.wait_for_url("**/en/office/orders")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")


def test_a_letter_shows_its_code_and_leads_to_the_order_on_this_host(
    place: Place, open_page: Open
) -> None:
    page = open_page(storage_state=place.admin)
    page.goto(f"{place.url}/fr/demo/mailbox")
    page.get_by_role("link", name="C’est prêt").first.click()
    letter = page.frame_locator("iframe")
    picture = letter.locator("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") > 100
    letter.get_by_role("link", name="Voir").first.click()
    page.wait_for_url(re.compile(rf"^{place.url}/fr/orders/[A-Za-z0-9_-]+$"))


def test_the_mailbox_refreshes_by_itself(place: Place, open_page: Open) -> None:
    page = open_page(storage_state=place.admin)
    page.goto(f"{place.url}/en/office/messages?what=confirmation")
    rows = page.locator("tbody tr")
    rows.first.locator("summary").click()
    rows.first.get_by_label("Why does it go again?").fill("She deleted it")
    mailbox = open_page(storage_state=place.admin)
    mailbox.goto(f"{place.url}/en/demo/mailbox")
    before = mailbox.locator(".letter").count()
    rows.first.get_by_role("button", name="Send it now").click()
    page.wait_for_url("**/en/office/messages")
    drain()
    expect(mailbox.locator(".letter")).to_have_count(before + 1)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_order_is_cancelled_after_a_question(
    scripts: bool,  # noqa: FBT001 (a parameter of a test)
    place: Place,
    open_page: Open,
) -> None:
    page = open_page(java_script_enabled=scripts, storage_state=place.admin)
    page.goto(f"{place.url}/en/office/orders/{place.fresh if scripts else place.waiting}")
    role: Any = "button" if scripts else "link"
    page.get_by_role(role, name="Cancel the order").first.click()
    dialog = page.get_by_role("dialog", name="Cancel order")
    dialog.get_by_label("Ordered twice").check()
    dialog.get_by_role("button", name="Cancel the order").click()
    expect(page.locator(".ticket-state")).to_contain_text("Cancelled")
    expect(page.get_by_role("cell", name="Ordered twice").first).to_be_visible()
