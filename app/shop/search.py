"""Search that forgives: accents and case always, and a slip of the finger when nothing is found."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
from catalog.queries import ArticleFacts
from stores.queries import fold

WORDS_MAX: Final = 8
TYPED_MAX: Final = 100
LOOKED_AT_MAX: Final = 1_000
"""Articles whose names are read to mend a misspelling: one statement."""
LIKE_ENOUGH: Final = 0.72
SHORT_WORD: Final = 3
EMPTY_WORDS: Final = frozenset({
    "a", "an", "and", "au", "aux", "avec", "d", "de", "des", "du", "en", "et", "for", "in", "l",
    "la", "le", "les", "of", "on", "or", "ou", "pour", "the", "un", "une", "with",
})  # fmt: skip
"""Words that tell articles apart in no language of the shop."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and the words that found it when those typed did not."""

    articles: list[ArticleFacts]
    mended: str | None = None


def search(
    session: Session, typed: str, *, brand_id: UUID | None, language: str, limit: int
) -> Found:
    """Return the articles whose names hold every word, singular or plural, else words like them."""
    words = [word for word in fold(typed[:TYPED_MAX]).split() if word not in EMPTY_WORDS]
    if not words:
        return Found([])
    stems = [_singular(word) for word in words[:WORDS_MAX]]

    def look_for(wanted: list[str]) -> list[ArticleFacts]:
        return catalog.queries.list_articles(
            session, brand_id=brand_id, language=language, words=" ".join(wanted), limit=limit
        )

    found = look_for(stems)
    if found:
        return Found(found)
    mended = _mend(session, words, brand_id=brand_id, language=language)
    if mended is None:
        return Found([])
    return Found(look_for(mended), " ".join(mended))


def _mend(
    session: Session, words: list[str], *, brand_id: UUID | None, language: str
) -> list[str] | None:
    """Return each word as the catalogue spells it; None when some word is like none of its."""
    everything = catalog.queries.list_articles(
        session, brand_id=brand_id, language=language, limit=LOOKED_AT_MAX
    )
    known = {word for article in everything for word in fold(article.name).split()}
    known = {word for word in known if len(word) >= SHORT_WORD}
    mended = [get_close_matches(word, known, n=1, cutoff=LIKE_ENOUGH) for word in words]
    return [close[0] for close in mended] if all(mended) else None


def _singular(word: str) -> str:
    return word[:-1] if len(word) > SHORT_WORD and word[-1] in "sx" else word
