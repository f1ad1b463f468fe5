"""Who works for one brand in a store that others share: nothing of the others' orders is shown."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from stores.commands import HireStaff, OpenBrand, StaffRole
from tests.app.test_shelf import enter
from tests.app.test_tablet import words
from tests.conftest import Shop, as_key
from tests.orders.conftest import TENT, Counter
from tests.orders.delivering import DAY, fetch, tell
from tests.unmoved import nothing_moves, problem

MUG = {"sku": "MUG-BLUE", "quantity": 1}


@pytest.fixture
def counter(client: FlaskClient, session: Session, shop: Shop) -> Counter:
    return Counter(client, session, shop)


def key_of(session: Session, shop: Shop, brand_id: Any) -> str:
    """Return the key of somebody in Lyon who works for one brand."""
    who = HireStaff("Bea", StaffRole.ASSOCIATE, (shop.lyon,), brand_id=brand_id)
    staff_id = stores.services.hire_staff(session, who)
    made = stores.services.issue_key(session, name="b", scopes=[], staff_id=staff_id, actor=SYSTEM)
    return made[1]


def test_put_backs_walks_and_numbers_on_transfers_are_shown_to_the_brand_they_belong_to(
    counter: Counter, session: Session, shop: Shop
) -> None:
    opened = OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    other = stores.services.open_brand(session, opened)
    ours, theirs = (key_of(session, shop, each) for each in (shop.brand_id, other))
    session.commit()
    counter.bring_to("accepted")
    counter.do("pick", {"items": [TENT]})
    way = f"transfers/{fetch(counter, [MUG]).json['transfer_id']}/send"
    sent = counter.ask(way, {"expected_on": DAY}, key=shop.paris_associate)
    assert sent.status_code == 200, sent.text
    carried = show_order_number(counter.order["number"].replace("-", ""))
    counter.bring_to("cancelled")
    counter.place()
    with nothing_moves(session):
        begun = counter.ask("stores/lyon/waves", {}, key=theirs)
    assert problem(begun) == (409, "nothing-to-pick")
    wave = counter.ask("stores/lyon/waves", {}, key=ours).json
    assert len(wave["parcels"]) == 1
    tell(session)

    def seen(key: str) -> tuple[list[str], list[str]]:
        found = [
            counter.client.get(f"/api/v1/{path}", headers=as_key(key)).json
            for path in ("put-backs?store=lyon", "stores/lyon/waves")
        ]
        return (
            [each["id"] for each in found[0]["put_backs"]],
            [each["id"] for each in found[1]["waves"]],
        )

    (task,), waves = seen(ours)
    assert (waves, seen(theirs)) == ([wave["id"]], ([], []))
    with nothing_moves(session):
        for act, body in (
            (f"put-backs/{task}/done", {}),
            (f"waves/{wave['id']}/scan", MUG),
            (f"waves/{wave['id']}/short", {**MUG, "reason": "damaged"}),
        ):
            assert counter.ask(act, body, key=theirs).status_code == 404, act
    unseen = counter.client.get(f"/api/v1/waves/{wave['id']}", headers=as_key(theirs))
    assert problem(unseen) == (404, "unknown-wave")

    anybody = enter(counter.client, session, shop, StaffRole.ASSOCIATE, "Zoé")
    assert carried in words(anybody.get("/shelf"))
    assert carried in words(anybody.get("/where", said="TENT-2P"))
    somebody = enter(counter.client, session, shop, StaffRole.ASSOCIATE, "Bea", brand_id=other)
    for page, said in (
        (somebody.get("/shelf"), "From Paris Bastille"),
        (somebody.get("/where", said="TENT-2P"), "1 for an order of another brand"),
    ):
        assert said in words(page)
        assert carried not in words(page)
    assert counter.ask(f"put-backs/{task}/done", {}, key=ours).status_code == 200
