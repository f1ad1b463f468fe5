"""`comptoir import`: stores, articles and counted stock out of files.

The packages say what a row means; here files are read and rows taken in batches.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from babel.numbers import list_currencies
from sqlalchemy.orm import Session

import catalog.imports
import catalog.queries
import catalog.services
import inventory.imports
import stores.imports
import stores.queries
import stores.services
from app.cli.batches import Batch, Use, importing
from app.cli.progress import progress
from app.cli.tables import Row, Unreadable, count_lines, open_table
from catalog.commands import SetPrice
from catalog.errors import UnknownSku
from catalog.imports import ReadSku, Terms
from inventory.imports import Counted
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Invalid
from stores.commands import OpenBrand
from stores.errors import UnknownLocation
from stores.imports import ReadStore
from stores.queries import BrandFacts

STORES_BYTES_MAX: Final = 64 << 20
CURRENCY_DEFAULT: Final = "EUR"
LANGUAGES: Final = ("fr", "en")
SENDER_DEFAULT: Final = "no-reply@example.org"
SMS_SENDER_SIGNS: Final = 11

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def imports() -> None:
    """Import stores, articles, prices, counted stock or customers from a file.

    Good rows are taken; every other row is reported with its line and the reason, and the command
    ends with 3. A second run of the same file changes nothing.
    """


@imports.command("stores")
@click.argument("file", type=_FILE)
@click.option("--brand", default="default", show_default=True, help="Code of their brand.")
@click.option("--brand-name", help="Its name, if it is new. Otherwise the file says.")
@click.option("--country", default="FR", show_default=True, help="Country of those naming none.")
def import_stores(*, file: Path, brand: str, brand_name: str | None, country: str) -> None:
    """Import stores from GeoJSON points with OpenStreetMap tags."""
    features = _features(file)
    name = brand_name or stores.imports.brand_name(features) or brand.capitalize()
    with importing("stores") as run, progress("Stores", len(features)) as advance:
        brand_id = _have_brand(brand, name=name, currency=None).id

        def read(row: Row) -> ReadStore:
            advance(1)
            feature = features[row.line - 1]
            return stores.imports.read_feature(feature, brand_id=brand_id, country=country)

        run.load(
            (Row(place, []) for place in range(1, len(features) + 1)),
            read,
            Use(
                take=stores.imports.open_stores,
                key=lambda store: (store.command.code,),
                warnings=lambda store: store.warnings,
            ),
        )


@imports.command("catalogue")
@click.argument("file", type=_FILE)
@click.option("--brand", default="default", show_default=True, help="Code of the selling brand.")
@click.option("--brand-name", help="Its name, if it is new.")
@click.option("--currency", help="ISO 4217 code of the prices, whatever the header says.")
@click.option("--vat", default="20", show_default=True, help="VAT in per cent of rows without.")
@click.option("--language", default="en", show_default=True, help="Language of the names.")
def import_catalogue(
    *, file: Path, brand: str, brand_name: str | None, currency: str | None, vat: str, language: str
) -> None:
    """Import articles and prices (tax included) from a table."""
    with open_table(file) as table:
        try:
            columns = catalog.imports.read_header(table.header)
            vat_bp = catalog.imports.read_vat(vat)
        except Invalid as error:
            raise Unreadable(f"{file}: {error}") from error
        chosen = _currency(currency, header=columns.currency)
        with importing("catalogue") as run, progress("Articles", table.lines) as advance:
            found = _have_brand(brand, name=brand_name or brand.capitalize(), currency=chosen)
            terms = Terms(found.currency, vat_bp, language)

            def take(session: Session, rows: list[ReadSku]) -> int:
                return catalog.imports.list_rows(
                    session, rows, brand_id=found.id, language=language
                )

            run.load(
                run.stepping(table.rows, advance),
                lambda row: catalog.imports.read_row(columns, row.values, terms),
                Use(
                    take=take,
                    key=lambda sku: (sku.command.sku,),
                    warnings=lambda sku: sku.warnings,
                ),
            )


@imports.command("prices")
@click.argument("file", type=_FILE)
@click.option("--brand", default="default", show_default=True, help="Code of the selling brand.")
@click.option("--zone", default="Europe/Paris", show_default=True, help="Where days begin.")
@click.option("--apply", is_flag=True, help="Write the prices; without it nothing is changed.")
def import_prices(*, file: Path, brand: str, zone: str, apply: bool) -> None:
    """Set or plan prices from a table; first only try it, and say what would change."""
    with open_table(file) as table:
        try:
            places = catalog.imports.read_price_header(table.header)
            where = ZoneInfo(zone)
        except (Invalid, ValueError, ZoneInfoNotFoundError) as error:
            raise Unreadable(f"{file}: {error}") from error
        new = "set" if apply else "would be set"
        with importing("prices", new=new, others="as they were") as run:
            with transaction() as session:
                found = stores.queries.find_brand(session, brand)
            if found is None:
                raise Unreadable(f"There is no brand {brand!r}.")
            selling = found

            def take(session: Session, rows: list[SetPrice]) -> int:
                return _set_prices(session, rows, selling, apply=apply)

            with progress("Prices", table.lines) as advance:
                run.load(
                    run.stepping(table.rows, advance),
                    lambda row: catalog.imports.read_price_row(
                        places, row.values, currency=selling.currency, zone=where
                    ),
                    Use(take=take, key=lambda row: (row.sku, str(row.valid_from))),
                )
            if not apply:
                click.echo("Nothing was changed. Run it again with --apply.")


@imports.command("stock")
@click.argument("file", type=_FILE)
@click.option("--store", help="Code of the store, for rows that name none.")
def import_stock(*, file: Path, store: str | None) -> None:
    """Import counted stock from a table: it becomes what is on hand."""
    with open_table(file) as table:
        try:
            places = inventory.imports.read_header(table.header, store_given=store is not None)
        except Invalid as error:
            raise Unreadable(f"{file}: {error}") from error
        location_ids: dict[str, UUID | None] = {}

        def sift(session: Session, batch: Batch[Counted]) -> dict[int, str]:
            return dict(_misfits(session, batch, location_ids))

        def take(session: Session, rows: list[Counted]) -> int:
            known = {code: place for code, place in location_ids.items() if place is not None}
            return inventory.imports.count_rows(
                session, rows, location_ids=known, reason=f"import of {file.name}"
            )

        with importing("stock", new="changed", others="as they were") as run:
            if store is not None:
                with transaction() as session:
                    if _location_id(session, store, location_ids) is None:
                        raise Unreadable(f"There is no store {store!r}.")
            with progress("Stock", table.lines) as advance:
                run.load(
                    run.stepping(table.rows, advance),
                    lambda row: inventory.imports.read_row(places, row.values, store_code=store),
                    Use(take=take, key=lambda row: (row.store_code, row.sku), sift=sift),
                )


class _TriedError(Exception):
    """What was tried is taken back."""


def _set_prices(session: Session, rows: list[SetPrice], brand: BrandFacts, *, apply: bool) -> int:
    """Return how many rows change a price; each is written, or only tried."""
    changed = 0
    with suppress(_TriedError), session.begin_nested():
        for row in rows:
            written = catalog.services.set_prices(
                session, [row], brand_id=brand.id, currency=brand.currency, actor=SYSTEM
            )
            changed += bool(written)
        if not apply:
            raise _TriedError
    return changed


def _features(file: Path) -> list[object]:
    """Return the features of a GeoJSON file.

    Raises Unreadable when it is none. It is read in one piece, so its size is limited.
    """
    if file.stat().st_size > STORES_BYTES_MAX:
        raise Unreadable(f"{file} is larger than {STORES_BYTES_MAX >> 20} MiB: split it.")
    count_lines(file)
    try:
        loaded = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file} is not JSON: {error}") from error
    features = loaded.get("features") if isinstance(loaded, dict) else None
    if not isinstance(features, list):
        raise Unreadable(f"{file} is not a GeoJSON FeatureCollection.")
    return features


def _currency(given: str | None, *, header: str | None) -> str | None:
    """Return the currency of the figures: as given, else as the header says, else the brand's."""
    if given is None:
        return header
    if given.upper() not in list_currencies():
        raise Unreadable(f"--currency {given!r} is not an ISO 4217 code.")
    if header is not None and header != given.upper():
        click.echo(f"The header says {header}: its figures are taken as {given.upper()}.")
    return given.upper()


