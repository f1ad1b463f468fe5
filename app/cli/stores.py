"""`comptoir stores`: opening hours that cannot be promised by, settings of the trade, pauses."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import click

import stores.imports
import stores.queries
import stores.services
from app.cli.session import attached
from kernel.actors import SYSTEM
from kernel.clock import now
from kernel.db import transaction
from kernel.errors import Refusal
from kernel.ids import new_id
from stores.commands import Scope, SetRule
from stores.promises import opening_times
from stores.queries import StoreFacts
from stores.settings import CLOCK, find_key

EXIT_FOUND: Final = 1
NONE: Final = "none"
Answer = TypeVar("Answer")


@click.group("stores")
def stores_() -> None:
    """Look after stores: hours, settings, pauses."""


@stores_.command("hours")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--country", default="FR", show_default=True, help="Country of those naming none.")
@click.pass_context
def hours(context: click.Context, *, file: Path | None, country: str) -> None:
    """Name every store no time can be promised for, and why; ends with 1 if there is any.

    Of a GeoJSON FILE before it is imported, or else of the stores there are.
    """
    if file is not None:
        found, count = _hours_of_file(file, country)
    else:
        with attached():
            places = _every_store()
        found = [(each.code, why) for each in places if (why := _why_closed(each))]
        count = len(places)
    for code, why in found:
        click.echo(f"{code}: {why}")
    click.echo(f"{count} stores looked at, {len(found)} without hours to promise by.")
    if found:
        context.exit(EXIT_FOUND)


@stores_.command("settings")
@click.argument("code")
def settings(code: str) -> None:
    """Show what holds at the store CODE under every key, and who said so."""
    with attached(), transaction() as session:
        store = known(lambda: stores.queries.get_store(session, code))
        rules = stores.queries.explain_settings(session, store.id)
    for rule in rules:
        value = NONE if rule.value is None else rule.value
        unit = "" if rule.unit == CLOCK or rule.value is None else f" {rule.unit}"
        by = rule.winner
        why = f"{by.scope.value} {by.scope_code or ''}".strip() if by else "default"
        click.echo(f"{rule.key} = {value}{unit} ({why})")


@stores_.command("set")
@click.argument("key")
@click.argument("value")
@click.option("--brand", help="Only for this brand.")
@click.option("--group", help="Only for this group of stores.")
@click.option("--store", help="Only for this store.")
def set_(*, key: str, value: str, brand: str | None, group: str | None, store: str | None) -> None:
    """Have the setting KEY be VALUE (`none`: no limit) for everybody, a brand, group or store."""
    named = [
        (scope, code)
        for scope, code in ((Scope.BRAND, brand), (Scope.GROUP, group), (Scope.STORE, store))
        if code
    ]
    if len(named) > 1:
        raise click.UsageError("Give one of --brand, --group and --store, or none.")
    scope, code = named[0] if named else (Scope.GLOBAL, None)
    with attached(), transaction() as session:
        rule = SetRule(scope, code, key, known(lambda: _value(key, value)))
        known(lambda: stores.services.set_setting(session, rule, actor=SYSTEM))
    click.echo(f"{key} = {value} ({scope.value} {code or ''}".rstrip() + ")")


@stores_.command("pause")
@click.argument("code")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M"]), required=True, help="In UTC.")
@click.option("--reason", required=True)
def pause(*, code: str, until: datetime, reason: str) -> None:
    """Take no new orders at the store CODE until a time."""
    until = until.replace(tzinfo=UTC)
    if until <= now():
        raise click.BadParameter("this time is over", param_hint="--until")
    with attached(), transaction() as session:
        known(
            lambda: stores.services.pause_store(
                session, code=code, until=until, reason=reason, actor=SYSTEM
            )
        )
    click.echo(f"{code} takes no orders until {until:%Y-%m-%d %H:%M} UTC.")


@stores_.command("resume")
@click.argument("code")
def resume(code: str) -> None:
    """Take orders again at the store CODE."""
    with attached(), transaction() as session:
        known(lambda: stores.services.resume_store(session, code=code, actor=SYSTEM))
    click.echo(f"{code} takes orders.")


def known(act: Callable[[], Answer]) -> Answer:
    """Return what `act` does.

    Raises click.ClickException, with the way out, where it is refused.
    """
    try:
        return act()
    except Refusal as refusal:
        said = refusal.detail if refusal.detail.endswith((".", "?")) else f"{refusal.detail}."
        raise click.ClickException(f"{said} {refusal.way_out}") from refusal


def _value(key: str, text: str) -> int | str | None:
    if text == NONE:
        return None
    if find_key(key).unit == CLOCK:
        return text
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else text


def _every_store() -> list[StoreFacts]:
    found: list[StoreFacts] = []
    after = ""
    with transaction() as session:
        while page := stores.queries.list_stores(session, after=after, unopened_too=True):
            found += page
            after = page[-1].code
    return found


def _why_closed(store: StoreFacts) -> str | None:
    """Return why nothing can be promised at a store that hands goods over."""
    if not store.collects:
        return None
    if store.schedule is None:
        return "the opening hours are not known"
    try:
        if next(opening_times(store.schedule, start=store.asked_at), None) is None:
            return f"{store.schedule.opening_hours!r} does not open for 45 days"
    except Refusal as refusal:
        return f"{store.schedule.opening_hours!r}: {refusal.detail}"
    return None


def _hours_of_file(file: Path, country: str) -> tuple[list[tuple[str, str]], int]:
    found, brand_id = [], new_id()
    try:
        features = json.loads(file.read_text())["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{file.name} is not a GeoJSON collection.") from error
    for number, feature in enumerate(features, 1):
        try:
            read = stores.imports.read_feature(feature, brand_id=brand_id, country=country)
        except Refusal as refusal:
            found.append((f"feature {number}", refusal.detail))
            continue
        found += [(read.command.code, why) for why in read.warnings if "opening hours" in why]
    return found, len(features)
