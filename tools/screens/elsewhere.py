"""What shoppers see on a page of another site, and where it leads them."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tools.screens.camera import picture
from tools.screens.running import Shop

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "collect-in-store"
HOME = "http://localhost:8000"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 (its signature)
        """Say nothing."""


def choose_from_elsewhere(page: Page, shop: Shop, language: str) -> None:
    """Choose a store on the sample page, and arrive at Comptoir with it."""
    with TemporaryDirectory() as folder:
        copytree(SAMPLE, folder, dirs_exist_ok=True)
        sample = Path(folder) / "index.html"
        words = sample.read_text().replace(HOME, shop.address)
        sample.write_text(words.replace('data-lang="fr"', f'data-lang="{language}"'))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page.goto(f"http://localhost:{server.server_port}")
            widget = page.locator("main > comptoir-collect")
            widget.locator("input").fill("Lyon")
            widget.locator("input").press("Enter")
            widget.locator("li").first.wait_for()
            widget.scroll_into_view_if_needed()
            widget.evaluate("each => each.scrollIntoView()")
            picture(page, f"widget-{language}")
            widget.locator("a").first.click()
            page.wait_for_url("**/collect-here?*")
            page.wait_for_load_state("networkidle")
            picture(page, f"widget-arrived-{language}")
            server.shutdown()
