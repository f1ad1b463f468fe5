"""Reads of the catalogue, and the shapes others may see."""

from catalog.queries.articles import (
    PAGE_MAX,
    ArticleFacts,
    SkuFacts,
    get_article,
    get_articles,
    list_articles,
)
from catalog.queries.categories import CategoryFacts, list_categories, require_category
from catalog.queries.prices import (
    ListedPrice,
    PriceFacts,
    PriceSpan,
    PriceState,
    list_price_list,
    list_price_spans,
    list_prices,
)
from catalog.queries.scanning import Scanned, list_scanned
from catalog.queries.skus import (
    Offer,
    SkuWords,
    describe_skus,
    find_sku_by_gtin,
    get_offers,
    require_skus,
    select_known,
    select_prices,
    select_shelves,
    select_skus_of_category,
)
from catalog.queries.wording import options_in

__all__ = [
    "PAGE_MAX",
    "ArticleFacts",
    "CategoryFacts",
    "ListedPrice",
    "Offer",
    "PriceFacts",
    "PriceSpan",
    "PriceState",
    "Scanned",
    "SkuFacts",
    "SkuWords",
    "describe_skus",
    "find_sku_by_gtin",
    "get_article",
    "get_articles",
    "get_offers",
    "list_articles",
    "list_categories",
    "list_price_list",
    "list_price_spans",
    "list_prices",
    "list_scanned",
    "options_in",
    "require_category",
    "require_skus",
    "select_known",
    "select_prices",
    "select_shelves",
    "select_skus_of_category",
]
