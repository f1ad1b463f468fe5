"""`comptoir demo`: the demonstration retailer."""

import json
from contextlib import suppress
from pathlib import Path

import click
import httpx

from app.cli.session import attached, data_home
from app.demo.reset import NoDemonstration, fill_in
from app.demo.reset import reset as restore
from app.demo.seed import read_keys

PATIENCE_S = 10


@click.group()
def demo() -> None:
    """Fill in the demonstration retailer, and look at it from outside."""


@demo.command("seed")
def seed() -> None:
    """Have the demonstration's stores, articles, stock and keys; safe to repeat."""
    with attached() as settings:
        made = fill_in(data_home(), owner_url=settings.core.database_owner_url)
    click.echo("Aubépin is open." if made else "Aubépin was open already.")


@demo.command("reset")
@click.confirmation_option(prompt="Throw away every order and account of the demonstration?")
def reset() -> None:
    """Restore the demonstration: every row goes and Aubépin is filled in again."""
    home = data_home()
    with attached() as settings:
        try:
            restore(home, owner_url=settings.core.database_owner_url)
        except NoDemonstration as error:
            raise click.ClickException(
                "This is not the demonstration: nothing was removed."
            ) from error
    _empty_mailbox(home)
    click.echo("Aubépin is as on its first day.")


@demo.command("key")
@click.argument("role")
def key(role: str) -> None:
    """Print the demonstration's key of a ROLE: associate, manager, agent or admin."""
    keys = read_keys(data_home())
    if role not in keys:
        raise click.ClickException(f"No demonstration key for {role!r}; there is {list(keys)}.")
    click.echo(keys[role])


@demo.command("messages")
@click.option("--last", default=3, show_default=True, help="How many of the newest to show.")
@click.option("--to", default="", help="Only those to this address or number (+33…).")
def messages(last: int, to: str) -> None:
    """Print the newest e-mails and SMS as the customer got them."""
    for message in _mailbox(data_home(), to=to)[-last:]:
        click.echo(f"--- {message['kind']} to {', '.join(message['to'])}")
        if message.get("subject"):
            click.echo(message["subject"])
        click.echo(message["text"].strip())


def _empty_mailbox(home: Path) -> None:
    """Forget the letters of orders that are no more, where a mailbox runs."""
    addresses = home / "sandbox.json"
    if addresses.exists():
        url = json.loads(addresses.read_text())["mailbox"]
        with suppress(httpx.HTTPError):
            httpx.delete(f"{url}/messages", timeout=PATIENCE_S, trust_env=False)


def _mailbox(home: Path, *, to: str) -> list[dict[str, str]]:
    addresses = home / "sandbox.json"
    if not addresses.exists():
        raise click.ClickException("Nothing runs here; start it with `make run`.")
    url = json.loads(addresses.read_text())["mailbox"]
    try:
        found_there = httpx.get(f"{url}/messages", params={"to": to}, timeout=PATIENCE_S)
        answer = found_there.raise_for_status()
    except httpx.HTTPError as error:
        raise click.ClickException(f"The mailbox does not answer: {error}") from error
    found: list[dict[str, str]] = answer.json()["messages"]
    return found
