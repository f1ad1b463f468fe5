"""What a day of real sales asks of us: which order each invoice becomes. Pure: no database.

The sales are those of a shop without collection points, so channel, store, names and the way each
parcel is found are drawn by a seed; articles, quantities and who buys with whom are real.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from app.cli.replay_fates import Fate, draw_fate
from app.cli.tables import Row
from customers.commands import GiveContact
from kernel.errors import Invalid
from kernel.fields import QUANTITY_MAX
from orders.commands import Channel, Found

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

CHANNELS: Final[Mapping[Channel, int]] = {Channel.WEB: 60, Channel.PHONE: 15, Channel.STORE: 25}
WAYS: Final[Mapping[Found, int]] = {Found.QR: 60, Found.CODE: 25, Found.SEARCH: 15}
FRENCH_SPEAKING: Final = frozenset({"France", "Belgium", "Switzerland", "Monaco", "Luxembourg"})
FIRST_NAMES: Final = ("Adèle", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Grace", "Hugo", "Inès")
LAST_NAMES: Final = ("Aubry", "Besson", "Carlin", "Dufour", "Esteve", "Fabre", "Guérin", "Harris")

FICTION_IDS: Final = range(10_000, 20_000)
FICTION_PHONE: Final = "+3319900{:04d}"
"""Numbers the French regulator keeps for fiction, which nobody has: 01 99 00 followed by four."""

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


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """The order an invoice becomes, and how its parcel will be found at the counter."""

    invoice: Invoice
    channel: Channel
    store_code: str
    way: Found
    contact: GiveContact
    fate: Fate = Fate.COLLECTED
    second_store: str | None = None
    """Which store takes it over, where that is its fate."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """An invoice that takes another back: `whole` is that one's number, else `why_not` says why."""

    invoice: Invoice
    whole: str | None
    why_not: str = ""


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


def plan_orders(
    invoices: Iterable[Invoice], store_codes: Sequence[str], *, seed: int, calm: bool = False
) -> Iterator[PlannedOrder]:
    """Yield the order of each invoice that buys something; the same seed gives the same plan.

    On a `calm` day every order is collected as it was ordered.
    """
    for invoice in invoices:
        if invoice.is_cancellation or not invoice.quantities:
            continue
        draw = random.Random(f"{seed}:{invoice.number}")  # noqa: S311 (a lot, not a secret)
        planned = PlannedOrder(
            invoice=invoice,
            channel=draw.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0],
            store_code=draw.choice(store_codes),
            way=draw.choices(list(WAYS), weights=list(WAYS.values()))[0],
            contact=_contact(invoice),
        )
        if not calm:
            fate, second = draw_fate(invoice.number, planned.store_code, store_codes, seed=seed)
            planned = replace(planned, fate=fate, second_store=second)
        yield planned


def plan_cancellations(invoices: Sequence[Invoice]) -> Iterator[Cancellation]:
    """Yield what each cancellation of the day takes back, found by customer and articles."""
    for cancelling in invoices:
        if not cancelling.is_cancellation:
            continue
        if not cancelling.quantities:
            yield Cancellation(cancelling, None, "take back no article")
            continue
        earlier = [each for each in invoices if _holds(each, cancelling)]
        whole = [each for each in earlier if each.quantities == cancelling.quantities]
        if whole:
            yield Cancellation(cancelling, whole[-1].number)
        elif earlier:
            yield Cancellation(cancelling, None, "cancel only a part of an order")
        else:
            yield Cancellation(cancelling, None, "cancel an order of another day")


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


def _holds(original: Invoice, cancelling: Invoice) -> bool:
    """Tell whether `cancelling` may take back (a part of) this earlier invoice."""
    return (
        not original.is_cancellation
        and original.line < cancelling.line
        and original.customer == cancelling.customer != ""
        and all(
            quantity <= original.quantities.get(sku, 0)
            for sku, quantity in cancelling.quantities.items()
        )
    )


def _contact(invoice: Invoice) -> GiveContact:
    """Return a fictitious person: the same for the same customer, a guest where none is named."""
    person = f"c{invoice.customer}" if invoice.customer else f"guest-{invoice.number}"
    draw = random.Random(person)  # noqa: S311 (a lot, not a secret)
    known = int(invoice.customer) if re.fullmatch(r"[0-9]{1,9}", invoice.customer) else 0
    return GiveContact(
        first_name=draw.choice(FIRST_NAMES),
        last_name=draw.choice(LAST_NAMES),
        email=f"{re.sub(r'[^a-z0-9-]', '-', person.lower())}@example.org",
        phone=FICTION_PHONE.format(known - FICTION_IDS.start) if known in FICTION_IDS else None,
        language="fr" if invoice.country in FRENCH_SPEAKING else "en",
    )
