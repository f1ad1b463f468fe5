"""What a basket costs now."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

import catalog.queries
from orders.pricing import Quote, quote_basket


def read_quote(
    session: Session,
    quantities: Mapping[str, int],
    *,
    brand_id: UUID,
    language: str,
) -> Quote:
    """Return what a basket costs now under a brand, named in `language`.

    Raises UnknownSku.
    """
    offers = catalog.queries.get_offers(
        session, skus=quantities, brand_id=brand_id, language=language
    )
    return quote_basket(offers, quantities)
