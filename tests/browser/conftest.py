"""Chromium for tests of pages: served applications, pages of a given width, axe, screenshots."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response
from jinja2 import StrictUndefined
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app import pages, styleguide
from app.web import HEADERS
from tests.support.shared import shared_in_folder
from tools.browser import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
    .then(result => result.violations)"""
"""Nothing is told of what passed: to name each such element takes as long as to look at it."""
Findings = list[tuple[str, list[str]]]
expect.set_options(timeout=60_000)  # how long a busy machine may take; it says nothing of speed


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Start a browser; it holds this process's event loop until it is closed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Browser:
    """A browser; without Chromium its tests are skipped, and fail under CI=true."""
    if not CHROMIUM.exists():
        message = "Chromium is not installed: no page was tried in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return shared_in_folder(request, "chromium", open_chromium)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve an application on a free port until the test ends; returns its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app))


@pytest.fixture(scope="session")
def styleguide_app() -> Callable[..., Flask]:
    """Build an application that has nothing but the styleguide, under the real headers."""

    def build(static_folder: Path = ROOT / "app/static") -> Flask:
        app = Flask("app", root_path=str(ROOT / "app"), static_folder=static_folder)
        app.jinja_env.undefined = StrictUndefined
        pages.init_app(app)
        app.register_blueprint(styleguide.blueprint)
        app.after_request(_with_headers)
        return app

    return build


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value.replace(" {payment}", "")
    return response


@pytest.fixture(scope="session")
def address(styleguide_app: Callable[..., Flask]) -> Iterator[str]:
    """Where the styleguide is served while the tests last."""
    with _served(styleguide_app()) as url:
        yield url


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a given width; further keywords go to the browser's context."""
    with ExitStack() as stack:

        def opened(width: int = 1280, *, height: int = 800, **context: Any) -> Page:
            made = chromium.new_context(viewport={"width": width, "height": height}, **context)
            stack.callback(made.close)
            return made.new_page()

        yield opened


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], Findings]:
    """Return what axe finds on a page: rules with the elements that break them."""
    source = AXE.read_text(encoding="utf-8")

    def look(page: Page) -> Findings:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        return [
            (found["id"], [f"{node['html']}: {node['failureSummary']}" for node in found["nodes"]])
            for found in page.evaluate(VIOLATIONS, RULES)
        ]

    def findings(page: Page) -> Findings:
        try:
            return look(page)
        except Error:  # it was being left: the page that came is meant
            page.wait_for_load_state()
            return look(page)

    return findings


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Keep a picture of the whole page in the folder SCREENSHOTS names, if it names one."""

    def keep(page: Page, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep
