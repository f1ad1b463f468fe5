"""What customers see: buying, changing, answering letters, their account."""

import re

from PIL import Image
from playwright.sync_api import Page

from tools.screens.camera import COLOURS, SCREENS, picture, shoot
from tools.screens.running import PATIENCE_S, Shop

CUSTOMER = {
    "first_name": "Chloé",
    "last_name": "Durand",
    "email": "chloe.durand@example.org",
    "phone": "06 39 98 12 04",
}
NUMBER = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}\b")
ADDRESS = {"line1": "12 rue des Tables-Claudiennes", "postcode": "69001", "city": "Lyon"}
ASKED = {"fr": "Avez-vous le vase Goulot à Lyon ?", "en": "Do you have the Goulot vase in Lyon?"}
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


def buy(page: Page, shop: Shop, language: str) -> tuple[str, Page]:
    """Look around, choose a store and order; return the number and the page of the order."""
    for name, path in (
        ("start", "demo"),
        ("home", ""),
        ("search", "search?q=teiere"),
        ("reduced", "articles/PARAPLUIE"),
    ):
        shoot(page, shop, f"/{language}/{path}", f"shop-{name}-{language}")
    for name, path in (("stores", "stores"), ("store", "stores/villeurbanne")):
        shoot(page, shop, f"/{language}/{path}", f"shop-{name}-{language}")
    page.goto(f"{shop.address}/{language}/articles/THEIERE")
    where = page.get_by_label(re.compile("Code postal|Postcode")).first
    where.fill("Lyon")
    where.press("Enter")
    page.wait_for_load_state("networkidle")
    picture(page, f"shop-article-{language}")
    page.get_by_role("button", name=re.compile("Lyon Croix-Rousse")).first.click()
    page.wait_for_load_state("networkidle")
    shoot(page, shop, f"/{language}/basket", f"shop-basket-{language}")
    page.locator("#field-door").fill("69004")
    page.locator("#field-door").press("Enter")
    page.wait_for_load_state("networkidle")
    page.locator(".ways").scroll_into_view_if_needed()
    page.locator("#where-title").evaluate("title => title.scrollIntoView()")
    picture(page, f"shop-ways-{language}")
    door = f"/{language}/checkout/delivery?postcode=33000"
    shoot(page, shop, door, f"shop-checkout-delivery-{language}")
    shoot(page, shop, f"/{language}/stores/lyon-croix-rousse", f"shop-store-{language}")
    _choose_ways(page, shop, language)
    page.goto(f"{shop.address}/{language}/checkout?payment=reserve")
    page.locator("input[value=reserve]").scroll_into_view_if_needed()
    picture(page, f"shop-reserve-{language}")
    page.goto(f"{shop.address}/{language}/checkout")
    for name, value in CUSTOMER.items():
        page.locator(f"[name={name}]").fill(value)
    picture(page, f"shop-checkout-{language}")
    page.locator("#checkout .bar button").click()
    page.wait_for_url(re.compile("/orders/"))
    page.wait_for_load_state("networkidle")
    picture(page, f"shop-placed-{language}")
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
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    page.goto(f"{shop.address}/{language}/basket")
    page.locator("[name='take'][value^='0:PARAPLUIE']").click()
    page.wait_for_load_state("networkidle")


def change(page: Page, order: str, language: str) -> None:
    """See what it would come to with somebody else collecting, and leave it at that."""
    page.goto(f"{order}/amend")
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    for name, value in (("first_name", "Paul"), ("last_name", "Petit")):
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form .button-primary").click()
    page.locator("#sum-title").scroll_into_view_if_needed()
    picture(page, f"shop-amend-{language}")


def wait_for_code(page: Page, language: str) -> str:
    """Wait until the order is ready; return the code it is collected with."""
    page.locator(".ticket-code").wait_for(timeout=PATIENCE_S * 1_000)
    picture(page, f"shop-ready-{language}")
    code: str = page.locator(".ticket-code").inner_text()
    return code


def answer(page: Page, shop: Shop, language: str) -> None:
    """Look at the same ways out from the customer's side."""
    for name, (reader, subject) in LETTERS.items():
        shoot(page, shop, shop.find_link(reader, subject, language), f"shop-{name}-{language}")
    others = f"{shop.find_link(*LETTERS['sent'], language)}/others"
    shoot(page, shop, others, f"shop-others-{language}")


def chat(page: Page, shop: Shop, language: str) -> None:
    """Ask the assistant what a store has, with a person one tap away."""
    shoot(page, shop, f"/{language}/help", f"shop-help-{language}")
    shoot(page, shop, f"/{language}/chat", f"shop-chat-{language}")
    page.locator("#field-intent").select_option("availability")
    page.locator("#field-words").fill(ASKED[language])
    page.locator("main form .button-primary").click()
    page.wait_for_url("**/conversations/**")
    page.evaluate("scrollTo(0, 0)")
    picture(page, f"shop-conversation-{language}")


def sign_in(page: Page, shop: Shop, language: str) -> None:
    """Sign in by the code of a letter, and look at everything the account knows."""
    account = f"{shop.address}/{language}/account"
    shoot(page, shop, f"/{language}/account/sign-in", f"shop-sign-in-{language}")
    page.locator("#field-email").fill(CUSTOMER["email"])
    page.locator("#field-email").press("Enter")
    page.wait_for_url(re.compile("/account/code/"))
    picture(page, f"shop-code-{language}")
    page.locator("#field-code").fill(shop.read_code(CUSTOMER["email"]))
    page.locator("#field-code").press("Enter")
    page.wait_for_url(re.compile("/account"))
    page.goto(f"{account}/addresses")
    if not page.locator(".account-address").count():
        for name, value in ADDRESS.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("[name=city]").press("Enter")
    for name, path in (
        ("account", ""),
        ("details", "/details"),
        ("addresses", "/addresses"),
        ("preferences", "/preferences"),
        ("data", "/data"),
    ):
        shoot(page, shop, f"/{language}/account{path}", f"shop-{name}-{language}")
    page.goto(f"{account}/password")
    page.locator(".narrow-page form button").click()
    page.wait_for_url(re.compile("/account/password/"))
    picture(page, f"shop-password-{language}")
