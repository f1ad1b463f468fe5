"""A transfer: sent from here as it is picked, or received here as it is scanned."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
import stores.queries
from app.answers import Shown
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.shelf import orders_of
from app.staff.stock_words import day_word, missing_reasons, today, transfer_state
from app.staff.tally import Tally, read_tally, scan_into, tally_lines
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.commands import DraftTransfer, MissingReason, TransferStatus
from inventory.queries import TransferFacts, TransferLineFacts
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from stores.errors import UnknownLocation

REASON: Final = "reason:"
UNDERWAY: Final = frozenset({TransferStatus.SENT, TransferStatus.PART_RECEIVED})
STORES_MAX: Final = 1_000
CODE_MAX: Final = 64


@blueprint.get("/shelf/transfers/new")
@declare(permission="stock.move")
def new_transfer() -> str:
    """Ask what is to go to which store."""
    with transaction() as session:
        return _new_page(session, here(session), Tally())


@blueprint.post("/shelf/transfers/new")
@declare(permission="stock.move")
def draft_transfer() -> Shown:
    """Have one more scanned in the form, or write the transfer down: nothing leaves yet."""
    tally = read_tally()
    if request.form.get("act", "scan") == "scan":
        with transaction() as session:
            place = here(session)
            error = scan_into(session, tally, brand_id=place.store.brand_id)
            page = _new_page(session, place, tally, scan_error=error)
        return page, 422 if error else 200
    return try_to(
        lambda session, place: _draft(session, place, tally),
        lambda session, place, error: _new_page(session, place, tally, error=error),
    )


@blueprint.get("/shelf/transfers/<uuid:transfer_id>")
@declare(permission="stock.move")
def show_transfer(transfer_id: UUID) -> str:
    """Show a transfer with what this store has to do about it."""
    with transaction() as session:
        return _page(session, here(session), transfer_id, Tally())


@blueprint.post("/shelf/transfers/<uuid:transfer_id>")
@declare(permission="stock.move")
def move_transfer(transfer_id: UUID) -> Shown:
    """Have one more scanned in the form; or send, receive, close or call off (`act`)."""
    tally = read_tally()
    act = request.form.get("act", "scan")
    if act == "scan":
        with transaction() as session:
            place = here(session)
            facts = inventory.queries.get_transfer(session, transfer_id, actor=place.actor)
            rows = inventory.queries.list_transfer_lines(session, facts.id)
            error = scan_into(
                session, tally, brand_id=place.store.brand_id, among=[row.sku for row in rows]
            )
            page = _page(session, place, transfer_id, tally, scan_error=error)
        return page, 422 if error else 200
    if act not in _ACTS:
        abort(400)

    def do(session: Session, place: Here) -> str:
        facts = inventory.queries.get_transfer(session, transfer_id, actor=place.actor)
        return _ACTS[act](session, place, facts, tally)

    return try_to(
        do, lambda session, place, error: _page(session, place, transfer_id, tally, error=error)
    )


def _draft(session: Session, place: Here, tally: Tally) -> str:
    quantities = _readable(tally)
    code = request.form.get("to", "")
    if not code or len(code) > CODE_MAX or not code.isprintable():
        raise Unfit(_("Choose the store it goes to."))
    try:
        to = stores.queries.get_store(session, code)
    except UnknownLocation:
        raise Unfit(_("Choose the store it goes to.")) from None
    command = DraftTransfer(place.store.id, to.id, quantities)
    transfer_id, _number = inventory.services.draft_transfer(session, command, actor=place.actor)
    return url_for("tablet.show_transfer", transfer_id=transfer_id)


def _send(session: Session, place: Here, facts: TransferFacts, tally: Tally) -> str:
    """What really goes is what stands in the fields; the receiver expects it on the day typed."""
    quantities = _readable(tally)
    try:
        expected_on = date.fromisoformat(request.form.get("expected_on", ""))
    except ValueError:
        raise Unfit(_("Say on which day it arrives.")) from None
    if expected_on < today(place.store):
        raise Unfit(_("It cannot arrive in the past."))
    rows = inventory.queries.list_transfer_lines(session, facts.id)
    if quantities != {row.sku: row.quantity for row in rows}:
        inventory.services.change_transfer(
            session, facts.id, quantities=quantities, actor=place.actor
        )
    inventory.services.send_transfer(session, facts.id, expected_on=expected_on, actor=place.actor)
    return _back(facts, "sent")


def _receive(session: Session, place: Here, facts: TransferFacts, tally: Tally) -> str:
    inventory.services.receive_transfer(
        session, facts.id, quantities=_readable(tally), actor=place.actor
    )
    return _back(facts, "received")


def _close(session: Session, place: Here, facts: TransferFacts, _tally: Tally) -> str:
    reasons = {}
    for name, value in request.form.items():
        if name.startswith(REASON) and value:
            try:
                reasons[name.removeprefix(REASON)] = MissingReason(value)
            except ValueError:
                abort(400)
    inventory.services.close_transfer(session, facts.id, reasons=reasons, actor=place.actor)
    return _back(facts, "closed")


def _call_off(session: Session, place: Here, facts: TransferFacts, _tally: Tally) -> str:
    inventory.services.cancel_transfer(session, facts.id, actor=place.actor)
    return url_for("tablet.shelf", did="called-off")


_ACTS: Final = {"send": _send, "receive": _receive, "close": _close, "call-off": _call_off}


def _readable(tally: Tally) -> dict[str, int]:
    if tally.errors:
        raise Unfit(_("A figure cannot be read: type whole numbers."))
    if not tally.some:
        raise Unfit(_("Nothing was scanned yet."))
    return tally.some


def _back(facts: TransferFacts, did: str) -> str:
    return url_for("tablet.show_transfer", transfer_id=facts.id, did=did)


def _page(
    session: Session,
    place: Here,
    transfer_id: UUID,
    tally: Tally,
    *,
    error: str | None = None,
    scan_error: str | None = None,
) -> str:
    facts = inventory.queries.get_transfer(session, transfer_id, actor=place.actor)
    rows = inventory.queries.list_transfer_lines(session, facts.id)
    order = orders_of(session, [facts], actor=place.actor).get(facts.id)
    sends = facts.from_id == place.store.id and facts.status == TransferStatus.DRAFT
    receives = facts.to_id == place.store.id and TransferStatus(facts.status) in UNDERWAY
    expected = _expected(rows, sends=sends, receives=receives)
    if sends and not tally.typed:  # all of it goes, unless somebody says otherwise
        tally.figures = dict(expected)
        tally.typed = {sku: str(units) for sku, units in expected.items()}
    return render_template(
        "tablet/transfer.html",
        transfer=facts,
        code=show_order_number(facts.number),
        order=order,
        state=transfer_state(facts.status),
        here_url=url_for("tablet.show_transfer", transfer_id=facts.id),
        sends=sends,
        receives=receives,
        rows={row.sku: row for row in rows},
        expected=expected,
        tally=tally,
        lines=tally_lines(session, expected, tally),
        due=day_word(facts.expected_on, place.store) if facts.expected_on else None,
        late=receives and facts.expected_on is not None and facts.expected_on < today(place.store),
        **_form(place),
        error=error,
        scan_error=scan_error,
        did=request.args.get("did"),
    )


def _form(place: Here) -> dict[str, Any]:
    tomorrow = today(place.store) + timedelta(days=1)
    words = dict(missing_reasons())
    return {
        "today": today(place.store).isoformat(),
        "expected_on": request.form.get("expected_on", tomorrow.isoformat()),
        "reasons": list(words.items()),
        "reason_words": words,
        "chosen_reasons": {
            name.removeprefix(REASON): value
            for name, value in request.form.items()
            if name.startswith(REASON)
        },
    }


def _expected(rows: list[TransferLineFacts], *, sends: bool, receives: bool) -> Mapping[str, int]:
    if sends:
        return {row.sku: row.quantity for row in rows}
    if receives:
        return {row.sku: row.open for row in rows if row.open}
    return {row.sku: row.sent or row.quantity for row in rows}


def _new_page(
    session: Session,
    place: Here,
    tally: Tally,
    *,
    error: str | None = None,
    scan_error: str | None = None,
) -> str:
    others = [
        (each.code, each.name)
        for each in stores.queries.list_stores(session, limit=STORES_MAX)
        if each.id != place.store.id
    ]
    return render_template(
        "tablet/transfer_new.html",
        others=sorted(others, key=lambda each: each[1]),
        to=request.form.get("to", ""),
        tally=tally,
        lines=tally_lines(session, {}, tally),
        error=error,
        scan_error=scan_error,
    )
