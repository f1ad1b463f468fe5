"""The shop in Chromium: from the first page to the code, by finger, keyboard, without scripts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.demo.articles import CATEGORIES, articles
from app.embedded import Cluster
from catalog.services import list_category, list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import read_order_number
from tests.conftest import as_key
from tests.support.installation import Installation, installation

pytestmark = pytest.mark.browser
FIRST_VIEW_BYTES_MAX = 150_000
PLENTY = 1_000
POLL_MS = 15_000
TABS_MAX = 60
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
VIEWS = (("en", 360), ("fr", 768), ("fr", 1280))
"""What walking every page leaves out: that looks in French at 360, in English at 1280 pixels."""
BROWSING = ["", "categories/cuisine", "search?q=theiere", "search?q=zzzz", "articles/THEIERE"]


@dataclass(frozen=True)
class Store:
    """The shop's address, and the people behind its counter."""

    place: Installation
    http: httpx.Client
    url: str

    def make_ready(self, shown_number: str) -> None:
        """The store prepares the order with this number, and bins it."""
        number = read_order_number(shown_number)
        rows = self.place.rows(
            "SELECT f.id, l.sku, l.quantity FROM sales_order o JOIN fulfillment f"
            " ON f.order_id = o.id JOIN fulfillment_line l ON l.fulfillment_id = f.id"
            " WHERE o.number = %(number)s",
            number=number,
        )
        picked = [{"sku": row["sku"], "quantity": row["quantity"]} for row in rows]
        for act, body in (("accept", {}), ("pick", {"items": picked}), ("ready", {"bin": "A7"})):
            path = f"/api/v1/fulfillments/{rows[0]['id']}/{act}"
            done = self.http.post(path, json=body, headers=as_key(self.place.shop.associate))
            assert done.status_code == 200, done.text


