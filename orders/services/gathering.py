"""Parts to collect at a store that lacks some of them: as the rules for collecting say.

Nothing of an order is reserved when this begins, and nothing is here: whoever placed it reserves
all of it then, by location, so that two stores that gather from each other at once wait for each
other, and never both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from inventory.errors import OutOfStock
from kernel.actors import SYSTEM
from kernel.money import line_amount
from orders import queries
from orders.availability import Way, find_offers, rank_ways
from orders.commands import Channel, Method, PayBy, PlaceOrder, SourcingOutcome, Status
from orders.pricing import Quote
from orders.services.lacking import Owner, brought, refuse_beyond_hold, remember
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


PAID_BEFORE: Final = frozenset({Method.DELIVERY, Method.CARRY_OUT})
"""Ways whose orders are paid before anything is collected."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """When a part that lacks something is promised, what follows, and who keeps what for it."""

    locked: Locked
    after: After
    keepers: tuple[Owner, ...] = ()

    @property
    def promised_at(self) -> datetime:
        """Return what its customer is told now."""
        return self.locked.parcel.promised_at


@dataclass(frozen=True, slots=True)
class Gap:
    """A part as it was placed, at a store that has only `left` of some of it.

    `taken` is what the rest of the same order takes where. `refusal` is what is said where nobody
    fills the gap.
    """

    command: PlaceOrder
    share: Share
    quote: Quote
    order_id: UUID
    fulfillment_id: UUID
    left: Mapping[str, int]
    refusal: OutOfStock
    taken: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)

    @property
    def store(self) -> StoreFacts:
        """Return where it is to be collected."""
        return self.share.store

    @property
    def waits(self) -> bool:
        """Tell whether it has to be paid before it counts."""
        return self.command.waits_for_money

    @property
    def there(self) -> dict[str, int]:
        """Return what the store has of it."""
        have = {sku: self.left.get(sku, units) for sku, units in self.share.quantities.items()}
        return {sku: units for sku, units in have.items() if units}

    @property
    def lacking(self) -> dict[str, int]:
        """Return what it has not."""
        there = self.there
        less = {sku: n - there.get(sku, 0) for sku, n in self.share.quantities.items()}
        return {sku: units for sku, units in less.items() if units}


def gather(session: Session, gap: Gap) -> Gathered:
    """Have a part be promised as the rules say about what its store lacks; nothing is kept yet.

    What waits for its money begins once it is paid: meanwhile it is held, like the rest of it.

    Raises OutOfStock where no rules hold or they find nobody; where they say so, with `ways`; or
    PromiseBeyondHold.
    """
    rules = _find_rules(session, gap.store, gap.command.channel, gap.share.method)
    if rules is None:
        raise gap.refusal
    limits = rules.book.limits
    after = limits.after_partial if gap.there else limits.after_none
    act = _ACTS.get(after)
    if act is None:
        raise refuse_with_ways(session, gap)
    locked = lock_parcel(session, gap.fulfillment_id, actor=SYSTEM)
    keepers = act(session, gap, rules, locked)
    return Gathered(locked, after, tuple(keepers))


def begin_gathering(session: Session, gathered: Gathered) -> None:
    """Have what a part lacks set out, now that all of it is kept and nothing is to be paid."""
    if gathered.locked.parcel.status is Status.NEW:
        set_out(session, gathered.locked)


def refuse_with_ways(session: Session, gap: Gap) -> OutOfStock:
    """Return the refusal with the ways in which all of it, or most of it, can be had.

    An order of several parts is told what each is short of instead.
    """
    if len(gap.command.parts) > 1:
        return gap.refusal
    near = Near(gap.store.latitude, gap.store.longitude, NEAR_KM)
    offers = find_offers(
        session,
        quantities=gap.share.quantities,
        where=Where(near, brand=gap.store.brand_code),
        leaving_out=gap.fulfillment_id,
    )
    ways = rank_ways(offers, gap.share.quantities)
    return OutOfStock(shortages=dict(gap.left), ways=[_say(way) for way in ways])


def brings_lacking(session: Session, store: StoreFacts, *, channel: Channel, some: bool) -> bool:
    """Tell whether what a store lacks of an order to collect there is brought from others.

    `some` is whether it has a part of it.
    """
    rules = _find_rules(session, store, channel, Method.PICKUP)
    if rules is None:
        return False
    limits = rules.book.limits
    return (limits.after_partial if some else limits.after_none) is After.TRANSFER


def _find_rules(
    session: Session, store: StoreFacts, channel: Channel, method: Method
) -> Held | None:
    found = queries.find_rules(
        session,
        brand_id=store.brand_id,
        channel=channel,
        method=rules_method(method),
        store_id=store.id,
    )
    return held(found) if found else None


def _bring(session: Session, gap: Gap, rules: Held, locked: Locked) -> list[Owner]:
    """Others bring it to the store; kept where it is, and promised for when it arrives."""
    consolidate = rules.book.limits.consolidate
    wanted = gap.lacking if consolidate else dict(gap.share.quantities)
    ask = _ask(gap, wanted)
    decision = decide_by(session, ask, rules)
    if decision.missing:
        raise refuse_with_ways(session, gap)
    _promise(session, gap, locked, Lacks(decision.sends), After.TRANSFER)
    record_decision(session, replace(decision, after=After.TRANSFER), ask, gap.order_id)
    keepers = brought(locked.parcel.promise_inputs)
    return [*keepers, *_own(gap)] if consolidate else keepers


def _wait(session: Session, gap: Gap, rules: Held, locked: Locked) -> list[Owner]:
    """It waits for what is announced; else its customer is asked, and waits unless they choose."""
    lacks = _announced(session, gap)
    ask = _ask(gap, gap.lacking)
    none = Decision(SourcingOutcome.NONE, (), gap.lacking, after=After.WAIT, rule_set_id=rules.id)
    if lacks is not None:
        _promise(session, gap, locked, lacks, After.WAIT)
        record_decision(session, replace(none, lacks=lacks), ask, gap.order_id)
        return _own(gap)
    if gap.waits:
        raise refuse_with_ways(session, gap)
    leave_open(session, locked)
    record_decision(session, none, ask, gap.order_id)
    return []


def _see_to(session: Session, gap: Gap, rules: Held, locked: Locked) -> list[Owner]:
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
    return []


_ACTS: Final[Mapping[After, Callable[[Session, Gap, Held, Locked], list[Owner]]]] = {
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
    before = PAID_BEFORE & {part.method for part in gap.command.parts}
    refuse_beyond_hold(
        locked.parcel.promised_at,
        asked_at=gap.store.asked_at,
        pay_by=gap.command.pay_by,
        instead=PayBy.TILL if before else PayBy.PICKUP,
    )
    locked.parcel.promise_inputs = remember(locked.parcel.promise_inputs, after, lacks)
    session.flush()


def _announced(session: Session, gap: Gap) -> Lacks | None:
    """Return what the store waits for, and until when; None where not all of it is announced."""
    offers = find_offers(
        session,
        quantities=gap.lacking,
        where=Where(codes=(gap.store.code,), method=StoreMethod(gap.share.method)),
        leaving_out=gap.fulfillment_id,
    )
    awaited = queries.sum_awaited(session, sorted(gap.lacking)).get(gap.store.id, {})
    for offer in offers:
        coming = expected(offer.deliveries, awaited)
        lacks = lacks_until(gap.share.quantities, gap.there, coming)
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
        taken=gap.taken,
    )


def _own(gap: Gap) -> list[Owner]:
    """Return what the store itself keeps of it, if anything."""
    return [Owner(gap.fulfillment_id, gap.store.id, gap.there)] if gap.there else []


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
