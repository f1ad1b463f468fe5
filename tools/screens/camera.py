"""Pages of a given size, and pictures of them."""

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tools.screens.running import Shop

SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"
SIZES = {"phone": (360, 760), "tablet": (1024, 768), "desk": (1280, 860)}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
COLOURS = 128
TALL, GAP, PAPER = 760, 32, "#EEF3F1"
taken: set[Path] = set()
"""The pictures of this run: what else lies in the folder shows nothing any more."""


def open_page(browser: Browser, size: str, language: str) -> Page:
    """Return a page of a size, read in a language."""
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height}, locale=LOCALES[language]
    ).new_page()


def become(page: Page, shop: Shop, language: str, role: str) -> None:
    """Come in by a door of the start page."""
    page.goto(f"{shop.address}/{language}/demo")
    page.locator(f"button.door-in[value={role}]").click()
    page.wait_for_load_state("networkidle")


def shoot(page: Page, shop: Shop, path: str, name: str) -> None:
    """Take a picture of an address."""
    response = page.goto(f"{shop.address}{path}")
    assert response is not None
    assert response.ok, f"{path}: {response.status}"
    page.wait_for_load_state("networkidle")
    picture(page, name)


def follow(page: Page, link: str, name: str) -> None:
    """Press the first such link, and take a picture of where it leads."""
    page.locator(link).first.click()
    page.wait_for_load_state("networkidle")
    picture(page, name)


def picture(page: Page, name: str) -> None:
    """Take a picture of what a page shows."""
    path = SCREENS / f"{name}.png"
    page.wait_for_load_state()
    page.screenshot(path=path)
    taken.add(path)
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{name}\n")


def lay_side_by_side() -> None:
    """Lay a phone, a tablet and an e-mail side by side: the picture the README opens with."""
    names = ("shop-ready-fr", "tablet-pick-fr", "mailbox-ready-fr")
    pictures = [Image.open(SCREENS / f"{name}.png").convert("RGB") for name in names]
    scaled = [each.resize((each.width * TALL // each.height, TALL)) for each in pictures]
    wide = Image.new(
        "RGB", (sum(each.width for each in scaled) + GAP * (len(scaled) + 1), TALL + 2 * GAP), PAPER
    )
    at = GAP
    for each in scaled:
        wide.paste(each, (at, GAP))
        at += each.width + GAP
    path = SCREENS / "wide.png"
    wide.quantize(COLOURS).save(path, optimize=True)
    taken.add(path)
