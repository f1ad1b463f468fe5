"""Every page there is, with something on it, in Chromium: usable by everybody, at any width.

Pages are found as people find them, by following links from where each of them begins; pages that
only letters lead to are named by what the demonstration has under way. A page nobody comes to, by
a link or a letter, is complained of.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

import conversations.services
import orders.services
from app.demo.retailer import PIN
from app.embedded import Cluster
from conversations.commands import Intent, OpenThread, Said
from customers.commands import TouchChannel
from customers.queries import code_of
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import (
    cart_token,
    choice_token,
    order_token,
    pay_token,
    preferences_token,
    score_token,
    thread_token,
    wish_token,
)
from orders.commands import WishStock
from tests.browser.conftest import AXE
from tests.support.demonstration import demonstration, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
HOME = "lyon-croix-rousse"
MANAGER = "Nadia Lefèvre"
VIEWS = (
    ("shop", "fr", 360),
    ("shop", "en", 1280),
    ("tablet", "fr", 768),
    ("tablet", "en", 360),
    ("office", "fr", 360),
    ("office", "en", 1280),
)
"""Every page in both languages, at the widths that are hardest for it."""
SAME_MAX = 1
"""So many pages of one kind are looked at that are found by links; those with a state are named."""
NOT_PAGES = {
    "demo.letter": "an e-mail as it was sent",
    "office.price_table": "a file for spreadsheets",
    "office.promotion_table": "a file for spreadsheets",
    "shop.order_calendar": "a file for calendars",
    "shop.conversation_state": "the part of a conversation that moves",
    "shop.chat_panel": "the conversation beside another page",
    "shop.chat_state": "the number beside the link to the chat",
    "shop.order_state": "the part of an order's page that moves",
    "tablet.board_news": "the part of the board that moves",
    "tablet.conversation_news": "the part of a conversation that moves",
    "office.conversation_news": "the part of a conversation that moves",
    "office.answer_table": "a file for spreadsheets",
    "tablet.customer_news": "the part of a customer's file that moves",
    "office.begin": "goes on to the orders",
    "office.customer_news": "the part of a customer's file that moves",
    "paying.paid": "goes on to the order that was paid",
    "paying.unpaid": "goes back to the order",
}
AREAS = {"shop": {"shop", "demo", "paying"}, "tablet": {"tablet"}, "office": {"office"}}
DOORS = {"shop": ("account/sign-in",), "tablet": ("tablet/enrol",), "office": ("office/sign-in",)}
BEGINNINGS = {
    "shop": (
        "",
        "demo",
        "demo/mailbox",
        "search?q=zzzz",
        "articles/THEIERE",
        f"collect-here?sku=THEIERE-BLEU&store={HOME}",
        "checkout/delivery?postcode=69004",
        "checkout/ways?postcode=69004",
        "account",
        "help?q=horaires",
        "help?q=zzzz",
    ),
    "tablet": (
        "tablet/",
        "tablet/sign-in",
        "tablet/shipped",
        "tablet/where?said=THEIERE-BLEU",
        "tablet/answers?said=zzzz",
    ),
    "office": (
        "office/",
        "office/orders",
        "office/orders?q=Personne",
        "office/customers?q=durand",
        "office/customers?q=Personne",
        "office/cases?view=closed",
        "office/queue?view=ended",
        "office/start?q=durand",
        f"office/to-do?store={HOME}",
        f"office/counts?store={HOME}",
        f"office/transfers?store={HOME}",
        f"office/arrivals?store={HOME}",
        f"office/kept-back/new?scope=store&store={HOME}&amount=10&unit=units",
        f"office/stores/{HOME}/hours?as=syntax",
        f"office/settings/store/{HOME}/choice_fallback",
        "office/settings?scope=group&code=rhone-alpes",
        "office/openings/new",
        "office/delivery?skus=THEIERE-BLEU&postcode=33000",
        "office/orders/0000000",
    ),
}
STATES = text(
    "SELECT DISTINCT ON (f.status, f.method) f.id, f.order_id, o.number, f.status"
    " FROM fulfillment f JOIN sales_order o ON o.id = f.order_id"
    " JOIN location l ON l.id = f.location_id WHERE l.code = :home"
    " ORDER BY f.status, f.method, f.id"
)
GIVEN = frozenset({"handed_over", "delivered"})
"""States after which somebody is asked how it was."""
KINDS = {
    "office/cases": "SELECT DISTINCT ON (kind) id FROM case_file ORDER BY kind, id",
    "office/conversations": "SELECT DISTINCT ON (status) id FROM thread ORDER BY status, id",
    "office/counts": "SELECT DISTINCT ON (status) id FROM stock_count ORDER BY status, id",
    "office/transfers": "SELECT DISTINCT ON (status) id FROM transfer ORDER BY status, id",
}
"""Where something of several kinds or states is shown: one of each."""
OTHER_PEOPLE = "SELECT id FROM customer WHERE merged_into IS NULL ORDER BY id LIMIT 2"
SHOPPER = "chloe.durand@example.org"
CODE_PAGES = ("code", "points", "password")
"""Pages on which the code of a letter is typed: to sign in, to add a number, to set a password."""
Open = Callable[..., Page]
STAND_STILL = """document.addEventListener("htmx:beforeRequest", asked => {
  const path = asked.detail.requestConfig.path
  if (/\\/(state|board|news|feeds\\/[^/]+|demo\\/mailbox)(\\?|$)/.test(path)) asked.preventDefault()
})"""
"""Parts of pages ask for news every few seconds: not while they are looked at.

