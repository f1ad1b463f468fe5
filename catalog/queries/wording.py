"""Pieces of statements: words in a language, prices in force; and options in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from catalog.models import ArticleText, Price, Sku
from kernel.clock import DB_NOW


def options_in(options: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a SKU's options, name to value, in one language where they are given in several."""
    words = options.get(language)
    if not isinstance(words, Mapping):
        words = next((each for each in options.values() if isinstance(each, Mapping)), options)
    return {str(name): str(value) for name, value in words.items()}


def option_in(options: Mapping[str, Any], language: str) -> str:
    """Return what tells a SKU from its siblings, as in « bleu »."""
    return ", ".join(options_in(options, language).values())


def in_force(at: ColumnElement[datetime] = DB_NOW) -> ColumnElement[bool]:
    """Return the condition under which a price holds now, or at another instant."""
    return and_(Price.valid_from <= at, or_(Price.valid_to.is_(None), Price.valid_to > at))


def name_in(language: str | BindParameter[str]) -> ColumnElement[Any]:
    """Return the column `name` of a statement of SKUs: its article's, in `language` if it can."""
    name: ColumnElement[Any] = words_in(language, ArticleText.name).label("name")
    return name


def words_in(language: str | BindParameter[str], column: Any) -> Any:  # noqa: ANN401 (a column expression)
    """Return the words in `language`, else in any other the article has."""
    words = aliased(ArticleText)
    return (
        select(getattr(words, column.key))
        .where(words.article_id == Sku.article_id)
        .order_by((words.language == language).desc(), words.language)
        .limit(1)
        .correlate(Sku)
        .scalar_subquery()
    )
