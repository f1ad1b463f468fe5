"""A customer's file in office and on the tablet: what matters first, and each line leads on."""

import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import conversations.services
from conversations import surveying
from conversations.commands import Intent, OpenThread, Said
from customers.commands import TouchChannel
from kernel.actors import SYSTEM, Actor, ActorKind
from tests.app.test_office import act, collect, hired, place
from tests.app.test_tablet import Tablet, device, tablet, words
from tests.app.test_talks import Sit, deliver, desk, person_of
from tests.conftest import Shop, as_key

__all__ = ["desk", "device", "hired", "tablet"]

ORDER = ("contact about order", "Orders under way", "What happened", "What we may tell", "Notes")


def note(client: FlaskClient, key: str, customer: object, kind: str, **more: str) -> None:
    body = {"kind": kind, "channel": "phone", **more}
    body["direction"] = "within" if kind == "note" else "in"
    answer = client.post(
        f"/api/v1/customers/{customer}/interactions", json=body, headers=as_key(key)
    )
    assert answer.status_code == 201, answer.text


def in_turn(page: str) -> list[int]:
    return [page.index(each) for each in ORDER]


def wrote(session: Session, channel: TouchChannel, body: str, who: dict[str, Any]) -> UUID:
    """A customer writes to us."""
    said = {"intent": Intent.ORDER_STATE, **who}
    command = OpenThread(Said(body, channel), language="fr", writer="Chloé", **said)
    visitor = Actor(kind=ActorKind.SHOPPER, name="Chloé", customer_id=who["customer_id"])
    thread_id = conversations.services.open_thread(session, command, actor=visitor)
    session.commit()
    return thread_id


def test_a_file_begins_with_what_matters_and_its_lines_lead_to_talks_and_orders(
    client: FlaskClient, tablet: Tablet, desk: Sit, session: Session, shop: Shop
) -> None:
    """A letter, a text message and a call about one order within a day; a complaint is open."""
    placed = place(client, shop)
    who = person_of(session, placed)
    letter = wrote(session, TouchChannel.EMAIL, "Où est-elle ?", who | {"intent": Intent.COMPLAINT})
    luc = desk("luc")
    luc.open("/en/office/queue")
    luc.send("/en/office/queue/next")
    page = f"/en/office/conversations/{letter}"
    assert luc.send(page, do="reply", body="On cherche.", channel="email").status_code == 303
    wrote(session, TouchChannel.SMS, "Et ma lampe ?", who | {"location_id": shop.lyon})
    note(
        client,
        shop.agent,
        who["customer_id"],
        "call",
        text="Encore rien",
        order_number=placed["number"],
    )
    note(
        client,
        shop.agent,
        who["customer_id"],
        "note",
        text="Aime le bleu",
        order_number=placed["number"],
    )
    deliver(session)
    shown = luc.open(f"/en/office/customers/{who['customer_id']}").text
    said = luc.read(f"/en/office/customers/{who['customer_id']}")
    assert "3rd contact about order" in said
    assert "E-mail · Customer · answered by Luc Bernard" in said
    assert "Text message · Customer · not answered yet" in said
    assert "A complaint is open" in said
    assert in_turn(said) == sorted(in_turn(said))
    begun_at, ends_at = said.index("Orders under way"), said.index("What happened")
    assert placed["number"] in said[begun_at:ends_at]
    assert "To prepare" in said[begun_at:ends_at]
    assert f'href="{page}"' in shown
    live = re.search(r'id="file-live".*?</section>\s*</div>', shown, re.DOTALL)
    assert live is not None
    assert f'href="/en/office/orders/{placed["stored"]}"' in live[0]

    counter = tablet.post("/customers", tablet.get("/customers"), said="06 39 98 12 34")
    file = tablet.get(counter.headers["Location"].removeprefix("/en/tablet"))
    said = words(file)
    assert in_turn(said) == sorted(in_turn(said))
    assert f'href="/en/tablet/parcels/{placed["fulfillment_id"]}"' in file.text
    assert file.text.count("/en/tablet/conversations/") == 1  # the desk's letter is not theirs
    assert "A complaint is open" in said
    assert "Aime le bleu" in said[said.index("Notes") :]