A route of Playwright's would keep the browser from remembering any file from page to page.
"""


@dataclass(frozen=True)
class Busy:
    """A demonstration in full swing: its address, its map, and what only letters lead to."""

    url: str
    app: Flask
    named: dict[str, list[str]]
    kept: dict[str, Any]

    def endpoint_of(self, address: str) -> str | None:
        """Return which page an address of ours is; None for other sites and what is no page."""
        parts = urlsplit(address)
        try:
            endpoint, _values = self.app.url_map.bind("").match(parts.path, method="GET")
        except (HTTPException, RequestRedirect):
            return None
        return str(endpoint)

    def pages_of(self, area: str) -> set[str]:
        """Return every page of an area, as the route map names them."""
        return {
            rule.endpoint
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and "language" in rule.arguments
            and rule.endpoint.partition(".")[0] in AREAS[area]
        } - set(NOT_PAGES)


@pytest.fixture(scope="module")
def busy(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Busy]:
    home = tmp_path_factory.mktemp("busy")
    with demonstration(cluster, home, busy=True, DEMO="1") as app, served(app) as url:
        kept = {area: _enter(chromium, url, area) for area in AREAS}
        yield Busy(url, app, _named(), kept)


def _enter(chromium: Browser, url: str, area: str) -> Any:
    """Return the cookies of whom the pages of an area are for: who may see all of them."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/en/demo")
    if area == "shop":
        page.goto(f"{url}/en/articles/THEIERE?store={HOME}")
        page.locator(".article-words .bar button").click()
        page.wait_for_url("**/basket**")
        page.get_by_role("button", name="Show its code").click()
        page.wait_for_url("**/basket/elsewhere")
        _sign_in(page, url)
    else:
        page.locator(f".doors button[value={'admin' if area == 'office' else 'associate'}]").click()
        page.wait_for_url(re.compile(f"/en/{area}"))
    if area == "tablet":
        page.goto(f"{url}/en/tablet/sign-in")
        page.get_by_role("link", name=MANAGER).click()
        page.locator("#field-pin").fill(PIN)
        page.keyboard.press("Enter")
        page.wait_for_url("**/en/tablet/")
    state = context.storage_state()
    context.close()
    return state


def _sign_in(page: Page, url: str) -> None:
    """Open an account by the code of a letter, and keep an address in it."""
    page.goto(f"{url}/en/account/sign-in")
    page.locator("#field-email").fill(SHOPPER)
    page.locator("#field-email").press("Enter")
    page.wait_for_url("**/account/code/**")
    page.locator("#field-code").fill(code_of(UUID(urlsplit(page.url).path.rpartition("/")[2])))
    page.locator("#field-code").press("Enter")
    page.wait_for_url("**/account/details**")
    page.goto(f"{url}/en/account/addresses")
    for name, said in (("line1", "3 rue des Fleurs"), ("postcode", "69004"), ("city", "Lyon")):
        page.locator(f"#field-{name}").fill(said)
    page.locator("#field-city").press("Enter")
    page.locator(".account-address").wait_for()
    page.goto(f"{url}/en/account/details")
    page.locator("#field-reach").fill("06 39 98 12 34")
    page.locator("#field-reach").press("Enter")
    page.wait_for_url("**/account/points/**")
    page.goto(f"{url}/en/account/password")
    page.locator(".narrow-page form button").click()
    page.wait_for_url("**/account/password/**")


