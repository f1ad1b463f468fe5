"""`comptoir demo`: the demonstration retailer."""

import click

from app.cli.session import attached, data_home
from app.demo import seed as fill


@click.group()
def demo() -> None:
    """Fill in the demonstration retailer."""


@demo.command("seed")
def seed() -> None:
    """Have the demonstration's stores, articles, stock and keys; safe to repeat."""
    with attached():
        made = fill(data_home())
    click.echo("Aubépin is open." if made else "Aubépin was open already.")
