"""What happens to stores on a clock."""

from kernel.db import transaction
from stores import services
from stores.commands import Scope


def resolve_rules() -> int:
    """Have settings and exceptional days that begin or end hold; return at how many locations."""
    with transaction() as session:
        everywhere = services.select_scope(session, Scope.GLOBAL, None)
        return services.resolve(session, everywhere)
