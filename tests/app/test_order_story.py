"""The story of an order: each step in plain words of the page's language, whatever it was."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.admin.history import TITLES
from app.admin.one_order import say_note
from kernel.events import Event
from tests.app import test_office
from tests.app.test_office import Desk
from tests.conftest import Shop, as_key
from tests.orders.conftest import Counter, counter
from tests.orders.delivering import tell

__all__ = ["counter"]
desk, hired = test_office.desk, test_office.hired

OF_AN_ORDER = {"order", "fulfillment", "obligation", "message", "return", "sale"}
"""What happens to these stands on the page of an order."""
RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)*\.[a-z_]+\.v\d|\b[a-z]+_[a-z_]+\b")
OFFER = {
    "sku": "MUG-BLUE",
    "substitute_sku": "BOOK",
    "quantity": 1,
    "reason": "damaged",
}


def kinds(base: type[Event] = Event) -> Iterator[type[Event]]:
    for each in base.__subclasses__():
        yield each
        yield from kinds(each)


def test_whatever_happens_to_an_order_has_a_title() -> None:
    wanted = {
        each.name
        for each in kinds()
        if each.__dict__.get("name") and each.aggregate in OF_AN_ORDER and "test" not in each.name
    }
    assert sorted(wanted - TITLES.keys()) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Commande modifiée",
                "Un autre article est proposé",
                "L’autre article n’est pas pris",
                "le client a dit non",
                "Commande annulée",
            ),
        ),
        (
            "en",
            (
                "The order was changed",
                "Another article offered instead",
                "The other article is not taken",
                "the customer said no",
                "Order cancelled",
            ),
        ),
    ],
)
def test_an_order_that_lived_through_much_tells_it_without_a_code(  # noqa: PLR0917 (a row of a table)
    counter: Counter,
    session: Session,
    shop: Shop,
    desk: Callable[[str], Desk],
    language: str,
    words: tuple[str, ...],
) -> None:
    counter.place()
    path = f"/api/v1/orders/{counter.order['id']}/amendments"
    change: dict[str, Any] = {"lines": [{"sku": "MUG-BLUE", "quantity": 3}], "reason": "mistake"}
    headers = as_key(shop.agent) | {"If-Match": "1"}
    assert counter.client.post(path, json=change, headers=headers).status_code == 201
    who = {"first_name": "Ada", "last_name": "Martin"}
    headers = as_key(shop.agent) | {"If-Match": "2"}
    amended = counter.client.post(path, json={"collector": who}, headers=headers)
    assert amended.status_code == 201, amended.text
    for step, body in (("accept", None), ("pick", None)):
        assert counter.do(step, body).status_code == 200
    offered = counter.ask(f"fulfillments/{counter.parcel}/substitutes", OFFER)
    assert offered.status_code == 201, offered.text
    assert counter.ask(f"substitutes/{offered.json['id']}/decline").status_code == 200
    short = {"sku": "MUG-BLUE", "quantity": 2, "reason": "not_found"}
    assert counter.do("short", short).status_code == 200
    assert counter.do("ready").status_code == 200
    assert counter.ask(f"fulfillments/{counter.parcel}/extend", {}).status_code == 200
    tell(session)
    assert counter.do("cancel").status_code == 200
    tell(session)

    page = desk("luc").open(f"/{language}/office/orders/{counter.order['number']}").text
    start = page.index("Ce qui s’est passé" if language == "fr" else "What happened")
    story = re.sub(r"<[^>]+>", " ", page[start:])
    assert RAW.findall(story) == []
    said = " ".join(story.split())
    assert [each for each in words if each not in said] == []


NOTES = [
    "changed again: the next message tells of both",
    "chosen already",
    "given up after 8 tries",
    "no address",
    "no live pass",
    "not agreed to",
    "not a country we text to",
    "read on the page",
    "sent twice without an answer",
    "the channel is switched off; told on the other",
    "the hour's 600 text messages are spent",
    "the link to pay is over",
    "the words are gone",
    "told with a newer answer",
    "too late: it was answered",
    "too late: it was ordered",
    "too late: nothing is in it any more",
    "too late: the case is closed",
    "too late: the code is over",
    "too late: the parcel is ready",
]
ENGLISH = re.compile(r"\b(?:the|of|was|told|after|already|too|late|not|no|tries|on|it)\b")


@pytest.mark.parametrize("note", NOTES)
def test_why_a_message_did_not_go_is_said_in_french(app: Flask, note: str) -> None:
    with app.test_request_context("/fr/office/orders"):
        said = say_note(note)
    assert said
    assert ENGLISH.findall(said) == []
