"""A count: blind, by scan or by figure; then how it compares with the books."""

from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy.orm import Session

import inventory.queries
import inventory.services
from app import answers
from app.i18n import current
from app.i18n import gettext as _
from app.staff.acts import Unfit
from app.staff.articles import Shown, describe, find_sku
from app.staff.stock_words import say_variance
from app.staff.tally import WAS, Tally, TallyLine, read_tally
from app.staff.views.base import Here, blueprint, here
from app.staff.views.trying import try_to
from inventory.commands import CountStatus
from inventory.errors import NotCounted
from inventory.queries import CountLineFacts
from kernel.db import transaction
from kernel.web import declare

LINES = 100


@blueprint.get("/shelf/counts/<uuid:count_id>")
@declare(permission="stock.count")
def show_count(count_id: UUID) -> str:
    """Show a count: nothing of the books before it is finished, the differences afterwards."""
    with transaction() as session:
        return _page(session, here(session), count_id)


@blueprint.post("/shelf/counts/<uuid:count_id>")
@declare(permission="stock.count")
def count(count_id: UUID) -> answers.Shown:
    """Take down figures and a scan; `act` says whether that was all, or is given up."""
    tally = read_tally()

    def act(session: Session, place: Here) -> str:
        return _count(session, place, count_id, tally)

    def show(session: Session, place: Here, error: str | None) -> str:
        return _page(session, place, count_id, tally=tally, error=error)

    return try_to(act, show)


def _count(session: Session, place: Here, count_id: UUID, tally: Tally) -> str:
    wanted = request.form.get("act", "scan")
    if wanted not in {"scan", "finish", "give-up"}:
        abort(400)
    if wanted == "give-up":
        inventory.services.cancel_count(session, count_id, actor=place.actor)
        return url_for("tablet.shelf", did="given-up")
    if tally.errors:
        raise Unfit(_("A figure cannot be read: type whole numbers."))
    changed = _changed(tally)
    if changed:
        inventory.services.enter_count(session, count_id, counted=changed, actor=place.actor)
    after = request.args.get("after")
    if tally.said:
        sku = _tally(session, place, count_id, tally.said)
        return url_for("tablet.show_count", count_id=count_id, after=after, did=sku)
    if wanted == "finish":
        inventory.services.submit_count(session, count_id, actor=place.actor)
        return url_for("tablet.show_count", count_id=count_id)
    return url_for("tablet.show_count", count_id=count_id, after=after)


def _changed(tally: Tally) -> dict[str, int]:
    """Return the figures somebody typed here: what others counted meanwhile stays theirs."""
    return {
        sku: units
        for sku, units in tally.figures.items()
        if tally.typed[sku] and tally.typed[sku] != request.form.get(f"{WAS}{sku}")
    }


def _tally(session: Session, place: Here, count_id: UUID, said: str) -> str:
    sku = (
        find_sku(session, said=said, brand_id=place.store.brand_id) if said.isprintable() else None
    )
    if sku is None:
        raise Unfit(_("“%(said)s” is no article of ours.") % {"said": said})
    try:
        inventory.services.tally_count(session, count_id, sku=sku, actor=place.actor)
    except NotCounted:
        raise Unfit(_("“%(said)s” is not part of this count.") % {"said": said}) from None
    return sku


def _page(
    session: Session,
    place: Here,
    count_id: UUID,
    *,
    tally: Tally | None = None,
    error: str | None = None,
) -> str:
    facts = inventory.queries.get_count(session, count_id, actor=place.actor)
    rows = inventory.queries.list_count_lines(
        session, facts, after=request.args.get("after", ""), limit=LINES
    )
    shown = describe(session, {row.sku: row.sku for row in rows}, language=current())
    did = request.args.get("did")
    return render_template(
        "tablet/count.html",
        count=facts,
        is_open=facts.status == CountStatus.OPEN,
        lines=[_line(row, shown[row.sku], tally or Tally(), did) for row in rows],
        rows={row.sku: row for row in rows},
        say_variance=say_variance,
        following=rows[-1].sku if len(rows) == LINES else None,
        limit=place.store.rules.count_limit_units,
        said=tally.said if tally else "",
        error=error,
    )


def _line(row: CountLineFacts, shown: Shown, tally: Tally, did: str | None) -> TallyLine:
    counted = "" if row.counted is None else str(row.counted)
    return TallyLine(
        shown=shown,
        expected=0,
        units=row.counted or 0,
        typed=tally.typed.get(row.sku, counted),
        error=tally.errors.get(row.sku),
        last=row.sku == did,
        was=counted,
    )
