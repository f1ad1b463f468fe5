"""The steps of preparing a parcel, as the forms of its page name them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm import Session

from app.i18n import gettext as _
from app.staff.articles import find_sku
from kernel.actors import Actor
from orders import services
from orders.commands import BAY_MAX, ORDER_NOTE_MAX, Status
from orders.queries import FulfillmentFacts, LineFacts, list_proposed

SAID_MAX: Final = 64
BIN_MAX: Final = 32


class Unfit(Exception):
    """What was typed or scanned does not fit this parcel; the message says why."""


@dataclass(frozen=True, slots=True)
class Work:
    """A parcel, and who works on it; the words of the step stand in the request's form."""

    session: Session
    parcel: FulfillmentFacts
    brand_id: UUID
    actor: Actor
    scans: bool = False
    """Articles are scanned in this store when they are picked."""

    @property
    def ids(self) -> tuple[Session, UUID]:
        """Return what every use case of a parcel begins with."""
        return self.session, self.parcel.id

    @property
    def left(self) -> dict[str, int]:
        """Return how many of each SKU are to be decided here: not what a customer is asked."""
        asked = {each.sku: each.quantity for each in list_proposed(self.session, [self.parcel.id])}
        return {line.sku: undecided(line) - asked.get(line.sku, 0) for line in self.parcel.lines}


def undecided(line: LineFacts) -> int:
    """Return how many of a line are neither picked nor given up; what came back was both."""
    return max(line.quantity - line.cancelled - line.picked, 0)


def _start(work: Work) -> dict[str, Any]:
    _take_on(work)
    services.start_picking(*work.ids, actor=work.actor)
    return {"did": "started"}


def _scan(work: Work) -> dict[str, Any]:
    """One unit of the article that was scanned or typed was taken."""
    said = read_typed("said", SAID_MAX)
    sku = find_sku(work.session, said=said, brand_id=work.brand_id)
    left = work.left
    if sku is None or sku not in left:
        raise Unfit(_("“%(said)s” is not in this parcel.") % {"said": said})
    if not left[sku]:
        raise Unfit(_("All of this article are decided already."))
    return _picked(work, sku, 1, scanned=True)


def _pick(work: Work) -> dict[str, Any]:
    """All that was left of one line was taken; where articles are scanned that does not count."""
    if work.scans:
        raise Unfit(_("Articles are scanned here: scan it, or type its code."))
    sku = request.form.get("sku", "")
    left = work.left.get(sku, 0)
    if not left:
        raise Unfit(_("All of this article are decided already."))
    return _picked(work, sku, left)


def _picked(work: Work, sku: str, quantity: int, *, scanned: bool = False) -> dict[str, Any]:
    _take_on(work)
    services.pick(*work.ids, quantities={sku: quantity}, scanned=scanned, actor=work.actor)
    return {"did": "picked", "sku": sku}


def _short(work: Work) -> dict[str, Any]:
    """Some of one line cannot be had."""
    sku = request.form.get("sku", "")
    reason = request.form.get("reason", "")
    try:
        quantity = int(request.form.get("quantity", "1"))
    except ValueError:
        abort(400)
    left = work.left.get(sku, 0)
    if not 1 <= quantity <= left:
        raise Unfit(_("Only what is still to be picked can be missing."))
    _take_on(work)
    services.report_short_line(
        *work.ids, sku=sku, quantity=quantity, reason=reason, actor=work.actor
    )
    return {"did": "short", "sku": sku}


def _bin(work: Work) -> dict[str, Any]:
    """The parcel lies in another bin now."""
    services.bin_parcel(*work.ids, bin_code=_bin_code(), actor=work.actor)
    return {"did": "binned"}


def _ready(work: Work) -> dict[str, Any]:
    """The parcel lies in its bin, and the customer is told."""
    services.mark_ready(*work.ids, bin_code=_bin_code(), actor=work.actor)
    return {"did": "ready"}


def _leave(work: Work) -> dict[str, Any]:
    """The parcel is picked by itself from now on."""
    services.leave_wave(*work.ids, actor=work.actor)
    return {"did": "left"}


def _answer(work: Work) -> dict[str, Any]:
    """The customer said what they want instead, or nobody asks them any more."""
    answer = {
        "accept": services.accept_substitute,
        "decline": services.decline_substitute,
        "withdraw": services.withdraw_substitute,
    }.get(request.form.get("answer", ""))
    asked = [
        each
        for each in list_proposed(work.session, [work.parcel.id])
        if str(each.id) == request.form.get("substitute")
    ]
    if answer is None:
        abort(400)
    if not asked:
        raise Unfit(_("This was answered meanwhile."))
    answer(work.session, asked[0].id, actor=work.actor)
    return {"did": "answered"}


def _arrive(work: Work) -> dict[str, Any]:
    """The customer called, or was seen: they wait outside."""
    bay = read_typed("bay", BAY_MAX).upper() or None
    services.announce_arrival(*work.ids, bay=bay, vehicle=None, actor=work.actor)
    return {"did": "arrived"}


def _note(work: Work) -> dict[str, Any]:
    """The customer said something to who prepares, hands over or brings the order."""
    said = " ".join(request.form.get("order_note", "").split())
    if len(said) > ORDER_NOTE_MAX:
        raise Unfit(_("Write at most %(count)d plain letters.") % {"count": ORDER_NOTE_MAX})
    services.note_order(work.session, work.parcel.order_id, said, actor=work.actor)
    return {"did": "noted"}


ACTS: Mapping[str, Callable[[Work], dict[str, Any]]] = {
    "start": _start,
    "scan": _scan,
    "pick": _pick,
    "short": _short,
    "bin": _bin,
    "ready": _ready,
    "leave": _leave,
    "answer": _answer,
    "arrive": _arrive,
    "note": _note,
}


def _take_on(work: Work) -> None:
    """The first thing done to a new parcel also says that the store takes it on."""
    if work.parcel.status is Status.NEW:
        services.accept(*work.ids, actor=work.actor)


def _bin_code() -> str:
    code = read_typed("bin", BIN_MAX).upper()
    if not code:
        raise Unfit(_("Scan the label of the bin, or type it."))
    return code


def read_typed(name: str, most: int) -> str:
    """Return a line of the form.

    Raises Unfit when it is no label.
    """
    typed = " ".join(request.form.get(name, "").split())
    if len(typed) > most or not typed.isprintable():
        raise Unfit(_("That is too long to be a label. Scan it again."))
    return typed
