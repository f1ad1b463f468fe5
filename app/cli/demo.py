"""`comptoir demo`: the demonstration retailer."""

import json
from pathlib import Path

import click
import httpx

from app.cli.session import attached, data_home
from app.demo import seed as fill
from app.demo.seed import read_keys

PATIENCE_S = 10


@click.group()
def demo() -> None:
    """Fill in the demonstration retailer, and look at it from outside."""


@demo.command("seed")
def seed() -> None:
    """Have the demonstration's stores, articles, stock and keys; safe to repeat."""
    with attached():
        made = fill(data_home())
    click.echo("Aubépin is open." if made else "Aubépin was open already.")


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
def messages(last: int) -> None:
    """Print the newest e-mails and SMS as the customer got them."""
    for message in _mailbox(data_home())[-last:]:
        click.echo(f"--- {message['kind']} to {', '.join(message['to'])}")
        if message.get("subject"):
            click.echo(message["subject"])
        click.echo(message["text"].strip())


def _mailbox(home: Path) -> list[dict[str, str]]:
    addresses = home / "sandbox.json"
    if not addresses.exists():
        raise click.ClickException("Nothing runs here; start it with `make run`.")
    url = json.loads(addresses.read_text())["mailbox"]
    try:
        answer = httpx.get(f"{url}/messages", timeout=PATIENCE_S).raise_for_status()
    except httpx.HTTPError as error:
        raise click.ClickException(f"The mailbox does not answer: {error}") from error
    found: list[dict[str, str]] = answer.json()["messages"]
    return found