def test_one_chat_of_many_lines_is_one_contact(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    who = person_of(session, placed)
    chat = wrote(session, TouchChannel.CHAT, "Bonjour", who)
    visitor = Actor(kind=ActorKind.SHOPPER, name="Chloé", customer_id=who["customer_id"])
    for said in ("Vous êtes là ?", "Bon"):
        conversations.services.receive(session, chat, Said(said, TouchChannel.CHAT), actor=visitor)
    deliver(session)
    assert "contact about order" not in desk("luc").read(
        f"/en/office/customers/{who['customer_id']}"
    )


def test_the_third_contact_about_an_order_is_seen_among_thousands_of_lines_about_others(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    first, second = place(client, shop), place(client, shop)
    who = person_of(session, first)
    for channel in (TouchChannel.EMAIL, TouchChannel.SMS, TouchChannel.FORM):
        wrote(session, channel, "Où est-elle ?", who)
    chat = wrote(session, TouchChannel.CHAT, "Bonjour", person_of(session, second))
    deliver(session)
    session.execute(
        text("""
            INSERT INTO interaction (customer_id, contact_id, happened_at, kind, channel, direction,
                                     actor_kind, actor_name, order_id, facts)
            SELECT customer_id, contact_id, happened_at + n * interval '1 ms', kind, channel,
                   direction, actor_kind, actor_name, order_id, facts
            FROM interaction, generate_series(1, 2000) n
            WHERE kind = 'thread.received' AND facts ->> 'thread_id' = :chat
        """),
        {"chat": str(chat)},
    )
    session.commit()
    note(client, shop.agent, who["customer_id"], "call", order_number=second["number"])
    said = desk("luc").read(f"/en/office/customers/{who['customer_id']}")
    assert f"3rd contact about order {first['number']}" in said
    assert f"2nd contact about order {second['number']}" in said


def test_a_letter_is_a_contact_about_the_order_it_is_later_known_to_be_about(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    placed, nobody = place(client, shop), dict.fromkeys(("customer_id", "contact_id", "order_id"))
    who = person_of(session, placed)
    ours = wrote(session, TouchChannel.EMAIL, "Où est-elle ?", {**who, "order_id": None})
    strange = wrote(session, TouchChannel.SMS, "C'est Chloé", nobody)
    note(client, shop.agent, who["customer_id"], "call", order_number=placed["number"])
    deliver(session)
    luc, page = desk("luc"), f"/en/office/customers/{who['customer_id']}"
    assert "contact about order" not in luc.read(page)
    for nth, thread_id in (("2nd", ours), ("3rd", strange)):
        named = client.post(
            f"/api/v1/threads/{thread_id}/identify",
            json={"order_number": placed["number"]},
            headers=as_key(shop.agent) | {"Idempotency-Key": f"name-{thread_id}"},
        )
        assert named.status_code == 200, named.text
        deliver(session)
        assert f"{nth} contact about order {placed['number']}" in luc.read(page)


def test_a_low_score_of_a_chat_about_nothing_ordered_stands_first_too(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    who = person_of(session, placed)
    chat = wrote(session, TouchChannel.CHAT, "Bonjour", {**who, "order_id": None})
    luc = desk("luc")
    luc.open("/en/office/queue")
    page = luc.send("/en/office/queue/next").headers["Location"]
    assert luc.send(page, do="reply", body="Oui ?", channel="chat").status_code == 303
    assert luc.send(page, do="end", resolution="Told.").status_code == 303
    file = f"/en/office/customers/{who['customer_id']}"
    assert "low score" not in luc.read(file)
    subject = surveying.get_subject(session, chat)
    surveying.record_score(session, subject, 1, actor=SYSTEM)
    deliver(session)
    assert "Gave a low score, and waits for a call" in luc.read(file)


def test_the_file_on_an_open_screen_follows_an_order_that_is_collected(
    client: FlaskClient, desk: Sit, session: Session, connection: Connection, shop: Shop
) -> None:
    placed = place(client, shop)
    customer = person_of(session, placed)["customer_id"]
    deliver(session)
    luc = desk("luc")
    shown = luc.open(f"/en/office/customers/{customer}").text
    found = re.search(r'hx-get="([^"]+)"', shown)
    assert found is not None
    news = found[1].replace("&amp;", "&")
    assert luc.open(news).status_code == 204
    act(client, shop, placed, "accept", "pick", "ready")
    moved = luc.open(news)
    assert moved.status_code == 200
    assert "Ready" in moved.text
    collect(client, shop, placed)
    deliver(session)
    assert placed["number"] not in moved_orders(luc.open(news).text)


def moved_orders(page: str) -> str:
    return page.partition("Orders under way")[2].partition("What happened")[0]


def test_who_collects_for_somebody_does_not_become_them(
    client: FlaskClient, desk: Sit, session: Session, shop: Shop
) -> None:
    placed = place(client, shop)
    customer = person_of(session, placed)["customer_id"]
    luc, file = desk("luc"), f"/en/office/customers/{customer}"
    luc.open(file)
    said = {"first_name": "Paul", "last_name": "Martin"}
    done = luc.send(f"/en/office/orders/{placed['stored']}/collector", **said)
    assert done.status_code == 303
    assert "Paul Martin" in luc.read(f"/en/office/orders/{placed['stored']}")
    assert "Chloé Durand" in luc.read(file)
    assert "<h1>Chloé Durand</h1>" in luc.open(file).text
    where = {"email": "chloe.d@example.org", "stranger": "yes"}
    done = luc.send(f"/en/office/orders/{placed['stored']}/contact", **where)
    assert done.status_code == 303
    assert "<h1>Chloé Durand</h1>" in luc.open(file).text
