"""The consent ledger, and the names under which other systems know a customer."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import RecordConsent
from customers.errors import KnownAsAnother
from customers.models import Consent, FormerId
from customers.queries import find_former, find_roots, whose
from kernel.actors import Actor


def record_consent(session: Session, command: RecordConsent, *, actor: Actor) -> None:
    """Keep that a customer agreed or refused, for good: the newest that they said holds.

    Raises UnknownCustomer.
    """
    whose(session, command.customer_id)
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
            given_at=command.given_at,
        )
    )


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
