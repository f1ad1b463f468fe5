"""What a SKU looks like on the tablet: name, option, picture; and which one was scanned."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zlib import crc32

from sqlalchemy.orm import Session

import catalog.queries
from catalog.errors import UnknownSku
from catalog.queries import ArticleFacts, Offer, SkuFacts, SkuWords
from kernel.fields import SKU_MAX

TINTS: Final = 6
DRAWN: Final = ".svg"
GTIN_DIGITS: Final = range(8, 15)
FOUND_MAX: Final = 40
WORDS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A SKU as staff tell it from its siblings; the fields the component `picture` reads."""

    sku: str
    gtin: str | None
    name: str
    option: str
    image: str | None
    tint: int
    alt: str = ""
    icon: str = "package"


def describe(session: Session, names: Mapping[str, str], *, language: str) -> dict[str, Shown]:
    """Return what each SKU looks like; `names` says how each is called if it is unknown."""
    known = catalog.queries.describe_skus(session, names, language=language)
    return {
        sku: _looks(known[sku]) if sku in known else _unknown(sku, name)
        for sku, name in names.items()
    }


def find_skus(session: Session, *, said: str, brand_id: UUID, language: str) -> list[Shown]:
    """Return the SKUs somebody means: one by its code or barcode, else those the words fit."""
    sku = find_sku(session, said=said, brand_id=brand_id)
    if sku is not None:
        shown = describe(session, {sku: sku}, language=language)
        return [shown[sku]]
    return _by_words(session, said.split()[:WORDS_MAX], brand_id=brand_id, language=language)


def _by_words(
    session: Session, words: Sequence[str], *, brand_id: UUID, language: str
) -> list[Shown]:
    """Return the SKUs of articles the words name; words that name none choose an option."""
    names = [
        word
        for word in words
        if catalog.queries.list_articles(
            session, brand_id=brand_id, language=language, words=word, limit=1
        )
    ]
    if not names:
        return []
    articles = catalog.queries.list_articles(
        session, brand_id=brand_id, language=language, words=" ".join(names), limit=FOUND_MAX
    )
    options = [_plain(word) for word in words if word not in names]
    shown = [_shown(article, each, language) for article in articles for each in article.skus]
    return [each for each in shown if all(word in _plain(each.option) for word in options)]


def _plain(word: str) -> str:
    """Return a word without case and accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def find_sku(session: Session, *, said: str, brand_id: UUID) -> str | None:
    """Return the SKU whose code or barcode was scanned or typed, if it is sold."""
    typed = "".join(said.split()).upper()
    if typed.isascii() and typed.isdigit() and len(typed) in GTIN_DIGITS:
        found = catalog.queries.find_sku_by_gtin(session, typed)
        if found is not None:
            return found
    if not typed or len(typed) > SKU_MAX:
        return None
    offers = _offers(session, [typed], brand_id=brand_id, language="fr")
    return typed if typed in offers else None


def _offers(
    session: Session, skus: Iterable[str], *, brand_id: UUID, language: str
) -> dict[str, Offer]:
    """Return the offers of those that are sold; the others are left out."""
    wanted = set(skus)
    try:
        return catalog.queries.get_offers(
            session, skus=wanted, brand_id=brand_id, language=language
        )
    except UnknownSku as error:
        sold = wanted - set(error.facts["skus"])
    if not sold:
        return {}
    return catalog.queries.get_offers(session, skus=sold, brand_id=brand_id, language=language)


def _shown(article: ArticleFacts, sku: SkuFacts, language: str) -> Shown:
    return _looks(
        SkuWords(
            sku=sku.sku,
            gtin=sku.gtin,
            article=article.code,
            name=article.name,
            option=", ".join(catalog.queries.options_in(sku.options, language).values()),
            category=article.category,
            picture=article.picture,
        )
    )


def _looks(words: SkuWords) -> Shown:
    drawn = bool(words.picture and words.picture.endswith(DRAWN))
    return Shown(
        sku=words.sku,
        gtin=words.gtin,
        name=words.name,
        option=words.option,
        image=f"/pictures/{words.sku}{DRAWN}" if drawn else None,
        tint=crc32((words.category or "").encode()) % TINTS + 1,
    )


def _unknown(sku: str, name: str) -> Shown:
    return Shown(sku=sku, gtin=None, name=name, option="", image=None, tint=1)
