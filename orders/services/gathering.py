"""An order to collect at a store that lacks some of it: as the rules for collecting say.

Nothing of it is reserved when this begins; what is reserved here, is by location: two stores that
gather from each other at once wait for each other, and never both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from inventory.commands import Hold
from inventory.errors import OutOfStock
from kernel.actors import SYSTEM
from kernel.money import line_amount
from orders import queries
from orders.availability import Way, find_offers, rank_ways
from orders.commands import PayBy, PlaceOrder, SourcingOutcome, Status, hold_of
from orders.pricing import Quote
from orders.services.lacking import (
    Owner,
    brought,
    keep_awaited,
    refuse_beyond_hold,
    remember,
    reserve_for,
)
from orders.services.parcels import Locked, lock_parcel
from orders.services.planning import Share
from orders.services.setting_out import ask_a_person, leave_open, set_out
from orders.services.transferring import promise_anew
from orders.sourcing import (
    A_DAY,
    After,
    Ask,
    Decision,
    Held,
    Lacks,
    decide_by,
    expected,
    held,
    lacks_until,
    record_decision,
    rules_method,
    tomorrow,
)
from stores.commands import StoreMethod
from stores.queries import Near, StoreFacts, Where

NEAR_KM: Final = 100.0


@dataclass(frozen=True, slots=True)
class Gathered:
    """When an order that lacks something is promised, and what follows."""

    promised_at: datetime
    after: After


@dataclass(frozen=True, slots=True)
class Gap:
    """An order of one part as it was placed, at a store that is short of some of it."""

    command: PlaceOrder
    share: Share
    quote: Quote
    order_id: UUID
    fulfillment_id: UUID
    short: OutOfStock

    @property
    def store(self) -> StoreFacts:
        """Return where it is to be collected."""
        return self.share.store

    @property
    def waits(self) -> bool:
        """Tell whether it has to be paid before it counts."""
        return self.command.waits_for_money

    @property
    def hold(self) -> Hold | None:
        """Return for how long its goods are held while it waits to be paid."""
        return hold_of(self.store.rules, self.command.channel) if self.waits else None

    @property
    def there(self) -> dict[str, int]:
        """Return what the store has of it."""
        left: Mapping[str, int] = self.short.facts["shortages"]
        have = {sku: left.get(sku, units) for sku, units in self.command.quantities.items()}
        return {sku: units for sku, units in have.items() if units}

    @property
    def lacking(self) -> dict[str, int]:
        """Return what it has not."""
        there = self.there
        less = {sku: n - there.get(sku, 0) for sku, n in self.command.quantities.items()}
        return {sku: units for sku, units in less.items() if units}


def gather(session: Session, gap: Gap) -> Gathered:
    """Have done what the rules say about what a store lacks; return when it is promised.

    What waits for its money begins once it is paid: meanwhile it is held, like the rest of it.

    Raises OutOfStock where no rules hold or they find nobody; where they say so, with `ways`; or
    PromiseBeyondHold.
    """
    rules = _find_rules(session, gap)
    if rules is None:
        raise gap.short
    limits = rules.book.limits
    after = limits.after_partial if gap.there else limits.after_none
    act = _ACTS.get(after)
    if act is None:
        raise _with_ways(session, gap)
    locked = lock_parcel(session, gap.fulfillment_id, actor=SYSTEM)
    act(session, gap, rules, locked)
    if not gap.waits and locked.parcel.status is Status.NEW:
        set_out(session, locked)
    return Gathered(locked.parcel.promised_at, after)


def _find_rules(session: Session, gap: Gap) -> Held | None:
    found = queries.find_rules(
        session,
        brand_id=gap.store.brand_id,
        channel=gap.command.channel,
        method=rules_method(gap.share.method),
        store_id=gap.store.id,
    )
    return held(found) if found else None


def _bring(session: Session, gap: Gap, rules: Held, locked: Locked) -> None:
    """Others bring it to the store; kept where it is, and promised for when it arrives."""
    consolidate = rules.book.limits.consolidate
    wanted = gap.lacking if consolidate else dict(gap.command.quantities)
    ask = _ask(gap, wanted)
    decision = decide_by(session, ask, rules)
    if decision.missing:
        raise _with_ways(session, gap)
    _promise(session, gap, locked, Lacks(decision.sends), After.TRANSFER)
    keepers = brought(locked.parcel.promise_inputs)
    if consolidate and gap.there:
        keepers.append(_own(gap))
    try:
        with session.begin_nested():
            reserve_for(session, keepers, hold=gap.hold)
    except OutOfStock:  # somebody was faster
        raise _with_ways(session, gap) from None
    record_decision(session, replace(decision, after=After.TRANSFER), ask, gap.order_id)


def _wait(session: Session, gap: Gap, rules: Held, locked: Locked) -> None:
    """It waits for what is announced; else its customer is asked, and waits unless they choose."""
    lacks = _announced(session, gap)
    ask = _ask(gap, gap.lacking)
    none = Decision(SourcingOutcome.NONE, (), gap.lacking, after=After.WAIT, rule_set_id=rules.id)
    if lacks is not None:
        _promise(session, gap, locked, lacks, After.WAIT)
        reserve_for(session, [_own(gap)] if gap.there else [], hold=gap.hold)
        keep_awaited(session, gap.store.id, locked.parcel.promise_inputs)
        none = replace(none, lacks=lacks)
    elif gap.waits:
        raise _with_ways(session, gap)
    else:
        leave_open(session, locked)
    record_decision(session, none, ask, gap.order_id)


def _see_to(session: Session, gap: Gap, rules: Held, locked: Locked) -> None:
    """A person finds a way, and the customer is asked what they want: once it is paid."""
    if gap.waits:
        parcel = locked.parcel
        parcel.promise_inputs = remember(parcel.promise_inputs, After.CASE, Lacks())
        parcel.promised_at = gap.store.asked_at + timedelta(hours=gap.store.rules.choice_hours)
        session.flush()
    else:
        leave_open(session, locked)
        ask_a_person(session, locked)
    none = Decision(SourcingOutcome.NONE, (), gap.lacking, after=After.CASE, rule_set_id=rules.id)
    record_decision(session, none, _ask(gap, gap.lacking), gap.order_id)


_ACTS: Final[Mapping[After, Callable[[Session, Gap, Held, Locked], None]]] = {
    After.TRANSFER: _bring,
    After.WAIT: _wait,
    After.CASE: _see_to,
}


def _promise(session: Session, gap: Gap, locked: Locked, lacks: Lacks, after: After) -> None:
    """Have the parcel be promised for when what it lacks is there.

    Raises PromiseBeyondHold.
    """
    arrives_on = lacks.on + A_DAY if lacks.on else tomorrow(gap.store)
    promise_anew(session, locked.parcel, gap.store, arrives_on=arrives_on)
    refuse_beyond_hold(
        locked.parcel.promised_at,
        asked_at=gap.store.asked_at,
        pay_by=gap.command.pay_by,
        instead=PayBy.PICKUP,
    )
    locked.parcel.promise_inputs = remember(locked.parcel.promise_inputs, after, lacks)
    session.flush()


def _announced(session: Session, gap: Gap) -> Lacks | None:
    """Return what the store waits for, and until when; None where not all of it is announced."""
    offers = find_offers(
        session,
        quantities=gap.command.quantities,
        where=Where(codes=(gap.store.code,), method=StoreMethod(gap.share.method)),
        leaving_out=gap.fulfillment_id,
    )
    awaited = queries.sum_awaited(session, sorted(gap.lacking)).get(gap.store.id, {})
    for offer in offers:
        coming = expected(offer.deliveries, awaited)
        lacks = lacks_until(gap.command.quantities, offer.at_hand, coming)
        return lacks if lacks and lacks.on else None
    return None


def _ask(gap: Gap, wanted: Mapping[str, int]) -> Ask:
    worth = {
        line.sku: line_amount(
            quantity=1, unit_price_minor=line.unit_price_minor, price_per=line.price_per
        )
        for line in gap.quote.lines
    }
    return Ask(
        brand_id=gap.store.brand_id,
        brand=gap.store.brand_code,
        channel=gap.command.channel,
        method=gap.share.method,
        quantities=dict(wanted),
        latitude=gap.store.latitude,
        longitude=gap.store.longitude,
        values_minor=worth,
        postcode=gap.store.postcode,
        store_id=gap.store.id,
    )


def _own(gap: Gap) -> Owner:
    """Return what the store itself keeps of it."""
    return Owner(gap.fulfillment_id, gap.store.id, gap.there)


def _with_ways(session: Session, gap: Gap) -> OutOfStock:
    """Return the refusal with the ways in which all of it, or most of it, can be had."""
    near = Near(gap.store.latitude, gap.store.longitude, NEAR_KM)
    offers = find_offers(
        session,
        quantities=gap.command.quantities,
        where=Where(near, brand=gap.store.brand_code),
        leaving_out=gap.fulfillment_id,
    )
    ways = rank_ways(offers, gap.command.quantities)
    return OutOfStock(shortages=gap.short.facts["shortages"], ways=[_say(way) for way in ways])


def _say(way: Way) -> dict[str, Any]:
    return {
        "kind": way.kind.value,
        "missing": dict(way.missing),
        "parts": [
            {
                "store": part.store.code,
                "day": part.day.isoformat(),
                "quantities": dict(part.quantities),
            }
            for part in way.parts
        ],
    }
