"""Reads of what a till scans: SKUs by their code or barcode, priced or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Text, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from catalog.models import Sku
from catalog.queries.wording import name_in, options_in

GTIN_SIGNS = 14


@dataclass(frozen=True, slots=True)
class Scanned:
    """A SKU as a till knows it; `label` has the option that tells it from its siblings."""

    sku: str
    gtin: str | None
    label: str
    vat_bp: int


def list_scanned(
    session: Session, *, skus: Iterable[str], gtins: Iterable[str], language: str
) -> dict[str, Scanned]:
    """Return what is sold of these SKUs and barcodes (8 to 14 digits) in one statement.

    Each stands under what it was asked by.
    """
    barcodes = {gtin.zfill(GTIN_SIGNS): gtin for gtin in gtins}
    codes = set(skus)
    values = {"skus": sorted(codes), "gtins": sorted(barcodes), "language": language}
    found: dict[str, Scanned] = {}
    for row in session.execute(_SCANNED, values):
        option = ", ".join(options_in(row.options, language).values())
        name = row.name or row.code
        scanned = Scanned(row.code, row.gtin, f"{name}, {option}" if option else name, row.vat_bp)
        if row.code in codes:
            found[row.code] = scanned
        if row.gtin in barcodes:
            found[barcodes[row.gtin]] = scanned
    return found


_SCANNED = select(
    Sku.code,
    Sku.gtin,
    Sku.vat_bp,
    Sku.options,
    name_in(bindparam("language", type_=Text)),
).where(
    or_(
        Sku.code == any_(bindparam("skus", type_=ARRAY(Text))),
        Sku.gtin == any_(bindparam("gtins", type_=ARRAY(Text))),
    ),
    Sku.closed_at.is_(None),
)
