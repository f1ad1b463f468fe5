"""Lots of a replay: what is drawn for the same thing is the same each time."""

import random


def lot_for(*of: object) -> random.Random:
    """Return what is drawn from for one thing; a lot, and nobody's secret."""
    return random.Random(":".join(map(str, of)))  # noqa: S311 (a lot, not a secret)
