"""What the back office sees."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tools.screens.camera import become, follow, picture, shoot
from tools.screens.running import Shop


def look_around(page: Page, shop: Shop, language: str, number: str) -> None:
    """Look at every desk of the back office."""
    become(page, shop, language, "admin")
    office = f"/{language}/office"
    for name, path in (
        ("orders", "orders"),
        ("order", f"orders/{number}"),
        ("cases", "cases"),
        ("queue", "queue"),
        ("start", "start?q=durand"),
        ("answers", "answers"),
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
        ("connectors", "connectors"),
    ):
        shoot(page, shop, f"{office}/{path}", f"office-{name}-{language}")
    _customers(page, shop, language)
    page.goto(f"{shop.address}{office}/cases")
    follow(page, "main table a[href*='/cases/']", f"office-case-{language}")
    page.goto(f"{shop.address}{office}/queue")
    follow(page, "main .queue a[href*='/conversations/']", f"office-conversation-{language}")
    (rejected,) = shop.list_parcels("rejected")
    path = f"{office}/orders/{rejected['order_number']}"
    shoot(page, shop, path, f"office-choice-{language}")
    number_open = shop.list_parcels("accepted")[0]["order_number"]
    shoot(page, shop, f"{office}/orders/{number_open}/amend", f"office-amend-{language}")
    shoot(page, shop, f"/{language}/demo/mailbox", f"mailbox-{language}")
    ready = re.compile(f"(prêt|ready).*{number}", re.IGNORECASE)
    letter = page.locator(".letter").filter(has_text=ready)
    if letter.count():
        letter.first.click()
        page.wait_for_load_state("networkidle")
        picture(page, f"mailbox-ready-{language}")


def _customers(page: Page, shop: Shop, language: str) -> None:
    """Find a customer, look at them beside another one, and join nobody."""
    found = f"/{language}/office/customers?q=durand"
    shoot(page, shop, found, f"office-customers-{language}")
    follow(page, "main table a", f"office-customer-{language}")
    file = page.url
    for name, path in (("consents", "consents"), ("forget", "forget"), ("identity", "identity")):
        shoot(page, shop, f"{urlsplit(file).path}/{path}", f"office-{name}-{language}")
    shoot(page, shop, f"/{language}/office/customers/pairs", f"office-pairs-{language}")
    page.goto(f"{file}/merge?q=martin")
    follow(page, "main table a", f"office-merge-{language}")


def look_at_sourcing(page: Page, shop: Shop, language: str, number: str) -> None:
    """Look at a zone's prices, at the rules that hold, what they would change, and one decision."""
    become(page, shop, language, "admin")
    office = f"/{language}/office"
    page.goto(f"{shop.address}{office}/delivery")
    follow(page, "main table a[href*='/zones/']", f"office-delivery-zone-{language}")
    page.goto(f"{shop.address}{office}/sourcing")
    follow(page, "main a[href*='/rules?of=']", f"office-sourcing-rules-{language}")
    page.locator("button[name=act][value=try]").click()
    page.wait_for_load_state("networkidle")
    picture(page, f"office-sourcing-tried-{language}")
    for name, path in (("order-to-pay", ""), ("sourcing-order", "/sourcing")):
        shoot(page, shop, f"{office}/orders/{number}{path}", f"office-{name}-{language}")


def go_several_ways(desk: Page, language: str) -> None:
    """Have a second article brought home while the first is collected; then collect both."""
    desk.locator(".desk-found button").first.click()
    desk.wait_for_load_state("networkidle")
    _choose(desk, "Alt+7")
    with desk.expect_navigation():
        desk.locator(".desk-way").last.select_option("door")
    address = {"line1": "27 montée des Canuts", "postcode": "69001", "city": "Lyon"}
    for name, value in {**address, "who": "06 39 98 12 04"}.items():
        desk.locator(f"#field-{name}").fill(value)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    picture(desk, f"office-desk-ways-{language}")
    _choose(desk, "Alt+5")


def _choose(desk: Page, keys: str) -> None:
    """Choose a way by keyboard: the desk looks again."""
    with desk.expect_navigation():
        desk.keyboard.press(keys)
