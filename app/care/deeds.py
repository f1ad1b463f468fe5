"""What somebody can do with their order by themselves, in words: by the state it is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import url_for

from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.shop.shown import ShownOrder, ShownParcel
from conversations.understanding import Wish, find_day
from kernel import clock
from orders.services import kept_until

ABOUT_ORDER: Final = frozenset(
    {Wish.WHERE, Wish.EXTEND, Wish.CANCEL, Wish.COLLECTOR, Wish.STORE, Wish.INVOICE}
)
"""What cannot be answered without knowing which order is meant."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done now: what its button says, and where it is done.

    `posts` is done by one press where it stands; the others ask on a page of their own.
    """

    wish: Wish
    label: str
    href: str
    posts: bool = False
    note: str = ""


def list_deeds(order: ShownOrder) -> list[Deed]:
    """Return what can be done with an order as it is now, what is likeliest first."""
    token = order.facts.token
    found = [*_extend(order, token), *_collect(order, token)]
    if order.amendable:
        found.append(
            Deed(Wish.STORE, _("Change store, slot or articles"), _at("ask_to_amend", token))
        )
    if order.cancellable:
        found.append(Deed(Wish.CANCEL, _("Cancel the order"), _at("ask_to_cancel", token)))
    found.append(Deed(Wish.INVOICE, _("See what was paid, with VAT"), _at("order", token)))
    return found


def say_state(order: ShownOrder) -> str:
    """Return where an order stands, in a sentence for each parcel."""
    said = []
    for each in order.parcels:
        words = f"{each.state} · {each.store.name}"
        until = each.facts.collect_by if each.ready else None
        if until is not None:
            words += " · " + _("kept until %(when)s") % {"when": _when(until, each)}
        said.append(words)
    return _("Order %(number)s: %(state)s.") % {"number": order.number, "state": "; ".join(said)}


def say_extension(order: ShownOrder, said: str) -> str | None:
    """Return until when a ready order can be kept, and what that means for the day named.

    None where it can be kept no longer.
    """
    parcel = next((each for each in order.parcels if each.extendable), None)
    if parcel is None or parcel.facts.collect_by is None:
        return None
    now, then = parcel.facts.collect_by, kept_until(parcel.store, parcel.facts.collect_by)
    wanted = wanted_day(said, parcel)
    day = (
        formats.day(_noon(wanted, parcel), parcel.store.time_zone, language=current())
        if wanted
        else ""
    )
    if wanted and wanted <= _date(now, parcel):
        words = _("It is kept until %(now)s anyway, %(day)s too. It can be kept until %(then)s.")
    elif wanted and wanted > _date(then, parcel):
        words = _(
            "It is kept until %(now)s, and can be kept until %(then)s: that is before %(day)s."
        )
    else:
        words = _("It is kept until %(now)s. It can be kept until %(then)s.")
    return words % {"now": _when(now, parcel), "then": _when(then, parcel), "day": day}


def wanted_day(said: str, parcel: ShownParcel) -> date | None:
    """Return the day somebody names, as a day at the store."""
    return find_day(said, today=_date(clock.now(), parcel))


def pick(orders: Iterable[ShownOrder], said: str) -> ShownOrder | None:
    """Return the order whose number is said, with or without its hyphen."""
    typed = "".join(each for each in said.upper() if each.isalnum())
    return next((each for each in orders if each.number.replace("-", "") in typed), None)


def _extend(order: ShownOrder, token: str) -> list[Deed]:
    parcel = next((each for each in order.parcels if each.extendable), None)
    if parcel is None or parcel.facts.collect_by is None:
        return []
    until = _when(kept_until(parcel.store, parcel.facts.collect_by), parcel)
    label = _("Keep it until %(when)s") % {"when": until}
    note = _("Your code stays the same.")
    return [Deed(Wish.EXTEND, label, _at("extend", token), posts=True, note=note)]


def _collect(order: ShownOrder, token: str) -> list[Deed]:
    if not order.collectable:
        return []
    return [
        Deed(Wish.COLLECTOR, _("Have somebody else collect it"), _at("ask_for_collector", token))
    ]


def _at(view: str, token: str) -> str:
    return url_for(f"shop.{view}", token=token)


def _when(at: datetime, parcel: ShownParcel) -> str:
    return formats.when(at, parcel.store.time_zone, language=current())


def _date(at: datetime, parcel: ShownParcel) -> date:
    return at.astimezone(ZoneInfo(parcel.store.time_zone)).date()


def _noon(day: date, parcel: ShownParcel) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(parcel.store.time_zone))
