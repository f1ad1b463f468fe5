"""Stock in JSON."""

from inventory.schemas.changes import (
    ChangeLevelPageSchema,
    ChangeLevelQuerySchema,
    ChangePageSchema,
    ChangeQuerySchema,
    StartSchema,
)
from inventory.schemas.explaining import ExplainQuerySchema, ExplanationSchema
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
    "ChangeLevelPageSchema",
    "ChangeLevelQuerySchema",
    "ChangePageSchema",
    "ChangeQuerySchema",
    "ConflictPageSchema",
    "ConflictQuerySchema",
    "ConflictSchema",
    "DeclareFeedSchema",
    "ExplainQuerySchema",
    "ExplanationSchema",
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
    "StartSchema",
]
