"""The shelf is empty: an associate orders to the customer's door, and the parcel is followed."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from stdnum import ean

from tests.flows.test_transfers_and_deliveries import do
from tests.orders.doors import ADDRESS
from tests.support.firm import Firm, Place, open_firm
from tests.support.pages import Pages, open_tablet, page_in, sign_in, words
from tests.support.trade import Trade
from tests.support.travel import Clock, minute
from tests.support.vendors import Vendors


@dataclass(frozen=True)
class Scene:
    """A store with an empty shelf, the warehouse that has five, and the store's tablet."""

    firm: Firm
    shop: Place
    depot: Place
    tablet: Pages
    gtin: str
    sku: str
    email: str

    def order(self, trade: Trade) -> "Sent":
        """Scan, want two, order them to the door; return what is to be prepared."""
        begun = self.tablet.fill(
            f"/fr/tablet/where?said={self.gtin}", "/fr/tablet/baskets"
        ).headers["Location"]
        buyer = {"last_name": "Durand", "reach": self.email, **ADDRESS}
        self.tablet.fill(begun, begun, do=f"more:{self.sku}")
        placed = self.tablet.fill(begun, begun, do="place", **buyer)
        assert placed.status_code == 303, words(placed.text)
        order_id = urlsplit(placed.headers["Location"]).path.rpartition("/")[2]
        order = trade.get(f"/orders/{order_id}", key=self.firm.head_office())
        return Sent(self, trade, order_id, order["number"], order["fulfillments"][0]["id"])


@dataclass(frozen=True)
class Sent:
    """An order to a door, and the parcel the warehouse sends."""

    scene: Scene
    trade: Trade
    order_id: str
    number: str
    parcel: str

    @property
    def page(self) -> str:
        """Return where the tablet shows what is due."""
        return f"/fr/tablet/orders/{self.order_id}"

    def do(self, act: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Somebody of the warehouse does something with the parcel."""
        path = f"/fulfillments/{self.parcel}/{act}"
        return do(self.trade, path, body or {}, key=self.scene.depot.key)

    def look(self) -> dict[str, Any]:
        """Return the parcel as the warehouse sees it."""
        key = self.scene.depot.key
        return dict(self.trade.get(f"/fulfillments/{self.parcel}", key=key))

    def pack(self) -> dict[str, Any]:
        """The warehouse takes it on, picks and packs it; return the package."""
        items = [{"sku": self.scene.sku, "quantity": 2}]
        self.do("accept")
        self.do("pick", {"items": items})
        self.do("pack", {"packages": [{"items": items, "weight_g": 900}]})
        key = self.scene.depot.key
        (package,) = self.trade.get(f"/fulfillments/{self.parcel}/packages", key=key)["packages"]
        return dict(package)


@pytest.fixture
def scene(trade: Trade) -> Scene:
    firm = open_firm(trade, "Fougère")
    shop, depot = firm.open_shop(), firm.open_depot()
    firm.open_way()
    digits = f"20{secrets.randbelow(10**10):010}"
    gtin = f"{digits}{ean.calc_check_digit(digits)}"
    sku = firm.list_article({depot.id: 5}, gtin=f"0{gtin}")
    email = f"{secrets.token_hex(6)}@example.org"
    return Scene(firm, shop, depot, open_tablet(trade, shop), gtin, sku, email)


@pytest.mark.matter("delivery", "store")
def test_j3_what_the_shelf_lacks_is_brought_from_elsewhere_and_followed_to_the_door(
    trade: Trade, vendors: Vendors, clock: Clock, scene: Scene
) -> None:
    clock.go_to("2029-05-04 15:30")  # Friday; the Tuesday and the Thursday after are holidays
    sign_in(scene.tablet, scene.shop.staff_id)
    lacking = scene.tablet.read(f"/fr/tablet/where?said={scene.gtin}")
    assert "ivré entre vendredi 11 mai et samedi 12 mai · Livraison à domicile 4,90 €" in lacking
    assert "Paris Bastille" not in lacking  # another brand's
    sent = scene.order(trade)
    due = scene.tablet.read(sent.page)
    assert "À payer : 24,90 €" in due
    assert "Livré entre vendredi 11 mai et samedi 12 mai" in due
    clock.go_to("2029-05-04 15:40")
    with_nothing = scene.tablet.send(sent.page, ticket="")
    assert (with_nothing.status_code, sent.look()["status"]) == (422, "pending")
    assert scene.tablet.send(sent.page, ticket="T-31").status_code == 303

    told = vendors.wait_for(scene.email, f"{sent.number} bien reçue")["text"]
    assert "Entrepôt Fougère vous l’expédie" in told
    assert "entre vendredi 11 mai et samedi 12 mai" in told
    assert "24,90" in told
    new = sent.look()
    assert (new["status"], new["arrives_from"], new["arrives_by"]) == (
        "new",
        "2029-05-11",
        "2029-05-12",
    )
    # 90 of 120 minutes are left on Friday; whoever packs has a quarter of an hour to take it on.
    assert minute(new["promised_at"]) == "Mon 07 May 08:30"
    assert minute(new["accept_by"]) == "Fri 04 May 15:55"
    clock.go_to("2029-05-04 15:54")
    assert sent.look()["overdue"] is False
    clock.go_to("2029-05-04 15:56")
    assert sent.look()["overdue"] is True

    clock.go_to("2029-05-07 08:05")
    package = sent.pack()
    key = {"Authorization": f"Bearer {scene.depot.key}"}
    label = trade.http.get(f"/api/v1/packages/{package['id']}/label", headers=key).text
    for said in (sent.number, "Fougère, Entrepôt Fougère", *ADDRESS.values(), "0,90 kg"):
        assert said in label
    clock.go_to("2029-05-07 08:25")
    sent.do("ship")
    leaves = vendors.wait_for(scene.email, "votre colis est parti")["text"]
    assert package["tracking_number"] in leaves
    assert "Livré au plus tard samedi 12 mai" in leaves
    followed = trade.http.get(page_in(leaves), follow_redirects=True)
    assert package["tracking_number"] in words(followed.text)

    clock.go_to("2029-05-11 14:05")
    sent.do("delivered")
    arrived = vendors.wait_for(scene.email, "colis livré")["text"]
    assert "Livré : vendredi 11 mai, 14 h 05." in words(arrived)
    assert "24,90" in arrived
    seen = trade.get(f"/fulfillments/{sent.parcel}/packages", key=scene.depot.key)["packages"]
    assert [(minute(each["shipped_at"]), minute(each["delivered_at"])) for each in seen] == [
        ("Mon 07 May 08:25", "Fri 11 May 14:05")
    ]
    clock.settle()
    assert len(vendors.received(scene.email)) == 3
    assert trade.place_of_work.broken() == []


def test_nobody_is_there_and_goods_and_money_come_back(
    trade: Trade, vendors: Vendors, clock: Clock, scene: Scene
) -> None:
    sent = scene.order(trade)
    assert scene.tablet.send(sent.page, ticket="T-32").status_code == 303
    sent.pack()
    sent.do("ship")

    sent.do("delivery-failed", {"reason": "absent"})
    vendors.wait_for(scene.email, "pas pu être livré")
    sent.do("returned", {"disposition": "restock"})

    cases = trade.get("/cases", key=scene.firm.head_office(), kind="money")["cases"]
    (case,) = (each for each in cases if each["order_id"] == sent.order_id)
    assert case["facts"]["amount_minor"] == 2_490
    assert trade.place_of_work.broken() == []
