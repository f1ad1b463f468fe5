"""The page of a store's tills: linked, given a fresh key shown once, revoked."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests.app.test_office import plain
from tests.app.test_office_stores import LYON, Sit, people, sit
from tests.conftest import Shop, as_key
from tests.support.till import Till, line
from tests.unmoved import nothing_moves, problem

__all__ = ["people", "sit"]
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')


def shown(page: Any) -> tuple[str, str]:
    """Return id and key as a page shows them."""
    assert page.status_code == 200, page.text
    found = SECRET.findall(page.text)
    assert len(found) == 2
    return found[0], found[1]


def at_work(client: FlaskClient, terminal_id: str, key: str) -> Till:
    """Return the till somebody made of what the page showed."""

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> Any:
        return client.open(target, method=method, data=body, headers=headers)

    return Till(terminal_id, key, send)


def test_a_till_is_linked_and_works_with_what_the_page_shows(
    sit: Sit, client: FlaskClient, session: Session
) -> None:
    desk = sit("nadia")
    assert "No till is linked yet" in desk.read(f"{LYON}/tills")
    till = at_work(client, *shown(desk.send(f"{LYON}/tills", name="Caisse 2")))
    assert till.ring_up(line("BOOK", 1, 455)).status_code == 201
    page = desk.read(f"{LYON}/tills")
    assert "Caisse 2" in page
    assert "In use" in page
    assert till.key not in desk.open(f"{LYON}/tills").text
    assert session.execute(text("SELECT count(*) FROM terminal")).scalar_one() == 1


def test_the_same_form_sent_twice_links_one_till_and_shows_the_same_key(
    sit: Sit, session: Session
) -> None:
    desk = sit("nadia")
    pages = [desk.send(f"{LYON}/tills", name="Caisse 2", form="twice") for _ in range(2)]
    assert shown(pages[0]) == shown(pages[1])
    assert session.execute(text("SELECT count(*) FROM terminal")).scalar_one() == 1


def test_a_fresh_key_works_and_the_old_one_a_day_more(sit: Sit, client: FlaskClient) -> None:
    desk = sit("nadia")
    till = at_work(client, *shown(desk.send(f"{LYON}/tills", name="Caisse 2")))
    renewed = desk.send(f"{LYON}/tills/{till.id}/renew")
    assert "works for 24 hours more" in plain(renewed)
    fresh = at_work(client, *shown(renewed))
    assert (fresh.id == till.id, fresh.key == till.key) == (True, False)
    for each in (till, fresh):
        assert each.get("/receipts/gaps").status_code == 200
    assert "Two keys until" in desk.read(f"{LYON}/tills")


def test_a_revoked_till_is_useless(sit: Sit, client: FlaskClient, connection: Connection) -> None:
    desk = sit("nadia")
    till = at_work(client, *shown(desk.send(f"{LYON}/tills", name="Caisse 2")))
    done = desk.send(f"{LYON}/tills/{till.id}/revoke")
    assert (done.status_code, done.location) == (303, f"{LYON}/tills?done=revoked")
    assert problem(till.get("/receipts/gaps")) == (401, "signature-refused")
    assert "Revoked" in desk.read(f"{LYON}/tills")
    with nothing_moves(connection):
        assert desk.send(f"{LYON}/tills/{till.id}/renew").status_code == 404


def test_missing_receipts_are_seen(sit: Sit, client: FlaskClient) -> None:
    desk = sit("nadia")
    till = at_work(client, *shown(desk.send(f"{LYON}/tills", name="Caisse 2")))
    for seq in (1, 5):
        till.seq = seq - 1
        till.ring_up(line("BOOK", 1, 455))
    assert re.search(r"Caisse 2 In use .* 5 3 New key", desk.read(f"{LYON}/tills"))


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_till_without_a_good_name_is_asked_again(
    sit: Sit, connection: Connection, name: str
) -> None:
    desk = sit("nadia")
    with nothing_moves(connection):
        answer = desk.send(f"{LYON}/tills", name=name)
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.text


@pytest.mark.parametrize(("who", "status"), [("sophie", 404), ("theo", 403), ("camille", 200)])
def test_tills_are_run_by_the_stores_manager_and_head_office(
    sit: Sit, shop: Shop, who: str, status: int
) -> None:
    desk = sit(who)
    assert desk.client.get(f"{LYON}/tills").status_code == status
    assert desk.send(f"{LYON}/tills", name="Caisse 9").status_code == status


def test_a_form_without_its_token_links_nothing(sit: Sit, connection: Connection) -> None:
    desk = sit("nadia")
    with nothing_moves(connection):
        assert desk.client.post(f"{LYON}/tills", data={"name": "Caisse 2"}).status_code == 403


# The same over the API


def test_the_api_links_renews_and_revokes(client: FlaskClient, shop: Shop) -> None:
    tills = "/api/v1/stores/lyon/terminals"
    key = as_key(shop.manager, idempotency_key="one-till-linked")
    linked, again = (client.post(tills, json={"name": "Caisse 1"}, headers=key) for _ in range(2))
    assert linked.status_code == 201
    assert linked.json == again.json
    till = at_work(client, linked.json["id"], linked.json["key"])
    assert till.get("/receipts/gaps").status_code == 200
    renewed = client.post(f"{tills}/{till.id}/renew", headers=as_key(shop.manager)).json
    assert renewed["id"] == till.id
    assert renewed["key"] != till.key
    (listed,) = client.get(tills, headers=as_key(shop.manager)).json["terminals"]
    assert (listed["name"], listed["generation"], listed["revoked_at"]) == ("Caisse 1", 2, None)
    assert "key" not in listed
    revoked = client.post(f"{tills}/{till.id}/revoke", headers=as_key(shop.manager))
    assert revoked.json == {"id": till.id}
    assert problem(till.get("/receipts/gaps")) == (401, "signature-refused")


def test_a_stored_answer_holds_no_key(client: FlaskClient, session: Session, shop: Shop) -> None:
    linked = client.post(
        "/api/v1/stores/lyon/terminals", json={"name": "Caisse 1"}, headers=as_key(shop.manager)
    )
    kept = session.execute(text("SELECT string_agg(body::text, '') FROM stored_answer")).scalar()
    assert linked.json["id"] in kept
    assert linked.json["key"] not in kept


def test_another_stores_till_is_nobodys(
    client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    linked = client.post(
        "/api/v1/stores/lyon/terminals", json={"name": "Caisse 1"}, headers=as_key(shop.manager)
    ).json
    with nothing_moves(connection):
        for act in ("renew", "revoke"):
            address = f"/api/v1/stores/paris/terminals/{linked['id']}/{act}"
            answer = client.post(address, headers=as_key(shop.manager))
            assert problem(answer) == (404, "unknown-location")
            nowhere = f"/api/v1/stores/lyon/terminals/{shop.lyon}/{act}"
            answer = client.post(nowhere, headers=as_key(shop.manager))
            assert problem(answer) == (404, "unknown-terminal")
