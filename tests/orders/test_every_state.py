"""Every command in every state: the legal ones succeed, all others are refused and move nothing."""

from typing import Any, Final

import pytest
from sqlalchemy import Connection

from app.cli.check import run_checks
from orders.commands import Status
from tests.unmoved import nothing_moves, problem

WRONG: Final = (409, "wrong-state")
NOT_READY: Final = (409, "not-ready")
OPEN: Final = (422, "not-ordered")
JSON: Final = "application/json"
TOO_LATE: Final = (409, "order-not-cancellable")

COMMANDS: Final = (
    "accept",
    "start-picking",
    "pick",
    "short",
    "bin",
    "ready",
    "hand-over",
    "cancel",
)
ANSWERS: Final[dict[str, tuple[str | tuple[int, str], ...]]] = {
    "new": ("accepted", WRONG, WRONG, WRONG, WRONG, WRONG, NOT_READY, "cancelled"),
    "accepted": (WRONG, "picking", "picking", "picking", WRONG, WRONG, NOT_READY, "cancelled"),
    "picking": (
        WRONG,
        WRONG,
        "picking",
        "picking",
        "picking",
        (409, "lines-undecided"),
        NOT_READY,
        "cancelled",
    ),
    "picked": (WRONG, WRONG, OPEN, OPEN, "picking", "ready", NOT_READY, "cancelled"),
    "ready": (WRONG, WRONG, WRONG, WRONG, "ready", WRONG, "handed_over", "cancelled"),
    "partly": (WRONG, WRONG, WRONG, WRONG, "ready", WRONG, "handed_over", TOO_LATE),
    "handed_over": (*[WRONG] * 6, (409, "already-collected"), TOO_LATE),
    "expired": (*[WRONG] * 6, (409, "pickup-expired"), TOO_LATE),
    "cancelled": (*[WRONG] * 6, (409, "order-cancelled"), (409, "order-cancelled")),
    "pending": (*[WRONG] * 6, NOT_READY, "cancelled"),
    "in_transfer": (*[WRONG] * 6, (409, "wrong-state"), "cancelled"),
    "rejected": (*[WRONG] * 7, "cancelled"),
    "rerouted": (*[WRONG] * 7, TOO_LATE),
    "packed": (*[WRONG] * 7, "cancelled"),
    "shipped": (*[WRONG] * 7, TOO_LATE),
    "delivered": (*[WRONG] * 7, TOO_LATE),
}
"""What each command answers in each state: the state it leads to, or its refusal."""

DECREED: Final = set(ANSWERS) - {
    "new",
    "accepted",
    "picking",
    "picked",
    "ready",
    "partly",
    "handed_over",
    "expired",
    "cancelled",
}
"""States no command of today leads to: set by decree, so the books cannot be checked."""


def test_the_table_speaks_of_every_state() -> None:
    assert {status.value for status in Status} <= set(ANSWERS)
    assert {len(row) for row in ANSWERS.values()} == {len(COMMANDS)}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ANSWERS)
def test_a_command_does_what_the_state_allows_or_nothing(
    counter: Any, connection: Connection, place: str, command: str
) -> None:
    answer = ANSWERS[place][COMMANDS.index(command)]
    counter.bring_to(place)
    counter.session.commit()
    if isinstance(answer, tuple):
        with nothing_moves(connection):
            assert problem(counter.do(command)) == answer
        return
    response = counter.do(command)
    assert response.status_code == (201 if command == "hand-over" else 200), response.text
    assert counter.status() == answer
    if place not in DECREED:
        assert run_checks() == []


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
