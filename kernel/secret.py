"""Secrets: whatever is signed or derived comes from one master secret of the installation."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_BYTES_MIN = 32
_master: list[bytes] = []


def configure(master: bytes) -> None:
    """Take the installation's master secret; every key of this process derives from it.

    Raises ValueError when it is shorter than 32 bytes.
    """
    if len(master) < MASTER_BYTES_MIN:
        message = f"the master secret needs at least {MASTER_BYTES_MIN} bytes"
        raise ValueError(message)
    _master[:] = [master]
    derive.cache_clear()


@lru_cache(maxsize=64)
def derive(purpose: str) -> bytes:
    """Return the 32-byte key of one purpose (HKDF-SHA256), e.g. `pass/1` or `order-link`."""
    return HKDF(algorithm=SHA256(), length=32, salt=b"comptoir", info=purpose.encode()).derive(
        _master[0]
    )


def digest(purpose: str, data: bytes) -> bytes:
    """Return the HMAC-SHA256 of `data` under the key of `purpose`."""
    return hmac.digest(derive(purpose), data, sha256)


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """Return what base64url text without padding stands for; None if it is not such a text."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        return None
    return data if encode(data) == text else None
