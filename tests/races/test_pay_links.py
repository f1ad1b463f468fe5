"""One link to pay, pressed in two browsers at the same moment, and paid in both.

Only the newest of its pages can be paid. Should two be paid all the same, one money is kept and the
other goes back by itself. Each of the two guards is taken away in turn.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Result, Select, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState
from stripe import StripeClient

from app.embedded import Cluster
from app.worker import drain
from kernel.db import SessionFactory, transaction
from payments import gateway, jobs, services
from payments.gateway import Answered, PaymentSettings, SessionFacts
from tests.conftest import as_key
from tests.support.installation import STRIPE_KEY, installation
from tests.support.trade import Trade, together

CARD = {"number": "4242 4242 4242 4242"}
HTML = {"Accept": "text/html"}
KEEPS_NONE = httpx.Limits(max_keepalive_connections=0)
ROUNDS, TRIES = 4, 40
GONE_TO_PAY, CONFLICT, UNAVAILABLE = 303, 409, 503


@dataclass(frozen=True)
class Browser:
    """A browser that opened a link's page, with what its form sends unseen."""

    http: httpx.Client
    csrf: str


@dataclass(frozen=True)
class Link:
    """A link to pay 10 euros for an order that was placed by phone."""

    trade: Trade
    stripe: StripeClient
    order_id: str
    path: str

    def browser(self) -> Browser:
        """Return a browser that opened the link's page."""
        opened = httpx.Client(
            base_url=self.trade.http.base_url, headers=HTML, trust_env=False, limits=KEEPS_NONE
        )
        page = opened.get(self.path).text
        assert "10,00" in page
        (csrf,) = re.findall(r'<input type="hidden" name="csrf" value="([^"]+)"', page)
        return Browser(opened, csrf)

    def press(self, browser: Browser) -> httpx.Response:
        """Press the button of the link's page."""
        return browser.http.post(self.path, data={"csrf": browser.csrf})

    def come_back(self, browser: Browser, paid: httpx.Response) -> None:
        """Go where the payment page sends somebody who paid."""
        to = httpx.URL(paid.headers["Location"])
        assert browser.http.get(to.raw_path.decode()).status_code == GONE_TO_PAY

    def visits(self) -> list[tuple[UUID, SessionFacts]]:
        """Return the visits of the payment page as Stripe shows them."""
        rows = self.trade.place_of_work.rows(
            "SELECT c.id, c.session_id FROM checkout c JOIN obligation o ON o.id = c.obligation_id"
            " WHERE o.reference_id = %(id)s AND c.session_id IS NOT NULL",
            id=self.order_id,
        )
        return [(row["id"], read(row["session_id"])) for row in rows]

    def money(self) -> Counter[str]:
        """Return how the order's payments stand at Stripe: held, or let go."""
        intents = {facts.intent.id for _id, facts in self.visits() if facts.intent}
        found = [self.stripe.v1.payment_intents.retrieve(each) for each in intents]
        return Counter(str(each.status) for each in found)

    def outcome(self) -> dict[str, Any]:
        """Return how the order stands once all is done, and how often its customer was told so."""
        drain()
        (row,) = self.trade.place_of_work.rows(
            "SELECT f.status, (SELECT string_agg(m.template, ' ' ORDER BY m.id) FROM message m"
            " WHERE m.order_id = f.order_id AND m.template <> 'pay_link') AS told"
            " FROM fulfillment f WHERE f.order_id = %(id)s",
            id=self.order_id,
        )
        return row


PAID_ONCE = {"status": "new", "told": "confirmation"}


