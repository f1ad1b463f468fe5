"""Deadlines: until when a store takes an order on, in its opening time, and who is late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.promises
from kernel.actors import SYSTEM
from kernel.clock import now
from orders.queries import ACCEPT, READY, list_late
from stores.commands import Scope, SetRule
from stores.promises import Schedule
from stores.services import set_setting


def shown(counter: Any) -> dict[str, Any]:
    found: dict[str, Any] = counter.client.get(
        f"/api/v1/fulfillments/{counter.parcel}",
        headers={"Authorization": f"Bearer {counter.shop.associate}"},
    ).json
    return found


def test_an_order_has_to_be_taken_on_within_the_stores_minutes(counter: Any) -> None:
    set_setting(
        counter.session, SetRule(Scope.STORE, "lyon", "accept_within_min", 45), actor=SYSTEM
    )
    counter.session.commit()
    counter.place()
    until = datetime.fromisoformat(shown(counter)["accept_by"])
    assert abs(until - now() - timedelta(minutes=45)) < timedelta(minutes=1)


def test_minutes_count_only_while_the_store_is_open(counter: Any) -> None:
    hours = "Mo-Su 08:00-08:20"
    counter.session.execute(
        text("UPDATE location SET opening_hours = :hours WHERE code = 'lyon'"), {"hours": hours}
    )
    counter.session.commit()
    asked = now()
    counter.place()
    until = datetime.fromisoformat(shown(counter)["accept_by"])
    schedule = Schedule(hours, "Europe/Paris", "FR")
    expected = stores.promises.ready_at(schedule, start=asked, prepare_min=15)
    assert expected is not None
    assert abs(until - expected) < timedelta(minutes=1)


@pytest.mark.parametrize(("column", "what"), [("accept_by", ACCEPT), ("promised_at", READY)])
def test_who_is_late_is_told_with_what_and_since_when(
    counter: Any, session: Session, column: str, what: str
) -> None:
    counter.place()
    assert (list_late(session), shown(counter)["overdue"]) == ([], False)
    session.execute(
        text(f"UPDATE fulfillment SET {column} = now() - interval '1 minute'")  # noqa: S608 (a column of ours)
    )
    session.commit()
    (late,) = list_late(session)
    assert (str(late.fulfillment_id), late.what) == (counter.parcel, what)
    assert late.location_id == counter.shop.lyon
    assert shown(counter)["overdue"]
    counter.do("accept")
    assert [each.what for each in list_late(session)] == [what] * (what == READY)


def test_the_past_is_not_read_to_find_who_is_late(counter: Any, session: Session) -> None:
    counter.place()
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.execute(
        text(
            "EXPLAIN SELECT id FROM fulfillment WHERE status NOT IN"
            " ('handed_over', 'delivered', 'expired', 'cancelled', 'rerouted')"
            " AND (status IN ('new', 'accepted') AND promised_at < now() OR accept_by < now())"
        )
    )
    assert "ix_fulfillment_open" in "".join(plan.scalars())
