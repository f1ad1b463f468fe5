"""Reserving without paying, and the time in which a customer thinks again alone."""

from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text

import orders.jobs
import stores.services
from app.cli.check import run_checks
from kernel.actors import SYSTEM
from notifications.models import Message
from notifications.services.cases import read_case
from notifications.services.rendering import render
from stores.commands import Scope, SetRule
from tests.conftest import order_body
from tests.orders.conftest import Counter
from tests.orders.delivering import tell
from tests.unmoved import nothing_moves, problem

TENT, MUG = 8990, 1290


def rule(counter: Counter, **values: int | str) -> None:
    """Have settings hold in Lyon."""
    for key, value in values.items():
        stores.services.set_setting(
            counter.session, SetRule(Scope.STORE, "lyon", key, value), actor=SYSTEM
        )
    counter.session.commit()


def reserve(counter: Counter, **changes: Any) -> Any:
    return counter.place(reservation=True, **changes)


def facts(counter: Counter) -> Any:
    row = counter.session.execute(
        text(
            "SELECT f.*, o.formation, now() AS now FROM fulfillment f"
            " JOIN sales_order o ON o.id = f.order_id WHERE f.id = :id"
        ),
        {"id": counter.parcel},
    )
    return row.one()


def minutes(span: timedelta) -> int:
    """Return about how many minutes: the promise was made a moment before the order."""
    return round(span / timedelta(minutes=1))


def reserved(counter: Counter) -> dict[str, tuple[int, int]]:
    rows = counter.session.execute(
        text(
            "SELECT l.sku, on_hand, reserved FROM stock_level l"
            " JOIN location o ON o.id = l.location_id WHERE o.code = 'lyon'"
        )
    )
    return {row.sku: (row.on_hand, row.reserved) for row in rows}


def messages(counter: Counter) -> list[str]:
    tell(counter.session)
    return list(
        counter.session.execute(
            text("SELECT template FROM message WHERE channel = 'email' ORDER BY id")
        ).scalars()
    )


def broken(counter: Counter) -> list[str]:
    counter.session.commit()
    return [each.check.id for each in run_checks()]


def test_a_reservation_is_confirmed_kept_for_hours_bought_in_part_and_the_rest_is_free(
    counter: Counter,
) -> None:
    rule(counter, reservation="on", reservation_hold_hours=24)
    assert reserve(counter).status_code == 201
    first = facts(counter)
    assert (first.formation, first.status) == ("reservation", "new")
    assert minutes(first.accept_by - first.created_at) == 60
    for step in ("accept", "start-picking"):
        assert counter.do(step).status_code == 200
    items = order_body()["items"]
    assert counter.do("pick", {"items": items}).status_code == 200
    assert counter.do("ready").status_code == 200
    ready = facts(counter)
    assert (ready.collect_by - ready.ready_at).total_seconds() == 24 * 3600

    bought = counter.hand_over(
        fulfillment_id=counter.parcel, items=[{"sku": "MUG-BLUE", "quantity": 1}]
    )

    assert bought.status_code == 201, bought.text
    assert (counter.status(), bought.json["status"]) == ("handed_over", "handed_over")
    paid = counter.session.execute(text("SELECT amount_minor FROM till_payment")).scalar_one()
    assert paid == MUG
    tasks = counter.session.execute(text("SELECT quantities, why FROM put_back")).one()
    assert tuple(tasks) == ({"TENT-2P": 1, "MUG-BLUE": 1}, "refused")
    levels = reserved(counter)
    assert (levels["MUG-BLUE"], levels["TENT-2P"]) == ((9, 1), (10, 1))
    assert messages(counter) == ["confirmation", "ready", "receipt"]
    assert broken(counter) == []


