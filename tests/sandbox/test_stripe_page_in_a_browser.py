"""The checkout page in Chromium: its policy lets the form lead back to the shop, and no script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from stripe import StripeClient

from tools.browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: the checkout page was not tried in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="fr-FR", viewport={"width": 320, "height": 640})
        yield page
        browser.close()


def test_a_shopper_pays_with_the_keyboard_after_a_refusal_and_a_bank(
    stripe: StripeClient, receiver: Any, page: Page
) -> None:
    item: Any = {"currency": "eur", "unit_amount": 12900, "product_data": {"name": "Tente 2P"}}
    session = stripe.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": item}],
            "success_url": f"{receiver.url}/merci?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{receiver.url}/panier",
        }
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(str(session.url))
    expect(page).to_have_title("Payer votre commande")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_label("Numéro de carte").fill("4000 0000 0000 0002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "Votre carte a été refusée. Essayez une autre carte."
    )
    page.get_by_label("Numéro de carte").fill("4000 0025 0000 3155")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Accepter").click()
    page.wait_for_url(f"{receiver.url}/merci?session={session.id}")
    assert width == 320
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert stripe.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_shopper_may_go_back(stripe: StripeClient, receiver: Any, page: Page) -> None:
    item: Any = {"currency": "eur", "unit_amount": 12900, "product_data": {"name": "Tente 2P"}}
    session = stripe.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": item}],
            "success_url": f"{receiver.url}/merci",
            "cancel_url": f"{receiver.url}/panier",
            "locale": "fr",
        }
    )
    page.goto(str(session.url))
    page.get_by_role("link", name="Annuler et revenir").click()
    page.wait_for_url(f"{receiver.url}/panier")
    assert stripe.v1.checkout.sessions.retrieve(session.id).status == "open"
