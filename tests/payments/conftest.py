"""A Stripe of their own, the application behind a real server, and somebody who pays."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from stripe import StripeClient, WebhookSignature
from werkzeug.serving import make_server

import payments.checks
from kernel.checks import run_check
from payments import gateway, jobs, services
from payments.commands import OpenObligation, Visit
from payments.gateway import PaymentSettings
from sandbox import Addresses, Options, running

KEY = "sk_test_shop"
SECRET = "whsec_test"  # noqa: S105 (the sandbox's)
PAYS, DECLINES, ASKS = "4242 4242 4242 4242", "4000 0000 0000 9995", "4000 0025 0000 3155"
OWED = 2500
VISIT = Visit(
    title="Commande 7K3-M9PX",
    language="fr",
    return_url="http://shop.test/merci?session={CHECKOUT_SESSION_ID}",
    cancel_url="http://shop.test/panier",
)


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Addresses]:
    """Stripe's stand-in, with the gateway pointed at it and an answer awaited for a second."""
    before = gateway.settings()
    with running(tmp_path / "stripe", Options()) as addresses:
        gateway.configure(
            PaymentSettings(
                stripe_api_url=addresses.stripe,
                stripe_api_key=KEY,
                stripe_webhook_secret=SECRET,
                stripe_timeout_s=1,
            )
        )
        yield addresses
    gateway.configure(before)


@pytest.fixture
def spoil(vendor: Addresses) -> Callable[..., None]:
    """Have Stripe misbehave: `spoil("POST /v1/refunds", "timeout_after")`."""

    def put(path: str, do: str, times: int = 1) -> None:
        script = {"stripe": [{"path": path, "do": do, "times": times}]}
        response = httpx.put(f"{vendor.control}/faults", json=script, trust_env=False)
        assert response.status_code == 200, response.text

    return put


@pytest.fixture
def stripe(vendor: Addresses) -> StripeClient:
    """Stripe as its own client sees it: what is really there."""
    return StripeClient(KEY, base_addresses={"api": vendor.stripe}, max_network_retries=0)


