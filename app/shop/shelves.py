"""What the shop reads of the catalogue beside its articles: shelves, and the options of SKUs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

_SHELVES = text("""
    SELECT c.code, c.names FROM category c
    WHERE EXISTS (SELECT FROM article a WHERE a.category_code = c.code AND a.closed_at IS NULL)
""")
_OPTIONS = text("""
    SELECT s.code AS sku, s.options, a.code AS article, a.picture, a.category_code AS category
    FROM sku s JOIN article a ON a.id = s.article_id WHERE s.code = ANY(:skus)
""").bindparams(bindparam("skus", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as the shop shows it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SkuWords:
    """What tells a SKU from others: its article, and its option in words, as in « bleu »."""

    article: str
    option: str
    category: str | None
    picture: str | None


def list_shelves(session: Session, *, language: str) -> list[Shelf]:
    """Return the categories that hold something, by name."""
    shelves = [
        Shelf(row.code, row.names.get(language) or next(iter(row.names.values()), row.code))
        for row in session.execute(_SHELVES)
    ]
    return sorted(shelves, key=lambda shelf: shelf.name)


def describe_skus(session: Session, skus: Iterable[str], *, language: str) -> dict[str, SkuWords]:
    """Return what tells each SKU from the others of its article."""
    return {
        row.sku: SkuWords(
            row.article,
            ", ".join(options_in(row.options, language).values()),
            row.category,
            row.picture,
        )
        for row in session.execute(_OPTIONS, {"skus": sorted(skus)})
    }


def options_in(options: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a SKU's options, name to value, in one language where they are given in several."""
    words = options.get(language)
    if not isinstance(words, Mapping):
        words = next((each for each in options.values() if isinstance(each, Mapping)), options)
    return {str(name): str(value) for name, value in words.items()}
