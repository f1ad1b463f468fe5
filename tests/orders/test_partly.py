"""A part of an order is there, the rest is on its way: wait, be told, or have it split."""

from typing import Any, Final

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from app.worker import drain
from kernel.actors import SYSTEM
from stores.commands import Scope, SetRule
from tests.conftest import Shop, as_key
from tests.unmoved import nothing_moves, problem

MUGS: Final = [{"sku": "MUG-BLUE", "quantity": 2}]


@pytest.fixture
def parted(counter: Any) -> Any:
    """A tent in Lyon, picked, and two mugs that Paris sends."""
    counter.place()
    counter.do("accept")
    counter.do("pick")
    return counter


def fetch(counter: Any) -> None:
    said = counter.ask(
        f"fulfillments/{counter.parcel}/fetch", {"from_store": "paris", "items": MUGS}
    )
    assert said.status_code == 201, said.text
    drain()


def lines(counter: Any, parcel: str) -> dict[str, tuple[int, int]]:
    """Return quantity and picked by SKU."""
    said = counter.client.get(f"/api/v1/fulfillments/{parcel}", headers=as_key(counter.shop.agent))
    return {each["sku"]: (each["quantity"], each["picked"]) for each in said.json["lines"]}


def other_parcel(counter: Any) -> str:
    order = counter.client.get(
        f"/api/v1/orders/{counter.order['id']}", headers=as_key(counter.shop.agent)
    ).json
    (other,) = (each["id"] for each in order["fulfillments"] if each["id"] != counter.parcel)
    return str(other)


def told(session: Session) -> list[str]:
    """Return one word for each time the customer was asked, whatever channels it took."""
    rows = session.execute(
        text("SELECT DISTINCT event_id, template FROM message WHERE template = 'partly'")
    ).all()
    return [row.template for row in rows]


def set_partly(session: Session, value: str) -> None:
    stores.services.set_setting(
        session, SetRule(Scope.STORE, "lyon", "partly", value), actor=SYSTEM
    )
    session.commit()


def test_the_customer_is_asked_once_and_nothing_moves_until_they_answer(
    parted: Any, session: Session
) -> None:
    fetch(parted)
    assert parted.status() == "in_transfer"
    assert told(session) == ["partly"]
    assert run_checks() == []


def test_who_wants_it_split_gets_what_is_there_at_once(parted: Any) -> None:
    fetch(parted)

    said = parted.ask(
        f"orders/{parted.order['id']}/partly", {"answer": "split"}, key=parted.shop.agent
    )

    assert said.status_code == 200, said.text
    assert parted.status() == "accepted"
    assert lines(parted, parted.parcel) == {"TENT-2P": (1, 1)}
    assert lines(parted, other_parcel(parted)) == {"MUG-BLUE": (2, 0)}
    assert run_checks() == []
    for command in ("start-picking", "ready"):
        assert parted.do(command).status_code == 200
    assert parted.do("hand-over").status_code == 201
    assert run_checks() == []


def test_the_rest_arrives_as_a_parcel_of_its_own(parted: Any, session: Session) -> None:
    fetch(parted)
    split = parted.ask(f"fulfillments/{parted.parcel}/split", {})
    assert (split.status_code, split.json["status"]) == (200, "accepted")
    rest = other_parcel(parted)
    transfer = session.execute(text("SELECT id FROM transfer")).scalar_one()
    items = {"items": MUGS}
    day = {"expected_on": "2031-05-02"}
    sent = parted.ask(f"transfers/{transfer}/send", day, key=parted.shop.paris_associate)
    assert sent.status_code == 200, sent.text
    arrived = parted.ask(f"transfers/{transfer}/receive", items)
    assert arrived.status_code == 200, arrived.text
    drain()

    for command, body in (("pick", items), ("ready", {"bin": "C1"})):
        said = parted.ask(f"fulfillments/{rest}/{command}", body)
        assert said.status_code == 200, said.text
    assert parted.hand_over(fulfillment_id=rest).status_code == 201
    assert run_checks() == []


@pytest.mark.parametrize(
    ("rule", "state", "messages"),
    [
        ("wait", "in_transfer", []),
        ("announce", "in_transfer", ["partly"]),
        ("split", "accepted", []),
    ],
)
def test_the_setting_of_a_store_answers_for_its_customers(
    parted: Any, session: Session, rule: str, state: str, messages: list[str]
) -> None:
    set_partly(session, rule)
    fetch(parted)
    assert parted.status() == state
    assert told(session) == messages
    assert run_checks() == []


def test_what_the_customer_said_before_wins_over_the_store(parted: Any, session: Session) -> None:
    set_partly(session, "wait")
    said = parted.ask(
        f"orders/{parted.order['id']}/partly", {"answer": "split"}, key=parted.shop.agent
    )
    assert said.status_code == 200, said.text
    fetch(parted)
    assert parted.status() == "accepted"


def test_what_is_all_in_one_place_cannot_be_split(
    parted: Any, connection: Connection, shop: Shop
) -> None:
    with nothing_moves(connection):
        refused = parted.ask(f"fulfillments/{parted.parcel}/split", {})
        assert problem(refused) == (409, "wrong-state")
        foreign = parted.ask(f"fulfillments/{parted.parcel}/split", {}, key=shop.paris_associate)
        assert problem(foreign) == (404, "unknown-fulfillment")


def test_an_order_at_its_end_is_asked_nothing_more(parted: Any, connection: Connection) -> None:
    parted.do("cancel")
    with nothing_moves(connection):
        refused = parted.ask(
            f"orders/{parted.order['id']}/partly", {"answer": "wait"}, key=parted.shop.agent
        )
        assert problem(refused) == (409, "wrong-state")
