"""Messages of somebody who is forgotten: that they were owed and sent stays, and nothing of theirs.

Bodies are never kept; what a vendor answered may name whom it was sent to.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from notifications.models import Message


def forget_recipient(session: Session, contact_ids: Collection[UUID]) -> None:
    """Nothing of what vendors said is left beside what these people were sent."""
    session.execute(
        update(Message)
        .where(Message.contact_id.in_(contact_ids))
        .values(provider_id=None, note=None)
        .execution_options(synchronize_session=False)
    )
