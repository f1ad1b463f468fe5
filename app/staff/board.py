"""The board: a store's open parcels in groups, each group soonest promise first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from app.i18n import gettext as _
from app.staff.words import state_word
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders import queries
from orders.commands import Method, Status
from orders.queries import ArrivalFacts, FulfillmentFacts

UNTOUCHED: Final = frozenset({Status.NEW, Status.ACCEPTED})
TO_DO: Final = (Status.NEW, Status.ACCEPTED, Status.PICKING)
VERSION_SIGNS: Final = 16
MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One parcel on the board; `state` only where its group does not say it: a late one's."""

    id: UUID
    number: str
    name: str
    state: str | None
    promised_at: datetime
    bin: str | None
    units: int
    counts_down: bool
    slot: tuple[datetime, datetime] | None = None
    drive: bool = False
    coming: ArrivalFacts | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Parcels that wait for the same thing; `kind` as in the component `mark`."""

    key: str
    kind: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board; `version` changes when anything of it does."""

    groups: tuple[Group, ...]
    version: str
    alert_s: int = 0
    """Seconds after which somebody who waits outside has waited too long."""

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do and nothing waiting."""
        return not any(group.cards for group in self.groups)


def read_board(session: Session, *, location_id: UUID, actor: Actor) -> Board:
    """Return the board of a store as it is now: who waits outside, what is late, what is to do."""
    to_do = queries.list_fulfillments(session, location_id=location_id, statuses=TO_DO, actor=actor)
    ready = queries.list_fulfillments(
        session, location_id=location_id, statuses=[Status.READY], actor=actor
    )
    parcels = [*to_do, *ready]
    people = customers.queries.get_contacts(session, [each.contact_id for each in parcels])
    names = {contact_id: person.name for contact_id, person in people.items()}
    coming = queries.list_waiting_outside(session, location_id)
    outside = sorted(
        (each for each in ready if each.id in coming and coming[each.id].waits),
        key=lambda each: coming[each.id].arrived_at or each.promised_at,
    )
    waiting = [each for each in ready if each not in outside]
    groups = (
        _group(("outside", "here"), _("Waiting outside"), outside, names, coming),
        _group(("late", "late"), _("Late"), [each for each in to_do if each.overdue], names),
        _group(("pick", "plain"), _("To pick"), _on_time(to_do, UNTOUCHED), names),
        _group(
            ("going", "wait"), _("In progress"), _on_time(to_do, frozenset({Status.PICKING})), names
        ),
        _group(("ready", "ok"), _("Ready for collection"), waiting, names, coming),
    )
    rules = stores.queries.get_rules(session, location_id)
    return Board(groups, _version(groups), rules.arrival_alert_min * MINUTE_S)


def _on_time(
    parcels: Sequence[FulfillmentFacts], states: frozenset[Status]
) -> list[FulfillmentFacts]:
    return [each for each in parcels if each.status in states and not each.overdue]


def _group(
    key: tuple[str, str],
    title: str,
    parcels: Sequence[FulfillmentFacts],
    names: Mapping[UUID | None, str],
    coming: Mapping[UUID, ArrivalFacts] | None = None,
) -> Group:
    found = coming or {}
    cards = (_card(each, names.get(each.contact_id, ""), found.get(each.id)) for each in parcels)
    return Group(*key, title, tuple(cards))


def _card(parcel: FulfillmentFacts, name: str, coming: ArrivalFacts | None) -> Card:
    return Card(
        id=parcel.id,
        number=show_order_number(parcel.order_number),
        name=name,
        state=state_word(parcel.status) if parcel.overdue else None,
        promised_at=parcel.promised_at,
        bin=parcel.bin,
        units=sum(line.open for line in parcel.lines),
        counts_down=parcel.status in TO_DO,
        slot=slot_of(parcel),
        drive=parcel.method is Method.DRIVE,
        coming=coming,
    )


def slot_of(parcel: FulfillmentFacts) -> tuple[datetime, datetime] | None:
    """Return from when to when its customer comes; None when they come as they like."""
    if parcel.slot_starts_at is None or parcel.slot_ends_at is None:
        return None
    return parcel.slot_starts_at, parcel.slot_ends_at


def _version(groups: Sequence[Group]) -> str:
    return sha256(repr(groups).encode()).hexdigest()[:VERSION_SIGNS]
