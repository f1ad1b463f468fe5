"""A customer's file in Chromium: one history on every screen, for whoever may see it."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.embedded import Cluster
from tests.support.demonstration import demonstration, served

pytestmark = pytest.mark.browser
LIVE_MS = 2_000
EMAIL = "chloe.durand@example.org"


@pytest.fixture(scope="module")
def url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("files")
    with demonstration(cluster, home, DEMO="1") as app, served(app) as address:
        order = {
            "store": "lyon-croix-rousse",
            "items": [{"sku": "CARNET-ROUGE", "quantity": 1}],
            "customer": {"first_name": "Chloé", "last_name": "Durand", "email": EMAIL},
        }
        key = {"Idempotency-Key": "the-order-of-this-file"}
        placed = httpx.post(f"{address}/api/v1/orders", json=order, headers=key, trust_env=False)
        assert placed.status_code == 201, placed.text
        yield address


def become(page: Page, url: str, role: str, *, language: str = "en") -> None:
    page.goto(f"{url}/{language}/demo")
    page.locator(f".doors button[value={role}]").click()


def open_at_desk(page: Page, url: str) -> str:
    """Open the file of the first customer at the office; return their e-mail address."""
    page.goto(f"{url}/en/office/customers?q={EMAIL}")
    page.locator("td.person a").first.click()
    expect(page.locator("#story-title")).to_be_visible()
    return page.locator(".account-point", has_text="@").first.inner_text()


def open_at_counter(page: Page, url: str, said: str, *, language: str = "en") -> None:
    """The customer says their whole address in the store."""
    page.goto(f"{url}/{language}/tablet/customers")
    page.locator("#field-said").fill(said)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#story-title")).to_be_visible()


def note(page: Page, text: str, *, kind: str = "call", order: str = "") -> None:
    page.locator("#field-kind").select_option(kind)
    page.locator("#field-order").select_option(order)
    page.locator("#field-text").fill(text)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main .notice-ok")).to_be_visible()


def test_s02_a_note_of_an_agent_is_on_the_open_tablet_at_once(
    url: str, open_page: Callable[..., Page]
) -> None:
    agent, seller = open_page(1280), open_page(768)
    become(agent, url, "agent")
    become(seller, url, "associate")
    open_at_counter(seller, url, open_at_desk(agent, url))
    note(agent, "Wants to be called back about the lamp", kind="note")
    expect(seller.get_by_text("Wants to be called back about the lamp")).to_be_visible(
        timeout=LIVE_MS
    )


def test_s04_the_third_contact_about_one_order_names_the_two_before_it(
    url: str, open_page: Callable[..., Page]
) -> None:
    agent, seller = open_page(1280), open_page(768)
    become(agent, url, "agent")
    said_at_counter = open_at_desk(agent, url)
    order = str(agent.locator("#field-order option").nth(1).get_attribute("value"))
    for said in ("Where is it?", "Still nothing", "Third time today"):
        note(agent, said, order=order)
    flag = agent.locator("#file-live .notice-late")
    expect(flag).to_contain_text(f"3rd contact about order {order}")
    expect(flag.locator("li")).to_have_count(2)
    expect(flag).to_contain_text("Where is it?")
    name = agent.locator(".office-who span").first.inner_text()
    expect(flag).to_contain_text(name)
    become(seller, url, "associate", language="fr")
    open_at_counter(seller, url, said_at_counter, language="fr")
    expect(seller.locator("#file-live .notice-late")).to_contain_text("3e contact sur la commande")


def test_s06_one_file_shows_each_role_what_it_may_see_and_keeps_who_looked(
    url: str, open_page: Callable[..., Page], axe: Callable[[Page], list[tuple[str, list[str]]]]
) -> None:
    """Seller, agent and head office, each at their width: three looks are three rows."""
    shown, email = [], ""
    for role, width in (("agent", 768), ("admin", 1440), ("associate", 360)):
        page = open_page(width)
        become(page, url, role)
        if role == "associate":
            open_at_counter(page, url, email)
        else:
            email, where = open_at_desk(page, url), page.url
        shown.append(page.locator("main").inner_text())
        assert axe(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{role} has to scroll sideways"
    agent, admin, seller = shown
    hidden = f"{email[0]}•••@{email.partition('@')[2]}"
    assert (email in agent, email in admin) == (True, True)
    assert (email in seller, hidden in seller) == (False, True)
    page = open_page(1280)
    become(page, url, "admin")
    page.goto(f"{where}/looks")
    said = [row.inner_text() for row in page.locator("tbody tr").all()[:3]]
    assert ["Tablet" in said[0], "Office" in said[1], "Office" in said[2]] == [True] * 3
