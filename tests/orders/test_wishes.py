"""Somebody asks to be told when an article is back, is told once, and can think better of it."""

from typing import Any, Final

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import inventory.services
import orders.jobs
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import new_id
from kernel.links import order_token, read_wish_token, wish_token
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves, problem

CHLOE: Final = "chloe@example.org"


def wish(client: Any, shop: Shop, **changes: Any) -> Any:
    """Ask to be told of the notebook in Lyon."""
    body = {"sku": "BOOK", "store": "lyon", "email": CHLOE, **changes}
    return client.post("/api/v1/stock-wishes", json=body, headers=as_key(shop.integration))


def sell_out(session: Session, *locations: Any) -> None:
    for location_id in locations:
        inventory.services.set_counted(
            session, location_id=location_id, quantities={"BOOK": 0}, reason="sold out"
        )
    session.commit()


def restock(session: Session, location_id: Any) -> None:
    inventory.services.receive(
        session, location_id=location_id, quantities={"BOOK": 1}, actor=SYSTEM
    )
    session.commit()


def open_wishes(session: Session) -> int:
    found = session.execute(text("SELECT count(*) FROM stock_wish WHERE ended_at IS NULL"))
    return int(found.scalar_one())


def told(session: Session) -> list[str]:
    """Return where the article was when somebody was told, oldest first."""
    rows = session.execute(
        text(
            "SELECT l.code FROM event e JOIN location l ON l.id = (e.facts ->> 'location_id')::uuid"
            " WHERE e.name = 'stock.back.v1' ORDER BY e.id"
        )
    )
    return list(rows.scalars())


def test_who_asked_is_told_once_when_the_store_has_it_again(
    client: Any, session: Session, shop: Shop
) -> None:
    sell_out(session, shop.lyon)
    asked = wish(client, shop)
    assert (asked.status_code, asked.json["sku"], asked.json["store"]) == (202, "BOOK", "lyon")
    assert orders.jobs.tell_wishes() == 0
    restock(session, shop.lyon)
    assert (orders.jobs.tell_wishes(), orders.jobs.tell_wishes()) == (1, 0)
    assert (told(session), open_wishes(session)) == (["lyon"], 0)
    assert [finding.check.id for finding in run_checks()] == []


def test_one_store_is_enough_for_who_asked_for_any(
    client: Any, session: Session, shop: Shop
) -> None:
    sell_out(session, shop.lyon, shop.paris)
    wish(client, shop, store=None)
    assert orders.jobs.tell_wishes() == 0
    restock(session, shop.paris)
    assert orders.jobs.tell_wishes() == 1
    assert told(session) == ["paris"]


def test_another_store_having_it_does_not_help_who_asked_for_one(
    client: Any, session: Session, shop: Shop
) -> None:
    sell_out(session, shop.lyon)
    wish(client, shop)
    assert (orders.jobs.tell_wishes(), open_wishes(session)) == (0, 1)


def test_what_an_ended_hold_held_is_back_too(client: Any, session: Session, shop: Shop) -> None:
    wish_id = read_wish_token(wish(client, shop).json["withdraw_token"])
    session.execute(text("UPDATE stock_level SET reserved = on_hand WHERE sku = 'BOOK'"))
    session.execute(
        text(
            "INSERT INTO reservation (fulfillment_id, sku, location_id, quantity, held_until,"
            " held_max) SELECT :id, sku, location_id, 10, statement_timestamp() + make_interval("
            "mins => 1), statement_timestamp() + make_interval(mins => 2) FROM stock_level"
            " WHERE sku = 'BOOK' AND location_id = :lyon"
        ),
        {"id": wish_id, "lyon": shop.lyon},
    )
    session.commit()
    assert orders.jobs.tell_wishes() == 0
    session.execute(text("UPDATE reservation SET held_until = statement_timestamp()"))
    session.commit()
    assert orders.jobs.tell_wishes() == 1


def test_asking_twice_is_kept_once_and_answered_alike(
    client: Any, session: Session, shop: Shop
) -> None:
    first, second = wish(client, shop), wish(client, shop, email="Chloe@Example.org")
    assert (second.status_code, set(second.json)) == (first.status_code, set(first.json))
    assert second.json["withdraw_token"] != first.json["withdraw_token"]
    assert open_wishes(session) == 1
    assert wish(client, shop, store="paris").status_code == 202
    assert wish(client, shop, email=None, phone="06 39 98 12 34").status_code == 202
    assert open_wishes(session) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": None}, "validation"),
        ({"email": "nobody"}, "unreadable-email"),
        ({"email": None, "phone": "12"}, "unreadable-phone"),
        ({"sku": "NEVER"}, "unknown-sku"),
        ({"store": "atlantis"}, "unknown-location"),
    ],
)
def test_a_wish_nobody_can_fulfil_is_refused_and_nothing_is_kept(
    client: Any, connection: Connection, shop: Shop, changes: dict[str, Any], code: str
) -> None:
    with nothing_moves(connection):
        refused = wish(client, shop, **changes)
    assert problem(refused)[1] == code


def test_a_wish_is_withdrawn_with_its_token_and_nothing_tells_whether_it_was(
    client: Any, session: Session, shop: Shop
) -> None:
    mine, twice = wish(client, shop), wish(client, shop)
    wish(client, shop, store="paris")
    answers = []
    for token in (
        twice.json["withdraw_token"],
        mine.json["withdraw_token"],
        wish_token(new_id()),
        order_token(new_id()),
        "x",
    ):
        gone = client.post(
            "/api/v1/stock-wishes/withdraw", json={"token": token}, headers=as_key(shop.integration)
        )
        answers.append((gone.status_code, gone.json, open_wishes(session)))
    assert answers == [(200, {"withdrawn": True}, left) for left in (2, 1, 1, 1, 1)]


def test_the_link_of_a_told_wish_ends_all_that_its_reader_waits_for(
    client: Any, session: Session, shop: Shop
) -> None:
    token = wish(client, shop).json["withdraw_token"]
    wish(client, shop, sku="TENT-2P", store="paris")
    wish(client, shop, email="other@example.org", store="paris")
    with transaction() as telling:
        wish_id = read_wish_token(token)
        assert wish_id is not None
        assert orders.services.tell_back(telling, wish_id, location_id=shop.lyon)
    client.post(
        "/api/v1/stock-wishes/withdraw", json={"token": token}, headers=as_key(shop.integration)
    )
    emails = session.execute(
        text(
            "SELECT c.email FROM stock_wish w JOIN contact c ON c.id = w.contact_id"
            " WHERE w.ended_at IS NULL"
        )
    ).scalars()
    assert list(emails) == ["other@example.org"]


def test_a_wish_of_sixty_days_ago_is_forgotten(client: Any, session: Session, shop: Shop) -> None:
    wish(client, shop)
    wish(client, shop, store="paris")
    session.execute(
        text(
            "UPDATE stock_wish SET created_at = created_at - interval '61 days'"
            " WHERE location_id = :lyon"
        ),
        {"lyon": shop.lyon},
    )
    session.commit()
    assert orders.jobs.tell_wishes() == 1
    assert (told(session), open_wishes(session)) == (["paris"], 0)
