"""What stock gives people to do: counts asked for, shortages, and what runs low."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import stores.queries
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, read_form, read_id
from app.admin.scope import get_place
from app.admin.stock_parts import IDLE, carry_out, find_here, name_skus, show_stock
from app.admin.stock_words import TASKS, say_reason
from app.i18n import gettext as _
from inventory.errors import StillShort, UnknownShortage, UnknownTask
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor, declare
from stores.errors import UnknownStaff

ROWS: Final = 50
WRONG: Final[dict[type[Refusal], str]] = {
    UnknownTask: "gone",
    UnknownShortage: "gone",
    UnknownStaff: "gone",
}


@blueprint.get("/to-do", endpoint="to_do")
@declare(permission="stock.count")
def list_to_do() -> str:
    """Show what a store has to do about its stock, what is most pressing first."""
    with transaction() as session:
        return _page(session, Answers({}))


@blueprint.post("/to-do/<string:code>/tasks/<uuid:task_id>/take")
@declare(permission="stock.count")
def take_task(code: str, task_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Count this oneself."""
    return _do(
        code,
        lambda session: inventory.services.take_task(session, task_id, actor=current_actor()),
    )


@blueprint.post("/to-do/<string:code>/tasks/<uuid:task_id>/assign")
@declare(permission="stock.adjust")
def assign_task(code: str, task_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Have somebody of the store count this."""
    owner = read_id(request.form.get("owner", ""))

    def act(session: Session) -> None:
        if owner is None:
            raise UnknownStaff(staff_id="")
        inventory.services.assign_task(session, task_id, owner_id=owner, actor=current_actor())

    return _do(code, act)


@blueprint.post("/to-do/<string:code>/shortages/<uuid:shortage_id>/take")
@declare(permission="stock.count")
def take_shortage(code: str, shortage_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Find the way out of a shortage oneself."""
    return _do(
        code,
        lambda session: inventory.services.take_shortage(
            session, shortage_id, actor=current_actor()
        ),
    )


@blueprint.post("/to-do/<string:code>/shortages/<uuid:shortage_id>/close")
@declare(permission="stock.adjust")
def close_shortage(code: str, shortage_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Close a shortage that is covered, saying how."""
    answers = read_form()
    name = f"resolution-{shortage_id}"
    said = answers.text(name, _("Say how it was resolved."))
    return _do(
        code,
        lambda session: inventory.services.close_shortage(
            session, shortage_id, resolution=said, actor=current_actor()
        ),
        answers,
        {StillShort: name},
    )


def _do(
    code: str,
    act: Any,  # noqa: ANN401 (a use case)
    answers: Answers | None = None,
    more: dict[type[Refusal], str] | None = None,
) -> Any:  # noqa: ANN401 (a redirect, or the page)
    said = answers or read_form()

    def done(session: Session) -> str:
        get_place(session, code, current_actor())
        act(session)
        return go_to("to_do", store=code)

    return carry_out(
        done,
        answers=said,
        page=lambda session: _page(session, said, code),
        beside={**WRONG, **(more or {})},
    )


def _page(session: Session, answers: Answers, code: str | None = None) -> str:
    actor = current_actor()
    here = find_here(session, "tasks", code=code)
    place = here.place
    tasks = inventory.queries.list_tasks(
        session, location_id=place.id, after=_after("tasks"), limit=ROWS
    )
    shortages = inventory.queries.list_shortages(
        session, location_id=place.id, after=_after("shortages"), limit=ROWS
    )
    units = place.rules.low_stock_units
    scarce = inventory.queries.list_scarce(
        session, location_id=place.id, units=units, after=asked("low"), limit=ROWS
    )
    staff = stores.queries.list_staff(session, location_id=place.id)
    asked_of = [each.sku for each in tasks] + [each.sku for each in shortages]
    return show_stock(
        "todo.html",
        part="to_do",
        here=here,
        others=[(each, here.work.get(each.id, IDLE)) for each in here.places],
        tasks=[(each, _(TASKS[each.cause]), say_reason(each.note)) for each in tasks],
        shortages=shortages,
        scarce=scarce,
        units=units,
        names=name_skus(session, [*asked_of, *(each.sku for each in scarce)]),
        staff=[(str(each.id), each.name) for each in staff if each.active],
        actor_id=actor.id,
        may_adjust=actor.may("stock.adjust"),
        more_tasks=_more("tasks", place.code, tasks),
        more_shortages=_more("shortages", place.code, shortages),
        more_scarce=url_for("office.to_do", store=place.code, low=scarce[-1].sku)
        if len(scarce) == ROWS
        else None,
        typed=answers.typed,
        errors=answers.errors,
    )


def _more(name: str, code: str, found: Any) -> str | None:  # noqa: ANN401 (tasks or shortages)
    if len(found) < ROWS:
        return None
    cursor = f"{found[-1].due_at.isoformat()}~{found[-1].id}"
    kept: dict[str, Any] = {"store": code, name: cursor}
    return url_for("office.to_do", **kept)


def _after(name: str) -> tuple[datetime, UUID] | None:
    due, _sign, last = asked(name).partition("~")
    found = read_id(last)
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return None
    return (at, found) if found and at.tzinfo else None
