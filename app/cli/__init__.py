"""The command line: `comptoir --help`."""

import logging

import click

from app.cli.answers import answers
from app.cli.check import check
from app.cli.connectors import connectors
from app.cli.demo import demo
from app.cli.docs import docs
from app.cli.google import google_feed
from app.cli.import_customers import import_customers
from app.cli.imports import imports
from app.cli.keys import key
from app.cli.replay import replay
from app.cli.run import run
from app.cli.serve import migrate_database, relay, work
from app.cli.sourcing import sourcing_
from app.cli.stock import stock
from app.cli.stores import stores_
from app.cli.terminals import terminals


@click.group()
@click.version_option(package_name="comptoir")
def main() -> None:
    """Comptoir: one order, one stock, every channel."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")


stock.add_command(google_feed)
imports.add_command(import_customers)
for command in (
    answers,
    check,
    connectors,
    demo,
    docs,
    imports,
    key,
    migrate_database,
    relay,
    replay,
    run,
    sourcing_,
    stock,
    stores_,
    terminals,
    work,
):
    main.add_command(command)
