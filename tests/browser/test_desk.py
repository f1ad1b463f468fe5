"""The desk of a call in Chromium: an order is placed without the mouse, at both its widths."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from app.embedded import Cluster
from tests.support.demonstration import demonstration, served

pytestmark = pytest.mark.browser
TABS_MAX = 60


@pytest.fixture(scope="module")
def url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("desk")
    with demonstration(cluster, home, DEMO="1") as app, served(app) as address:
        yield address


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 768)])
def test_an_agent_takes_an_order_without_the_mouse(
    url: str, open_page: Callable[..., Page], language: str, width: int
) -> None:
    page = open_page(width)
    page.goto(f"{url}/{language}/demo")
    page.locator(".doors button[value=agent]").click()
    page.goto(f"{url}/{language}/office/desk")
    press(page, "Enter")  # the button that begins has the focus
    expect(page.locator("#field-q")).to_be_focused()
    page.keyboard.type("vase")
    press(page, "Enter")
    press(page, "Enter")  # the first article found is added
    expect(page.locator(".desk-lines li")).to_have_count(1)
    expect(page.locator("#field-q")).to_be_focused()
    tab_to(page, "store:")
    press(page, "Enter")
    page.keyboard.press("Alt+4")
    expect(page.locator("#field-who")).to_be_focused()
    page.keyboard.type("06 39 98 12 04")
    press(page, "Enter")
    tab_to(page, "who:") if page.locator(".desk-known").count() else type_who(page)
    if page.locator("#field-last_name").input_value() == "":
        press(page, "Enter")
    press(page, "Control+Enter")
    expect(page.locator("main .notice-ok")).to_be_visible()
    expect(page.locator("main button:focus")).to_be_visible()  # the next call


def press(page: Page, keys: str) -> None:
    """Press keys, and wait for where they lead."""
    if keys == "Enter":  # a page gives the focus with its first picture, after it was loaded
        page.wait_for_function("document.activeElement !== document.body")
    with page.expect_navigation():
        page.keyboard.press(keys)


def tab_to(page: Page, beginning: str) -> None:
    """Go on from field to field to the first button whose value begins so."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.value ?? ''")).startswith(beginning):
            return
    pytest.fail(f"no button {beginning} is reached")


def type_who(page: Page) -> None:
    """Type who it is: nobody is known by that number."""
    for name, value in {"last_name": "Durand", "phone": "0639981204"}.items():
        while page.evaluate("document.activeElement.name") != name:
            page.keyboard.press("Tab")
        page.keyboard.type(value)
