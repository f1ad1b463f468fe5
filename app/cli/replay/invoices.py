"""The invoices of each day, read from a table of their lines. Pure: no database."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from app.cli.tables import Row
from kernel.errors import Invalid
from kernel.fields import QUANTITY_MAX

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "invoice": ("invoiceno", "invoice"),
    "code": ("stockcode",),
    "quantity": ("quantity",),
    "time": ("invoicedate",),
    "price": ("unitprice", "price"),
    "customer": ("customerid",),
    "country": ("country",),
}
CHARGES: Final = frozenset(
    {"POST", "DOT", "C2", "D", "M", "B", "S", "PADS", "CRUK", "AMAZONFEE", "BANK CHARGES"}
)
"""Codes of postage, discounts, fees and hand-written lines: none of them lies on a shelf."""

VOUCHER: Final = "gift_"

Refuse = Callable[[int, str], None]


@dataclass(slots=True)
class Invoice:
    """One invoice of the day: its usable articles, equal ones added up."""

    number: str
    line: int
    customer: str
    country: str
    quantities: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    """On which lines of the file each article stands."""

    key: str = ""
    """What names this invoice with this content, whatever file it came in."""

    @property
    def is_cancellation(self) -> bool:
        """Tell whether it takes back another invoice."""
        return self.number.startswith("C")


def read_header(header: Sequence[str]) -> dict[str, int]:
    """Return which column holds what.

    Raises Invalid, naming the headers found, when a column is missing.
    """
    seen = {re.sub(r"[^a-z]", "", text.lower()): place for place, text in enumerate(header)}
    places = {
        name: seen[each] for name, choices in COLUMNS.items() for each in choices if each in seen
    }
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        raise Invalid(f"no column for {', '.join(missing)}; the header says: {', '.join(header)}")
    return places


def read_days(
    rows: Iterable[Row],
    places: Mapping[str, int],
    wanted: Callable[[date], bool],
    *,
    refuse: Refuse,
) -> dict[date, list[Invoice]]:
    """Return the invoices of each wanted day in the order of the file; useless rows are refused."""
    days: dict[date, dict[str, Invoice]] = {}
    for row in rows:
        if row.wrong is not None:
            refuse(row.line, row.wrong)
            continue
        values = {name: row.values[place].strip() for name, place in places.items()}
        try:
            day = _time(values["time"]).date()
            if not wanted(day):
                continue
            invoice = _invoice(days.setdefault(day, {}), values, row.line)
            code, quantity = _article(values, cancels=invoice.is_cancellation)
        except Invalid as error:
            refuse(row.line, error.detail)
            continue
        invoice.quantities[code] = invoice.quantities.get(code, 0) + quantity
        invoice.places.setdefault(code, []).append(row.line)
    for invoice in (each for invoices in days.values() for each in invoices.values()):
        invoice.key = f"{invoice.number}:{_fingerprint(invoice)}"
    return {day: list(days[day].values()) for day in sorted(days)}


def drop_unknown(invoices: Iterable[Invoice], unknown: frozenset[str], *, refuse: Refuse) -> None:
    """Take out of the invoices what our catalogue does not have."""
    for invoice in invoices:
        for sku in sorted(unknown & invoice.quantities.keys()):
            is_charge = sku.upper() in CHARGES or sku.lower().startswith(VOUCHER)
            kind = (
                "a charge or voucher, not an article" if is_charge else "SKU not in the catalogue"
            )
            for line in invoice.places.pop(sku):
                refuse(line, f"{kind}: {sku}")
            del invoice.quantities[sku]


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("the time cannot be read") from error


def _invoice(invoices: dict[str, Invoice], values: Mapping[str, str], line: int) -> Invoice:
    number = values["invoice"].upper()
    if not re.fullmatch(r"[0-9A-Z-]{1,20}", number):
        raise Invalid("the invoice has no number")
    customer = values["customer"].removesuffix(".0")
    return invoices.setdefault(number, Invoice(number, line, customer, values["country"]))


def _fingerprint(invoice: Invoice) -> str:
    content = repr((invoice.customer, sorted(invoice.quantities.items())))
    return sha256(content.encode()).hexdigest()[:24]


def _article(values: Mapping[str, str], *, cancels: bool) -> tuple[str, int]:
    code = values["code"]
    if not code or not code.isascii() or not code.isprintable():
        raise Invalid("the article has no code")
    if not re.fullmatch(r"-?[0-9]{1,9}", values["quantity"]):
        raise Invalid("the quantity is not a whole number")
    quantity = int(values["quantity"]) * (-1 if cancels else 1)
    if not 0 < quantity <= QUANTITY_MAX:
        raise Invalid("the quantity is not one of a sale")
    price = values["price"]
    if not re.fullmatch(r"[0-9]+([.,][0-9]+)?", price) or not price.strip("0.,"):
        raise Invalid("no price: a note on stock, not a sale")
    return code, quantity
