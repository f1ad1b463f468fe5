"""A mail server, an SMS provider and a mailbox of their own, and orders to write about."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import inventory.services
import orders.queries
import orders.services
import stores.queries
from app.embedded import Cluster
from customers.commands import GiveContact
from kernel import db, delivery
from kernel.actors import SYSTEM
from kernel.checks import run_check
from kernel.db import SessionFactory, transaction
from notifications import gateway, services
from notifications.checks import CHECKS
from notifications.commands import Owe, Template
from notifications.gateway import MessagingSettings
from notifications.services import Call
from orders import passes
from orders.commands import (
    AmendOrder,
    AmendParcel,
    Answer,
    AnswerChoice,
    Box,
    CancelReason,
    Channel,
    Collect,
    FetchFrom,
    HandOver,
    OfferSubstitute,
    Pack,
    PlaceOrder,
    ShortReason,
)
from orders.services import PlacedOrder
from sandbox import Addresses, running
from tests.conftest import open_shop
from tests.orders.delivering import bring

EMAIL, PHONE = "chloe.durand@example.org", "+33612345678"


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Addresses]:
    """The vendors' stand-ins, with the gateway pointed at them."""
    before = gateway.settings()
    with running(tmp_path / "vendors") as addresses:
        gateway.configure(
            MessagingSettings(
                smtp_url=addresses.smtp, sms_url=addresses.sms, public_url="https://shop.test"
            )
        )
        yield addresses
    gateway.configure(before)


@pytest.fixture
def spoil(vendors: Addresses) -> Callable[..., None]:
    """Have a vendor misbehave: `spoil(smtp=[{"at": "rcpt", "do": "451"}])`."""

    def put(**script: list[dict[str, Any]]) -> None:
        response = httpx.put(f"{vendors.control}/faults", json=script, trust_env=False)
        assert response.status_code == 200, response.text

    return put


@pytest.fixture
def received(vendors: Addresses) -> Callable[[str], list[dict[str, Any]]]:
    """Return what arrived: `received("email")`, `received("sms")`."""

    def read(kind: str) -> list[dict[str, Any]]:
        response = httpx.get(f"{vendors.mailbox}/messages", trust_env=False)
        return [each for each in response.json()["messages"] if each["kind"] == kind]

    return read


