"""Use cases of the catalogue."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from catalog.commands import ListSku
from catalog.models import Article, ArticleText, Category, Price, Sku
from kernel.clock import DB_NOW
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
            }
            for command in commands
        ]
    )
    changed = {
        name: getattr(statement.excluded, name)
        for name in ("article_id", "gtin", "options", "unit", "vat_bp")
    }
    rows = session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=changed).returning(
            literal_column("xmax = 0", Boolean)
        )
    )
    return sum(is_new for (is_new,) in rows)


def _have_prices(session: Session, commands: Sequence[ListSku], *, brand_id: UUID) -> None:
    present = {
        row.sku: row
        for row in session.execute(
            select(Price).where(
                Price.brand_id == brand_id,
                Price.sku.in_([command.sku for command in commands]),
                Price.valid_to.is_(None),
            )
        ).scalars()
    }
    changed = [
        command for command in commands if not _same_price(present.get(command.sku), command)
    ]
    if not changed:
        return
    session.execute(
        update(Price)
        .where(Price.id.in_([present[each.sku].id for each in changed if each.sku in present]))
        .values(valid_to=DB_NOW)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        insert(Price).values(
            [
                {
                    "brand_id": brand_id,
                    "sku": command.sku,
                    "currency": command.currency,
                    "amount_minor": command.price_minor,
                    "price_per": command.price_per,
                }
                for command in changed
            ]
        )
    )


def _same_price(price: Price | None, command: ListSku) -> bool:
    return price is not None and (price.amount_minor, price.price_per, price.currency) == (
        command.price_minor,
        command.price_per,
        command.currency,
    )
