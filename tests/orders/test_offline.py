"""A tablet that was without a network: the truth it took along, and every row of what can go wrong.

Each row of the table of failure cases in ADR 0012 is a test here.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.orm import Session

import inventory.services
import orders.services
import stores.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from orders import passes
from stores.commands import HireStaff, Scope, SetRule, StaffRole
from tests.conftest import Shop, as_key
from tests.orders.conftest import ITEMS, Counter
from tests.unmoved import nothing_moves, problem


class Tablet:
    """A tablet of a store, spoken for by its associate's key."""

    def __init__(self, client: Any, session: Session, shop: Shop) -> None:
        self.client, self.session, self.shop = client, session, shop
        code = stores.services.offer_enrolment(
            session, location_id=shop.lyon, tablet_name="Tablet 1"
        )
        self.id = stores.services.enrol_tablet(session, code=code).id
        self.numbers = count(1)
        session.commit()

    def pick(self, parcel: str, items: Any = None, **more: Any) -> dict[str, Any]:
        """A pick, as the tablet noted it."""
        return self._fact("pick", fulfillment_id=parcel, items=items or ITEMS, **more)

    def hand_over(self, **more: Any) -> dict[str, Any]:
        """A hand-over, as the tablet noted it: who shows no code shows an identity."""
        return self._fact(
            "hand_over", **{"items": ITEMS, "identity_seen": "fulfillment_id" in more, **more}
        )

    def _fact(self, kind: str, **more: Any) -> dict[str, Any]:
        return {
            "nonce": str(uuid4()),
            "seq": next(self.numbers),
            "kind": kind,
            "happened_at": "2026-11-21T16:20:00+01:00",
            **more,
        }

    def tell(self, *facts: dict[str, Any], key: str | None = None) -> Any:
        """Send facts, as the network is back."""
        return self.client.post(
            "/api/v1/offline/facts",
            json={"tablet_id": str(self.id), "facts": list(facts)},
            headers=as_key(key or self.shop.associate),
        )

    def told(self, *facts: dict[str, Any]) -> list[tuple[str, str | None]]:
        """Send facts and return outcome and refusal of each."""
        response = self.tell(*facts)
        assert response.status_code == 200, response.text
        return [(each["outcome"], each["refusal"]) for each in response.json["facts"]]


@pytest.fixture
def tablet(client: Any, session: Session, shop: Shop) -> Tablet:
    return Tablet(client, session, shop)


@pytest.fixture
def other(client: Any, session: Session, shop: Shop) -> Tablet:
    return Tablet(client, session, shop)


def level(session: Session, shop: Shop, sku: str = "TENT-2P") -> tuple[int, int, int]:
    return tuple(  # type: ignore[return-value]
        session.execute(
            text(
                "SELECT on_hand, reserved, quarantined FROM stock_level"
                " WHERE sku = :sku AND location_id = :lyon"
            ),
            {"sku": sku, "lyon": shop.lyon},
        ).one()
    )


def rows(session: Session, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(sql), values)]


def cases(session: Session) -> list[tuple[Any, ...]]:
    return rows(
        session,
        "SELECT kind, facts ->> 'what', fulfillment_id IS NOT NULL FROM case_file ORDER BY id",
    )


def truth(client: Any, key: str, **headers: str) -> Any:
    return client.get(
        "/api/v1/offline/truth", query_string={"store": "lyon"}, headers={**as_key(key), **headers}
    )


# The truth


def test_the_truth_holds_keys_dead_passes_and_the_days_parcels(counter: Counter) -> None:
    counter.bring_to("ready")
    dead = str(counter._newest_pass().id)  # noqa: SLF001 (the pass of the parcel at hand)
    first = counter.order
    counter.do("cancel")
    counter.bring_to("ready")
    waiting = counter.order
    counter.place()
    said = truth(counter.client, counter.shop.associate)
    assert (said.status_code, said.json["store"], said.json["complete"]) == (200, "lyon", True)
    assert said.json["keys"] == {str(i): key for i, key in passes.public_keys().items()}
    assert said.json["revoked"] == [dead]
    found = {each["fulfillment_id"]: each for each in said.json["parcels"]}
    assert {each["status"] for each in found.values()} == {"cancelled", "ready", "new"}
    assert found[first["fulfillment_id"]]["due_minor"] == 0
    ready = found[waiting["fulfillment_id"]]
    assert (ready["customer_name"], ready["bin"], ready["due_minor"]) == (
        "Chloé Durand",
        "A1",
        8990 + 2 * 1290,
    )
    assert ready["identity_required"] is False
    assert [(each["sku"], each["picked"]) for each in ready["lines"]] == [
        ("TENT-2P", 1),
        ("MUG-BLUE", 2),
    ]
    assert "email" not in said.text
    assert "chloe" not in said.text


