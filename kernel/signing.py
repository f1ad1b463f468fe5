"""Requests that programs sign for one another: five lines under a key that both know."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from kernel import secret

CLOCK_S: Final = 300
"""Seconds the clock of whoever signs may differ from the database's."""
NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
SECONDS: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request as it came, and its signature.

    `target` is path and query as they were sent; `timestamp` is in seconds since 1970.
    """

    method: str
    target: str
    body: bytes
    timestamp: str
    nonce: str
    signature: str = ""


def text_to_sign(signed: Signed) -> bytes:
    """Return what is signed: five lines, see docs/tills.md."""
    body = sha256(signed.body).hexdigest()
    lines = (signed.method, signed.target, signed.timestamp, signed.nonce, body)
    return "\n".join(lines).encode()


def make_signature(key: bytes, signed: Signed) -> str:
    """Return the signature of a request under a key: base64url without padding."""
    return secret.encode(hmac.digest(key, text_to_sign(signed), sha256))


def is_shaped(signed: Signed) -> bool:
    """Tell whether nonce and timestamp can be what they should."""
    return bool(NONCE.fullmatch(signed.nonce) and SECONDS.fullmatch(signed.timestamp))


def is_signed(signed: Signed, keys: Iterable[bytes]) -> bool:
    """Tell, in constant time, whether one of these keys made the signature."""
    given, said = secret.decode(signed.signature) or b"", text_to_sign(signed)
    return True in [secret.same(hmac.digest(key, said, sha256), given) for key in keys]


def is_timely(signed: Signed, now: datetime) -> bool:
    """Tell whether it was signed within minutes of now."""
    return abs(now.timestamp() - int(signed.timestamp)) <= CLOCK_S
