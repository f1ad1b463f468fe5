"""A basket goes between its customer and whoever advises them; the customer finishes it.

The appointment that the journey begins with is not built.
"""

import re
import secrets
from urllib.parse import urlsplit

import httpx

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.conftest import as_key
from tests.support.firm import Place, hire
from tests.support.pages import open_browser, open_tablet, words
from tests.support.trade import Trade
from tests.support.vendors import Vendors

CARD = "4242 4242 4242 4242"
NOTE = "Comme convenu en rayon"
CART_CODE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b")


def test_j6_an_advisers_basket_goes_by_text_message_to_its_customer_who_finishes_and_pays(
    trade: Trade, vendors: Vendors
) -> None:
    place, sku = trade.place_of_work, trade.list_article(units=3)
    with place.inside(), transaction() as session:
        ines = hire(session, "Inès Conseil", StaffRole.ASSOCIATE, place.shop.lyon)
    lyon = Place("lyon", "Lyon Croix-Rousse", place.shop.lyon, *ines)
    tablet = open_tablet(trade, lyon)
    begun = tablet.fill(f"/fr/tablet/where?said={sku}", "/fr/tablet/baskets").headers["Location"]
    phone = f"06 39 98 {secrets.randbelow(100):02} {secrets.randbelow(100):02}"
    reached = f"+33{phone.replace(' ', '')[1:]}"
    here = {f"way:{sku}": "here", "note": NOTE}
    nobody = tablet.fill(begun, begun, do="send", reach="", **here)
    assert (nobody.status_code, vendors.received(reached)) == (422, [])
    sent = tablet.fill(begun, begun, do="send", reach=phone, **here)
    assert "Le client termine et paie sur son téléphone." in words(sent.text)

    told = vendors.wait_for(reached, "panier")["text"]
    link = re.search(r"http://shop\.test(/\S+)", told)
    assert link is not None, told
    browser = open_browser(trade)
    assert NOTE in browser.read(link[1])
    assert browser.fill(link[1], link[1]).status_code == 303
    email = f"{secrets.token_hex(6)}@example.org"
    who = {"first_name": "Chloé", "last_name": "Durand", "email": email, "phone": phone}
    away = browser.fill("/fr/checkout", "/fr/checkout", **who, payment="card")
    assert away.status_code == 303, words(away.text)
    paid = httpx.post(away.headers["Location"], data={"number": CARD}, trust_env=False)
    back = urlsplit(paid.headers["Location"])
    assert browser.open(f"{back.path}?{back.query}").status_code == 200
    vendors.wait_for(email, "bien reçue")

    (order,) = place.rows(
        "SELECT o.channel, o.seller_id FROM sales_order o JOIN contact k ON k.id = o.contact_id"
        " WHERE k.email = %(email)s",
        email=email,
    )
    assert order == {"channel": "web", "seller_id": lyon.staff_id}
    assert "Ce panier est commandé" in tablet.read(begun)
    assert place.broken() == []


def test_s10_a_basket_begun_on_the_web_and_amended_by_an_agent_is_finished_from_a_text_message(
    trade: Trade, vendors: Vendors
) -> None:
    place, agent = trade.place_of_work, trade.place_of_work.shop.agent
    mine, advised = trade.list_article(units=9), trade.list_article(units=9)
    with place.inside(), transaction() as session:
        person = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
        office = stores.services.issue_key(
            session, name="Ada", scopes=[], staff_id=person, actor=SYSTEM
        )[1]
    deal = {"brand": "aubepin", "code": f"s10-{mine.lower()}", "names": {"fr": "Offre"}}
    deal |= {"kind": "percent", "amount": 1000, "on_what": "sku", "on_code": mine}
    assert trade.post("/promotions", deal, key=office).status_code == 201

    begun = open_browser(trade)
    for _ in range(2):
        added = begun.send("/fr/basket/add", on="/fr/place", sku=mine, store="lyon")
        assert added.status_code == 303
    assert "18,00" in begun.read("/fr/basket")
    shown = begun.open(begun.send("/fr/basket/elsewhere", on="/fr/basket").headers["Location"])
    code = CART_CODE.search(words(shown.text))
    assert code is not None, words(shown.text)

    taken = trade.post("/carts/resume", {"code": code[0]}, key=agent).json()
    assert taken["items"] == [{"sku": mine, "quantity": 2}]
    more = {"items": [{"sku": advised, "quantity": 1}], "note": NOTE}
    changed = trade.http.patch(
        f"/api/v1/carts/{taken['token']}",
        json=more,
        headers={**as_key(agent), "If-Match": str(taken["version"])},
    )
    assert changed.status_code == 200, changed.text
    phone = f"063998{secrets.randbelow(10_000):04}"
    handed = trade.post(f"/carts/{taken['token']}/send", {"phone": phone}, key=agent)
    assert handed.status_code == 200, handed.text

    told = vendors.wait_for(f"+33{phone[1:]}", "panier")["text"]
    link = re.search(r"http://shop\.test(/\S+)", told)
    assert link is not None
    finished = open_browser(trade)
    assert NOTE in finished.read(link[1])
    assert finished.fill(link[1], link[1]).status_code == 303
    assert "28,00" in finished.read("/fr/basket")
    email = f"{secrets.token_hex(6)}@example.org"
    who = {"first_name": "Chloé", "last_name": "Durand", "email": email, "phone": phone}
    placed = finished.fill("/fr/checkout", "/fr/checkout", **who)
    assert placed.status_code == 303, words(placed.text)
    assert "28,00" in vendors.wait_for(email, "bien reçue")["text"]
    lines = place.rows(
        "SELECT l.sku, l.quantity FROM order_line l"
        " JOIN sales_order o ON o.id = l.order_id JOIN contact k ON k.id = o.contact_id"
        " WHERE k.email = %(email)s",
        email=email,
    )
    assert {(each["sku"], each["quantity"]) for each in lines} == {(mine, 2), (advised, 1)}
    assert mine not in begun.read("/fr/basket")
    assert place.broken() == []
