"""Fills docs/screens: every main page and state, on phone, tablet and desk, in both languages.

Starts the demonstration on a free port in a folder of its own, walks one order from the shop to the
counter, and takes a picture at each step. `make screenshots` calls it.
"""

import contextlib
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

SCREENS = Path(__file__).resolve().parents[1] / "docs" / "screens"
COMPTOIR = Path(sys.executable).with_name("comptoir")
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
SIZES = {"phone": (360, 760), "tablet": (1024, 768), "desk": (1280, 860)}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
CUSTOMER = {
    "first_name": "Chloé",
    "last_name": "Durand",
    "email": "chloe.durand@example.org",
    "phone": "06 39 98 12 04",
}
BUYER = {
    "last_name": "Durand",
    "reach": "chloe.durand@example.org",
    "line1": "12 rue des Lilas",
    "city": "Lyon",
}
NUMBER = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}\b")
LINK = re.compile(r"/(?:fr|en)/((?:orders|choices|baskets|pay)/[^\s/?]+)")
DIGITS = re.compile(r"\b\d{3} \d{3}\b")
ADDRESS = {"line1": "12 rue des Tables-Claudiennes", "postcode": "69001", "city": "Lyon"}
STORE = "lyon-croix-rousse"
LETTERS = {
    "question": ("chloe.durand", "un autre article à la place"),
    "choice": ("karim.benali", "que préférez-vous"),
    "partly": ("elodie.martin", "une partie est à"),
    "delivery": ("lina.costa", "votre colis est parti"),
    "outside": ("yasmine.haddad", "C’est prêt"),
    "sent": ("margot.lambert", "C’est prêt"),
    "refused": ("thomas.nguyen", "retirée"),
    "shared": ("jeanne.roche", "panier"),
    "pay": ("oscar.meunier", "à payer"),
}
"""Whose letter, and what its subject says, leads to each page of the customer's side."""
STOP_S, PATIENCE_S = 60, 20
COLOURS = 128
TALL, GAP, PAPER = 760, 32, "#EEF3F1"
_taken: set[Path] = set()
"""The pictures of this run: what else lies in the folder shows nothing any more."""


class Shop:
    """The demonstration while it runs: its address, and its API for what no picture is taken of."""

    def __init__(self, address: str, home: Path) -> None:
        self.address = address
        self._home = home
        self._read: set[str] = set()
        self.keys = json.loads((home / "demo-keys.json").read_text())

    def parcel_of(self, number: str) -> dict[str, Any]:
        """Return the parcel of an order."""
        answer = httpx.get(
            f"{self.address}/api/v1/orders", params={"number": number}, headers=self._as("agent")
        )
        parcel: dict[str, Any] = answer.raise_for_status().json()["fulfillments"][0]
        return parcel

    def act(self, parcel_id: str, verb: str, body: dict[str, Any] | None = None) -> None:
        """Have the associate do something with a parcel."""
        httpx.post(
            f"{self.address}/api/v1/fulfillments/{parcel_id}/{verb}",
            json=body or {},
            headers={**self._as("associate"), "Idempotency-Key": str(uuid4())},
        ).raise_for_status()

    def list_parcels(self, status: str, *, method: str = "pickup") -> list[dict[str, Any]]:
        """Return the parcels of the first store in this state, soonest promise first."""
        found = self._get("fulfillments", store=STORE, status=status)["fulfillments"]
        return [each for each in found if each["method"] == method]

    def find_walk(self) -> str:
        """Return the id of a walk that is under way."""
        found: str = self._get(f"stores/{STORE}/waves")["waves"][0]["id"]
        return found

    def find_link(self, reader: str, subject: str, language: str) -> str:
        """Return where somebody's newest letter with such a subject leads, in a language."""
        url = json.loads((self._home / "sandbox.json").read_text())["mailbox"]
        for each in reversed(httpx.get(f"{url}/messages").raise_for_status().json()["messages"]):
            if reader in each["to"][0] and subject in (each.get("subject") or ""):
                found = LINK.search(each["text"])
                assert found is not None, each["text"]
                return f"/{language}/{found[1]}"
        raise LookupError(subject)

    def read_code(self, reader: str) -> str:
        """Return the six digits of somebody's newest letter, which is on its way for a moment."""
        url = json.loads((self._home / "sandbox.json").read_text())["mailbox"]
        for _ in range(PATIENCE_S * 4):
            for each in reversed(
                httpx.get(f"{url}/messages").raise_for_status().json()["messages"]
            ):
                found = DIGITS.search(each["text"])
                if reader in each["to"][0] and found and each["text"] not in self._read:
                    self._read.add(each["text"])
                    return found[0]
            time.sleep(0.25)
        raise LookupError(reader)

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = httpx.get(
            f"{self.address}/api/v1/{path}", params=query, headers=self._as("associate")
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}


