"""Pickup passes: the QR text and the typed code, derived from the pass each time they are shown.

QR text = `CMP1.` + base64url(payload + Ed25519 signature). Payload, 36 bytes: version, key id,
pass id (16), fulfillment id (16), last day the pass can be good for (days since 2020, big endian).
A tablet checks it offline with the public key; the real collect-by lives on the server, so an
extension kills no QR. It is no link. The typed code is 40 bits of HMAC-SHA256(server key, pass id).
"""

import struct
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kernel import secret
from kernel.ids import code_from_digest

PREFIX = "CMP1."
VERSION = 1
CURRENT_KEY_ID = 1
PAYLOAD = struct.Struct(">BB16s16sH")
SIGNATURE_BYTES = 64
EPOCH = date(2020, 1, 1)
LADDER_DAYS = 30
"""Days beyond the first collect-by that reminders and extensions can reach."""


@dataclass(frozen=True, slots=True)
class PassFacts:
    """What a pass says: whose parcel it opens, and the last day it could be good for."""

    id: UUID
    fulfillment_id: UUID
    key_id: int
    last_day: date


def new_pass(fulfillment_id: UUID, *, collect_by: date) -> PassFacts:
    """Return a pass with a random 128-bit id, not time-ordered like other ids: it is a secret."""
    return PassFacts(
        uuid4(), fulfillment_id, CURRENT_KEY_ID, collect_by + timedelta(days=LADDER_DAYS)
    )


def qr_text(facts: PassFacts) -> str:
    """Return what the QR picture of a pass says."""
    payload = PAYLOAD.pack(
        VERSION,
        facts.key_id,
        facts.id.bytes,
        facts.fulfillment_id.bytes,
        (facts.last_day - EPOCH).days,
    )
    return PREFIX + secret.encode(payload + _key(facts.key_id).sign(payload))


def read_qr(text: str) -> PassFacts | None:
    """Return what a scanned text says; None when it is not a pass of ours or was altered."""
    data = secret.decode(text[len(PREFIX) :]) if text.startswith(PREFIX) else None
    if data is None or len(data) != PAYLOAD.size + SIGNATURE_BYTES:
        return None
    payload, signature = data[: PAYLOAD.size], data[PAYLOAD.size :]
    version, key_id, pass_id, fulfillment_id, days = PAYLOAD.unpack(payload)
    if version != VERSION or key_id != CURRENT_KEY_ID:
        return None
    try:
        _key(key_id).public_key().verify(signature, payload)
    except InvalidSignature:
        return None
    return PassFacts(
        UUID(bytes=pass_id), UUID(bytes=fulfillment_id), key_id, EPOCH + timedelta(days=days)
    )


def typed_code(pass_id: UUID) -> str:
    """Return the eight signs a customer can read out instead of showing the QR."""
    return code_from_digest(secret.digest("pass-code", pass_id.bytes))


def public_keys() -> dict[int, str]:
    """Return the keys a tablet checks passes with offline: key id to base64url of 32 bytes."""
    public: Ed25519PublicKey = _key(CURRENT_KEY_ID).public_key()
    return {CURRENT_KEY_ID: secret.encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}


def _key(key_id: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret.derive(f"pass/{key_id}"))
