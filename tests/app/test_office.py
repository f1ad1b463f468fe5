"""The back office: its door, orders and their story, stock and its why, people, messages."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import stores.services
from app import formats
from kernel import delivery
from kernel.ids import read_order_number, show_code, show_order_number
from orders import passes, queries
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves

HTML = {"Accept": "text/html"}
PASSWORD = "a-long-enough-password"  # noqa: S105 (that of every test)
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SAME = re.compile(r"/customers/[0-9a-f-]{36}/merge\?with=[0-9a-f-]{36}")
PERSON = re.compile(r'/en/office/customers/([0-9a-f-]{36})"')
FORM = re.compile(r'name="form" value="([^"]+)"')


@dataclass
class Desk:
    """A browser at somebody's desk; it sends forms as the page it saw last would."""

    client: FlaskClient
    csrf: str = ""
    form: str = field(default_factory=lambda: str(uuid4()))

    def open(self, path: str) -> TestResponse:
        """Look at a page."""
        response = self.client.get(path, headers=HTML)
        found = CSRF.search(response.text)
        self.csrf = found[1] if found else self.csrf
        return response

    def read(self, path: str) -> str:
        """Return what a page says, without its marks."""
        response = self.open(path)
        assert response.status_code == 200, response.text
        return plain(response)

    def send(self, path: str, *, form: str | None = None, **said: Any) -> TestResponse:
        """Send a form."""
        body = {"csrf": self.csrf, "form": form or str(uuid4()), **said}
        return self.client.post(path, data=body, headers=HTML)

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Come in by the door."""
        self.open("/en/office/sign-in")
        return self.send("/en/office/sign-in", email=email, password=password, **more)


def plain(response: TestResponse) -> str:
    """Return the text of a page in one line."""
    words = re.sub(r"<[^>]+>", " ", response.text)
    return " ".join(unescape(words).replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.fixture
def hired(shop: Shop, session: Session) -> dict[str, Any]:
    """People who sign in with a password: the managers of two stores, an agent, an admin."""
    people = (
        ("nadia", "Nadia Lefèvre", StaffRole.MANAGER, (shop.lyon,)),
        ("sophie", "Sophie Lambert", StaffRole.MANAGER, (shop.paris,)),
        ("luc", "Luc Bernard", StaffRole.AGENT, ()),
        ("camille", "Camille Roux", StaffRole.ADMIN, ()),
        ("theo", "Théo Garnier", StaffRole.ASSOCIATE, (shop.lyon,)),
    )
    found = {
        short: stores.services.hire_staff(
            session,
            HireStaff(name, role, where, email=f"{short}@aubepin.test", password=PASSWORD),
        )
        for short, name, role, where in people
    }
    session.commit()
    return found


@pytest.fixture
def desk(app: Flask, session: Session, hired: dict[str, Any]) -> Callable[[str], Desk]:
    """Somebody signed in at a desk of their own."""

    def sit(short: str) -> Desk:
        made = Desk(app.test_client())
        assert made.sign_in(f"{short}@aubepin.test").status_code == 303
        return made

    return sit


@pytest.fixture
def placed(client: FlaskClient, shop: Shop) -> dict[str, Any]:
    return place(client, shop)


def place(client: FlaskClient, shop: Shop, **changes: Any) -> dict[str, Any]:
    response = client.post(
        "/api/v1/orders", json=order_body(**changes), headers=as_key(shop.integration)
    )
    assert response.status_code == 201, response.text
    return {**response.json, "stored": read_order_number(response.json["number"])}


def act(client: FlaskClient, shop: Shop, placed: dict[str, Any], *steps: str) -> None:
    bodies: dict[str, Any] = {
        "accept": None,
        "pick": {"items": order_body()["items"]},
        "ready": {"bin": "A7"},
    }
    for step in steps:
        done = client.post(
            f"/api/v1/fulfillments/{placed['fulfillment_id']}/{step}",
            json=bodies[step],
            headers=as_key(shop.associate),
        )
        assert done.status_code == 200, done.text


def collect(client: FlaskClient, shop: Shop, placed: dict[str, Any]) -> None:
    body = {
        "store": "lyon",
        "fulfillment_id": placed["fulfillment_id"],
        "ticket_number": "T-77",
        "identity_seen": True,
    }
    done = client.post("/api/v1/hand-overs", json=body, headers=as_key(shop.associate))
    assert done.status_code == 201, done.text


def tell(session: Session) -> None:
    """Deliver every event to its listeners."""
    session.commit()
    while claims := delivery.claim_due(session):
        for claim in claims:
            delivery.deliver(session, claim)
    session.commit()


def test_nobody_sees_the_back_office_without_signing_in(
    client: FlaskClient, app: Flask, hired: dict[str, Any], placed: dict[str, Any]
) -> None:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("office.") and not rule.endpoint.endswith(("_in", "_session"))
    ]
    assert len(rules) >= 20
    values = {
        "number": placed["stored"],
        "sku": "BOOK",
        "code": "lyon",
        "staff_id": hired["theo"],
        **dict.fromkeys(
            ("tablet_id", "exceptional_id", "pattern_id", "setting_id", "till_id"), uuid4()
        ),
        "parcel_id": uuid4(),
        "kind": "reject",
        "store": "lyon",
        "way": "drive",
        "scope": "store",
        "key": "hold_days",
        "message_id": 1,
        **dict.fromkeys(
            ("count_id", "transfer_id", "feed_id", "rule_id", "task_id", "shortage_id", "case_id"),
            uuid4(),
        ),
        **dict.fromkeys(
            ("customer_id", "merge_id", "company_id", "thread_id", "answer_id"), uuid4()
        ),
        "token": "nobodys",
        **dict.fromkeys(("method_id", "zone_id", "promotion_id", "rule_set_id"), uuid4()),
        **dict.fromkeys(("brand", "zone", "source"), "lyon"),
    }
    for rule in rules:
        with app.test_request_context():
            _, path = rule.build({"language": "fr", **values}) or ("", "")
        if "GET" in (rule.methods or ()):
            response = client.get(path.split("?")[0], headers=HTML)
            assert response.status_code == 303, path
            assert response.location.startswith("/fr/office/sign-in?to=/fr/office/"), path
        else:
            response = client.post(path.split("?")[0], headers=HTML)
            assert response.status_code in {303, 403}, path
        assert "Durand" not in response.text


def test_the_right_password_leads_where_one_wanted_to_go(
    client: FlaskClient, hired: dict[str, Any]
) -> None:
    office = Desk(client)
    asked = office.open("/en/office/stores")
    inside = office.sign_in("  NADIA@aubepin.test ", to="/en/office/stores")
    assert asked.location == "/en/office/sign-in?to=/en/office/stores"
    assert (inside.status_code, inside.location) == (303, "/en/office/stores")
    assert "Nadia Lefèvre" in office.read("/en/office/stores")


@pytest.mark.parametrize(
    "to", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "/en/office//x", ""]
)
def test_the_door_leads_to_no_other_site(client: FlaskClient, hired: Any, to: str) -> None:
    assert Desk(client).sign_in("luc@aubepin.test", to=to).location == "/en/office/orders"


def test_an_unknown_address_and_a_wrong_password_are_told_alike(
    client: FlaskClient, hired: dict[str, Any]
) -> None:
    office = Desk(client)
    wrong = office.sign_in("nadia@aubepin.test", "not-the-password")
    unknown = office.sign_in("nobody@aubepin.test")
    by_pin_only = office.sign_in("nobody@aubepin.test", "")
    assert [wrong.status_code, unknown.status_code, by_pin_only.status_code] == [422, 422, 422]
    said = plain(wrong)
    assert "do not belong together" in said
    assert plain(unknown) == said
    assert 'value="nadia@aubepin.test"' in wrong.text  # nothing typed is lost but the secret
    assert "not-the-password" not in wrong.text


def test_wrong_tries_are_counted_for_the_address_and_the_right_one_waits_too(
    client: FlaskClient, app: Flask, hired: dict[str, Any]
) -> None:
    office = Desk(client)
    tries = [office.sign_in("nadia@aubepin.test", "wrong").status_code for _ in range(9)]
    right = office.sign_in("nadia@aubepin.test")
    other = Desk(app.test_client()).sign_in("luc@aubepin.test")
    assert tries == [422] * 8 + [429]
    assert right.status_code == 429
    assert "Wait a quarter of an hour" in right.text
    assert other.status_code == 303


def test_signing_out_ends_the_session(desk: Callable[[str], Desk]) -> None:
    office = desk("nadia")
    office.open("/en/office/orders")
    assert office.send("/en/office/sign-out").location == "/en/office/sign-in"
    assert office.open("/en/office/orders").status_code == 303


def test_a_form_of_another_site_does_nothing(
    desk: Callable[[str], Desk], connection: Connection, placed: dict[str, Any]
) -> None:
    office = desk("nadia")
    office.csrf = "forged"
    with nothing_moves(connection):
        refused = office.send(
            f"/en/office/orders/{placed['stored']}/cancel", reason="customer_remorse"
        )
    assert refused.status_code == 403


def test_a_password_the_browser_sends_by_itself_is_no_form_of_ours(
    client: FlaskClient, connection: Connection, shop: Shop, placed: dict[str, Any]
) -> None:
    headers = {**HTML, "Authorization": "Basic " + b64encode(f"x:{shop.agent}".encode()).decode()}
    path = f"/en/office/orders/{placed['stored']}"
    assert client.get(path, headers=headers).status_code == 200
    with nothing_moves(connection):
        refused = client.post(f"{path}/cancel", data={"reason": "fraud"}, headers=headers)
    assert refused.status_code == 403


def test_late_orders_come_first_and_each_sees_their_stores(
    desk: Callable[[str], Desk], client: FlaskClient, shop: Shop, session: Session
) -> None:
    first = place(client, shop)
    late = place(client, shop)
    away = place(client, shop, store="paris")
    session.execute(
        text("UPDATE fulfillment SET promised_at = now() - interval '1 hour' WHERE id = :id"),
        {"id": late["fulfillment_id"]},
    )
    session.commit()
    numbers = re.compile(r'/en/office/orders/([0-9A-Z]{7})"')
    lyon = numbers.findall(desk("nadia").open("/en/office/orders").text)
    paris = numbers.findall(desk("sophie").open("/en/office/orders").text)
    agent = desk("luc")
    everywhere = numbers.findall(agent.open("/en/office/orders").text)
    only_late = numbers.findall(agent.open("/en/office/orders?state=late").text)
    only_paris = numbers.findall(agent.open("/en/office/orders?store=paris").text)
    assert lyon == [late["stored"], first["stored"]]
    assert paris == [away["stored"]]
    assert everywhere[0] == late["stored"]
    assert sorted(everywhere) == sorted(each["stored"] for each in (first, late, away))
    assert only_late == [late["stored"]]
    assert only_paris == [away["stored"]]


@pytest.mark.matter("state", "phone")
def test_an_order_is_found_by_whatever_the_customer_says(
    desk: Callable[[str], Desk], client: FlaskClient, shop: Shop, session: Session
) -> None:
    wanted = place(client, shop)
    other = {"first_name": "Marc", "last_name": "Petit", "phone": "06 39 98 55 66"}
    place(client, shop, customer=other, items=[{"sku": "BOOK", "quantity": 1}])
    act(client, shop, wanted, "accept", "pick", "ready")
    (state,) = queries.list_passes(session, wanted["fulfillment_id"])
    code = show_code(passes.typed_code(state.facts.id))
    office = desk("nadia")
    for said in (
        wanted["stored"].lower(),
        show_order_number(wanted["stored"]),
        code.lower(),
        "DURAND",
        "chloe dur",
        "06 39 98 12 34",
        "chloe.durand@example.org",
    ):
        page = office.open(f"/en/office/orders?q={said.replace(' ', '+').replace('@', '%40')}")
        assert re.findall(r'/orders/([0-9A-Z]{7})"', page.text) == [wanted["stored"]], said
    assert "Nobody found" in office.read("/en/office/orders?q=Personne")
    assert "Nobody found" in desk("sophie").read("/en/office/orders?q=Durand")
    assert office.open("/en/office/orders?q=%00%27--&page=9999999999").status_code == 200


def test_an_order_tells_its_whole_story(
    desk: Callable[[str], Desk],
    client: FlaskClient,
    shop: Shop,
    session: Session,
    placed: dict[str, Any],
) -> None:
    act(client, shop, placed, "accept", "pick", "ready")
    collect(client, shop, placed)
    tell(session)
    office = desk("luc")
    with nothing_moves(session.connection()):
        page = office.read(f"/en/office/orders/{placed['stored']}")
        french = office.read(f"/fr/office/orders/{placed['stored']}")
    for said in (
        "Chloé Durand",
        "Ordered Web shop · 3 articles · €115.70 Web shop e-shop",
        "Taken on by the store In the store Inès",
        "Taken from the shelf 1 × Tente 2 places, 2 × Tasse, blue In the store Inès",
        "Put into its bin A7",
        "Handed over at the counter 1 × Tente 2 places, 2 × Tasse, blue · by name, identity",
        "Till ticket T-77 , €115.70",
        "of which VAT 20 %: €19.28",
        "Still due €0.00",
        "needs 120 minutes of opening time",
    ):
        assert said in page, said
    assert "Remise au comptoir" in french
    assert "115,70 €" in french
    assert "Cancel the order" not in page
    assert re.findall("Confirmation|Ready, with the code|Receipt", page.split("Messages to")[1])


def test_an_order_of_another_store_is_as_unknown_as_none(
    desk: Callable[[str], Desk], placed: dict[str, Any]
) -> None:
    office = desk("sophie")
    foreign = office.open(f"/en/office/orders/{placed['stored']}")
    unknown = office.open("/en/office/orders/0000000")
    nonsense = office.open("/en/office/orders/%27--")
    assert [foreign.status_code, unknown.status_code, nonsense.status_code] == [404, 404, 404]
    assert "Durand" not in foreign.text
    assert "Check the number; orders of other stores are not shown." in plain(foreign)


@pytest.mark.matter("cancel", "phone")
def test_cancelling_frees_the_stock_once_however_often_it_is_sent(
    desk: Callable[[str], Desk], session: Session, placed: dict[str, Any]
) -> None:
    office = desk("luc")
    page = office.open(f"/en/office/orders/{placed['stored']}")
    form = FORM.findall(page.text)[-1]
    path = f"/en/office/orders/{placed['stored']}/cancel"
    answers = [office.send(path, form=form, reason="out_of_stock") for _ in range(2)]
    again = office.send(path, reason="out_of_stock", back="/en/office/orders")
    assert [each.status_code for each in answers] == [303, 303]
    assert again.status_code == 409
    assert "This order was cancelled" in plain(again)
    story = office.read(f"/en/office/orders/{placed['stored']}")
    assert story.count("Order cancelled Phone Luc Bernard") == 1
    assert "The articles cannot be found" in story
    reserved = session.execute(text("SELECT sum(reserved) FROM stock_level")).scalar_one()
    assert reserved == 0


def test_a_message_goes_again_once_per_request_and_says_who_asked(
    desk: Callable[[str], Desk], session: Session, placed: dict[str, Any]
) -> None:
    tell(session)
    office = desk("nadia")
    rows = "SELECT id, status FROM message WHERE order_id = :id ORDER BY id"
    (first,) = session.execute(text(rows), {"id": placed["id"]}).all()
    path = f"/en/office/messages/{first.id}/resend"
    office.open("/en/office/messages")
    underway = office.send(path, reason="too early")
    assert underway.status_code == 409
    session.execute(text("UPDATE message SET status = 'sent', sent_at = now()"))
    session.commit()
    form = str(uuid4())
    for _ in range(2):
        assert office.send(path, form=form, reason="She deleted it").status_code == 303
    found = [row.status for row in session.execute(text(rows), {"id": placed["id"]})]
    assert found == ["sent", "due"]
    story = office.read(f"/en/office/orders/{placed['stored']}")
    assert "Message sent again In the store Nadia Lefèvre" in story
    said = session.execute(text("SELECT body FROM interaction_text")).scalars().all()
    assert said == ["She deleted it"]  # in the customer's history, which can be emptied
    foreign = desk("sophie")
    foreign.open("/en/office/orders")
    assert foreign.send(path, reason="curious").status_code == 404
    assert len(session.execute(text(rows), {"id": placed["id"]}).all()) == 2


def test_the_log_of_messages_is_filtered_and_scoped(
    desk: Callable[[str], Desk], session: Session, placed: dict[str, Any]
) -> None:
    tell(session)
    shown = show_order_number(placed["stored"])
    office = desk("nadia")
    assert shown in office.read("/en/office/messages")
    assert shown in office.read("/en/office/messages?state=due&what=confirmation&by=email")
    assert shown not in office.read("/en/office/messages?state=sent")
    assert shown not in office.read("/en/office/messages?by=sms")
    assert shown not in desk("sophie").read("/en/office/messages")


def test_every_number_of_stock_has_its_why(
    desk: Callable[[str], Desk], client: FlaskClient, shop: Shop, placed: dict[str, Any]
) -> None:
    act(client, shop, placed, "accept", "pick", "ready")
    collect(client, shop, placed)
    second = place(client, shop, items=[{"sku": "MUG-BLUE", "quantity": 3}])
    office = desk("nadia")
    found = office.open("/en/office/stock?q=mug-blue")
    assert (found.status_code, found.location) == (303, "/en/office/stock/MUG-BLUE")
    assert "MUG-BLUE Mug blue – €12.90 8 5" in office.read("/en/office/stock?q=mug")
    article = office.read("/en/office/stock/MUG-BLUE")
    assert "Lyon Croix-Rousse 8 \u22123 0 0 5" in article
    assert "Paris Bastille" not in article
    both = desk("luc").read("/en/office/stock/MUG-BLUE")
    assert "Together 18 3 0 0 15" in both
    ledger = office.read("/en/office/stock/MUG-BLUE/lyon")
    assert "Why Lyon Croix-Rousse has 5" in ledger
    numbers = (show_order_number(second["stored"]), show_order_number(placed["stored"]))
    assert re.search(rf"Promised to an order {numbers[0]} today at \S+ [ap]m – 8 \+3 3", ledger)
    assert re.search(
        rf"by the customer {numbers[1]} today at \S+ [ap]m \u22122 8 \u22122 0", ledger
    )
    assert re.search(rf"Promised to an order {numbers[1]} today at \S+ [ap]m – 10 \+2 2", ledger)
    assert re.search(r"Goods came in today at \S+ [ap]m \+10 10 – 0", ledger)
    assert office.open("/en/office/stock/MUG-BLUE/paris").status_code == 404
    assert office.open("/en/office/stock/NOTHING").status_code in {404, 422}


def test_a_store_is_paused_with_a_reason_and_resumed(
    desk: Callable[[str], Desk], client: FlaskClient, shop: Shop, connection: Connection
) -> None:
    office = desk("nadia")
    office.open("/en/office/stores/lyon")
    with nothing_moves(connection):
        over = office.send(
            "/en/office/stores/lyon/pause", until="2020-01-01T10:00", reason="Water in the cellar"
        )
        silent = office.send("/en/office/stores/lyon/pause", until="tomorrow", reason=" ")
    assert (over.status_code, silent.status_code) == (422, 422)
    assert "This time is over" in over.text
    assert 'value="Water in the cellar"' in over.text
    assert "Say until when" in silent.text
    assert "Say why" in silent.text
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    done = office.send(
        "/en/office/stores/lyon/pause", until=f"{day}T10:00", reason="Water in the cellar"
    )
    assert done.status_code == 303
    refused = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    assert refused.json["type"] == "/problems/store-paused"
    page = office.read("/en/office/stores/lyon")
    said = formats.day(datetime.combine(day, time(12), UTC), "Europe/Paris", language="en")
    assert f"Paused until {said} at 10 am" in page
    assert "Water in the cellar" in page
    assert office.send("/en/office/stores/lyon/resume").status_code == 303
    assert place(client, shop)["number"]
    assert office.open("/en/office/stores/paris").status_code == 404
    assert office.send("/en/office/stores/paris/resume").status_code == 404


def test_a_code_enrols_one_tablet_which_can_be_revoked(
    desk: Callable[[str], Desk], session: Session, shop: Shop
) -> None:
    office = desk("nadia")
    office.open("/en/office/stores/lyon/people")
    page = office.send("/en/office/stores/lyon/tablets", name="Tablet 2")
    code = re.search(r'class="one-use">([0-9A-Z-]{9})<', page.text)
    assert code is not None
    tablet = stores.services.enrol_tablet(session, code=code[1])
    session.commit()
    assert tablet.location_id == shop.lyon
    assert re.search(r"Tablet 2 .* In use", office.read("/en/office/stores/lyon/people"))
    path = f"/en/office/stores/lyon/tablets/{tablet.id}/revoke"
    elsewhere = desk("sophie")
    elsewhere.open("/en/office/orders")
    assert elsewhere.send(path.replace("lyon", "paris")).status_code == 404
    assert office.send(path).status_code == 303
    assert re.search(r"Tablet 2 .* Revoked", office.read("/en/office/stores/lyon/people"))


def test_an_account_is_opened_used_and_closed(
    desk: Callable[[str], Desk], app: Flask, shop: Shop
) -> None:
    office = desk("camille")
    office.open("/en/office/people/new")
    wrong = office.send(
        "/en/office/people/new", name="", role="manager", pin="12", password=PASSWORD[:4], email="x"
    )
    assert wrong.status_code == 422
    for said in ("Say the first and last name", "A PIN has 4 to 8 digits", "at least 12 signs"):
        assert said in wrong.text, said
    assert "Choose at least one store" in wrong.text
    taken = office.send(
        "/en/office/people/new", name="Zoé Vandamme", role="agent", email="luc@aubepin.test"
    )
    assert "Somebody signs in with this address already" in taken.text
    opened = office.send(
        "/en/office/people/new",
        name="Zoé Vandamme",
        role="manager",
        stores=str(shop.paris),
        email="Zoe@aubepin.test",
        password=PASSWORD,
    )
    assert opened.status_code == 303
    assert "Zoé Vandamme Manager Paris Bastille zoe@aubepin.test" in office.read(
        "/en/office/people"
    )
    newcomer = Desk(app.test_client())
    assert newcomer.sign_in("zoe@aubepin.test").status_code == 303
    assert newcomer.open("/en/office/groups").status_code == 403
    person = opened.location.partition("?")[0]
    assert office.send(f"{person}/disable").status_code == 303
    assert newcomer.open("/en/office/orders").status_code == 303
    assert newcomer.sign_in("zoe@aubepin.test").status_code == 422


def test_a_manager_gives_pins_to_associates_of_their_stores_only(
    desk: Callable[[str], Desk], hired: dict[str, Any], session: Session
) -> None:
    office = desk("nadia")
    office.open("/en/office/people")
    people = office.read("/en/office/people")
    assert "Théo Garnier" in people
    assert "Sophie Lambert" not in people
    paths = {name: f"/en/office/people/{hired[name]}" for name in hired}
    weak = office.send(f"{paths['theo']}/pin", pin="12a4")
    done = office.send(f"{paths['theo']}/pin", pin="4711")
    assert (weak.status_code, done.status_code) == (422, 303)
    assert office.send(f"{paths['nadia']}/pin", pin="4711").status_code == 404
    assert office.send(f"{paths['sophie']}/pin", pin="4711").status_code == 404
    assert office.send(f"{paths['theo']}/password", password=PASSWORD * 2).status_code == 403
    assert office.send(f"{paths['nadia']}/disable").status_code == 404
    held = session.execute(
        text("SELECT count(*) FROM staff WHERE pin_hash IS NOT NULL")
    ).scalar_one()
    assert held == 1


def test_nobody_closes_their_own_account(
    desk: Callable[[str], Desk], hired: dict[str, Any]
) -> None:
    office = desk("camille")
    office.open("/en/office/people")
    assert office.send(f"/en/office/people/{hired['camille']}/disable").status_code == 404
    assert office.open("/en/office/people").status_code == 200


def test_an_order_tells_who_came_what_was_refused_and_which_rule_was_set_aside(
    client: FlaskClient, desk: Callable[[str], Desk], shop: Shop, placed: dict[str, Any]
) -> None:
    act(client, shop, placed, "accept", "pick", "ready")
    paul = {"first_name": "Paul", "last_name": "Petit", "email": "paul@example.org"}
    named = client.post(
        f"/api/v1/orders/{placed['id']}/proxies", json=paul, headers=as_key(shop.agent)
    )
    assert named.status_code == 201, named.text
    body = {
        "store": "lyon",
        "fulfillment_id": placed["fulfillment_id"],
        "ticket_number": "T-77",
        "forced": "known_customer",
        "refused": [{"sku": "TENT-2P", "quantity": 1, "reason": "wrong_size"}],
    }
    given = client.post("/api/v1/hand-overs", json=body, headers=as_key(shop.associate))
    assert given.status_code == 201, given.text

    luc = desk("luc")
    said = luc.read(f"/en/office/orders/{placed['stored']}")

    assert f"/orders/{placed['stored']}" in luc.open("/en/office/orders?q=petit").text
    ticket = said[: said.index("Money")]
    assert re.findall(r"€[\d.]+", ticket) == ["€0.00", "€25.80", "€25.80"]
    assert "refused: 1 × Tente 2 places (Wrong size)" in said
    assert "a rule was set aside: Known to the team" in said
    assert "nothing was looked at" in said
    assert "Paul Petit" in said


@pytest.mark.matter("contact", "phone")
def test_an_agent_corrects_where_a_customer_is_written_to(
    desk: Callable[[str], Desk], placed: dict[str, Any], session: Session
) -> None:
    office, page = desk("luc"), f"/en/office/orders/{placed['stored']}"
    assert "Correct e-mail or phone" in office.read(page)
    with nothing_moves(session.connection()):
        for said, why in (
            ({"email": "", "phone": ""}, "Give an e-mail address or a mobile number."),
            ({"email": "nobody"}, "Write the whole address, as in name@example.org."),
            ({"phone": "1"}, "Write ten digits"),
        ):
            refused = office.send(f"{page}/contact", **said)
            assert refused.status_code == 422
            assert why in refused.text
    done = office.send(f"{page}/contact", email="right@example.org")
    assert done.headers["Location"] == page
    shown = office.read(page)
    assert "right@example.org" in shown
    assert "E-mail or phone corrected Phone Luc Bernard" in shown


@pytest.mark.matter("contact", "web")
def test_a_customer_has_their_next_messages_sent_elsewhere(
    client: FlaskClient, placed: dict[str, Any], session: Session
) -> None:
    shopper = Desk(client)
    page = f"/en/orders/{placed['access_token']}"
    assert "Write to me elsewhere" in shopper.read(page)
    assert "What you leave empty stays as it is." in shopper.read(f"{page}/contact")
    with nothing_moves(session.connection()):
        refused = shopper.send(f"{page}/contact", email="", phone="")
        assert refused.status_code == 422
    done = shopper.send(f"{page}/contact", email="right@example.org")
    assert done.headers["Location"] == page
    found = "SELECT email FROM contact c JOIN sales_order o ON o.contact_id = c.id"
    assert session.execute(text(found)).scalar_one() == "right@example.org"


def test_two_customers_are_compared_joined_with_a_reason_and_parted(
    client: FlaskClient, connection: Connection, shop: Shop, desk: Callable[[str], Desk]
) -> None:
    numbers = []
    for email, phone in (("zoe@example.org", None), ("z.martin@example.org", "06 39 98 12 34")):
        body = order_body(items=[{"sku": "BOOK", "quantity": 1}])
        body["customer"] = {"first_name": "Zoé", "last_name": "Martin", "email": email}
        body["customer"] |= {"phone": phone} if phone else {}
        placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
        numbers.append(placed.json["number"])
    luc, sophie = desk("luc"), desk("sophie")
    page = luc.open("/en/office/customers?q=martin").text
    newest, oldest = dict.fromkeys(PERSON.findall(page))
    assert PERSON.findall(luc.open(f"/en/office/customers?q={numbers[0]}").text) == [oldest]
    assert PERSON.findall(luc.open("/en/office/customers?q=0639981234").text) == [newest]
    assert "Nobody found" in sophie.read("/en/office/customers?q=martin")
    assert sophie.open(f"/en/office/customers/{newest}").status_code == 404

    one = f"/en/office/customers/{newest}"
    assert "Said, not proven" in luc.read(one)
    (compare,) = SAME.findall(luc.open(f"{one}/merge").text)
    both = luc.read(f"/en/office{compare}")
    assert all(number in both for number in numbers)
    with nothing_moves(connection):
        refused = luc.send(f"{one}/merge", other=oldest, reason=" ")
        assert (refused.status_code, "Say how you know" in refused.text) == (422, True)
        assert sophie.send(f"{one}/merge", other=oldest, reason="same").status_code == 404
    form = "one-form-sent-twice"
    for _ in range(2):
        joined = luc.send(f"{one}/merge", form=form, other=oldest, reason="same voice on the phone")
        assert joined.headers["Location"] == f"{one}?done=merged"
    shown = luc.read(f"/en/office/customers/{oldest}")
    assert "joined with another one" in shown
    assert all(said in shown for said in (*numbers, "same voice on the phone", "Luc Bernard"))
    assert luc.send(f"{one}/merge", other=oldest, reason="again").status_code == 409

    merge_id = connection.execute(text("SELECT id FROM customer_merge")).scalar_one()
    undone = luc.send(f"{one}/merges/{merge_id}/undo")
    assert undone.headers["Location"] == f"{one}?done=parted"
    apart = luc.read(one)
    assert (numbers[0] in apart, numbers[1] in apart, "Undone" in apart) == (False, True, True)
    again = luc.send(f"{one}/merges/{merge_id}/undo")
    assert (again.status_code, "undone already" in again.text) == (409, True)
