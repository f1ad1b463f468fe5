"""While a parcel waits: kept longer, and its customer written to where they can be reached."""

from typing import Any

import pytest
from sqlalchemy import text

from app.cli.check import run_checks
from tests.orders.conftest import Counter
from tests.unmoved import nothing_moves, problem


def shopper(counter: Counter) -> str:
    return str(counter.order["access_token"])


def contact(counter: Counter) -> tuple[Any, ...]:
    """Return who the order at hand is for, as it stands."""
    return tuple(
        counter.session.execute(
            text(
                "SELECT first_name, last_name, email, phone FROM contact c"
                " JOIN sales_order o ON o.contact_id = c.id WHERE o.id = :id"
            ),
            {"id": counter.order["id"]},
        ).one()
    )


def sent(counter: Counter, names: str = "order.contact_corrected.v1") -> list[Any]:
    return list(
        counter.session.execute(
            text("SELECT facts::text FROM event WHERE name = :name"), {"name": names}
        ).scalars()
    )


def correct(counter: Counter, body: Any, *, key: str) -> Any:
    return counter.ask(f"orders/{counter.order['id']}/contact", body, key=key)


@pytest.mark.parametrize("who", ["agent", "the customer", "the store"])
def test_what_is_owed_from_now_on_goes_to_the_corrected_address(counter: Counter, who: str) -> None:
    counter.place()
    before = contact(counter)
    keys = {
        "agent": counter.shop.agent,
        "the customer": shopper(counter),
        "the store": counter.shop.associate,
    }

    done = correct(counter, {"email": "New@Example.org"}, key=keys[who])

    assert (done.status_code, done.json) == (200, {"order_id": counter.order["id"]})
    assert contact(counter) == (*before[:2], "New@example.org", before[3])
    (facts,) = sent(counter)
    assert "example.org" not in facts
    old = "SELECT count(*) FROM contact WHERE email = :email"
    kept = counter.session.execute(text(old), {"email": before[2]}).scalar_one()
    assert kept == 1, "what was sent says to whom"
    assert run_checks() == []


def test_who_is_found_by_the_corrected_number_is_found(counter: Counter) -> None:
    counter.place()
    assert correct(counter, {"phone": "06 39 98 77 66"}, key=counter.shop.agent).status_code == 200
    assert contact(counter)[3] == "+33639987766"
    known = counter.session.execute(
        text("SELECT count(*) FROM contact_point WHERE value = '+33639987766'")
    ).scalar_one()
    assert known == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "validation"),
        ({"email": None, "phone": None}, "validation"),
        ({"email": "nobody"}, "unreadable-email"),
        ({"phone": "12"}, "unreadable-phone"),
        ({"email": "a@example.org", "name": "x"}, "validation"),
    ],
)
def test_what_cannot_be_written_to_changes_nothing(counter: Counter, body: Any, code: str) -> None:
    counter.place()
    with nothing_moves(counter.session.connection()):
        assert problem(correct(counter, body, key=counter.shop.agent)) == (422, code)


def test_nobody_corrects_an_order_that_is_not_theirs(counter: Counter) -> None:
    counter.place()
    other = shopper(counter)
    counter.place()
    with nothing_moves(counter.session.connection()):
        for key in (other, counter.shop.paris_associate):
            refused = correct(counter, {"email": "a@example.org"}, key=key)
            assert problem(refused) == (404, "unknown-order")


def collect_by(counter: Counter) -> Any:
    return counter.session.execute(
        text("SELECT collect_by FROM fulfillment WHERE id = :id"), {"id": counter.parcel}
    ).scalar_one()


def test_a_customer_has_their_parcel_kept_longer_as_often_as_the_store_allows(
    counter: Counter,
) -> None:
    counter.bring_to("ready")
    before = collect_by(counter)
    path = f"fulfillments/{counter.parcel}/extend"

    done = counter.ask(path, key=shopper(counter))

    assert done.status_code == 200, done.text
    assert done.json == {
        "fulfillment_id": counter.parcel,
        "collect_by": collect_by(counter).isoformat(),
    }
    assert collect_by(counter) > before
    with nothing_moves(counter.session.connection()):
        again = counter.ask(path, key=shopper(counter))
        assert problem(again) == (409, "no-more-extensions")


def test_nothing_is_kept_longer_that_does_not_wait_or_is_somebody_elses(counter: Counter) -> None:
    counter.place()
    stranger = shopper(counter)
    with nothing_moves(counter.session.connection()):
        early = counter.ask(f"fulfillments/{counter.parcel}/extend", key=stranger)
        assert problem(early) == (409, "wrong-state")
    counter.bring_to("ready")
    with nothing_moves(counter.session.connection()):
        foreign = counter.ask(f"fulfillments/{counter.parcel}/extend", key=stranger)
        assert problem(foreign) == (404, "unknown-fulfillment")
