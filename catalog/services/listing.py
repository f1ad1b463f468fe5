"""Use cases of the catalogue."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, case, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from catalog.commands import ListSku, SetPrice
from catalog.models import Article, ArticleText, Category, Sku
from catalog.services.pricing import find_prices, set_prices
from kernel.actors import SYSTEM
from kernel.ids import new_id


def list_category(session: Session, *, code: str, names: dict[str, str]) -> None:
    """Have a category with these names, by language."""
    statement = insert(Category).values(code=code, names=names)
    session.execute(statement.on_conflict_do_update(index_elements=["code"], set_={"names": names}))


def list_skus(session: Session, commands: Sequence[ListSku], *, brand_id: UUID) -> int:
    """Have these SKUs in the catalogue, priced from now on; return how many are new.

    Giving the same again changes nothing; a changed price closes the one before it.
    """
    if not commands:
        return 0
    article_ids = _have_articles(session, commands)
    _have_texts(session, commands, article_ids)
    new = _have_skus(session, commands, article_ids)
    _have_prices(session, commands, brand_id=brand_id)
    return new


def _have_articles(session: Session, commands: Sequence[ListSku]) -> dict[str, UUID]:
    rows = {
        command.article_code: {
            "id": new_id(),
            "code": command.article_code,
            "category_code": command.category,
            "picture": command.picture,
        }
        for command in commands
    }
    statement = insert(Article).values(list(rows.values()))
    found = session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"],
            set_={
                "category_code": statement.excluded.category_code,
                "picture": statement.excluded.picture,
            },
        ).returning(Article.code, Article.id)
    )
    return {row.code: row.id for row in found}


def _have_texts(
    session: Session, commands: Sequence[ListSku], article_ids: dict[str, UUID]
) -> None:
    rows = {
        (article_ids[command.article_code], language): (
            name,
            command.descriptions.get(language, ""),
        )
        for command in commands
        for language, name in command.names.items()
    }
    statement = insert(ArticleText).values(
        [
            {"article_id": article_id, "language": language, "name": name, "description": text}
            for (article_id, language), (name, text) in rows.items()
        ]
    )
    kept = func.coalesce(func.nullif(statement.excluded.description, ""), ArticleText.description)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id", "language"],
            set_={"name": statement.excluded.name, "description": kept},
        )
    )


def _have_skus(session: Session, commands: Sequence[ListSku], article_ids: dict[str, UUID]) -> int:
    statement = insert(Sku).values(
        [
            {
                "code": command.sku,
                "article_id": article_ids[command.article_code],
                "gtin": command.gtin,
                "options": dict(command.options),
                "unit": command.unit,
                "vat_bp": command.vat_bp,
                "weight_g": command.weight_g,
                "eco_minor": command.eco_minor or 0,
            }
            for command in commands
        ]
    )
    given = {command.sku for command in commands if command.eco_minor is not None}
    changed = {
        name: getattr(statement.excluded, name)
        for name in ("article_id", "gtin", "options", "unit", "vat_bp")
    } | {
        "weight_g": func.coalesce(statement.excluded.weight_g, Sku.weight_g),
        "eco_minor": case((Sku.code.in_(given), statement.excluded.eco_minor), else_=Sku.eco_minor),
    }
    rows = session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=changed).returning(
            literal_column("xmax = 0", Boolean)
        )
    )
    return sum(is_new for (is_new,) in rows)


def _have_prices(session: Session, commands: Sequence[ListSku], *, brand_id: UUID) -> None:
    """Price what costs neither now nor for good what is said; plans for it are set aside."""
    present = find_prices(session, [each.sku for each in commands], brand_id=brand_id)
    changed = [
        SetPrice(each.sku, each.price_minor, each.price_per)
        for each in commands
        if (each.price_minor, each.price_per) not in present.get(each.sku, ())
    ]
    set_prices(session, changed, brand_id=brand_id, currency=commands[0].currency, actor=SYSTEM)