def main() -> None:
    """Take every picture, then the wide one of the README."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        _running(Path(home) / "var") as shop,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for language in ("fr", "en"):
            _walk(browser, shop, language)
        browser.close()
    _wide_picture()
    for orphan in set(SCREENS.glob("*.png")) - _taken:
        orphan.unlink()  # no step shows it any more


@contextlib.contextmanager
def _running(home: Path) -> Iterator[Shop]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [COMPTOIR, "run", "--port", str(port), "--home", home]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if f":{port}/" in line:
                break
        try:
            yield Shop(f"http://localhost:{port}", home)
        finally:
            running.terminate()
            running.wait(STOP_S)


def _walk(browser: Browser, shop: Shop, language: str) -> None:
    """Take one order from the shop to the counter, and look at every desk on its way."""
    number, order_page = _buy(_page(browser, "phone", language), shop, language)
    tablet, parcel = _page(browser, "tablet", language), shop.parcel_of(number)
    _become(tablet, shop, language, "associate")
    _shoot(tablet, shop, f"/{language}/tablet/", f"tablet-board-{language}")
    _change(_page(browser, "phone", language), order_page.url.partition("?")[0], language)
    amend = f"/{language}/tablet/parcels/{parcel['id']}/amend"
    _shoot(tablet, shop, amend, f"tablet-amend-{language}")
    shop.act(parcel["id"], "accept")
    _shoot(tablet, shop, f"/{language}/tablet/parcels/{parcel['id']}", f"tablet-pick-{language}")
    shop.act(
        parcel["id"],
        "pick",
        {"items": [{"sku": line["sku"], "quantity": line["quantity"]} for line in parcel["lines"]]},
    )
    shop.act(parcel["id"], "ready", {"bin": "B-04"})
    code = _code(order_page, language)
    _hand_over(tablet, shop, language, code)
    for name, path in (
        ("where", "where?said=THEIERE-BLEU"),
        ("day-sheet", "print/day-sheet"),
        ("shelf", "shelf"),
        ("send", "shelf/transfers/new"),
    ):
        _shoot(tablet, shop, f"/{language}/tablet/{path}", f"tablet-{name}-{language}")
    brought = _walk_the_shelf(tablet, shop, language)
    _take_ways_out(tablet, shop, language)
    _answer(_page(browser, "phone", language), shop, language)
    _carry(browser, shop, language)
    _account(_page(browser, "phone", language), shop, language)
    _desk(_page(browser, "desk", language), shop, language, number)
    _source(_page(browser, "desk", language), shop, language, brought)


def _change(page: Page, order: str, language: str) -> None:
    """See what it would come to with somebody else collecting, and leave it at that."""
    page.goto(f"{order}/amend")
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    for name, value in (("first_name", "Paul"), ("last_name", "Petit")):
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form .button-primary").click()
    page.locator("#sum-title").scroll_into_view_if_needed()
    _picture(page, f"shop-amend-{language}")


def _carry(browser: Browser, shop: Shop, language: str) -> None:
    """Take one basket from a phone to the store's tablet and to the desk of a call."""
    phone = _page(browser, "phone", language)
    phone.goto(f"{shop.address}/{language}/articles/THEIERE?store={STORE}")
    phone.locator(".article-words .bar button").click()
    phone.wait_for_url("**/basket**")
    phone.locator("form[action$='/basket/elsewhere'] button").click()
    phone.locator(".ticket-code").wait_for()
    _picture(phone, f"shop-elsewhere-{language}")
    code = phone.locator(".ticket-code").inner_text()
    _shoot(phone, shop, f"/{language}/baskets", f"shop-resume-{language}")
    tablet = _page(browser, "tablet", language)
    _become(tablet, shop, language, "associate")
    tablet.goto(f"{shop.address}/{language}/tablet/baskets")
    tablet.locator("#field-said").fill(code)
    tablet.keyboard.press("Enter")
    tablet.wait_for_load_state("networkidle")
    _picture(tablet, f"tablet-basket-{language}")
    desk = _page(browser, "desk", language)
    _become(desk, shop, language, "agent")
    _shoot(desk, shop, f"/{language}/office/desk", f"office-desk-begin-{language}")
    desk.locator("#field-code").fill(code)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    for name, value in {"q": "vase", "where": "Lyon", "who": "06 39 98 12 04"}.items():
        desk.locator(f"#field-{name}").fill(value)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    _picture(desk, f"office-desk-{language}")
    desk.locator(".desk-known").first.click()
    desk.wait_for_load_state("networkidle")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_load_state("networkidle")
    _picture(desk, f"office-desk-placed-{language}")


