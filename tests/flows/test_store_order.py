"""An adviser fills a basket in the store; the customer finishes and pays it on their phone.

The appointment that the journey begins with is not built.
"""

import re
import secrets
from urllib.parse import urlsplit

import httpx

from kernel.db import transaction
from stores.commands import StaffRole
from tests.support.firm import Place, hire
from tests.support.pages import open_browser, open_tablet, words
from tests.support.trade import Trade
from tests.support.vendors import Vendors

CARD = "4242 4242 4242 4242"
NOTE = "Comme convenu en rayon"


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
