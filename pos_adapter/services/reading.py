"""What the lines of a receipt say in our words: which SKUs, under which name and VAT."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

import catalog.queries
from catalog.errors import UnknownSku
from catalog.queries import Scanned
from orders.commands import ReturnedLine, SoldLine
from pos_adapter.commands import ReceiptLine
from pos_adapter.errors import MixedLines


@dataclass(frozen=True, slots=True)
class Read:
    """A line and the article it speaks of."""

    line: ReceiptLine
    scanned: Scanned

    @property
    def sku(self) -> str:
        """Return the SKU."""
        return self.scanned.sku

    @property
    def vat_bp(self) -> int:
        """Return the VAT the till printed, or else the catalogue's, in basis points."""
        return self.scanned.vat_bp if self.line.vat_bp is None else self.line.vat_bp


def read_lines(session: Session, lines: Sequence[ReceiptLine], *, language: str) -> list[Read]:
    """Return the lines with their articles, in one statement.

    Raises UnknownSku, naming every SKU and barcode that is not sold.
    """
    known = catalog.queries.list_scanned(
        session,
        skus=[line.sku for line in lines if line.sku],
        gtins=[line.gtin for line in lines if line.gtin],
        language=language,
    )
    missing = sorted({line.asked for line in lines} - set(known))
    if missing:
        raise UnknownSku(skus=missing)
    return [Read(line, known[line.asked]) for line in lines]


def merge_sold(read: Sequence[Read]) -> list[SoldLine]:
    """Return one line for each SKU: quantities and amounts of its lines together.

    Raises MixedLines.
    """
    _require_one(read, {(each.sku, each.vat_bp) for each in read})
    return [
        SoldLine(
            sku,
            same[0].scanned.label,
            sum(each.line.quantity for each in same),
            sum(each.line.amount_minor for each in same),
            same[0].vat_bp,
        )
        for sku, same in _by_sku(read).items()
    ]


def merge_returned(read: Sequence[Read]) -> list[ReturnedLine]:
    """Return one line for each SKU that came back.

    Raises MixedLines.
    """
    _require_one(read, {(each.sku, each.line.disposition) for each in read})
    return [
        ReturnedLine(
            sku,
            sum(each.line.quantity for each in same),
            sum(each.line.amount_minor for each in same),
            same[0].line.disposition,
            next((each.line.reason for each in same if each.line.reason), None),
        )
        for sku, same in _by_sku(read).items()
    ]


def _by_sku(read: Sequence[Read]) -> dict[str, list[Read]]:
    found: dict[str, list[Read]] = {}
    for each in read:
        found.setdefault(each.sku, []).append(each)
    return found


def _require_one(read: Sequence[Read], ways: set[tuple[str, object]]) -> None:
    told = [sku for sku, _ in ways]
    mixed = sorted({sku for sku in told if told.count(sku) > 1})
    if mixed and read:
        raise MixedLines(skus=mixed)
