"""What somebody likes best: the store, the channel and the language that are offered first."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import Prefer
from customers.events import PreferenceSaid
from customers.models import Account, Customer, Preference
from customers.queries import list_family, whose
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW


def prefer(session: Session, customer_id: UUID, command: Prefer, *, actor: Actor) -> None:
    """Keep where somebody likes to collect, how they like to be told, and what they read.

    The caller has made sure that there is such a store. Said by whom they were merged with, it
    holds of the one person both are.

    Raises UnknownCustomer.
    """
    root = whose(session, customer_id)
    family = list_family(session, root)
    values = {
        "location_id": command.location_id,
        "channel": command.channel,
        "author_name": actor.name or actor.kind.value,
        "set_at": DB_NOW,
    }
    session.execute(
        insert(Preference)
        .values(customer_id=customer_id, **values)
        .on_conflict_do_update(index_elements=["customer_id"], set_=values)
    )
    if command.language is not None:
        for table, key in ((Customer, Customer.id), (Account, Account.customer_id)):
            session.execute(update(table).where(key.in_(family)).values(language=command.language))
    fact = PreferenceSaid(
        customer_id=customer_id,
        location_id=command.location_id,
        told_by=command.channel.value if command.channel else None,
    )
    events.record(session, fact, actor=actor)
