"""What the desk and the counter read: by an index, in as many statements whatever there is."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from conversations.commands import Intent
from customers.commands import TouchChannel
from tests.app.test_office import act, hired, place
from tests.app.test_tablet import Tablet, device, make_ready, tablet, words
from tests.app.test_tablet import place as place_at
from tests.app.test_talks import Sit, begun, desk
from tests.conftest import Shop
from tests.support.counting import counted

__all__ = ["desk", "device", "hired", "tablet"]


def test_who_waits_for_an_article_is_found_by_an_index_and_is_who_is_still_owed_it(
    desk: Sit, client: FlaskClient, session: Session, connection: Connection, shop: Shop
) -> None:
    waits, gone = place(client, shop), place(client, shop)
    act(client, shop, gone, "accept", "pick", "ready")
    connection.execute(
        text("UPDATE fulfillment_line SET handed_over = quantity WHERE fulfillment_id = :id"),
        {"id": gone["fulfillment_id"]},
    )
    asked: list[tuple[str, Any]] = []

    @event.listens_for(connection, "before_cursor_execute")
    def keep(*said: Any) -> None:
        if "FROM sales_order JOIN fulfillment ON" in said[2] and "fulfillment_line.sku" in said[2]:
            asked.append((said[2], said[3]))

    luc = desk("luc")
    shown = luc.read("/en/office/start?q=MUG-BLUE")
    assert (waits["number"] in shown, gone["number"] in shown) == (True, False)
    event.remove(connection, "before_cursor_execute", keep)
    (said, values) = asked[0]
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    plan = connection.exec_driver_sql(f"EXPLAIN {said}", values).scalars().all()
    assert any("ix_fulfillment_line_owed" in line for line in plan), plan


def test_what_a_buyer_asked_before_takes_no_more_statements_for_more_conversations(
    tablet: Tablet, engine: Engine, session: Session, shop: Shop
) -> None:
    placed = place_at(tablet)
    qr, _code = make_ready(tablet, placed)
    about = {"order_id": placed["id"], "intent": Intent.PRODUCT}

    def look() -> tuple[int, str]:
        page = tablet.get("/hand-over")
        with counted(engine) as sent:
            verdict = tablet.post("/hand-over", page, said=qr)
        return len(sent), words(verdict)

    begun(session, TouchChannel.EMAIL, "Question 0 ?", **about)
    look()  # what is read once a process is read
    one, verdict = look()
    assert re.findall(r"Question \d", verdict) == ["Question 0"]
    for at in range(1, 5):
        begun(session, TouchChannel.EMAIL, f"Question {at} ?", **about)
    five, verdict = look()
    assert re.findall(r"Question \d", verdict) == [f"Question {at}" for at in (4, 3, 2, 1, 0)]
    assert five == one


def test_what_is_said_of_goods_at_the_counter_takes_no_more_statements_for_more_articles(
    tablet: Tablet, engine: Engine
) -> None:
    def look(*skus: str) -> tuple[int, str]:
        items = [{"sku": sku, "quantity": 1} for sku in skus]
        qr, _code = make_ready(tablet, place_at(tablet, items=items), items)
        page = tablet.get("/hand-over")
        with counted(engine) as sent:
            verdict = tablet.post("/hand-over", page, said=qr)
        return len(sent), words(verdict)

    look("BOOK")  # what is read once a process is read
    one, _verdict = look("BOOK")
    three, verdict = look("BOOK", "TENT-2P", "MUG-BLUE")
    assert "colour: blue" in verdict.lower()
    assert three == one
