"""Transfers: drafted by either end, sent by one, received by the other, closed with reasons."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import stores.queries
from app.admin.blueprint import blueprint, go_to
from app.admin.reading import Answers, asked, one_of, read_form, read_id
from app.admin.scope import list_everywhere
from app.admin.stock_parts import ROWS_A_PAGE, carry_out, find_here, name_skus, show_stock
from app.admin.stock_reading import read_day, read_figures, read_lines
from app.admin.stock_words import MISSING, TRANSFERS
from app.i18n import gettext as _
from catalog.errors import UnknownSku
from inventory.commands import Direction, DraftTransfer, MissingReason, TransferStatus
from inventory.errors import NotInTransfer, OutOfStock, ReasonMissing, SamePlace, WrongEnd
from inventory.queries import TransferFacts, TransferLineFacts
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.web import current_actor, declare
from stores.errors import UnknownLocation

UNDERWAY: Final = frozenset({TransferStatus.SENT.value, TransferStatus.PART_RECEIVED.value})
DRAFT: Final = TransferStatus.DRAFT.value
WRONG: Final[dict[type[Refusal], str]] = {
    UnknownSku: "lines",
    SamePlace: "to",
    UnknownLocation: "to",
    OutOfStock: "expected_on",
    WrongEnd: "step",
    NotInTransfer: "step",
    ReasonMissing: "step",
}


@blueprint.get("/transfers", endpoint="transfers")
@declare(permission="stock.read")
def list_transfers() -> str:
    """Show what leaves and reaches a store, newest first."""
    way = one_of(Direction, asked("way")) or Direction.BOTH
    with transaction() as session:
        here = find_here(session, "transfers")
        found = inventory.queries.list_transfers(
            session,
            location_id=here.place.id,
            direction=way,
            before=read_id(asked("before")),
            limit=ROWS_A_PAGE,
        )
    kept: dict[str, Any] = {"store": here.place.code, "way": asked("way") or None}
    full = len(found) == ROWS_A_PAGE
    return show_stock(
        "transfers.html",
        part="transfers",
        here=here,
        transfers=found,
        states=TRANSFERS,
        way=asked("way"),
        may_move=current_actor().may("stock.move"),
        older=url_for("office.transfers", before=found[-1].id, **kept) if full else None,
    )


@blueprint.get("/transfers/new")
@declare(permission="stock.move")
def new_transfer() -> str:
    """Ask what is to go from where to where."""
    with transaction() as session:
        return _new(session, Answers({"from": asked("store")}))


@blueprint.post("/transfers")
@declare(permission="stock.move")
def draft_transfer() -> Any:  # noqa: ANN401 (a page or a redirect)
    """Write down what is to go; nothing moves yet."""
    answers, actor = read_form(), current_actor()
    note = answers.text("note")
    sender = answers.text("from", _("Choose where it leaves."))
    receiver = answers.text("to", _("Choose where it goes."))
    with transaction() as session:
        quantities = read_lines(session, answers)

    def act(session: Session) -> str:
        ends = [stores.queries.get_store(session, code).id for code in (sender, receiver)]
        command = DraftTransfer(ends[0], ends[1], quantities, note or None)
        transfer_id, _number = inventory.services.draft_transfer(session, command, actor=actor)
        return go_to("transfer", transfer_id=transfer_id)

    return carry_out(
        act, answers=answers, page=lambda session: _new(session, answers), beside=WRONG
    )


@blueprint.get("/transfers/<uuid:transfer_id>")
@declare(permission="stock.read")
def transfer(transfer_id: UUID) -> str:
    """Show a transfer: how far it is, what is in it, and the next step."""
    with transaction() as session:
        return _page(session, transfer_id, Answers({}))


@blueprint.post("/transfers/<uuid:transfer_id>/send")
@declare(permission="stock.move")
def send_transfer(transfer_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Take the goods off the sender's shelf: they are on the way."""
    answers, actor = read_form(), current_actor()
    day = read_day(answers, "expected_on", _("Say on which day it arrives."))

    def act(session: Session) -> str:
        if day is not None:
            inventory.services.send_transfer(session, transfer_id, expected_on=day, actor=actor)
        return go_to("transfer", transfer_id=transfer_id)

    return _step(transfer_id, act, answers)


