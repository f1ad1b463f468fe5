"""Preparing: the board, and a parcel from the first article to its bin."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import customers.queries
from app.forms import once
from app.i18n import current
from app.problems import Unauthenticated, status_of
from app.staff.acts import ACTS, Unfit, Work, undecided
from app.staff.articles import Shown, describe
from app.staff.board import read_board, slot_of
from app.staff.verdicts import sentence_of
from app.staff.views.base import Here, blueprint, here
from app.staff.words import short_reasons, state_of
from kernel.clock import db_now
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries
from orders.commands import Method, Status
from orders.errors import UnknownFulfillment
from orders.services import serves_outside

UNCHANGED = 204
UNPROCESSABLE = 422
OPEN = frozenset({Status.NEW, Status.ACCEPTED, Status.PICKING, Status.READY})


@blueprint.get("/")
@declare(permission="fulfillments.read")
def board() -> str:
    """Show what is to be prepared and what waits, and nothing chosen yet."""
    with transaction() as session:
        place = here(session)
        shown = read_board(session, location_id=place.store.id, actor=place.actor)
        now = db_now(session)
    return render_template("tablet/board.html", board=shown, now=now, chosen=None)


@blueprint.get("/board")
@declare(permission="fulfillments.read")
def board_news() -> str | Response:
    """Return the list again when it is not what the page shows already; else nothing (204)."""
    with transaction() as session:
        place = here(session)
        shown = read_board(session, location_id=place.store.id, actor=place.actor)
        now = db_now(session)
    if request.args.get("seen") == shown.version:
        return Response(status=UNCHANGED)
    chosen = request.args.get("chosen")
    return render_template("tablet/list.html", board=shown, now=now, chosen=chosen)


@blueprint.get("/parcels/<uuid:parcel_id>")
@declare(permission="fulfillments.read")
def show_parcel(parcel_id: UUID) -> str:
    """Show one parcel beside the board, with what is to be done next."""
    with transaction() as session:
        return _page(session, here(session), parcel_id)


@blueprint.post("/parcels/<uuid:parcel_id>")
@declare(permission="fulfillments.prepare")
def work_on_parcel(parcel_id: UUID) -> AnyResponse | tuple[str, int]:
    """Do one step on a parcel: `act` names it. What does not fit is said beside the field."""
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    try:
        with transaction() as session:
            place = here(session)
            return once(session, lambda: _step(session, place, parcel_id, act))
    except Unfit as unfit:
        said, status = str(unfit), UNPROCESSABLE
    except (Unauthenticated, UnknownFulfillment):
        raise
    except Refusal as error:
        said, status = sentence_of(error, zone=place.store.time_zone), status_of(type(error))
    with transaction() as session:
        return _page(session, here(session), parcel_id, error=said), status


def _step(
    session: Session, place: Here, parcel_id: UUID, act: Callable[[Work], dict[str, Any]]
) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    told = act(Work(session, parcel, place.store.brand_id, place.actor))
    return url_for("tablet.show_parcel", parcel_id=parcel_id, **told)


def _page(session: Session, place: Here, parcel_id: UUID, *, error: str | None = None) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    people = customers.queries.get_contacts(session, [parcel.contact_id])
    shown = describe(
        session,
        {line.sku: line.name for line in parcel.lines},
        language=current(),
    )
    kind, state = state_of(parcel)
    lines = [_line(line, shown[line.sku]) for line in parcel.lines]
    return render_template(
        "tablet/parcel.html",
        board=read_board(session, location_id=place.store.id, actor=place.actor),
        now=db_now(session),
        chosen=str(parcel.id),
        parcel=parcel,
        number=show_order_number(parcel.order_number),
        person=people[parcel.contact_id].name if parcel.contact_id in people else "",
        status_kind=kind,
        status_word=state,
        lines=lines,
        is_open=parcel.status in OPEN,
        is_ready=parcel.status is Status.READY,
        is_new=parcel.status in {Status.NEW, Status.ACCEPTED},
        left=sum(line["undecided"] for line in lines),
        slot=slot_of(parcel),
        drive=parcel.method is Method.DRIVE,
        coming=queries.find_arrival(session, parcel.id),
        outside=parcel.status is Status.READY
        and (parcel.method is Method.DRIVE or serves_outside(session, parcel.location_id)),
        reasons=short_reasons(),
        error=error,
        typed=request.form.get("said") or request.form.get("bin") or "",
        did=request.args.get("did"),
        did_sku=request.args.get("sku"),
    )


def _line(line: queries.LineFacts, shown: Shown) -> dict[str, Any]:
    words = {reason.value: said for reason, said in short_reasons()}
    return {
        "facts": line,
        "shown": shown,
        "undecided": undecided(line),
        "missing_why": words.get(line.short_reason or ""),
    }
