"""Why an article's figures are what they are, as sentences for the people at the shelf."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import inventory.queries
import orders.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.staff.stock_words import cause_word, day_word, movement_word, today
from inventory.commands import Cause
from inventory.queries import Explanation, Owed
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders.errors import UnknownFulfillment
from orders.queries import OwnerFacts, OwnerKind
from stores.queries import StoreFacts

NAMED_MAX: Final = 8
"""Parcels that are named: of the others it is told how many there are."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for a figure, with the page that shows it where there is one."""

    said: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons for what is on hand, what is promised, and what is left to sell."""

    on_hand: list[Part]
    reserved: list[Part]
    kept: list[Part]


@dataclass(frozen=True, slots=True)
class Coming:
    """So many units are on their way, until when, and where from."""

    said: str
    note: str
    late: bool
    href: str | None


def explain(session: Session, store: StoreFacts, sku: str, *, actor: Actor) -> Why:
    """Return why a store has what it has of a SKU.

    Raises NoStockRecord when it never had any.
    """
    facts = inventory.queries.explain_level(session, location_id=store.id, sku=sku)
    return Why(
        _of_on_hand(facts, store), _of_reserved(session, facts, actor), _of_kept(facts, store)
    )


def coming_to(session: Session, store: StoreFacts, sku: str) -> list[Coming]:
    """Return what a store still expects of a SKU, the earliest day first."""
    rows = inventory.queries.list_incoming(session, location_id=store.id, sku=sku, limit=NAMED_MAX)
    found = []
    for row in rows:
        late = row.expected_on < today(store)
        day = day_word(row.expected_on, store)
        said = (
            ngettext("%(num)d was expected %(day)s", "%(num)d were expected %(day)s", row.open)
            if late
            else ngettext("%(num)d expected %(day)s", "%(num)d expected %(day)s", row.open)
        )
        note, href = row.reference or "", None
        if row.transfer_id is not None:
            note = _("in transit from another store")
            href = url_for("tablet.show_transfer", transfer_id=row.transfer_id)
        found.append(Coming(said % {"num": row.open, "day": day}, note, late, href))
    return found


def _of_on_hand(facts: Explanation, store: StoreFacts) -> list[Part]:
    parts = []
    if facts.basis is not None:
        when = formats.when(facts.basis.recorded_at, store.time_zone, language=current())
        said = (
            _("Counted %(when)s: %(num)d.")
            if facts.basis.cause == Cause.COUNT
            else _("Stock feed %(when)s: %(num)d.")
        )
        parts.append(Part(said % {"when": when, "num": facts.basis.on_hand}))
    for since in facts.since:
        word = movement_word(since.kind)
        if word and since.on_hand:
            parts.append(
                Part(_("%(what)s since: %(num)+d.") % {"what": word, "num": since.on_hand})
            )
    return parts


def _of_reserved(session: Session, facts: Explanation, actor: Actor) -> list[Part]:
    owed = [each for each in facts.owed if not each.expired]
    owners = orders.queries.list_owners(
        session, [each.fulfillment_id for each in owed], actor=actor
    )
    parts = [
        _promised(session, each, owners.get(each.fulfillment_id), actor)
        for each in owed[:NAMED_MAX]
    ]
    rest = len(owed) - NAMED_MAX
    if rest > 0:
        more = ngettext("%(num)d more parcel.", "%(num)d more parcels.", rest) % {"num": rest}
        parts.append(Part(more))
    return parts


def _promised(session: Session, owed: Owed, owner: OwnerFacts | None, actor: Actor) -> Part:
    """Return for which parcel it is: elsewhere the number alone, of another brand nothing."""
    behind = orders.queries.find_parcels_behind(session, [owed.fulfillment_id])
    parcel_id = behind.get(owed.fulfillment_id, owed.fulfillment_id)
    number = orders.queries.list_numbers(session, [parcel_id], actor=actor).get(parcel_id)
    words = {"num": owed.quantity, "bins": owed.in_bins or 0}
    if owner and owner.kind is not OwnerKind.PARCEL:
        return _kept_for(owed, owner)
    if number is None:
        return Part(_("%(num)d for an order of another brand") % words)
    said = _("%(num)d for parcel %(number)s") % {
        **words,
        "number": show_order_number(number),
    }
    if owed.in_bins:
        said += ", " + ngettext("%(bins)d in a bin", "%(bins)d in bins", owed.in_bins) % words
    return Part(said, _page_of(session, parcel_id, actor))


def _kept_for(owed: Owed, owner: OwnerFacts) -> Part:
    words = {"num": owed.quantity, "number": show_order_number(owner.order_number)}
    if owner.kind is OwnerKind.PUT_BACK:
        said = _("%(num)d of parcel %(number)s, to be put back on the shelf")
        return Part(said % words, url_for("tablet.put_backs"))
    said = _("%(num)d kept as a substitute for parcel %(number)s")
    return Part(said % words, url_for("tablet.show_parcel", parcel_id=owner.fulfillment_id))


def _page_of(session: Session, parcel_id: UUID, actor: Actor) -> str | None:
    try:
        orders.queries.get_fulfillment(session, parcel_id, actor=actor)
    except UnknownFulfillment:
        return None
    return url_for("tablet.show_parcel", parcel_id=parcel_id)


def _of_kept(facts: Explanation, store: StoreFacts) -> list[Part]:
    parts = []
    if facts.task is not None:
        due = formats.when(facts.task.due_at, store.time_zone, language=current())
        words = {"why": cause_word(facts.task.cause), "due": due}
        parts.append(Part(_("%(why)s: to be counted by %(due)s.") % words, url_for("tablet.shelf")))
    if facts.shortage is not None:
        said = ngettext(
            "%(num)d more is promised than there is.",
            "%(num)d more are promised than there are.",
            facts.shortage.missing,
        )
        parts.append(Part(said % {"num": facts.shortage.missing}))
    if facts.expired:
        said = ngettext(
            "%(num)d was held too long and is free again.",
            "%(num)d were held too long and are free again.",
            facts.expired,
        )
        parts.append(Part(said % {"num": facts.expired}))
    return parts
