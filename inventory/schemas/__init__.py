"""Stock in JSON."""

from inventory.schemas.levels import (
    LevelPageSchema,
    LevelQuerySchema,
    LevelSchema,
    MovementPageSchema,
    MovementQuerySchema,
    MovementSchema,
    ReceiptSchema,
)

__all__ = [
    "LevelPageSchema",
    "LevelQuerySchema",
    "LevelSchema",
    "MovementPageSchema",
    "MovementQuerySchema",
    "MovementSchema",
    "ReceiptSchema",
]
