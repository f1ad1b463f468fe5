"""How every statement of stock begins: the levels are locked in SKU order."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

from kernel.db import sorted_items

_WANTED = """
    WITH wanted AS (
        SELECT * FROM unnest(:skus, :quantities) AS w (sku, quantity)),
    locked AS MATERIALIZED (
        SELECT sku, on_hand, reserved, on_hand - reserved - quarantined - safety_stock AS available
        FROM stock_level WHERE location_id = :location_id AND sku = ANY(:skus)
        ORDER BY sku FOR UPDATE)
"""


def statement(sql: str) -> TextClause:
    """Return a statement over `wanted` (SKU, quantity) and its levels, `locked`, at a location."""
    return text(f"{_WANTED}, {sql}").bindparams(
        bindparam("skus", type_=ARRAY(Text)), bindparam("quantities", type_=ARRAY(INTEGER))
    )


def run(
    session: Session, statement: TextClause, quantities: Mapping[str, int], **values: object
) -> list[Row[Any]]:
    """Return what such a statement answers for these quantities."""
    skus, amounts = sorted_items(quantities)
    return list(session.execute(statement, {"skus": skus, "quantities": amounts, **values}))
