"""Who sends what in the back office: rules built step by step, tried, set; explained per order."""

import json
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.app.test_office import PASSWORD, Desk, plain
from tests.conftest import Shop, as_key
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.unmoved import nothing_moves

RULES = "/en/office/sourcing/rules"
DRAFT = re.compile(r'name="draft" value="([^"]*)"')
FORM: dict[str, Any] = {"method": "delivery", "name": "Near first", "parcels": "1"}


@pytest.fixture
def sit(app: Flask, session: Session, shop: Shop) -> Callable[[str], Desk]:
    """Somebody of head office, or a manager, signed in at a desk."""
    people = (("camille", StaffRole.ADMIN, ()), ("nadia", StaffRole.MANAGER, (shop.lyon,)))
    for short, role, where in people:
        hired = HireStaff(short, role, where, email=f"{short}@aubepin.test", password=PASSWORD)
        stores.services.hire_staff(session, hired)
    session.commit()

    def seated(short: str) -> Desk:
        desk = Desk(app.test_client())
        assert desk.sign_in(f"{short}@aubepin.test").status_code == 303
        return desk

    return seated


@pytest.fixture
def desk(sit: Callable[[str], Desk]) -> Desk:
    return sit("camille")


def draft(page: Any) -> Any:
    found = DRAFT.search(page.text)
    assert found is not None
    return json.loads(unescape(found[1]))


def bring(client: FlaskClient, session: Session, shop: Shop) -> dict[str, Any]:
    have_ship(session, shop.lyon, shop.paris)
    open_way(session)
    session.commit()
    placed = client.post(
        "/api/v1/orders/deliveries", json=delivery_body(), headers=as_key(shop.integration)
    )
    assert placed.status_code == 201, placed.text
    return dict(placed.json)


def test_rules_are_added_moved_and_removed_without_anything_being_set(
    desk: Desk, session: Session
) -> None:
    desk.open(RULES)
    with nothing_moves(session):
        page = desk.send(RULES, **FORM, draft="[]", act="add", new="nearest")
        page = desk.send(
            RULES, **FORM, draft=json.dumps(draft(page)), act="add", new="within_km", value="200"
        )
        assert draft(page) == [{"rank": "distance"}, {"filter": "within_km", "km": 200}]
        assert "Only locations within 200 km." in plain(page)
        page = desk.send(RULES, **FORM, draft=json.dumps(draft(page)), act="up:1")
        assert draft(page)[0] == {"filter": "within_km", "km": 200}
        page = desk.send(RULES, **FORM, draft=json.dumps(draft(page)), act="drop:0")
        assert draft(page) == [{"rank": "distance"}]
        page = desk.send(RULES, **FORM, draft="[]", act="add", new="load", value="many")
        assert (page.status_code, draft(page)) == (422, [])
        assert "This rule needs a whole number." in plain(page)
        page = desk.send(RULES, **FORM, draft="[]", act="json", json="{")
        assert (page.status_code, draft(page)) == (422, [])


def test_rules_are_tried_on_yesterdays_orders_then_hold(
    desk: Desk, client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = bring(client, session, shop)
    first = json.dumps([{"rank": "locations", "first": ["paris"]}])
    desk.open(RULES)
    with nothing_moves(session):
        tried = plain(desk.send(RULES, **FORM, draft=first, act="try"))
    assert "Nothing has moved." in tried
    assert "Orders 1 1" in tried
    assert "Lyon Croix-Rousse Paris Bastille" in tried
    bands = "50 4,90\n* 7"
    saved = desk.send(RULES, **FORM, draft=first, bands=bands, act="save")
    assert (saved.status_code, saved.location) == (303, "/en/office/sourcing?done=set")
    assert "In this order: paris, then the others." in desk.read("/en/office/sourcing?done=set")
    (rule_set,) = session.execute(text("SELECT id FROM rule_set")).scalars()
    again = desk.read(f"{RULES}?of={rule_set}")
    assert "Near first" in again
    assert "50 4,90 * 7" in again
    page = desk.read(f"/en/office/orders/{placed['number']}")
    assert "Lyon Croix-Rousse sends all of it, " in page
    assert "nearest of 2 that could" in page
    seen = desk.read(f"/en/office/orders/{placed['number']}/sourcing")
    assert "Paris Bastille" in seen
    assert "Ranked after" in seen
    desk.send(f"/en/office/sourcing/rules/{rule_set}/end")
    assert "Rules that held before" in desk.read("/en/office/sourcing")


WRONG: Sequence[tuple[dict[str, str], str]] = (
    ({"name": ""}, "Give these rules a name."),
    ({"parcels": "11"}, "Give a whole number from 1 to 10."),
    ({"max_cost": "dear"}, "Give an amount in euros, like 4,90."),
    ({"after_none": "split"}, "This cannot be done for orders of this kind."),
    ({"bands": "fifty 4,90"}, "Line “fifty 4,90” is not an upper bound and a price."),
    ({"bands": "* 7,90", "parcel_cost": "5"}, "or bands of kilometres, not both."),
    ({"draft": '[{"rank": "cost"}]'}, "needs to know what a parcel costs"),
    ({"draft": '[{"filter": "locations", "not": ["nowhere"]}]'}, "names 'nowhere'"),
    ({"draft": '[{"filter": "role", "is": ["store"]}]'}, '"warehouse" or "store"'),
    ({"draft": '[{"filter": "within_km"}, {"rank": "groups", "first": [1]}]'}, "is a list of"),
    ({"parcel_cost": "NaN"}, "Give an amount in euros"),
    ({"min_value": "1e9999999"}, "Give an amount in euros"),
    ({"scope": "brand:none"}, "There is no such brand"),
)


def test_what_cannot_hold_is_said_beside_its_field(desk: Desk, session: Session) -> None:
    desk.open(RULES)
    with nothing_moves(session):
        for changed, said in WRONG:
            page = desk.send(RULES, **{**FORM, "draft": "[]", "act": "save", **changed})
            assert page.status_code == 422, changed
            assert said in plain(page), changed


def test_a_manager_sees_why_but_sets_no_rules(
    sit: Callable[[str], Desk], client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed, desk = bring(client, session, shop), sit("nadia")
    assert desk.open("/fr/office/sourcing").status_code == 403
    said = desk.read(f"/fr/office/orders/{placed['number']}/sourcing")
    assert "Lyon Croix-Rousse envoie tout, à " in said


def test_head_office_says_which_brands_a_location_serves_and_somebody_sees(
    desk: Desk, session: Session, shop: Shop
) -> None:
    stores.services.open_brand(
        session, OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    )
    person = stores.services.hire_staff(session, HireStaff("Luc", StaffRole.AGENT))
    session.commit()
    assert "Bruyère" in desk.read("/en/office/stores/lyon/ways")
    shared = desk.send("/en/office/stores/lyon/brands", brands="bruyere")
    assert shared.status_code == 303
    assert session.execute(text("SELECT count(*) FROM location_brand")).scalar_one() == 1
    desk.open(f"/en/office/people/{person}")
    limited = desk.send(f"/en/office/people/{person}/brand", brand="bruyere")
    assert limited.status_code == 303
    brand = "SELECT b.code FROM staff s JOIN brand b ON b.id = s.brand_id WHERE s.id = :id"
    assert session.execute(text(brand), {"id": person}).scalar_one() == "bruyere"