def _walk_the_shelf(page: Page, shop: Shop, language: str) -> str:
    """Have one brought, open what there is to do, scan into a delivery, count one article.

    Returns the number of the order that is brought, which waits for its money.
    """
    page.goto(f"{shop.address}/{language}/tablet/where?said=THEIERE-BLEU")
    page.locator("#instead").evaluate("title => title.scrollIntoView()")
    _picture(page, f"tablet-instead-{language}")
    door = f"/{language}/tablet/door?sku=THEIERE-BLEU&postcode=69001"
    _shoot(page, shop, door, f"tablet-door-{language}")
    for name, value in BUYER.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator(".thumb button").click()
    page.wait_for_load_state("networkidle")
    _picture(page, f"tablet-door-due-{language}")
    brought = page.locator(".parcel-number").inner_text()
    shelf = f"{shop.address}/{language}/tablet/shelf"
    for name, part in (("arrival", "arrivals"), ("transfer", "transfers/")):
        page.goto(shelf)
        page.locator(f"a.match[href*='{part}']").first.click()
        page.wait_for_load_state("networkidle")
        _picture(page, f"tablet-{name}-{language}")
    page.goto(shelf)
    for _ in range(3):
        page.locator("#field-said").fill("THEIERE-BLEU")
        page.locator("#field-said").press("Enter")
        page.wait_for_load_state("networkidle")
    _picture(page, f"tablet-count-{language}")
    page.locator("button[value=finish]").click()
    page.wait_for_load_state("networkidle")
    _picture(page, f"tablet-counted-{language}")
    return brought


def _take_ways_out(page: Page, shop: Shop, language: str) -> None:
    """Look at every way a parcel can leave the straight one, from the associate's side."""
    taken = shop.list_parcels("accepted")[0]
    to_pack, packed = (
        shop.list_parcels(status, method="delivery")[0]["id"] for status in ("picking", "packed")
    )
    for name, path in (
        ("walk", f"waves/{shop.find_walk()}"),
        ("put-backs", "put-backs"),
        ("substitute", f"parcels/{taken['id']}/substitute?sku={taken['lines'][0]['sku']}"),
        ("reject", f"parcels/{taken['id']}/reject"),
        ("fetch", f"parcels/{taken['id']}/fetch"),
        ("pack", f"parcels/{to_pack}/pack"),
        ("packed", f"parcels/{packed}"),
        ("deliveries", "shipped"),
        ("cases", "cases"),
    ):
        _shoot(page, shop, f"/{language}/tablet/{path}", f"tablet-{name}-{language}")
    page.goto(f"{shop.address}/{language}/tablet/parcels/{packed}")
    _follow(page, "a[href*='print/package']", f"tablet-label-{language}")
    ready = shop.list_parcels("ready")[0]
    page.goto(f"{shop.address}/{language}/tablet/parcels/{ready['id']}")
    page.locator(".thumb-form button").first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    page.locator("details.part").first.scroll_into_view_if_needed()
    _picture(page, f"tablet-part-{language}")


