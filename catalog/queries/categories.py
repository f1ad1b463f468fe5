"""Reads of categories."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalog.errors import UnknownCategory
from catalog.models import Article, Category


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category by its name in one language."""

    code: str
    name: str


def list_categories(session: Session, *, language: str) -> list[CategoryFacts]:
    """Return the categories that hold something, by name."""
    filled = exists().where(Article.category_code == Category.code, Article.closed_at.is_(None))
    rows = session.execute(select(Category.code, Category.names).where(filled))
    found = [
        CategoryFacts(row.code, row.names.get(language) or next(iter(row.names.values()), row.code))
        for row in rows
    ]
    return sorted(found, key=lambda each: each.name)


def require_category(session: Session, code: str) -> None:
    """Return nothing when there is this category.

    Raises UnknownCategory.
    """
    if session.get(Category, code) is None:
        raise UnknownCategory(category=code)
