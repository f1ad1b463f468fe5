"""`comptoir key`: bearer keys for people and for other systems."""

from uuid import UUID

import click

import stores.queries
import stores.services
from app.access import SCOPES
from app.cli.session import attached
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole


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
def issue(
    *,
    name: str,
    scopes: tuple[str, ...],
    role: str | None,
    store_codes: tuple[str, ...],
    brand: str | None,
) -> None:
    """Issue a key for an integration (--scope) or a person (--role, --store); it is shown once."""
    if bool(scopes) == bool(role):
        raise click.UsageError("Give --scope for an integration, or --role for a person.")
    with attached(), transaction() as session:
        staff_id, known = None, brand and stores.queries.find_brand(session, brand)
        if brand and not known:
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
            brand_id=known.id if known else None,
            actor=SYSTEM,
        )
    click.echo(f"{secret}\nId {key_id}. Keep it: it is not shown again.")


@key.command("revoke")
@click.argument("key_id", type=click.UUID)
def revoke(key_id: UUID) -> None:
    """Make a key useless from now on."""
    with attached(), transaction() as session:
        stores.services.revoke_key(session, key_id=key_id, actor=SYSTEM)
    click.echo("Revoked.")