def _answer(page: Page, shop: Shop, language: str) -> None:
    """Look at the same ways out from the customer's side."""
    for name, (reader, subject) in LETTERS.items():
        _shoot(page, shop, shop.find_link(reader, subject, language), f"shop-{name}-{language}")
    others = f"{shop.find_link(*LETTERS['sent'], language)}/others"
    _shoot(page, shop, others, f"shop-others-{language}")


def _account(page: Page, shop: Shop, language: str) -> None:
    """Sign in by the code of a letter, and look at everything the account knows."""
    account = f"{shop.address}/{language}/account"
    _shoot(page, shop, f"/{language}/account/sign-in", f"shop-sign-in-{language}")
    page.locator("#field-email").fill(CUSTOMER["email"])
    page.locator("#field-email").press("Enter")
    page.wait_for_url(re.compile("/account/code/"))
    _picture(page, f"shop-code-{language}")
    page.locator("#field-code").fill(shop.read_code(CUSTOMER["email"]))
    page.locator("#field-code").press("Enter")
    page.wait_for_url(re.compile("/account"))
    page.goto(f"{account}/addresses")
    if not page.locator(".account-address").count():
        for name, value in ADDRESS.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("[name=city]").press("Enter")
    for name, path in (("account", ""), ("details", "/details"), ("addresses", "/addresses")):
        _shoot(page, shop, f"/{language}/account{path}", f"shop-{name}-{language}")
    page.goto(f"{account}/password")
    page.locator(".narrow-page form button").click()
    page.wait_for_url(re.compile("/account/password/"))
    _picture(page, f"shop-password-{language}")


def _customers(page: Page, shop: Shop, language: str) -> None:
    """Find a customer, look at them beside another one, and join nobody."""
    found = f"/{language}/office/customers?q=durand"
    _shoot(page, shop, found, f"office-customers-{language}")
    _follow(page, "main table a", f"office-customer-{language}")
    page.goto(f"{page.url}/merge?q=martin")
    _follow(page, "main table a", f"office-merge-{language}")


def _follow(page: Page, link: str, name: str) -> None:
    page.locator(link).first.click()
    page.wait_for_load_state("networkidle")
    _picture(page, name)