def test_the_truth_is_sent_again_only_when_it_changed(counter: Counter) -> None:
    counter.bring_to("ready")
    first = truth(counter.client, counter.shop.associate)
    again = truth(
        counter.client, counter.shop.associate, **{"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    counter.do("bin")
    fresh = truth(
        counter.client, counter.shop.associate, **{"If-None-Match": first.headers["ETag"]}
    )
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != first.headers["ETag"]


def test_the_truth_of_another_store_is_not_shown(counter: Counter) -> None:
    refused = truth(counter.client, counter.shop.paris_associate)
    assert problem(refused) == (404, "unknown-location")


def test_the_truth_takes_as_many_statements_for_many_parcels_as_for_one(counter: Counter) -> None:
    counter.bring_to("ready")
    one = _statements(counter)
    for _ in range(3):
        counter.bring_to("ready")
    assert _statements(counter) == one


def test_an_identity_is_asked_for_above_what_the_store_says(counter: Counter) -> None:
    counter.bring_to("ready")
    for limit, wanted in ((11_571, False), (11_570, True)):
        _set_rule(counter, "identity_from_minor", limit)
        (parcel,) = truth(counter.client, counter.shop.associate).json["parcels"]
        assert parcel["identity_required"] is wanted


# The facts


def test_what_was_done_is_applied_in_the_order_of_its_numbers(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("ready")
    taken = counter.parcel
    counter.place()
    picked = counter.parcel
    facts = [tablet.pick(picked), tablet.hand_over(fulfillment_id=taken, ticket_number="T-77")]
    answer = tablet.tell(*reversed(facts))
    assert [each["nonce"] for each in answer.json["facts"]] == [each["nonce"] for each in facts]
    assert [each["outcome"] for each in answer.json["facts"]] == ["applied", "applied"]
    assert rows(tablet.session, "SELECT status FROM fulfillment WHERE id = :id", id=picked) == [
        ("picking",)
    ]
    (row,) = rows(tablet.session, "SELECT happened_at, device_id, staff_name, found FROM hand_over")
    assert row == (datetime(2026, 11, 21, 15, 20, tzinfo=UTC), tablet.id, "Inès", "search")
    assert rows(tablet.session, "SELECT ticket_number FROM till_payment") == [("T-77",)]
    assert cases(tablet.session) == []
    assert run_checks() == []


def test_the_answer_was_lost_and_the_batch_comes_again(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    facts = [tablet.hand_over(qr=counter.qr(), ticket_number="T-1"), tablet.pick(counter.parcel)]
    first = tablet.tell(*facts).json
    with nothing_moves(tablet.session.connection()):
        assert tablet.tell(*facts).json == first
    assert [each["outcome"] for each in first["facts"]] == ["applied", "conflict"]


def test_the_batch_was_cut_and_a_gap_waits_for_nothing(tablet: Tablet, counter: Counter) -> None:
    parcels = []
    for _ in range(3):
        counter.place()
        parcels.append(counter.parcel)
    facts = [tablet.pick(each) for each in parcels]
    assert tablet.told(facts[2]) == [("applied", None)]
    assert tablet.told(facts[0]) == [("applied", None)]
    assert rows(tablet.session, "SELECT seq FROM offline_fact ORDER BY recorded_at, seq") == [
        (3,),
        (1,),
    ]


def test_two_tablets_hand_over_the_same_parcel(
    tablet: Tablet, other: Tablet, counter: Counter
) -> None:
    counter.bring_to("ready")
    before = level(tablet.session, tablet.shop)
    qr = counter.qr()
    assert tablet.told(tablet.hand_over(qr=qr, ticket_number="T-1")) == [("applied", None)]
    second = other.tell(other.hand_over(qr=qr, ticket_number="T-2")).json["facts"][0]
    assert (second["outcome"], second["refusal"]) == ("conflict", "already-collected")
    after = level(tablet.session, tablet.shop)
    assert (after[0], after[1]) == (before[0] - 2, before[1] - 1)
    assert rows(tablet.session, "SELECT conflict, device_id FROM hand_over ORDER BY id") == [
        (False, tablet.id),
        (True, other.id),
    ]
    (case,) = rows(
        tablet.session,
        "SELECT id, kind, location_id, due_at > opened_at + interval '23 hours' FROM case_file",
    )
    assert case == (UUID(second["case_id"]), "conflict", tablet.shop.lyon, True)
    assert run_checks() == []


@pytest.mark.parametrize("ended", ["cancelled", "expired"])
def test_the_parcel_was_cancelled_or_expired_meanwhile(
    tablet: Tablet, counter: Counter, ended: str
) -> None:
    counter.bring_to(ended)
    before = level(tablet.session, tablet.shop)
    (told,) = tablet.told(tablet.hand_over(fulfillment_id=counter.parcel))
    why = {"cancelled": "order-cancelled", "expired": "pickup-expired"}[ended]
    assert told == ("conflict", why)
    assert level(tablet.session, tablet.shop)[0] == before[0] - 1
    (owed,) = rows(tablet.session, "SELECT (facts ->> 'due_minor')::int FROM case_file")
    assert owed == (8990 + 2 * 1290,)
    assert counter.status() == ended


def test_the_pass_was_revoked_after_the_truth_was_fetched(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    qr, pass_id = counter.qr(), counter._newest_pass().id  # noqa: SLF001 (the pass at hand)
    orders.services.reissue_pass(tablet.session, UUID(counter.parcel), actor=SYSTEM)
    tablet.session.commit()
    assert tablet.told(tablet.hand_over(qr=qr, ticket_number="T-1")) == [
        ("conflict", "pass-revoked")
    ]
    found = rows(tablet.session, "SELECT pass_id FROM hand_over WHERE pass_id IS NOT NULL")
    assert found == [(pass_id,)] * len(found)
    assert found
    assert rows(tablet.session, "SELECT payload ->> 'pass_id' FROM offline_fact") == [
        (str(pass_id),)
    ]


def test_money_was_due_and_nobody_took_it(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    assert tablet.told(tablet.hand_over(qr=counter.qr())) == [("conflict", "payment-due")]
    (owed,) = rows(tablet.session, "SELECT (facts ->> 'due_minor')::int FROM case_file")
    assert owed == (8990 + 2 * 1290,)
    assert counter.status() == "handed_over"
    assert run_checks() == []


@pytest.mark.parametrize("kind", ["pick", "hand_over"])
def test_an_unknown_parcel_is_kept_and_asked_about(tablet: Tablet, kind: str) -> None:
    fact = getattr(tablet, kind)
    made = fact(str(uuid4())) if kind == "pick" else fact(fulfillment_id=str(uuid4()))
    assert tablet.told(made) == [("conflict", "unknown-fulfillment")]
    assert cases(tablet.session) == [("conflict", "unknown-fulfillment", False)]
    assert rows(tablet.session, "SELECT outcome, fulfillment_id FROM offline_fact") == [
        ("conflict", None)
    ]


def test_a_parcel_of_another_store_is_kept_and_asked_about(
    tablet: Tablet, counter: Counter
) -> None:
    counter.place(store="paris")
    for facts in (
        [tablet.hand_over(fulfillment_id=counter.parcel)],
        [tablet.pick(counter.parcel)],
    ):
        with_parcel = tablet.told(*facts)
        assert with_parcel == [("conflict", "unknown-fulfillment")]
    assert {each[2] for each in cases(tablet.session)} == {False}
    assert counter.status() == "new"


def test_a_code_of_nobodys_making_is_kept_and_asked_about(tablet: Tablet) -> None:
    assert tablet.told(tablet.hand_over(qr="CMP1.forged")) == [("conflict", "pass-not-valid")]
    assert cases(tablet.session) == [("conflict", "pass-not-valid", False)]
    assert rows(tablet.session, "SELECT payload ->> 'pass_id' FROM offline_fact") == [(None,)]


def test_articles_nobody_knows_leave_nothing_and_are_asked_about(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("ready")
    unknown = [{"sku": "NO-SUCH", "quantity": 1}]
    made = tablet.hand_over(qr=counter.qr(), items=unknown, ticket_number="T-1")
    assert tablet.told(made) == [("conflict", "not-ordered")]
    assert cases(tablet.session) == [("conflict", "not-ordered", True)]
    assert rows(tablet.session, "SELECT facts -> 'beyond' FROM case_file") == [({"NO-SUCH": 1},)]
    assert counter.status() == "ready"


def test_no_more_leaves_than_the_parcel_was_for_and_the_rest_is_asked_about(
    tablet: Tablet, counter: Counter
) -> None:
    inventory.services.receive(
        tablet.session, location_id=tablet.shop.lyon, quantities={"BOOK": 5}, actor=SYSTEM
    )
    counter.bring_to("ready")
    before = {sku: level(tablet.session, tablet.shop, sku) for sku in ("TENT-2P", "BOOK")}
    told = [{"sku": "TENT-2P", "quantity": 900}, {"sku": "BOOK", "quantity": 3}]
    made = tablet.hand_over(qr=counter.qr(), items=told, ticket_number="T-1")
    assert tablet.told(made) == [("conflict", "not-ordered")]
    assert rows(tablet.session, "SELECT quantities FROM hand_over") == [({"TENT-2P": 1},)]
    after = level(tablet.session, tablet.shop)
    assert after == (before["TENT-2P"][0] - 1, before["TENT-2P"][1] - 1, 0)
    assert level(tablet.session, tablet.shop, "BOOK") == before["BOOK"]
    (facts,) = rows(
        tablet.session, "SELECT facts -> 'quantities', facts -> 'beyond' FROM case_file"
    )
    assert facts == ({"TENT-2P": 1}, {"TENT-2P": 899, "BOOK": 3})
    assert counter.status() == "ready"
    assert run_checks() == []


def test_a_pick_beyond_what_was_ordered_takes_nothing_out_of_the_offer(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("accepted")
    counter.do("cancel")
    before = level(tablet.session, tablet.shop)
    many = tablet.pick(counter.parcel, [{"sku": "TENT-2P", "quantity": 8}])
    assert tablet.told(many) == [("conflict", "wrong-state")]
    assert rows(tablet.session, "SELECT quantities FROM put_back") == [({"TENT-2P": 1},)]
    assert level(tablet.session, tablet.shop) == (before[0], before[1] + 1, before[2])
    assert rows(tablet.session, "SELECT facts -> 'beyond' FROM case_file") == [({"TENT-2P": 7},)]
    assert run_checks() == []


def test_something_else_under_the_same_nonce_is_refused_and_asked_about(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("ready")
    made = tablet.hand_over(qr=counter.qr(), ticket_number="T-1")
    first = tablet.tell(made).json
    other = {**made, "ticket_number": "T-2"}
    (answer,) = tablet.tell(other).json["facts"]
    assert (answer["outcome"], answer["refusal"]) == ("refused", "nonce-reused")
    assert rows(tablet.session, "SELECT id, facts ->> 'ticket_number' FROM case_file") == [
        (UUID(answer["case_id"]), "T-2")
    ]
    assert rows(tablet.session, "SELECT count(*) FROM hand_over") == [(1,)]
    with nothing_moves(tablet.session.connection()):
        assert tablet.tell(made).json == first
        assert tablet.tell(other).json["facts"] == [answer]
    assert cases(tablet.session) == [("conflict", "nonce-reused", True)]
    assert run_checks() == []


def test_a_refused_fact_holds_no_other_back(tablet: Tablet, counter: Counter) -> None:
    counter.place()
    first = tablet.pick(counter.parcel, [{"sku": "TENT-2P", "quantity": 1}])
    assert tablet.told(first) == [("applied", None)]
    second = tablet.pick(counter.parcel, [{"sku": "MUG-BLUE", "quantity": 2}])
    assert tablet.told({**first, "items": ITEMS}, second) == [
        ("refused", "nonce-reused"),
        ("applied", None),
    ]


def test_who_did_it_is_who_it_names_and_not_who_sends_it(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    hired = HireStaff("Malik", StaffRole.ASSOCIATE, location_ids=(tablet.shop.lyon,))
    malik = stores.services.hire_staff(tablet.session, hired, actor=SYSTEM)
    stores.services.disable_staff(tablet.session, malik, actor=SYSTEM)  # and left since
    tablet.session.commit()
    made = tablet.hand_over(qr=counter.qr(), ticket_number="T-1", staff_id=str(malik))
    assert tablet.told(made) == [("applied", None)]
    assert rows(tablet.session, "SELECT staff_id, staff_name FROM hand_over") == [(malik, "Malik")]
    assert rows(
        tablet.session,
        "SELECT actor_id FROM event WHERE name = 'fulfillment.handed_over.v1'",
    ) == [(malik,)]


@pytest.mark.parametrize("where", ["another store", "nobody knows"])
def test_who_is_not_of_the_store_is_asked_about_and_the_goods_leave(
    tablet: Tablet, counter: Counter, where: str
) -> None:
    counter.bring_to("ready")
    hired = HireStaff("Ada", StaffRole.ASSOCIATE, location_ids=(tablet.shop.paris,))
    ada = stores.services.hire_staff(tablet.session, hired, actor=SYSTEM)
    tablet.session.commit()
    named = str(ada if where == "another store" else uuid4())
    made = tablet.hand_over(qr=counter.qr(), ticket_number="T-1", staff_id=named)
    assert tablet.told(made) == [("conflict", "unknown-staff")]
    assert rows(tablet.session, "SELECT staff_name FROM hand_over") == [("Inès",)]
    assert rows(tablet.session, "SELECT payload ->> 'staff_id' FROM offline_fact") == [(named,)]
    assert counter.status() == "handed_over"
    assert run_checks() == []


def test_what_was_picked_of_a_cancelled_order_has_to_go_back(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("accepted")
    counter.do("cancel")
    before = level(tablet.session, tablet.shop)
    assert tablet.told(tablet.pick(counter.parcel)) == [("conflict", "wrong-state")]
    assert rows(tablet.session, "SELECT quantities, why FROM put_back") == [
        ({"TENT-2P": 1, "MUG-BLUE": 2}, "offline pick")
    ]
    assert level(tablet.session, tablet.shop) == (before[0], before[1] + 1, before[2])
    assert cases(tablet.session) == [("conflict", "wrong-state", True)]
    assert run_checks() == []


def test_of_what_is_short_meanwhile_the_rest_is_picked(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("picking")
    counter.do("short", {"sku": "MUG-BLUE", "quantity": 1, "reason": "wrong_label"})
    assert tablet.told(tablet.pick(counter.parcel)) == [("conflict", "not-ordered")]
    assert rows(
        tablet.session, "SELECT sku, picked FROM fulfillment_line WHERE picked > 0 ORDER BY sku"
    ) == [("MUG-BLUE", 1), ("TENT-2P", 1)]
    assert rows(tablet.session, "SELECT quantities FROM put_back") == [({"MUG-BLUE": 1},)]
    assert run_checks() == []


def test_what_others_were_promised_meanwhile_stays_theirs(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("accepted")
    parcel = counter.parcel
    counter.do("cancel")
    counter.place(items=[{"sku": "TENT-2P", "quantity": 10}])
    assert tablet.told(tablet.pick(parcel)) == [("conflict", "wrong-state")]
    assert rows(tablet.session, "SELECT quantities FROM put_back") == [({"MUG-BLUE": 2},)]
    (facts,) = rows(tablet.session, "SELECT facts -> 'too_much' FROM case_file")
    assert facts == ({"TENT-2P": 1, "MUG-BLUE": 2},)


def test_the_tablets_clock_is_kept_as_told_and_orders_nothing(
    tablet: Tablet, counter: Counter
) -> None:
    counter.bring_to("ready")
    later = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    made = tablet.hand_over(qr=counter.qr(), ticket_number="T-1", happened_at=later)
    assert tablet.told(made) == [("applied", None)]
    (row,) = rows(
        tablet.session,
        "SELECT happened_at > now() + interval '399 days',"
        " handed_over_at < now() + interval '1 minute' FROM hand_over",
    )
    assert row == (True, True)


def test_a_revoked_tablet_tells_nothing(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    stores.services.revoke_tablet(tablet.session, tablet.id, actor=SYSTEM)
    tablet.session.commit()
    with nothing_moves(tablet.session.connection()):
        refused = tablet.tell(tablet.hand_over(qr=counter.qr(), ticket_number="T-1"))
        assert problem(refused) == (404, "unknown-tablet")


def test_only_somebody_of_the_store_tells_for_its_tablet(tablet: Tablet, counter: Counter) -> None:
    counter.bring_to("ready")
    made = tablet.hand_over(qr=counter.qr(), ticket_number="T-1")
    with nothing_moves(tablet.session.connection()):
        there = tablet.tell(made, key=tablet.shop.paris_associate)
        assert problem(there) == (404, "unknown-tablet")
        assert problem(tablet.tell(made, key=tablet.shop.agent)) == (403, "forbidden")
        nobody = tablet.client.post("/api/v1/offline/facts", json={"facts": [made]})
        assert problem(nobody) == (401, "unauthenticated")
        nameless = tablet.client.post(
            "/api/v1/offline/facts", json={"facts": [made]}, headers=as_key(tablet.shop.associate)
        )
        assert problem(nameless) == (404, "unknown-tablet")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"qr": "CMP1.x", "fulfillment_id": str(uuid4())},
        {"fulfillment_id": None},
        {"kind": "pick", "qr": "CMP1.x", "fulfillment_id": None},
        {"items": []},
        {"seq": -1},
        {"happened_at": "2026-11-21T16:20:00"},
        {"happened_at": "0001-01-01T00:00:00+14:00"},
        {"nonce": "7"},
        {"identity_seen": "yes"},
        {"kind": "sell"},
    ],
)
def test_what_cannot_be_meant_is_refused_as_a_whole(tablet: Tablet, spoilt: Any) -> None:
    good = tablet.hand_over(fulfillment_id=str(uuid4()))
    with nothing_moves(tablet.session.connection()):
        refused = tablet.tell({**good, "nonce": str(uuid4())}, {**good, **spoilt})
        assert problem(refused) == (422, "validation")


def test_at_most_two_hundred_facts_come_at_once(tablet: Tablet) -> None:
    many = [tablet.hand_over(fulfillment_id=str(uuid4())) for _ in range(201)]
    assert problem(tablet.tell(*many)) == (422, "validation")


@pytest.mark.parametrize("way", ["qr", "fulfillment_id"])
def test_an_identity_that_was_not_looked_at_is_asked_about(
    tablet: Tablet, counter: Counter, way: str
) -> None:
    _set_rule(counter, "identity_from_minor", 100)
    for seen, told in ((True, ("applied", None)), (False, ("conflict", "identity-needed"))):
        counter.bring_to("ready")
        found = counter.qr() if way == "qr" else counter.parcel
        made = tablet.hand_over(**{way: found}, identity_seen=seen, ticket_number=f"T-{seen}")
        assert tablet.told(made) == [told]
    assert rows(tablet.session, "SELECT verified FROM hand_over ORDER BY id") == [
        ("identity",),
        ("qr" if way == "qr" else "none",),
    ]
    assert run_checks() == []


def test_twenty_minutes_without_a_network(tablet: Tablet, counter: Counter) -> None:
    """J18: the truth is taken along; three picks and two hand-overs later the network is back."""
    waiting, wanted = [], []
    for _ in range(2):
        counter.bring_to("ready")
        waiting.append((counter.parcel, counter.qr()))
    for _ in range(3):
        counter.place(items=[{"sku": "TENT-2P", "quantity": 1}])
        wanted.append(counter.parcel)
    known = truth(tablet.client, tablet.shop.associate).json
    due = {each["fulfillment_id"]: each["due_minor"] for each in known["parcels"]}
    assert {due[parcel] for parcel, _ in waiting} == {8990 + 2 * 1290}
    assert known["revoked"] == []
    tents = [{"sku": "TENT-2P", "quantity": 1}]
    facts = [
        tablet.pick(wanted[0], tents),
        tablet.hand_over(qr=waiting[0][1], ticket_number="T-1"),
        tablet.pick(wanted[1], tents),
        tablet.hand_over(fulfillment_id=waiting[1][0], ticket_number="T-2"),
        tablet.pick(wanted[2], tents),
    ]
    assert tablet.told(*facts[:3]) == [("applied", None)] * 3  # the answer never arrives
    assert tablet.told(*facts) == [("applied", None)] * 5
    assert level(tablet.session, tablet.shop) == (8, 3, 0)
    assert rows(
        tablet.session, "SELECT status, count(*) FROM fulfillment GROUP BY status ORDER BY status"
    ) == [("handed_over", 2), ("picking", 3)]
    assert rows(tablet.session, "SELECT sum(amount_minor)::int FROM till_payment") == [(23_140,)]
    assert cases(tablet.session) == []
    assert run_checks() == []


# Any order, any repeats, any cut


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(again=st.lists(st.integers(0, 6), max_size=10), order=st.permutations(range(7)))
def test_however_the_same_facts_arrive_the_store_ends_in_the_same_state(
    tablet: Tablet, other: Tablet, counter: Counter, again: list[int], order: list[int]
) -> None:
    """Three picks and two hand-overs of one tablet, and another that gave one parcel out too."""
    session = tablet.session
    world = session.begin_nested()
    inventory.services.receive(
        session,
        location_id=tablet.shop.lyon,
        quantities={"TENT-2P": 20, "MUG-BLUE": 20},
        actor=SYSTEM,
    )
    parcels = []
    for place in ("new", "new", "new", "ready", "ready"):
        counter.bring_to(place)
        parcels.append((counter.parcel, counter.qr() if place == "ready" else ""))
    facts = [
        *((tablet, tablet.pick(parcel)) for parcel, _ in parcels[:3]),
        *(
            (tablet, tablet.hand_over(qr=qr, ticket_number=f"T-{parcel}"))
            for parcel, qr in parcels[3:]
        ),
        (other, other.hand_over(qr=parcels[4][1], ticket_number="T-other")),
        (other, other.pick(parcels[0][0])),
    ]
    for number in (*again, *order):
        device, fact = facts[number]
        device.told(fact)
    found = _outcome(session, tablet.shop)
    world.rollback()
    assert found == {
        "picked": [("MUG-BLUE", 10), ("TENT-2P", 5)],
        "handed_over": [("MUG-BLUE", 4), ("TENT-2P", 2)],
        "conflicts": [("hand_over", 1), ("pick", 1)],
        "put_back": [({"MUG-BLUE": 2, "TENT-2P": 1},)],
        "cases": 2,
        "facts": 7,
        "tent": (27, 4, 0),
        "mug": (24, 8, 0),
    }


def _outcome(session: Session, shop: Shop) -> dict[str, Any]:
    return {
        "picked": rows(
            session, "SELECT sku, sum(picked)::int FROM fulfillment_line GROUP BY sku ORDER BY sku"
        ),
        "handed_over": rows(
            session,
            "SELECT sku, sum(handed_over)::int FROM fulfillment_line GROUP BY sku ORDER BY sku",
        ),
        "conflicts": rows(
            session,
            "SELECT kind, count(*) FROM offline_fact WHERE outcome = 'conflict'"
            " GROUP BY kind ORDER BY kind",
        ),
        "put_back": rows(session, "SELECT quantities FROM put_back"),
        "cases": len(cases(session)),
        "facts": rows(session, "SELECT count(*) FROM offline_fact")[0][0],
        "tent": level(session, shop),
        "mug": level(session, shop, "MUG-BLUE"),
    }


def _statements(counter: Counter) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = counter.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert truth(counter.client, counter.shop.associate).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([each for each in seen if "SAVEPOINT" not in each])


def _set_rule(counter: Counter, key: str, value: int) -> None:
    command = SetRule(Scope.STORE, "lyon", key, value)
    stores.services.set_setting(counter.session, command, actor=SYSTEM)
    counter.session.commit()
