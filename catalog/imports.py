"""Bulk input of the catalogue: one row of a table becomes one command, or the reason why not.

Pure but for `list_rows`. Headers are recognised liberally, values strictly: a figure that can be
meant in two ways is refused, because a wrong price is found by the customers.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from stdnum import ean
from stdnum.exceptions import ValidationError as WrongNumber

from catalog import services
from catalog.commands import ListSku, SetPrice
from kernel.errors import Invalid
from kernel.fields import SafeText

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "sku", "stock_code", "stockcode", "item_code", "reference", "ref"),
    "article": ("article", "article_code", "parent_sku", "parent", "model"),
    "name": ("name", "title", "description", "designation", "libelle", "label"),
    "price": ("price", "unit_price", "unitprice", "price_incl_vat", "price_ttc", "prix", "amount"),
    "currency": ("currency", "currency_code", "devise"),
    "vat": ("vat", "vat_rate", "tax", "tax_rate", "tva"),
    "gtin": ("gtin", "ean", "ean13", "barcode", "upc", "code_barres"),
    "category": ("category", "categorie", "department", "rayon"),
    "options": ("options", "variant", "attributes"),
    "picture": ("picture", "image", "image_url", "photo"),
    "weight": ("weight_g", "weight", "poids_g", "poids"),
    "eco": ("eco_participation", "eco", "ecotax", "ecotaxe", "deee"),
}
"""What each column may be called, the surest name first."""

PRICE_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": HEADERS["code"],
    "price": HEADERS["price"],
    "from": ("valid_from", "from", "starts", "du"),
    "to": ("valid_to", "to", "until", "ends", "au"),
    "reduced": ("is_reduced", "reduced", "reduction", "solde"),
}
YES: Final = frozenset({"yes", "true", "1", "oui"})
NO: Final = frozenset({"", "no", "false", "0", "non"})
REQUIRED: Final = ("code", "name", "price")
PRICE_MINOR_MAX: Final = 2**31 - 1
CODE_MAX: Final = 64
PICTURE_MAX: Final = 500
_NAME_IN = re.compile(r"name_([a-z]{2})")
_FIGURE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[.,' \u00a0\u202f][0-9]{3})+")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each value stands in a row; `currency` is what the price's header says, if it does."""

    places: Mapping[str, int]
    names: Mapping[str, int]
    currency: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row that does not say otherwise."""

    currency: str
    vat_bp: int
    language: str


@dataclass(frozen=True, slots=True)
class ReadSku:
    """A row that can be taken, and what the reader should know of it."""

    command: ListSku
    category_name: str | None = None
    warnings: tuple[str, ...] = field(default=())


def read_header(header: Sequence[str]) -> Columns:
    """Return which column holds what.

    Raises Invalid, naming the headers found, when code, name or price is not among them.
    """
    seen = {_header(text): place for place, text in reversed(list(enumerate(header)))}
    places = {
        name: seen[accepted[0]]
        for name, choices in HEADERS.items()
        if (accepted := [each for each in choices if each in seen])
    }
    currency = None
    if "price" not in places:
        for text, place in seen.items():
            stem, _, suffix = text.rpartition("_")
            if stem in HEADERS["price"] and suffix.upper() in list_currencies():
                places["price"], currency = place, suffix.upper()
    names = {found[1]: seen[text] for text in seen if (found := _NAME_IN.fullmatch(text))}
    missing = [each for each in REQUIRED if each not in places and not (each == "name" and names)]
    if missing:
        raise Invalid(f"no column for {', '.join(missing)}; the header says: {', '.join(header)}")
    return Columns(places, names, currency)


def read_row(columns: Columns, values: Sequence[str], terms: Terms) -> ReadSku:
    """Return the SKU a row describes.

    Raises Invalid with a sentence about the first value that cannot be meant.
    """
    found = {name: values[place].strip() for name, place in columns.places.items()}
    currency = (found.get("currency") or terms.currency).upper()
    if currency != terms.currency:
        raise Invalid(f"the price is in {currency}, but this brand sells in {terms.currency}")
    code = _text("code", found["code"], CODE_MAX)
    names = _names(columns, values, terms, found.get("name", ""))
    category = _text("category", found["category"], CODE_MAX) if found.get("category") else None
    price_minor = read_price(found["price"], currency)
    command = ListSku(
        sku=code,
        article_code=_text("article", found.get("article") or code, CODE_MAX),
        names=names,
        price_minor=price_minor,
        currency=currency,
        vat_bp=read_vat(found["vat"]) if found.get("vat") else terms.vat_bp,
        gtin=read_gtin(found["gtin"]) if found.get("gtin") else None,
        category=_slug(category) if category else None,
        options=_options(found.get("options", "")),
        picture=_picture(found["picture"]) if found.get("picture") else None,
        weight_g=_grams(found["weight"]) if found.get("weight") else None,
        eco_minor=read_price(found["eco"], currency) if found.get("eco") else None,
    )
    if command.price_minor < (command.eco_minor or 0):
        raise Invalid(f"the price of {code} is below the éco-participation it includes")
    return ReadSku(command, category, tuple(_warnings(command)))


def list_rows(session: Session, rows: Sequence[ReadSku], *, brand_id: UUID, language: str) -> int:
    """Have these SKUs and their categories in the catalogue; return how many SKUs are new."""
    categories = {row.command.category: row.category_name for row in rows}
    for code, name in sorted((code, name) for code, name in categories.items() if code and name):
        services.list_category(session, code=code, names={language: name})
    return services.list_skus(session, [row.command for row in rows], brand_id=brand_id)


def read_price_header(header: Sequence[str]) -> Mapping[str, int]:
    """Return which column of a table of prices holds what.

    Raises Invalid, naming the headers found, when code or price is not among them.
    """
    seen = {_header(text): place for place, text in reversed(list(enumerate(header)))}
    places = {
        name: seen[accepted[0]]
        for name, choices in PRICE_HEADERS.items()
        if (accepted := [each for each in choices if each in seen])
    }
    missing = [each for each in ("code", "price") if each not in places]
    if missing:
        raise Invalid(f"no column for {', '.join(missing)}; the header says: {', '.join(header)}")
    return places


def read_price_row(
    places: Mapping[str, int], values: Sequence[str], *, currency: str, zone: ZoneInfo
) -> SetPrice:
    """Return the price a row sets; a day without a time begins at midnight in `zone`.

    Raises Invalid with a sentence about the first value that cannot be meant.
    """
    found = {name: values[place].strip() for name, place in places.items()}
    reduced = found.get("reduced", "").lower()
    if reduced not in YES | NO:
        raise Invalid(f"reduced {reduced!r} is neither yes nor no")
    return SetPrice(
        _text("code", found["code"], CODE_MAX),
        read_price(found["price"], currency),
        valid_from=_instant("from", found.get("from", ""), zone),
        valid_to=_instant("to", found.get("to", ""), zone),
        is_reduced=reduced in YES,
    )


def _instant(name: str, text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{name} {text!r} is no day or instant like 2026-12-01T09:00") from error
    return said.replace(tzinfo=zone) if said.tzinfo is None else said


def read_price(text: str, currency: str) -> int:
    """Return an amount in minor units; `,` and `.` are both read as decimal or grouping signs.

    Raises Invalid for what is no amount, is negative, is too exact for the currency, or could be
    meant in two ways: `1,234` is a thousand to some and little more than one to others.
    """
    figure = text.removeprefix("-").strip()
    whole, mark, decimals = _split_figure(figure)
    if not _FIGURE.fullmatch(whole) or (mark and not re.fullmatch(r"[0-9]+", decimals)):
        raise Invalid(f"price {text!r} is not an amount")
    if text.startswith("-"):
        raise Invalid(f"price {text!r} is negative")
    if mark and len(decimals) == 3 and whole.lstrip("0") and len(whole) <= 3:  # noqa: PLR2004 (thousands)
        raise Invalid(f"price {text!r} can be meant in two ways: write two decimals or no mark")
    amount = Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{decimals or 0}")
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise Invalid(f"price {text!r} has more decimals than {currency}")
    if minor > PRICE_MINOR_MAX:
        raise Invalid(f"price {text!r} is too high to be meant")
    return int(minor)


def read_vat(text: str) -> int:
    """Return a rate given in per cent, `20` or `5,5 %`, in basis points.

    Raises Invalid, also for rates below one per cent other than 0: `0.2` usually means 20.
    """
    figure = text.removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", figure) or Decimal(figure) > 100:  # noqa: PLR2004 (per cent)
        raise Invalid(f"VAT rate {text!r} is not a rate in per cent")
    if 0 < Decimal(figure) < 1:
        raise Invalid(f"VAT rate {text!r} is below one per cent: write 20 for 20 %")
    return int(Decimal(figure) * 100)


def read_gtin(text: str) -> str:
    """Return a barcode of 8, 12, 13 or 14 digits as 14 digits.

    Raises Invalid when the check digit does not fit.
    """
    try:
        digits: str = ean.validate(text)
    except WrongNumber as error:
        raise Invalid(f"GTIN {text!r} is not one: {error}") from error
    return digits.zfill(14)


def _split_figure(figure: str) -> tuple[str, str, str]:
    """Return what stands before the decimal mark, the mark, and what follows it.

    The last mark is the decimal one, unless it occurs twice.
    """
    last = max(figure.rfind("."), figure.rfind(","))
    if last < 0 or figure.count(figure[last]) > 1:
        return figure, "", ""
    return figure[:last], figure[last], figure[last + 1 :]


def _names(columns: Columns, values: Sequence[str], terms: Terms, name: str) -> dict[str, str]:
    names = {
        language: _text("name", values[place])
        for language, place in columns.names.items()
        if values[place].strip()
    }
    if name or not names:
        names.setdefault(terms.language, _text("name", name))
    return names


def _text(name: str, value: str, max_length: int = 200) -> str:
    text = " ".join(value.split())
    if not text:
        raise Invalid(f"the {name} is empty")
    try:
        return str(SafeText(max_length=max_length).deserialize(text))
    except ValidationError as error:
        raise Invalid(f"the {name} cannot be stored: {' '.join(error.messages)}") from error


def _options(text: str) -> dict[str, str]:
    options = {}
    for pair in filter(None, (part.strip() for part in re.split(r"[;|]", text))):
        name, mark, value = pair.partition("=") if "=" in pair else pair.partition(":")
        if not mark or not name.strip() or not value.strip():
            raise Invalid(f"options {text!r} are not written like colour=red;size=M")
        options[_text("option", name, CODE_MAX)] = _text("option", value)
    return options


def _grams(text: str) -> int:
    figure = text.removesuffix("g").strip()
    if not re.fullmatch(r"[0-9]{1,7}", figure) or not int(figure):
        raise Invalid(f"weight {text!r} is not a whole number of grams")
    return int(figure)


def _picture(text: str) -> str:
    address = _text("picture", text, PICTURE_MAX)
    if not re.match(r"https?://", address) and (":" in address or ".." in address):
        raise Invalid(f"picture {text!r} is neither a web address nor a relative path")
    return address


def _warnings(command: ListSku) -> Iterable[str]:
    if any(_TAG.search(name) for name in command.names.values()):
        yield f"the name of {command.sku} holds HTML, which is shown as it is written"
    if command.price_minor == 0:
        yield f"{command.sku} costs nothing"


def _header(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\s-]+", "_", plain.strip().lower())


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")
