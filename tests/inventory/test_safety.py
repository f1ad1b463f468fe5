"""Safety stock: the nearest rule wins, levels follow, and what a rule would hide is told before."""

from datetime import UTC, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import inventory.jobs
import inventory.services
import stores.services
from catalog.services import list_category
from inventory import queries
from inventory.commands import SafetyDraft, SafetyScope
from kernel.actors import SYSTEM
from kernel.ids import new_id
from stores.commands import HireStaff, StaffRole
from tests.conftest import SKUS, Shop, as_key
from tests.unmoved import nothing_moves, problem

CODES = tuple(sorted(command.sku for command in SKUS))


@pytest.fixture
def group(session: Session, shop: Shop) -> UUID:
    """Lyon is of the group `south`, tents and books stand in the category `outdoor`."""
    group_id = new_id()
    session.execute(
        text(
            "INSERT INTO store_group (id, brand_id, code, name)"
            " VALUES (:id, :brand, 'south', 'South')"
        ),
        {"id": group_id, "brand": shop.brand_id},
    )
    session.execute(
        text("UPDATE location SET group_id = :id WHERE code = 'lyon'"), {"id": group_id}
    )
    list_category(session, code="outdoor", names={"fr": "Plein air"})
    session.execute(
        text("UPDATE article SET category_code = 'outdoor' WHERE code IN ('TENT', 'BOOK')")
    )
    session.commit()
    return group_id


@pytest.fixture
def admin(session: Session, shop: Shop) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    _, key = stores.services.issue_key(
        session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM
    )
    session.commit()
    return key


def add(client: Any, key: str, **rule: Any) -> Any:
    return client.post("/api/v1/stock/safety-rules", json=rule, headers=as_key(key))


def kept(session: Session) -> dict[tuple[str, str], int]:
    """Return what each level keeps back, without those that keep nothing."""
    rows = session.execute(
        text(
            "SELECT p.code, l.sku, l.safety_stock FROM stock_level l"
            " JOIN location p ON p.id = l.location_id WHERE l.safety_stock > 0"
        )
    )
    return {(code, sku): units for code, sku, units in rows}


def test_a_rule_is_added_followed_and_ended(
    client: Any, session: Session, shop: Shop, admin: str
) -> None:
    rule = add(client, admin, scope="global", percent=25)
    assert (rule.status_code, rule.json["author"], rule.json["valid_to"]) == (201, "Ada", None)
    inventory.jobs.refresh_safety()
    assert kept(session) == {(store, sku): 3 for store in ("lyon", "paris") for sku in CODES}
    shown = client.get(
        "/api/v1/stores/lyon/stock/BOOK", headers={"Authorization": f"Bearer {admin}"}
    ).json["level"]
    assert (shown["safety_stock"], shown["available"]) == (3, 7)
    ended = client.post(
        f"/api/v1/stock/safety-rules/{rule.json['id']}/end", json={}, headers=as_key(admin)
    )
    assert ended.json["valid_to"] is not None
    inventory.jobs.refresh_safety()
    assert kept(session) == {}


def test_a_rule_for_one_sku_at_a_store_holds_at_once(
    client: Any, session: Session, shop: Shop
) -> None:
    rule = add(client, shop.manager, scope="sku_store", store="lyon", sku="BOOK", units=4)
    assert rule.status_code == 201
    assert kept(session) == {("lyon", "BOOK"): 4}
    client.post(
        f"/api/v1/stock/safety-rules/{rule.json['id']}/end", json={}, headers=as_key(shop.manager)
    )
    assert kept(session) == {}


def test_a_rule_never_held_for_a_time_that_is_over(client: Any, shop: Shop) -> None:
    past = "2020-01-01T00:00:00Z"
    named = {"scope": "sku_store", "store": "lyon", "sku": "BOOK", "units": 4}
    assert add(client, shop.manager, **named, valid_from=past).json["valid_from"] > "2026"


