"""`comptoir run`: the whole platform on this machine."""

import os
import signal
from pathlib import Path

import click

from app.embedded import EmbeddedError
from app.embedded.launch import die_with_parent
from app.supervisor import Plan
from app.supervisor import run as run_platform


@click.command()
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535)
)
# No environment variable: many shells export HOST as the machine's name.
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--home",
    envvar="COMPTOIR_HOME",
    default="var",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for data and logs.",
)
@click.option(
    "--demo/--no-demo", envvar="DEMO", default=True, help="Fill in the demonstration shop."
)
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the caller dies.")
def run(*, port: int, host: str, home: Path, demo: bool, with_parent: bool) -> None:
    """Run the shop, its jobs and the stand-ins for its vendors until Ctrl-C."""
    if with_parent:
        die_with_parent(signal.SIGTERM, parent=os.getppid())
    try:
        run_platform(Plan(host=host, port=port, home=home, demo=demo))
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error
