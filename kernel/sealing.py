"""The chain over all events: whoever changes, removes or slips in one breaks it.

A job seals what has been committed, in the order it finds it: each link is the hash of the one
before and of the event. An event that commits late is found at the next turn, because what is
sealed is known by its id and not by a cursor.
"""

from hashlib import sha256
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.checks import Check
from kernel.db import APPEND_ONLY, Base, BigId

SEALED_AT_ONCE: Final = 1_000
LATEST: Final = 20_000
"""An event may commit after so many later ones and is still found; a check names what is not."""
LOCK: Final = 7_266_434
"""Number of the advisory lock that lets one process seal at a time."""
FIRST: Final = b"\0" * 32


class EventSeal(Base):
    """One link of the chain: an event, and the hash of everything up to it."""

    __tablename__ = "event_seal"
    __table_args__ = ({"info": APPEND_ONLY},)

    position: Mapped[int] = mapped_column(BigId, Identity(always=True), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


CONTENT: Final = """convert_to(jsonb_build_array(
    e.id, e.aggregate, e.aggregate_id, e.version, e.name, e.actor_kind, e.actor_id, e.device_id,
    e.location_id, e.reason, e.request_id, e.facts, extract(epoch FROM e.recorded_at))::text,
    'UTF8')"""
"""What of an event is sealed: all of it, in one form."""

_FRESH = text(f"""
    SELECT e.id, {CONTENT} AS content FROM event e
    WHERE e.id > (SELECT coalesce(max(event_id), 0) FROM event_seal) - :latest
      AND NOT EXISTS (SELECT FROM event_seal s WHERE s.event_id = e.id)
    ORDER BY e.id LIMIT :limit
""")  # noqa: S608 (a constant above)
_ALONE = text("SELECT pg_try_advisory_xact_lock(:lock)")
_HEAD = text("SELECT hash FROM event_seal ORDER BY position DESC LIMIT 1")
_SEAL = text("INSERT INTO event_seal (event_id, hash) VALUES (:event_id, :hash)")

CHECKS: Final = (
    Check(
        "INV-24",
        "an event was changed, removed, or slipped into the chain after it was sealed",
        f"""
        SELECT position, event_id FROM (
            SELECT s.position, s.event_id, s.hash, e.id,
                   sha256(coalesce(lag(s.hash) OVER (ORDER BY s.position), decode(repeat('00', 32),
                          'hex')) || coalesce({CONTENT}, '')) AS expected
            FROM event_seal s LEFT JOIN event e ON e.id = s.event_id) chain
        WHERE id IS NULL OR hash <> expected
        """,  # noqa: S608 (a constant above)
    ),
    Check(
        "SEAL-01",
        "an event of more than an hour ago is not sealed",
        """
        SELECT e.id, e.name FROM event e
        WHERE e.recorded_at < statement_timestamp() - interval '1 hour'
          AND e.id <= (SELECT max(event_id) FROM event_seal)
          AND NOT EXISTS (SELECT FROM event_seal s WHERE s.event_id = e.id)
        """,
    ),
)


def seal(session: Session) -> int:
    """Add what has been committed to the chain, at most a thousand events; return how many.

    Two processes never seal at the same time: the second one adds nothing.
    """
    if not session.execute(
        text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}
    ).scalar():
        return 0
    fresh = session.execute(_FRESH, {"latest": LATEST, "limit": SEALED_AT_ONCE}).all()
    link: bytes = session.execute(_HEAD).scalar() or FIRST
    links = []
    for event in fresh:
        link = sha256(link + bytes(event.content)).digest()
        links.append({"event_id": event.id, "hash": link})
    if links:
        session.execute(_SEAL, links)
    return len(links)
