"""`comptoir key`: bearer keys for people and for other systems."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

import stores.queries
import stores.services
from app.access import BRINGING, BROUGHT, SCOPES
from app.cli.session import attached
from app.cli.stores import known
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole, TrustKey

SOURCE_MAX = 40


def limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Have a command ask how much a key may bring."""
    whole = click.IntRange(min=0)
    each = click.option("--order-max-minor", type=whole, help="The dearest order, in cents.")
    day = click.option("--day-max-minor", type=whole, help="All within 24 hours, in cents.")
    return each(day(command))


@click.group()
def key() -> None:
    """Issue and revoke bearer keys."""


@key.command("issue")
@click.option("--name", required=True, help="Who or what holds it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(sorted(SCOPES)),
    help="What an integration may do; repeat it.",
)
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), default=None)
@click.option("--store", "store_codes", multiple=True, help="A person's store; repeat it.")
@click.option("--brand", default=None, help="The one brand whose customers it sees.")
@click.option("--source", default=None, help="The shop whose orders it brings, and sees alone.")
@limits
def issue(
    *,
    name: str,
    scopes: tuple[str, ...],
    role: str | None,
    store_codes: tuple[str, ...],
    brand: str | None,
    source: str | None,
    order_max_minor: int | None,
    day_max_minor: int | None,
) -> None:
    """Issue a key for an integration (--scope) or a person (--role, --store); it is shown once."""
    if bool(scopes) == bool(role):
        raise click.UsageError("Give --scope for an integration, or --role for a person.")
    source = read_source(source) if source is not None else None
    _refuse_unfit(scopes, source, limited=order_max_minor or day_max_minor)
    with attached(), transaction() as session:
        staff_id, known_brand = None, brand and stores.queries.find_brand(session, brand)
        if brand and not known_brand:
            raise click.UsageError(f"There is no brand {brand}.")
        if role:
            locations = tuple(stores.queries.get_store(session, code).id for code in store_codes)
            staff_id = stores.services.hire_staff(
                session, HireStaff(name, StaffRole(role), locations)
            )
        key_id, secret = stores.services.issue_key(
            session,
            name=name,
            scopes=scopes,
            staff_id=staff_id,
            brand_id=known_brand.id if known_brand else None,
            actor=SYSTEM,
        )
        if source:
            trust = TrustKey(key_id, source, order_max_minor, day_max_minor)
            stores.services.trust_key(session, trust, actor=SYSTEM)
    click.echo(f"{secret}\nId {key_id}. Keep it: it is not shown again.")


@key.command("trust")
@click.argument("key_id", type=click.UUID)
@click.option("--source", required=True, help="The shop whose orders it brings, and sees alone.")
@limits
def trust(
    *, key_id: UUID, source: str, order_max_minor: int | None, day_max_minor: int | None
) -> None:
    """Say anew whose orders a key brings, and how much of them; no limit where none is given."""
    command = TrustKey(key_id, read_source(source), order_max_minor, day_max_minor)
    with attached(), transaction() as session:
        known(lambda: stores.services.trust_key(session, command, actor=SYSTEM))
    click.echo("Trusted.")


@key.command("revoke")
@click.argument("key_id", type=click.UUID)
def revoke(key_id: UUID) -> None:
    """Make a key useless from now on."""
    with attached(), transaction() as session:
        stores.services.revoke_key(session, key_id=key_id, actor=SYSTEM)
    click.echo("Revoked.")


def _refuse_unfit(scopes: tuple[str, ...], source: str | None, *, limited: int | None) -> None:
    """Return nothing when a key that brings says for whom, and can do nothing beside."""
    if source is None:
        if limited or BROUGHT & {*scopes}:
            raise click.UsageError("Name the shop whose orders it brings: --source.")
        return
    beyond = sorted({*scopes} - BRINGING)
    if beyond or not scopes:
        raise click.UsageError(f"A key with a source may have {', '.join(sorted(BRINGING))}.")


def read_source(source: str) -> str:
    """Return the name of a shop as it is kept.

    Raises click.UsageError.
    """
    name = source.strip()
    if not 0 < len(name) <= SOURCE_MAX or not name.isprintable():
        raise click.UsageError(f"--source is a name of at most {SOURCE_MAX} signs.")
    return name
