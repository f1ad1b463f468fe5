"""The styleguide in Chromium: everybody can use it, at any width, with nothing from elsewhere."""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SCREENS = ("", "/tablet", "/tablet/ok", "/tablet/refused", "/tablet/wait", "/office")
WIDTHS = (360, 768, 1280)
BUDGET_BYTES = 150_000
CSS_BYTES = 30 * 1024
FONT_DELAY_S = 0.6
SHIFT_MAX = 0.01
Open = Callable[..., Page]

WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
TAB_STOPS = """() => {
  const all = document.querySelectorAll(
    "a[href], button:not([disabled]), input, select, textarea, summary, [tabindex='0']");
  const stops = [...all].filter(one => one.checkVisibility({visibilityProperty: true})
    && !(one.type === "radio" && !one.checked));
  stops.forEach((one, index) => { one.dataset.stop = index; });
  return stops.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const rings = [getComputedStyle(one), getComputedStyle(one, "::after")];
  const ring = rings.find(style => style.outlineStyle === "solid" && style.outlineWidth === "3px");
  return {stop: one.dataset.stop ?? null, seen: Boolean(ring), html: one.outerHTML.slice(0, 120)};
}"""


@pytest.mark.parametrize(
    "place", [f"{language}/styleguide{screen}" for screen in SCREENS for language in ("fr", "en")]
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    place: str, address: str, open_page: Open, axe: Any, screenshot: Any
) -> None:
    page = open_page(WIDTHS[0])
    page.goto(f"{address}/{place}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        screenshot(page, f"{place.replace('/', '-')}-{width}")
        assert (width, _scroll_width(page)) == (width, width)
        if width in {WIDTHS[0], WIDTHS[-1]}:
            assert axe(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_scrolls_sideways_when_everything_is_twice_as_large(
    screen: str, address: str, open_page: Open
) -> None:
    zoomed = open_page(640, height=400, device_scale_factor=2)
    zoomed.goto(f"{address}/fr/styleguide{screen}")
    assert _scroll_width(zoomed) == 640
    larger = open_page(768)
    larger.goto(f"{address}/fr/styleguide{screen}")
    larger.evaluate("document.documentElement.style.fontSize = '200%'")
    assert _scroll_width(larger) == 768


@pytest.mark.parametrize("screen", ["", "/tablet", "/tablet/ok", "/office"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    screen: str, address: str, open_page: Open
) -> None:
    page = open_page()
    page.goto(f"{address}/en/styleguide{screen}")
    page.evaluate("document.activeElement.blur()")
    stops = page.evaluate(TAB_STOPS)
    reached: set[str] = set()
    unseen = []
    for _ in range(stops + 2):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["stop"] is not None:
            reached.add(focused["stop"])
            unseen += [] if focused["seen"] else [focused["html"]]
    assert stops > 2
    assert reached == {str(index) for index in range(stops)}
    assert unseen == []


def test_a_page_loads_little_and_nothing_from_elsewhere(address: str, open_page: Open) -> None:
    page = open_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/fr/styleguide", wait_until="networkidle")
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])"
    )
    looks = [size for name, size in sizes if "/static/" in name]
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []
    assert len(looks) >= 9
    assert 90_000 < sum(looks) < BUDGET_BYTES


def test_the_style_sheets_stay_small() -> None:
    sheets = [ROOT / f"app/static/{name}.css" for name in ("tokens", "base", "components")]
    assert sum(sheet.stat().st_size for sheet in sheets) <= CSS_BYTES


@pytest.mark.parametrize("screen", ["", "/tablet", "/office"])
def test_nothing_moves_when_the_fonts_come_late(screen: str, address: str, open_page: Open) -> None:
    page = open_page(reduced_motion="no-preference")
    page.add_init_script(WATCH_SHIFTS)

    def late(route: Route) -> None:
        sleep(FONT_DELAY_S)
        route.continue_()

    page.route("**/*.woff2", late)
    page.goto(f"{address}/en/styleguide{screen}", wait_until="networkidle")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") < SHIFT_MAX


def test_a_dialog_holds_the_keyboard_and_gives_it_back(address: str, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{address}/en/styleguide")
    opener = page.get_by_role("button", name="Ask first")
    opener.focus()
    page.keyboard.press("Space")
    dialog = page.get_by_role("dialog", name="Cancel order 7K3-M9PX?")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.querySelector('dialog').matches(':modal')") is True
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_role("button", name="Keep the order").click()
    expect(dialog).to_be_hidden()


def test_a_dialog_opens_and_closes_without_scripts(address: str, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{address}/en/styleguide")
    page.get_by_role("link", name="Ask first").click()
    dialog = page.get_by_role("dialog", name="Cancel order 7K3-M9PX?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="Keep the order").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Copy the code")).to_be_hidden()


def test_a_code_is_copied_and_that_is_said(address: str, open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/en/styleguide")
    page.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "4F7K-2M9P"


def test_the_language_switch_keeps_the_page(address: str, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{address}/fr/styleguide/office?page=2")
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"{address}/en/styleguide/office?page=2")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")


def test_pages_work_when_no_front_end_part_is_installed(
    tmp_path: Path, styleguide_app: Callable[..., Flask], serve: Any, open_page: Open, axe: Any
) -> None:
    static = shutil.copytree(
        ROOT / "app/static", tmp_path / "static", ignore=shutil.ignore_patterns("vendor")
    )
    page = open_page(360)
    page.goto(f"{serve(styleguide_app(static))}/fr/styleguide")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chaque composant, une fois")
    page.get_by_role("button", name="Demander d’abord").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    assert _scroll_width(page) == 360
    assert page.locator("svg.icon").count() == 0


def _scroll_width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
