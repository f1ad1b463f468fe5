"""The pages of one store in Chromium: usable by everybody; hours are tried as they are typed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo.retailer import PASSWORD
from app.embedded import Cluster
from tests.support.demonstration import demonstration, served

pytestmark = pytest.mark.browser
HOME = "stores/lyon-croix-rousse"
Open = Callable[..., Page]


@dataclass(frozen=True)
class Chain:
    """A demonstration that is served, and head office signed in to it."""

    url: str
    admin: Any


@pytest.fixture(scope="module")
def chain(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Chain]:
    with (
        demonstration(cluster, tmp_path_factory.mktemp("chain"), DEMO="1") as app,
        served(app) as url,
    ):
        yield Chain(url, _sign_in(chromium, url))


def _sign_in(chromium: Browser, url: str) -> Any:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/en/office/sign-in")
    page.locator("[name=email]").fill("camille.roux@aubepin.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/office/orders")
    state = context.storage_state()
    context.close()
    return state


def test_hours_show_the_coming_days_while_they_are_typed(chain: Chain, open_page: Open) -> None:
    page = open_page(storage_state=chain.admin)
    page.goto(f"{chain.url}/en/office/{HOME}/hours")
    coming = page.locator("#coming")
    expect(coming.get_by_role("button")).to_have_count(0)
    page.get_by_label("Monday").fill("14h-18h")
    page.get_by_label("Tuesday").click()
    expect(coming).to_contain_text("2 days change. Nothing is saved yet.")
    coming.get_by_role("button", name="Keep these hours from now on").click()
    page.wait_for_url("**/hours?done=hours")
    expect(page.get_by_role("region", name="Hours of each week")).to_contain_text("2 pm–6 pm")


def test_hours_are_tried_and_kept_without_a_script(chain: Chain, open_page: Open) -> None:
    page = open_page(java_script_enabled=False, storage_state=chain.admin)
    page.goto(f"{chain.url}/en/office/stores/villeurbanne/hours")
    page.get_by_label("Saturday").fill("10-12")
    page.get_by_role("button", name="Show the coming 14 days").click()
    expect(page.locator("#coming")).to_contain_text("2 days change. Nothing is saved yet.")
    page.get_by_role("button", name="Keep these hours from now on").click()
    page.wait_for_url("**/hours?done=hours")
    expect(page.locator("#coming")).to_contain_text("10 am–12 pm")
