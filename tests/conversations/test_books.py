"""`comptoir check`: each promise about conversations and consent is broken, and is named."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from app.cli.check import run_checks
from customers.commands import TouchChannel
from kernel.actors import SYSTEM
from stores.commands import HireStaff, StaffRole
from tests.app.test_talks import api, begun, deliver
from tests.conftest import Shop, as_key
from tests.notifications.conftest import counter

__all__ = ["counter"]

DAMAGE = (
    ("TALK-01", "UPDATE case_file SET closed_at = now(), resolution = 'x'"),
    ("TALK-02", "UPDATE thread SET status = 'closed', closed_at = now(), waiting_since = NULL"),
    ("TALK-03", "UPDATE case_file SET location_id = (SELECT id FROM location LIMIT 1)"),
    ("TALK-04", "UPDATE case_file SET brand_id = NULL"),
    ("TALK-04", "UPDATE case_file SET about_id = NULL"),
    ("TALK-05", "UPDATE thread SET status = 'answered', waiting_since = NULL"),
)


def findings(session: Session) -> set[str]:
    session.commit()
    return {each.check.id for each in run_checks()}


@pytest.mark.parametrize(("broken", "damage"), DAMAGE)
def test_what_breaks_a_promise_about_conversations_is_named(
    session: Session, shop: Shop, broken: str, damage: str
) -> None:
    begun(session, TouchChannel.CHAT, "Où est ma commande ?")
    deliver(session)
    assert findings(session) == set()
    session.execute(text(damage))
    assert broken in findings(session)


def test_whoever_leaves_leaves_what_they_saw_to_to_the_next(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    people = [
        stores.services.hire_staff(
            session, HireStaff(name, StaffRole.AGENT, (), email=f"{name}@a.test", password="a" * 12)
        )
        for name in ("Camille", "Sacha")
    ]
    thread_id = begun(session, TouchChannel.CHAT, "Où est ma commande ?")
    path = f"/threads/{thread_id}"
    taken = api(client, shop.agent, f"{path}/hand-over", {"staff_id": str(people[0])})
    assert taken.status_code == 200, taken.text
    admin = stores.services.issue_key(session, name="HR", scopes=["staff.edit"], actor=SYSTEM)[1]
    gone = client.post(f"/api/v1/staff/{people[0]}/disable", headers=as_key(admin))
    assert gone.status_code in {200, 204}, gone.text
    assert findings(session) == set()  # its consequences are on their way
    deliver(session)
    assert api(client, shop.agent, path).json["case"]["owner_id"] is None
    assert findings(session) == set()
    session.execute(text("UPDATE case_file SET owner_id = :id"), {"id": people[0]})
    assert findings(session) == {"CASE-01"}


def test_whoever_moves_leaves_the_cases_of_the_old_store_to_it(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    hugo = stores.services.hire_staff(
        session, HireStaff("Hugo", StaffRole.ASSOCIATE, (shop.lyon,), pin="1234")
    )
    thread_id = begun(session, TouchChannel.CHAT, "Allô ?", location_id=shop.lyon)
    path = f"/threads/{thread_id}"
    api(client, shop.agent, f"{path}/hand-over", {"staff_id": str(hugo)})
    deliver(session)
    assert api(client, shop.agent, path).json["case"]["owner_id"] == str(hugo)
    stores.services.move_staff(session, hugo, location_ids=(shop.paris,), actor=SYSTEM)
    deliver(session)
    assert api(client, shop.agent, path).json["case"]["owner_id"] is None


def test_advertising_that_was_sent_without_consent_is_named(session: Session, counter: Any) -> None:
    placed = counter.place(email="chloe.durand@example.org")
    customer_id: UUID = session.execute(
        text(
            "SELECT k.customer_id FROM sales_order o JOIN contact k ON k.id = o.contact_id"
            " WHERE o.id = :id"
        ),
        {"id": placed.id},
    ).scalar_one()

    def say(*, granted: bool, minutes_ago: int, topic: str = "baskets") -> None:
        session.execute(
            text(
                "INSERT INTO consent (customer_id, purpose, channel, topic, granted, wording,"
                " proof, source, author_name, given_at, recorded_at) SELECT :id, 'marketing',"
                " 'email', :topic, :granted, 'w', 'p', 'web', 'x', at, at FROM (SELECT"
                " now() - make_interval(mins => :ago) AS at) said"
            ),
            {"id": customer_id, "granted": granted, "ago": minutes_ago, "topic": topic},
        )

    assert "CONSENT-01" not in findings(session)
    session.execute(
        text("UPDATE message SET template = 'cart_left', status = 'sent', begun_at = now()")
    )
    assert "CONSENT-01" in findings(session)
    say(granted=True, minutes_ago=30)
    assert "CONSENT-01" not in findings(session)
    say(granted=False, minutes_ago=20, topic="")
    assert "CONSENT-01" in findings(session)
    say(granted=True, minutes_ago=10)
    assert "CONSENT-01" not in findings(session)
    say(granted=False, minutes_ago=-1)  # what is refused later forbids nothing before
    assert "CONSENT-01" not in findings(session)
