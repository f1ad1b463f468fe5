"""An order that cards pay is changed: the difference is asked for, or goes back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import payments.jobs
from app.cli.check import run_checks
from app.formats import money
from app.worker import drain
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.links import order_token
from orders import queries, services
from orders.commands import AmendOrder, AmendParcel, Channel, HandOver
from orders.services import Amended, PlacedOrder
from orders.services.paying import request_capture
from payments import gateway
from payments.queries import list_obligations, paid_minor
from tests.conftest import Shop, as_key
from tests.orders.test_card import (  # noqa: F401 (the fixture is asked for by its name)
    CLERK,
    PAYS,
    VISIT,
    pay,
    place,
    status,
    stripe,
    told,
)
from tests.pos_adapter.conftest import open_till
from tests.support.form import fields_of
from tests.unmoved import problem

BEFORE, MUG, BOOK = 11570, 1290, 455
HTML = {"Accept": "text/html"}


def amend(placed: PlacedOrder, version: int = 1, **quantities: int) -> Amended:
    """Change how many of what the order has, as its customer."""
    wanted = {sku.replace("_", "-"): units for sku, units in quantities.items()}
    command = AmendOrder(placed.id, version, Channel.WEB, [AmendParcel(None, wanted)])
    customer = Actor(ActorKind.SHOPPER, order_ids=frozenset({placed.id}), location_ids=None)
    with transaction() as session:
        return services.amend_order(session, command, actor=customer)


def pay_difference(obligation_id: UUID | None) -> None:
    """Type a card on a page for what is owed besides."""
    assert obligation_id is not None
    page = payments.jobs.start_checkout(obligation_id, VISIT)
    httpx.post(page.url, data={"number": PAYS}, trust_env=False)
    payments.jobs.refresh_checkout(obligation_id)
    drain()


def prepare(placed: PlacedOrder) -> None:
    """Accept, pick everything and make ready; let the money follow."""
    with transaction() as session:
        services.accept(session, placed.fulfillment_id, actor=CLERK)
        parcel = queries.get_fulfillment(session, placed.fulfillment_id, actor=SYSTEM)
        quantities = {line.sku: line.open for line in parcel.lines}
        services.pick(session, placed.fulfillment_id, quantities=quantities, actor=CLERK)
        services.mark_ready(session, placed.fulfillment_id, bin_code="A1", actor=CLERK)
    settle()


def settle() -> None:
    for _ in range(4):
        payments.jobs.settle_due()
        drain()


def hand_over(placed: PlacedOrder, ticket: str | None = None) -> None:
    command = HandOver(
        "lyon", fulfillment_id=placed.fulfillment_id, ticket_number=ticket, identity_seen=True
    )
    with transaction() as session:
        services.hand_over(session, command, actor=CLERK)


def owed(session: Session, placed: PlacedOrder) -> list[tuple[int, int, str, int]]:
    session.expire_all()
    return [
        (each.obligation_no, each.amount_minor, each.status.value, each.captured_minor)
        for each in list_obligations(session, placed.id)
    ]


def test_what_becomes_dearer_is_paid_besides_and_all_of_it_is_taken_at_ready(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    amended = amend(placed, MUG_BLUE=3, BOOK=1)
    assert amended.delta_minor == MUG + BOOK
    assert owed(session, placed)[1:] == [(2, MUG + BOOK, "opened", 0)]

    pay_difference(amended.obligation_id)
    prepare(placed)

    assert owed(session, placed) == [
        (1, BEFORE, "captured", BEFORE),
        (2, MUG + BOOK, "captured", MUG + BOOK),
    ]
    assert told(session, placed) == ["amended", "confirmation", "ready"]
    count = text("SELECT count(*) FROM message WHERE template = 'ready'")
    assert session.execute(count).scalar_one() == 1
    hand_over(placed)
    assert run_checks() == []


def test_a_difference_nobody_paid_is_due_at_the_counter_and_by_card_no_more(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    amended = amend(placed, BOOK=2)
    assert amended.obligation_id is not None
    links = f"/api/v1/orders/{placed.id}/pay-links"
    sent = client.post(links, json={}, headers=as_key(shop.associate))
    assert sent.json["amount_minor"] == 2 * BOOK
    page = payments.jobs.start_checkout(amended.obligation_id, VISIT)
    prepare(placed)
    given = {"fulfillment_id": str(placed.fulfillment_id), "store": "lyon"}
    check = client.post("/api/v1/hand-overs/check", json=given, headers=as_key(shop.associate))
    assert check.json["due_minor"] == 2 * BOOK
    seen = given | {"identity_seen": True}
    unpaid = client.post("/api/v1/hand-overs", json=seen, headers=as_key(shop.associate))
    assert problem(unpaid) == (409, "payment-due")

    paid = seen | {"ticket_number": "T-9"}
    taken = client.post("/api/v1/hand-overs", json=paid, headers=as_key(shop.associate))
    assert taken.status_code == 201, taken.text
    listed = client.get(links, headers=as_key(shop.associate)).json["pay_links"]
    assert [each["open"] for each in listed] == [False]
    httpx.post(page.url, data={"number": PAYS}, trust_env=False)
    payments.jobs.refresh_checkout(amended.obligation_id)
    settle()

    assert paid_minor(session, placed.id) == BEFORE + 2 * BOOK
    assert owed(session, placed)[1] == (2, 2 * BOOK, "cancelled", 0)
    assert run_checks() == []


def test_what_becomes_cheaper_is_never_taken_and_a_second_thought_asks_for_nothing(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    assert amend(placed, BOOK=1).obligation_id is not None
    again = amend(placed, version=2, MUG_BLUE=1, BOOK=0)
    assert (again.obligation_id, again.total_minor) == (None, BEFORE - MUG)
    assert owed(session, placed) == [
        (1, BEFORE, "authorised", 0),
        (2, BOOK, "cancelled", 0),
    ]
    prepare(placed)
    assert owed(session, placed)[0] == (1, BEFORE, "captured", BEFORE - MUG)
    hand_over(placed)
    assert run_checks() == []


def test_what_was_taken_already_goes_back_when_it_becomes_cheaper(
    session: Session, shop: Shop
) -> None:
    placed = place()
    pay(placed)
    with transaction() as taking:
        request_capture(taking, placed.id)  # its hold was about to end
    settle()
    amend(placed, MUG_BLUE=1)
    settle()
    assert paid_minor(session, placed.id) == BEFORE - MUG
    assert run_checks() == []


def test_an_order_that_waits_to_be_paid_is_paid_as_it_is_now(session: Session, shop: Shop) -> None:
    placed = place()
    amended = amend(placed, MUG_BLUE=3, TENT_2P=0)
    assert owed(session, placed) == [
        (1, BEFORE, "cancelled", 0),
        (2, 3 * MUG, "opened", 0),
    ]
    pay_difference(amended.obligation_id)
    assert status(session, placed).value == "new"
    assert told(session, placed) == ["confirmation"]
    assert run_checks() == []


def start(placed: PlacedOrder) -> str:
    """Open a payment page for all of an order; return its address."""
    assert placed.obligation_id is not None
    return payments.jobs.start_checkout(placed.obligation_id, VISIT).url


def type_card(page: str) -> int:
    return httpx.post(page, data={"number": PAYS}, trust_env=False).status_code


def ask(client: FlaskClient, placed: PlacedOrder, shop: Shop, to: str = "amendments") -> Any:
    """Ask through the API for one mug less."""
    return client.post(
        f"/api/v1/orders/{placed.id}/{to}",
        json={"lines": [{"sku": "MUG-BLUE", "quantity": 1}]},
        headers={**as_key(shop.associate), "If-Match": '"1"'},
    )


def ring(client: FlaskClient, placed: PlacedOrder, shop: Shop) -> Any:
    """Say through the API that Lyon's till took the money."""
    body = {"store": "lyon", "ticket_number": "T-7"}
    where = f"/api/v1/orders/{placed.id}/till-payment"
    return client.post(where, json=body, headers=as_key(shop.associate))


