"""The message with a six-digit code: owed to a contact point, whoever that is, for ten minutes."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

import customers.queries
import stores.queries
from customers.commands import PointKind
from customers.queries import ChallengeFacts
from kernel.ids import new_id
from notifications import gateway
from notifications.commands import Channel, MessageStatus, OweCode, Template
from notifications.models import Message
from notifications.services.owing import LANGUAGES, VERSIONS, insert_rows
from stores.queries import BrandFacts

CHANNEL_OF: Final = {PointKind.EMAIL: Channel.EMAIL, PointKind.PHONE: Channel.SMS}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a code goes: nothing is known of who reads it there."""

    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class CodeCase:
    """What a message with a code speaks of, as it is now; `code` is derived, kept nowhere."""

    challenge: ChallengeFacts
    contact: Point
    brand: BrandFacts
    code: str


def owe_code(session: Session, command: OweCode) -> None:
    """The contact point is owed the code; owing it twice changes nothing.

    Raises UnknownChallenge.
    """
    challenge = customers.queries.get_challenge(session, command.challenge_id)
    row = {
        "event_id": command.event_id,
        "challenge_id": challenge.id,
        "channel": CHANNEL_OF[challenge.kind],
        "template": Template.CODE,
        "template_version": VERSIONS[Template.CODE],
        "language": challenge.language if challenge.language in LANGUAGES else LANGUAGES[-1],
        "dedupe_key": f"{Template.CODE}:{challenge.id}",
        "reference": new_id(),
        "status": MessageStatus.DUE,
        "note": None,
    }
    insert_rows(session, [row])


def read_code_case(session: Session, message: Message) -> CodeCase:
    """Return what a message with a code speaks of, as it is now."""
    challenge = customers.queries.get_challenge(session, message.challenge_id or new_id())
    is_email = challenge.kind is PointKind.EMAIL
    first = stores.queries.list_stores(session, limit=1)  # as the shop's pages choose theirs
    brand_id = first[0].brand_id if first else stores.queries.list_brands(session)[0].id
    return CodeCase(
        challenge,
        Point(challenge.value if is_email else None, None if is_email else challenge.value),
        stores.queries.get_brand(session, brand_id),
        customers.queries.code_of(challenge.id),
    )


def code_facts(message: Message, case: CodeCase) -> dict[str, Any]:
    """Return what the words about a code may speak of; an order's are empty."""
    home = f"{gateway.settings().public_url.rstrip('/')}/{message.language}"
    return {
        "template": message.template.value,
        "language": message.language,
        "brand": case.brand.name,
        "short_brand": case.brand.sms_sender,
        **dict.fromkeys(("number", "until", "code", "total", "due", "store", "phone"), ""),
        **dict.fromkeys(("extend", "stop"), ""),
        "vat": [],
        "hours": [],
        "lines": [],
        "place": [],
        "digits": f"{case.code[:3]} {case.code[3:]}",
        "plain_digits": case.code,
        "link": f"{home}/account/code/{case.challenge.id}",
    }
