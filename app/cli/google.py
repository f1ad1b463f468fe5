"""`comptoir stock google-feed`: what stores have, as Google reads it, into a file."""

import os
import sys
from pathlib import Path

import click

from app.cli.session import attached
from app.feeds.google import choose_stores, write_feed
from app.paying import card_enabled
from kernel.db import transaction
from kernel.errors import Refusal


@click.command("google-feed")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write it; without it, to standard output.",
)
@click.option("--store", help="Only this store.")
def google_feed(*, out: Path | None, store: str | None) -> None:
    """Write Google's local inventory feed; the file is whole or as it was before."""
    with attached() as settings:
        site = settings.core.public_url
        if not site:
            raise click.ClickException(
                "The feed names pages of the shop: set PUBLIC_URL to the shop's address."
            )
        try:
            with transaction() as session:
                codes = choose_stores(session, store)
        except Refusal as error:
            raise click.ClickException(error.detail) from error
        pieces = write_feed(codes, site=site, by_card=card_enabled())
        if out is None:
            sys.stdout.writelines(pieces)
            return
        lines = 0
        written = out.with_name(f".{out.name}.{os.getpid()}")
        try:
            with written.open("w", encoding="utf-8", newline="") as file:
                for piece in pieces:
                    lines += piece.count("\n")
                    file.write(piece)
            written.replace(out)
        finally:
            written.unlink(missing_ok=True)
    click.echo(f"{len(codes):,} stores, {lines - 1:,} articles in {out}.")
