"""Tables of stock. Every invariant that one row can express is a constraint here."""

from inventory.models.counting import CountTask, ShortageCase, StockCount, StockCountLine
from inventory.models.feeding import Feed, FeedConflict, FeedLine
from inventory.models.levels import Reservation, ShelfPlace, StockLevel, StockMovement
from inventory.models.moving import Incoming, Transfer, TransferLine
from inventory.models.rules import LedgerFollower, LowStock, SafetyRule, SafetyState

__all__ = [
    "CountTask",
    "Feed",
    "FeedConflict",
    "FeedLine",
    "Incoming",
    "LedgerFollower",
    "LowStock",
    "Reservation",
    "SafetyRule",
    "SafetyState",
    "ShelfPlace",
    "ShortageCase",
    "StockCount",
    "StockCountLine",
    "StockLevel",
    "StockMovement",
    "Transfer",
    "TransferLine",
]
