"""What somebody may be told: chosen by a link, refused with one click, keyed by who hears it."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from kernel.links import order_token, preferences_token
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem

HTML = {"Accept": "text/html"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def customer(client: FlaskClient, shop: Shop, session: Session) -> UUID:
    """Somebody who ordered in Lyon."""
    placed = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    assert placed.status_code == 201, placed.text
    row = session.execute(text("SELECT customer_id FROM contact ORDER BY created_at DESC LIMIT 1"))
    found: UUID = row.scalar_one()
    return found


@pytest.mark.matter("refuse", "web", "email")
def test_a_link_chooses_a_click_refuses_and_only_ours_is_believed(
    client: FlaskClient, shop: Shop, customer: UUID, connection: Connection
) -> None:
    token = preferences_token(customer)
    page = f"/en/preferences/{token}"

    def send(path: str, **fields: Any) -> int:
        hidden = dict(HIDDEN.findall(client.get(page, headers=HTML).text))
        return client.post(path, data={**hidden, **fields}, headers=HTML).status_code

    def read() -> dict[str, Any]:
        return dict(
            client.get(f"/api/v1/customers/{customer}/consents", headers=as_key(shop.agent)).json
        )

    def granted() -> list[tuple[str, str]]:
        holds = read()["holds"]
        return [(each["channel"], each["topic"]) for each in holds if each["granted"]]

    with nothing_moves(connection):
        assert "checked" not in client.get(page, headers=HTML).text  # nobody agreed beforehand
        assert client.get(f"/unsubscribe/{token}", headers=HTML).status_code == 302
        for foreign in (order_token(customer), token[:-2] + "AA", "x"):
            assert client.get(f"/en/preferences/{foreign}", headers=HTML).status_code == 404
            assert client.post(f"/unsubscribe/{foreign}").status_code == 404
        assert client.post(page, data={"told": "email.news"}, headers=HTML).status_code == 403
    assert send(page, told=["email.baskets", "email.news", "sms.news"]) == 303
    assert granted() == [("email", "baskets"), ("email", "news"), ("sms", "news")]
    (line,) = [each for each in read()["said"] if each["channel"] == "sms"]
    assert (line["source"], line["language"]) == ("link", "en")
    assert line["words"].startswith("Choose what we may tell you of")
    clicked = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
    assert (clicked.status_code, granted()) == (200, [("sms", "news")])
    assert send(f"{page}/nothing") == 303
    assert granted() == []
    assert {each["topic"] for each in read()["said"][:3]} == {""}


def test_who_may_not_see_a_customer_keys_nothing_and_gives_nothing_out(
    client: FlaskClient, shop: Shop, customer: UUID, connection: Connection
) -> None:
    path = f"/api/v1/customers/{customer}/consents"
    said = {"granted": False, "source": "phone", "proof": "call 1"}
    with nothing_moves(connection):
        for key, status in ((shop.paris_associate, 404), (shop.integration, 403)):
            assert client.post(path, json=said, headers=as_key(key)).status_code == status
        wrong = client.post(path, json={**said, "channels": ["fax"]}, headers=as_key(shop.agent))
        assert problem(wrong)[0] == 422
    key = as_key(shop.associate)
    assert client.post(path, json=said, headers=key).status_code == 201
    again = client.post(path, json=said, headers=key)
    kept = connection.execute(text("SELECT channel, author_name, author_id IS NULL FROM consent"))
    rows = sorted(tuple(each) for each in kept)
    assert again.status_code == 201
    assert rows == [(way, "Inès", False) for way in ("email", "phone", "sms")]
