"""Why a store has what it has of an article, now or at a past moment; correcting it, and asking."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import orders.queries
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, read_form
from app.admin.scope import get_place
from app.admin.stock_parts import carry_out, offer_of, show_stock
from app.admin.stock_reading import read_whole
from app.admin.stock_rules import say_rule
from app.admin.stock_words import ADJUSTMENTS, CAUSES, TASKS, say_movement, say_reason
from app.i18n import gettext as _
from inventory.commands import Adjust, AdjustReason
from inventory.errors import NotOnShelf
from inventory.queries import Explanation, LedgerLine, MovementFacts
from kernel.db import transaction
from kernel.fields import QUANTITY_MAX
from kernel.ids import show_order_number
from kernel.web import ID_MAX, current_actor, declare
from orders.queries import OwnerFacts
from stores.queries import StoreFacts

LEDGER_LINES: Final = 60


@blueprint.get("/stock/<string:sku>/<string:code>")
@declare(permission="stock.read")
def ledger(sku: str, code: str) -> Any:  # noqa: ANN401 (a page)
    """Show why a store has what it has: the sum taken apart, then every line of the ledger."""
    answers = Answers(request.args)
    with transaction() as session:
        return _page(session, sku, code, answers)


@blueprint.post("/stock/<string:sku>/<string:code>/adjust")
@declare(permission="stock.adjust")
def adjust(sku: str, code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Correct what is on hand, with a reason."""
    answers = read_form()
    delta = read_whole(
        answers,
        "delta",
        _("A whole number: 2 for two more, -2 for two fewer."),
        least=-QUANTITY_MAX,
    )
    reason = answers.choice("reason", AdjustReason, _("Say why: the ledger keeps it."))
    note = answers.text("note")
    if delta == 0:
        answers.errors["delta"] = _("Zero changes nothing.")

    def act(session: Session) -> str:
        store = get_place(session, code, current_actor())
        if delta and reason:
            command = Adjust(store.id, {sku: delta}, reason, note or None)
            inventory.services.adjust(session, command, actor=current_actor())
        return go_to("ledger", sku=sku, code=code, done="adjusted")

    return carry_out(
        act,
        answers=answers,
        page=lambda session: _page(session, sku, code, answers),
        beside={NotOnShelf: "delta"},
    )


@blueprint.post("/stock/<string:sku>/<string:code>/ask-count")
@declare(permission="stock.adjust")
def ask_count(sku: str, code: str) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Have somebody of the store count this article."""
    answers = read_form()
    note = answers.text("why_count")

    def act(session: Session) -> str:
        store = get_place(session, code, current_actor())
        inventory.services.ask_count(
            session, location_id=store.id, skus=[sku], note=note or None, actor=current_actor()
        )
        return go_to("ledger", sku=sku, code=code, done="asked")

    return carry_out(
        act,
        answers=answers,
        page=lambda session: _page(session, sku, code, answers),
        beside={},
    )


def _page(session: Session, sku: str, code: str, answers: Answers) -> str:
    actor = current_actor()
    store = get_place(session, code, actor)
    at = _past_moment(answers, store)
    offer = offer_of(session, sku, store)
    why = inventory.queries.explain_level(session, location_id=store.id, sku=sku, at=at)
    lines = inventory.queries.list_ledger(
        session, location_id=store.id, sku=sku, at=at, before=_before(), limit=LEDGER_LINES
    )
    owners = orders.queries.list_owners(session, _parcels(why, lines), actor=actor)
    verdict = why.verdict
    return show_stock(
        "why.html",
        part="stock",
        sku=sku,
        offer=offer,
        store=store,
        why=why,
        since=_since(why),
        basis=_(CAUSES[why.basis.cause]) if why.basis else "",
        owed=[(each, _order(owners, each.fulfillment_id)) for each in why.owed],
        doubts=[(each, say_reason(each.reason)) for each in why.doubts],
        task=_(TASKS[why.task.cause.value]) if why.task else "",
        winner=say_rule(session, verdict.winner) if verdict and verdict.winner else None,
        losers=[say_rule(session, each) for each in verdict.losers] if verdict else [],
        lines=[_told(each, owners) for each in lines],
        doubted=any(each.movement.quarantined_delta for each in lines),
        older=lines[-1].movement.id if len(lines) == LEDGER_LINES else None,
        at=asked("at"),
        now=store.asked_at.astimezone(ZoneInfo(store.time_zone)).strftime("%Y-%m-%dT%H:%M"),
        can_adjust=actor.may("stock.adjust") and at is None,
        reasons=[
            ("", _("Choose a reason")),
            *((key, _(said)) for key, said in ADJUSTMENTS.items()),
        ],
        typed=answers.typed,
        errors=answers.errors,
        done=asked("done"),
    )


def _past_moment(answers: Answers, store: StoreFacts) -> datetime | None:
    if not asked("at"):
        return None
    said = Answers(request.args)
    at = said.moment("at", _("Say which moment: a day and a time."), zone=store.time_zone)
    if at is not None and at >= store.asked_at:
        said.errors["at"] = _("This moment has not come yet. Choose a past one.")
    answers.errors.update(said.errors)
    return None if said.errors else at


def _before() -> int | None:
    said = asked("before")
    return min(int(said), ID_MAX) if said.isascii() and said.isdigit() else None


def _parcels(why: Explanation, lines: list[LedgerLine]) -> list[UUID]:
    causes = [each.movement.cause_id for each in lines]
    return [each.fulfillment_id for each in why.owed] + [each for each in causes if each]


def _order(owners: dict[UUID, OwnerFacts], owner_id: UUID | None) -> dict[str, str] | None:
    owner = owners.get(owner_id) if owner_id else None
    if owner is None:
        return None
    number = owner.order_number
    return {"number": number, "shown": show_order_number(number), "kind": owner.kind.value}


def _since(why: Explanation) -> list[tuple[str, int]]:
    """Return what moved on hand since somebody last said what is there: in words, and by how much.

    What a count or feed is said to have found is its own line; all else goes by kind.
    """
    return [(say_movement(each.kind, ""), each.on_hand) for each in why.since if each.on_hand]


def _told(each: LedgerLine, owners: dict[UUID, OwnerFacts]) -> dict[str, Any]:
    line: MovementFacts = each.movement
    return {
        "line": line,
        "what": say_movement(line.kind, line.cause),
        "why": say_reason(line.reason),
        "order": _order(owners, line.cause_id),
        "transfer_id": line.cause_id if line.cause == "transfer" else None,
        "after": each,
    }
