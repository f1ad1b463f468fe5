"""All ways to get a basket as a shopper reads them: collected or brought, in one order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

import orders.delivery
from app import formats
from app.doors import say_options
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.paying import card_enabled
from app.shop.baskets import Basket
from app.shop.delivering import ask_for, by_card, guess_postcode
from app.shop.saying import say_day
from app.shop.visitor import Frame
from orders.availability import Way, WayKind
from orders.delivery import DeliveryOption, RankedWay


@dataclass(frozen=True, slots=True)
class SaidWay:
    """A way to get the basket, as a sentence, with what it costs beside the goods.

    `fit` takes what the store has and leaves the rest. One that is `brought` has no store; one
    without either is only expected, and `missing` is what can be asked to be told of. `code` names
    the way to a door.
    """

    kind: str
    said: str
    place: str
    km: float | None
    price: str
    store_code: str | None = None
    fit: bool = False
    missing: str | None = None
    brought: bool = False
    note: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to get a basket, best first; `brought` says whether it can be, as far as known.

    `least` is what being brought costs at least, while no postcode says how much, and when.
    """

    ranked: list[SaidWay] = field(default_factory=list)
    postcode: str = ""
    brought: bool = False
    least: str | None = None

    @property
    def first(self) -> SaidWay | None:
        """Return the best way in which nothing is missing, for the page's one button."""
        return next((each for each in self.ranked if each.kind == "all"), None)


def read_ways(session: Session, frame: Frame, basket: Basket) -> Ways:
    """Return every way to get a basket, but not the store that has it all and is chosen already.

    A basket over two stores is two orders, which one tap cannot place: it is left out.
    """
    mine = basket.chosen.store.code if basket.chosen and basket.chosen.has_all else None
    collected = [
        way
        for way in basket.ways
        if way.kind is not WayKind.SPLIT and way.parts[0].store.code != mine
    ]
    postcode = guess_postcode(frame)
    asked = ask_for(frame, basket.quantities, postcode)
    if asked is None or not card_enabled():
        return Ways(_say(orders.delivery.rank_all(collected, []), basket))
    if not postcode:
        least_minor = orders.delivery.find_least(session, asked)
        ranked = _say(orders.delivery.rank_all(collected, []), basket)
        return Ways(ranked, "", least_minor is not None, _least(least_minor, basket.currency))
    options = by_card(orders.delivery.find_options(session, asked))
    ranked = _say(orders.delivery.rank_all(collected, options), basket)
    return Ways(ranked, postcode, bool(options))


def _least(minor: int | None, currency: str) -> str | None:
    if minor == 0:
        return _("free to some addresses")
    if minor is None:
        return None
    return _("from %(price)s") % {"price": formats.money(minor, currency, language=current())}


def _say(ranked: list[RankedWay], basket: Basket) -> list[SaidWay]:
    units = sum(basket.quantities.values())
    said = []
    for each in ranked:
        if each.delivery is not None:
            said.append(_brought(each.delivery, basket.currency))
        elif each.way is not None:
            said.append(_collected(each.way, units))
    return said


def _brought(option: DeliveryOption, currency: str) -> SaidWay:
    (said,) = say_options([option], currency)
    window = said.window[:1].upper() + said.window[1:]
    return SaidWay(
        "all", window, said.name, None, said.price, brought=True, note=said.to_free, code=said.code
    )


def _collected(way: Way, units: int) -> SaidWay:
    part = way.parts[0]
    store, given = part.store, sum(part.quantities.values())
    facts = {"num": given, "all": units, "day": say_day(way.parts[-1].day, store)}
    if part.ready_at is not None:
        facts["when"] = formats.when(part.ready_at, store.time_zone, language=current())
    kind, said = _said(way, units, facts)
    now = way.kind is not WayKind.LATER
    return SaidWay(
        kind=kind,
        said=said,
        place=store.name,
        km=part.distance_km,
        price=_("No charge"),
        store_code=store.code if now else None,
        fit=way.kind in {WayKind.PART, WayKind.REST_LATER},
        missing=None if now else next(iter(part.quantities), None),
    )


def _said(way: Way, units: int, facts: Mapping[str, object]) -> tuple[str, str]:
    some = ngettext("%(num)d of %(all)d %(when)s", "%(num)d of %(all)d %(when)s", units)
    if way.kind is WayKind.ALL:
        said = ngettext("It is ready %(when)s", "All %(all)d are ready %(when)s", units)
        return "all", said % facts
    if way.kind is WayKind.PART:
        return "part", some % facts
    if way.kind is WayKind.REST_LATER:
        return "part", f"{some % facts}, {_('the rest expected %(day)s') % facts}"
    if way.missing:
        said = ngettext(
            "%(num)d of %(all)d expected %(day)s", "%(num)d of %(all)d expected %(day)s", units
        )
        return "later", said % facts
    all_of_it = _("All %(all)d expected %(day)s") if units > 1 else _("Expected %(day)s")
    return "later", all_of_it % facts
