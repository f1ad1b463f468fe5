"""What a customer goes through from the first look to the receipt: on the web, by link, at a till.

Nobody can book an adviser's time: what the adviser and the customer do together begins with the
basket.
"""

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from httpx import Response

from kernel.db import transaction
from stores.commands import StaffRole
from tests.flows.test_reservation import open_till
from tests.flows.test_web_order import code_in, read_picture
from tests.support.buyers import Shopper, new_shopper, number_in, placed_as, wait_for_money
from tests.support.firm import Place, hire
from tests.support.pages import Pages, open_tablet, sign_in, words
from tests.support.till import line
from tests.support.trade import Trade
from tests.support.travel import Clock
from tests.support.vendors import Vendors

TEN_EUROS = 1_000


@pytest.fixture
def buyer(trade: Trade, vendors: Vendors) -> Shopper:
    return new_shopper(trade, vendors)


@pytest.mark.matter("buy", "web")
@pytest.mark.matter("pay", "web")
@pytest.mark.matter("state", "web")
@pytest.mark.matter("collect", "store")
def test_j1_a_web_order_is_paid_picked_told_with_a_qr_handed_over_and_asked_about(
    trade: Trade, clock: Clock, buyer: Shopper
) -> None:
    tent, mug = trade.list_article(units=5), trade.list_article(units=5)
    clock.go_to("2029-05-14 09:30")
    for sku in (tent, mug):
        buyer.put_in(sku)
    buyer.pay(buyer.check_out(payment="card"))
    confirmed = buyer.told("bien reçue")
    order = placed_as(trade, number_in(confirmed["subject"]))
    assert "lundi 14 mai, 11 h 30" in words(confirmed["text"])  # two hours are needed
    assert "20,00" in confirmed["text"]
    wait_for_money(trade, order["id"], taken_minor=0)

    clock.go_to("2029-05-14 10:40")
    trade.prepare(order["parcel"], {tent: 1, mug: 1})
    ready = buyer.told("C’est prêt")
    wait_for_money(trade, order["id"], taken_minor=2 * TEN_EUROS)
    text_message = buyer.told(number_in(ready["subject"]), on=buyer.phone)
    assert code_in(text_message["text"]) == code_in(ready["text"])

    clock.go_to("2029-05-14 17:05")
    counter = {"store": "lyon", "qr": read_picture(ready)}
    staff = trade.place_of_work.shop.associate
    check = trade.post("/hand-overs/check", counter, key=staff).json()
    assert (check["due_minor"], check["quantities"]) == (0, {tent: 1, mug: 1})
    taken = trade.post("/hand-overs", counter, key=staff)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")
    receipt = buyer.told("retirée")
    assert "17 h 05" in words(receipt["text"])
    assert "20,00" in receipt["text"]
    asked = re.search(r"http://shop\.test(/fr/scores/\S+)", receipt["text"])
    assert asked is not None
    scored = buyer.pages.send(asked[1], score="5")
    assert "Merci" in buyer.pages.read(scored.headers["Location"])
    clock.settle()
    (said,) = trade.place_of_work.rows(
        "SELECT score, order_id FROM survey WHERE about_id = %(id)s", id=order["parcel"]
    )
    assert (said["score"], str(said["order_id"])) == (5, order["id"])
    assert len(buyer.vendors.received(buyer.email)) == 3
    assert len(buyer.vendors.received(buyer.phone)) == 1
    assert trade.level(tent) == {"on_hand": 4, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


@dataclass(frozen=True)
class Adviser:
    """Somebody of the store in Lyon with a tablet."""

    tablet: Pages
    staff_id: UUID

    def fill(self, *skus: str, note: str, phone: str) -> str:
        """Scan articles into a fresh basket and send its link; return where the basket is."""
        begun = self.tablet.send("/fr/tablet/baskets")
        assert begun.status_code == 303, begun.text
        page = begun.headers["Location"]
        for sku in skus:
            put = self.tablet.fill(page, page, sku=sku, note=note, do="change")
            assert put.status_code in {200, 303}, words(put.text)
        sent = self.tablet.fill(page, page, reach=phone, do="send")
        assert "Le client termine et paie sur son téléphone." in words(sent.text)
        return str(page)


def begin_advising(trade: Trade) -> Adviser:
    lyon = trade.place_of_work.shop.lyon
    with trade.place_of_work.inside(), transaction() as session:
        staff_id, key = hire(session, "Inès Faure", StaffRole.ASSOCIATE, lyon)
    return Adviser(open_tablet(trade, Place("lyon", "Lyon", lyon, staff_id, key)), staff_id)


@pytest.mark.matter("buy", "sms")
def test_j6_the_adviser_fills_a_basket_the_customer_goes_on_from_the_text_message_and_pays(
    trade: Trade, clock: Clock, buyer: Shopper
) -> None:
    tent, mug = trade.list_article(units=5), trade.list_article(units=5)
    clock.go_to("2029-05-14 18:00")
    adviser = begin_advising(trade)
    page = adviser.fill(tent, mug, note="La bleue va avec", phone=buyer.phone)
    link = re.search(r"/fr/baskets/\S+", buyer.told("/fr/baskets/", on=buyer.phone)["text"])
    assert link is not None

    clock.go_to("2029-05-15 20:30")  # at home, a day later
    shown = buyer.pages.read(link[0])
    assert "La bleue va avec" in shown
    assert "20,00 €" in shown
    assert buyer.pages.send(link[0]).status_code == 303
    more = buyer.pages.send("/fr/basket/change", on="/fr/basket", **{f"quantity:{mug}": 2})
    assert more.status_code == 303
    sign_in(adviser.tablet, adviser.staff_id)
    stale = adviser.tablet.send(page, do="change", **{f"quantity:{tent}": 3, "version": "1"})
    assert stale.status_code == 409  # the adviser is told, and overwrites nothing
    buyer.pay(buyer.check_out(payment="card"))

    confirmed = buyer.told("bien reçue")
    assert "30,00" in confirmed["text"]
    order = placed_as(trade, number_in(confirmed["subject"]))
    listed = trade.parcel(order["parcel"])["lines"]
    assert {each["sku"]: each["quantity"] for each in listed} == {tent: 1, mug: 2}
    assert "Ce panier est commandé" in adviser.tablet.read(page)
    assert "Ce panier est commandé" in buyer.pages.read(link[0])
    clock.settle()
    assert len(buyer.vendors.received(buyer.phone)) == 1
    assert trade.place_of_work.broken() == []


def test_j15_the_last_one_is_sold_at_the_till_while_it_lies_in_three_baskets(
    trade: Trade, vendors: Vendors, clock: Clock
) -> None:
    sku = trade.list_article(units=1)
    clock.go_to("2029-05-16 11:00")
    buyers = [new_shopper(trade, vendors) for _ in range(3)]
    for each in buyers:
        each.put_in(sku)
        assert "Lyon Croix-Rousse" in each.pages.read("/fr/checkout")
    forms = [each.pages.open("/fr/checkout").text for each in buyers]

    sold = open_till(trade, clock).ring_up(line(sku, 1, TEN_EUROS))
    assert sold.status_code == 201, sold.text

    before = trade.place_of_work.rows("SELECT max(id) FROM event")
    refused = []
    for each, form in zip(buyers, forms, strict=True):
        refused.append(each.check_out(form, payment="pickup"))
        assert refused[-1].status_code == 409
        for page in (words(refused[-1].text), each.pages.read("/fr/basket")):
            assert f"Il n’en reste plus à Lyon Croix-Rousse : {sku}" in page
            assert "Tout retirer à Paris Bastille, aujourd’hui à 13 h" in page
        assert 'value="Chloé"' in refused[-1].text
    assert trade.place_of_work.rows("SELECT max(id) FROM event") == before

    quick, slow, other = buyers
    assert elsewhere(quick, refused[0].text).status_code == 200
    assert elsewhere(slow, refused[1].text).status_code == 200
    form = slow.pages.open("/fr/checkout").text
    assert quick.check_out(payment="pickup").status_code == 303
    late = slow.check_out(form, payment="pickup")
    assert late.status_code == 409
    assert "Il n’en reste plus à Paris Bastille" in words(late.text)
    nowhere = other.pages.read("/fr/basket")
    assert "Il n’en reste plus à Lyon Croix-Rousse" in nowhere
    assert "Tout retirer" not in nowhere
    quick.told("bien reçue")
    levels = trade.place_of_work.rows(
        "SELECT on_hand, reserved FROM stock_level WHERE sku = %(sku)s ORDER BY on_hand", sku=sku
    )
    assert levels == [{"on_hand": 0, "reserved": 0}, {"on_hand": 1, "reserved": 1}]
    assert trade.place_of_work.broken() == []


def elsewhere(buyer: Shopper, page: str) -> Response:
    """Take up what the refusal offers: all of it at the other store."""
    assert 'name="store" value="paris"' in page
    return buyer.pages.submit("/fr/checkout", page, store="paris")
