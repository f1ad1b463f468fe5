"""What follows where some is missing: brought together, awaited, or left to a person.

Each for an order to a door, one to collect that a card pays, and one that is paid when collected.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import text

import stores.services
from app.cli.check import run_checks
from customers.commands import GiveContact
from inventory.errors import OutOfStock
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from orders import jobs, queries, services
from orders.commands import Channel, Collect, PayBy, PlaceOrder
from orders.errors import PromiseBeyondHold
from payments import gateway
from payments.gateway import PaymentSettings
from sandbox import Options, running
from stores.commands import HireStaff, StaffRole
from tests.conftest import as_key, today
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.orders.test_card import pay
from tests.unmoved import nothing_moves, problem

KINDS: Final = ("delivery", "card", "unpaid")
TENTS: Final = 12
"""Two more than either store has."""
BY_CARD: Final = Actor(ActorKind.SHOPPER, order_ids=frozenset())


@pytest.fixture
def desk(counter: Counter, tmp_path: Path) -> Iterator["Desk"]:
    """Both stores ship, somebody is at head office, and a Stripe of its own."""
    have_ship(counter.session, counter.shop.lyon, counter.shop.paris)
    open_way(counter.session)
    hired = stores.services.hire_staff(counter.session, HireStaff("Ada", StaffRole.ADMIN))
    key = stores.services.issue_key(
        counter.session, name="Ada", scopes=[], staff_id=hired, actor=SYSTEM
    )[1]
    counter.session.commit()
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(stripe_api_url=addresses.stripe, stripe_api_key="sk_test_shop")
        )
        yield Desk(counter, key)
    gateway.configure(before)


class Desk:
    """Somebody who sets rules, orders in each way, pays, and looks at what became of it."""

    def __init__(self, counter: Counter, office: str) -> None:
        self.counter, self.office, self.session = counter, office, counter.session
        self.placed: Any = None

    def rule(self, kind: str, after: str) -> None:
        """Have this follow where some is missing."""
        method = "delivery" if kind == "delivery" else "pickup"
        none = after if method == "pickup" or after in {"wait", "case"} else "alternatives"
        body = {
            "name": "Règles",
            "method": method,
            "rules": [{"rank": "locations", "first": ["lyon"]}],
            "limits": {"after_partial": after, "after_none": none},
        }
        answer = self.counter.ask("sourcing/rules", body, key=self.office)
        assert answer.status_code == 201, answer.text

    def announce(self, days: int) -> date:
        """Have Lyon expect two tents in so many days."""
        on = today() + timedelta(days=days)
        body = {
            "items": [{"sku": "TENT-2P", "quantity": 2}],
            "expected_on": on.isoformat(),
            "reference": "PO-1",
        }
        answer = self.counter.ask("stores/lyon/incoming", body, key=self.office)
        assert answer.status_code == 201, answer.text
        return on

    def order(self, kind: str) -> dict[str, Any]:
        """Order the tents in one way; return what its customer was told."""
        if kind == "card":
            return self._by_card()
        if kind == "delivery":
            body = delivery_body({"TENT-2P": TENTS}, channel="store", store="lyon", pay_by="till")
            answer = self.counter.ask("orders/deliveries", body)
        else:
            answer = self.counter.place(items=[{"sku": "TENT-2P", "quantity": TENTS}])
        if answer.status_code != 201:
            code = problem(answer)[1]
            raise Refused(code, dict(answer.json))
        self.counter.order = dict(answer.json)
        return self.counter.order

    def _by_card(self) -> dict[str, Any]:
        who = GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr")
        command = PlaceOrder(Channel.WEB, [Collect("lyon", {"TENT-2P": TENTS})], who, PayBy.CARD)
        try:
            with transaction() as session:
                self.placed = services.place_order(session, command, actor=BY_CARD)
        except (OutOfStock, PromiseBeyondHold) as refusal:
            raise Refused(refusal.code, dict(refusal.facts)) from refusal
        self.counter.order = {
            "id": str(self.placed.id),
            "fulfillment_id": str(self.placed.fulfillment_id),
            "promised_at": self.placed.promised_at.isoformat(),
            "follows": self.placed.follows and self.placed.follows.value,
        }
        return self.counter.order

    def pay(self, kind: str) -> None:
        """Pay, where it has to be before it counts: until then nothing has begun."""
        if kind == "unpaid":
            tell(self.session)
            return
        assert self.counter.status() == "pending"
        assert self.transfers() == []
        assert run_checks() == []
        if kind == "card":
            pay(self.placed)
        else:
            body = {"store": "lyon", "ticket_number": "T-1"}
            paid = self.counter.ask(f"orders/{self.counter.order['id']}/till-payment", body)
            assert paid.status_code == 200, paid.text
        tell(self.session)

    def transfers(self) -> list[dict[str, Any]]:
        """Return what Paris is to bring."""
        key = self.counter.shop.paris_associate
        path = "/api/v1/stores/paris/transfers"
        return list(self.counter.client.get(path, headers=as_key(key)).json["transfers"])

    def reserved(self) -> dict[str, int]:
        """Return how many tents are promised where."""
        rows = self.session.execute(
            text(
                "SELECT p.code, l.reserved FROM stock_level l JOIN location p ON "
                "p.id = l.location_id WHERE l.sku = 'TENT-2P'"
            )
        )
        return {row.code: row.reserved for row in rows}

    def sentences(self, language: str = "en") -> str:
        """Return why, in sentences."""
        path = f"/api/v1/orders/{self.counter.order['id']}/sourcing"
        told = self.counter.client.get(path, headers=as_key(self.office)).json
        return " ".join(told["decisions"][0]["sentences"][language])

    def cases(self, kind: str) -> int:
        """Return how many cases of a kind are open."""
        path = f"/api/v1/cases?kind={kind}"
        found = self.counter.client.get(path, headers=as_key(self.office)).json["cases"]
        assert all(each["due_at"] for each in found)
        return len(found)

    def options(self) -> dict[str, Any]:
        """Return in which ways the tents can be brought."""
        body = {
            "items": [{"sku": "TENT-2P", "quantity": TENTS}],
            "postcode": "33000",
            "store": "lyon",
            "channel": "store",
        }
        path = "/api/v1/delivery-options"
        key = as_key(self.counter.shop.associate)
        return dict(self.counter.client.post(path, json=body, headers=key).json)


class Refused(Exception):
    """An order was not taken."""

    def __init__(self, code: str, facts: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def refused(desk: Desk, kind: str) -> Refused:
    """Return why an order is not taken; nothing may have moved."""
    with nothing_moves(desk.session), pytest.raises(Refused) as found:
        desk.order(kind)
    return found.value


def days_until(told: str) -> float:
    return (datetime.fromisoformat(told) - datetime.now().astimezone()) / timedelta(days=1)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_missing_is_brought_together_once_the_order_counts(desk: Desk, kind: str) -> None:
    desk.rule(kind, "transfer")
    told = desk.order(kind)
    assert told["follows"] == "transfer"
    assert days_until(told["promised_at"]) > 0.0
    assert desk.reserved() == {"lyon": 10, "paris": 2}
    if kind != "unpaid":
        held = desk.session.execute(
            text("SELECT fulfillment_id FROM reservation WHERE quantity = 2")
        ).scalar_one()
        behind = queries.find_parcels_behind(desk.session, [held])
        assert behind == {held: UUID(desk.counter.parcel)}
    desk.pay(kind)
    assert (desk.counter.status(), desk.reserved()) == ("in_transfer", {"lyon": 10, "paris": 2})
    (transfer,) = desk.transfers()
    assert (transfer["to_code"], transfer["quantity"], transfer["status"]) == ("lyon", 2, "draft")
    assert "Paris Bastille brings 2 of" in desk.sentences()
    assert "Paris Bastille apporte 2 sur" in desk.sentences("fr")
    assert run_checks() == []
    path, items = f"transfers/{transfer['id']}", [{"sku": "TENT-2P", "quantity": 2}]
    sent = {"expected_on": "2031-05-02"}
    paris = desk.counter.shop.paris_associate
    assert desk.counter.ask(f"{path}/send", sent, key=paris).status_code == 200
    assert desk.counter.ask(f"{path}/receive", {"items": items}).status_code == 200
    tell(desk.session)
    assert (desk.counter.status(), desk.reserved()) == ("accepted", {"lyon": 12, "paris": 0})
    parcels = desk.session.execute(text("SELECT count(*) FROM fulfillment")).scalar_one()
    assert (parcels, run_checks()) == (1, [])


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_waits_for_what_is_announced_and_is_served_first(desk: Desk, kind: str) -> None:
    desk.rule(kind, "wait")
    on = desk.announce(3)
    told = desk.order(kind)
    assert told["follows"] == "wait"
    assert datetime.fromisoformat(told["promised_at"]).date() > on
    assert desk.reserved()["lyon"] == 10
    if kind != "unpaid":  # an unpaid one would be asked what they want instead
        assert refused(desk, kind).code in {"out-of-stock", "not-deliverable"}
    desk.pay(kind)
    assert (desk.counter.status(), desk.transfers()) == ("in_transfer", [])
    assert f"are announced for {on:%d/%m}: the order waits for them." in desk.sentences()
    assert run_checks() == []
    came = {"items": [{"sku": "TENT-2P", "quantity": 1}]}
    for status in ("in_transfer", "accepted"):
        assert desk.counter.ask("stores/lyon/receipts", came).status_code == 201
        tell(desk.session)
        assert (desk.counter.status(), run_checks()) == (status, [])
    assert desk.reserved()["lyon"] == TENTS


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_announced_and_does_not_come_is_a_case_and_may_come_from_elsewhere(
    desk: Desk, kind: str
) -> None:
    desk.rule(kind, "wait")
    desk.announce(3)
    desk.order(kind)
    desk.pay(kind)
    desk.session.execute(text("UPDATE fulfillment SET promised_at = now() - interval '1 hour'"))
    desk.session.commit()
    jobs.note_late()
    assert desk.cases("late") == 1
    body = {"from_store": "paris", "items": [{"sku": "TENT-2P", "quantity": 2}]}
    fetched = desk.counter.ask(f"fulfillments/{desk.counter.parcel}/fetch", body)
    assert fetched.status_code == 201, fetched.text
    assert (desk.reserved(), jobs.serve_waiting()) == ({"lyon": 10, "paris": 2}, 0)
    tell(desk.session)
    assert run_checks() == []
    desk.counter.do("cancel")
    tell(desk.session)
    assert (desk.reserved(), run_checks()) == ({"lyon": 0, "paris": 0}, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_finds_a_way_for_what_nobody_has(desk: Desk, kind: str) -> None:
    desk.rule(kind, "case")
    told = desk.order(kind)
    assert (told["follows"], desk.reserved()) == ("case", {"lyon": 0, "paris": 0})
    assert 0.9 < days_until(told["promised_at"]) <= 1.0
    desk.pay(kind)
    assert (desk.counter.status(), desk.cases("sourcing")) == ("rejected", 1)
    assert "a person sees to it" in desk.sentences()
    templates = desk.session.execute(text("SELECT DISTINCT template FROM message")).scalars()
    assert "rejected" in set(templates)
    assert run_checks() == []
    came = {"items": [{"sku": "TENT-2P", "quantity": 2}]}
    assert desk.counter.ask("stores/lyon/receipts", came).status_code == 201
    choice = desk.session.execute(text("SELECT id, answer_by FROM choice")).one()
    assert choice.answer_by == datetime.fromisoformat(
        desk.counter.client.get(
            f"/api/v1/fulfillments/{desk.counter.parcel}",
            headers=as_key(desk.counter.shop.associate),
        ).json["promised_at"]
    )
    desk.session.execute(text("UPDATE choice SET answer_by = now() - interval '1 hour'"))
    desk.session.commit()
    assert (jobs.answer_overdue(), jobs.serve_waiting()) == (1, 1)
    tell(desk.session)
    assert (desk.counter.status(), desk.cases("sourcing")) == ("rerouted", 0)
    assert (desk.reserved()["lyon"], run_checks()) == (TENTS, [])


@pytest.mark.parametrize("kind", ["delivery", "card"])
def test_an_order_that_is_not_paid_gives_back_what_others_were_to_bring(
    desk: Desk, kind: str
) -> None:
    desk.rule(kind, "transfer")
    desk.order(kind)
    assert services.extend_hold(desk.session, UUID(desk.counter.order["id"])) is None
    desk.session.commit()
    assert desk.reserved() == {"lyon": 10, "paris": 2}
    desk.session.execute(text("UPDATE fulfillment SET pending_until = now()"))
    desk.session.commit()
    jobs.end_unpaid()
    tell(desk.session)
    assert (desk.counter.status(), desk.reserved()) == ("expired", {"lyon": 0, "paris": 0})
    assert (desk.transfers(), run_checks()) == ([], [])


def test_what_another_took_meanwhile_ends_the_order_that_is_paid_too_late(desk: Desk) -> None:
    desk.rule("delivery", "transfer")
    desk.order("delivery")
    desk.session.execute(text("UPDATE reservation SET held_until = now() - interval '1 second'"))
    desk.session.commit()
    other = {"store": "paris", "items": [{"sku": "TENT-2P", "quantity": 9}]}
    order = dict(desk.counter.order)
    assert desk.counter.place(**other).status_code == 201
    desk.counter.order = order
    desk.pay("delivery")
    assert (desk.counter.status(), desk.reserved()) == ("cancelled", {"lyon": 0, "paris": 9})
    assert (desk.cases("paid_without_stock"), run_checks()) == (1, [])


def test_a_card_is_not_asked_for_a_delivery_that_leaves_after_it_lets_go(desk: Desk) -> None:
    desk.rule("delivery", "wait")
    desk.announce(20)
    body, key = delivery_body({"TENT-2P": TENTS}), desk.counter.shop.integration
    with nothing_moves(desk.session):
        answer = desk.counter.ask("orders/deliveries", body, key=key)
    assert (problem(answer), answer.json["pay_by"]) == ((409, "promise-beyond-hold"), ["till"])
    assert [each["pay_by"] for each in desk.options()["options"]] == [["till"]]
    assert desk.order("delivery")["follows"] == "wait"


def test_a_card_is_not_asked_for_what_is_ready_after_it_lets_go(desk: Desk) -> None:
    desk.rule("card", "wait")
    desk.announce(20)
    why = refused(desk, "card")
    assert (why.code, why.facts["pay_by"]) == ("promise-beyond-hold", ["pickup"])
    assert desk.order("unpaid")["follows"] == "wait"


def test_money_for_what_is_awaited_is_asked_about_before_the_card_lets_it_go(desk: Desk) -> None:
    desk.rule("card", "wait")
    desk.announce(3)
    desk.order("card")
    desk.pay("card")
    desk.session.execute(text("UPDATE card_payment SET authorised_at = now() - interval '6 days'"))
    desk.session.commit()
    assert (jobs.keep_card_money(), desk.cases("money")) == (1, 1)


def test_the_ways_to_a_door_tell_the_true_days_before_anybody_pays(desk: Desk) -> None:
    desk.rule("delivery", "alternatives")
    assert (desk.options()["options"], desk.options()["missing"]) == ([], {"TENT-2P": 2})
    assert refused(desk, "delivery").code == "not-deliverable"
    desk.rule("delivery", "wait")
    assert refused(desk, "delivery").code == "not-deliverable"
    on = desk.announce(3)
    found = desk.options()
    (option,) = found["options"]
    assert (found["follows"], found["missing"]) == ("wait", {})
    assert date.fromisoformat(option["arrives_from"]) > on
    assert option["pay_by"] == ["card", "till"]
    desk.rule("delivery", "transfer")
    found = desk.options()
    assert (found["follows"], [each["store"] for each in found["options"][0]["parcels"]]) == (
        "transfer",
        ["lyon"],
    )
    desk.rule("delivery", "case")
    found = desk.options()
    (option,) = found["options"]
    assert (found["follows"], option["arrives_by"], option["parcels"]) == ("case", None, [])
    assert days_until(found["answer_by"]) <= 1.0
