"""The consent ledger, and the names under which other systems know a customer."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import Choices, RecordConsent, Said
from customers.errors import KnownAsAnother
from customers.events import ConsentRecorded
from customers.models import Consent, ConsentWording, Customer, FormerId
from customers.queries import (
    MARKETING,
    WORDINGS,
    find_former,
    find_roots,
    list_consents,
    read_standing,
    whose,
)
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW

EVERY_TOPIC: Final = ""


def record_consent(session: Session, command: RecordConsent, *, actor: Actor) -> None:
    """Keep that a customer agreed or refused, for good: the newest that they said holds.

    Words of ours are kept with it as they were shown.

    Raises UnknownCustomer.
    """
    root = _hold(session, command.customer_id)
    _keep_words(session, command.wording)
    session.execute(
        insert(Consent).values(
            customer_id=command.customer_id,
            purpose=command.purpose,
            channel=command.channel,
            topic=command.topic,
            granted=command.granted,
            wording=command.wording,
            proof=command.proof,
            source=command.source,
            author_name=actor.name or actor.kind.value,
            author_id=actor.id,
            language=command.language,
            given_at=command.given_at or DB_NOW,
        )
    )
    fact = ConsentRecorded(
        customer_id=root,
        purpose=command.purpose,
        way=command.channel,
        topic=command.topic,
        granted=command.granted,
        source=command.source,
    )
    events.record(session, fact, actor=actor)


def choose(session: Session, choices: Choices, *, actor: Actor) -> int:
    """Keep what somebody chose of all they may be told; return how many lines that took.

    Only what is new is written down: a form that is sent again says nothing anew.

    Raises UnknownCustomer.
    """
    _hold(session, choices.customer_id)
    written = 0
    for each in read_standing(list_consents(session, choices.customer_id)):
        granted = (each.way, each.topic) in choices.granted
        if granted == each.granted and (each.said is not None or not granted):
            continue
        command = RecordConsent(
            customer_id=choices.customer_id,
            purpose=MARKETING,
            channel=each.way.value,
            topic=each.topic.value,
            granted=granted,
            wording=choices.wording,
            proof=choices.proof,
            source=choices.source,
            language=choices.language,
        )
        record_consent(session, command, actor=actor)
        written += 1
    return written


def record_answer(session: Session, said: Said, *, actor: Actor) -> None:
    """Keep what somebody said of being told of a topic, on each of these ways, from now on.

    It is written down whatever was said before.

    Raises UnknownCustomer.
    """
    for way in sorted(said.ways):
        command = RecordConsent(
            customer_id=said.customer_id,
            purpose=MARKETING,
            channel=way.value,
            topic=said.topic.value if said.topic else EVERY_TOPIC,
            granted=said.granted,
            wording=said.wording,
            proof=said.proof,
            source=said.source,
            language=said.language,
        )
        record_consent(session, command, actor=actor)


def know_as(session: Session, customer_id: UUID, *, source: str, value: str) -> None:
    """Another system knows a customer under this id; saying it twice changes nothing.

    Raises UnknownCustomer, or KnownAsAnother.
    """
    root = whose(session, customer_id)
    statement = insert(FormerId).values(source=source, value=value, customer_id=customer_id)
    session.execute(statement.on_conflict_do_nothing(index_elements=["source", "value"]))
    known = find_former(session, source=source, value=value)
    if known is None or find_roots(session, [known])[known] != root:
        raise KnownAsAnother


def _hold(session: Session, customer_id: UUID) -> UUID:
    """Return who a customer is; what they say is written down one after the other.

    Raises UnknownCustomer.
    """
    root = whose(session, customer_id)
    session.execute(select(Customer.id).where(Customer.id == root).with_for_update(key_share=True))
    return root


def _keep_words(session: Session, version: str) -> None:
    """Keep the words of a version of ours as they are; those of others are theirs to keep."""
    wording = WORDINGS.get(version)
    if wording is None:
        return
    rows = [
        {"version": version, "language": language, "words": words}
        for language, words in wording.words.items()
    ]
    session.execute(insert(ConsentWording).values(rows).on_conflict_do_nothing())
