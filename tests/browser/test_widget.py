"""The widget on a page of another origin whose style sheet attacks all it finds, in Chromium."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.embedded import Cluster
from tests.browser.conftest import ROOT
from tests.support.demonstration import demonstration, served

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "docs/samples/collect-in-store"
MINE, OWN = "main > comptoir-collect", ".own comptoir-collect"
QUIET = "each => ['fontSize', 'color', 'textAlign', 'textTransform', 'display', 'float', 'opacity'].map(name => getComputedStyle(each)[name])"  # noqa: E501 (one expression)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files as `python -m http.server` does, and says nothing of it."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its signature)
        """Say nothing."""


@contextmanager
def _foreign(folder: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sites(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[tuple[str, str]]:
    """The addresses of the foreign shop and of Comptoir."""
    assert chromium.is_connected()
    home, folder = tmp_path_factory.mktemp("widget"), tmp_path_factory.mktemp("foreign")
    with demonstration(cluster, home) as app, served(app) as url:
        copytree(SAMPLE, folder, dirs_exist_ok=True)
        page = folder / "index.html"
        page.write_text(page.read_text().replace("http://localhost:8000", url))
        with _foreign(folder) as address:
            yield address, url


@pytest.fixture
def visit(sites: tuple[str, str], open_page: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """Open the foreign page, and fail when the browser has anything to complain of."""
    complaints: list[str] = []

    def opened(width: int = 1280, **context: Any) -> Page:
        page = open_page(width, **context)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(sites[0])
        page.locator(f"{MINE} input").wait_for()
        return page

    yield opened
    assert complaints == []


def search(page: Page, where: str, place: str = "Lyon") -> None:
    field = page.locator(f"{where} input")
    field.fill(place)
    field.press("Enter")


@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_use_it_on_a_hostile_page_and_neither_styles_the_other(
    visit: Callable[..., Page],
    axe: Callable[[Page], Any],
    screenshot: Callable[[Page, str], None],
    width: int,
) -> None:
    page = visit(width)
    before = page.locator("h1").evaluate(QUIET)
    search(page, MINE)
    search(page, OWN)
    for where, choose in ((MINE, "Retirer ici"), (OWN, "Collect here")):
        expect(page.locator(f"{where} li").first).to_contain_text(choose)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"widget-{width}")
    look = page.locator(f"{MINE} button").first.evaluate(QUIET)
    assert look == ["16px", "rgb(29, 63, 168)", "center", "none", "flex", "none", "1"]
    assert page.locator(MINE).evaluate(QUIET)[4:] == ["block", "none", "1"]
    assert page.locator("h1").evaluate(QUIET) == before
    themed = page.locator(f"{OWN} section").evaluate(
        "each => getComputedStyle(each).backgroundColor"
    )
    assert themed == "rgb(20, 40, 29)"
    known = "Object.keys(window).filter(name => /comptoir|collect/i.test(name))"
    assert page.evaluate(known) == []
    assert page.context.cookies() == []


def test_a_store_is_chosen_with_the_keyboard_and_the_article_waits_there_at_comptoir(
    visit: Callable[..., Page], sites: tuple[str, str]
) -> None:
    page = visit(360)
    page.locator(f"{MINE} input").focus()
    page.keyboard.type("69004")
    page.keyboard.press("Enter")
    status = page.locator(f"{MINE} [role=status]")
    expect(status).to_contain_text("magasins près de")
    first = page.get_by_role("link", name=re.compile("Retirer ici Lyon Croix-Rousse"))
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sites[1]}/fr/collect-here?*")
    page.get_by_role("button", name="Continuer vers la commande").click()
    page.wait_for_url(f"{sites[1]}/fr/checkout")
    expect(page.locator("main")).to_contain_text("Lyon Croix-Rousse")
    expect(page.locator("main")).to_contain_text("Théière")


def test_a_page_that_listens_does_its_own_and_stays(visit: Callable[..., Page]) -> None:
    page = visit()
    search(page, OWN)
    here = page.url
    page.locator(f"{OWN} a").first.click()
    expect(page.locator("#chosen")).to_have_text(re.compile(r"^1 × THEIERE-BLEU @ [a-z-]+$"))
    expect(page.locator(f"{OWN} [role=status]")).to_contain_text("Store chosen: ")
    assert page.locator(f"{OWN} [aria-current]").count() == 1
    assert page.url == here


def test_what_went_wrong_is_said_and_tried_again(
    sites: tuple[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(
        360, geolocation={"latitude": 45.774, "longitude": 4.832}, permissions=["geolocation"]
    )
    page.goto(sites[0])
    page.locator(f"{MINE} input").wait_for()
    status = page.locator(f"{MINE} [role=status]")
    page.locator(f"{MINE} [part=search]").click()
    expect(status).to_have_text("Donnez un code postal ou une ville.")
    search(page, MINE, "Nullepart")
    expect(status).to_contain_text("Nous ne connaissons pas ce lieu.")
    expect(page.locator(f"{MINE} input")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"{MINE} input")).to_be_focused()
    page.route("**/api/v1/collect-offers?*", lambda route: route.abort())
    search(page, MINE)
    expect(status).to_contain_text("Les magasins ne répondent pas.")
    page.unroute("**/api/v1/collect-offers?*")
    page.locator(f"{MINE} [part=again]").click()
    expect(status).to_contain_text("près de Lyon")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(f"{MINE} [part=around]").click()
    expect(status).to_contain_text("autour de vous")
    assert "latitude=45.774&longitude=4.832&" in asked[-1]
    page.locator(MINE).evaluate("each => each.setAttribute('sku', 'NOTHING')")
    expect(status).to_have_text("Cet article ne se retire pas en magasin.")
