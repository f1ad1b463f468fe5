"""The history of a customer: what happened is added, once, and who looked at it is too."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import RecordInteraction
from customers.models import FileLook, Interaction, InteractionText
from customers.queries import whose
from kernel.actors import Actor
from kernel.clock import DB_NOW


def record_interaction(session: Session, command: RecordInteraction, *, actor: Actor) -> int | None:
    """Keep that something happened between a customer and us; None if that is known already.

    Raises UnknownCustomer.
    """
    whose(session, command.customer_id)
    values = {
        "customer_id": command.customer_id,
        "contact_id": command.contact_id,
        "happened_at": command.happened_at or DB_NOW,
        "kind": command.kind,
        "channel": command.channel,
        "direction": command.direction,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "order_id": command.order_id,
        "fulfillment_id": command.fulfillment_id,
        "sku": command.sku,
        "location_id": command.location_id,
        "facts": dict(command.facts),
        "event_id": command.event_id,
        "source": command.source,
        "reference": command.reference,
    }
    interaction_id = session.execute(
        insert(Interaction).values(values).on_conflict_do_nothing().returning(Interaction.id)
    ).scalar_one_or_none()
    if interaction_id is not None and command.text:
        session.execute(
            insert(InteractionText).values(interaction_id=interaction_id, body=command.text)
        )
    return interaction_id


def record_look(
    session: Session, customer_id: UUID, *, door: str, seen: bool, actor: Actor
) -> None:
    """Keep that somebody looked into a customer's file, or was refused it."""
    session.execute(
        insert(FileLook).values(
            customer_id=customer_id,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            actor_name=actor.name,
            device_id=actor.device_id,
            door=door,
            seen=seen,
        )
    )
