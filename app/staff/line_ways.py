"""How a line can go that a customer wants in a store: along now, kept, elsewhere, brought."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from app import formats
from app.i18n import current
from app.i18n import gettext as _
from app.staff.roads import Roads
from app.staff.stock_words import day_word, today
from orders.availability import StoreOffer
from orders.commands import Collect, Method
from stores.queries import StoreFacts

NOW: Final = "now"
HERE: Final = "here"
DOOR: Final = "door"
AND: Final = "+"
"""Between what goes along now and how the rest goes: `now:1+door`."""
STORES_MAX: Final = 3
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LineOption:
    """One way: `said` is how, `note` when and where; `now` is how many go along at once.

    `kind` is as in the component `availability`.
    """

    value: str
    kind: str
    icon: str
    said: str
    note: str
    now: int = 0
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Had:
    """How many of a SKU are wanted, lie on the shelf, and can be sent to a door."""

    sku: str
    wanted: int
    shelf: int
    sendable: int
    roads: Roads
    fetches: bool = False
    """Others send to this store what it lacks."""


def split_goods(
    store_code: str, wanted: Mapping[str, tuple[int, str]]
) -> tuple[tuple[Collect, ...], dict[str, int]]:
    """Return what is collected where, and what is brought: `wanted` has units and way by SKU.

    What goes along comes first. A line without a way is in none of them.
    """
    goods: dict[str, dict[str, int]] = {}
    for sku, (units, value) in wanted.items():
        for where, some in _divide(value, units):
            goods.setdefault(where, {})[sku] = some
    brought = goods.pop(DOOR, {})
    parts = [_collect(store_code, where, units) for where, units in goods.items()]
    return tuple(sorted(parts, key=lambda each: each.method is not Method.CARRY_OUT)), brought


def list_line_options(
    store: StoreFacts, offers: Sequence[StoreOffer], had: Had
) -> list[LineOption]:
    """Return the ways one line can go, the one to propose first.

    What lies here goes along; what does not is brought, and if nobody brings it, it waits where it
    is to be had soonest.
    """
    along = [_along(had)] if had.shelf >= had.wanted else []
    whole = [*along, *_ways(store, offers, had, had.wanted)]
    if along or not had.shelf:
        return whole
    rest = had.wanted - had.shelf
    elsewhere = replace(had, sendable=had.sendable - had.roads.own.get(had.sku, 0))
    parted = [_with_some_now(each, had) for each in _ways(store, offers, elsewhere, rest)]
    return [*parted, *whole]


def _divide(value: str, units: int) -> Iterator[tuple[str, int]]:
    along, _and, rest = value.partition(AND)
    said = along.partition(":")[2]
    now = int(said) if said.isascii() and said.isdigit() else 0
    if rest and 0 < now < units:
        yield NOW, now
        yield rest, units - now
    elif value:
        yield rest or value, units


def _collect(store_code: str, where: str, quantities: Mapping[str, int]) -> Collect:
    if where == NOW:
        return Collect(store_code, quantities, Method.CARRY_OUT)
    return Collect(store_code if where == HERE else where, quantities)


def _along(had: Had) -> LineOption:
    return LineOption(
        NOW, "all", "shopping-bag", _("Taken along now"), _("It is paid first."), had.wanted
    )


def _ways(
    store: StoreFacts, offers: Sequence[StoreOffer], had: Had, units: int
) -> Iterator[LineOption]:
    """Return how so many can be had that are not taken along now."""
    mine = next((each for each in offers if each.store.id == store.id), None)
    others = [
        each
        for each in offers
        if each.store.id != store.id and each.at_hand.get(had.sku, 0) >= units
    ]
    ready = [each for each in others if each.ready_at is not None and each.store.offered]
    kept = mine is not None and mine.ready_at and mine.at_hand.get(had.sku, 0) >= units
    if kept and mine is not None and units == had.wanted:
        yield LineOption(HERE, "all", "building-store", _("Collected here"), _when(mine))
    if had.sendable >= units and had.roads.options:
        first = had.roads.options[0]
        window = first.window[:1].upper() + first.window[1:]
        yield LineOption(DOOR, "all", "truck", _("Brought home"), window)
    ready.sort(key=lambda each: (each.distance_km or 0.0, each.store.code))
    for each in ready[:STORES_MAX]:
        yield LineOption(
            each.store.code,
            "all",
            "building-store",
            _("Collected at %(store)s") % {"store": each.store.name},
            f"{_when(each)} · {_far(each)}",
            store_id=each.store.id,
        )
    if not kept and others and had.fetches and units == had.wanted:
        near = min(others, key=lambda each: each.distance_km or 0.0)
        yield _sent_here(store, near)


def _sent_here(store: StoreFacts, near: StoreOffer) -> LineOption:
    day = day_word(today(store) + A_DAY, store)
    said = _("Here from %(day)s") % {"day": day}
    sender = _("sent by %(store)s") % {"store": near.store.name}
    return LineOption(HERE, "later", "package", _("Collected here"), f"{said}, {sender}")


def _with_some_now(rest: LineOption, had: Had) -> LineOption:
    said = _("%(num)d now, %(rest)d %(how)s") % {
        "num": had.shelf,
        "rest": had.wanted - had.shelf,
        "how": rest.said[:1].lower() + rest.said[1:],
    }
    value = f"{NOW}:{had.shelf}{AND}{rest.value}"
    return replace(rest, value=value, kind="part", said=said, now=had.shelf)


def _when(offer: StoreOffer) -> str:
    at = offer.ready_at or offer.store.asked_at
    return _("Ready %(when)s") % {
        "when": formats.when(at, offer.store.time_zone, language=current())
    }


def _far(offer: StoreOffer) -> str:
    return formats.distance(offer.distance_km or 0.0, language=current())
