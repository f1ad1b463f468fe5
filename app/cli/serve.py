"""The processes beside the web server: migrate once, then relay and work until told to stop."""

import signal
from threading import Event as Flag
from types import FrameType

import click

from app.cli.session import attached
from app.worker import drain, run_relay, run_worker


@click.command("migrate")
def migrate_database() -> None:
    """Bring the database to the newest schema."""
    with attached():
        click.echo("The schema is up to date.")


@click.command()
def relay() -> None:
    """Ring for owed deliveries and periodic work, until stopped."""
    stop = Flag()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with attached() as settings:
        run_relay(settings.core.redis_url, stop=stop)


@click.command()
@click.option("--drain", "drain_only", is_flag=True, help="Do what is due now, then end; no Redis.")
def work(*, drain_only: bool) -> None:
    """Deliver events and send messages, until stopped."""
    with attached() as settings:
        if drain_only:
            click.echo(f"{drain()} deliveries answered.")
        else:
            run_worker(settings.core.redis_url)
