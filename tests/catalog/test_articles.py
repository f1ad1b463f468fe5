"""The catalogue: found by words, told in the asker's language, priced today."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from catalog import queries
from catalog.commands import ListSku
from catalog.errors import UnknownSku
from catalog.services import list_skus
from tests.conftest import Shop
from tests.unmoved import problem


def codes(client: Any, query: str) -> list[str]:
    return [each["code"] for each in client.get(f"/api/v1/articles?{query}").json["articles"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["BOOK", "MUG", "TENT"]),
        ("tente", ["TENT"]),
        ("TENTE places", ["TENT"]),
        ("notebook", ["BOOK"]),
        ("mug", ["MUG"]),
        ("tente tasse", []),
        ("%25", []),
        ("_", []),
        ("%5C", []),
        ("'; DROP TABLE article;--", []),
    ],
)
def test_every_word_must_be_found_and_none_is_a_pattern(
    client: Any, shop: Shop, words: str, found: list[str]
) -> None:
    assert codes(client, f"q={words}") == found


def test_an_article_speaks_the_language_asked_for(client: Any, shop: Shop) -> None:
    french, english = (
        client.get(f"/api/v1/articles/TENT?language={each}").json for each in ("fr", "en")
    )
    assert (french["name"], english["name"]) == ("Tente 2 places", "Two-person tent")
    [sku] = french["skus"]
    assert (sku["price_minor"], sku["currency"], sku["vat_bp"]) == (8990, "EUR", 2000)


def test_pages_follow_one_another_without_a_gap(client: Any, shop: Shop) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/api/v1/articles?limit=2{f'&cursor={cursor}' if cursor else ''}").json
        seen += [each["code"] for each in page["articles"]]
        cursor = page["next"]
    assert seen == ["BOOK", "MUG", "TENT"]


def test_an_article_nobody_sells_is_not_found(client: Any, shop: Shop) -> None:
    refused = client.get("/api/v1/articles/NOTHING")
    assert problem(refused) == (404, "unknown-article")
    assert refused.json["article"] == "NOTHING"


def test_a_new_price_holds_from_now_and_the_old_one_is_kept(
    client: Any, session: Session, shop: Shop
) -> None:
    dearer = ListSku("BOOK", "BOOK", {"fr": "Carnet"}, 500, "EUR", 550)
    list_skus(session, [dearer], brand_id=shop.brand_id)
    session.commit()
    [sku] = client.get("/api/v1/articles/BOOK").json["skus"]
    assert sku["price_minor"] == 500
    prices = session.execute(
        text("SELECT amount_minor, valid_to IS NULL FROM price WHERE sku = 'BOOK' ORDER BY id")
    ).all()
    assert [tuple(row) for row in prices] == [(455, False), (500, True)]


def test_every_unknown_sku_is_named_once(session: Session, shop: Shop) -> None:
    with pytest.raises(UnknownSku) as refused:
        queries.get_offers(
            session, skus=["B", "BOOK", "A", "B"], brand_id=shop.brand_id, language="fr"
        )
    assert refused.value.facts == {"skus": ["A", "B"]}


def test_an_article_of_another_brand_has_no_price(session: Session, shop: Shop) -> None:
    with pytest.raises(UnknownSku):
        queries.get_offers(session, skus=["BOOK"], brand_id=shop.lyon, language="fr")
