"""What runs on a clock for tills."""

from kernel.db import transaction
from pos_adapter import services


def watch() -> None:
    """Forget old nonces, and have somebody see to receipts that never came."""
    with transaction() as session:
        services.prune_nonces(session)
    with transaction() as session:
        services.note_gaps(session)
