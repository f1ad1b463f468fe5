"""The shelf's list: what a store has to count, to receive and to send, what is overdue first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

import inventory.queries
import orders.queries
from app import formats
from app.i18n import current, ngettext
from app.i18n import gettext as _
from app.staff.articles import Shown, describe
from app.staff.stock_words import cause_word, day_word, today
from inventory.commands import CountStatus, Direction, TaskCause, TransferStatus
from inventory.queries import ArrivalFacts, CountFacts, TaskFacts, TransferFacts
from kernel.actors import Actor
from kernel.ids import show_order_number
from stores.queries import StoreFacts

AHEAD: Final = timedelta(days=1)
"""How far ahead arrivals are shown: who closes tonight knows what comes tomorrow."""
ON_THE_WAY: Final = (TransferStatus.SENT, TransferStatus.PART_RECEIVED)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do: a page to open, or (`task_id`) an article whose count is still to begin."""

    title: str
    note: str
    due: str
    late: bool
    icon: str
    href: str | None = None
    task_id: UUID | None = None
    picture: Shown | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Things to do of one sort; `kind` as in the component `mark`."""

    key: str
    kind: str
    title: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything a store has to do with its stock today."""

    groups: tuple[Group, ...]

    @property
    def empty(self) -> bool:
        """Tell whether nothing is to be done."""
        return not any(group.jobs for group in self.groups)

    @property
    def tasks(self) -> int:
        """Return how many articles wait for somebody to begin counting them."""
        return sum(job.task_id is not None for group in self.groups for job in group.jobs)


def read_shelf(session: Session, *, store: StoreFacts, actor: Actor) -> Shelf:
    """Return what is to be done now: late first, then to count, to receive, to send."""
    counting = [*_counts(session, store), *_tasks(session, store)]
    receiving = [*_arrivals(session, store), *_transfers_in(session, store, actor)]
    sending = _transfers_out(session, store, actor)
    late = [job for job in (*counting, *receiving, *sending) if job.late]
    return Shelf(
        (
            _group(("late", "late"), _("Overdue"), late),
            _group(("count", "plain"), _("To count"), _on_time(counting)),
            _group(("receive", "plain"), _("To receive"), _on_time(receiving)),
            _group(("send", "plain"), _("To send"), _on_time(sending)),
        )
    )


def _group(key: tuple[str, str], title: str, jobs: Sequence[Job]) -> Group:
    return Group(*key, title, tuple(jobs))


def _on_time(jobs: Iterable[Job]) -> list[Job]:
    return [job for job in jobs if not job.late]


def _tasks(session: Session, store: StoreFacts) -> list[Job]:
    tasks = inventory.queries.list_tasks(session, location_id=store.id)
    shown = describe(session, {task.sku: task.sku for task in tasks}, language=current())
    return [_task(task, shown[task.sku], store) for task in tasks if task.count_id is None]


def _task(task: TaskFacts, shown: Shown, store: StoreFacts) -> Job:
    why = cause_word(task.cause)
    if task.note and task.cause == TaskCause.ASKED:
        why = _("%(why)s: %(note)s") % {"why": why, "note": task.note}
    return Job(
        title=f"{shown.name}, {shown.option}" if shown.option else shown.name,
        note=why,
        due=formats.when(task.due_at, store.time_zone, language=current()),
        late=task.overdue,
        icon="clipboard-list",
        task_id=task.id,
        picture=shown,
    )


def _counts(session: Session, store: StoreFacts) -> list[Job]:
    counts = inventory.queries.list_counts(
        session, location_id=store.id, statuses=[CountStatus.OPEN, CountStatus.SUBMITTED]
    )
    return [_count(each, store) for each in counts]


def _count(count: CountFacts, store: StoreFacts) -> Job:
    title = ngettext("Count of %(num)d article", "Count of %(num)d articles", count.skus)
    note = _("%(done)d of %(all)d counted, begun by %(name)s")
    if count.status == CountStatus.SUBMITTED:
        note = _("A manager decides; counted by %(name)s")
    return Job(
        title=title % {"num": count.skus},
        note=note % {"done": count.counted, "all": count.skus, "name": count.opened_by_name},
        due=formats.when(count.opened_at, store.time_zone, language=current()),
        late=False,
        icon="clock" if count.status == CountStatus.SUBMITTED else "clipboard-list",
        href=url_for("tablet.show_count", count_id=count.id),
    )


def _arrivals(session: Session, store: StoreFacts) -> list[Job]:
    until = today(store) + AHEAD
    found = inventory.queries.list_arrivals(session, location_id=store.id, until=until)
    return [_arrival(each, store) for each in found]


def _arrival(arrival: ArrivalFacts, store: StoreFacts) -> Job:
    on = arrival.expected_on
    return Job(
        title=_("Delivery %(reference)s") % {"reference": arrival.reference}
        if arrival.reference
        else _("Delivery"),
        note=_amount(arrival.skus, arrival.units),
        due=day_word(on, store),
        late=on < today(store),
        icon="truck",
        href=url_for("tablet.show_arrival", on=on.isoformat(), reference=arrival.reference),
    )


def _transfers_in(session: Session, store: StoreFacts, actor: Actor) -> list[Job]:
    found = inventory.queries.list_transfers(
        session, location_id=store.id, direction=Direction.IN, statuses=ON_THE_WAY
    )
    found.sort(key=lambda each: (each.expected_on or today(store), each.number))
    numbers = orders_of(session, found, actor=actor)
    return [
        _transfer(each, _("From %(store)s") % {"store": each.from_name}, store, numbers)
        for each in found
    ]


def _transfers_out(session: Session, store: StoreFacts, actor: Actor) -> list[Job]:
    found = inventory.queries.list_transfers(
        session, location_id=store.id, direction=Direction.OUT, statuses=[TransferStatus.DRAFT]
    )
    found.reverse()  # the oldest first
    numbers = orders_of(session, found, actor=actor)
    return [
        _transfer(each, _("To %(store)s") % {"store": each.to_name}, store, numbers)
        for each in found
    ]


def orders_of(
    session: Session, transfers: Iterable[TransferFacts], *, actor: Actor
) -> dict[UUID, str]:
    """Return the number of the order that each of these transfers carries for, as people see it.

    Also for whoever does not see the parcel's store: the number is what both ends speak of. Those
    of other brands are left out.
    """
    carrying = {each.id: each.fulfillment_id for each in transfers if each.fulfillment_id}
    numbers = orders.queries.list_numbers(session, carrying.values(), actor=actor)
    return {
        transfer_id: show_order_number(numbers[parcel_id])
        for transfer_id, parcel_id in carrying.items()
        if parcel_id in numbers
    }


def _transfer(
    transfer: TransferFacts, title: str, store: StoreFacts, numbers: Mapping[UUID, str]
) -> Job:
    expected = transfer.expected_on
    if transfer.id in numbers:
        title = _("%(where)s, for order %(number)s") % {
            "where": title,
            "number": numbers[transfer.id],
        }
    left = transfer.sent - transfer.received if transfer.sent else transfer.quantity
    return Job(
        title=title,
        note=f"{show_order_number(transfer.number)} · {_amount(transfer.skus, max(left, 0))}",
        due=day_word(expected, store) if expected else "",
        late=expected is not None and expected < today(store),
        icon="package",
        href=url_for("tablet.show_transfer", transfer_id=transfer.id),
    )


def _amount(skus: int, units: int) -> str:
    articles = ngettext("%(num)d article", "%(num)d articles", skus) % {"num": skus}
    pieces = ngettext("%(num)d unit", "%(num)d units", units) % {"num": units}
    return f"{articles}, {pieces}"
