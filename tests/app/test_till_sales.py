"""A sale of a till, to nobody we know, on the pages of those who look for orders."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.test_office_stores import Sit, people, sit
from tests.app.test_tablet import Tablet, device, tablet, words
from tests.conftest import Shop
from tests.pos_adapter.conftest import till
from tests.support.till import Till, line

__all__ = ["device", "people", "sit", "tablet", "till"]


@pytest.fixture
def number(till: Till, client: FlaskClient, session: Session, shop: Shop) -> str:
    """The number of an order that somebody unknown bought at the till."""
    return str(till.ring_up(line("BOOK", 2, 910)).json["order_number"])


def test_the_office_shows_it_with_its_story(sit: Sit, number: str) -> None:
    desk = sit("nadia")
    listed = desk.read("/en/office/orders?state=all")
    assert number in listed
    page = desk.read(f"/en/office/orders/{number}")
    assert f"{number} · –" in page
    assert "Sold at the till Till · 2 articles · €9.10" in page
    assert "Caisse lyon" in page
    assert "T-0001" in page


def test_what_comes_back_is_in_the_orders_story(sit: Sit, till: Till, number: str) -> None:
    till.ring_up(line("BOOK", 1, 455), kind="return", order_number=number)
    page = sit("nadia").read(f"/en/office/orders/{number}")
    assert "Brought back to a till, money given back there 1 × Carnet · €4.55" in page


def test_a_tablet_finds_it_and_says_that_it_is_gone(tablet: Tablet, number: str) -> None:
    found = tablet.post("/hand-over", said=number)
    assert found.status_code == 409
    assert "Already collected" in words(found)


def test_it_is_on_no_board_and_no_print(tablet: Tablet, number: str) -> None:
    for page in ("/", "/print/day-sheet"):
        assert number not in tablet.get(page).text
