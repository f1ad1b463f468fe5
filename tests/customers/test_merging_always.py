"""Joined, parted, called, ordered and closed in any order: everybody keeps what is theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from customers.checks import CHECKS
from customers.commands import PointKind, Proven, RecordConsent
from customers.queries import (
    find_account,
    list_cards,
    list_own_contact_ids,
    list_timeline,
    may_tell,
)
from customers.services import begin_session, close_account, enter_by_code, record_consent
from kernel.actors import SYSTEM
from kernel.checks import run_check
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import problem

PEOPLE = 3
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WHO = st.integers(0, PEOPLE - 1)
EXAMPLES = count()


class Person:
    """What one of them said, ordered and agreed to, as the test remembers it."""

    def __init__(self, customer: str, email: str, number: str) -> None:
        self.customer, self.email = customer, email
        self.orders, self.notes, self.cards = {number}, set[str](), set[str]()
        self.consents: list[tuple[int, bool]] = []
        self.has_account = False


@dataclass(frozen=True)
class House:
    """The doors everything comes through, and what is looked at behind them."""

    client: FlaskClient
    connection: Connection
    session: Session
    shop: Shop

    def send(self, path: str, body: dict[str, Any], *, key: str = "") -> Any:
        """Send something to the API, as an agent."""
        headers = as_key(key or self.shop.agent)
        return self.client.post(f"/api/v1/{path}", json=body, headers=headers)


class Lives(RuleBasedStateMachine):
    """Three people, of whom staff think now and then that they are one."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.session, self.connection = self.house.session, self.house.connection
        self.people: list[Person] = []
        self.into: dict[int, int] = {}
        self.merges: list[tuple[str, int]] = []
        self.moment = 0

    def root(self, at: int) -> int:
        """Return who somebody is found to be."""
        return self.root(self.into[at]) if at in self.into else at

    def family(self, at: int) -> list[Person]:
        """Return everybody who is found to be the same person."""
        return [each for one, each in enumerate(self.people) if self.root(one) == self.root(at)]

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send something that is not refused."""
        answer = self.house.send(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json)

    def read(self, person: Person) -> dict[str, Any]:
        """Return a customer as the API shows them."""
        headers = {"Authorization": f"Bearer {self.house.shop.agent}"}
        path = f"/api/v1/customers/{person.customer}"
        return dict(self.house.client.get(path, headers=headers).json)

    def place(self, email: str) -> str:
        """Order something under an address; return the order's number."""
        body = order_body(items=[{"sku": "BOOK", "quantity": 1}])
        body["customer"] = {"first_name": "Chloé", "last_name": "Durand", "email": email}
        self.connection.execute(text("UPDATE stock_level SET on_hand = 999 WHERE sku = 'BOOK'"))
        placed = self.house.send("orders", body, key=self.house.shop.integration)
        return str(placed.json["number"])

    @initialize()
    def meet(self) -> None:
        """Each of them orders once."""
        example = next(EXAMPLES)
        for at in range(PEOPLE):
            email = f"one{at}.of{example}@example.org"
            number = self.place(email)
            owner = self.connection.execute(
                text("SELECT customer_id FROM contact WHERE email = :email"), {"email": email}
            ).scalar_one()
            self.people.append(Person(str(owner), email, number))

    @rule(kept=WHO, merged=WHO)
    def merge(self, kept: int, merged: int) -> None:
        """Somebody takes two for one."""
        body = {"customer_id": self.people[merged].customer, "reason": "same voice"}
        path = f"customers/{self.people[kept].customer}/merges"
        if self.root(kept) == self.root(merged):
            assert problem(self.house.send(path, body)) == (409, "already-merged")
            return
        made = self.send(path, body)
        self.merges.append((made["id"], self.root(merged)))
        self.into[self.root(merged)] = self.root(kept)

    @precondition(lambda self: self.merges)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Any merge that holds is undone, not the last one alone."""
        merge_id, freed = self.merges.pop(data.draw(st.integers(0, len(self.merges) - 1)))
        self.send(f"customer-merges/{merge_id}/undo", {})
        again = self.house.send(f"customer-merges/{merge_id}/undo", {})
        assert problem(again) == (409, "merge-undone")
        del self.into[freed]

    @rule(at=WHO)
    def call(self, at: int) -> None:
        """Somebody calls."""
        said = f"call {next(EXAMPLES)}"
        path = f"customers/{self.people[at].customer}/interactions"
        self.send(path, {"kind": "call", "channel": "phone", "text": said})
        self.people[at].notes.add(said)

    @rule(at=WHO)
    def order(self, at: int) -> None:
        """Somebody orders again."""
        self.people[at].orders.add(self.place(self.people[at].email))

    @rule(at=WHO, granted=st.booleans())
    def agree(self, at: int, granted: bool) -> None:  # noqa: FBT001 (drawn)
        """Somebody agrees to be written to, or refuses."""
        self.moment += 1
        self.people[at].consents.append((self.moment, granted))
        words = RecordConsent(
            UUID(self.people[at].customer), "marketing", "email", granted, "v1", "form 7",
            "shop", NOON + timedelta(minutes=self.moment),
        )  # fmt: skip
        record_consent(self.session, words, actor=SYSTEM)

    @rule(at=WHO)
    def carry(self, at: int) -> None:
        """Somebody is given a card."""
        number = f"CARD{next(EXAMPLES):08}"
        self.send(f"customers/{self.people[at].customer}/cards", {"number": number})
        self.people[at].cards.add(number)

    @rule(at=WHO)
    def open_account(self, at: int) -> None:
        """Nobody signs in while they are taken for somebody else: that is another question."""
        if len(self.family(at)) == 1 and not self.people[at].has_account:
            browser = begin_session(self.session, token=f"browser {next(EXAMPLES)}")
            proven = Proven(PointKind.EMAIL, self.people[at].email, "fr")
            entered = enter_by_code(self.session, browser, proven, actor=SYSTEM)
            assert str(entered.customer_id) == self.people[at].customer
            self.people[at].has_account = True

    @rule(at=WHO)
    def close(self, at: int) -> None:
        """Somebody closes their account."""
        if self.people[at].has_account:
            close_account(self.session, UUID(self.people[at].customer), actor=SYSTEM)
            self.people[at].has_account = False

    @invariant()
    def everybody_is_known_by_all_of_theirs_and_by_nothing_else(self) -> None:
        """Each is known by what is theirs and their family's."""
        for at, person in enumerate(self.people):
            customer, family = UUID(person.customer), self.family(at)
            told = list_timeline(self.session, customer, limit=500).entries
            notes = {each.text for each in told if each.kind == "call"}
            assert notes == set().union(*(each.notes for each in family))
            cards = {each.number for each in list_cards(self.session, customer)}
            assert cards == set().union(*(each.cards for each in family))
            said = sorted(word for each in family for word in each.consents)
            may = may_tell(self.session, customer, purpose="marketing", channel="email")
            assert may is bool(said and said[-1][1])
            accounts = [each for each in family if each.has_account]
            assert (find_account(self.session, customer) is not None) is bool(accounts)
            own = {
                contact.email
                for contact in self.connection.execute(
                    text("SELECT email FROM contact WHERE id = ANY(:ids)"),
                    {"ids": list_own_contact_ids(self.session, customer)},
                )
            }
            assert own == {each.email for each in accounts}

    def teardown(self) -> None:
        """Part everybody again: each has what was theirs alone, as if nothing had been."""
        if not self.people:
            return
        for at, person in enumerate(self.people):
            shown = self.read(person)
            assert shown["id"] == self.people[self.root(at)].customer
            orders = {each["number"] for each in shown["orders"]}
            assert orders == set().union(*(each.orders for each in self.family(at)))
        for merge_id, _freed in self.merges[::2] + self.merges[1::2]:
            self.send(f"customer-merges/{merge_id}/undo", {})
        self.into.clear()
        for person in self.people:
            shown = self.read(person)
            assert shown["id"] == person.customer
            assert {each["number"] for each in shown["orders"]} == person.orders
        self.everybody_is_known_by_all_of_theirs_and_by_nothing_else()
        assert [run_check(self.session, each) for each in CHECKS] == [None] * len(CHECKS)


def test_everybody_keeps_what_is_theirs_whatever_is_joined_and_parted(
    client: FlaskClient, connection: Connection, session: Session, shop: Shop
) -> None:
    Lives.house = House(client, connection, session, shop)
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