@pytest.fixture(scope="module")
def shop(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """A shop that takes cards; its jobs are this process."""
    with installation(cluster, tmp_path_factory.mktemp("pay-links")) as house:
        vendors = house.open_vendors()
        before = gateway.settings()
        url = str(vendors.http.base_url).rstrip("/")
        gateway.configure(PaymentSettings(stripe_api_url=url, stripe_api_key=STRIPE_KEY))
        with house.inside():
            yield Trade(house, house.open_web())
        gateway.configure(before)


@pytest.fixture(scope="module")
def careless(shop: Trade) -> Trade:
    """The same shop, whose pages stay open when others of the same link are opened."""
    shop.place_of_work.rows("DROP INDEX uq_checkout_live")
    return Trade(shop.place_of_work, shop.place_of_work.open_web("--without-guard", "visit"))


def test_of_two_who_press_one_link_at_once_and_pay_one_has_paid(shop: Trade) -> None:
    for _ in range(ROUNDS):
        link = send_link(shop)
        browsers = [link.browser(), link.browser()]
        pressed = together([partial(link.press, each) for each in browsers])
        assert {each.status_code for each in pressed} <= {GONE_TO_PAY, CONFLICT, UNAVAILABLE}
        pages = [each for each in pressed if each.status_code == GONE_TO_PAY]
        paid = together([partial(pay, each) for each in pages])
        (done,) = (each for each in paid if each.status_code == GONE_TO_PAY)
        link.come_back(browsers[0], done)
        assert link.outcome() == PAID_ONCE
        assert link.money() == {"requires_capture": 1}
    assert shop.place_of_work.broken() == []


def test_without_that_guard_both_are_paid_and_the_second_money_goes_back_by_itself(
    careless: Trade,
) -> None:
    for _ in range(ROUNDS // 2):
        link = send_link(careless)
        browsers, paid = pay_in_two_browsers(link)
        due = "UPDATE checkout SET poll_due_at = now()"
        careless.place_of_work.rows(due)
        came_back = [partial(link.come_back, *each) for each in zip(browsers, paid, strict=True)]
        together([*came_back, jobs.poll_checkouts, jobs.poll_checkouts])

        assert link.outcome() == PAID_ONCE
        assert link.money() == {"requires_capture": 1, "canceled": 1}
        assert "Payé" in browsers[0].http.get(link.path).text
        assert link.press(browsers[1]).status_code == CONFLICT
    assert careless.place_of_work.broken() == []


def test_without_either_guard_both_payments_count(careless: Trade) -> None:
    with unlocked():
        for _ in range(TRIES):  # the moment that matters is short: give it a few chances
            link = send_link(careless)
            pay_in_two_browsers(link)
            try:
                together([partial(believe, *each) for each in link.visits()])
            except IntegrityError:
                return
    pytest.fail("two payments were never believed at once")


def send_link(trade: Trade) -> Link:
    """Have an agent order by phone for somebody, who is sent a link to pay."""
    sku, agent = trade.list_article(), trade.place_of_work.shop.agent
    body = {"channel": "phone", "store": "lyon", "items": [{"sku": sku, "quantity": 1}]}
    cart = trade.post("/carts", body, key=agent).json()
    who = {"last_name": "Durand", "email": f"{secrets.token_hex(8)}@example.org"}
    order = {"channel": "phone", "customer": who, "pay_by": "link"}
    placed = trade.http.post(
        f"/api/v1/carts/{cart['token']}/order",
        json=order,
        headers=as_key(agent) | {"If-Match": "1"},
    )
    assert placed.status_code == 201, placed.text
    order_id = placed.json()["id"]
    (made,) = trade.get(f"/orders/{order_id}/pay-links", key=agent)["pay_links"]
    url = gateway.settings().stripe_api_url
    stripe = StripeClient(STRIPE_KEY, base_addresses={"api": url}, max_network_retries=0)
    return Link(trade, stripe, order_id, made["path"])


def pay_in_two_browsers(link: Link) -> tuple[list[Browser], list[httpx.Response]]:
    """Press a link in two browsers at once and pay both pages at once; return where that leads."""
    browsers = [link.browser(), link.browser()]
    pressed = together([partial(link.press, each) for each in browsers])
    assert [each.status_code for each in pressed] == [GONE_TO_PAY] * 2
    paid = together([partial(pay, each) for each in pressed])
    assert [each.status_code for each in paid] == [GONE_TO_PAY] * 2
    return browsers, paid


def pay(pressed: httpx.Response) -> httpx.Response:
    """Pay on the payment page that somebody was led to."""
    return httpx.post(pressed.headers["Location"], data=CARD, trust_env=False)


def read(session_id: str) -> SessionFacts:
    """Return a page as it stands at Stripe."""
    outcome = gateway.read_session(session_id)
    assert isinstance(outcome, Answered)
    assert isinstance(outcome.facts, SessionFacts)
    return outcome.facts


def believe(checkout_id: UUID, facts: SessionFacts) -> str | None:
    """Take in what Stripe says of a page."""
    with transaction() as session:
        return services.note_session(session, checkout_id, facts)


@contextmanager
def unlocked() -> Iterator[None]:
    """Nobody keeps others from paying what they read."""

    def read_without_locking(state: ORMExecuteState) -> Result[Any] | None:
        statement = state.statement
        if not isinstance(statement, Select) or statement._for_update_arg is None:  # noqa: SLF001 (no other way to see it)
            return None
        plain = statement._generate()  # noqa: SLF001 (a copy of it)
        plain._for_update_arg = None  # noqa: SLF001 (the guard is removed here)
        return state.invoke_statement(statement=plain)

    event.listen(SessionFactory, "do_orm_execute", read_without_locking)
    yield
    event.remove(SessionFactory, "do_orm_execute", read_without_locking)
