"""By when somebody is answered: clocks run while we are there, not at night or on holidays."""

import re
import secrets
from typing import Any
from uuid import UUID

from kernel.db import transaction
from stores.commands import StaffRole
from tests.flows.test_talking import thread_in
from tests.support.firm import PASSWORD, hire
from tests.support.pages import open_browser, open_desk
from tests.support.trade import Trade
from tests.support.travel import Clock, minute
from tests.support.vendors import eventually

ASKED = {"intent": "product", "words": "Laquelle est légère ?", "name": "Ana"}


def begin(trade: Trade, way: str, **more: str) -> UUID:
    """Somebody turns to us from the shop."""
    customer = open_browser(trade)
    asked = customer.send(f"/fr/{way}", **ASKED, **more)
    assert asked.status_code == 303, asked.text
    return thread_in(trade, asked.headers["Location"].partition("?")[0])


def clock_of(trade: Trade, thread_id: UUID | str) -> tuple[str, str]:
    """Return when an answer is nearly due, and due, as its agent reads it."""
    case = trade.get(f"/threads/{thread_id}", key=trade.place_of_work.shop.agent)["case"]
    return minute(case["warn_at"]), minute(case["due_at"])


def told(trade: Trade, thread_id: UUID) -> list[dict[str, Any]]:
    """Return what was told of a conversation that waits too long."""
    return trade.place_of_work.rows(
        "SELECT (e.facts ->> 'level')::int AS level FROM event e"
        " JOIN case_file c ON c.id = e.aggregate_id"
        " WHERE e.name = 'case.escalated.v1' AND c.about_id = %(id)s ORDER BY e.id",
        id=thread_id,
    )


def test_the_time_for_an_answer_passes_over_nights_sundays_and_holidays_and_is_told_of_once(
    trade: Trade, clock: Clock
) -> None:
    """The desk is there from Monday to Saturday, nine to seven; 14 July is a Saturday in 2029."""
    email = f"{secrets.token_hex(6)}@example.org"
    clock.go_to("2029-07-13 18:00")  # Friday
    asked = begin(trade, "contact", reach=email)
    assert clock_of(trade, asked) == ("Mon 16 Jul 11:12", "Mon 16 Jul 12:00")  # of 240 minutes
    letter = {"channel": "email", "intent": "invoice", "body": "Ma facture ?"}
    posted = trade.post("/threads", letter, key=trade.place_of_work.shop.agent).json()
    assert clock_of(trade, posted["id"]) == ("Mon 16 Jul 14:24", "Mon 16 Jul 16:00")
    clock.go_to("2029-07-13 18:30")
    called = begin(trade, "contact/call", phone="06 39 98 77 12", at="")
    assert clock_of(trade, called) == ("Mon 16 Jul 09:18", "Mon 16 Jul 09:30")
    clock.go_to("2029-07-13 18:59")
    chat = begin(trade, "chat", reach=email)
    assert clock_of(trade, chat)[1] == "Mon 16 Jul 09:01"
    # Nobody is there on the holiday: what comes in then has its time from Monday on.
    clock.go_to("2029-07-14 11:00")
    holiday = begin(trade, "contact", reach=email)
    assert clock_of(trade, holiday)[1] == "Mon 16 Jul 13:00"
    assert told(trade, asked) == []

    boss = f"{secrets.token_hex(6)}@desk.test"
    with trade.place_of_work.inside(), transaction() as session:
        hire(session, "Ines", StaffRole.ADMIN, email=boss, password=PASSWORD)
    clock.go_to("2029-07-16 11:20")
    office = open_desk(trade, boss)
    eventually(lambda: [each["level"] for each in told(trade, asked)] == [1])
    assert re.search(r"Bientôt l’échéance : reste [34]\d min", office.read("/fr/office/queue"))
    clock.go_to("2029-07-16 12:10")
    eventually(lambda: [each["level"] for each in told(trade, asked)] == [1, 2])
    clock.settle()
    for _ in range(2):  # the next rounds tell nobody again
        clock.pass_by(61)
        clock.settle()
    assert [each["level"] for each in told(trade, asked)] == [1, 2]
    assert re.search(r"1\d min de retard", office.read("/fr/office/queue"))
    owed = (
        "SELECT m.status FROM message m JOIN case_file c ON c.id = m.case_id"
        " JOIN staff s ON s.id = m.staff_id WHERE c.about_id = %(id)s AND s.email = %(boss)s"
    )
    rows = trade.place_of_work.rows(owed, id=asked, boss=boss)
    assert [each["status"] for each in rows] == ["sent", "sent"]  # who answers for the desk
    assert trade.place_of_work.broken() == []