def test_a_change_ends_the_payment_page_that_is_open_and_its_customer_reads_how_it_stands(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    page = start(placed)
    seen = ask(client, placed, shop, "amendments/preview")
    assert (seen.status_code, seen.json["total_minor"]) == (200, BEFORE - MUG), seen.text
    assert httpx.get(page, trust_env=False).status_code == 200
    assert owed(session, placed) == [(1, BEFORE, "opened", 0)]

    amended = ask(client, placed, shop)
    assert amended.status_code == 201, amended.text
    assert type_card(page) == 410
    assert owed(session, placed) == [(1, BEFORE, "cancelled", 0), (2, BEFORE - MUG, "opened", 0)]
    client.set_cookie("comptoir-order", order_token(placed.id))
    back = client.get("/fr/unpaid", follow_redirects=True)
    assert "La page de paiement a été fermée" in back.text
    assert money(BEFORE - MUG, "EUR", language="fr") in back.text
    settle()

    second = payments.jobs.start_checkout(UUID(amended.json["obligation_id"]), VISIT).url
    where = f"/fr/orders/{order_token(placed.id)}/amend"
    form = fields_of(client.get(where).text, "")  # it posts to its own address
    tried = client.post(where, data={**form, "n:MUG-BLUE": "3"}, headers=HTML)
    assert (tried.status_code, httpx.get(second, trust_env=False).status_code) == (200, 200)
    said = {**fields_of(tried.text, ""), "confirm": "yes"}
    changed = client.post(where, data=said, headers=HTML)
    assert changed.status_code == 303, changed.text
    assert type_card(second) == 410
    assert owed(session, placed)[1:] == [
        (2, BEFORE - MUG, "cancelled", 0),
        (3, BEFORE + MUG, "opened", 0),
    ]
    settle()
    pay_difference(list_obligations(session, placed.id)[2].id)
    assert status(session, placed).value == "new"
    assert run_checks() == []


def test_who_was_just_in_time_has_paid_and_a_change_asks_for_no_more_than_the_rest(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    assert type_card(start(placed)) == 303
    assert status(session, placed).value == "pending"
    amended = ask(client, placed, shop)
    assert (amended.status_code, amended.json["obligation_id"]) == (201, None), amended.text
    assert owed(session, placed) == [(1, BEFORE, "authorised", 0)]
    settle()
    assert status(session, placed).value == "new"
    prepare(placed)
    assert owed(session, placed) == [(1, BEFORE, "captured", BEFORE - MUG)]
    assert run_checks() == []


def test_a_till_ends_the_payment_page_unless_its_customer_was_quicker(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed, quicker = place(), place()
    page = start(placed)
    assert type_card(start(quicker)) == 303
    taken, nothing = ring(client, placed, shop), ring(client, quicker, shop)

    assert (taken.status_code, taken.json["due_minor"]) == (200, 0), taken.text
    assert type_card(page) == 410
    assert problem(nothing) == (409, "nothing-due")
    settle()
    assert [status(session, each).value for each in (placed, quicker)] == ["new", "new"]
    assert paid_minor(session, placed.id) == BEFORE
    assert paid_minor(session, quicker.id) == 0, "what the card holds is taken at ready"
    assert owed(session, quicker) == [(1, BEFORE, "authorised", 0)]
    assert run_checks() == []


def test_what_a_till_rang_up_is_paid_and_a_card_that_pays_after_it_lets_go(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    page = start(placed)
    number = show_order_number(queries.get_order(session, placed.id, actor=SYSTEM).number)
    line = {"order_number": number, "quantity": 1, "amount_minor": BEFORE}
    rung = open_till(client, session).ring_up(line)
    assert [each["outcome"] for each in rung.json["hand_overs"]] == ["paid"]
    assert (status(session, placed).value, type_card(page)) == ("new", 303)
    assert placed.obligation_id is not None
    payments.jobs.refresh_checkout(placed.obligation_id)
    settle()
    assert owed(session, placed) == [(1, BEFORE, "cancelled", 0)]
    assert paid_minor(session, placed.id) == BEFORE
    assert run_checks() == []


def test_without_an_answer_of_the_provider_nothing_is_changed_while_somebody_may_be_paying(
    client: FlaskClient, session: Session, shop: Shop
) -> None:
    placed = place()
    page = start(placed)
    answering = gateway.settings()
    gateway.configure(replace(answering, stripe_api_url="http://127.0.0.1:9"))
    refused = [ask(client, placed, shop), ring(client, placed, shop)]
    gateway.configure(answering)

    assert {problem(each) for each in refused} == {(409, "payment-unsettled")}
    assert owed(session, placed) == [(1, BEFORE, "opened", 0)]
    assert queries.get_order(session, placed.id, actor=SYSTEM).version == 1
    assert type_card(page) == 303
    assert placed.obligation_id is not None
    payments.jobs.refresh_checkout(placed.obligation_id)
    drain()
    assert status(session, placed).value == "new"
    assert run_checks() == []
