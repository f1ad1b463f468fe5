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
from inventory.schemas.safety import (
    AddRuleSchema,
    PreviewRuleSchema,
    PreviewSchema,
    RulePageSchema,
    RuleQuerySchema,
    RuleSchema,
)

__all__ = [
    "AddRuleSchema",
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
    "PreviewRuleSchema",
    "PreviewSchema",
    "ReceiptSchema",
    "RulePageSchema",
    "RuleQuerySchema",
    "RuleSchema",
]
