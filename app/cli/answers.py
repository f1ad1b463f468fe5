"""`comptoir answers`: a first set of questions and answers, or one's own file of them."""

from pathlib import Path

import click

from app.care.starting import FILE, bring_answers
from app.cli.session import attached
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.errors import Refusal


@click.command("answers")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def answers(file: Path | None) -> None:
    """Bring answers that are not there yet: ours, or those of FILE; what is there stays."""
    with attached():
        try:
            with transaction() as session:
                count = bring_answers(session, actor=SYSTEM, path=file or FILE)
        except Refusal as error:
            raise click.ClickException(error.detail) from error
        except (KeyError, TypeError, ValueError) as error:
            raise click.ClickException(f"Not a file of answers: {error}") from error
    click.echo(f"{count} answers brought.")
