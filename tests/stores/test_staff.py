"""A manager adds, moves and disables associates of their own stores, and nobody else."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key
from tests.stores.conftest import Ask
from tests.unmoved import nothing_moves, problem


def person(**changes: Any) -> dict[str, Any]:
    return {"name": "Bilal", "email": "bilal@aubepin.test", "stores": ["lyon"], **changes}


def stores_of(session: Session, staff_id: str) -> set[UUID]:
    rows = session.execute(
        text("SELECT location_id FROM staff_location WHERE staff_id = :id"), {"id": staff_id}
    )
    return set(rows.scalars())


def add(session: Session, role: StaffRole, *places: UUID) -> str:
    staff_id = stores.services.hire_staff(session, HireStaff("Omar", role, places))
    session.commit()
    return str(staff_id)


def test_a_manager_adds_an_associate_who_is_listed_and_leaves_again(
    ask: Ask, see: Ask, session: Session, shop: Shop
) -> None:
    hired = ask("staff", person())
    assert hired.status_code == 201, hired.text
    assert stores_of(session, hired.json["id"]) == {shop.lyon}
    listed = {each["name"]: each for each in see("staff").json["staff"]}
    assert set(listed) == {"Bilal", "Inès", "Nadia"}
    assert (listed["Bilal"]["role"], listed["Bilal"]["active"]) == ("associate", True)
    first = see("staff?limit=1").json
    second = see(f"staff?limit=1&cursor={first['next']}&store=lyon").json
    assert [page["staff"][0]["name"] for page in (first, second)] == ["Bilal", "Inès"]
    assert problem(see("staff?store=paris")) == (404, "unknown-location")

    _, key = stores.services.issue_key(
        session, name="b", scopes=[], staff_id=UUID(hired.json["id"]), actor=SYSTEM
    )
    session.commit()
    assert see("stores/lyon/stock", key=key).status_code == 200
    assert ask(f"staff/{hired.json['id']}/disable").status_code == 200
    assert problem(see("stores/lyon/stock", key=key)) == (401, "unauthenticated")


def test_an_address_is_one_persons(ask: Ask, connection: Connection) -> None:
    ask("staff", person())
    with nothing_moves(connection):
        refused = ask("staff", person(name="Other", email="Bilal@aubepin.test"))
        assert problem(refused) == (409, "email-taken")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"role": "manager"}, 403, "forbidden"),
        ({"role": "admin", "stores": []}, 403, "forbidden"),
        ({"stores": ["lyon", "paris"]}, 404, "unknown-location"),
        ({"stores": ["nowhere"]}, 404, "unknown-location"),
        ({"name": ""}, 422, "validation"),
        ({"email": "nobody"}, 422, "validation"),
    ],
)
def test_a_manager_adds_associates_of_their_own_stores_only(
    ask: Ask, connection: Connection, changes: dict[str, Any], status: int, code: str
) -> None:
    with nothing_moves(connection):
        assert problem(ask("staff", person(**changes))) == (status, code)


def test_an_associate_runs_nobody(ask: Ask, shop: Shop, connection: Connection) -> None:
    with nothing_moves(connection):
        assert problem(ask("staff", person(), key=shop.associate)) == (403, "forbidden")


def test_a_manager_moves_between_own_stores_and_leaves_foreign_ones_alone(
    ask: Ask, session: Session, shop: Shop, connection: Connection
) -> None:
    both = add(session, StaffRole.ASSOCIATE, shop.lyon, shop.paris)
    assert ask(f"staff/{both}/stores", {"stores": []}).status_code == 200
    assert stores_of(session, both) == {shop.paris}
    with nothing_moves(connection):
        gone = ask(f"staff/{both}/stores", {"stores": ["lyon"]})
        assert problem(gone) == (404, "unknown-staff")

    staff_id = session.execute(text("SELECT id FROM staff WHERE name = 'Nadia'")).scalar_one()
    stores.services.move_staff(session, staff_id, location_ids=[shop.lyon, shop.paris])
    session.commit()
    assert ask(f"staff/{both}/stores", {"stores": ["lyon", "paris"]}).status_code == 200
    assert stores_of(session, both) == {shop.lyon, shop.paris}


def test_a_manager_disables_no_colleague_and_nobody_of_another_store(
    ask: Ask, session: Session, shop: Shop, connection: Connection
) -> None:
    colleague = add(session, StaffRole.MANAGER, shop.lyon)
    shared = add(session, StaffRole.ASSOCIATE, shop.lyon, shop.paris)
    foreign = add(session, StaffRole.ASSOCIATE, shop.paris)
    with nothing_moves(connection):
        for staff_id, expected in (
            (colleague, (403, "forbidden")),
            (shared, (403, "forbidden")),
            (foreign, (404, "unknown-staff")),
        ):
            assert problem(ask(f"staff/{staff_id}/disable")) == expected


def test_head_office_moves_anybody_anywhere(
    ask: Ask, session: Session, shop: Shop, admin: str, client: Any
) -> None:
    someone = add(session, StaffRole.MANAGER, shop.lyon)
    moved = client.post(
        f"/api/v1/staff/{someone}/stores", json={"stores": ["paris"]}, headers=as_key(admin)
    )
    assert moved.status_code == 200
    assert stores_of(session, someone) == {shop.paris}
