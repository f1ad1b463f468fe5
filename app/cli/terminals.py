"""`comptoir terminals`: the tills of a store and their keys."""

from uuid import UUID

import click

import stores.queries
import stores.services
from app.cli.session import attached
from app.cli.stores import known
from kernel.actors import SYSTEM
from kernel.db import transaction


@click.group()
def terminals() -> None:
    """Link tills, renew and revoke their keys."""


@terminals.command("list")
@click.argument("code")
def list_(code: str) -> None:
    """Show the tills of the store CODE, and when each was last heard."""
    with attached(), transaction() as session:
        store = known(lambda: stores.queries.get_store(session, code))
        for each in stores.queries.list_terminals(session, location_id=store.id):
            state = "revoked" if each.revoked_at else f"key {each.generation}"
            seen = each.seen_at.isoformat(timespec="minutes") if each.seen_at else "never"
            click.echo(f"{each.id}  {each.name}  {state}  last heard: {seen}")


@terminals.command("enrol")
@click.argument("code")
@click.argument("name")
def enrol(code: str, name: str) -> None:
    """Link the till NAME of the store CODE; its key is shown once."""
    with attached(), transaction() as session:
        terminal_id, key = known(
            lambda: stores.services.enrol_terminal(session, code, name=name, actor=SYSTEM)
        )
    click.echo(f"{key}\nId {terminal_id}. Keep the key: it is not shown again.")


@terminals.command("renew")
@click.argument("terminal_id", type=click.UUID)
def renew(terminal_id: UUID) -> None:
    """Show a fresh key of a till; the one before works for a day more."""
    with attached(), transaction() as session:
        key = known(lambda: stores.services.renew_terminal_key(session, terminal_id, actor=SYSTEM))
    click.echo(f"{key}\nThe key before works for {stores.services.OVERLAP_H} hours more.")


@terminals.command("revoke")
@click.argument("terminal_id", type=click.UUID)
def revoke(terminal_id: UUID) -> None:
    """Make a till's keys useless from now on."""
    with attached(), transaction() as session:
        known(lambda: stores.services.revoke_terminal(session, terminal_id, actor=SYSTEM))
    click.echo("Revoked.")
