"""One person who was taken for two, and back: through the API, with nothing lost either way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from customers.commands import GiveContact, RecordConsent
from customers.errors import KnownAsAnother
from customers.queries import find_former, find_roots, may_tell
from customers.services import erase_person, give_contact, know_as, record_consent
from kernel.actors import SYSTEM
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem

PEOPLE = 5
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def crowd(client: FlaskClient, session: Session, shop: Shop) -> list[tuple[str, str]]:
    """Customers with an order each; returns each with the number of the order."""
    found = []
    for at in range(PEOPLE):
        body = order_body(items=[{"sku": "BOOK", "quantity": 1}])
        body["customer"] = {"last_name": f"Durand{at}", "email": f"c{at}@example.org"}
        placed = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration)).json
        owner = session.execute(
            text("SELECT customer_id FROM contact WHERE email = :email"),
            {"email": f"c{at}@example.org"},
        ).scalar_one()
        found.append((str(owner), placed["number"]))
    return found


@pytest.fixture
def merge(client: FlaskClient, shop: Shop) -> Callable[..., Any]:
    def ask(kept: str, merged: str, *, key: str = shop.agent, reason: str = "same voice") -> Any:
        body = {"customer_id": merged, "reason": reason}
        return client.post(f"/api/v1/customers/{kept}/merges", json=body, headers=as_key(key))

    return ask


def test_a_customer_is_nobodys_business_where_they_never_ordered(
    client: FlaskClient, connection: Connection, shop: Shop, crowd: Any, merge: Any
) -> None:
    """The orders are Lyon's: its manager sees them, Paris' associate may not even ask."""
    (one, number), (other, _) = crowd[0], crowd[1]

    def ask(key: str, path: str) -> Any:
        return client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})

    connection.execute(
        text(
            "UPDATE fulfillment SET location_id = :paris WHERE order_id ="
            " (SELECT id FROM sales_order ORDER BY placed_at, id LIMIT 1)"
        ),
        {"paris": shop.paris},
    )
    with nothing_moves(connection):
        assert problem(ask(shop.manager, f"customers/{one}")) == (404, "unknown-customer")
        assert problem(merge(other, one, key=shop.manager)) == (404, "unknown-customer")
        assert problem(merge(one, other, key=shop.associate)) == (403, "forbidden")
        assert problem(merge(one, one)) == (409, "already-merged")
        assert problem(merge(one, "00000000-0000-7000-8000-000000000000"))[0] == 404
    for said in ("durand0", number, "c0@example.org"):
        assert ask(shop.manager, f"customers?q={said}").json == {"customers": []}
        (found,) = ask(shop.agent, f"customers?q={said}").json["customers"]
        assert (found["id"], found["email"]) == (one, "c0@example.org")
    made = merge(one, other).json["id"]
    shown = ask(shop.manager, f"customers/{one}").json
    assert [each["value"] for each in shown["points"]] == ["c1@example.org"]
    (told,) = shown["merges"]
    assert (told["reason"], told["author_name"]) == ("same voice", "Luc")
    unseen = client.post(f"/api/v1/customer-merges/{made}/undo", headers=as_key(shop.associate))
    assert unseen.status_code == 403


def test_the_newest_word_of_a_person_holds_whoever_they_were_joined_with(
    session: Session, shop: Shop, crowd: Any, merge: Any
) -> None:
    one, other = UUID(crowd[0][0]), UUID(crowd[1][0])

    def say(who: UUID, *, granted: bool, day: int, topic: str = "") -> None:
        words = RecordConsent(
            who, "marketing", "email", granted, "v1", "form 7", "shop", NOON + timedelta(days=day),
            topic,
        )  # fmt: skip
        record_consent(session, words, actor=SYSTEM)

    def may(who: UUID, topic: str = "") -> bool:
        return may_tell(session, who, purpose="marketing", channel="email", topic=topic)

    assert not may(one)
    say(one, granted=True, day=1)
    say(other, granted=False, day=2, topic="garden")
    assert (may(one), may(one, "garden"), may(other, "garden")) == (True, True, False)
    merge(str(one), str(other))
    assert (may(other), may(one, "garden"), may(one, "kitchen")) == (True, False, True)
    say(other, granted=False, day=0)  # said before, heard of later
    assert may(one)
    say(other, granted=False, day=3)
    assert not may(one, "kitchen")
    know_as(session, other, source="oldshop", value="4711")
    know_as(session, one, source="oldshop", value="4711")
    assert find_former(session, source="oldshop", value="4711") == other
    with pytest.raises(KnownAsAnother):
        know_as(session, UUID(crowd[2][0]), source="oldshop", value="4711")


def test_nobody_is_joined_with_somebody_who_was_forgotten(
    client: FlaskClient, connection: Connection, session: Session, crowd: Any, merge: Any
) -> None:
    (gone, _), (one, _) = crowd[:2]
    erase_person(session, UUID(gone))
    session.commit()
    with nothing_moves(connection):
        assert problem(merge(gone, one)) == (409, "already-forgotten")
        assert problem(merge(one, gone)) == (409, "already-forgotten")


def test_who_orders_again_after_a_merge_is_who_they_were_merged_into(
    session: Session, crowd: Any, merge: Any
) -> None:
    ids = [each for each, _ in crowd]
    for kept, merged in ((1, 0), (2, 1), (3, 2)):
        assert merge(ids[kept], ids[merged]).status_code == 201
    contact = give_contact(session, GiveContact("C", "D", "c0@example.org", None, "fr"))
    owner = session.execute(
        text("SELECT customer_id FROM contact WHERE id = :id"), {"id": contact.id}
    ).scalar_one()
    assert str(owner) == ids[0]
    assert str(find_roots(session, [owner])[owner]) == ids[3]
