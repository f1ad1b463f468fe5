"""Who works for one brand in a store that others share: nothing of the others' orders is shown."""

from datetime import UTC, datetime, timedelta
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
    return issue(session, who)[1]


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


def test_head_office_of_one_brand_moves_nothing_of_anothers_stores_staff_or_settings(
    counter: Counter, session: Session, shop: Shop
) -> None:
    opened = OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    other = stores.services.open_brand(session, opened)
    whole = issue(session, HireStaff("Ada", StaffRole.ADMIN))[1]
    person, key = issue(session, HireStaff("Bea", StaffRole.ADMIN, brand_id=other))
    theirs = issue(session, HireStaff("Zoé", StaffRole.ASSOCIATE, (shop.lyon,), "zoe@a.test"))[0]
    stores.services.create_group(session, brand="aubepin", code="sud", name="Sud")
    session.commit()
    till = counter.ask("stores/lyon/terminals", {"name": "1"}, key=whole).json["id"]
    rule: dict[str, Any] = {"key": "prepare_min", "value": 60}
    ours = {**rule, "scope": "brand", "code": "aubepin"}
    held = counter.ask("settings", ours, key=whole).json["id"]
    goods = {"items": [MUG]}
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    acts: list[tuple[str, Any]] = [
        ("stores/lyon/terminals", {"name": "2"}),
        (f"stores/lyon/terminals/{till}/renew", {}),
        (f"stores/lyon/terminals/{till}/revoke", {}),
        ("stores/lyon/pause", {"until": soon, "reason": "none"}),
        ("stores/lyon/group", {"group": None}),
        ("stores/lyon/methods/pickup", {"offered": False}),
        (f"staff/{theirs}/disable", {}),
        (f"staff/{theirs}/stores", {"stores": []}),
        ("settings", ours),
        ("settings", {**rule, "scope": "global"}),
        ("settings", {**rule, "scope": "group", "code": "sud"}),
        ("settings", {**rule, "scope": "store", "code": "lyon"}),
        (f"settings/{held}/end", {}),
        ("store-groups", {"brand": "aubepin", "code": "est", "name": "Est"}),
        ("store-groups/sud/rename", {"name": "Est"}),
    ]

    def refused(said: list[tuple[str, Any]]) -> None:
        with nothing_moves(session):
            for path, body in said:
                answer = counter.ask(path, body, key=key)
                assert answer.status_code in {403, 404}, (path, answer.text)

    def staff() -> set[str]:
        found = counter.client.get("/api/v1/staff", headers=as_key(key)).json["staff"]
        return {each["id"] for each in found}

    refused([*acts, ("stores/lyon/receipts", goods)])
    assert staff() == {str(person)}

    served = {"brands": ["bruyere"]}
    path = "/api/v1/stores/lyon/brands"
    assert counter.client.put(path, json=served, headers=as_key(whole)).json == served
    refused(acts)
    assert counter.ask("stores/lyon/receipts", goods, key=key).status_code == 201
    own = {**rule, "scope": "brand", "code": "bruyere"}
    assert counter.ask("settings", own, key=key).status_code == 201
    hired = counter.ask(
        "staff", {"name": "Paul", "role": "associate", "stores": ["lyon"]}, key=key
    ).json["id"]
    assert staff() == {str(person), hired}
    assert counter.ask(f"staff/{hired}/disable", {}, key=key).status_code == 200


def test_head_office_has_somebody_see_one_brands_customers_only(
    counter: Counter, session: Session, shop: Shop
) -> None:
    whole = issue(session, HireStaff("Ada", StaffRole.ADMIN))[1]
    person, key = issue(session, HireStaff("Bea", StaffRole.AGENT))
    opened = OpenBrand("bruyere", "Bruyère", "EUR", ("fr",), "b@bruyere.test", "Bruyere")
    stores.services.open_brand(session, opened)
    session.commit()
    counter.place()

    def limit(brand: str | None, *, by: str = whole) -> int:
        body, path = {"brand": brand}, f"/api/v1/staff/{person}/brand"
        return int(counter.client.put(path, json=body, headers=as_key(by)).status_code)

    def seen() -> int:
        asked = counter.client.get("/api/v1/customers?q=durand", headers=as_key(key))
        return len(asked.json["customers"])

    assert seen() == 1
    assert limit("bruyere", by=shop.manager) == 403
    assert limit("nowhere") in {404, 422}
    assert (limit("bruyere"), seen()) == (200, 0)
    assert (limit(None), seen()) == (200, 1)


def issue(session: Session, who: HireStaff) -> tuple[Any, str]:
    """Return the id and the key of somebody who begins to work."""
    staff_id = stores.services.hire_staff(session, who)
    made = stores.services.issue_key(session, name="k", scopes=[], staff_id=staff_id, actor=SYSTEM)
    return staff_id, made[1]