@pytest.fixture(scope="module")
def store(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The small retailer with the demonstration's articles, in both stores."""
    with installation(cluster, tmp_path_factory.mktemp("shop")) as place:
        skus = articles()
        with place.inside(), transaction() as session:
            for code, names in CATEGORIES.items():
                list_category(session, code=code, names=dict(names))
            list_skus(session, skus, brand_id=place.shop.brand_id)
            for location_id in (place.shop.lyon, place.shop.paris):
                receive(
                    session,
                    location_id=location_id,
                    quantities={each.sku: PLENTY for each in skus},
                    actor=SYSTEM,
                )
        http = place.open_web()
        yield Store(place, http, str(http.base_url).rstrip("/"))


def order_teapot(page: Page, store: Store) -> str:
    """Order a teapot in Lyon through the pages, in French; return the order's number."""
    page.goto(f"{store.url}/fr/")
    page.get_by_role("searchbox").fill("teiere")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Théière Alba").click()
    page.get_by_label("Code postal ou ville").fill("Lyon")
    page.get_by_role("button", name="Voir les magasins").click()
    page.get_by_role("button", name="Retirer à Lyon Croix-Rousse").click()
    page.get_by_role("link", name="Continuer").click()
    fill_contact(page)
    page.get_by_role("button", name="Commander, payer au retrait").last.click()
    expect(page.get_by_text("Votre commande est réservée.")).to_be_visible()
    return page.locator("h1 .code").inner_text()


def fill_contact(page: Page) -> None:
    page.get_by_label("Prénom").fill("Chloé")
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.get_by_label("E-mail").fill("chloe.durand@example.org")
    page.get_by_label("Téléphone mobile").fill("06 39 98 12 34")


def assert_no_complaints(page: Page, act: Callable[[], Any]) -> None:
    """Nothing is refused by the content policy, nothing fails in a script, while `act` runs."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    act()
    assert [each for each in complaints if not each.startswith(("log:", "info:"))] == []


def test_a_phone_goes_from_the_first_page_to_the_code_without_loading_again(
    store: Store, open_page: Callable[..., Page]
) -> None:
    page = open_page(360)

    def follow() -> None:
        number = order_teapot(page, store)
        expect(page.locator(".ticket-code")).to_have_count(0)
        assert "placed" not in page.url
        store.make_ready(number)
        expect(page.locator(".ticket-code")).to_have_text(CODE, timeout=POLL_MS)

    assert_no_complaints(page, follow)
    shown = page.locator(".ticket-code").inner_text()
    page.get_by_role("link", name="Afficher le code en grand").click()
    expect(page.locator(".ticket-code")).to_have_text(shown)
    picture = page.get_by_role("img").bounding_box()
    assert picture is not None
    assert picture["width"] > 300


def test_what_was_typed_stays_when_an_article_is_wanted_another_way(
    store: Store, open_page: Callable[..., Page]
) -> None:
    page = open_page(360)
    for article in ("TENT", "BOOK"):
        page.goto(f"{store.url}/fr/articles/{article}?store=lyon")
        page.locator(".article-words .bar button").click()
        page.wait_for_url("**/basket**")
    page.goto(f"{store.url}/fr/checkout/ways")
    fill_contact(page)
    with page.expect_navigation():
        page.locator("select[name='way:BOOK']").select_option("paris")
    expect(page.get_by_role("heading", name="retirer à Paris Bastille")).to_be_visible()
    expect(page.get_by_label("Prénom")).to_have_value("Chloé")
    expect(page.get_by_label("E-mail")).to_have_value("chloe.durand@example.org")
    page.goto(f"{store.url}/fr/")
    page.goto(f"{store.url}/fr/checkout/ways")
    expect(page.get_by_label("Prénom")).to_have_value("")


def test_the_way_to_the_code_needs_no_scripts(store: Store, open_page: Callable[..., Page]) -> None:
    page = open_page(768, java_script_enabled=False)
    page.goto(f"{store.url}/fr/articles/THEIERE")
    page.get_by_label("vert").check(force=True)
    page.get_by_role("button", name="Voir celui-ci").click()
    expect(page).to_have_url(f"{store.url}/fr/articles/THEIERE?sku=THEIERE-VERT")
    expect(page.get_by_label("vert")).to_be_checked()
    number = order_teapot(page, store)
    store.make_ready(number)
    page.reload()
    expect(page.locator(".ticket-code")).to_have_text(CODE)


def test_the_keyboard_alone_reaches_the_code(store: Store, open_page: Callable[..., Page]) -> None:
    page = open_page(1280)

    def reach(name: str) -> None:
        for _ in range(TABS_MAX):
            page.keyboard.press("Tab")
            said = page.evaluate(
                "(({labels, innerText, ariaLabel}) => labels?.[0]?.innerText ?? innerText"
                " ?? ariaLabel ?? '')(document.activeElement)"
            )
            if name in said:
                outline = page.evaluate(
                    "getComputedStyle(document.activeElement).outlineStyle"
                    " + getComputedStyle(document.activeElement, '::after').outlineStyle"
                )
                assert "solid" in outline, f"the focus on {said!r} is not seen"
                return
        pytest.fail(f"no Tab reaches {name!r}")

    page.goto(f"{store.url}/fr/")
    reach("Chercher")
    page.keyboard.type("théière")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    reach("Théière Alba")
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    reach("Code postal ou ville")
    page.keyboard.type("lyon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Retirer à Lyon Croix-Rousse")).to_be_visible()
    reach("Retirer ici")  # the first store of the list
    page.keyboard.press("Enter")
    page.wait_for_url("**/basket")
    reach("Continuer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout")
    for label, typed in (
        ("Prénom", "Chloé"),
        ("Nom", "Durand"),
        ("E-mail", "chloe.durand@example.org"),
    ):
        reach(label)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/**")
    store.make_ready(page.locator("h1 .code").inner_text())
    page.reload()
    reach("Afficher le code en grand")
    page.keyboard.press("Enter")
    expect(page.locator(".ticket-code")).to_have_text(CODE)


def test_an_option_changes_price_picture_and_stores_and_keeps_the_focus(
    store: Store, open_page: Callable[..., Page]
) -> None:
    page = open_page(1280)
    page.goto(f"{store.url}/en/articles/POT?sku=POT-12")
    expect(page.locator(".price-big")).to_have_text("€7.90")
    page.get_by_label("12 cm").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".price-big")).to_have_text("€12.90")
    expect(page).to_have_url(f"{store.url}/en/articles/POT?sku=POT-18")
    expect(page.get_by_label("18 cm")).to_be_focused()
    expect(page.get_by_role("img", name="Potager clay pot, 18 cm")).to_be_visible()


def test_the_position_is_used_when_the_button_is_pressed(
    store: Store, open_page: Callable[..., Page]
) -> None:
    there = {"latitude": 48.8532, "longitude": 2.3692}
    page = open_page(360, geolocation=there, permissions=["geolocation"])
    page.goto(f"{store.url}/en/articles/MUG")
    page.get_by_role("button", name="Around me").click()
    expect(page.get_by_role("button", name="Collect from Paris Bastille")).to_be_visible()
    expect(page.locator(".dial")).to_be_visible()


def test_the_last_unit_is_lost_with_a_way_out(store: Store, open_page: Callable[..., Page]) -> None:
    page = open_page(360)
    page.goto(f"{store.url}/fr/articles/CANARD")
    page.get_by_role("button", name="Retirer ici : Lyon Croix-Rousse").click()
    page.get_by_role("link", name="Continuer").click()
    fill_contact(page)
    empty = (
        "UPDATE stock_level SET safety_stock = on_hand"
        " WHERE sku = 'CANARD' AND location_id = %(at)s"
    )
    store.place.rows(empty, at=store.place.shop.lyon)
    page.get_by_role("button", name="Commander, payer au retrait").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Quelqu’un a été plus rapide")
    page.get_by_role("button", name="Tout retirer à Paris Bastille").click()
    expect(page.get_by_label("E-mail")).to_have_value("chloe.durand@example.org")
    page.get_by_role("button", name="Commander, payer au retrait").last.click()
    expect(page.locator(".ticket-rows")).to_contain_text("Paris Bastille")


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_on_any_page_and_nothing_is_cut(
    store: Store,
    open_page: Callable[..., Page],
    axe: Callable[[Page], Any],
    screenshot: Callable[[Page, str], None],
    view: tuple[str, int],
) -> None:
    language, width = view
    page = open_page(width)

    def look(name: str) -> None:
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        screenshot(page, f"shop-{language}-{width}-{name}")

    order_teapot(page, store)
    order = page.url.replace("/fr/", f"/{language}/")
    for path in BROWSING:
        page.goto(f"{store.url}/{language}/{path}")
        look(re.sub(r"\W+", "-", path) or "home")
    for button, leads_to in (
        (".article-words .bar button", "basket"),
        (".bar-end .button", "checkout"),
        ("#checkout .bar button", "checkout-refused"),
    ):
        page.locator(button).click()
        page.wait_for_load_state("networkidle")  # nothing is looked at that is about to go
        look(leads_to)
    page.goto(order)
    store.make_ready(page.locator("h1 .code").inner_text())
    for path in ("", "/code", "/cancel", "/extend", "/collector"):
        page.goto(order + path)
        look("order" + path.replace("/", "-"))


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_where_somebody_asks_to_be_told_of_an_article(
    store: Store,
    open_page: Callable[..., Page],
    axe: Callable[[Page], Any],
    screenshot: Callable[[Page, str], None],
    view: tuple[str, int],
) -> None:
    language, width = view
    page = open_page(width)
    missing = store.place.rows(
        "WITH gone AS (UPDATE stock_level SET quarantined = on_hand WHERE sku = 'TENT-2P'"
        " RETURNING sku) SELECT DISTINCT sku FROM gone"
    )
    assert missing == [{"sku": "TENT-2P"}]

    def look(name: str) -> None:
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        screenshot(page, f"shop-{language}-{width}-{name}")

    page.goto(f"{store.url}/{language}/articles/TENT?store=lyon")
    look("wish")
    button = page.locator("form[action$='/wishes'] button")
    with page.expect_navigation():
        button.click()
    look("wish-refused")
    page.locator("#field-reach").fill("chloe@example.org")
    with page.expect_navigation():
        button.click()
    look("wished")
    with page.expect_navigation():
        page.locator("main form button").click()
    look("wish-over")


def test_everything_can_be_read_at_four_times_the_size(
    store: Store, open_page: Callable[..., Page]
) -> None:
    page = open_page(320, height=256)  # 1280 × 1024 at 400 %
    for path in [*BROWSING, "basket", "place"]:
        page.goto(f"{store.url}/fr/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path


@pytest.mark.parametrize("path", ["", "articles/THEIERE"])
def test_the_first_view_is_light_stands_still_and_asks_nobody_else(
    store: Store, open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(360)
    sizes: dict[str, int] = {}

    def weigh(request: Any) -> None:
        sent = request.sizes()
        sizes[request.url] = sent["responseBodySize"] + sent["responseHeadersSize"]

    page.on("requestfinished", weigh)
    page.goto(f"{store.url}/fr/{path}", wait_until="networkidle")
    page.wait_for_timeout(300)
    shifts = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
        ".map(entry => entry.value))).observe({type: 'layout-shift', buffered: true})"
        " || setTimeout(() => done([]), 500))"
    )
    assert [url for url in sizes if not url.startswith((store.url, "data:"))] == []
    assert sum(shifts) < 0.01
    light = {url: size for url, size in sizes.items() if "/pictures/" not in url}
    assert sum(light.values()) <= FIRST_VIEW_BYTES_MAX, light
