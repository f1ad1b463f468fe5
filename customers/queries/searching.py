"""Finding people by whatever they say: words in any order, parts of numbers, cards, companies.

Case, accents, hyphens and apostrophes do not matter. What is compared is one line of words of each
contact, account and company (`searched`), found by its trigrams however many there are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from customers.commands import PointKind
from customers.models import (
    Account,
    Company,
    CompanyMember,
    Contact,
    ContactPoint,
    FormerId,
    LoyaltyCard,
)

MATCH_MIN: Final = 2
DIGITS_MIN: Final = 4
"""Fewer digits of a telephone number are words like others."""
PART_MIN: Final = 6
"""From so many digits on, a number that begins with 0 may be of any country."""
WORDS_MAX: Final = 8
TRIGRAM: Final = 3
CANDIDATES_MAX: Final = 2_000
FOUND_MAX: Final = 500
NUMERIC: Final = re.compile(r"[-+0-9().,/]+")
CARD: Final = "card"
"""The source under which another system's customers brought the numbers of their cards."""
HOME: Final = "+33"
"""The country in which a number that begins with 0 is dialled."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is looked for: every one of `parts` has to fit, in any of its patterns."""

    parts: tuple[tuple[str, ...], ...]

    def fits(self, words: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
        """Return the test of a line of words in which all of it stands."""
        return and_(
            *(or_(*(words.like(func.plain_words(each)) for each in part)) for part in self.parts)
        )


def read_said(said: str) -> Said | None:
    """Return what somebody may mean; None where it is too little to look for."""
    words = re.split(r"[\s\u2019']+", said.strip())
    parts: list[tuple[str, ...]] = []
    for numeric, group in groupby(words, key=lambda word: bool(NUMERIC.fullmatch(word))):
        together = list(group)
        parts += _numbers(together) if numeric else _words(together)
    if sum(len(part[0].strip("% ")) for part in parts) < MATCH_MIN:
        return None
    return Said(tuple(parts[:WORDS_MAX]))


def normal_card(said: str) -> str:
    """Return the number of a card as it is kept: no spaces, no hyphens, capital letters."""
    return re.sub(r"[\s-]", "", said).upper()


def select_said(said: str) -> Select[UUID] | None:
    """Return the statement of the contacts in which all of it was said; None for too little."""
    wanted = read_said(said)
    return None if wanted is None else select(Contact.id).where(wanted.fits(Contact.searched))


def find_contact_ids(session: Session, said: str, *, limit: int = FOUND_MAX) -> list[UUID]:
    """Return the newest contacts in which all of what was said stands, of everybody.

    Of a word that thousands have, any two thousand are looked through.
    """
    wanted = read_said(said)
    if wanted is None:
        return []
    some = (
        select(Contact.id, Contact.created_at)
        .where(wanted.fits(Contact.searched))
        .limit(CANDIDATES_MAX)
        .subquery()
    )
    rows = session.execute(
        select(some.c.id).order_by(some.c.created_at.desc(), some.c.id.desc()).limit(limit)
    )
    return list(rows.scalars())


def find_known_as(session: Session, said: str, *, limit: int = 50) -> list[UUID]:
    """Return whom an account, a company, a card, another system or a whole number names.

    They are customers as they were then: merges are not followed.
    """
    wanted, plain = read_said(said), " ".join(said.split())
    if wanted is None:
        return []
    reached = [part for part in wanted.parts[0] if part.startswith("% +")]
    numbers = [each.strip("% ") for each in reached] if len(wanted.parts) == 1 else []
    kinds: Iterable[Select[UUID]] = (
        select(LoyaltyCard.customer_id).where(LoyaltyCard.number == normal_card(said)),
        select(FormerId.customer_id).where(FormerId.value == plain),
        select(ContactPoint.customer_id).where(
            ContactPoint.kind == PointKind.EMAIL, ContactPoint.value == plain.lower()
        ),
        select(ContactPoint.customer_id).where(
            ContactPoint.kind == PointKind.PHONE, ContactPoint.value.in_(numbers)
        ),
        select(Account.customer_id)
        .where(Account.closed_at.is_(None), wanted.fits(Account.searched))
        .limit(limit),
        select(CompanyMember.customer_id)
        .join(Company, Company.id == CompanyMember.company_id)
        .where(wanted.fits(Company.searched))
        .limit(limit),
    )
    every = union_all(*(select(each.subquery().c[0]) for each in kinds)).subquery()
    return list(session.execute(select(every.c[0]).distinct().limit(limit)).scalars())


def _words(words: Iterable[str]) -> list[tuple[str, ...]]:
    split = [part for word in words for part in word.split("-") if part]
    return [(_pattern(each),) for each in split]


def _numbers(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the patterns of a part of a telephone number, as people write one."""
    whole = "".join(words).replace("(0)", "")
    digits = "".join(sign for sign in whole if sign.isdigit())
    if len(digits) < DIGITS_MIN:
        return _words(words)
    within = f"%{digits}%"
    if whole.startswith("+") or digits.startswith("00"):
        dialled = digits.removeprefix("00")
        home = HOME[1:]
        mended = home + dialled.removeprefix(home).lstrip("0")
        both = (dialled, mended) if dialled.startswith(home) else (dialled,)
        return [tuple(dict.fromkeys((*(f"% +{each}%" for each in both), within)))]
    if digits.startswith("0"):
        rest = digits.lstrip("0")
        abroad = (f"%{rest}%",) if len(rest) >= PART_MIN else ()
        return [(f"% {HOME}{rest}%", within, *abroad)]
    return [(within,)]


def _pattern(word: str) -> str:
    """Return the pattern of a word anywhere; of a short one, at the beginning of a word."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%" if len(word) >= TRIGRAM else f"% {literal}%"
