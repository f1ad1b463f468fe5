"""Words of tills."""

from enum import StrEnum


class ReceiptKind(StrEnum):
    """What a till's receipt says happened."""

    SALE = "sale"
    RETURN = "return"
