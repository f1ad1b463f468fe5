"""The catalogue over HTTP."""

from typing import Any

from catalog import queries
from catalog.schemas import (
    ArticlePageSchema,
    ArticleQuerySchema,
    ArticleSchema,
    ArticleViewSchema,
)
from kernel.db import transaction
from kernel.web import ApiBlueprint, declare, make_cursor, read_cursor

blueprint = ApiBlueprint("catalog", __name__, url_prefix="/api/v1", description="Articles")


@blueprint.get("/articles")
@declare(permission="catalog.read")
@blueprint.arguments(ArticleQuerySchema, location="query")
@blueprint.response(200, ArticlePageSchema)
def list_articles(query: dict[str, Any]) -> dict[str, Any]:
    """List or search the catalogue."""
    after = read_cursor(query["cursor"], parts=1)
    with transaction() as session:
        articles = queries.list_articles(
            session,
            brand_id=query["brand"],
            language=query["language"],
            words=query["q"],
            category=query["category"],
            after=after[0] if after else "",
            limit=query["limit"],
        )
    full = len(articles) == query["limit"]
    return {"articles": articles, "next": make_cursor(articles[-1].code) if full else None}


@blueprint.get("/articles/<string:code>")
@declare(permission="catalog.read")
@blueprint.arguments(ArticleViewSchema, location="query")
@blueprint.response(200, ArticleSchema)
def get_article(query: dict[str, Any], code: str) -> queries.ArticleFacts:
    """Show one article with its options and prices."""
    with transaction() as session:
        return queries.get_article(
            session, code=code, brand_id=query["brand"], language=query["language"]
        )
