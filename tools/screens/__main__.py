"""Fills docs/screens: every main page and state, on phone, tablet and desk, in both languages.

Starts the demonstration on a free port, in a folder of its own for each language, walks one order
from the shop to the counter, and takes a picture at each step. `make screenshots` calls it.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.browser import ARGUMENTS, CHROMIUM
from tools.screens import elsewhere, office, shopper, store
from tools.screens.camera import SCREENS, become, lay_side_by_side, open_page, picture, shoot, taken
from tools.screens.running import STORE, Shop, running


def main() -> None:
    """Take every picture, then the wide one of the README."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for language in ("fr", "en"):  # each with shelves nobody has taken anything from
            with running(Path(home) / language) as shop:
                _walk(browser, shop, language)
        browser.close()
    lay_side_by_side()
    for orphan in set(SCREENS.glob("*.png")) - taken:
        orphan.unlink()  # no step shows it any more


def _walk(browser: Browser, shop: Shop, language: str) -> None:
    """Take one order from the shop to the counter, and look at every desk on its way."""
    number, order_page = shopper.buy(open_page(browser, "phone", language), shop, language)
    tablet, parcel = open_page(browser, "tablet", language), shop.parcel_of(number)
    become(tablet, shop, language, "associate")
    shoot(tablet, shop, f"/{language}/tablet/", f"tablet-board-{language}")
    shopper.change(
        open_page(browser, "phone", language), order_page.url.partition("?")[0], language
    )
    amend = f"/{language}/tablet/parcels/{parcel['id']}/amend"
    shoot(tablet, shop, amend, f"tablet-amend-{language}")
    shop.act(parcel["id"], "accept")
    shoot(tablet, shop, f"/{language}/tablet/parcels/{parcel['id']}", f"tablet-pick-{language}")
    shop.act(
        parcel["id"],
        "pick",
        {"items": [{"sku": line["sku"], "quantity": line["quantity"]} for line in parcel["lines"]]},
    )
    shop.act(parcel["id"], "ready", {"bin": "B-04"})
    code = shopper.wait_for_code(order_page, language)
    store.hand_over(tablet, shop, language, code)
    for name, path in (
        ("where", "where?said=THEIERE-BLEU"),
        ("day-sheet", "print/day-sheet"),
        ("shelf", "shelf"),
        ("send", "shelf/transfers/new"),
    ):
        shoot(tablet, shop, f"/{language}/tablet/{path}", f"tablet-{name}-{language}")
    brought = store.walk_the_shelf(tablet, shop, language)
    store.take_ways_out(tablet, shop, language)
    shopper.answer(open_page(browser, "phone", language), shop, language)
    _carry(browser, shop, language)
    elsewhere.choose_from_elsewhere(open_page(browser, "phone", language), shop, language)
    shopper.chat(open_page(browser, "phone", language), shop, language)
    shopper.sign_in(open_page(browser, "phone", language), shop, language)
    office.look_around(open_page(browser, "desk", language), shop, language, number)
    office.look_at_sourcing(open_page(browser, "desk", language), shop, language, brought)


def _carry(browser: Browser, shop: Shop, language: str) -> None:
    """Take one basket from a phone to the store's tablet and to the desk of a call."""
    phone = open_page(browser, "phone", language)
    phone.goto(f"{shop.address}/{language}/articles/THEIERE?store={STORE}")
    phone.locator(".article-words .bar button").click()
    phone.wait_for_url("**/basket**")
    phone.locator("form[action$='/basket/elsewhere'] button").click()
    phone.locator(".ticket-code").wait_for()
    picture(phone, f"shop-elsewhere-{language}")
    code = phone.locator(".ticket-code").inner_text()
    shoot(phone, shop, f"/{language}/baskets", f"shop-resume-{language}")
    tablet = open_page(browser, "tablet", language)
    become(tablet, shop, language, "associate")
    tablet.goto(f"{shop.address}/{language}/tablet/baskets")
    tablet.locator("#field-said").fill(code)
    tablet.keyboard.press("Enter")
    tablet.wait_for_load_state("networkidle")
    picture(tablet, f"tablet-basket-{language}")
    desk = open_page(browser, "desk", language)
    become(desk, shop, language, "agent")
    shoot(desk, shop, f"/{language}/office/desk", f"office-desk-begin-{language}")
    desk.locator("#field-code").fill(code)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    for name, value in {"q": "vase", "where": "Lyon", "who": "06 39 98 12 04"}.items():
        desk.locator(f"#field-{name}").fill(value)
    desk.keyboard.press("Enter")
    desk.wait_for_load_state("networkidle")
    picture(desk, f"office-desk-{language}")
    office.go_several_ways(desk, language)
    desk.locator(".desk-known").first.click()
    desk.wait_for_load_state("networkidle")
    with desk.expect_navigation():
        desk.keyboard.press("Control+Enter")
    desk.wait_for_load_state("networkidle")
    picture(desk, f"office-desk-placed-{language}")


if __name__ == "__main__":
    main()
