"""Two brands share a warehouse: each by its own rules, and neither sees anything of the other."""

import re
import secrets
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

import pytest

from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import StaffRole
from tests.flows.test_transfers_and_deliveries import do
from tests.orders.doors import delivery_body
from tests.support.firm import PASSWORD, Firm, Place, hire, open_firm
from tests.support.pages import Pages, open_desk, open_tablet
from tests.support.trade import Trade
from tests.support.travel import Clock
from tests.support.vendors import Vendors

ALIKE = 1
"""So many pages of one kind are looked at, whatever they are asked."""
CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[^/?]*\d[^/?]*")
PAGE = re.compile(r'href="(/fr/(?:office|tablet)[^"#]*)')
THING = {"sku": "BOOK", "quantity": 1}
BODIES: dict[str, dict[str, Any]] = {
    "assign": {"owner_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
    "bin": {"bin": "A1"},
    "contact": {"email": "eve@example.org"},
    "delivery-failed": {"reason": "absent"},
    "fetch": {"from_store": "lyon", "items": [THING]},
    "pack": {"packages": [{"items": [THING]}]},
    "partly": {"answer": "wait"},
    "pick": {"items": [THING]},
    "proxies": {"last_name": "Petit", "email": "eve@example.org"},
    "ready": {"bin": "A1"},
    "reassign": {"reason": "no_time", "store": "lyon"},
    "reject": {"reason": "no_time"},
    "resolve": {"resolution": "delivered"},
    "returned": {"disposition": "restock"},
    "short": {**THING, "reason": "damaged"},
    "substitutes": {**THING, "substitute_sku": "MUG-BLUE", "reason": "damaged"},
    "till-payment": {"store": "lyon", "ticket_number": "T-9"},
}
"""What is posted, by the last word of a path; nothing where no word is needed."""
READS = ("fulfillments.read", "orders.read", "messages.read", "cases.read", "stock.read")


@dataclass
class Side:
    """One of the brands, its store, its customer, and what only it may know of them."""

    firm: Firm
    shop: Place
    sku: str
    name: str
    email: str
    ids: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    waits: str = ""

    @property
    def secrets(self) -> set[str]:
        """Return words that nobody of the other brand may read anywhere.

        Whose a parcel is that a shared stock is promised to is not said by its id.
        """
        bare = {each.replace("-", "") for each in self.numbers}
        told = {value for name, value in self.ids.items() if name != "fulfillment_id"}
        return {self.name, self.email, *self.numbers, *bare, *told}


@dataclass(frozen=True)
class Shared:
    """Two brands and the warehouse, which is the first one's."""

    trade: Trade
    depot: Place
    ours: Side
    theirs: Side

    def sides(self) -> Iterator[tuple[Side, Side]]:
        """Give each brand with the other one."""
        yield self.ours, self.theirs
        yield self.theirs, self.ours


def side(trade: Trade, firm: Firm, sku: str, units: int) -> Side:
    shop = firm.open_shop(opening_hours="24/7")
    with trade.place_of_work.inside(), transaction() as session:
        receive(session, location_id=shop.id, quantities={sku: units}, actor=SYSTEM)
    name, email = f"Durand{secrets.token_hex(4)}", f"{secrets.token_hex(6)}@example.org"
    return Side(firm, shop, sku, name, email)


@pytest.fixture
def shared(trade: Trade) -> Shared:
    heather, ling = open_firm(trade, "Bruyère"), open_firm(trade, "Callune")
    depot = heather.open("depot", "Entrepôt Tours", opening_hours="24/7")
    sku = heather.list_article({depot.id: 5})
    ling.list_article({}, sku=sku, article_code=sku, price_minor=1_200)
    heather.open_way()
    ling.open_way(bands=[(None, 790)])
    return Shared(trade, depot, side(trade, heather, sku, 2), side(trade, ling, sku, 2))


def order(shared: Shared, whose: Side, units: int) -> Any:
    """Somebody in a brand's store orders so many to their door."""
    customer = {"last_name": whose.name, "email": whose.email}
    body = delivery_body({whose.sku: units}, channel="store", pay_by="till", customer=customer)
    body |= {"store": whose.shop.code}
    return shared.trade.post("/orders/deliveries", body, key=whose.shop.key)


def keep(whose: Side, placed: Mapping[str, Any]) -> None:
    """Remember what is the brand's alone."""
    whose.numbers.append(str(placed["number"]))
    parcel = placed["parcels"][0]["fulfillment_id"] if placed.get("parcels") else None
    whose.ids |= {"order_id": placed["id"], "fulfillment_id": parcel or placed["fulfillment_id"]}


def test_each_brands_own_rules_say_when_the_warehouse_sends_and_its_stock_is_one(
    shared: Shared, clock: Clock
) -> None:
    ours, theirs = shared.ours, shared.theirs
    refused = order(shared, theirs, 1)
    assert (refused.status_code, refused.json()["missing"]) == (409, {theirs.sku: 1})
    share(shared)
    theirs.firm.set_rules({"filter": "units_left", "units": 2})

    kept_back = order(shared, theirs, 4)
    assert (kept_back.status_code, kept_back.json()["missing"]) == (409, {theirs.sku: 1})
    one, four = order(shared, theirs, 1), order(shared, ours, 4)
    assert [one.json()["total_minor"], four.json()["total_minor"]] == [1_990, 4_490]
    gone = order(shared, ours, 1)
    assert (gone.status_code, gone.json()["missing"]) == (409, {ours.sku: 1})
    levels = shared.trade.place_of_work.rows(
        "SELECT on_hand, reserved FROM stock_level WHERE location_id = %(at)s", at=shared.depot.id
    )
    assert levels == [{"on_hand": 5, "reserved": 5}]
    clock.settle()
    assert shared.trade.place_of_work.broken() == []


@pytest.mark.timeout(300)
def test_nobody_of_a_brand_reads_anything_of_the_others_customers(
    shared: Shared, vendors: Vendors, clock: Clock
) -> None:
    share(shared)
    for own, _other in shared.sides():
        trade_something(shared, own, vendors)
    clock.settle()
    for own, other in shared.sides():
        assert_sent_in_its_own_name(shared, own, other, vendors)
        people = staff_of(shared, own)
        read = look_everywhere(shared, own, other, people)
        assert own.secrets - read == set()
        ask_for_foreign(shared, other, people)
    assert shared.trade.place_of_work.broken() == []


def share(shared: Shared) -> None:
    served = {"brands": [shared.theirs.firm.code]}
    path = f"/api/v1/stores/{shared.depot.code}/brands"
    key = shared.ours.firm.head_office()
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": secrets.token_hex(8)}
    answer = shared.trade.http.put(path, json=served, headers=headers)
    assert answer.json() == served


def trade_something(shared: Shared, whose: Side, vendors: Vendors) -> None:
    """A delivery fails, a parcel waits to be collected, somebody waits for the article."""
    trade, depot, shop = shared.trade, shared.depot, whose.shop
    placed = order(shared, whose, 1).json()
    keep(whose, placed)
    ticket = {"store": shop.code, "ticket_number": f"T-{secrets.token_hex(3)}"}
    do(trade, f"/orders/{placed['id']}/till-payment", ticket, key=shop.key)
    parcel = f"/fulfillments/{whose.ids['fulfillment_id']}"
    items = [{"sku": whose.sku, "quantity": 1}]
    do(trade, f"{parcel}/accept", {}, key=depot.key)
    do(trade, f"{parcel}/pick", {"items": items}, key=depot.key)
    do(trade, f"{parcel}/pack", {"packages": [{"items": items}]}, key=depot.key)
    (package,) = trade.get(f"{parcel}/packages", key=depot.key)["packages"]
    do(trade, f"{parcel}/ship", {}, key=depot.key)
    do(trade, f"{parcel}/delivery-failed", {"reason": "absent"}, key=depot.key)
    whose.ids |= {"package_id": package["id"], "tracking": package["tracking_number"]}
    customer = {"last_name": whose.name, "email": whose.email}
    waits = trade.place({whose.sku: 1}, store=shop.code, customer=customer).json()
    whose.numbers.append(waits["number"])
    whose.waits = waits["fulfillment_id"]
    parcel = f"/fulfillments/{whose.waits}"
    do(trade, f"{parcel}/accept", {}, key=shop.key)
    do(trade, f"{parcel}/pick", {"items": items}, key=shop.key)
    do(trade, f"{parcel}/ready", {"bin": "A1"}, key=shop.key)
    wish = {"sku": whose.sku, "store": shop.code, "email": whose.email, "language": "fr"}
    assert trade.post("/stock-wishes", wish, key=shop.key).status_code == 202
    vendors.wait_for(whose.email, "pas pu être livré")
    vendors.wait_for(whose.email, "C’est prêt")
    cases = trade.get("/cases", key=whose.firm.head_office())["cases"]
    (case,) = (each for each in cases if each["order_id"] == placed["id"])
    whose.ids["case_id"] = case["id"]


def assert_sent_in_its_own_name(shared: Shared, own: Side, other: Side, vendors: Vendors) -> None:
    """Label and messages name the brand that sold it, and not the one whose warehouse it is."""
    path = f"/api/v1/packages/{own.ids['package_id']}/label"
    label = shared.trade.http.get(path, headers={"Authorization": f"Bearer {shared.depot.key}"})
    assert f"{own.firm.name}, Entrepôt Tours" in label.text
    said = [label.text]
    for message in vendors.received(own.email):
        assert f"bonjour@{own.firm.code}.test" in message["headers"]["From"]
        said += [message["text"], message["html"], str(message["headers"])]
    assert len(said) > 1 + 3 * 3
    for words in said:
        assert other.firm.name not in words
        assert other.firm.code not in words


@dataclass(frozen=True)
class People:
    """Those of one brand: at desks, at a tablet in the warehouse, and holders of keys."""

    desks: list[Pages]
    tablet: Pages
    keys: list[str]


def staff_of(shared: Shared, own: Side) -> People:
    """Return everybody whom a brand can have, as narrow as the brand."""
    trade, brand = shared.trade, {"brand_id": own.firm.brand_id}
    desks, keys = [], []
    with trade.place_of_work.inside(), transaction() as session:
        for role in (StaffRole.AGENT, StaffRole.ADMIN):
            email = f"{role.value}@{own.firm.code}.test"
            keys += hire(session, "Bea", role, email=email, password=PASSWORD, **brand)[1:]
        packer, key = hire(session, "Paul", StaffRole.ASSOCIATE, shared.depot.id, **brand)
    desks = [open_desk(trade, f"{role}@{own.firm.code}.test") for role in ("agent", "admin")]
    tablet = open_tablet(trade, replace(shared.depot, staff_id=packer))
    scopes = [word for each in READS for word in ("--scope", each)]
    command = ("key", "issue", "--name", "relay", *scopes, "--brand", own.firm.code)
    issued = trade.place_of_work.run(*command)
    assert issued.returncode == 0, issued.stderr
    return People(desks, tablet, [*keys, key, issued.stdout.split()[0]])


def look_everywhere(shared: Shared, own: Side, other: Side, people: People) -> set[str]:
    """Read every page and list there is; return which of a brand's own words were seen."""
    seen: set[str] = set()
    for text, typed in (*pages_of(own, other, people), *lists_of(shared, own, other, people)):
        hidden = {each for each in other.secrets if each not in typed}
        leaked = {each for each in hidden if each in text}
        assert leaked == set(), (leaked, text[:4_000])
        seen |= {each for each in own.secrets if each in text}
    return seen


def pages_of(own: Side, other: Side, people: People) -> Iterator[tuple[str, str]]:
    """Give what pages say that links lead to, and what is found by typing words of both."""
    for desk in people.desks:
        yield from crawl(desk, "/fr/office/", "orders")
    yield from crawl(people.tablet, "/fr/tablet/", "")
    for whose in (own, other):
        for word in (whose.name, whose.email, *whose.numbers, whose.ids["tracking"]):
            typed = word + word.replace("-", "")
            for desk in people.desks:
                yield desk.open(f"/fr/office/orders?q={word}").text, typed
            yield people.tablet.send("/fr/tablet/hand-over", said=word).text, typed


def crawl(pages: Pages, area: str, begin: str) -> Iterator[tuple[str, str]]:
    """Follow links from a page of an area on, to a few pages of each kind."""
    waiting, known, kinds = deque([area + begin]), {area + begin}, Counter[str]()
    led: dict[str, str] = {}
    while waiting:
        path = waiting.popleft()
        shown = pages.open(path)
        assert shown.status_code == 200, (path, led.get(path), shown.text)
        yield shown.text, ""
        for link in map(unescape, PAGE.findall(shown.text)):
            kind = CHANGING.sub("*", link.partition("?")[0])
            if link not in known and link.startswith(area) and kinds[kind] < ALIKE:
                known.add(link)
                led[link] = path
                kinds[kind] += 1
                waiting.append(link)


def lists_of(shared: Shared, own: Side, other: Side, people: People) -> Iterator[tuple[str, str]]:
    """Give every answer of the API that is about no single thing, for each store and brand."""
    paths = shared.trade.http.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        if "get" not in methods or set(re.findall(r"{(\w+)}", path)) - {"code"}:
            continue
        named = {each["name"] for each in methods["get"].get("parameters", [])}
        for whose, place in ((own, shared.depot), (other, shared.depot), (other, other.shop)):
            asked = {"store": place.code, "brand": whose.firm.code, "said": whose.name}
            asked |= {"q": whose.numbers[0], "sku": whose.sku, "postcode": "33000"}
            query = {name: value for name, value in asked.items() if name in named}
            for key in people.keys[1:3]:  # who sees most, and who works there
                headers = {"Authorization": f"Bearer {key}"}
                about = path.replace("{code}", place.code)
                answer = shared.trade.http.get(about, params=query, headers=headers)
                assert answer.status_code in {200, 403, 404, 422}, answer.text
                yield answer.text, f"{whose.name} {whose.numbers[0]}"


def ask_for_foreign(shared: Shared, other: Side, people: People) -> None:
    """Whatever is the other brand's is not found, by whoever, and nothing can be done to it."""
    paths = shared.trade.http.get("/api/v1/openapi.json").json()["paths"]
    before = shared.trade.place_of_work.rows("SELECT max(id) FROM event")
    for path, methods in paths.items():
        named = re.findall(r"{(\w+)}", path)
        if not named or named[0] not in other.ids:
            continue
        found = re.sub(r"{(\w+)}", lambda name: other.ids.get(name[1], other.ids["order_id"]), path)
        for key in people.keys:
            if "get" in methods:
                answer = shared.trade.http.get(found, headers={"Authorization": f"Bearer {key}"})
                assert answer.status_code in {403, 404}, (found, answer.text)
            if "post" in methods:
                body = BODIES.get(path.rpartition("/")[2], {})
                answer = shared.trade.post(found.removeprefix("/api/v1"), body, key=key)
                unread = answer.json().get("type") == "/problems/version-required"
                assert unread or answer.status_code in {403, 404}, (found, answer.text)
    counter = {"store": other.shop.code, "fulfillment_id": other.waits, "identity_seen": True}
    for key in people.keys:
        for path in ("/hand-overs/check", "/hand-overs"):
            answer = shared.trade.post(path, counter, key=key)
            assert answer.status_code in {403, 404}, answer.text
    assert shared.trade.place_of_work.rows("SELECT max(id) FROM event") == before
