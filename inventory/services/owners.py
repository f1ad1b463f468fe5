"""Who may own a task of a store: its staff."""

from uuid import UUID

from sqlalchemy.orm import Session

import stores.queries
from stores.errors import UnknownStaff


def require_owner(session: Session, staff_id: UUID, *, location_id: UUID) -> tuple[UUID, str]:
    """Return id and name of somebody who works at this location.

    Raises UnknownStaff, also for those who left.
    """
    for each in stores.queries.list_staff(session, location_id=location_id):
        if each.id == staff_id and each.active:
            return each.id, each.name
    raise UnknownStaff(staff_id=str(staff_id))