def _order(number: str) -> str:
    return f"office/orders/{number}"


def _named() -> dict[str, list[str]]:
    """Return the pages of every state an order is in, and of what else letters lead to."""
    with transaction() as session:

        def column(sql: str) -> list[Any]:
            return list(session.execute(text(sql)).scalars())

        states = session.execute(STATES, {"home": HOME}).all()
        (scarce,) = column("SELECT sku FROM stock_level GROUP BY 1 ORDER BY sum(on_hand) LIMIT 1")
        wish = orders.services.wish_stock(
            session, WishStock(scarce, None, "chloe.durand@example.org", None, "fr")
        )
        asked = column("SELECT fulfillment_id FROM substitution")
        begun = column(
            "SELECT o.id FROM sales_order o JOIN location l ON l.id = o.placed_at_id"  # noqa: S608
            f" WHERE o.channel = 'store' AND l.code = '{HOME}' ORDER BY o.id DESC LIMIT 4"
        )
        special = column(
            "SELECT order_id FROM proxy UNION SELECT f.order_id FROM fulfillment f"
            " JOIN arrival a ON a.fulfillment_id = f.id"
            " UNION SELECT f.order_id FROM fulfillment f"
            " JOIN substitution s ON s.fulfillment_id = f.id"
        )
        carts = [
            cart_token(each) for each in column("SELECT id FROM cart WHERE staff_id IS NOT NULL")
        ]
        known = column(
            "SELECT c.customer_id FROM contact c JOIN sales_order o ON o.contact_id = c.id"  # noqa: S608
            " JOIN fulfillment f ON f.order_id = o.id JOIN location l ON l.id = f.location_id"
            f" WHERE l.code = '{HOME}' ORDER BY o.id DESC LIMIT 1"
        )
        talks = column(
            "SELECT DISTINCT ON (t.status) t.id FROM thread t JOIN location l"  # noqa: S608
            f" ON l.id = t.location_id WHERE l.code = '{HOME}' ORDER BY t.status, t.id"
        )
        links = column("SELECT id FROM pay_link")
        choices = column("SELECT id FROM choice")
        asked_codes = column("SELECT id FROM challenge ORDER BY asked_at DESC LIMIT 1")
        one, other = column(OTHER_PEOPLE)
        kinds = [f"{path}/{each}" for path, sql in KINDS.items() for each in column(sql)]
        sent = column(
            "SELECT o.number FROM sourcing_decision d JOIN sales_order o ON o.id = d.order_id"
            " ORDER BY d.id LIMIT 1"
        )
    decided = [path for each in sent for path in (_order(each), f"{_order(each)}/sourcing")]
    ready = next(row for row in states if row.status == "ready")
    link = f"orders/{order_token(ready.order_id)}"
    return {
        "shop": [
            *(f"orders/{order_token(each)}" for each in {*special, *(r.order_id for r in states)}),
            *(f"{link}/{way}" for way in ("code", "cancel", "extend", "collector", "others")),
            f"{link}/help?q=venir+avant+lundi",
            *(f"scores/{score_token(row.id)}?score=2" for row in states if row.status in GIVEN),
            *(f"choices/{choice_token(each)}" for each in choices),
            f"wishes/{wish_token(wish)}",
            f"preferences/{preferences_token(one)}",
            "basket/elsewhere",
            "chat?new=yes",  # without it one goes on with the conversation one has
            *(f"baskets/{each}" for each in carts),
            *(f"pay/{pay_token(each)}" for each in links),
            f"conversations/{thread_token(_talk(ready.order_id))}",
            *(f"account/{way}/{each}" for each in asked_codes for way in CODE_PAGES),
        ],
        "tablet": [
            *(f"tablet/parcels/{each}" for each in {*asked, *(row.id for row in states)}),
            *(f"tablet/orders/{each}" for each in begun),
            *(f"tablet/customers/{each}" for each in known),
            *(f"tablet/baskets/{each}" for each in carts),
            *(f"tablet/conversations/{each}" for each in talks),
        ],
        "office": [
            f"office/customers/{one}/merge?with={other}",
            "office/customers/pairs",  # linked where there are any
            *kinds,
            *decided,
            *(f"office/desk/{each}" for each in carts),
            *(f"office/orders/{row.number}" for row in states),
        ],
    }


