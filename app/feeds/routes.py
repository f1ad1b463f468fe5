"""Lists for other places, over HTTP."""

from typing import Any, Final

from flask import Response, current_app, request

from app.feeds.google import choose_stores, write_feed
from app.paying import card_enabled
from kernel.db import transaction
from kernel.fields import SKU_MAX, SafeText, StrictSchema
from kernel.web import ApiBlueprint, current_actor, declare

TSV: Final = "text/tab-separated-values"

blueprint = ApiBlueprint(
    "feeds", __name__, url_prefix="/api/v1", description="Lists for other places"
)


class FeedQuerySchema(StrictSchema):
    """Which store is wanted; all those the caller sees when left out."""

    store = SafeText(load_default=None, max_length=SKU_MAX)


@blueprint.get("/feeds/google-local-inventory")
@declare(permission="feeds.read")
@blueprint.arguments(FeedQuerySchema, location="query")
@blueprint.response(200, {"type": "string"}, content_type=TSV)
def local_inventory(query: dict[str, Any]) -> Response:
    """Give Google's local inventory feed of a store, or of every store the caller sees.

    A table separated by tabs, which begins to come before it is all read.
    """
    with transaction() as session:
        codes = choose_stores(session, query["store"], actor=current_actor())
    site = current_app.config["COMPTOIR"].core.public_url or request.url_root
    return current_app.response_class(
        write_feed(codes, site=site, by_card=card_enabled()), mimetype=TSV
    )
