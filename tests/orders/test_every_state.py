"""Every command in every state: the legal ones succeed, all others are refused and move nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.cli.check import run_checks
from orders.commands import Status
from tests.orders.conftest import Counter
from tests.orders.deeds import DEEDS, NOTED, Desk
from tests.orders.places import ALL, bring
from tests.unmoved import nothing_moves, problem, state

JSON: Final = "application/json"
STAYS: Final = "stays"
WRONG: Final = "wrong-state"

WALKING: Final = "picking in_wave asked"
PREPARED: Final = f"accepted {WALKING} picked to_pack"
WAITING: Final = "ready partly"
ENDED: Final = "handed_over expired cancelled delivered brought_back"
ON_THE_ROAD: Final = "shipped undelivered"
DELIVERY: Final = f"to_pack packed {ON_THE_ROAD} delivered brought_back"
TO_COLLECT: Final = " ".join(place for place in ALL if place not in DELIVERY.split())
AT_NO_COUNTER: Final = f"in_transfer rejected rerouted packed {ON_THE_ROAD} delivered"
NOT_READY: Final = f"pending new {PREPARED}"
NO_OFFER: Final = " ".join(place for place in ALL if place != "asked")
NO_CHOICE: Final = " ".join(place for place in ALL if place not in {"rejected", "rerouted"})
AT_THE_COUNTER: Final = {
    "handed_over": WAITING,
    "not-ready": NOT_READY,
    "already-collected": "handed_over",
    "pickup-expired": "expired",
    "order-cancelled": "cancelled brought_back",
    WRONG: AT_NO_COUNTER,
}
GONE_ANYWAY: Final = {STAYS: WAITING} | {
    f"{NOTED}{refusal}": places
    for refusal, places in AT_THE_COUNTER.items()
    if refusal != "handed_over"
}

TABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "accept": {"accepted": "new"},
    "start-picking": {"picking": "accepted"},
    "pick": {"picking": "accepted", STAYS: WALKING, "not-ordered": "picked to_pack"},
    "short": {"picking": "accepted", STAYS: WALKING, "not-ordered": "picked to_pack"},
    "bin": {STAYS: f"{WALKING} picked to_pack {WAITING}"},
    "ready": {"ready": "picked", "lines-undecided": WALKING, "wrong-method": DELIVERY},
    "leave-wave": {STAYS: "in_wave"},
    "offer": {
        "picking": "accepted",
        STAYS: "picking in_wave",
        "not-ordered": "picked to_pack",
        "substitute-asked": "asked",
    },
    "take-offer": {STAYS: "asked", "unknown-substitute": NO_OFFER},
    "decline-offer": {STAYS: "asked", "unknown-substitute": NO_OFFER},
    "withdraw-offer": {STAYS: "asked", "unknown-substitute": NO_OFFER},
    "fetch": {"in_transfer": f"accepted {WALKING}", "not-ordered": "picked to_pack in_transfer"},
    "split": {"accepted": "in_transfer"},
    "partly": {
        STAYS: f"{NOT_READY} {WAITING} in_transfer rejected rerouted packed {ON_THE_ROAD}",
    },
    "reject": {"rejected": f"new {PREPARED}"},
    "reassign": {"rerouted": f"new {PREPARED}"},
    "choose": {
        "cancelled": "rejected",
        "choice-answered": "rerouted",
        "unknown-choice": NO_CHOICE,
    },
    "cancel": {
        "cancelled": f"{NOT_READY} ready in_transfer rejected packed",
        STAYS: "rerouted",
        "order-not-cancellable": f"partly handed_over expired {ON_THE_ROAD} delivered",
        "order-cancelled": "cancelled brought_back",
    },
    "extend": {STAYS: WAITING},
    "name-proxy": {
        STAYS: f"pending new accepted {WALKING} picked {WAITING} in_transfer rejected rerouted",
        "nothing-to-collect": f"handed_over expired cancelled {DELIVERY}",
    },
    "on-my-way": {STAYS: WAITING},
    "arrived": {STAYS: WAITING},
    "hand-over": AT_THE_COUNTER,
    "refuse": AT_THE_COUNTER,
    "till-hand-over": AT_THE_COUNTER,
    "till-receipt": GONE_ANYWAY,
    "offline-hand-over": GONE_ANYWAY,
    "offline-pick": {
        "picking": "new accepted",
        STAYS: WALKING,
        f"{NOTED}not-ordered": "picked to_pack",
        f"{NOTED}{WRONG}": f"pending {WAITING} {ENDED} {AT_NO_COUNTER}",
    },
    "pack": {"packed": "to_pack", "wrong-method": TO_COLLECT},
    "ship": {"shipped": "packed", "wrong-method": TO_COLLECT},
    "delivered": {"delivered": ON_THE_ROAD, "wrong-method": TO_COLLECT},
    "delivery-failed": {STAYS: ON_THE_ROAD, "wrong-method": TO_COLLECT},
    "returned": {"cancelled": ON_THE_ROAD, "wrong-method": TO_COLLECT},
}
"""What each command answers, and in which places: the state it leads to, or its refusal.

