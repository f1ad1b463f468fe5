"""Where something is brought to, on every page that asks: what is wrong stands beside its field."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from kernel.links import order_token
from orders.services import PlacedOrder
from tests.app import test_choosing, test_office
from tests.app.test_aisle import CHLOE as COUNTER_CHLOE
from tests.app.test_aisle import have, scan, tablet
from tests.app.test_choosing import inside, read
from tests.app.test_choosing import send as press
from tests.app.test_mixed_checkout import BUYER, choose, doors, hidden
from tests.app.test_mixed_checkout import fill as fill_three
from tests.app.test_office import place
from tests.app.test_office_desk import WHO, Call, Sit, stripe
from tests.app.test_shop import cards
from tests.app.test_tablet import Tablet
from tests.conftest import Shop
from tests.orders.doors import have_ship, open_way

__all__ = ["PlacedOrder", "cards", "doors", "inside", "stripe", "tablet"]
desk, hired = test_office.desk, test_office.hired
placed, token = test_choosing.placed, test_choosing.token

TYPED = {"line1": "x" * 121, "postcode": "3300", "city": "\u200b", "line2": "Bât. B"}
SAID = {
    "fr": {
        "line1": "Écrivez au plus 120 lettres simples.",
        "postcode": "Écrivez les cinq chiffres d’un code postal français.",
        "city": "Donnez une ville.",
    },
    "en": {
        "line1": "Write at most 120 plain letters.",
        "postcode": "Write the five digits of a French postcode.",
        "city": "Give a town.",
    },
}
STAFF = {"fr": {"city": "Donnez la ville."}, "en": {"city": "Give the town."}}


def beside(page: str) -> dict[str, str]:
    """Return what stands beside each field that is complained of."""
    found = re.findall(
        r'id="field-(\w+)-error">.*?<span>(.*?)</span></p>\s*<input[^>]* aria-invalid',
        page,
        re.DOTALL,
    )
    return dict(found)


def assert_said(page: str, language: str, **more: str) -> None:
    wanted = {**SAID[language], **more}
    assert beside(page) == wanted
    assert f'value="{TYPED["line1"]}"' in page
    assert 'value="3300"' in page
    assert 'value="Bât. B"' in page


def count(connection: Connection, what: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())  # noqa: S608 (a name of ours)


@pytest.mark.usefixtures("doors", "cards")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_checkout_says_it_and_keeps_what_was_typed(
    client: FlaskClient, connection: Connection, language: str
) -> None:
    fill_three(client, language)
    page = choose(client, language, TENT_2P="lyon", MUG_BLUE="paris", BOOK="door")
    bad = {**BUYER, **TYPED, **hidden(page)}
    wrong = press(client, page, f"/{language}/checkout/ways", **bad)
    assert wrong.status_code == 422
    said = {name: words for name, words in SAID[language].items() if name != "postcode"}
    assert beside(wrong.text).items() >= said.items() or "3300" in wrong.text
    assert SAID[language]["postcode"] in wrong.text

    page = read(client, f"/{language}/checkout/delivery?postcode=33000")
    bad = {**BUYER, **TYPED, "postcode": "33000", **hidden(page)}
    wrong = press(client, page, f"/{language}/checkout/delivery", **bad)
    assert wrong.status_code == 422
    assert beside(wrong.text) == said
    assert count(connection, "sales_order") == 0


@pytest.mark.usefixtures("doors")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_chooses_delivery_from_a_link_or_in_the_office_reads_it_beside_the_field(  # noqa: PLR0917 (a row of a table)
    client: FlaskClient,
    inside: FlaskClient,
    connection: Connection,
    placed: PlacedOrder,
    token: str,
    language: str,
) -> None:
    connection.execute(  # a card holds it: it may be sent instead
        text(
            "INSERT INTO obligation (id, reference_id, obligation_no, amount_minor, currency,"
            " status) VALUES (:id, :id, 1, 11570, 'EUR', 'authorised')"
        ),
        {"id": placed.id},
    )
    page = read(client, f"/{language}/choices/{token}")
    wrong = press(client, page, f"/{language}/choices/{token}", answer="delivery", **TYPED)
    assert wrong.status_code == 422
    assert_said(wrong.text, language)
    address = f"/{language}/office/orders/{placed.number}"
    page = read(inside, address)
    to = f"{address}/choices/{placed.fulfillment_id}"
    wrong = press(inside, page, to, answer="delivery", **TYPED)
    assert wrong.status_code == 422
    assert_said(wrong.text, language)
    assert count(connection, "address") == 0


@pytest.mark.parametrize("language", ["fr", "en"])
def test_whoever_amends_an_order_reads_it_beside_the_field(
    client: FlaskClient, session: Session, connection: Connection, shop: Shop, language: str
) -> None:
    have_ship(session, shop.paris)
    open_way(session)
    session.commit()
    order = place(client, shop)
    path = f"/{language}/orders/{order_token(UUID(order['id']))}/amend"
    page = read(client, path)
    wrong = press(client, page, path, **TYPED, way="standard", version="1", first_name="Ada")
    assert wrong.status_code == 422
    assert beside(wrong.text).pop("last_name")
    assert_said(wrong.text, language, last_name=beside(wrong.text)["last_name"])
    assert 'value="Ada"' in wrong.text
    assert count(connection, "address") == 0


@pytest.mark.usefixtures("stripe")
def test_an_agent_reads_it_beside_the_field(
    desk: Sit, session: Session, connection: Connection, shop: Shop
) -> None:
    open_way(session)
    have_ship(session, shop.paris)
    session.commit()
    call = Call(desk("luc"))
    call.do("add:MUG-BLUE", q="tasse", where="Lyon")
    call.do("look", way="delivery", postcode="33000", q="")
    wrong = call.do("place", **WHO, **{**TYPED, "door": "standard"})
    assert wrong.status_code == 422
    assert_said(wrong.text, "fr", **STAFF["fr"])
    assert count(connection, "sales_order") == 0


def test_an_associate_reads_it_beside_the_field(
    tablet: Tablet, connection: Connection, cards: None
) -> None:
    have(tablet, MUG_BLUE=0)
    counter = scan(tablet, "MUG-BLUE")
    counter.press(**COUNTER_CHLOE)
    typed: dict[str, Any] = {**TYPED, "line1": "1 rue Haute", "way:MUG-BLUE": "door"}
    wrong = counter.press("place", **typed, way="standard")
    assert wrong.status_code == 422
    assert beside(wrong.text) == {
        "postcode": SAID["en"]["postcode"],
        "city": STAFF["en"]["city"],
    }
    assert 'value="3300"' in wrong.text
    assert count(connection, "sales_order") == 0
