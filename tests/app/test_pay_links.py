"""Paying from a link: sent by staff, opened by the customer, ended by time or by another one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import orders.jobs
import orders.services
from app.cli.check import run_checks
from app.worker import drain
from kernel.actors import SYSTEM
from kernel.db import transaction
from notifications.models import Message
from notifications.services.cases import read_case
from notifications.services.rendering import render
from orders.commands import Status
from orders.queries import get_order
from payments import gateway
from payments.gateway import PaymentSettings
from sandbox import Options, running
from tests.app.test_shop import HTML, hidden
from tests.conftest import Shop, as_key, order_body

CARD: Final = {"number": "4242 4242 4242 4242"}
DAY_S: Final = 86_400


@pytest.fixture(autouse=True)
def stripe(tmp_path: Path) -> Iterator[None]:
    """The payment provider's stand-in, switched on."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_links")
        )
        yield
    gateway.configure(before)


@pytest.fixture
def placed(client: FlaskClient, shop: Shop) -> dict[str, Any]:
    """An order an agent placed on the telephone, to be paid from a link."""
    body = {"channel": "phone", "store": "lyon", "items": order_body()["items"]}
    cart = client.post("/api/v1/carts", json=body, headers=as_key(shop.agent)).json
    order = {"channel": "phone", "customer": order_body()["customer"], "pay_by": "link"}
    answer = client.post(
        f"/api/v1/carts/{cart['token']}/order",
        json=order,
        headers=as_key(shop.agent) | {"If-Match": "1"},
    )
    assert answer.status_code == 201, answer.text
    drain()
    return dict(answer.json)


