"""Who only says who they are: staff see that, and say how it was proven before anything is told."""

from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.app.test_office import act, hired, place
from tests.app.test_shop import HTML, hidden
from tests.app.test_tablet import Tablet, device, tablet, words
from tests.app.test_talks import Sit, api, broken, deliver, desk, person_of
from tests.conftest import Shop
from tests.unmoved import nothing_moves, problem

__all__ = ["desk", "device", "hired", "tablet"]

SAYS = "Who writes only says that they are this customer."


def claim(app: Flask, session: Session, placed: dict[str, Any]) -> tuple[FlaskClient, str, UUID]:
    """Somebody types the address of a customer; return them, their page, the conversation."""
    contact = session.execute(
        text("SELECT phone FROM contact WHERE id = :id"),
        {"id": person_of(session, placed)["contact_id"]},
    )
    shopper = app.test_client()
    typed = {"intent": "pickup", "name": "Chloé D.", "words": "Où est-ce ?"}
    typed["reach"] = contact.scalar_one()
    form = hidden(shopper, "/en/contact")
    page = shopper.post("/en/contact", data={**form, **typed}, headers=HTML).location
    assert page is not None
    thread_id: UUID = session.execute(text("SELECT id FROM thread")).scalar_one()
    return shopper, page, thread_id


def test_staff_are_told_who_only_says_who_they_are_and_say_how_it_was_proven(
    app: Flask, client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    act(client, shop, placed, "accept", "pick", "ready")
    shopper, theirs, thread_id = claim(app, session, placed)
    path, page = f"/threads/{thread_id}", f"/en/office/conversations/{thread_id}"
    luc = desk("luc")
    said = luc.read(page)
    assert SAYS in said
    assert "Collecting · Chloé D." in said
    assert "Chloé D." in luc.read("/en/office/queue")
    assert api(client, shop.agent, path).json["claimed"] is True
    named = {"order_number": placed["number"]}
    assert api(client, shop.agent, f"{path}/identify", named).status_code == 200
    assert placed["number"] not in shopper.get(theirs, headers=HTML).text
    with nothing_moves(session.connection()):
        luc.open(page)
        assert luc.send(page, do="believe", proven_by="").status_code == 422
        wrong = api(client, shop.agent, f"{path}/identify", {"proven_by": "said"})
        assert wrong.status_code == 422
    luc.open(page)
    assert luc.send(page, do="believe", proven_by="called").status_code == 303
    assert SAYS not in luc.read(page)
    assert api(client, shop.agent, path).json["claimed"] is False
    assert placed["number"] in shopper.get(theirs, headers=HTML).text
    kept = session.execute(
        text(
            "SELECT s.name, e.reason FROM event e JOIN staff s ON s.id = e.actor_id"
            " WHERE e.name = 'thread.identified.v1' ORDER BY e.id DESC LIMIT 1"
        )
    )
    assert tuple(kept.one()) == ("Luc Bernard", "called")
    deliver(session)
    assert broken(session) == []


def test_a_program_says_how_it_was_proven_and_of_nobody_nothing_is_proven(
    app: Flask, client: FlaskClient, tablet: Tablet, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    _shopper, _theirs, thread_id = claim(app, session, placed)
    path = f"/threads/{thread_id}"
    moved = api(client, shop.agent, f"{path}/hand-over", {"store": "lyon"})
    assert moved.status_code == 200, moved.text
    assert SAYS in words(tablet.get(f"/conversations/{thread_id}"))
    assert api(client, shop.agent, f"{path}/identify", {"proven_by": "code"}).status_code == 200
    assert api(client, shop.agent, path).json["claimed"] is False
    assert SAYS not in words(tablet.get(f"/conversations/{thread_id}"))
    told = text("SELECT count(*) FROM event WHERE name = 'thread.identified.v1'")
    assert api(client, shop.agent, f"{path}/identify", {"proven_by": "seen"}).status_code == 200
    assert session.execute(told).scalar_one() == 1  # the second time says nothing new
    opened = {"channel": "email", "intent": "other", "body": "C'est moi"}
    stranger = api(client, shop.agent, "/threads", opened).json["id"]
    with nothing_moves(session.connection()):
        nobody = api(client, shop.agent, f"/threads/{stranger}/identify", {"proven_by": "code"})
        assert problem(nobody) == (404, "unknown-customer")
