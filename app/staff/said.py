"""What came out of the counter's one field: a pass, a code, an order number, a name or a phone."""

from dataclasses import dataclass
from enum import StrEnum

from kernel.ids import read_code, read_order_number
from orders.passes import PREFIX


class Kind(StrEnum):
    """How a parcel is looked for."""

    QR = "qr"
    CODE = "code"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Said:
    """What is looked for: `number` when it could be an order's, `maybe_code` when also a code."""

    kind: Kind
    text: str
    number: str | None = None
    maybe_code: bool = False


def printable(text: str) -> str:
    """Return what was typed without control signs, blanks joined."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def read_said(text: str) -> Said:
    """Return what somebody scanned or typed is most likely to be.

    Eight letters may be a name or a code that happens to hold no digit: then names are looked
    through first. Eight digits are the end of a phone number.
    """
    said = printable(text)
    if said.upper().startswith(PREFIX):
        return Said(Kind.QR, said)
    has_digits = any(sign.isdigit() for sign in said)
    has_letters = any(sign.isalpha() for sign in said)
    is_code = read_code(said) is not None
    if is_code and has_digits and has_letters:
        return Said(Kind.CODE, said)
    return Said(Kind.WORDS, said, read_order_number(said), maybe_code=is_code and not has_digits)