def test_a_rule_holds_from_its_day_to_its_day(
    client: Any, session: Session, shop: Shop, admin: str
) -> None:
    now = session.execute(text("SELECT clock_timestamp()")).scalar_one().astimezone(UTC)
    later = (now + timedelta(hours=1)).isoformat()
    add(client, admin, scope="global", units=2, valid_to=later)
    add(client, admin, scope="global", units=5, valid_from=later)
    inventory.jobs.refresh_safety()
    assert set(kept(session).values()) == {2}
    session.execute(text("UPDATE safety_rule SET valid_from = valid_from - interval '61 minutes'"))
    session.execute(
        text("UPDATE safety_rule SET valid_to = valid_to - interval '60 minutes' WHERE units = 2")
    )
    session.commit()
    inventory.jobs.refresh_safety()
    assert set(kept(session).values()) == {5}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"scope": "global"}, (422, "safety-rule-unclear")),
        ({"scope": "global", "units": 1, "percent": 1}, (422, "safety-rule-unclear")),
        ({"scope": "store", "units": 1}, (422, "safety-rule-unclear")),
        (
            {"scope": "sku", "sku": "BOOK", "store": "lyon", "units": 1},
            (422, "safety-rule-unclear"),
        ),
        ({"scope": "group", "group": "none", "units": 1}, (422, "safety-rule-unclear")),
        ({"scope": "sku", "sku": "NEVER", "units": 1}, (422, "unknown-sku")),
        ({"scope": "category", "category": "none", "units": 1}, (404, "unknown-category")),
        ({"scope": "store", "store": "nowhere", "units": 1}, (404, "unknown-location")),
        ({"scope": "global", "percent": 101}, (422, "validation")),
        (
            {"scope": "global", "units": 1, "valid_to": "2020-01-01T00:00:00Z"},
            (422, "safety-rule-unclear"),
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(
    client: Any,
    connection: Connection,
    shop: Shop,
    admin: str,
    *,
    rule: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    with nothing_moves(connection):
        refused = add(client, admin, **rule)
    assert problem(refused) == expected


def test_a_manager_makes_rules_for_their_own_stores_only(
    client: Any, connection: Connection, shop: Shop, admin: str
) -> None:
    foreign = add(client, admin, scope="store", store="paris", units=1).json["id"]
    general = add(client, admin, scope="global", units=1).json["id"]
    with nothing_moves(connection):
        refused = [
            add(client, shop.manager, scope="global", units=1),
            add(client, shop.manager, scope="sku", sku="BOOK", units=1),
            add(client, shop.manager, scope="store", store="paris", units=1),
            client.post(
                f"/api/v1/stock/safety-rules/{general}/end", json={}, headers=as_key(shop.manager)
            ),
            client.post(
                f"/api/v1/stock/safety-rules/{foreign}/end", json={}, headers=as_key(shop.manager)
            ),
            add(client, shop.associate, scope="store", store="lyon", units=1),
        ]
    assert [problem(each) for each in refused] == [
        (403, "safety-rule-out-of-reach"),
        (403, "safety-rule-out-of-reach"),
        (404, "unknown-location"),
        (403, "safety-rule-out-of-reach"),
        (404, "unknown-safety-rule"),
        (403, "forbidden"),
    ]
    listed = client.get(
        "/api/v1/stock/safety-rules", headers={"Authorization": f"Bearer {shop.manager}"}
    ).json
    assert [each["id"] for each in listed["rules"]] == [general]


def test_a_preview_tells_what_would_be_hidden_and_changes_nothing(
    client: Any, session: Session, connection: Connection, shop: Shop, admin: str
) -> None:
    inventory.services.set_counted(
        session, location_id=shop.paris, quantities={"BOOK": 2, "MUG-BLUE": 4}, reason="count"
    )
    session.commit()
    with nothing_moves(connection):
        shown = client.get(
            "/api/v1/stock/safety-rules/preview?scope=global&units=3",
            headers={"Authorization": f"Bearer {admin}"},
        ).json
    assert (shown["changed"], shown["gone"]) == (6, 1)
    assert shown["stores"] == [
        {"store": "paris", "name": "Paris Bastille", "changed": 3, "gone": 1},
        {"store": "lyon", "name": "Lyon Croix-Rousse", "changed": 3, "gone": 0},
    ]
    assert shown["sample"][0] == {
        "store": "paris",
        "sku": "BOOK",
        "on_hand": 2,
        "safety_before": 0,
        "safety_after": 3,
        "available_before": 2,
        "available_after": 0,
    }


def test_which_rule_wins_is_told_with_those_that_lose(
    client: Any, session: Session, shop: Shop, admin: str, group: UUID
) -> None:
    ids = {
        scope: add(client, admin, scope=scope, **named).json["id"]
        for scope, named in (
            ("sku_store", {"sku": "BOOK", "store": "lyon", "units": 6}),
            ("global", {"units": 1}),
            ("category", {"category": "outdoor", "units": 4}),
            ("group", {"group": "south", "units": 2}),
            ("sku", {"sku": "BOOK", "units": 5}),
            ("store", {"store": "lyon", "units": 3}),
        )
    }
    found = queries.which_rule(session, location_id=shop.lyon, sku="BOOK")
    assert found.winner is not None
    order = [str(found.winner.id), *(str(each.id) for each in found.losers)]
    assert order == [
        ids[scope] for scope in ("sku_store", "sku", "category", "store", "group", "global")
    ]
    assert found.winner.store == "lyon"
    paris = queries.which_rule(session, location_id=shop.paris, sku="MUG-BLUE")
    assert [paris.winner and str(paris.winner.id), paris.losers] == [ids["global"], ()]


DRAFTS = st.lists(
    st.tuples(
        st.sampled_from(tuple(SafetyScope)),
        st.sampled_from(CODES),
        st.booleans(),
        st.one_of(st.none(), st.integers(0, 12)),
        st.integers(0, 100),
    ),
    max_size=8,
)
CATEGORY = {"TENT-2P": "outdoor", "BOOK": "outdoor", "MUG-BLUE": None}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(DRAFTS)
def test_levels_keep_back_what_the_reference_says(
    session: Session,
    shop: Shop,
    group: UUID,
    rules: list[tuple[SafetyScope, str, bool, int | None, int]],
) -> None:
    with session.begin_nested() as world:
        drafts = []
        for scope, sku, in_lyon, units, percent in rules:
            draft = SafetyDraft(
                scope=scope,
                units=units,
                percent=percent if units is None else None,
                group_id=group if scope is SafetyScope.GROUP else None,
                location_id=(shop.lyon if in_lyon else shop.paris)
                if scope in {SafetyScope.STORE, SafetyScope.SKU_STORE}
                else None,
                category_code="outdoor" if scope is SafetyScope.CATEGORY else None,
                sku=sku if scope in {SafetyScope.SKU, SafetyScope.SKU_STORE} else None,
            )
            inventory.services.add_rule(session, draft, actor=SYSTEM)
            drafts.append(draft)
        inventory.services.refresh_levels(session)
        found = kept(session)
        world.rollback()
    expected = {
        (name, sku): units
        for name, place in (("lyon", shop.lyon), ("paris", shop.paris))
        for sku in CODES
        if (
            units := reference(
                drafts, place=place, group=group if name == "lyon" else None, sku=sku
            )
        )
    }
    assert found == expected


def reference(drafts: list[SafetyDraft], *, place: UUID, group: UUID | None, sku: str) -> int:
    """Return what ten units keep back: the last draft of the nearest scope that fits."""
    fitting = [
        (tuple(SafetyScope).index(draft.scope), number, draft)
        for number, draft in enumerate(drafts)
        if draft.group_id in {None, group}
        and draft.location_id in {None, place}
        and draft.category_code in {None, CATEGORY[sku]}
        and draft.sku in {None, sku}
    ]
    if not fitting:
        return 0
    winner = max(fitting)[2]
    return winner.units if winner.units is not None else ceil(10 * (winner.percent or 0) / 100)