def _buy(page: Page, shop: Shop, language: str) -> tuple[str, Page]:
    for name, path in (
        ("start", "demo"),
        ("home", ""),
        ("search", "search?q=teiere"),
        ("reduced", "articles/PARAPLUIE"),
    ):
        _shoot(page, shop, f"/{language}/{path}", f"shop-{name}-{language}")
    for name, path in (("stores", "stores"), ("store", "stores/villeurbanne")):
        _shoot(page, shop, f"/{language}/{path}", f"shop-{name}-{language}")
    page.goto(f"{shop.address}/{language}/articles/THEIERE")
    where = page.get_by_label(re.compile("Code postal|Postcode")).first
    where.fill("Lyon")
    where.press("Enter")
    page.wait_for_load_state("networkidle")
    _picture(page, f"shop-article-{language}")
    page.get_by_role("button", name=re.compile("Lyon Croix-Rousse")).first.click()
    page.wait_for_load_state("networkidle")
    _shoot(page, shop, f"/{language}/basket", f"shop-basket-{language}")
    page.locator("#field-door").fill("69004")
    page.locator("#field-door").press("Enter")
    page.wait_for_load_state("networkidle")
    page.locator(".ways").scroll_into_view_if_needed()
    page.locator("#where-title").evaluate("title => title.scrollIntoView()")
    _picture(page, f"shop-ways-{language}")
    door = f"/{language}/checkout/delivery?postcode=33000"
    _shoot(page, shop, door, f"shop-checkout-delivery-{language}")
    _shoot(page, shop, f"/{language}/stores/lyon-croix-rousse", f"shop-store-{language}")
    _choose_ways(page, shop, language)
    page.goto(f"{shop.address}/{language}/checkout?payment=reserve")
    page.locator("input[value=reserve]").scroll_into_view_if_needed()
    _picture(page, f"shop-reserve-{language}")
    page.goto(f"{shop.address}/{language}/checkout")
    for name, value in CUSTOMER.items():
        page.locator(f"[name={name}]").fill(value)
    _picture(page, f"shop-checkout-{language}")
    page.locator("#checkout .bar button").click()
    page.wait_for_url(re.compile("/orders/"))
    page.wait_for_load_state("networkidle")
    _picture(page, f"shop-placed-{language}")
    found = NUMBER.search(page.locator(".ticket").first.inner_text())
    assert found is not None
    return found[0], page


def _choose_ways(page: Page, shop: Shop, language: str) -> None:
    """Have a second article brought while the first is collected; leave the basket as it was."""
    page.goto(f"{shop.address}/{language}/articles/PARAPLUIE")
    page.get_by_role("button", name=re.compile("Lyon Croix-Rousse")).first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{shop.address}/{language}/checkout/ways?postcode=69004")
    page.locator("#ways select").last.select_option("door")
    page.wait_for_url(re.compile("#parts"))
    page.goto(f"{shop.address}/{language}/checkout/ways?postcode=69004")
    page.wait_for_load_state("networkidle")
    path = SCREENS / f"shop-ways-{language}.png"
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    page.goto(f"{shop.address}/{language}/basket")
    page.locator("[name='take'][value^='0:PARAPLUIE']").click()
    page.wait_for_load_state("networkidle")


def _code(page: Page, language: str) -> str:
    page.locator(".ticket-code").wait_for(timeout=PATIENCE_S * 1_000)
    _picture(page, f"shop-ready-{language}")
    code: str = page.locator(".ticket-code").inner_text()
    return code


def _hand_over(page: Page, shop: Shop, language: str, code: str) -> None:
    place = f"/{language}/tablet/hand-over"
    _shoot(page, shop, place, f"tablet-counter-{language}")
    for name in ("due", "again"):
        page.goto(f"{shop.address}{place}")
        page.locator("#field-said").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        _picture(page, f"tablet-{name}-{language}")
        ticket = page.locator(".verdict-form #field-ticket")
        if ticket.count():
            ticket.fill("T-1042")
            page.locator(".verdict-form button[type=submit]").first.click()
            page.wait_for_load_state("networkidle")
            _picture(page, f"tablet-handed-over-{language}")