def test_a_reservation_nobody_confirms_ends_free_of_charge_and_the_customer_is_told(
    counter: Counter,
) -> None:
    rule(counter, reservation="on")
    reserve(counter)
    assert orders.jobs.lapse_reservations() == 0
    counter.session.execute(
        text("UPDATE fulfillment SET accept_by = now() - interval '1 second' WHERE id = :id"),
        {"id": counter.parcel},
    )
    counter.session.commit()
    assert orders.jobs.lapse_reservations() == 1
    assert orders.jobs.lapse_reservations() == 0
    assert counter.status() == "cancelled"
    assert reserved(counter)["MUG-BLUE"] == (10, 0)
    assert messages(counter) == ["confirmation", "cancelled"]
    told = text("SELECT reason FROM event WHERE name = 'fulfillment.cancelled.v1'")
    assert counter.session.execute(told).scalar_one() == "unconfirmed"
    assert broken(counter) == []


def test_who_reserves_too_much_or_too_often_is_refused_and_nothing_moves(counter: Counter) -> None:
    counter.session.commit()
    with nothing_moves(counter.session.connection()):
        assert problem(reserve(counter)) == (409, "reservation-not-offered")
    rule(counter, reservation="on", reservations_max=1, reservation_units_max=2)
    many = [{"sku": "MUG-BLUE", "quantity": 3}]
    with nothing_moves(counter.session.connection()):
        refused = reserve(counter, items=many)
    assert problem(refused) == (409, "too-many-reserved")
    assert (refused.json["most"], refused.json["skus"]) == (2, ["MUG-BLUE"])
    assert reserve(counter).status_code == 201
    counter.session.commit()
    again = {"first_name": "C", "last_name": "D", "phone": "+33639981234"}
    with nothing_moves(counter.session.connection()):
        refused = counter.ask(
            "orders",
            order_body(reservation=True, customer=again),
            key=counter.shop.integration,
        )
    assert problem(refused) == (409, "too-many-reservations")
    assert counter.place().status_code == 201


def test_a_store_does_not_see_what_its_customer_may_still_call_off(counter: Counter) -> None:
    rule(counter, remorse_min=10)
    counter.place()
    parcel = facts(counter)
    assert minutes(parcel.release_at - parcel.created_at) == 10
    assert minutes(parcel.accept_by - parcel.release_at) == 15

    def board() -> list[str]:
        headers = {"Authorization": f"Bearer {counter.shop.associate}"}
        listed = counter.client.get("/api/v1/fulfillments?store=lyon", headers=headers)
        return [each["id"] for each in listed.json["fulfillments"]]

    assert board() == []
    assert problem(counter.do("accept")) == (409, "not-released")
    walk = counter.ask("stores/lyon/waves", {})
    assert problem(walk) == (409, "nothing-to-pick")
    counter.session.execute(text("UPDATE fulfillment SET release_at = now()"))
    counter.session.commit()
    assert board() == [counter.parcel]
    assert counter.do("accept").status_code == 200


SAID: Final = {
    "fr": ("vous pouvez l’annuler vous-même", "annulable d'ici"),
    "en": ("you can cancel it yourself", "cancel until"),
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_confirmation_says_until_when_it_can_be_called_off_at_will(
    counter: Counter, language: str
) -> None:
    rule(counter, remorse_min=60)
    who = {"last_name": "Durand"}
    for point in ({"email": "chloe@example.org"}, {"phone": "+33639981234"}):
        counter.place(customer=who | point, language=language)
    tell(counter.session)

    def letters() -> list[Any]:
        messages = counter.session.query(Message).order_by(Message.id)
        return [render(each, read_case(counter.session, each)) for each in messages]

    for letter, words in zip(letters(), SAID[language], strict=True):
        assert words in letter.text
    counter.session.execute(text("UPDATE fulfillment SET release_at = now()"))
    for letter, words in zip(letters(), SAID[language], strict=True):
        assert words not in letter.text  # it is too late when it is sent again


@pytest.mark.parametrize("channel", ["store", "web"])
def test_what_is_ordered_in_the_store_is_shown_at_once(counter: Counter, channel: str) -> None:
    rule(counter, remorse_min=10)
    key = counter.shop.associate if channel == "store" else counter.shop.integration
    placed = counter.ask("orders", order_body(channel=channel), key=key)
    counter.order = dict(placed.json)
    assert (facts(counter).release_at is None) == (channel == "store")