@dataclass
class Till:
    """Somebody who owes, pays, and lets the jobs do their work; reads every row there is."""

    session: Session
    shopper: httpx.Client
    stripe: StripeClient

    def owe(self, amount_minor: int = OWED, *, reference_id: UUID | None = None) -> UUID:
        """Return the id of something owed."""
        command = OpenObligation(reference_id or uuid4(), amount_minor, "EUR")
        found = services.open_obligation(self.session, command)
        self.session.commit()
        return found

    def visit(self, obligation_id: UUID) -> str:
        """Go to the payment page; return its address."""
        return jobs.start_checkout(obligation_id, VISIT).url

    def pay(self, url: str, number: str = PAYS) -> httpx.Response:
        """Type this card on the payment page."""
        return self.shopper.post(url, data={"number": number})

    def authorised(self, amount_minor: int = OWED) -> UUID:
        """Return an obligation whose money a card holds."""
        found = self.owe(amount_minor)
        assert self.pay(self.visit(found)).status_code == 303
        assert jobs.refresh_checkout(found) == "authorised"
        return found

    def captured(self, amount_minor: int = OWED) -> UUID:
        """Return an obligation that was paid in full."""
        found = self.authorised()
        self.capture(found, amount_minor)
        jobs.settle_due()
        assert self.status(found) == "captured"
        return found

    def capture(self, obligation_id: UUID, amount_minor: int) -> None:
        """Have this much taken."""
        services.request_capture(self.session, obligation_id, amount_minor=amount_minor)
        self.session.commit()

    def refund(self, obligation_id: UUID, amount_minor: int, reason: Any = "short") -> UUID:
        """Have this much given back."""
        found = services.request_refund(
            self.session, obligation_id, amount_minor=amount_minor, reason=reason
        )
        self.session.commit()
        return found

    def cancel(self, obligation_id: UUID) -> None:
        """Have nothing owed."""
        services.cancel_obligation(self.session, obligation_id)
        self.session.commit()

    def status(self, obligation_id: UUID) -> str:
        """Return where the obligation stands."""
        return str(self.row("SELECT status FROM obligation WHERE id = :id", obligation_id)[0])

    def row(self, statement: str, obligation_id: UUID) -> Any:
        """Return the one row a statement finds for an obligation."""
        return self.session.execute(text(statement), {"id": obligation_id}).one()

    def payments(self, obligation_id: UUID) -> list[tuple[Any, ...]]:
        """Status, wanted, captured, refunded of each card payment, oldest first."""
        return self.rows(
            "SELECT status, wanted, captured_minor, refunded_minor FROM card_payment "
            "WHERE obligation_id = :id ORDER BY id",
            obligation_id,
        )

    def wishes(self, obligation_id: UUID) -> list[tuple[Any, ...]]:
        """Kind, amount and status of each wish, oldest first."""
        return self.rows(
            "SELECT kind, amount_minor, status FROM payment_wish "
            "WHERE obligation_id = :id ORDER BY id",
            obligation_id,
        )

    def checkouts(self, obligation_id: UUID) -> list[str]:
        """Return the status of each visit, oldest first."""
        rows = self.rows(
            "SELECT status FROM checkout WHERE obligation_id = :id ORDER BY attempt_no",
            obligation_id,
        )
        return [row[0] for row in rows]

    def events(self, obligation_id: UUID) -> list[tuple[Any, ...]]:
        """Name and amount, or else code or cause, of each event of the obligation."""
        return self.rows(
            "SELECT name, coalesce(facts ->> 'amount_minor', facts ->> 'code', "
            "facts ->> 'cause') FROM event WHERE aggregate_id = :id ORDER BY version",
            obligation_id,
        )

    def rows(self, statement: str, obligation_id: UUID) -> list[tuple[Any, ...]]:
        """Return what a statement finds for an obligation."""
        found = self.session.execute(text(statement), {"id": obligation_id})
        return [tuple(row) for row in found]

    def intent(self, obligation_id: UUID) -> Any:
        """The intent of the newest card payment, as it stands at Stripe."""
        found = self.row(
            "SELECT intent_id FROM card_payment WHERE obligation_id = :id ORDER BY id DESC LIMIT 1",
            obligation_id,
        )
        return self.stripe.v1.payment_intents.retrieve(found[0], {"expand": ["latest_charge"]})

    def disagreements(self) -> set[tuple[str, int]]:
        """Return what only Stripe, or only we, know of money taken or given back."""
        taken = self.stripe.v1.payment_intents.list({"limit": 100}).data
        given = self.stripe.v1.refunds.list({"limit": 100}).data
        theirs = {(each.id, each.amount_received) for each in taken if each.amount_received}
        theirs |= {(each.id, each.amount) for each in given if each.status == "succeeded"}
        rows = self.session.execute(
            text(
                "SELECT intent_id, captured_minor FROM card_payment WHERE captured_minor > 0 "
                "UNION ALL SELECT provider_id, amount_minor FROM payment_wish "
                "WHERE kind = 'refund' AND status = 'done'"
            )
        )
        return theirs ^ {(str(row[0]), int(row[1])) for row in rows}

    def time_passes(self) -> None:
        """Every lease has ended, every delay is over, every poll is due."""
        for table, column in (
            ("payment_wish", "due_at"),
            ("stripe_event", "due_at"),
            ("checkout", "poll_due_at"),
        ):
            self.session.execute(text(f"UPDATE {table} SET {column} = statement_timestamp()"))  # noqa: S608 (constants)
        self.session.commit()

    def findings(self) -> list[str]:
        """Return every invariant that does not hold."""
        found = (run_check(self.session, check) for check in payments.checks.CHECKS)
        return [f"{each.check.id}: {each.sample}" for each in found if each is not None]


@pytest.fixture
def till(session: Session, vendor: Addresses, stripe: StripeClient) -> Iterator[Till]:
    with httpx.Client(base_url=vendor.stripe, trust_env=False, timeout=5) as shopper:
        yield Till(session, shopper, stripe)


@pytest.fixture
def bank(till: Till) -> Callable[[httpx.Response, str], httpx.Response]:
    """Answer the bank's page that a response leads to."""

    def answer(response: httpx.Response, decision: str) -> httpx.Response:
        assert re.match(r".*/c/authenticate/", response.headers["Location"])
        return till.shopper.post(response.headers["Location"], data={"decision": decision})

    return answer


@pytest.fixture
def web(app: Flask) -> Iterator[str]:
    """The application behind a real server, one request at a time."""
    server = make_server("127.0.0.1", 0, app, threaded=False)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def delivered(web: str, vendor: Addresses) -> Iterator[None]:
    """Have Stripe post its events to the application, each twice and out of order."""
    hook = f"{vendor.control}/webhook"
    body = {"url": web, "secret": SECRET}
    script = {"webhooks": {"duplicate": 1, "shuffle": True}}
    httpx.put(f"{vendor.control}/faults", json=script, trust_env=False).raise_for_status()
    httpx.put(hook, json=body, trust_env=False).raise_for_status()
    yield
    httpx.put(hook, json=body | {"url": ""}, trust_env=False).raise_for_status()


def signed(payload: str, *, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    """Return the headers of a webhook, signed as Stripe signs."""
    header = WebhookSignature.generate_signature_header(
        payload, secret, timestamp=int(time.time()) - age_s
    )
    return {"Stripe-Signature": header, "Content-Type": "application/json"}
