"""Cases on the pages: the office's list and story, the tablet's list, the log of messages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import orders.services
import stores.services
from notifications.commands import OweStaff, Template
from notifications.services import owe_staff
from orders.commands import CaseKind, OpenCase
from tests.app.test_office import PASSWORD, Desk, hired, place
from tests.app.test_tablet import Tablet, device, tablet, words
from tests.conftest import Shop
from tests.unmoved import nothing_moves

__all__ = ["device", "hired", "tablet"]

Sit = Callable[[str], Desk]


@pytest.fixture
def desk(app: Flask, session: Session, hired: dict[str, Any]) -> Sit:
    def sit(short: str) -> Desk:
        token = stores.services.sign_in_with_password(
            session, email=f"{short}@aubepin.test", password=PASSWORD
        )
        session.commit()
        client = app.test_client()
        client.set_cookie("comptoir-staff", token, domain="localhost")
        return Desk(client)

    return sit


def opened(session: Session, kind: CaseKind, **more: Any) -> UUID:
    command = OpenCase(kind, f"test:{uuid4()}", timedelta(hours=2), **more)
    case_id = orders.services.open_case(session, command)
    assert case_id is not None
    session.commit()
    return case_id


def test_the_office_lists_cases_shows_one_and_closes_it_with_a_sentence(
    desk: Sit, client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    case_id = opened(
        session,
        CaseKind.CONFLICT,
        location_id=shop.lyon,
        order_id=UUID(placed["id"]),
        facts={
            "what": "already-collected",
            "quantities": {"MUG-BLUE": 1},
            "due_minor": 1290,
            "currency": "EUR",
        },
    )
    office = desk("nadia")
    listed = office.read("/en/office/cases")
    assert "Cases 1 case waits" in listed
    assert "Done against the rules" in listed
    assert "Nobody yet" in listed
    page = f"/en/office/cases/{case_id}"
    said = office.read(page)
    assert "Already collected." in said
    assert "Articles: 1 × Mug, blue" in said
    assert "Still owed: €12.90" in said
    assert "Open the order" in said
    order = office.read(f"/en/office/orders/{placed['stored']}")
    assert "Cases Done against the rules Still open" in order
    assert office.send(f"{page}/take").headers["Location"] == page
    assert "Somebody sees to it Nadia Lefèvre" in office.read(page)
    with nothing_moves(session.connection()):
        empty = office.send(f"{page}/resolve", resolution=" ")
        assert empty.status_code == 422
        assert "Say in a sentence how it ended." in empty.text
    done = office.send(f"{page}/resolve", resolution="The neighbour brought it back.")
    assert done.headers["Location"] == page
    assert "Closed by Nadia Lefèvre The neighbour brought it back." in office.read(page)
    assert "No case here" in office.read("/en/office/cases")
    assert "The neighbour brought it back." in office.read("/en/office/cases?view=closed")


def test_a_form_sent_again_with_another_sentence_leads_back_to_its_case(
    desk: Sit, session: Session, shop: Shop
) -> None:
    case_id = opened(session, CaseKind.CONFLICT, location_id=shop.lyon)
    office, page, form = desk("nadia"), f"/en/office/cases/{case_id}", str(uuid4())
    office.read(page)
    first = office.send(f"{page}/resolve", form=form, resolution="It came back.")
    assert first.headers["Location"] == page
    with nothing_moves(session.connection()):
        other = office.send(f"{page}/resolve", form=form, resolution="It is lost.")
    assert other.status_code == 422
    assert "What was sent first stands. Nothing else was done." in other.text
    assert f'href="{page}"' in other.text


def test_cases_are_looked_at_by_what_is_mine_late_or_of_a_kind(
    desk: Sit, session: Session, shop: Shop
) -> None:
    mine = opened(session, CaseKind.TILL, location_id=shop.lyon)
    late = opened(session, CaseKind.UNPAID, location_id=shop.lyon)
    session.execute(
        text("UPDATE case_file SET due_at = now() - interval '1 hour' WHERE id = :id"), {"id": late}
    )
    session.commit()
    office = desk("nadia")
    office.read("/en/office/cases")
    office.send(f"/en/office/cases/{mine}/take")
    for query, shown, hidden in (
        ("view=mine", "Sale at a till to check", "Goods that are not paid"),
        ("view=late", "Goods that are not paid", "Sale at a till to check"),
    ):
        table = office.read(f"/en/office/cases?{query}").partition("How it ended")[0]
        rows = table.rpartition("Who sees to it")[2]
        assert shown in rows
        assert hidden not in rows
    assert "2 cases wait, 1 is late" in office.read("/en/office/cases")


def test_a_case_of_another_store_or_of_head_office_is_not_a_managers(
    desk: Sit, session: Session, shop: Shop
) -> None:
    paris = opened(session, CaseKind.TILL, location_id=shop.paris)
    office_case = opened(session, CaseKind.MONEY)
    nadia, camille = desk("nadia"), desk("camille")
    assert "No case here" in nadia.read("/en/office/cases")
    for case_id in (paris, office_case):
        assert nadia.open(f"/en/office/cases/{case_id}").status_code == 404
        with nothing_moves(session.connection()):
            assert nadia.send(f"/en/office/cases/{case_id}/take").status_code == 404
    assert "Head office" in camille.read(f"/en/office/cases/{office_case}")


def test_who_sees_to_a_case_is_given_by_the_manager_only(
    desk: Sit, session: Session, shop: Shop, hired: dict[str, Any]
) -> None:
    case_id = opened(
        session,
        CaseKind.LATE,
        location_id=shop.lyon,
        facts={"what": "ready", "due_at": "2026-11-20T10:00:00+00:00"},
    )
    page = f"/en/office/cases/{case_id}"
    nadia, theo = desk("nadia"), desk("theo")
    said = nadia.read(page)
    assert "it is not ready." in said
    wrong = nadia.send(f"{page}/assign", owner=str(hired["sophie"]))
    assert wrong.status_code == 422
    assert nadia.send(f"{page}/assign", owner=str(hired["theo"])).status_code == 303
    assert "Théo Garnier" in nadia.read(page)
    theo.read(page)
    with nothing_moves(session.connection()):
        assert theo.send(f"{page}/assign", owner=str(hired["nadia"])).status_code == 403


def test_a_forged_form_closes_no_case(desk: Sit, session: Session, shop: Shop) -> None:
    case_id = opened(session, CaseKind.TILL, location_id=shop.lyon)
    office = desk("nadia")
    with nothing_moves(session.connection()):
        refused = office.client.post(
            f"/en/office/cases/{case_id}/resolve", data={"resolution": "Done.", "csrf": "wrong"}
        )
        assert refused.status_code == 403


def test_the_board_counts_cases_and_the_tablet_takes_and_closes_them(
    tablet: Tablet, session: Session, shop: Shop
) -> None:
    assert "case waits" not in tablet.get("/").text
    case_id = opened(
        session, CaseKind.SHORTAGE, location_id=shop.lyon, facts={"sku": "MUG-BLUE", "missing": 2}
    )
    opened(session, CaseKind.TILL, location_id=shop.paris)
    assert "1 case waits" in words(tablet.get("/"))
    listed = words(tablet.get("/cases"))
    assert "Promised, but missing" in listed
    assert "Missing: 2 × Mug, blue" in listed
    assert "Sale at a till" not in listed
    page = tablet.get("/cases")
    taken = tablet.post(f"/cases/{case_id}/take", page)
    assert taken.headers["Location"] == "/en/tablet/cases?did=taken"
    assert "You see to it." in words(tablet.get("/cases"))
    with nothing_moves(session.connection()):
        short = tablet.post(f"/cases/{case_id}/resolve", page, resolution="x")
        assert short.status_code == 422
        assert "Say in a sentence how it ended." in words(short)
    closed = tablet.post(f"/cases/{case_id}/resolve", page, resolution="Found behind the tents.")
    assert closed.headers["Location"] == "/en/tablet/cases?did=closed"
    assert "No case here" in words(tablet.get("/cases"))
    assert tablet.rows(
        "SELECT closed_by_name, resolution FROM case_file WHERE id = :id", id=case_id
    ) == [("Inès Morel", "Found behind the tents.")]


def test_the_log_shows_what_staff_were_told_within_their_stores(
    desk: Sit, session: Session, shop: Shop
) -> None:
    case_id = opened(session, CaseKind.LATE, location_id=shop.lyon)
    event_id = session.execute(text("SELECT max(id) FROM event")).scalar_one()
    owe_staff(session, OweStaff(event_id, Template.CASE_DUE, case_id=case_id))
    owe_staff(session, OweStaff(event_id, Template.LOW_STOCK, location_id=shop.paris))
    session.commit()
    nadia = desk("nadia").read("/en/office/messages")
    assert "Case Nadia Lefèvre A case is due" in nadia
    assert "Sophie Lambert" not in nadia
    camille = desk("camille").read("/en/office/messages")
    assert "Low stock Sophie Lambert What runs low" in camille


def test_a_tablet_asks_for_its_truth_and_tells_what_it_did_as_whoever_is_signed_in(
    tablet: Tablet, session: Session
) -> None:
    csrf = tablet.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]
    truth = tablet.client.get("/api/v1/offline/truth?store=lyon")
    assert truth.status_code == 200
    fact = {
        "nonce": str(uuid4()),
        "seq": 1,
        "kind": "pick",
        "happened_at": "2026-11-21T16:20:00+01:00",
        "fulfillment_id": str(uuid4()),
        "items": [{"sku": "BOOK", "quantity": 1}],
    }
    with nothing_moves(session.connection()):
        forged = tablet.client.post("/api/v1/offline/facts", json={"facts": [fact]})
        assert forged.status_code == 403
    told = tablet.client.post(
        "/api/v1/offline/facts", json={"facts": [fact]}, headers={"X-CSRF-Token": csrf}
    )
    assert told.json["facts"][0]["outcome"] == "conflict"
    tablet.rows("UPDATE tablet SET revoked_at = now() RETURNING id")
    session.commit()
    with nothing_moves(session.connection()):
        gone = tablet.client.post(
            "/api/v1/offline/facts", json={"facts": [fact]}, headers={"X-CSRF-Token": csrf}
        )
        assert gone.status_code == 401
