"""The tour: one order from the shop to the customer's hands, and where it is now.

A cookie remembers when the tour began and which letters were looked at; everything else is read
from the newest order of the shop since then.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from flask import Response, request
from sqlalchemy.orm import Session

import orders.queries
from app.i18n import N_
from kernel import clock
from kernel.actors import SYSTEM
from kernel.ids import show_order_number
from orders.commands import Channel, Status
from orders.queries import OrderFacts

COOKIE: Final = "comptoir-tour"
DAY_S: Final = 24 * 3600
CONFIRMED, CALLED = 2, 4
"""The steps that are letters to read."""
BEGUN_WORK: Final = frozenset({Status.ACCEPTED, Status.PICKING, Status.READY, Status.HANDED_OVER})
OVER: Final = frozenset({Status.EXPIRED, Status.CANCELLED})


class Step(NamedTuple):
    """One stop: what to do there, who does it, and where."""

    title: str
    text: str
    role: str
    place: str


STEPS: Final = (
    Step(
        N_("Reserve in the shop"),
        N_("Choose an article, the store Lyon Croix-Rousse, and leave an e-mail and a phone."),
        "shopper",
        "/",
    ),
    Step(
        N_("Read the confirmation"),
        N_("The mailbox shows what the customer got: wait for our message, not yet the code."),
        "",
        "/demo/mailbox",
    ),
    Step(
        N_("Prepare the parcel"),
        N_("Inès takes the order on, picks it and scans its bin on the tablet."),
        "associate",
        "/tablet",
    ),
    Step(
        N_("Receive the code"),
        N_("It is ready: an e-mail and a text message carry the code."),
        "",
        "/demo/mailbox",
    ),
    Step(
        N_("Hand the parcel over"),
        N_("At the counter the code is typed or scanned; the till's ticket number is noted."),
        "associate",
        "/tablet/hand-over",
    ),
    Step(
        N_("Read the whole story"),
        N_("The back office knows who did what, when, and what was said to whom."),
        "manager",
        "/office/orders",
    ),
)


@dataclass(frozen=True, slots=True)
class Tour:
    """Where the tour stands: how many steps are behind, and the order it follows."""

    begun: bool
    done: int
    number: str = ""
    over: bool = False

    @property
    def step(self) -> Step:
        """Return the stop that is next."""
        return STEPS[min(self.done, len(STEPS) - 1)]

    @property
    def place(self) -> str:
        """Return where the next stop is, below the language: the last one is the order itself."""
        if self.done >= len(STEPS) - 1 and self.number:
            return f"/office/orders/{self.number.replace('-', '')}"
        return self.step.place


def look(session: Session) -> Tour:
    """Return where the tour of this browser stands."""
    begun_at, seen = _read()
    if begun_at is None:
        return Tour(begun=False, done=0)
    order_id = orders.queries.find_newest_order(session, since=begun_at, channel=Channel.WEB)
    if order_id is None:
        return Tour(begun=True, done=0)
    order = orders.queries.get_order(session, order_id, actor=SYSTEM)
    number = show_order_number(order.number)
    over = order.status in OVER
    return Tour(begun=True, done=_done(order, seen), number=number, over=over)


def begin(response: Response) -> Response:
    """Have the tour follow whatever is ordered from now on."""
    return _write(response, clock.now(), 0)


def note_reading(response: Response, session: Session) -> Response:
    """Remember that the mailbox was opened: the letter that is there now has been seen."""
    begun_at, seen = _read()
    tour = look(session)
    if begun_at is None or tour.done not in {CONFIRMED - 1, CALLED - 1}:
        return response
    return _write(response, begun_at, max(seen, tour.done + 1))


def _done(order: OrderFacts, seen: int) -> int:
    status = order.status
    if status is Status.HANDED_OVER:
        return 5
    if status is Status.READY:
        return CALLED if seen >= CALLED else CALLED - 1
    if status in BEGUN_WORK or (seen >= CONFIRMED and status is not Status.PENDING):
        return CONFIRMED
    return 0 if status is Status.PENDING else 1


def _read() -> tuple[datetime | None, int]:
    begun, _dot, seen = request.cookies.get(COOKIE, "").partition(".")
    if not (begun.isascii() and begun.isdigit() and seen.isascii() and seen.isdigit()):
        return None, 0
    begun_at = datetime.fromtimestamp(min(int(begun), 2**32), UTC)
    return begun_at, min(int(seen), len(STEPS))


def _write(response: Response, begun_at: datetime, seen: int) -> Response:
    value = f"{int(begun_at.timestamp())}.{seen}"
    response.set_cookie(COOKIE, value, max_age=DAY_S, httponly=True, samesite="Lax", path="/")
    return response
