"""Several parcels in one walk: stops in their order, one scan field, the box it goes into."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

from app.answers import Shown
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import SAID_MAX, Unfit, read_typed
from app.staff.articles import describe, find_sku
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from app.staff.words import short_reasons
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare
from orders import queries, services
from orders.commands import ScanInWave, Status
from orders.queries import WaveFacts, WaveStop

SCANNED: Final = "on"


@blueprint.post("/waves")
@declare(permission="fulfillments.prepare")
def start_wave() -> Shown:
    """Pick the parcels promised soonest in one walk."""

    def act(session: Session, place: Here) -> str:
        wave_id = services.start_wave(session, place.store.id, actor=place.actor)
        return url_for("tablet.show_wave", wave_id=wave_id)

    return try_to(act, _refused)


@blueprint.get("/waves/<uuid:wave_id>")
@declare(permission="fulfillments.read")
def show_wave(wave_id: UUID) -> str:
    """Show a walk: what is to be taken where, and into which boxes."""
    with transaction() as session:
        return _page(session, here(session), wave_id)


@blueprint.post("/waves/<uuid:wave_id>")
@declare(permission="fulfillments.prepare")
def walk(wave_id: UUID) -> Shown:
    """Do one step of a walk: `act` names it. What does not fit is said beside the field."""
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)

    def step(session: Session, place: Here) -> str:
        wave = queries.get_wave(session, wave_id, actor=place.actor)
        return url_for("tablet.show_wave", wave_id=wave_id, **act(session, place, wave))

    return try_to(step, lambda session, place, error: _page(session, place, wave_id, error=error))


def _scan(session: Session, place: Here, wave: WaveFacts) -> dict[str, Any]:
    """One unit of the article that was scanned or typed was taken."""
    said = read_typed("said", SAID_MAX)
    sku = find_sku(session, said=said, brand_id=place.store.brand_id)
    if sku is None or sku not in {stop.sku for stop in wave.stops}:
        raise Unfit(_("“%(said)s” is not on this list.") % {"said": said})
    return _take(session, place, wave, ScanInWave(1, sku))


def _pick(session: Session, place: Here, wave: WaveFacts) -> dict[str, Any]:
    """All that was left of one stop was taken; where articles are scanned that does not count."""
    if place.store.rules.scan_to_pick == SCANNED:
        raise Unfit(_("Articles are scanned here: scan it, or type its code."))
    stop = _stop(wave)
    return _take(session, place, wave, ScanInWave(stop.undecided, stop.sku))


def _take(session: Session, place: Here, wave: WaveFacts, command: ScanInWave) -> dict[str, Any]:
    if not {stop.sku: stop.undecided for stop in wave.stops}.get(command.sku or "", 0):
        raise Unfit(_("All of this article are decided already."))
    taken = services.scan_in_wave(session, wave.id, command, actor=place.actor)
    boxes = ",".join(f"{part.box}x{part.picked}" for part in taken)
    return {"did": "taken", "sku": command.sku, "boxes": boxes}


def _short(session: Session, place: Here, wave: WaveFacts) -> dict[str, Any]:
    """Some of one stop cannot be had."""
    stop = _stop(wave)
    typed = request.form.get("quantity", "1")
    quantity = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("1000") else 0
    if not 1 <= quantity <= stop.undecided:
        raise Unfit(_("Only what is still to be picked can be missing."))
    reason = request.form.get("reason", "")
    services.report_short_in_wave(
        session, wave.id, sku=stop.sku, quantity=quantity, reason=reason, actor=place.actor
    )
    return {"did": "short", "sku": stop.sku}


def _leave(session: Session, place: Here, wave: WaveFacts) -> dict[str, Any]:
    """One parcel is picked by itself."""
    said = request.form.get("parcel", "")
    parcels = {str(each.id): each for each in wave.parcels}
    if said not in parcels:
        abort(400)
    services.leave_wave(session, parcels[said].id, actor=place.actor)
    return {"did": "left"}


_ACTS: Final[Mapping[str, Callable[[Session, Here, WaveFacts], dict[str, Any]]]] = {
    "scan": _scan,
    "pick": _pick,
    "short": _short,
    "leave": _leave,
}


def _stop(wave: WaveFacts) -> WaveStop:
    """Return the stop a form names."""
    named = [stop for stop in wave.stops if stop.sku == request.form.get("sku")]
    if not named:
        abort(400)
    return named[0]


def _page(session: Session, place: Here, wave_id: UUID, *, error: str | None = None) -> str:
    wave = queries.get_wave(session, wave_id, actor=place.actor, language=current())
    shown = describe(session, {stop.sku: stop.name for stop in wave.stops}, language=current())
    left = [stop for stop in wave.stops if stop.undecided]
    done = [stop for stop in wave.stops if not stop.undecided]
    return render_template(
        "tablet/wave.html",
        wave=wave,
        left=[(stop, shown[stop.sku]) for stop in left],
        done=[(stop, shown[stop.sku]) for stop in done],
        shown=shown,
        to_bin=[each for each in wave.parcels if _is_to_bin(each)],
        number_of=show_order_number,
        reasons=short_reasons(session),
        scanned=place.store.rules.scan_to_pick == SCANNED,
        error=error,
        typed=request.form.get("said", ""),
        did=request.args.get("did"),
        did_sku=request.args.get("sku"),
        boxes=_boxes(),
    )


def _is_to_bin(parcel: queries.WaveParcel) -> bool:
    undecided = parcel.undecided or parcel.waiting
    return parcel.status is Status.PICKING and not undecided


def _boxes() -> list[tuple[str, str]]:
    """Return into which boxes the last scan went, and how many: box and units."""
    said = request.args.get("boxes", "")[:200]
    pairs = [each.partition("x") for each in said.split(",")]
    return [(box, units) for box, _x, units in pairs if box.isdigit() and units.isdigit()]


def _refused(_session: Session, _place: Here, error: str | None) -> str:
    return render_template("tablet/nothing.html", title=_("Pick several in one walk"), error=error)
