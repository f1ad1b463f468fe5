"""Stock in JSON."""

from inventory.schemas.feeding import (
    ConflictPageSchema,
    ConflictQuerySchema,
    ConflictSchema,
    DeclareFeedSchema,
    FeedPageSchema,
    FeedQuerySchema,
    FeedSchema,
)
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
    "ConflictPageSchema",
    "ConflictQuerySchema",
    "ConflictSchema",
    "DeclareFeedSchema",
    "FeedPageSchema",
    "FeedQuerySchema",
    "FeedSchema",
    "LevelPageSchema",
    "LevelQuerySchema",
    "LevelSchema",
    "MovementPageSchema",
    "MovementQuerySchema",
    "MovementSchema",
    "ReceiptSchema",
]
