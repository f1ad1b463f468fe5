"""What associates see on the tablet."""

from playwright.sync_api import Page

from tools.screens.camera import follow, picture, shoot
from tools.screens.running import Shop

BUYER = {"last_name": "Durand", "reach": "chloe.durand@example.org"}
DOOR = {"line1": "12 rue des Lilas", "city": "Lyon", "postcode": "69001"}


def walk_the_shelf(page: Page, shop: Shop, language: str) -> str:
    """Have one brought, open what there is to do, scan into a delivery, count one article.

    Returns the number of the order that is brought, which waits for its money.
    """
    page.goto(f"{shop.address}/{language}/tablet/where?said=THEIERE-BLEU")
    page.locator("#instead").evaluate("title => title.scrollIntoView()")
    picture(page, f"tablet-instead-{language}")
    page.locator("form[action$='/tablet/baskets'] button").click()
    page.wait_for_load_state("networkidle")
    for name, value in BUYER.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("button[value='more:THEIERE-BLEU']").click()
    page.wait_for_load_state("networkidle")
    page.locator(".aisle-way summary").click()
    page.locator(".aisle-way input[value$=door]").first.check()
    page.wait_for_load_state("networkidle")
    for name, value in DOOR.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("#field-postcode").blur()
    page.wait_for_load_state("networkidle")
    page.locator(".aisle-way summary").click()
    picture(page, f"tablet-door-{language}")
    page.locator("button[value=place]").click()
    page.wait_for_url("**/tablet/orders/**")
    picture(page, f"tablet-door-due-{language}")
    brought = page.locator(".parcel-number").inner_text()
    shelf = f"{shop.address}/{language}/tablet/shelf"
    for name, part in (("arrival", "arrivals"), ("transfer", "transfers/")):
        page.goto(shelf)
        page.locator(f"a.match[href*='{part}']").first.click()
        page.wait_for_load_state("networkidle")
        picture(page, f"tablet-{name}-{language}")
    page.goto(shelf)
    for _ in range(3):
        page.locator("#field-said").fill("THEIERE-BLEU")
        page.locator("#field-said").press("Enter")
        page.wait_for_load_state("networkidle")
    picture(page, f"tablet-count-{language}")
    page.locator("button[value=finish]").click()
    page.wait_for_load_state("networkidle")
    picture(page, f"tablet-counted-{language}")
    return brought


def take_ways_out(page: Page, shop: Shop, language: str) -> None:
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
        shoot(page, shop, f"/{language}/tablet/{path}", f"tablet-{name}-{language}")
    page.goto(f"{shop.address}/{language}/tablet/parcels/{packed}")
    follow(page, "a[href*='print/package']", f"tablet-label-{language}")
    ready = shop.list_parcels("ready")[0]
    page.goto(f"{shop.address}/{language}/tablet/parcels/{ready['id']}")
    page.locator(".thumb-form button").first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    page.locator("details.part").first.scroll_into_view_if_needed()
    picture(page, f"tablet-part-{language}")


def hand_over(page: Page, shop: Shop, language: str, code: str) -> None:
    """Hand a parcel over by its code, and see what a second time says."""
    place = f"/{language}/tablet/hand-over"
    shoot(page, shop, place, f"tablet-counter-{language}")
    for name in ("due", "again"):
        page.goto(f"{shop.address}{place}")
        page.locator("#field-said").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        picture(page, f"tablet-{name}-{language}")
        ticket = page.locator(".verdict-form #field-ticket")
        if ticket.count():
            ticket.fill("T-1042")
            page.locator(".verdict-form button[type=submit]").first.click()
            page.wait_for_load_state("networkidle")
            picture(page, f"tablet-handed-over-{language}")