def _talk(order_id: UUID) -> UUID:
    """Return a conversation about an order, answered once and waiting again."""
    said = [Said(each, TouchChannel.CHAT) for each in ("Ouvert dimanche ?", "Non.", "Merci")]
    with transaction() as session:
        command = OpenThread(said[0], Intent.PICKUP, "fr", writer="Chloé", order_id=order_id)
        thread_id = conversations.services.open_thread(session, command, actor=SYSTEM)
        conversations.services.reply(session, thread_id, said[1], actor=SYSTEM)
        conversations.services.receive(session, thread_id, said[2], actor=SYSTEM)
    return thread_id


@dataclass
class Walk:
    """Somebody who follows links: which pages they came to, and what was wrong with them."""

    busy: Busy
    area: str
    language: str
    page: Page
    wanted: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    complaints: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have pages stand still while they are looked at, with axe there from the start."""
        self.page.emulate_media(reduced_motion="reduce")  # colours on their way are no colours yet
        self.page.add_init_script(path=AXE)
        self.page.add_init_script(STAND_STILL)

    def wants(self, link: str) -> bool:
        """Tell whether a link leads to a page of this area that is worth another look."""
        endpoint = self.busy.endpoint_of(link) or ""
        mine = link.startswith(f"/{self.language}/") and endpoint in self.busy.pages_of(self.area)
        self.wanted[endpoint] += mine
        return mine and self.wanted[endpoint] <= SAME_MAX

    def look(self, path: str, axe: Any) -> list[str]:
        """Hold one page to what everybody can use; return where it leads."""
        answer = self.page.goto(f"{self.busy.url}{path}", wait_until="load")
        self.seen.add(self.busy.endpoint_of(self.page.url) or path)
        self.page.evaluate(UNFOLD)
        wrong = {
            "status": answer is None or answer.status not in {200, 404},
            "axe": axe(self.page),
            "wide": self.page.evaluate("document.documentElement.scrollWidth > innerWidth"),
            "cut": self.page.evaluate(CUT_TABLES),
            "firsts": self.page.evaluate(TWO_FIRST_BUTTONS),
        }
        if any(wrong.values()):
            self.complaints.append((path, {what: said for what, said in wrong.items() if said}))
        links: list[str] = self.page.evaluate(LINKS)
        return links


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_is_usable_by_everybody(
    view: tuple[str, str, int], busy: Busy, open_page: Open, axe: Any
) -> None:
    area, language, width = view
    stranger = Walk(busy, area, language, open_page(width))
    for door in DOORS[area]:
        stranger.look(f"/{language}/{door}", axe)
    walk = Walk(busy, area, language, open_page(width, storage_state=busy.kept[area]))
    found = deque(f"/{language}/{path}" for path in (*BEGINNINGS[area], *busy.named[area]))
    known = set(found)
    while found:
        links = {each for each in walk.look(found.popleft(), axe) if each not in known}
        following = [each for each in sorted(links) if walk.wants(each)]
        known.update(following)
        found.extend(following)
    assert [*stranger.complaints, *walk.complaints] == []
    assert busy.pages_of(area) - stranger.seen - walk.seen == set()


UNFOLD = "document.querySelectorAll('main details').forEach(each => { each.open = true })"
LINKS = "[...document.links].filter(l => l.origin === origin).map(l => l.pathname + l.search)"
CUT_TABLES = """[...document.querySelectorAll(".table")]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.querySelector("caption").textContent)"""
TWO_FIRST_BUTTONS = """[...document.querySelectorAll("main form")]
  .filter(one => one.querySelectorAll(".button-primary").length > 1)
  .map(one => one.outerHTML.slice(0, 200))"""
