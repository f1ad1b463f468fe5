"""Preparing: the board, and a parcel from the first article to its bin."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

import customers.queries
from app import formats
from app.forms import once
from app.i18n import current
from app.problems import Unauthenticated, status_of
from app.staff.acts import ACTS, Unfit, Work, undecided
from app.staff.articles import Shown, describe
from app.staff.board import read_board, slot_of
from app.staff.delivering import (
    DELIVERY_ACTS,
    dispositions,
    failures,
    read_coming,
    read_delivery,
)
from app.staff.verdicts import sentence_of
from app.staff.views.base import Here, blueprint, here
from app.staff.words import short_reasons, short_words, state_of
from kernel.clock import db_now
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.commands import Method, Status
from orders.errors import UnknownFulfillment
from orders.services import serves_outside

UNCHANGED = 204
UNPROCESSABLE = 422
TYPED = ("said", "bin", "ticket")
SCANNED = "on"
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
    act = {**ACTS, **DELIVERY_ACTS}.get(request.form.get("act", ""))
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
    scans = place.store.rules.scan_to_pick == SCANNED
    told = act(Work(session, parcel, place.store.brand_id, place.actor, scans))
    return url_for("tablet.show_parcel", parcel_id=parcel_id, **told)


def _page(session: Session, place: Here, parcel_id: UUID, *, error: str | None = None) -> str:
    parcel = queries.get_fulfillment(session, parcel_id, actor=place.actor)
    people = customers.queries.get_contacts(session, [parcel.contact_id])
    kind, state = state_of(parcel)
    asked = {each.sku: each for each in queries.list_proposed(session, [parcel.id])}
    lines = _lines(session, parcel, asked)
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
        arrival=queries.find_arrival(session, parcel.id),
        outside=parcel.status is Status.READY
        and (parcel.method is Method.DRIVE or serves_outside(session, parcel.location_id)),
        reasons=short_reasons(session),
        instead=describe(
            session,
            {each.substitute_sku: each.substitute_sku for each in asked.values()},
            language=current(),
        ),
        scanned=place.store.rules.scan_to_pick == SCANNED,
        in_wave=parcel.wave_id is not None and parcel.status is Status.PICKING,
        error=error,
        **_on_its_way(session, place, parcel),
        typed=next(filter(None, map(request.form.get, TYPED)), ""),
        did=request.args.get("did"),
        did_sku=request.args.get("sku"),
    )


def _lines(
    session: Session,
    parcel: queries.FulfillmentFacts,
    asked: Mapping[str, queries.SubstituteFacts],
) -> list[dict[str, Any]]:
    names = {line.sku: line.name for line in parcel.lines}
    shown = describe(session, names, language=current())
    words = short_words(session)
    return [_line(line, shown[line.sku], words, asked.get(line.sku)) for line in parcel.lines]


def _on_its_way(session: Session, place: Here, parcel: queries.FulfillmentFacts) -> dict[str, Any]:
    """Return what there is to say of its packages, and of what comes from another store."""
    delivery = read_delivery(session, parcel)
    return {
        "delivery": delivery,
        "coming": read_coming(session, parcel, place.store),
        "failures": failures(),
        "dispositions": dispositions(),
        "due": _due(session, parcel) if delivery and delivery.packed else None,
    }


def _due(session: Session, parcel: queries.FulfillmentFacts) -> str | None:
    """Return what is still to be paid before a delivery leaves, in words; None for nothing."""
    due_minor = parcel.owed.total_minor - queries.paid_for(session, parcel)
    if due_minor <= 0 or services.find_authorised(session, parcel.order_id) is not None:
        return None
    return formats.money(due_minor, parcel.currency, language=current())


def _line(
    line: queries.LineFacts,
    shown: Shown,
    words: Mapping[str, str],
    asked: queries.SubstituteFacts | None,
) -> dict[str, Any]:
    return {
        "facts": line,
        "shown": shown,
        "undecided": undecided(line),
        "to_pick": undecided(line) - (asked.quantity if asked else 0),
        "asked": asked,
        "missing_why": words.get(line.short_reason or ""),
    }