Where a command is not mentioned with a place, it is refused there as WRONG. What was done without
asking is never refused: it is noted as against the rule it broke, and the parcel stays. Whoever
gives up an order that went on elsewhere gives up what it became.
"""


def answer(command: str, place: str) -> str:
    """Return what the table says of a command in a place."""
    said = {each for each, places in TABLE[command].items() if place in places.split()}
    assert len(said) <= 1, (command, place, said)
    return said.pop() if said else WRONG


def test_the_table_speaks_of_every_command_and_every_state() -> None:
    assert set(TABLE) == set(DEEDS)
    named = {place for row in TABLE.values() for places in row.values() for place in places.split()}
    assert named == set(ALL)
    states = {status.value for status in Status}
    assert states <= {*ALL}
    told = {each for row in TABLE.values() for each in row} & states
    assert told == states - {"pending", "new", "expired"}  # begun by placing, ended by the clock


@pytest.mark.timeout(120)
@pytest.mark.parametrize("place", ALL)
def test_each_command_does_what_the_state_allows_or_nothing(
    counter: Counter, session: Session, connection: Connection, place: str
) -> None:
    desk = Desk(counter)
    bring(counter, place)
    was = counter.status()
    session.commit()
    assert run_checks() == []
    before = rows(connection)
    found = {}
    for command in TABLE:
        with undone(connection, session):
            said = desk.give(command)
            is_now = counter.status()
            moved = rows(connection) != before
            if moved:
                assert run_checks() == [], command
        found[command] = outcome(said, was, is_now, moved=moved)
    assert found == {command: answer(command, place) for command in TABLE}


def outcome(said: str, was: str, is_now: str, *, moved: bool) -> str:
    """Return what came of a command, as the table says it; "but" is what must never be."""
    kept = is_now == was
    if said.startswith(NOTED):
        return said if moved and kept else f"{said}, but {is_now}"
    if said:
        return said if not moved else f"{said}, but something moved"
    if not moved:
        return "done, but nothing moved"
    return STAYS if kept else is_now


def rows(connection: Connection) -> dict[str, str | None]:
    """Return a fingerprint of all that a refusal leaves alone: it is known when a till asked."""
    found = state(connection)
    return {table: each for table, each in found.items() if not table.startswith("terminal")}


@contextmanager
def undone(connection: Connection, session: Session) -> Iterator[None]:
    """Have nothing of what is done meanwhile have been done."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        session.rollback()
        savepoint.rollback()
        session.expire_all()


MUG: Final = {"sku": "MUG-BLUE", "quantity": 1}
REPEATED: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("new", "fulfillments/{}/accept", {}),
    ("accepted", "fulfillments/{}/pick", {"items": [MUG]}),
    ("picking", "fulfillments/{}/short", {**MUG, "reason": "quality"}),
    ("picked", "fulfillments/{}/ready", {"bin": "C3"}),
    ("ready", "fulfillments/{}/bin", {"bin": "C3"}),
    ("partly", "hand-overs", {"store": "lyon", "ticket_number": "T-99"}),
]


@pytest.mark.parametrize("repeated", REPEATED, ids=lambda each: each[0])
def test_a_repeat_under_the_same_key_gets_the_first_answer_and_moves_nothing(
    counter: Any, connection: Connection, repeated: tuple[str, str, dict[str, Any]]
) -> None:
    place, path, body = repeated
    counter.bring_to(place)
    if path == "hand-overs":
        body = {**body, "fulfillment_id": counter.parcel, "identity_seen": True}
    headers = {
        "Authorization": f"Bearer {counter.shop.associate}",
        "Idempotency-Key": "one-and-the-same",
    }
    address = f"/api/v1/{path.format(counter.parcel)}"
    first = counter.client.post(address, json=body, headers=headers)
    assert first.status_code in {200, 201}, first.text
    with nothing_moves(connection):
        again = counter.client.post(address, json=body, headers=headers)
        other = counter.client.post(address, data=b"{} ", headers=headers, content_type=JSON)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert problem(other)[0] == 422
