"""What happens to stores on a clock."""

from kernel.db import transaction
from stores import services
from stores.commands import Scope


def resolve_rules() -> int:
    """Have settings and exceptional days that begin or end hold; return at how many locations."""
    with transaction() as session:
        everywhere = services.select_scope(session, Scope.GLOBAL, None)
        return services.resolve(session, everywhere)


def make_slots() -> int:
    """Make the slots of the days ahead and withdraw those no longer offered; return how many."""
    with transaction() as session:
        places = services.list_slotted(session)
    changed = 0
    for location_id in places:
        with transaction() as session:
            changed += services.make_slots(session, location_id)
    return changed
