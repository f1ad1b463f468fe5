"""What a seller says of goods that are handed over: each sheet, and what the buyer asked before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
import conversations.queries
from app.i18n import current
from catalog.queries.wording import options_in
from customers.commands import Direction

THREADS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of one SKU; `options` is what of it was chosen."""

    name: str
    description: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """What the buyer asked, and what we said last, if we did."""

    at: datetime
    question: str
    answer: str


def read_sheets(session: Session, skus: Iterable[str]) -> dict[str, Sheet]:
    """Return the sheet of each SKU that the catalogue still knows."""
    words = catalog.queries.describe_skus(session, skus, language=current())
    codes = {word.article for word in words.values()}
    known = catalog.queries.get_articles(session, codes, language=current())
    found = {}
    for sku, word in words.items():
        if word.article not in known:
            continue
        article = known[word.article]
        one = next((each for each in article.skus if each.sku == sku), None)
        options = options_in(one.options, current()) if one else {}
        found[sku] = Sheet(article.name, article.description, tuple(options.items()))
    return found


def list_asked_before(session: Session, order_id: UUID) -> list[AskedBefore]:
    """Return what was asked about an order, the newest first: each first question, last answer."""
    threads = conversations.queries.list_threads_about(session, order_id, limit=THREADS_MAX)
    said = conversations.queries.list_entries_of(session, [each.id for each in threads])
    found = []
    for thread in threads:
        entries = said[thread.id]
        asked = [each for each in entries if each.direction is Direction.IN and each.body]
        told = [each for each in entries if each.direction is Direction.OUT]
        if asked:
            found.append(
                AskedBefore(asked[0].said_at, asked[0].body, told[-1].body if told else "")
            )
    return found
