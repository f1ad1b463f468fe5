"""Counts: asking for one, taking figures down, and deciding on what differs."""

from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import catalog.queries
import inventory.queries
import inventory.services
import stores.queries
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, one_of, read_form, read_id
from app.admin.scope import get_place, list_places
from app.admin.stock_parts import ROWS_A_PAGE, carry_out, find_here, name_skus, show_stock
from app.admin.stock_reading import read_figures, read_skus
from app.admin.stock_words import COUNTS
from app.i18n import current
from app.i18n import gettext as _
from catalog.errors import UnknownCategory, UnknownSku
from inventory.commands import CountStatus, OpenCount
from inventory.errors import NotCounted, NothingToCount, OwnCount, UnknownTask
from inventory.queries import CountFacts, CountLineFacts
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor, declare

ENTERED_A_PAGE: Final = 100
FINISH: Final = "finish"
WRONG: Final[dict[type[Refusal], str]] = {
    UnknownSku: "lines",
    UnknownCategory: "category",
    NothingToCount: "lines",
    UnknownTask: "lines",
}


@blueprint.get("/counts", endpoint="counts")
@declare(permission="stock.count")
def list_counts() -> Any:  # noqa: ANN401 (a page)
    """Show the counts of a store, newest first."""
    state = one_of(CountStatus, asked("state"))
    with transaction() as session:
        here = find_here(session, "counts")
        found = inventory.queries.list_counts(
            session,
            location_id=here.place.id,
            statuses=[state] if state else (),
            before=read_id(asked("before")),
            limit=ROWS_A_PAGE,
        )
    kept: dict[str, Any] = {"store": here.place.code, "state": state.value if state else None}
    older = url_for("office.counts", before=found[-1].id, **kept) if _full(found) else None
    return show_stock(
        "counts.html", part="counts", here=here, counts=found, state=asked("state"), older=older,
        states=COUNTS,
    )  # fmt: skip


@blueprint.get("/counts/new")
@declare(permission="stock.count")
def new_count() -> str:
    """Ask what to count."""
    with transaction() as session:
        return _new(session, Answers({"store": asked("store")}))


@blueprint.post("/counts")
@declare(permission="stock.count")
def open_count() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Begin to count articles, a category, or what tasks ask for."""
    answers = read_form()
    note = answers.text("note")
    tasks = [found for each in request.form.getlist("task") if (found := read_id(each))]

    with transaction() as session:
        skus = read_skus(session, answers)

    def act(session: Session) -> str:
        place = get_place(session, answers.typed.get("store", ""), current_actor())
        category = answers.typed.get("category") or None
        command = OpenCount(place.id, skus, category, tasks, note or None)
        count_id = inventory.services.open_count(session, command, actor=current_actor())
        return go_to("count", count_id=count_id)

    return carry_out(
        act, answers=answers, page=lambda session: _new(session, answers), beside=WRONG
    )


@blueprint.get("/counts/<uuid:count_id>")
@declare(permission="stock.count")
def count(count_id: UUID) -> str:
    """Show a count: what to write down, or what differed."""
    with transaction() as session:
        return _page(session, count_id, Answers({}))


@blueprint.post("/counts/<uuid:count_id>/enter")
@declare(permission="stock.count")
def enter_count(count_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Take figures down, and finish counting when asked to."""
    answers, actor = read_form(), current_actor()
    figures = read_figures(answers, request.form.getlist("sku"))
    finishes = answers.typed.get("then") == FINISH

    def act(session: Session) -> str:
        inventory.queries.get_count(session, count_id, actor=actor)
        if figures:
            inventory.services.enter_count(session, count_id, counted=figures, actor=actor)
        if finishes:
            inventory.services.submit_count(session, count_id, actor=actor)
        after = None if finishes else answers.typed.get("next") or None
        return go_to("count", count_id=count_id, after=after, done="saved")

    return carry_out(
        act,
        answers=answers,
        page=lambda session: _page(session, count_id, answers),
        beside={NotCounted: "figures"},
    )


@blueprint.post("/counts/<uuid:count_id>/cancel")
@declare(permission="stock.count")
def cancel_count(count_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Give up counting."""
    return _decide(
        count_id,
        lambda session: inventory.services.cancel_count(session, count_id, actor=current_actor()),
    )


@blueprint.post("/counts/<uuid:count_id>/approve")
@declare(permission="stock.approve")
def approve_count(count_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Book the differences."""
    return _decide(
        count_id,
        lambda session: inventory.services.approve_count(session, count_id, actor=current_actor()),
    )


@blueprint.post("/counts/<uuid:count_id>/reject")
@declare(permission="stock.approve")
def reject_count(count_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Book nothing, and say why."""
    answers = read_form()
    reason = answers.text("reason", _("Say why: whoever counted will read it."))
    return _decide(
        count_id,
        lambda session: inventory.services.reject_count(
            session, count_id, reason=reason, actor=current_actor()
        ),
        answers,
    )


def _decide(count_id: UUID, act: Any, answers: Answers | None = None) -> Any:  # noqa: ANN401 (a use case; an answer)
    said = answers or read_form()

    def done(session: Session) -> str:
        act(session)
        return go_to("count", count_id=count_id)

    return carry_out(
        done,
        answers=said,
        page=lambda session: _page(session, count_id, said),
        beside={OwnCount: "decision"},
    )


def _full(found: list[Any]) -> bool:
    return len(found) == ROWS_A_PAGE


def _new(session: Session, answers: Answers) -> str:
    places = list_places(session, current_actor())
    categories = catalog.queries.list_categories(session, language=current())
    return show_stock(
        "count_new.html",
        part="counts",
        places=[(each.code, each.name) for each in places],
        categories=[("", _("No category")), *((each.code, each.name) for each in categories)],
        typed=answers.typed,
        errors=answers.errors,
    )


def _page(session: Session, count_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    found = inventory.queries.get_count(session, count_id, actor=actor)
    lines = inventory.queries.list_count_lines(
        session, found, after=asked("after"), limit=ENTERED_A_PAGE
    )
    more = lines[-1].sku if len(lines) == ENTERED_A_PAGE else ""
    place = stores.queries.get_store_by_id(session, found.location_id)
    return show_stock(
        "count.html",
        part="counts",
        count=found,
        lines=lines,
        units=None if more or asked("after") else _units(lines),
        next=more,
        names=name_skus(session, [each.sku for each in lines]),
        store=place,
        state=COUNTS[found.status],
        may_decide=actor.may("stock.approve") and found.status == CountStatus.SUBMITTED.value,
        is_own=_is_own(found),
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
    )


def _is_own(found: CountFacts) -> bool:
    """Tell whether the actor counted this and so may not decide; an administrator always may."""
    actor = current_actor()
    return found.opened_by == actor.id and not actor.is_central


def _units(lines: list[CountLineFacts]) -> tuple[int, int]:
    """Return how many units too many and too few the lines of this page say."""
    changes = [each.difference for each in lines if each.difference]
    return sum(each for each in changes if each > 0), -sum(each for each in changes if each < 0)