@dataclass
class Counter:
    """Somebody who does what shoppers and stores do, and lets the news reach its listeners."""

    session: Session

    def place(
        self,
        *,
        language: str = "fr",
        email: str | None = EMAIL,
        phone: str | None = PHONE,
        channel: Channel = Channel.WEB,
    ) -> PlacedOrder:
        """One tent and two mugs, to collect in Lyon."""
        contact = GiveContact("Chloé", "Durand", email, phone, language)
        command = PlaceOrder(channel, [Collect("lyon", {"TENT-2P": 1, "MUG-BLUE": 2})], contact)
        placed = orders.services.place_order(self.session, command, actor=SYSTEM)
        self.tell()
        return placed

    def make_ready(self, placed: PlacedOrder, *, short_mugs: int = 0, heard: bool = True) -> None:
        """The parcel is picked, but for so many mugs, binned and ready; who listens may be slow."""
        parcel, act = placed.fulfillment_id, orders.services
        act.accept(self.session, parcel, actor=SYSTEM)
        if short_mugs:
            act.report_short_line(
                self.session,
                parcel,
                sku="MUG-BLUE",
                quantity=short_mugs,
                reason=ShortReason.NOT_FOUND,
                actor=SYSTEM,
            )
        quantities = {"TENT-2P": 1, "MUG-BLUE": 2 - short_mugs}
        act.pick(
            self.session,
            parcel,
            quantities={sku: quantity for sku, quantity in quantities.items() if quantity},
            actor=SYSTEM,
        )
        act.mark_ready(self.session, parcel, bin_code="A·7", actor=SYSTEM)
        if heard:
            self.tell()

    def send_proxy(self, placed: PlacedOrder, *, email: str | None = "paul@example.org") -> None:
        """The customer sends Paul, who has an e-mail address and a telephone."""
        paul = GiveContact("Paul", "Petit", email, "+33698765432", "fr")
        orders.services.name_proxy(self.session, placed.id, paul, actor=SYSTEM)
        self.tell()

    def hand_over(self, placed: PlacedOrder, *, to_proxy: bool = False) -> None:
        """The customer, or whom they send, pays and takes everything."""
        parcel, ticket = placed.fulfillment_id, "T-1"
        command = HandOver("lyon", fulfillment_id=parcel, ticket_number=ticket, identity_seen=True)
        if to_proxy:
            states = orders.queries.list_passes(self.session, parcel)
            (shown,) = (each.facts for each in states if each.contact_id is not None)
            command = HandOver("lyon", qr=passes.qr_text(shown), ticket_number=ticket)
        orders.services.hand_over(self.session, command, actor=SYSTEM)
        self.tell()

    def cancel(self, placed: PlacedOrder, reason: CancelReason) -> None:
        """The order is called off."""
        orders.services.cancel_order(self.session, placed.id, reason=reason, actor=SYSTEM)
        self.tell()

    def stock_up(self) -> None:
        """Ten more of each come in at Lyon."""
        lyon = stores.queries.get_store(self.session, "lyon").id
        more = {"TENT-2P": 10, "MUG-BLUE": 10}
        inventory.services.receive(self.session, location_id=lyon, quantities=more, actor=SYSTEM)

    def fetch(self, placed: PlacedOrder) -> None:
        """The tent comes from Paris."""
        act = orders.services
        act.accept(self.session, placed.fulfillment_id, actor=SYSTEM)
        command = FetchFrom("paris", {"TENT-2P": 1})
        act.fetch_from(self.session, placed.fulfillment_id, command, actor=SYSTEM)
        self.tell()

    def reject(self, placed: PlacedOrder, *, instead: str | None = None) -> None:
        """The store cannot prepare it; another one does where the customer said so already."""
        parcel, act = placed.fulfillment_id, orders.services
        if instead is None:
            act.reject_fulfillment(self.session, parcel, reason="no_time", actor=SYSTEM)
        else:
            act.reassign(self.session, parcel, store_code=instead, reason="no_time", actor=SYSTEM)
        self.tell()

    def ship(self, placed: PlacedOrder) -> None:
        """Everything is picked, packed in one box and given to the carrier."""
        parcel, act, everything = (
            placed.fulfillment_id,
            orders.services,
            {"TENT-2P": 1, "MUG-BLUE": 2},
        )
        bring(self.session, {"id": placed.id, "fulfillment_id": parcel})
        act.accept(self.session, parcel, actor=SYSTEM)
        act.pick(self.session, parcel, quantities=everything, actor=SYSTEM)
        act.pack(self.session, parcel, Pack("local", [Box(everything)]), actor=SYSTEM)
        act.ship(self.session, parcel, ticket_number="T-2", actor=SYSTEM)
        self.tell()

    def fail(self, placed: PlacedOrder) -> None:
        """The carrier could not deliver it; the customer is told at once."""
        orders.services.report_failed_delivery(
            self.session, placed.fulfillment_id, reason="absent", actor=SYSTEM
        )
        self.tell()

    def deliver(self, placed: PlacedOrder) -> None:
        """The customer has it."""
        orders.services.confirm_delivery(self.session, placed.fulfillment_id, actor=SYSTEM)
        self.tell()

    def give_up(self, placed: PlacedOrder) -> UUID:
        """The store cannot prepare it; return the choice its customer has."""
        choice_id: UUID = orders.services.reject_fulfillment(
            self.session, placed.fulfillment_id, reason="no_time", actor=SYSTEM
        )
        self.tell()
        return choice_id

    def go_on_in_paris(self, placed: PlacedOrder) -> None:
        """The customer of a rejected parcel chose Paris."""
        found = orders.queries.list_choices(self.session, [placed.fulfillment_id])
        command = AnswerChoice(Answer.OTHER_STORE, store_code="paris")
        choice_id = found[placed.fulfillment_id].id
        orders.services.answer_choice(self.session, choice_id, command, actor=SYSTEM)
        self.tell()

    def be_partly_there(self, placed: PlacedOrder) -> None:
        """Paris sends the mugs, the tent is here."""
        orders.services.accept(self.session, placed.fulfillment_id, actor=SYSTEM)
        command = FetchFrom("paris", {"MUG-BLUE": 2}, None, None)
        orders.services.fetch_from(self.session, placed.fulfillment_id, command, actor=SYSTEM)
        self.tell()

    def offer_substitute(self, placed: PlacedOrder) -> UUID:
        """A mug is missing, and the customer is asked whether they take a notebook instead."""
        orders.services.accept(self.session, placed.fulfillment_id, actor=SYSTEM)
        command = OfferSubstitute(placed.fulfillment_id, "MUG-BLUE", "BOOK", 1, "not_found")
        offered: UUID = orders.services.offer_substitute(self.session, command, actor=SYSTEM)
        self.tell()
        return offered

    def amend(self, placed: PlacedOrder, mugs: int = 3, version: int = 1, **more: Any) -> None:
        """The customer wants three mugs."""
        change = AmendParcel(None, {"MUG-BLUE": mugs}, **more)
        command = AmendOrder(placed.id, version, Channel.WEB, [change])
        orders.services.amend_order(self.session, command, actor=SYSTEM)
        self.tell()

    def be_told(self, placed: PlacedOrder, templates: Iterable[Template]) -> None:
        """The customer is owed these messages, whatever became of the parcel."""
        event_id = self.messages(placed.id)[0]["event_id"]
        for template in templates:
            services.owe(self.session, Owe(event_id, placed.fulfillment_id, template))
        self.session.commit()

    def remind(self, placed: PlacedOrder) -> None:
        """Remind of a parcel the day after, and on its last day."""
        for stage in (1, orders.queries.LAST_DAY):
            orders.services.remind(self.session, placed.fulfillment_id, stage=stage)
            self.tell()

    def expire(self, placed: PlacedOrder) -> None:
        """Nobody came in time."""
        self.session.execute(
            text("UPDATE fulfillment SET collect_by = now() - interval '1 hour' WHERE id = :id"),
            {"id": placed.fulfillment_id},
        )
        assert orders.services.expire_fulfillment(self.session, placed.fulfillment_id)
        self.tell()

    def tell(self) -> None:
        """Deliver every event to its listeners."""
        self.session.commit()
        while claims := delivery.claim_due(self.session):
            for claim in claims:
                delivery.deliver(self.session, claim)
        self.session.commit()

    def time_passes(self) -> None:
        """Every lease has ended and every delay is over."""
        self.session.execute(
            text("UPDATE message SET due_at = statement_timestamp() WHERE status = 'due'")
        )
        self.session.commit()

    def begin_one(self) -> Call:
        """Lease one message and note that its call begins, as a sender does before it dies."""
        with transaction() as session:
            (claim,) = services.claim_due(session, limit=1)
        with transaction() as session:
            call = services.begin(session, claim)
        assert call is not None
        return call

    def findings(self) -> list[str]:
        """The invariants that do not hold."""
        return [check.id for check in CHECKS if run_check(self.session, check) is not None]

    def messages(self, order_id: UUID) -> list[dict[str, Any]]:
        """The rows, oldest first."""
        rows = self.session.execute(
            text("SELECT * FROM message WHERE order_id = :id ORDER BY id"), {"id": order_id}
        )
        return [dict(row) for row in rows.mappings()]

    def ways(self, order_id: UUID) -> list[tuple[str, str, str]]:
        """Template, channel and status of every message, oldest first."""
        return [(row["template"], row["channel"], row["status"]) for row in self.messages(order_id)]


@pytest.fixture
def counter(session: Session, shop: Any) -> Counter:
    return Counter(session)


@pytest.fixture
def own_session(cluster: Cluster, app: Any) -> Iterator[Session]:
    """A session with real commits, in a database of the small retailer that is gone afterwards."""
    address = cluster.url("postgres", "postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("CREATE DATABASE messages TEMPLATE blank OWNER owner")
    engine = db.make_engine(cluster.url("app", "messages"))
    SessionFactory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    with SessionFactory() as session:
        open_shop(session)
        session.commit()
        yield session
    engine.dispose()
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute("DROP DATABASE messages WITH (FORCE)")
