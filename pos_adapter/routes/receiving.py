"""Receipts of tills: one at once, or those of hours without a network."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from marshmallow import ValidationError

from kernel.actors import Actor
from kernel.db import transaction
from kernel.errors import Invalid, Refusal
from kernel.web import current_actor, declare, read_json
from pos_adapter import services
from pos_adapter.commands import RecordReceipt
from pos_adapter.errors import ReceiptAltered
from pos_adapter.routes.blueprint import blueprint
from pos_adapter.schemas import (
    TillBatchAnswerSchema,
    TillBatchSchema,
    TillReceiptAnswerSchema,
    TillReceiptSchema,
)
from pos_adapter.services import Recorded

RECEIPT = TillReceiptSchema()


@blueprint.post("/receipts")
@declare(permission="till.use")
@blueprint.arguments(TillReceiptSchema)
@blueprint.response(201, TillReceiptAnswerSchema)
@blueprint.alt_response(200, schema=TillReceiptAnswerSchema)
def record_receipt(receipt: dict[str, Any]) -> Response:
    """Have what a receipt tells be true here, once under its number: its number is its key.

    200 gives the first answer again.
    """
    recorded = _record(receipt, read_json(request.get_data()), current_actor())
    response = jsonify(dict(recorded.answer))
    response.status_code = 200 if recorded.repeated else 201
    return response


@blueprint.post("/receipts/batch")
@declare(permission="till.use")
@blueprint.arguments(TillBatchSchema)
@blueprint.response(200, TillBatchAnswerSchema)
def record_receipts(batch: dict[str, Any]) -> dict[str, Any]:
    """Have what each receipt tells be true here, once, in their order.

    Each is taken in by itself: one that is refused keeps none of the others.
    """
    actor = current_actor()
    return {"answers": [_answer(*each, actor) for each in enumerate(batch["receipts"])]}


def _answer(place: int, item: dict[str, Any], actor: Actor) -> dict[str, Any]:
    told: dict[str, Any] = {"place": place, "outcome": "refused", "receipt": None, "problem": None}
    try:
        recorded = _record(RECEIPT.load(item), item, actor)
    except ValidationError as error:
        errors = list(_pointed(error.messages))
        return told | {"problem": _problem(Invalid("Some fields are not as they must be."), errors)}
    except Refusal as refusal:
        return told | {"problem": _problem(refusal, [])}
    outcome = "repeated" if recorded.repeated else "applied"
    return told | {"outcome": outcome, "receipt": recorded.answer}


def _record(receipt: Mapping[str, Any], item: Any, actor: Actor) -> Recorded:  # noqa: ANN401 (JSON)
    """Take one receipt in by itself; what is refused is somebody's to see to.

    Raises what `services.record_receipt` raises.
    """
    if actor.id is None:
        raise TypeError("a till has an id")
    command = RecordReceipt(terminal_id=actor.id, payload_hash=_digest(item), **receipt)
    try:
        with transaction() as session:
            return services.record_receipt(session, command, actor=actor)
    except Refusal as refusal:
        _note(command, refusal)
        raise


def _note(command: RecordReceipt, refusal: Refusal) -> UUID | None:
    with transaction() as session:
        if isinstance(refusal, ReceiptAltered):
            return services.note_altered(session, command)
        return services.note_refused(session, command, refusal)


def _digest(item: Any) -> bytes:  # noqa: ANN401 (JSON)
    """Return what tells one receipt from another, however its JSON was written."""
    written = json.dumps(item, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).digest()


def _problem(refusal: Refusal, errors: list[dict[str, str]]) -> dict[str, Any]:
    told = {
        **refusal.facts,
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "detail": refusal.detail,
    }
    return told | {"errors": errors} if errors else told


def _pointed(messages: Any, pointer: str = "") -> Iterator[dict[str, str]]:  # noqa: ANN401 (nested messages)
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _pointed(inner, pointer if name == "_schema" else f"{pointer}/{name}")
    else:
        yield {"pointer": pointer, "detail": " ".join(map(str, messages))}
