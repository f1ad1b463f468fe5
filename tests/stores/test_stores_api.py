"""Stores over HTTP: lists, distances, pauses; and keys that open them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import stores.services
from kernel.actors import SYSTEM
from stores.commands import OpenLocation
from stores.errors import UnreadableHours
from tests.conftest import Shop, as_key
from tests.unmoved import problem


def test_stores_around_a_place_are_those_within_the_radius(client: Any, shop: Shop) -> None:
    def codes(radius_km: float) -> list[str]:
        found = client.get(f"/api/v1/stores?latitude=45.76&longitude=4.83&radius_km={radius_km}")
        return [store["code"] for store in found.json["stores"]]

    assert codes(0.1) == []
    assert codes(5) == ["lyon"]
    assert codes(500) == ["lyon", "paris"]


def test_a_page_leads_to_the_next_until_the_last(client: Any, shop: Shop) -> None:
    first = client.get("/api/v1/stores?limit=1").json
    second = client.get(f"/api/v1/stores?limit=1&cursor={first['next']}").json
    third = client.get(f"/api/v1/stores?limit=1&cursor={second['next']}").json
    assert [page["stores"][0]["code"] for page in (first, second)] == ["lyon", "paris"]
    assert (third["stores"], third["next"]) == ([], None)


def test_a_pause_ends_by_itself(client: Any, session: Session, shop: Shop) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    client.post(
        "/api/v1/stores/lyon/pause",
        json={"until": until, "reason": "flood"},
        headers=as_key(shop.manager),
    )
    assert client.get("/api/v1/stores/lyon").json["paused"] is True
    session.execute(text("UPDATE location SET paused_until = now() - interval '1 second'"))
    session.commit()
    assert client.get("/api/v1/stores/lyon").json["paused"] is False


def test_nobody_pauses_another_store(client: Any, shop: Shop) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"until": until, "reason": "prank"}
    for code in ("paris", "nowhere"):
        refused = client.post(
            f"/api/v1/stores/{code}/pause", json=body, headers=as_key(shop.manager)
        )
        assert problem(refused) == (404, "unknown-location")
    assert client.get("/api/v1/stores/paris").json["paused"] is False


def test_a_store_shows_when_it_opens_next(client: Any, session: Session, shop: Shop) -> None:
    session.execute(text("UPDATE location SET opening_hours = 'Mo-Su off' WHERE code = 'paris'"))
    session.commit()
    shut, open_now = (client.get(f"/api/v1/stores/{code}").json for code in ("paris", "lyon"))
    assert (shut["open_now"], shut["opens_at"], shut["closes_at"]) == (False, None, None)
    assert datetime.fromisoformat(open_now["closes_at"]) > datetime.now(UTC)


def test_a_store_with_hours_nobody_can_read_is_not_opened(session: Session, shop: Shop) -> None:
    place: dict[str, Any] = {
        "street": "1 rue",
        "postcode": "67000",
        "city": "Strasbourg",
        "country": "FR",
        "phone": None,
        "latitude": 48.58,
        "longitude": 7.75,
        "time_zone": "Europe/Paris",
    }
    with pytest.raises(UnreadableHours):
        stores.services.open_location(
            session,
            OpenLocation(shop.brand_id, "str", "Strasbourg", **place, opening_hours="whenever"),
        )
    location_id, is_new = stores.services.open_location(
        session,
        OpenLocation(shop.brand_id, "str", "Strasbourg", **place, opening_hours="Mo-Sa 9:00-19:00"),
    )
    region = session.execute(
        text("SELECT holiday_region FROM location WHERE id = :id"), {"id": location_id}
    ).scalar_one()
    assert (is_new, region) == (True, "6AE")


def test_a_key_dies_when_it_is_revoked_expires_or_its_person_leaves(
    client: Any, session: Session, shop: Shop
) -> None:
    def alive(key: str) -> bool:
        headers = {"Authorization": f"Bearer {key}"}
        return bool(client.get("/api/v1/stores", headers=headers).status_code == 200)

    key_id, key = stores.services.issue_key(
        session, name="shop", scopes=["stores.read"], actor=SYSTEM
    )
    _, brief = stores.services.issue_key(
        session,
        name="brief",
        scopes=["stores.read"],
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        actor=SYSTEM,
    )
    session.commit()
    assert [alive(each) for each in (key, brief, shop.associate)] == [True, True, True]
    stores.services.revoke_key(session, key_id=key_id, actor=SYSTEM)
    session.execute(text("UPDATE api_key SET expires_at = now() WHERE name = 'brief'"))
    session.execute(text("UPDATE staff SET closed_at = now() WHERE name = 'Inès'"))
    session.commit()
    assert [alive(each) for each in (key, brief, shop.associate)] == [False, False, False]
    assert alive(shop.paris_associate)


def test_only_a_keys_hash_is_kept(session: Session, shop: Shop) -> None:
    kept = session.execute(text("SELECT string_agg(k::text, '') FROM api_key k")).scalar_one()
    assert shop.associate not in kept
    assert shop.associate.removeprefix("cmp_") not in kept
