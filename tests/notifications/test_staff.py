"""Messages to the retailer's own people: of cases that are due, and of what runs low."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
import orders.jobs
import orders.services
import stores.services
from inventory.commands import Adjust, AdjustReason
from inventory.events import StockRanLow
from kernel import events
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import new_id
from notifications.commands import OweStaff, Template
from notifications.jobs import send_due
from notifications.services import owe_staff, resend
from notifications.services.telling_staff import next_opening_hour
from orders.commands import CaseKind, OpenCase
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop

Received = Callable[[str], list[dict[str, Any]]]
EMAIL = "chloe.durand@example.org"
NADIA, PAUL, CLAIRE = "nadia@aubepin.test", "paul@aubepin.test", "claire@aubepin.test"


@pytest.fixture
def people(session: Session, shop: Shop) -> None:
    """Two managers of Lyon, one of Paris, one without an address, and head office."""
    for name, role, places, email in (
        ("Nadia", StaffRole.MANAGER, (shop.lyon,), NADIA),
        ("Sans adresse", StaffRole.MANAGER, (shop.lyon,), None),
        ("Inès", StaffRole.ASSOCIATE, (shop.lyon,), "ines@aubepin.test"),
        ("Paul", StaffRole.MANAGER, (shop.paris,), PAUL),
        ("Claire", StaffRole.ADMIN, (), CLAIRE),
    ):
        stores.services.hire_staff(session, HireStaff(name, role, places, email=email))
    session.commit()


def open_late(session: Session, *, age: float, kind: CaseKind = CaseKind.LATE, **more: Any) -> UUID:
    """Open a case of which this share of its time has passed."""
    command = OpenCase(kind, f"test:{uuid4()}", timedelta(hours=10), **more)
    case_id = orders.services.open_case(session, command)
    assert case_id is not None
    session.execute(
        text(
            "UPDATE case_file SET opened_at = now() - :age * interval '10 hours',"
            " warn_at = now() + (0.8 - :age) * interval '10 hours',"
            " due_at = now() + (1 - :age) * interval '10 hours' WHERE id = :id"
        ),
        {"age": age, "id": case_id},
    )
    session.commit()
    return case_id


def escalate(counter: Any) -> None:
    orders.jobs.escalate_cases()
    counter.tell()
    send_due()


def test_a_case_that_is_nearly_due_is_told_to_the_stores_managers_once(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    placed = counter.place()
    case_id = open_late(session, age=0.81, location_id=shop.lyon, order_id=placed.id)
    for _ in range(3):
        escalate(counter)
    letters = [each for each in received("email") if each["to"] != [EMAIL]]
    (letter,) = letters
    number = f"{placed.number[:3]}-{placed.number[3:]}"
    assert letter["to"] == [NADIA]
    assert letter["subject"] == (
        f"À traiter : une commande en retard, commande {number}, Lyon Croix-Rousse"
    )
    assert f"/fr/office/cases/{case_id}" in letter["text"]
    assert "Personne ne s’en occupe encore." in letter["text"]
    assert counter.findings() == []


def test_a_case_past_its_time_is_told_to_head_office_too(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    case_id = open_late(session, age=0.85, kind=CaseKind.CONFLICT, location_id=shop.lyon)
    escalate(counter)
    session.execute(text("UPDATE case_file SET due_at = now() WHERE id = :id"), {"id": case_id})
    session.commit()
    escalate(counter)
    told = [(each["to"][0], each["subject"].partition(" : ")[0]) for each in received("email")]
    assert sorted(told) == [(CLAIRE, "En retard"), (NADIA, "En retard"), (NADIA, "À traiter")]
    assert counter.findings() == []


def test_a_case_of_head_office_is_told_to_head_office(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    open_late(session, age=0.9, kind=CaseKind.MONEY)
    escalate(counter)
    assert [each["to"] for each in received("email")] == [[CLAIRE]]


@pytest.mark.parametrize("kind", list(CaseKind))
def test_every_kind_of_case_has_words_in_both_languages(  # noqa: PLR0917 (fixtures)
    counter: Any, shop: Shop, session: Session, people: None, received: Received, kind: CaseKind
) -> None:
    open_late(session, age=0.9, kind=kind, location_id=shop.lyon)
    orders.jobs.escalate_cases()
    counter.tell()
    session.execute(text("UPDATE message SET language = 'en'"))
    session.commit()
    send_due()
    (letter,) = received("email")
    assert letter["subject"].startswith("To do: ")
    assert letter["subject"].endswith(", Lyon Croix-Rousse")
    assert "To do: ," not in letter["subject"]


def test_nobody_is_called_to_a_case_that_was_closed_meanwhile(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    case_id = open_late(session, age=0.9, location_id=shop.lyon)
    orders.jobs.escalate_cases()
    counter.tell()
    orders.services.resolve_case(session, case_id, resolution="Done.", actor=SYSTEM)
    session.commit()
    send_due()
    assert received("email") == []
    (note,) = session.execute(text("SELECT note FROM message")).scalars()
    assert note == "too late: the case is closed"


def test_what_runs_low_is_one_list_a_day_for_each_manager(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    _run_low(counter, shop, "TENT-2P", left=2)
    _run_low(counter, shop, "MUG-BLUE", left=1)
    send_due()
    assert received("email") == []
    (due_at,) = session.execute(text("SELECT due_at FROM message")).scalars()
    assert due_at.astimezone(UTC).strftime("%H:%M") in {"05:00", "06:00"}
    counter.time_passes()
    send_due()
    (letter,) = received("email")
    assert letter["to"] == [NADIA]
    assert letter["subject"] == "Lyon Croix-Rousse : 2 articles bientôt épuisés"
    assert "1 × Tasse, blue (MUG-BLUE)" in letter["text"]
    assert "2 × Tente 2 places (TENT-2P)" in letter["text"]
    assert "/fr/office/to-do?store=lyon" in letter["text"]
    assert counter.findings() == []


def test_nothing_is_sent_of_what_came_back_before_the_morning(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    _run_low(counter, shop, "TENT-2P", left=1)
    _leave(session, shop, "TENT-2P", 5)
    session.commit()
    counter.time_passes()
    send_due()
    assert received("email") == []
    (row,) = session.execute(text("SELECT status, note FROM message")).all()
    assert tuple(row) == ("suppressed", "nothing runs low any more")


def test_whoever_left_is_not_written_to(
    counter: Any, shop: Shop, session: Session, people: None, received: Received
) -> None:
    open_late(session, age=0.9, location_id=shop.lyon)
    orders.jobs.escalate_cases()
    counter.tell()
    session.execute(text("UPDATE staff SET closed_at = now() WHERE email = :e"), {"e": NADIA})
    session.commit()
    send_due()
    assert received("email") == []


def test_a_store_without_an_address_owes_nothing(
    session: Session, shop: Shop, counter: Any
) -> None:
    case_id = open_late(session, age=0.9, location_id=shop.lyon)
    with transaction() as inner:
        owe_staff(inner, OweStaff(1, Template.CASE_DUE, case_id=case_id))
    assert session.execute(text("SELECT count(*) FROM message")).scalar_one() == 0


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-22T05:59:00+00:00", "2026-11-22T06:00:00+00:00"),
        ("2026-11-22T06:00:00+00:00", "2026-11-22T06:00:00+00:00"),
        ("2026-11-22T06:00:01+00:00", "2026-11-23T06:00:00+00:00"),
        ("2026-03-28T06:30:00+00:00", "2026-03-29T05:00:00+00:00"),
        ("2026-10-24T12:00:00+00:00", "2026-10-25T06:00:00+00:00"),
    ],
)
def test_the_morning_is_the_stores_also_when_clocks_change(moment: str, expected: str) -> None:
    found = next_opening_hour(datetime.fromisoformat(moment), "Europe/Paris")
    assert found.astimezone(UTC) == datetime.fromisoformat(expected)


def test_a_customer_nobody_could_tell_is_a_case_until_a_message_goes_out(
    counter: Any, session: Session, received: Received, spoil: Callable[..., None]
) -> None:
    spoil(smtp=[{"at": "rcpt", "do": "550"}])
    placed = counter.place(phone=None)
    send_due()
    counter.tell()
    (case,) = session.execute(text("SELECT kind, key, facts FROM case_file")).all()
    assert case.key == f"unreachable:{placed.fulfillment_id}"
    assert (case.kind, case.facts) == ("unreachable", {"template": "confirmation"})
    spoil(smtp=[])
    message_id = counter.messages(placed.id)[0]["id"]
    resend(session, message_id, request_key="again", reason="corrected", actor=SYSTEM)
    session.commit()
    send_due()
    counter.tell()
    closed = session.execute(text("SELECT resolution FROM case_file")).scalar_one()
    assert closed == "told after all"
    assert counter.findings() == []


def test_a_customer_who_is_told_on_the_other_channel_is_no_case(
    counter: Any, session: Session, received: Received, spoil: Callable[..., None]
) -> None:
    spoil(smtp=[{"at": "rcpt", "do": "550"}])
    counter.place()
    send_due()
    send_due()
    counter.tell()
    assert len(received("sms")) == 1
    assert session.execute(text("SELECT count(*) FROM case_file")).scalar_one() == 0


def _run_low(counter: Any, shop: Shop, sku: str, *, left: int) -> None:
    """So many are left, and the follower of the ledger noted it."""
    _leave(counter.session, shop, sku, left)
    row = {"place": shop.lyon, "sku": sku, "left": left}
    counter.session.execute(
        text("INSERT INTO low_stock (location_id, sku, available) VALUES (:place, :sku, :left)"),
        row,
    )
    fact = StockRanLow(run_id=new_id(), location_id=shop.lyon, count=1, skus=(sku,))
    events.record(counter.session, fact, actor=SYSTEM)
    counter.tell()


def _leave(session: Session, shop: Shop, sku: str, left: int) -> None:
    here = session.execute(
        text("SELECT on_hand FROM stock_level WHERE location_id = :place AND sku = :sku"),
        {"place": shop.lyon, "sku": sku},
    ).scalar_one()
    command = Adjust(shop.lyon, {sku: left - here}, AdjustReason.CORRECTION)
    inventory.services.adjust(session, command, actor=SYSTEM)