def links_of(client: FlaskClient, shop: Shop, order: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/orders/{order['id']}/pay-links", headers=as_key(shop.agent))
    return list(answer.json["pay_links"])


def press(client: FlaskClient, path: str) -> Any:
    return client.post(path, data=hidden(client), headers=HTML)


def status(order: dict[str, Any]) -> Status:
    with transaction() as session:
        return get_order(session, order["id"], actor=SYSTEM).status


def told(connection: Connection) -> list[tuple[str, str]]:
    rows = connection.execute(text("SELECT template, channel FROM message ORDER BY id"))
    return [tuple(row) for row in rows]


def test_an_order_by_phone_is_paid_from_its_link_once_each_visit_on_a_fresh_page(
    client: FlaskClient,
    connection: Connection,
    session: Session,
    shop: Shop,
    placed: dict[str, Any],
) -> None:
    (link,) = links_of(client, shop, placed)
    assert (link["open"], link["amount_minor"]) == (True, placed["total_minor"])
    assert told(connection) == [("pay_link", "email"), ("pay_link", "sms")]
    for message in session.query(Message).order_by(Message.id):
        letter = render(message, read_case(session, message))
        assert f"http://shop.test{link['path']}" in letter.text
        assert "115,70" in letter.text
    page = client.get(link["path"], headers=HTML).text
    assert "À payer" in page
    assert "115,70" in page

    first, second = press(client, link["path"]), press(client, link["path"])
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location != second.location
    assert httpx.post(first.location, data=CARD, trust_env=False).status_code != 303
    back = httpx.post(second.location, data=CARD, trust_env=False).headers["Location"]
    assert client.get(back.removeprefix("http://localhost"), headers=HTML).status_code == 303
    drain()
    assert status(placed) is Status.NEW
    assert "Payé" in client.get(link["path"], headers=HTML).text
    assert press(client, link["path"]).status_code == 409
    assert [each["open"] for each in links_of(client, shop, placed)] == [False]


def test_the_customer_is_reminded_once_and_unpaid_the_order_ends_with_a_word(
    client: FlaskClient, connection: Connection, shop: Shop, placed: dict[str, Any]
) -> None:
    held = "SELECT round(extract(epoch FROM {} - statement_timestamp()) / 60) FROM {}"
    for column, table in (("held_until", "reservation"), ("pay_by", "pay_link")):
        minutes = connection.execute(text(held.format(column, table))).scalars()
        assert {int(each) for each in minutes} == {1440}
    assert orders.jobs.remind_to_pay() == 0
    connection.execute(text("UPDATE pay_link SET remind_at = now() - interval '1 minute'"))
    assert [orders.jobs.remind_to_pay(), orders.jobs.remind_to_pay()] == [1, 0]
    drain()
    assert told(connection)[2:] == [("pay_reminder", "email"), ("pay_reminder", "sms")]

    connection.execute(text("UPDATE pay_link SET pay_by = now() - interval '1 minute'"))
    connection.execute(text("UPDATE fulfillment SET pending_until = now() - interval '1 minute'"))
    orders.jobs.end_unpaid()
    drain()
    assert status(placed) is Status.EXPIRED
    assert {template for template, _ in told(connection)[4:]} == {"unpaid"}
    (link,) = links_of(client, shop, placed)
    assert link["open"] is False
    ended = text("SELECT count(*) FROM pay_link WHERE ended_at IS NULL")
    assert connection.execute(ended).scalar_one() == 0
    assert "PAY-01" not in str(run_checks())
    connection.execute(text("UPDATE pay_link SET ended_at = NULL"))
    assert "PAY-01" in str(run_checks())
    page = client.get(link["path"], headers=HTML)
    assert "Ce lien est terminé" in page.text
    english = client.get(link["path"].replace("/fr/", "/en/"), headers=HTML)
    assert "This link has ended" in english.text
    assert press(client, link["path"]).status_code == 409
    again = client.post(
        f"/api/v1/orders/{placed['id']}/pay-links", json={}, headers=as_key(shop.agent)
    )
    assert (again.status_code, again.json["type"]) == (409, "/problems/nothing-to-pay")


def test_a_new_link_ends_the_old_and_links_are_nobodys_guess(
    client: FlaskClient, shop: Shop, placed: dict[str, Any]
) -> None:
    (old,) = links_of(client, shop, placed)
    path = f"/api/v1/orders/{placed['id']}/pay-links"
    made = client.post(path, json={}, headers=as_key(shop.agent))
    assert made.status_code == 201
    found = links_of(client, shop, placed)
    assert [(each["id"], each["open"]) for each in found] == [
        (made.json["id"], True),
        (old["id"], False),
    ]
    assert press(client, old["path"]).status_code == 409
    forged = re.sub(r".$", "x" if old["path"][-1] != "x" else "y", old["path"])
    assert client.get(forged, headers=HTML).status_code == 404
    assert client.post(path, json={}, headers=as_key(shop.integration)).status_code == 403
    assert client.post(path, json={}, headers=as_key(shop.paris_associate)).status_code == 404


def test_who_pays_at_the_till_first_gets_the_cards_money_back(
    client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    order = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration)).json
    parcel = order["fulfillment_id"]
    for act, body in (
        ("accept", {}),
        ("pick", {"items": order_body()["items"]}),
        ("ready", {"bin": "A1"}),
    ):
        answer = client.post(
            f"/api/v1/fulfillments/{parcel}/{act}", json=body, headers=as_key(shop.associate)
        )
        assert answer.status_code == 200, answer.text
    made = client.post(
        f"/api/v1/orders/{order['id']}/pay-links", json={}, headers=as_key(shop.associate)
    )
    page = press(client, made.json["path"])
    assert page.status_code == 303
    given = {"fulfillment_id": parcel, "store": "lyon", "ticket_number": "T-1"}
    answer = client.post(
        "/api/v1/hand-overs", json={**given, "identity_seen": True}, headers=as_key(shop.associate)
    )
    assert answer.status_code == 201, answer.text
    paid = httpx.post(page.location, data=CARD, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    drain()
    assert connection.execute(text("SELECT status, captured_minor FROM card_payment")).one() == (
        "cancelled",
        0,
    )


def test_a_card_that_fails_at_ready_is_asked_for_by_a_link_and_then_taken_at_once(
    client: FlaskClient, connection: Connection, shop: Shop, placed: dict[str, Any]
) -> None:
    (link,) = links_of(client, shop, placed)
    first = press(client, link["path"])
    paid = httpx.post(first.location, data=CARD, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    lose_authorisation(connection, placed)
    drain()
    assert status(placed) is Status.READY
    newest, *_ = links_of(client, shop, placed)
    assert (newest["open"], newest["amount_minor"]) == (True, placed["total_minor"])
    assert ("ready", "email") in told(connection)
    again = press(client, newest["path"])
    paid = httpx.post(again.location, data=CARD, trust_env=False)
    client.get(paid.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    drain()
    captured = connection.execute(text("SELECT max(captured_minor) FROM card_payment")).scalar_one()
    assert captured == placed["total_minor"]


def lose_authorisation(connection: Connection, placed: dict[str, Any]) -> None:
    """The store makes it ready, and the card's bank lets the money go before it is taken."""
    intent = connection.execute(text("SELECT intent_id FROM card_payment")).scalar_one()
    cancelled = httpx.post(
        f"{gateway.settings().stripe_api_url}/v1/payment_intents/{intent}/cancel",
        headers={"Authorization": "Bearer sk_test_links"},
        trust_env=False,
    )
    assert cancelled.status_code == 200, cancelled.text
    with transaction() as own:
        order = get_order(own, placed["id"], actor=SYSTEM)
        (parcel,) = order.fulfillments
        orders.services.accept(own, parcel.id, actor=SYSTEM)
        wanted = {line.sku: line.quantity for line in parcel.lines}
        orders.services.pick(own, parcel.id, quantities=wanted, actor=SYSTEM)
        orders.services.mark_ready(own, parcel.id, bin_code="A1", actor=SYSTEM)