def _have_brand(code: str, *, name: str, currency: str | None) -> BrandFacts:
    """Return the brand with this code, set up now if there is none.

    Raises Unreadable when it sells in another currency.
    """
    with transaction() as session:
        found = stores.queries.find_brand(session, code)
        if found is None:
            command = OpenBrand(
                code=code,
                name=name,
                currency=currency or CURRENCY_DEFAULT,
                languages=LANGUAGES,
                sender_email=SENDER_DEFAULT,
                sms_sender=_sms_sender(name),
            )
            stores.services.open_brand(session, command)
            found = stores.queries.find_brand(session, code)
            click.echo(f"Brand {code} was set up: {name}, {command.currency}, {SENDER_DEFAULT}.")
    if found is None:
        raise Unreadable(f"There is no brand {code!r}.")
    if currency is not None and found.currency != currency:
        raise Unreadable(
            f"The prices are in {currency}, but brand {code} sells in {found.currency}. "
            f"To take the figures as they are, add --currency {found.currency}."
        )
    return found


def _sms_sender(name: str) -> str:
    """Return a sender name as mobile networks allow it: up to eleven letters and digits."""
    plain = "".join(sign for sign in name if sign.isascii() and sign.isalnum())
    return plain[:SMS_SENDER_SIGNS] or "Comptoir"


def _misfits(
    session: Session, batch: Batch[Counted], location_ids: dict[str, UUID | None]
) -> Iterator[tuple[int, str]]:
    """Yield the lines that name a store or a SKU we do not have."""
    try:
        catalog.queries.require_skus(session, {row.sku for _, row in batch})
        unknown: set[str] = set()
    except UnknownSku as error:
        unknown = set(error.facts["skus"])
    for line, row in batch:
        if _location_id(session, row.store_code, location_ids) is None:
            yield line, f"there is no store {row.store_code!r}"
        elif row.sku in unknown:
            yield line, f"SKU {row.sku!r} is not in the catalogue"


def _location_id(session: Session, code: str, location_ids: dict[str, UUID | None]) -> UUID | None:
    """Return the store's id, asked for once; None if there is no such store."""
    if code not in location_ids:
        try:
            location_ids[code] = stores.queries.get_store(session, code).id
        except UnknownLocation:
            location_ids[code] = None
    return location_ids[code]
