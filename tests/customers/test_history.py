"""One history of each customer, whatever channel it happened on, and who looks at it."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.worker import drain
from kernel.actors import SYSTEM
from kernel.links import order_token, score_token
from tests.conftest import Shop, as_key, order_body
from tests.customers.test_account_api import Headless
from tests.unmoved import nothing_moves, problem

SAID = {"call", "survey", "fulfillment.handed_over", "thread.received", "email"}
"""What five channels bring; what follows from it stands between them."""
PHONE, EMAIL = "06 39 98 12 34", "chloe.durand@example.org"


class Files:
    """Customers' files over HTTP, as one of the staff opens them."""

    def __init__(
        self, client: FlaskClient, shop: Shop, connection: Connection, system: str
    ) -> None:
        self.client, self.shop, self.connection, self.system = client, shop, connection, system

    def place(self, *, store: str = "lyon", key: str = "", **who: str) -> dict[str, Any]:
        """Place an order as a customer who is known by this number; return it."""
        body = order_body(store=store, items=[{"sku": "BOOK", "quantity": 1}])
        body["customer"] = {"first_name": "Chloé", "last_name": "Durand", "phone": PHONE, **who}
        placed = self.client.post(
            "/api/v1/orders", json=body, headers=as_key(key or self.shop.integration)
        )
        assert placed.status_code == 201, placed.text
        drain()
        return dict(placed.json)

    def owner(self, order: dict[str, Any]) -> str:
        """Return whose an order is."""
        row = self.connection.execute(
            text(
                "SELECT customer_id FROM contact c JOIN sales_order o ON o.contact_id = c.id"
                " WHERE o.id = :id"
            ),
            {"id": order["id"]},
        )
        return str(row.scalar_one())

    def note(self, customer: str, *, key: str = "", **said: Any) -> Any:
        """Add something to a history."""
        return self.client.post(
            f"/api/v1/customers/{customer}/interactions",
            json={"kind": "call", "channel": "phone", **said},
            headers=as_key(key or self.shop.agent),
        )

    def read(self, customer: str, *, key: str = "", **query: Any) -> Any:
        """Ask for a history."""
        return self.client.get(
            f"/api/v1/customers/{customer}/timeline",
            query_string=query,
            headers=as_key(key or self.shop.agent),
        )

    def kinds(self, customer: str, **query: Any) -> list[tuple[str, str]]:
        """Return what a history tells of, and where it happened."""
        shown = self.read(customer, **query)
        assert shown.status_code == 200, shown.text
        return [(each["kind"], each["channel"]) for each in shown.json["entries"]]


@pytest.fixture
def files(client: FlaskClient, session: Session, shop: Shop, connection: Connection) -> Files:
    scopes = ["customers.audit", "interactions.bring", "customers.read"]
    system = stores.services.issue_key(session, name="CRM", scopes=scopes, actor=SYSTEM)[1]
    return Files(client, shop, connection, system)


def test_s01_what_happens_on_five_channels_is_one_history_in_its_order(files: Files) -> None:
    """An e-mail, a talk with the assistant, a collection, its score and a call: each once."""
    order = files.place()
    customer, associate = files.owner(order), as_key(files.shop.associate)
    bring = {"said": PHONE, "text": "Où est ma commande ?", "order_number": order["number"]}
    mail = {**bring, "kind": "email", "channel": "email", "source": "box", "reference": "<1@x>"}
    for repeat in range(2):
        brought = files.client.post("/api/v1/interactions", json=mail, headers=as_key(files.system))
        assert brought.status_code == 201, brought.text
        assert brought.json["known"] is bool(repeat)
    asked = {"text": "Où est ma commande ?"}
    link = as_key(order_token(UUID(order["id"])))
    assert files.client.post("/api/v1/assistant", json=asked, headers=link).status_code == 201
    parcel = order["fulfillment_id"]
    picked = {"items": [{"sku": "BOOK", "quantity": 1}]}
    for act, body in (("accept", None), ("pick", picked), ("ready", {"bin": "A7"})):
        path = f"/api/v1/fulfillments/{parcel}/{act}"
        assert files.client.post(path, json=body, headers=associate).status_code == 200
        associate = as_key(files.shop.associate)
    given = {"store": "lyon", "fulfillment_id": parcel, "ticket_number": "T1"}
    handed = files.client.post(
        "/api/v1/hand-overs", json={**given, "identity_seen": True}, headers=associate
    )
    assert handed.status_code == 201, handed.text
    drain()
    page = f"/fr/scores/{score_token(UUID(parcel))}"
    shown = files.client.get(page, headers={"Accept": "text/html"}).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    scored = files.client.post(page, data={**hidden, "score": "4"})
    assert scored.status_code == 303, scored.text
    said = files.note(customer, text="Rappel", order_number=order["number"])
    assert said.status_code == 201

    entries = files.read(customer).json["entries"]  # at once: nothing is delivered in between
    told = [(each["kind"], each["channel"], each["order_number"]) for each in entries]
    number = order["number"]
    assert [each for each in told if each[0] in SAID] == [
        ("call", "phone", number),
        ("survey", "web", number),
        ("fulfillment.handed_over", "store", number),
        ("thread.received", "chat", number),
        ("email", "email", number),
    ]
    assert (entries[0]["actor_name"], entries[0]["text"]) == ("Luc", "Rappel")


