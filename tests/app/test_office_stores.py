"""The pages of one store: hours tried before they hold, ways, slots, settings, people, opening."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import stores.queries
import stores.services
from inventory.services import receive
from kernel.actors import SYSTEM
from stores.commands import HireStaff, Scope, SetRule, StaffRole, StoreMethod
from tests.app.test_office import PASSWORD, Desk, plain
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves

LYON = "/en/office/stores/lyon"
Sit = Callable[[str], Desk]
People = dict[str, UUID]
WEEK = {f"day-{number}": "9:30-19" for number in range(1, 7)}
DESKS = count(1)
"""Each desk has an address of its own: attempts to sign in are counted by address."""
LATER = "2099-01-01T10:00"


@pytest.fixture
def people(shop: Shop, session: Session) -> People:
    """The managers of both stores, an associate of each, head office."""
    rows = (
        ("nadia", "Nadia Lefèvre", StaffRole.MANAGER, (shop.lyon,)),
        ("sophie", "Sophie Lambert", StaffRole.MANAGER, (shop.paris,)),
        ("theo", "Théo Garnier", StaffRole.ASSOCIATE, (shop.lyon,)),
        ("yanis", "Yanis Benali", StaffRole.ASSOCIATE, (shop.paris,)),
        ("camille", "Camille Roux", StaffRole.ADMIN, ()),
    )
    found = {
        short: stores.services.hire_staff(
            session,
            HireStaff(name, role, where, email=f"{short}@aubepin.test", password=PASSWORD),
        )
        for short, name, role, where in rows
    }
    session.commit()
    return found


@pytest.fixture
def sit(app: Flask, session: Session, people: People) -> Sit:
    """Somebody signed in at a desk of their own, with a page open."""

    def begin(short: str) -> Desk:
        made = Desk(app.test_client())
        made.client.environ_base["REMOTE_ADDR"] = f"10.0.0.{next(DESKS)}"
        assert made.sign_in(f"{short}@aubepin.test").status_code == 303
        made.open("/en/office/orders")
        return made

    return begin


def hours_of(session: Session, code: str = "lyon") -> str:
    schedule = stores.queries.get_store(session, code).schedule
    assert schedule is not None
    return schedule.opening_hours


def test_hours_are_shown_for_the_coming_days_before_they_hold(
    sit: Sit, session: Session, connection: Connection
) -> None:
    desk = sit("nadia")
    with nothing_moves(connection):
        tried = desk.send(f"{LYON}/hours/preview", **{"as": "week"}, **WEEK)
    assert tried.status_code == 200
    said = plain(tried)
    assert "14 days change. Nothing is saved yet." in said
    assert re.search(r"9\.30 am–7 pm before: all day", said)
    assert 'value="9:30-19"' in tried.text
    kept = desk.send(f"{LYON}/hours", **{"as": "week"}, **WEEK)
    assert (kept.status_code, kept.location) == (303, f"{LYON}/hours?done=hours")
    assert hours_of(session) == "Mo-Sa 09:30-19:00; PH off"
    page = desk.read(f"{LYON}/hours")
    assert "Monday to Saturday 9.30 am–7 pm Sunday closed public holidays closed" in page


def test_hours_that_cannot_be_meant_are_refused_beside_their_day(
    sit: Sit, connection: Connection
) -> None:
    desk = sit("nadia")
    with nothing_moves(connection):
        days = desk.send(f"{LYON}/hours", **{**WEEK, "as": "week", "day-3": "nine to five"})
        syntax = desk.send(f"{LYON}/hours", **{"as": "syntax", "hours": "Mo-Sa 9h"})
        preview = desk.send(f"{LYON}/hours/preview", **{"as": "syntax", "hours": " "})
    assert [each.status_code for each in (days, syntax, preview)] == [422, 422, 422]
    assert 'id="field-day-3-error"' in days.text
    assert 'value="nine to five"' in days.text
    assert 'value="9:30-19"' in days.text
    assert "It cannot be read from sign" in syntax.text
    assert "Mo-Sa 9h" in syntax.text
    assert "Write the hours." in preview.text


def test_hours_only_their_own_syntax_can_say_are_kept_as_written(
    sit: Sit, session: Session
) -> None:
    desk = sit("nadia")
    season = "Apr-Sep Mo-Sa 09:00-20:00; Oct-Mar Mo-Sa 09:30-19:00; PH off"
    assert desk.send(f"{LYON}/hours", **{"as": "syntax", "hours": season}).status_code == 303
    assert hours_of(session) == season
    page = desk.open(f"{LYON}/hours")
    assert "only their own syntax can say them" in page.text
    assert 'name="day-1"' not in page.text


def test_exceptional_days_are_noted_shown_and_withdrawn(
    sit: Sit, session: Session, connection: Connection
) -> None:
    desk = sit("nadia")
    day = stores.queries.get_store(session, "lyon").asked_at.date() + timedelta(days=3)
    path = f"{LYON}/exceptional-days"
    with nothing_moves(connection):
        empty = desk.send(path, first_day="", why=" ")
        past = desk.send(path, first_day="2020-01-01", closed="yes", why="Old")
        turned = desk.send(
            path,
            first_day=day.isoformat(),
            last_day=(day - timedelta(days=1)).isoformat(),
            times="soon",
            why="Stocktaking",
        )
    assert [each.status_code for each in (empty, past, turned)] == [422, 422, 422]
    for said in ("Say which day.", "Write the hours, or tick", "Say why"):
        assert said in empty.text, said
    assert "Give a day from today on" in past.text
    assert "The last day is before the first." in turned.text
    assert "Write it like 9:30-12:30" in turned.text
    done = desk.send(path, first_day=day.isoformat(), times="10h-17h", why="Stocktaking")
    assert done.status_code == 303
    page = desk.open(f"{LYON}/hours")
    assert re.search(r"10 am–5 pm Stocktaking", plain(page))
    withdraw = re.search(rf'action="({path}/[0-9a-f-]+/withdraw)"', page.text)
    assert withdraw is not None
    other = sit("sophie")
    with nothing_moves(connection):
        assert other.send(withdraw[1]).status_code == 404
        assert other.send(withdraw[1].replace("lyon", "paris")).status_code == 404
    assert desk.send(withdraw[1]).status_code == 303
    assert "Stocktaking" not in desk.read(f"{LYON}/hours")


def test_a_way_is_offered_paused_resumed_and_withdrawn(
    sit: Sit, session: Session, connection: Connection
) -> None:
    desk = sit("nadia")

    def ways() -> dict[str, tuple[bool, bool]]:
        place = stores.queries.get_store(session, "lyon")
        found = stores.queries.list_methods(session, place.id)
        return {each.method.value: (each.offered, each.paused) for each in found}

    assert desk.send(f"{LYON}/ways/drive", offered="yes").status_code == 303
    assert ways()["drive"] == (True, False)
    with nothing_moves(connection):
        over = desk.send(
            f"{LYON}/ways/drive/pause",
            **{"drive-until": "2020-01-01T10:00", "drive-reason": "Works in the yard"},
        )
        never = desk.send(f"{LYON}/ways/drive/pause", **{"drive-until": LATER, "drive-reason": ""})
        assert desk.send(f"{LYON}/ways/balloon", offered="yes").status_code == 404
    assert (over.status_code, never.status_code) == (422, 422)
    assert "This time is over" in over.text
    assert 'value="Works in the yard"' in over.text
    assert "A pause lasts a year at most." in never.text
    until = stores.queries.get_store(session, "lyon").asked_at + timedelta(days=2)
    done = desk.send(
        f"{LYON}/ways/drive/pause",
        **{"drive-until": until.strftime("%Y-%m-%dT%H:%M"), "drive-reason": "Works in the yard"},
    )
    assert done.status_code == 303
    assert ways()["drive"] == (True, True)
    assert "Works in the yard" in desk.read(f"{LYON}/ways")
    assert desk.send(f"{LYON}/ways/drive/resume").status_code == 303
    assert desk.send(f"{LYON}/ways/drive", offered="no").status_code == 303
    assert ways()["drive"] == (False, False)


def test_slots_are_offered_filled_and_ended(
    sit: Sit, session: Session, connection: Connection
) -> None:
    desk = sit("nadia")
    path = f"{LYON}/slots"
    slots: dict[str, Any] = {
        "way": "drive",
        "weekdays": ["1", "2", "3", "4", "5", "6", "7"],
        "from": "08:00",
        "until": "20:00",
        "minutes": "30",
        "capacity": "2",
    }
    with nothing_moves(connection):
        empty = desk.send(path)
        short = desk.send(path, **{**slots, "until": "08:20"})
        turned = desk.send(path, **{**slots, "until": "07:00", "capacity": "0"})
    assert [each.status_code for each in (empty, short, turned)] == [422, 422, 422]
    for said in ("Choose what the slots are for.", "Choose at least one day.", "Say from when."):
        assert said in empty.text, said
    assert "Not one slot fits" in short.text
    assert "Give a whole number from 1 to 1000." in turned.text
    assert desk.send(path, **slots).status_code == 303
    page = desk.open(path)
    said = plain(page)
    assert "Drive has slots but is not offered here." in said
    assert "every day 8 am–8 pm 30 minutes 2" in said
    assert "0 of 48 booked" in said
    end = re.search(rf'action="({path}/[0-9a-f-]+/end)"', page.text)
    assert end is not None
    other = sit("sophie")
    with nothing_moves(connection):
        assert other.send(end[1].replace("lyon", "paris")).status_code == 404
    assert desk.send(end[1]).status_code == 303
    assert "No slots on these days." in desk.read(path)


def test_a_setting_says_where_it_comes_from_and_is_changed_with_its_validity(
    sit: Sit, session: Session, connection: Connection
) -> None:
    stores.services.set_setting(session, SetRule(Scope.GLOBAL, None, "hold_days", 9), actor=SYSTEM)
    session.commit()
    desk = sit("nadia")
    page = desk.read(f"{LYON}/settings")
    assert "9 days Everybody" in page
    assert "2 hours Usual value" in page
    path = "/en/office/settings/store/lyon/hold_days"
    with nothing_moves(connection):
        much = desk.send(path, value="61")
        turned = desk.send(path, value="5", **{"from": LATER, "until": "2098-01-01T10:00"})
        for wrong in ({"until": "2020-01-01T10:00"}, {"from": "9999-12-31T23:59"}):
            assert desk.send(path, value="5", **wrong).status_code == 422, wrong
        assert desk.send(path.replace("lyon", "paris"), value="5").status_code == 404
        assert desk.send("/en/office/settings/global/all/hold_days", value="5").status_code == 404
        assert desk.send(path.replace("hold_days", "nothing"), value="5").status_code == 422
    assert (much.status_code, turned.status_code) == (422, 422)
    assert "Give a whole number from 1 to 60." in much.text
    assert "The end is not after the beginning." in turned.text
    assert desk.send(path, value="5").status_code == 303
    assert stores.queries.get_store(session, "lyon").hold_days == 5
    started = desk.send(path, value="5", **{"from": "2020-01-01T10:00"})
    assert started.location.endswith("done=set")
    for end in re.findall(rf'action="({path}/[0-9a-f-]+/end)"', desk.open(path).text)[:1]:
        assert desk.send(end).status_code == 303
    assert desk.send(path, value="6", **{"from": LATER}).status_code == 303
    later = desk.open(path)
    assert "5 days Store Lyon Croix-Rousse" in plain(later)
    assert "Nadia Lefèvre To come" in plain(later)
    assert "9 days Everybody" in plain(later)
    ends = re.findall(rf'action="({path}/[0-9a-f-]+/end)"', later.text)
    assert len(ends) == 2
    for end in ends:
        assert desk.send(end).status_code == 303
    assert stores.queries.get_store(session, "lyon").hold_days == 9


def test_a_time_of_day_can_be_set_and_left_without_limit(sit: Sit, session: Session) -> None:
    desk = sit("nadia")
    path = "/en/office/settings/store/lyon/cut_off"
    assert "Give a time of day" in desk.send(path, value="25:00").text
    assert desk.send(path, value="16:40").status_code == 303
    held = stores.queries.get_store(session, "lyon").rules.cut_off
    assert held is not None
    assert (held.hour, held.minute) == (16, 40)
    assert desk.send(path, value="").status_code == 303
    assert stores.queries.get_store(session, "lyon").rules.cut_off is None


def test_every_setting_can_be_looked_at_and_one_of_a_few_words_chosen(
    sit: Sit, session: Session, connection: Connection
) -> None:
    from stores.settings import KEYS  # noqa: PLC0415 (as the words below)

    desk = sit("nadia")
    here = "office/settings/store/lyon"
    for key in KEYS:
        for language in ("en", "fr"):
            assert desk.open(f"/{language}/{here}/{key}").status_code == 200, key
    assert sit("camille").open("/fr/office/settings").status_code == 200
    path = f"/en/{here}/partly"
    with nothing_moves(connection):
        other = desk.send(path, value="perhaps")
        long = desk.send(f"/en/{here}/hold_days", value="0000000012")
    assert (other.status_code, "Choose one of the list." in other.text) == (422, True)
    assert (long.status_code, "from 1 to 60" in long.text) == (422, True)
    assert desk.send(path, value="split").status_code == 303
    assert stores.queries.get_store(session, "lyon").rules.partly == "split"
    assert "split the order Store Lyon" in desk.read(f"{LYON}/settings")


def test_head_office_groups_stores_and_sets_what_holds_for_them(
    sit: Sit, session: Session, connection: Connection
) -> None:
    desk, manager = sit("camille"), sit("nadia")
    with nothing_moves(connection):
        assert manager.open("/en/office/groups").status_code == 403
        assert manager.open("/en/office/settings").status_code == 403
        wrong = desk.send("/en/office/groups", name="", code="Not A Code", brand="nobody")
    assert wrong.status_code == 422
    for said in ("Say what the group is called.", "Use small letters", "Choose a brand."):
        assert said in wrong.text, said
    made = desk.send("/en/office/groups", name="Rhône", code="rhone", brand="aubepin")
    assert (made.status_code, made.location) == (303, "/en/office/groups/rhone?done=made")
    taken = desk.send("/en/office/groups", name="Rhône", code="rhone", brand="aubepin")
    assert (taken.status_code, "This code is taken" in taken.text) == (422, True)
    assert desk.send("/en/office/groups/rhone/stores", store="nowhere").status_code == 422
    assert desk.send("/en/office/groups/rhone/stores", store="lyon").status_code == 303
    assert desk.send("/en/office/settings/group/rhone/hold_days", value="3").status_code == 303
    assert stores.queries.get_store(session, "lyon").hold_days == 3
    assert stores.queries.get_store(session, "paris").hold_days == 7
    assert "3 days" in desk.read("/en/office/settings?scope=group&code=rhone")
    assert "Group Rhône" in desk.read(f"{LYON}/settings")
    assert desk.send("/en/office/groups/rhone/rename", name="Lyonnais").status_code == 303
    assert "Lyonnais" in desk.read("/en/office/groups")
    assert desk.send("/en/office/groups/rhone/stores/paris/leave").status_code == 404
    assert desk.send("/en/office/groups/rhone/stores/lyon/leave").status_code == 303
    assert stores.queries.get_store(session, "lyon").hold_days == 7


def test_a_manager_opens_accounts_for_associates_of_their_stores(
    sit: Sit, session: Session, shop: Shop, connection: Connection
) -> None:
    desk = sit("nadia")
    form = desk.open("/en/office/people/new?store=lyon")
    assert re.search(rf'value="{shop.lyon}" checked', form.text)
    assert 'value="manager"' not in form.text
    new = {"name": "Zoé Vandamme", "pin": "4711", "stores": str(shop.lyon)}
    with nothing_moves(connection):
        above = desk.send("/en/office/people/new", **new, role="manager")
        foreign = desk.send(
            "/en/office/people/new", **{**new, "stores": str(shop.paris)}, role="associate"
        )
    assert (above.status_code, foreign.status_code) == (422, 422)
    assert "Only head office gives this role." in above.text
    assert "Choose at least one store" in foreign.text
    assert desk.send("/en/office/people/new", **new, role="associate").status_code == 303
    assert "Zoé Vandamme Associate – yes" in desk.read(f"{LYON}/people")


def test_a_manager_disables_associates_and_nobody_above_them(
    sit: Sit, people: People, connection: Connection
) -> None:
    desk = sit("nadia")
    office = "/en/office/people"
    with nothing_moves(connection):
        for short in ("sophie", "yanis", "camille"):
            assert desk.send(f"{office}/{people[short]}/disable").status_code == 404, short
            assert desk.send(f"{office}/{people[short]}/stores", stores="").status_code == 404
        nowhere = desk.send(f"{office}/{people['theo']}/stores")
    assert (nowhere.status_code, "or close the account" in nowhere.text) == (422, True)
    assert desk.send(f"{office}/{people['theo']}/disable").status_code == 303
    assert "Théo Garnier" not in desk.read(f"{LYON}/people")


def test_somebody_of_another_store_joins_and_leaves_again(
    sit: Sit, session: Session, shop: Shop, people: People, *, connection: Connection
) -> None:
    desk, manager = sit("camille"), sit("nadia")
    yanis = people["yanis"]
    with nothing_moves(connection):
        assert manager.send(f"{LYON}/people", person=str(yanis)).status_code == 422
        assert desk.send(f"{LYON}/people", person="").status_code == 422
        assert desk.send(f"{LYON}/people/{people['theo']}/leave").status_code == 404
    assert desk.send(f"{LYON}/people", person=str(yanis)).status_code == 303
    here = {each.id: each for each in stores.queries.list_staff(session, location_id=shop.lyon)}
    assert here[yanis].location_ids == {shop.lyon, shop.paris}
    assert manager.send(f"{LYON}/people/{yanis}/leave").status_code == 303
    left = {each.id: each for each in stores.queries.list_staff(session)}
    assert left[yanis].location_ids == {shop.paris}


NICE = {
    "name": "Nice Masséna",
    "code": "nice",
    "brand": "aubepin",
    "street": "1 place Masséna",
    "postcode": "06000",
    "city": "Nice",
    "like": "lyon",
}


def test_a_store_is_opened_step_by_step_and_switched_on(
    sit: Sit, session: Session, client: FlaskClient, shop: Shop, *, connection: Connection
) -> None:
    desk, manager = sit("camille"), sit("nadia")
    with nothing_moves(connection):
        empty = desk.send("/en/office/openings/new")
        nowhere = desk.send(
            "/en/office/openings/new",
            **{**NICE, "code": "lyon", "postcode": "00000", "position": "91,7"},
        )
        assert manager.send("/en/office/openings/new", **NICE).status_code == 403
    assert (empty.status_code, nowhere.status_code) == (422, 422)
    assert "Write it like 45.7767, 4.8310." in nowhere.text
    taken = desk.send("/en/office/openings/new", **{**NICE, "code": "lyon"})
    assert "This code is taken" in taken.text
    begun = desk.send("/en/office/openings/new", **NICE)
    nice = "/en/office/stores/nice"
    assert (begun.status_code, begun.location) == (303, f"{nice}/opening?done=begun")
    store = stores.queries.get_store(session, "nice")
    assert (round(store.latitude), round(store.longitude)) == (44, 7)
    assert "4 steps to go" in desk.read(f"{nice}/opening")
    early = desk.send(f"{nice}/switch-on")
    assert (early.status_code, "Something is missing still" in early.text) == (422, True)
    assert "Nothing is in stock yet" in desk.send(f"{nice}/practice", email="a@b.test").text

    desk.send(
        "/en/office/people/new", name="Zoé", role="associate", pin="4711", stores=str(store.id)
    )
    receive(session, location_id=store.id, quantities={"BOOK": 4}, actor=SYSTEM)
    typed = stores.services.offer_enrolment(session, location_id=store.id, tablet_name="Till 1")
    stores.services.enrol_tablet(session, code=typed)
    session.commit()
    assert "1 step to go" in desk.read(f"{nice}/opening")
    assert desk.send(f"{nice}/practice", email="nobody").status_code == 422
    placed = desk.send(f"{nice}/practice", email="camille@example.org")
    assert placed.status_code == 303, plain(placed)
    page = desk.read(placed.location)
    number = re.search(r"Practice order (\S+) is placed", page)
    assert number is not None
    assert "1 open order waits to be prepared" in page
    hand_over(client, session, number[1], store.id)
    assert "Everything is ready" in desk.read(f"{nice}/opening")
    assert desk.send(f"{nice}/switch-on").location == f"{nice}?done=opened"
    opened = stores.queries.get_store(session, "nice")
    assert opened.opened_at is not None
    items = [{"sku": "BOOK", "quantity": 1}]
    body = order_body(store="nice", items=items)
    done = client.post("/api/v1/orders", json=body, headers=as_key(shop.integration))
    assert done.status_code == 201


def hand_over(client: FlaskClient, session: Session, number: str, location_id: UUID) -> None:
    """Prepare the practice order and give it out, as somebody who works there."""
    staff_id = stores.services.hire_staff(
        session, HireStaff("Max", StaffRole.ASSOCIATE, (location_id,))
    )
    key = stores.services.issue_key(session, name="Max", scopes=[], staff_id=staff_id, actor=SYSTEM)
    session.commit()
    found = client.get("/api/v1/orders", query_string={"number": number}, headers=as_key(key[1]))
    parcel = found.json["fulfillments"][0]["id"]
    items = {"items": [{"sku": "BOOK", "quantity": 1}]}
    given = {
        "store": "nice",
        "fulfillment_id": parcel,
        "ticket_number": "T-1",
        "identity_seen": True,
    }
    for path, body in (
        (f"fulfillments/{parcel}/accept", {}),
        (f"fulfillments/{parcel}/pick", items),
        (f"fulfillments/{parcel}/ready", {"bin": "A1"}),
        ("hand-overs", given),
    ):
        done = client.post(f"/api/v1/{path}", json=body, headers=as_key(key[1]))
        assert done.status_code < 300, done.text


def test_nobody_sees_the_pages_of_a_store_that_is_not_theirs(
    sit: Sit, connection: Connection
) -> None:
    tabs = ("", "/hours", "/ways", "/slots", "/settings", "/people", "/opening")
    manager, associate, other = sit("nadia"), sit("theo"), sit("sophie")
    with nothing_moves(connection):
        for tab in tabs:
            assert manager.open(f"{LYON}{tab}").status_code == 200, tab
            assert other.open(f"{LYON}{tab}").status_code == 404, tab
            assert associate.open(f"{LYON}{tab}").status_code == (403 if tab else 200), tab
        for form in (
            "hours",
            "hours/preview",
            "exceptional-days",
            "ways/drive",
            "slots",
            "people",
            "tablets",
        ):
            assert other.send(f"{LYON}/{form}", offered="yes").status_code == 404, form
            assert associate.send(f"{LYON}/{form}", offered="yes").status_code == 403, form
            assert manager.client.post(f"{LYON}/{form}").status_code == 403, form


def test_an_order_says_why_it_was_promised_for_its_time(
    sit: Sit, session: Session, client: FlaskClient, shop: Shop
) -> None:
    actor = SYSTEM
    stores.services.set_hours(session, code="lyon", opening_hours="Mo-Su 09:00-10:00", actor=actor)
    slow = SetRule(Scope.STORE, "lyon", "orders_per_hour", 1)
    stores.services.set_setting(session, slow, actor=actor)
    session.commit()
    for _again in range(2):
        placed = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
        assert placed.status_code == 201
    page = sit("nadia").read(f"/en/office/orders/{placed.json['number']}")
    why = page.partition("Why this time")[2].partition("What happened")[0]
    assert "Ordered today at" in why
    pace = "1 order waited already and the store prepares 1 in an hour: 120 minutes in all."
    assert pace in why
    assert why.count("Counted:") >= 2
    assert re.search(r"So it can be ready \w+ at \d", why)
    assert "Promised:" in why


def test_ways_to_collect_have_words_for_every_method() -> None:
    from app.admin.store_words import RULES, STEPS, WAYS, WAYS_EXPLAINED  # noqa: PLC0415 (words)
    from stores.queries import OpeningStep  # noqa: PLC0415
    from stores.settings import KEYS  # noqa: PLC0415

    assert set(WAYS) == set(WAYS_EXPLAINED) == set(StoreMethod)
    assert set(RULES) == set(KEYS)
    assert set(STEPS) == set(OpeningStep)
