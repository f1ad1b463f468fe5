"""What happens to orders on a clock."""

from kernel.db import transaction
from orders import queries, services


def expire_uncollected() -> int:
    """End every ready parcel whose collection period is over; return how many."""
    with transaction() as session:
        due = queries.list_expired(session)
    ended = 0
    for fulfillment_id in due:
        with transaction() as session:
            ended += services.expire_fulfillment(session, fulfillment_id)
    return ended