def _desk(page: Page, shop: Shop, language: str, number: str) -> None:
    _become(page, shop, language, "admin")
    office = f"/{language}/office"
    for name, path in (
        ("orders", "orders"),
        ("order", f"orders/{number}"),
        ("cases", "cases"),
        ("delivery", "delivery?skus=THEIERE-BLEU&postcode=33000"),
        ("delivery-way", "delivery/aubepin/standard"),
        ("stock", "stock/THEIERE-BLEU"),
        ("ledger", "stock/THEIERE-BLEU/lyon-croix-rousse"),
        ("counts", "counts?store=lyon-croix-rousse"),
        ("transfers", "transfers?store=lyon-croix-rousse"),
        ("arrivals", "arrivals?store=lyon-croix-rousse"),
        ("feeds", "feeds"),
        ("kept-back", "kept-back"),
        (
            "kept-back-preview",
            "kept-back/new?scope=store&store=lyon-croix-rousse&amount=10&unit=units",
        ),
        ("to-do", "to-do?store=lyon-croix-rousse"),
        ("prices", "prices"),
        ("price", "prices/aubepin/VASE-BLEU"),
        ("promotions", "promotions"),
        ("promotion", "promotions/new"),
        ("prices-import", "prices/import"),
        ("stores", "stores"),
        ("store", "stores/lyon-croix-rousse"),
        ("store-hours", "stores/lyon-croix-rousse/hours"),
        ("store-ways", "stores/lyon-croix-rousse/ways"),
        ("store-slots", "stores/lyon-croix-rousse/slots"),
        ("store-settings", "stores/lyon-croix-rousse/settings"),
        ("store-people", "stores/lyon-croix-rousse/people"),
        ("store-tills", "stores/lyon-croix-rousse/tills"),
        ("store-opening", "stores/grenoble/opening"),
        ("setting", "settings/store/lyon-croix-rousse/orders_per_hour"),
        ("setting-choice", "settings/store/lyon-croix-rousse/choice_fallback"),
        ("reasons", "reasons"),
        ("reason", "reasons/reject/no_time"),
        ("sourcing", "sourcing"),
        ("group", "groups/rhone-alpes"),
        ("people", "people"),
        ("messages", "messages"),
    ):
        _shoot(page, shop, f"{office}/{path}", f"office-{name}-{language}")
    _customers(page, shop, language)
    page.goto(f"{shop.address}{office}/cases")
    _follow(page, "main table a[href*='/cases/']", f"office-case-{language}")
    (rejected,) = shop.list_parcels("rejected")
    path = f"{office}/orders/{rejected['order_number']}"
    _shoot(page, shop, path, f"office-choice-{language}")
    number_open = shop.list_parcels("accepted")[0]["order_number"]
    _shoot(page, shop, f"{office}/orders/{number_open}/amend", f"office-amend-{language}")
    _shoot(page, shop, f"/{language}/demo/mailbox", f"mailbox-{language}")
    ready = re.compile(f"(prêt|ready).*{number}", re.IGNORECASE)
    letter = page.locator(".letter").filter(has_text=ready)
    if letter.count():
        letter.first.click()
        page.wait_for_load_state("networkidle")
        _picture(page, f"mailbox-ready-{language}")


def _source(page: Page, shop: Shop, language: str, number: str) -> None:
    """Look at a zone's prices, at the rules that hold, what they would change, and one decision."""
    _become(page, shop, language, "admin")
    office = f"/{language}/office"
    page.goto(f"{shop.address}{office}/delivery")
    _follow(page, "main table a[href*='/zones/']", f"office-delivery-zone-{language}")
    page.goto(f"{shop.address}{office}/sourcing")
    _follow(page, "main a[href*='/rules?of=']", f"office-sourcing-rules-{language}")
    page.locator("button[name=act][value=try]").click()
    page.wait_for_load_state("networkidle")
    _picture(page, f"office-sourcing-tried-{language}")
    for name, path in (("order-to-pay", ""), ("sourcing-order", "/sourcing")):
        _shoot(page, shop, f"{office}/orders/{number}{path}", f"office-{name}-{language}")


def _become(page: Page, shop: Shop, language: str, role: str) -> None:
    page.goto(f"{shop.address}/{language}/demo")
    page.locator(f"button.door-in[value={role}]").click()
    page.wait_for_load_state("networkidle")


def _page(browser: Browser, size: str, language: str) -> Page:
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height}, locale=LOCALES[language]
    ).new_page()


def _shoot(page: Page, shop: Shop, path: str, name: str) -> None:
    response = page.goto(f"{shop.address}{path}")
    assert response is not None
    assert response.ok, f"{path}: {response.status}"
    page.wait_for_load_state("networkidle")
    _picture(page, name)


def _picture(page: Page, name: str) -> None:
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path)
    _taken.add(path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{name}\n")


def _wide_picture() -> None:
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
    _taken.add(path)


if __name__ == "__main__":
    main()
