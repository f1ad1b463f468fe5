"""On every page that orders: the company an order is for, and a note to who works on it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from orders.services import PlacedOrder
from tests.app import test_office
from tests.app.test_aisle import CHLOE as COUNTER_CHLOE
from tests.app.test_aisle import have, scan, tablet
from tests.app.test_choosing import read
from tests.app.test_choosing import send as press
from tests.app.test_mixed_checkout import BUYER, choose, doors, hidden
from tests.app.test_mixed_checkout import fill as fill_three
from tests.app.test_office import plain
from tests.app.test_office_desk import WHO, Call, Sit, stripe
from tests.app.test_shop import HTML, cards, fill, order, send
from tests.app.test_tablet import Tablet
from tests.conftest import Shop

__all__ = ["PlacedOrder", "cards", "doors", "stripe", "tablet"]
desk, hired = test_office.desk, test_office.hired

NOTE = "Sonnez chez la gardienne"
SAID = {"company": "Atelier Mirabelle", "company_number": "732 829 320", "order_note": NOTE}
KEPT = ("Atelier Mirabelle", "732829320", "FR44732829320", NOTE)
WRONG = "Écrivez les neuf chiffres de son SIREN"
LINE = "Atelier Mirabelle, SIREN 732829320, FR44732829320"


def kept(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(
        text("SELECT company_name, company_siren, company_vat_number, note FROM sales_order")
    )
    return [tuple(row) for row in rows]


def test_a_shopper_orders_for_a_company_and_says_something_to_the_store(
    client: FlaskClient, connection: Connection, shop: Shop
) -> None:
    fill(client, "MUG-BLUE")
    wrong = order(client, total=1290, **{**SAID, "company_number": "12"})
    long = order(client, total=1290, **{**SAID, "order_note": "x" * 201})
    nameless = order(client, total=1290, **{**SAID, "company": ""})
    assert kept(connection) == []
    assert (wrong.status_code, long.status_code, nameless.status_code) == (422, 422, 422)
    assert WRONG in wrong.text
    assert 'value="Atelier Mirabelle"' in wrong.text
    assert 'value="12"' in wrong.text
    assert f">{NOTE}</textarea>" in wrong.text
    assert 'aria-describedby="field-company_number-error"' in wrong.text
    assert "Écrivez au plus 200 lettres simples." in long.text
    assert "Indiquez aussi le nom de l’entreprise." in nameless.text

    placed = order(client, total=1290, **SAID)
    assert placed.status_code == 303, placed.text
    assert kept(connection) == [KEPT]
    path = placed.headers["Location"].partition("?")[0]
    page = client.get(path, headers=HTML)
    assert LINE in plain(page)
    assert NOTE in plain(page)

    changed = send(client, f"{path}/note", order_note="Code\r\n12B\r\n")
    assert changed.status_code == 303
    assert kept(connection)[0][3] == "Code 12B"
    much = send(client, f"{path}/note", order_note="y" * 201)
    assert (much.status_code, "y" * 201 in much.text) == (422, True)
    assert send(client, f"{path}/cancel").status_code == 303
    late = send(client, f"{path}/note", order_note="Trop tard")
    assert (late.status_code, kept(connection)[0][3]) == (409, "Code 12B")


@pytest.mark.usefixtures("doors", "cards")
def test_a_basket_that_goes_several_ways_or_to_a_door_keeps_both(
    client: FlaskClient, connection: Connection, session: Session
) -> None:
    fill_three(client, "fr")
    page = choose(client, "fr", TENT_2P="lyon", MUG_BLUE="paris", BOOK="door")
    address = "/fr/checkout/ways"
    wrong = press(
        client, page, address, **{**BUYER, **SAID, "company_number": "X1"}, **hidden(page)
    )
    assert (wrong.status_code, WRONG in wrong.text, NOTE in wrong.text) == (422, True, True)
    assert press(client, page, address, **BUYER, **SAID, **hidden(page)).status_code == 303
    assert kept(connection) == [KEPT]

    page = read(client, "/fr/checkout/delivery?postcode=33000")
    address = "/fr/checkout/delivery"
    wrong = press(client, page, address, **{**BUYER, **SAID, "company": ""}, **hidden(page))
    assert (wrong.status_code, NOTE in wrong.text) == (422, True)
    placed = press(
        client, page, address, **BUYER, **{**SAID, "order_note": "À l’étage"}, **hidden(page)
    )
    assert placed.status_code == 303, placed.text
    assert sorted(kept(connection)) == sorted([KEPT, (*KEPT[:3], "À l’étage")])


@pytest.mark.usefixtures("stripe")
def test_an_agent_keys_both_for_a_caller_and_changes_the_note(
    desk: Sit, connection: Connection, shop: Shop
) -> None:
    call = Call(desk("luc"))
    call.do("add:MUG-BLUE", q="tasse", where="Lyon")
    call.do("store:lyon", q="")
    wrong = call.do("place", **WHO, **{**SAID, "company_number": "732829321"})
    assert (wrong.status_code, WRONG in plain(wrong), NOTE in wrong.text) == (422, True, True)
    lines = NOTE.replace("chez", "\r\nchez")
    assert call.do("place", company_number="732829320", order_note=lines).status_code == 303
    assert kept(connection) == [KEPT]
    number = connection.execute(text("SELECT number FROM sales_order")).scalar_one()
    path = f"/fr/office/orders/{number}"
    page = call.at.read(path)
    assert LINE in page
    assert f"Le client dit {NOTE}" in page
    assert call.at.send(f"{path}/note", order_note="z" * 201).status_code == 422
    assert call.at.send(f"{path}/note", order_note="Code 12B").status_code == 303
    page = call.at.read(path)
    assert "Le client dit Code 12B" in page
    assert "Mot du client modifié Téléphone Luc Bernard" in page


def test_who_works_on_an_order_of_the_store_reads_its_note_and_changes_it(
    tablet: Tablet, connection: Connection
) -> None:
    have(tablet, MUG_BLUE=5)
    counter = scan(tablet, "MUG-BLUE")
    counter.press(**COUNTER_CHLOE, **{"way:MUG-BLUE": "here"})
    wrong = counter.press("place", pay_by="pickup", **{**SAID, "company_number": "FR1"})
    assert (wrong.status_code, NOTE in wrong.text) == (422, True)
    assert "Write the nine digits of its SIREN" in plain(wrong)
    placed = counter.press(
        "place", pay_by="pickup", company_number="FR44732829320", order_note=NOTE + "\r\n"
    )
    assert placed.status_code == 303, plain(placed)
    assert kept(connection) == [KEPT]
    parcel = connection.execute(text("SELECT id FROM fulfillment")).scalar_one()
    path = f"/parcels/{parcel}"
    assert f"The customer says {NOTE}" in plain(tablet.get(path))
    assert f"The customer says {NOTE}" in plain(tablet.get("/print/pick-list"))
    noted = tablet.post(path, act="note", order_note="Code 12B")
    assert noted.status_code == 303
    assert "The customer says Code 12B" in plain(tablet.get(path))
    long = tablet.post(path, act="note", order_note="z" * 201)
    assert (long.status_code, kept(connection)[0][3]) == (422, "Code 12B")
    for act in ("start", "pick", "ready"):
        assert tablet.post(path, act=act, sku="MUG-BLUE", bin="A1").status_code == 303
    given = tablet.post("/hand-over", tablet.get(path), found="search", secret=parcel)
    assert "The customer says Code 12B" in plain(given)