@blueprint.post("/transfers/<uuid:transfer_id>/receive")
@declare(permission="stock.move")
def receive_transfer(transfer_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Put what arrived on the receiver's shelf; the rest stays on the way."""
    answers, actor = read_form(), current_actor()
    figures = read_figures(answers, _skus(answers))
    arrived = {sku: quantity for sku, quantity in figures.items() if quantity}
    if not arrived and not answers.errors:
        answers.errors["step"] = _("Say how many of at least one article arrived.")

    def act(session: Session) -> str:
        inventory.services.receive_transfer(session, transfer_id, quantities=arrived, actor=actor)
        return go_to("transfer", transfer_id=transfer_id)

    return _step(transfer_id, act, answers)


@blueprint.post("/transfers/<uuid:transfer_id>/close")
@declare(permission="stock.move")
def close_transfer(transfer_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Give up what never arrived, each article with its reason."""
    answers, actor = read_form(), current_actor()
    reasons: dict[str, MissingReason] = {}
    for name in answers.typed:
        if name.startswith("why-"):
            reason = answers.choice(name, MissingReason, _("Say what became of it."))
            if reason is not None:
                reasons[name.removeprefix("why-")] = reason

    def act(session: Session) -> str:
        inventory.services.close_transfer(session, transfer_id, reasons=reasons, actor=actor)
        return go_to("transfer", transfer_id=transfer_id)

    return _step(transfer_id, act, answers)


@blueprint.post("/transfers/<uuid:transfer_id>/change")
@declare(permission="stock.move")
def change_transfer(transfer_id: UUID) -> Any:  # noqa: ANN401 (a page or a redirect)
    """Replace what a draft says is to go."""
    answers, actor = read_form(), current_actor()
    with transaction() as session:
        quantities = read_lines(session, answers)

    def act(session: Session) -> str:
        inventory.services.change_transfer(session, transfer_id, quantities=quantities, actor=actor)
        return go_to("transfer", transfer_id=transfer_id)

    return _step(transfer_id, act, answers)


@blueprint.post("/transfers/<uuid:transfer_id>/cancel")
@declare(permission="stock.move")
def cancel_transfer(transfer_id: UUID) -> Any:  # noqa: ANN401 (a redirect)
    """Give up a draft."""

    def act(session: Session) -> str:
        inventory.services.cancel_transfer(session, transfer_id, actor=current_actor())
        return go_to("transfer", transfer_id=transfer_id)

    return _step(transfer_id, act, read_form())


def _step(transfer_id: UUID, act: Any, answers: Answers) -> Any:  # noqa: ANN401 (a use case; an answer)
    return carry_out(
        act,
        answers=answers,
        page=lambda session: _page(session, transfer_id, answers),
        beside=WRONG,
    )


def _skus(answers: Answers) -> list[str]:
    return [name.removeprefix("q-") for name in answers.typed if name.startswith("q-")]


def _new(session: Session, answers: Answers) -> str:
    everywhere = list_everywhere(session)
    places = [("", _("Choose a store")), *((each.code, each.name) for each in everywhere)]
    return show_stock(
        "transfer_new.html",
        part="transfers",
        places=places,
        typed=answers.typed,
        errors=answers.errors,
    )


def _page(session: Session, transfer_id: UUID, answers: Answers) -> str:
    actor = current_actor()
    found = inventory.queries.get_transfer(session, transfer_id, actor=actor)
    lines = inventory.queries.list_transfer_lines(session, transfer_id)
    sender = stores.queries.get_store_by_id(session, found.from_id)
    tomorrow = sender.asked_at.astimezone(ZoneInfo(sender.time_zone)) + timedelta(days=1)
    moves = actor.may("stock.move")
    underway = found.status in UNDERWAY
    return show_stock(
        "transfer.html",
        part="transfers",
        transfer=found,
        lines=lines,
        names=name_skus(session, [each.sku for each in lines]),
        zone=sender.time_zone,
        state=TRANSFERS[found.status],
        steps=_steps(found),
        behind=_behind(found),
        may_send=moves and found.status == DRAFT and actor.sees_location(found.from_id),
        may_draft=moves and found.status == DRAFT,
        may_receive=moves and underway and actor.sees_location(found.to_id),
        may_close=moves and underway,
        missing=MISSING,
        written=_written(lines),
        suggested=tomorrow.date().isoformat(),
        typed=answers.typed,
        errors=answers.errors,
    )


def _behind(found: TransferFacts) -> int:
    """Return how many steps of the way are behind."""
    return {DRAFT: 1, "sent": 2, "part_received": 2, "cancelled": 1}.get(found.status, 3)


def _steps(found: TransferFacts) -> list[tuple[str, Any]]:
    """Return the way of a transfer: its steps, and the instant of each where there is one."""
    if found.status == TransferStatus.CANCELLED.value:
        return [(_("Drafted"), found.created_at), (_("Given up"), found.ended_at)]
    ends = {"closed": _("Closed with goods missing"), "received": _("Arrived")}
    last = ends.get(found.status) or _("Arrival")
    return [
        (_("Drafted"), found.created_at),
        (_("Sent off"), found.sent_at),
        (last, found.ended_at),
    ]


def _written(lines: list[TransferLineFacts]) -> str:
    return "\n".join(f"{each.sku} {each.quantity}" for each in lines)
