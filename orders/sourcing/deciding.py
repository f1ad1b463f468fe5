"""The decision: one availability statement, then rules."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import stores.queries
from kernel.clock import db_now
from orders import queries
from orders.availability import Reason, StoreOffer, find_offers
from orders.commands import Method
from orders.queries import RuleSetFacts
from orders.sourcing.engine import Choice, choose
from orders.sourcing.later import once_there, tomorrow
from orders.sourcing.rules import After, RuleBook, read_book
from orders.sourcing.shapes import Ask, Decision, Lacks, Send
from orders.sourcing.sieve import NOTHING, UNABLE, Candidate, Judged
from stores.commands import StoreMethod
from stores.queries import Near, Where

WORLD_KM: Final = 20_100
KEPT_MAX: Final = 20
"""Candidates that are kept with a decision."""
FALLEN_MIN: Final = 5
"""Of these, how many are fallen ones, where there are: why the warehouse did not is asked first."""
UNABLE_REASONS: Final = frozenset(
    {Reason.PAUSED, Reason.CLOSED, Reason.NOT_OPEN_YET, Reason.NOT_OFFERED}
)
USUAL: Final = read_book([{"filter": "has_all"}, {"rank": "distance"}], {}, method=Method.DELIVERY)
"""What holds where nobody set any rules: the nearest location that has all of it."""


@dataclass(frozen=True, slots=True)
class Held:
    """The rules that hold for an ask, and which set they are of."""

    book: RuleBook
    id: UUID | None = None


def held_rules(session: Session, ask: Ask) -> Held:
    """Return the rules that hold for an ask now."""
    found = queries.find_rules(
        session,
        brand_id=ask.brand_id,
        channel=ask.channel,
        method=rules_method(ask.method),
        store_id=ask.store_id,
    )
    return Held(USUAL) if found is None else held(found)


def held(found: RuleSetFacts) -> Held:
    """Return a rule set as what holds."""
    return Held(read_book(list(found.rules), dict(found.limits), method=found.method), found.id)


def rules_method(method: Method) -> Method:
    """Return whose rules a way follows: whatever is collected follows those of collecting."""
    return Method.DELIVERY if method is Method.DELIVERY else Method.PICKUP


def decide_by(session: Session, ask: Ask, rules: Held) -> Decision:
    """Return who sends what is asked, by these rules, as stock is now.

    Raises UnknownSku.
    """
    return decide_among(session, ask, rules, read_offers(session, ask, rules))


def read_offers(session: Session, ask: Ask, rules: Held) -> list[StoreOffer]:
    """Return what every location has of what is asked, in one statement.

    Raises UnknownSku.
    """
    brought = ask.method is Method.DELIVERY
    where = Where(
        Near(ask.latitude, ask.longitude, WORLD_KM),
        brand=ask.brand,
        method=StoreMethod.SHIP if brought else StoreMethod.PICKUP,
        weighed=uses(rules.book, "load"),
    )
    return find_offers(session, quantities=ask.quantities, where=where)


def decide_among(
    session: Session,
    ask: Ask,
    rules: Held,
    offers: Iterable[StoreOffer],
    *,
    had: Mapping[str, Mapping[str, int]] | None = None,
) -> Decision:
    """Return who of these sends what; `had` is what each had, by code, at another moment."""
    groups = groups_by_id(session) if uses(rules.book, "groups") else {}
    by_code = {
        offer.row.store_code: offer
        for offer in offers
        if offer.row.location_id not in excepted(ask)
    }
    candidates = [
        _candidate(offer, ask, groups, _left(offer, ask) if had is None else had.get(code, {}))
        for code, offer in by_code.items()
    ]
    asked_at = {offer.row.asked_at for offer in by_code.values()}
    now = asked_at.pop() if asked_at else db_now(session)
    choice = choose(
        candidates, ask.quantities, values_minor=ask.values_minor, book=rules.book, now=now
    )
    sends = tuple(send_from(by_code[code], share) for code, share in choice.sends)
    decision = Decision(
        choice.outcome,
        sends,
        choice.missing,
        _after(choice, rules.book),
        rules.id,
        _kept(choice, by_code),
        _losing(choice),
    )
    return _gathered(ask, decision) if choice.gathers else decision


def _gathered(ask: Ask, decision: Decision) -> Decision:
    """Return the decision with the first sending all of it, once the others have brought it."""
    first, *brings = decision.sends
    later = once_there(first.store, tomorrow(first.store))
    if later is None:
        return replace(decision, sends=(), missing=ask.quantities, after=After.ALTERNATIVES)
    send = replace(first, quantities=ask.quantities, ready_at=later.ready_at)
    return replace(decision, sends=(send,), lacks=Lacks(tuple(brings)))


def uses(book: RuleBook, name: str) -> bool:
    """Tell whether any rule of a book is of this name."""
    return any(rule.name == name for rule in book.rules)


def excepted(ask: Ask) -> frozenset[UUID]:
    """Return who may not be chosen: who said no, and who is brought to."""
    if ask.method is Method.DELIVERY or ask.store_id is None:
        return ask.without
    return ask.without | {ask.store_id}


def groups_by_id(session: Session) -> dict[UUID, str]:
    """Return the code of every group of stores, by its id."""
    rows = session.execute(stores.queries.select_groups())
    return {row.group_id: row.group_code for row in rows}


def _candidate(
    offer: StoreOffer, ask: Ask, groups: Mapping[UUID, str], has: Mapping[str, int]
) -> Candidate:
    row = offer.row
    return Candidate(
        row.store_code,
        offer.distance_km or 0.0,
        has,
        groups.get(row.group_id),
        row.ships and not row.sells,
        row.waiting,
        offer.ready_at,
        unable(offer, ask),
        _is_full(offer),
    )


def _left(offer: StoreOffer, ask: Ask) -> Mapping[str, int]:
    """Return what a location has free beside what other parts of the same order take there."""
    taken = ask.taken.get(offer.row.location_id, {})
    return {sku: max(units - taken.get(sku, 0), 0) for sku, units in offer.at_hand.items()}


def unable(offer: StoreOffer, ask: Ask) -> str:
    """Return why a location takes no orders in this way; another store may bring from anywhere."""
    if ask.method is not Method.DELIVERY:
        if offer.row.opened_at is None:
            return Reason.NOT_OPEN_YET.value
        return Reason.PAUSED.value if offer.row.paused else ""
    return offer.reason.value if offer.reason in UNABLE_REASONS else ""


def _is_full(offer: StoreOffer) -> bool:
    """Tell whether a day it could have prepared on, until it can, is full."""
    if not offer.row.full_days or offer.ready_at is None:
        return False
    zone = ZoneInfo(offer.row.time_zone)
    today = offer.row.asked_at.astimezone(zone).date()
    ready = offer.ready_at.astimezone(zone).date()
    days = (date.fromisoformat(each) for each in json.loads(offer.row.full_days))
    return any(today <= day <= ready for day in days)


def send_from(offer: StoreOffer, share: Mapping[str, int]) -> Send:
    """Return what a location sends, as soon as it can."""
    ready_at = offer.ready_at or offer.row.asked_at
    return Send(offer.store, share, ready_at, offer.distance_km or 0.0)


def _after(choice: Choice, book: RuleBook) -> After:
    return book.limits.after_partial if choice.sends else book.limits.after_none


def _kept(choice: Choice, by_code: Mapping[str, StoreOffer]) -> Sequence[dict[str, Any]]:
    """Return the candidates a decision is kept with: chosen and best ones, and telling fallen."""
    chosen = {code for code, _share in choice.sends}
    stayed = sorted(
        (each for each in choice.judged if not each.fell), key=lambda each: each.code not in chosen
    )
    fallen = sorted(
        (each for each in choice.judged if each.fell and each.fell != NOTHING),
        key=lambda each: (not each.candidate.is_warehouse, each.candidate.distance_km),
    )
    room = KEPT_MAX - min(len(fallen), FALLEN_MIN)
    best = stayed[:room]
    return [
        _record(each, by_code[each.code]) for each in [*best, *islice(fallen, KEPT_MAX - len(best))]
    ]


def _record(judged: Judged, offer: StoreOffer) -> dict[str, Any]:
    candidate, row = judged.candidate, offer.row
    return {
        "location_id": str(row.location_id),
        "store": candidate.code,
        "name": row.store_name,
        "warehouse": candidate.is_warehouse,
        "km": round(candidate.distance_km, 1),
        "gives": judged.gives,
        "saw": judged.saw,
        "fell": judged.fell,
        "why": candidate.unable,
        "paused_until": row.paused_until.isoformat() if row.paused_until else None,
    }


def _losing(choice: Choice) -> dict[str, Any]:
    """Return how many fell to which rule, and how many stayed."""
    fell: dict[str, int] = {}
    for each in choice.judged:
        if each.fell:
            name = f"{UNABLE}:{each.candidate.unable}" if each.fell == UNABLE else each.fell
            fell[name] = fell.get(name, 0) + 1
    kept = sum(not each.fell for each in choice.judged)
    return {"fell": fell, "kept": kept, "of": len(choice.judged), "relaxed": choice.relaxed}
