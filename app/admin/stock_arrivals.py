"""Arrivals: what a store expects, booking it in whole or in part, and what nobody expected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import get_place
from app.admin.stock_parts import carry_out, find_here, name_skus, show_stock
from app.admin.stock_reading import read_day, read_figures, read_lines
from app.i18n import gettext as _
from inventory.commands import ExpectGoods
from inventory.errors import UnknownIncoming
from inventory.queries import IncomingFacts
from kernel.db import transaction
from kernel.web import current_actor, declare
from stores.queries import StoreFacts

ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is expected on one day under one reference; by a transfer, when it has one."""

    expected_on: date
    reference: str | None
    transfer_id: UUID | None
    lines: tuple[IncomingFacts, ...]
    late: bool


@blueprint.get("/arrivals", endpoint="arrivals")
@declare(permission="stock.read")
def list_arrivals() -> str:
    """Show what a store expects, the oldest day first."""
    with transaction() as session:
        return _page(session, Answers({}))


@blueprint.post("/arrivals/<string:code>/expect")
@declare(permission="stock.receive")
def expect_goods(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have a store expect goods on a day."""
    answers, actor = read_form(), current_actor()
    reference = answers.text("reference", longest=60)
    day = read_day(answers, "expected_on", _("Say on which day it arrives."))
    with transaction() as session:
        quantities = read_lines(session, answers)

    def act(session: Session) -> str:
        place = get_place(session, code, actor)
        if day is not None:
            command = ExpectGoods(place.id, quantities, day, reference or None)
            inventory.services.expect_goods(session, command, actor=actor)
        return go_to("arrivals", store=code, done="expected")

    return _answer(act, answers)


@blueprint.post("/arrivals/<string:code>/receive")
@declare(permission="stock.receive")
def receive(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Book in what came of a delivery: all of it, or part."""
    answers, actor = read_form(), current_actor()
    figures = read_figures(answers, request.form.getlist("line"))
    came = {found: count for key, count in figures.items() if count and (found := read_id(key))}
    delivery = answers.typed.get("delivery", "")
    if not came and not answers.errors:
        answers.errors[f"delivery-{delivery}"] = _("Say how many of at least one article came.")

    def act(session: Session) -> str:
        place = get_place(session, code, actor)
        expected = {each.id: each for each in _expected(session, place)}
        if not came.keys() <= expected.keys():
            raise UnknownIncoming(location_id=str(place.id))
        quantities: dict[str, int] = {}
        for incoming_id, count in came.items():
            sku = expected[incoming_id].sku
            quantities[sku] = quantities.get(sku, 0) + count
        inventory.services.receive(
            session,
            location_id=place.id,
            quantities=quantities,
            incoming_ids=sorted(came),
            actor=actor,
        )
        return go_to("arrivals", store=code, done="received")

    return _answer(act, answers)


@blueprint.post("/arrivals/<string:code>/unexpected")
@declare(permission="stock.receive")
def receive_unexpected(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Book in goods that nobody had announced."""
    answers, actor = read_form(), current_actor()
    with transaction() as session:
        quantities = read_lines(session, answers, "came")

    def act(session: Session) -> str:
        place = get_place(session, code, actor)
        inventory.services.receive(
            session, location_id=place.id, quantities=quantities, actor=actor
        )
        return go_to("arrivals", store=code, done="received")

    return _answer(act, answers)


@blueprint.post("/arrivals/<string:code>/close")
@declare(permission="stock.receive")
def close_arrival(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Expect the rest of a delivery no longer."""
    answers, actor = read_form(), current_actor()
    delivery = answers.typed.get("delivery", "")
    name = f"reason-{delivery}"
    reason = answers.text(name, _("Say why it does not come."))
    lines = [found for each in request.form.getlist("line") if (found := read_id(each))]

    def act(session: Session) -> str:
        get_place(session, code, actor)
        for incoming_id in lines:
            inventory.services.close_incoming(session, incoming_id, reason=reason, actor=actor)
        return go_to("arrivals", store=code, done="closed")

    return _answer(act, answers)


@blueprint.post("/arrivals/<string:code>/move")
@declare(permission="stock.receive")
def move_arrival(code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Expect a delivery on another day."""
    answers, actor = read_form(), current_actor()
    delivery = answers.typed.get("delivery", "")
    day = read_day(answers, f"day-{delivery}", _("Say on which day it arrives."))
    lines = [found for each in request.form.getlist("line") if (found := read_id(each))]

    def act(session: Session) -> str:
        get_place(session, code, actor)
        for incoming_id in lines:
            if day is not None:
                inventory.services.move_incoming(session, incoming_id, expected_on=day, actor=actor)
        return go_to("arrivals", store=code, done="moved")

    return _answer(act, answers)


def _answer(act: Any, answers: Answers) -> Any:  # noqa: ANN401 (a use case; an answer)
    return carry_out(
        act,
        answers=answers,
        page=lambda session: _page(session, answers),
        beside={UnknownIncoming: "gone"},
    )


def _expected(session: Session, place: StoreFacts) -> Iterator[IncomingFacts]:
    """Yield all that a store expects."""
    after = None
    while page := inventory.queries.list_incoming(session, location_id=place.id, after=after):
        yield from page
        after = page[-1].expected_on, page[-1].id


def _page(session: Session, answers: Answers) -> str:
    actor = current_actor()
    code = (request.view_args or {}).get("code")
    here = find_here(session, "incoming", code=code)
    after = _after()
    expected = inventory.queries.list_incoming(
        session, location_id=here.place.id, after=after, limit=ROWS
    )
    today = here.place.asked_at.astimezone(ZoneInfo(here.place.time_zone)).date()
    last = expected[-1] if len(expected) == ROWS else None
    cursor = f"{last.expected_on}~{last.id}" if last else None
    return show_stock(
        "arrivals.html",
        part="arrivals",
        here=here,
        deliveries=list(_deliveries(expected, today)),
        names=name_skus(session, {each.sku for each in expected}),
        may_receive=actor.may("stock.receive"),
        suggested=(today + timedelta(days=1)).isoformat(),
        older=url_for("office.arrivals", store=here.place.code, after=cursor) if last else None,
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
    )


def _after() -> tuple[date, UUID] | None:
    day, _sign, last = asked("after").partition("~")
    found = read_id(last)
    try:
        return (date.fromisoformat(day), found) if found else None
    except ValueError:
        return None


def _deliveries(expected: Iterable[IncomingFacts], today: date) -> Iterable[Delivery]:
    """Yield what is expected by day, then by what it comes with."""
    ordered = sorted(expected, key=lambda each: (each.expected_on, each.reference or "", each.sku))
    by = groupby(ordered, key=lambda each: (each.expected_on, each.reference, each.transfer_id))
    for (day, reference, transfer_id), lines in by:
        yield Delivery(day, reference, transfer_id, tuple(lines), late=day < today)
