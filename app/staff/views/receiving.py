"""A delivery: what was announced beside what is scanned, booked in at once."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
from app.answers import Shown
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.stock_words import day_word, today
from app.staff.tally import Tally, read_tally, scan_into, tally_lines
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.queries import IncomingFacts
from kernel.db import transaction
from kernel.web import declare

REFERENCE_MAX: Final = 200
REASON_MAX: Final = 200


@blueprint.get("/shelf/arrivals")
@declare(permission="stock.receive")
def show_arrival() -> str:
    """Show a delivery: announced for a day (`on`) under a reference, or one nobody announced."""
    with transaction() as session:
        return _page(session, here(session), Tally())


@blueprint.post("/shelf/arrivals")
@declare(permission="stock.receive")
def receive_arrival() -> Shown:
    """Have one more scanned in the form, book all of it in, or expect the rest no longer."""
    tally = read_tally()
    act = request.form.get("act", "scan")
    if act == "scan":
        return _scan(tally)
    acts = {"book": _book, "close": _close}
    if act not in acts:
        abort(400)
    return try_to(
        lambda session, place: acts[act](session, place, tally),
        lambda session, place, error: _page(session, place, tally, error=error),
    )


def _scan(tally: Tally) -> Shown:
    with transaction() as session:
        place = here(session)
        error = scan_into(session, tally, brand_id=place.store.brand_id)
        page = _page(session, place, tally, scan_error=error)
    return page, 422 if error else 200


def _book(session: Session, place: Here, tally: Tally) -> str:
    if tally.errors:
        raise Unfit(_("A figure cannot be read: type whole numbers."))
    if not tally.some:
        raise Unfit(_("Nothing was scanned yet."))
    inventory.services.receive(
        session,
        location_id=place.store.id,
        quantities=tally.some,
        actor=place.actor,
        incoming_ids=[row.id for row in _announced(session, place) if row.sku in tally.some],
    )
    if not _announced(session, place):
        return url_for("tablet.shelf", did="received")
    return _address(did="received")


def _close(session: Session, place: Here, _tally: Tally) -> str:
    reason = " ".join(request.form.get("reason", "").split())
    if not reason or len(reason) > REASON_MAX or not reason.isprintable():
        raise Unfit(_("Say in a few words why the rest does not come."))
    for row in _announced(session, place):
        inventory.services.close_incoming(session, row.id, reason=reason, actor=place.actor)
    return url_for("tablet.shelf", did="closed")


def _announced(session: Session, place: Here) -> list[IncomingFacts]:
    on, reference = _on(), _reference()
    if on is None:
        return []
    return inventory.queries.list_arrival(
        session, location_id=place.store.id, expected_on=on, reference=reference
    )


def _on() -> date | None:
    try:
        return date.fromisoformat(request.args["on"]) if request.args.get("on") else None
    except ValueError:
        abort(404)


def _reference() -> str | None:
    reference = request.args.get("reference", "")
    if len(reference) > REFERENCE_MAX or not reference.isprintable():
        abort(404)
    return reference or None


def _address(did: str | None = None) -> str:
    on = _on()
    return url_for(
        "tablet.show_arrival", on=on.isoformat() if on else None, reference=_reference(), did=did
    )


def _expected(rows: list[IncomingFacts]) -> Mapping[str, int]:
    expected: dict[str, int] = {}
    for row in rows:
        expected[row.sku] = expected.get(row.sku, 0) + row.open
    return expected


def _page(
    session: Session,
    place: Here,
    tally: Tally,
    *,
    error: str | None = None,
    scan_error: str | None = None,
) -> str:
    on = _on()
    expected = _expected(_announced(session, place))
    return render_template(
        "tablet/arrival.html",
        here_url=_address(),
        on=day_word(on, place.store) if on else None,
        late=on is not None and on < today(place.store),
        reference=_reference(),
        expected=expected,
        tally=tally,
        lines=tally_lines(session, expected, tally),
        reason=request.form.get("reason", ""),
        error=error,
        scan_error=scan_error,
        did=request.args.get("did"),
    )
