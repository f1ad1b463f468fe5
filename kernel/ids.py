"""Identifiers: UUIDv7 for what leaves the house, order numbers and codes that people read aloud."""

import secrets
from uuid import UUID

import uuid_utils.compat
from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: no I, L, O or U, which are misread."""

NUMBER_SIGNS = 6
CODE_SIGNS = 8
CART_SIGNS = 6
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u2011": None})


def new_id() -> UUID:
    """Return a fresh UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid_utils.compat.uuid7()


def new_order_number() -> str:
    """Return six random signs and a check sign (Luhn modulo 32), e.g. `7K3M9PX`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_SIGNS))
    return body + luhn.calc_check_digit(body, ALPHABET)


def read_order_number(text: str) -> str | None:
    """Return the order number a person typed, misread signs mended; None if it cannot be one."""
    number = text.strip().upper().translate(MISREAD)
    if len(number) != NUMBER_SIGNS + 1 or not luhn.is_valid(number, ALPHABET):
        return None
    return number


def show_order_number(number: str) -> str:
    """Return the number as people see it: `7K3-M9PX`."""
    return f"{number[:3]}-{number[3:]}"


def code_from_digest(digest: bytes) -> str:
    """Return eight signs (40 bits) that stand for a digest of at least five bytes."""
    bits = int.from_bytes(digest[:5], "big")
    return "".join(ALPHABET[(bits >> shift) & 31] for shift in range(35, -1, -5))


def new_code() -> str:
    """Return eight random signs (40 bits) for a secret that people type once."""
    return code_from_digest(secrets.token_bytes(5))


def read_code(text: str) -> str | None:
    """Return the eight-sign code a person typed, misread signs mended; None if it cannot be one."""
    code = text.strip().upper().translate(MISREAD)
    return code if len(code) == CODE_SIGNS and set(code) <= set(ALPHABET) else None


def show_code(code: str) -> str:
    """Return the code as people see it: `4F7K-2M9P`."""
    return f"{code[:4]}-{code[4:]}"


def read_cart_code(text: str) -> str | None:
    """Return the code of a basket a person typed, misread signs mended; None if it cannot be."""
    code = text.strip().upper().translate(MISREAD)
    return code if len(code) == CART_SIGNS and set(code) <= set(ALPHABET) else None


def show_cart_code(code: str) -> str:
    """Return a basket's code as people see it: `4F7-K2M`."""
    return f"{code[:3]}-{code[3:]}"