def test_a_history_is_read_page_by_page_and_only_what_is_new_on_an_open_screen(
    files: Files,
) -> None:
    customer = files.owner(files.place())
    for at in range(5):
        files.note(customer, text=f"call {at}")
    said, cursor = [], None
    for _ in range(3):
        page = files.read(customer, limit=2, **({"cursor": cursor} if cursor else {})).json
        said += [each["text"] for each in page["entries"]]
        cursor = page["next"]
    assert (said, cursor) == (["call 4", "call 3", "call 2", "call 1", "call 0", ""], None)
    newest = files.read(customer).json["entries"][0]["id"]
    assert files.kinds(customer, after=newest) == []
    files.note(customer, kind="note", channel="store", key=files.shop.manager)
    assert files.kinds(customer, after=newest) == [("note", "store")]


def test_s03_what_is_phoned_in_with_the_number_of_an_account_is_among_its_orders(
    files: Files,
) -> None:
    """The agent types the number as it is said; the e-mail address of the account is not asked."""
    chloe = Headless(files.client)
    chloe.sign_in(EMAIL)
    assert chloe.prove(phone=PHONE, country="FR").status_code == 201
    body = order_body(channel="phone", items=[{"sku": "BOOK", "quantity": 1}])
    body["customer"] = {"first_name": "C.", "last_name": "Durand", "phone": "+33 (0)6 39 98 12 34"}
    placed = files.client.post("/api/v1/orders", json=body, headers=as_key(files.shop.agent))
    assert placed.status_code == 201, placed.text
    drain()
    mine = chloe.done("GET", "orders")["orders"]
    assert [each["id"] for each in mine] == [placed.json["id"]]
    stories = files.kinds(files.owner(placed.json))
    assert ("order.placed", "phone") in stories


def test_s03_a_wrong_merge_is_undone_with_both_histories_intact(files: Files) -> None:
    one = files.owner(files.place())
    other = files.owner(files.place(phone="06 39 98 99 99", email="other@example.org"))
    files.note(one, text="of one")
    files.note(other, text="of the other")
    before = files.read(one).json["entries"], files.read(other).json["entries"]
    merged = files.client.post(
        f"/api/v1/customers/{one}/merges",
        json={"customer_id": other, "reason": "same voice"},
        headers=as_key(files.shop.agent),
    )
    drain()
    kept = {each["id"] for each in files.read(one).json["entries"]}
    assert kept > {each["id"] for page in before for each in page}
    assert {each["id"] for each in files.read(other).json["entries"]} == kept
    files.client.post(
        f"/api/v1/customer-merges/{merged.json['id']}/undo",
        json={},
        headers=as_key(files.shop.agent),
    )
    drain()
    after = files.read(one).json["entries"], files.read(other).json["entries"]
    told = [[each for each in page if not each["kind"].startswith("customer.")] for page in after]
    assert (told[0], told[1]) == before


def test_s05_a_seller_sees_the_web_order_of_who_says_their_number_and_not_what_is_hidden(
    files: Files,
) -> None:
    """Whoever never ordered there is nobody to a store, until they stand at its counter."""
    order = files.place(store="lyon", email=EMAIL)
    customer, seller = files.owner(order), files.shop.paris_associate
    with nothing_moves(files.connection):
        refused = files.read(customer, key=seller)
        assert problem(refused) == (404, "unknown-customer")
    said = {"said": PHONE, "store": "paris"}
    here = files.client.post("/api/v1/customers/identify", json=said, headers=as_key(seller))
    assert here.json == {"customer_id": customer}
    assert ("order.placed", "web") in files.kinds(customer, key=seller)
    shown = files.client.get(f"/api/v1/customers/{customer}", headers=as_key(seller)).json
    assert shown["name"] == "Chloé Durand"
    assert sorted(each["value"] for each in shown["points"]) == ["+336•••34", "c•••@example.org"]
    whole = files.client.get(f"/api/v1/customers/{customer}", headers=as_key(files.shop.agent))
    assert sorted(each["value"] for each in whole.json["points"]) == ["+33639981234", EMAIL]


def test_every_look_into_a_file_is_kept_the_refused_one_too(files: Files) -> None:
    customer = files.owner(files.place())
    files.read(customer)
    files.read(customer, key=files.shop.paris_associate)
    files.read(str(uuid4()))
    shown = files.client.get(
        f"/api/v1/customers/{customer}/looks", headers=as_key(files.system)
    ).json
    assert [(each["actor_name"], each["seen"]) for each in shown["looks"]] == [
        ("Marc", False),
        ("Luc", True),
    ]


@pytest.mark.parametrize("what", ["", "/consents", "/timeline"])
def test_each_door_of_the_api_that_shows_somebody_keeps_the_look(files: Files, what: str) -> None:
    customer = files.owner(files.place())
    seller = files.shop.paris_associate
    for key, status in ((files.shop.agent, 200), (seller, 404)):
        shown = files.client.get(f"/api/v1/customers/{customer}{what}", headers=as_key(key))
        assert shown.status_code == status
    kept = text("SELECT actor_name, door, seen FROM file_look ORDER BY id")
    rows = [tuple(each) for each in files.connection.execute(kept)]
    assert rows == [("Luc", "api", True), ("Marc", "api", False)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"happened_at": "2999-01-01T00:00:00Z"}, "in-the-future"),
        ({"order_number": "7K3-M9PX"}, "unknown-order"),
        ({"kind": "order.placed"}, "validation"),
        ({"source": "crm"}, "validation"),
        ({"text": "a" * 4_001}, "validation"),
    ],
)
def test_what_cannot_have_happened_is_no_history(
    files: Files, said: dict[str, Any], code: str
) -> None:
    customer = files.owner(files.place())
    with nothing_moves(files.connection):
        assert problem(files.note(customer, **said))[1] == code


def test_a_meeting_about_an_order_of_somebody_else_is_refused(files: Files) -> None:
    order = files.place()
    other = files.owner(files.place(phone="06 39 98 99 99"))
    with nothing_moves(files.connection):
        refused = files.note(other, order_number=order["number"])
        assert problem(refused) == (422, "order-of-another")
