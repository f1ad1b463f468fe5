"""`comptoir import customers`: people of a former system, with what they agreed to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from marshmallow import ValidationError
from sqlalchemy.orm import Session

import customers.services
from app.cli.batches import Use, importing
from app.cli.keys import read_source
from app.cli.progress import progress
from app.cli.tables import Unreadable, open_table
from customers.commands import BringCustomer
from kernel.actors import SYSTEM
from kernel.errors import Invalid
from orders.schemas import BringCustomerSchema

PERSON: Final = ("former_id", "first_name", "last_name", "email", "phone", "language")
ADDRESS: Final = ("line1", "line2", "postcode", "city", "country")
CONSENT: Final = (
    "purpose",
    "channel",
    "topic",
    "granted",
    "wording",
    "proof",
    "source",
    "given_at",
)
REQUIRED: Final = frozenset({"former_id", "last_name"})
ANSWERS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
SHAPE: Final = BringCustomerSchema()


@click.command("customers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The system that knows them under `former_id`.")
def import_customers(*, file: Path, source: str) -> None:
    """Import people of a former system from a table: one consent, or none, on a line.

    Columns are named as in the API: former_id, last_name, email or phone; line1, postcode, city;
    purpose, channel, granted, wording, proof, source, given_at. Who has several consents or
    addresses stands on several lines.
    """
    name = read_source(source)
    with open_table(file) as table:
        places = _read_header(table.header)
        reading = progress("Customers", table.lines)
        with importing("customers", others="known") as run, reading as advance:
            run.load(
                run.stepping(table.rows, advance),
                lambda row: _read_row(places, row.values, source=name),
                Use(take=_take, key=_key),
            )


def _read_header(header: Sequence[str]) -> dict[str, int]:
    places = {text.strip().lower(): place for place, text in enumerate(header)}
    unknown = sorted(places.keys() - {*PERSON, *ADDRESS, *CONSENT})
    missing = sorted(REQUIRED - places.keys())
    if missing or unknown:
        said = [f"no column {each}" for each in missing]
        said += [f"no such column: {each}" for each in unknown]
        raise Unreadable(f"{'; '.join(said)}.")
    return places


def _read_row(places: dict[str, int], values: Sequence[str], *, source: str) -> BringCustomer:
    """Return the person of a line, judged as the API judges them.

    Raises Invalid with a sentence about the first value that cannot be meant.
    """
    found = {name: text for name, place in places.items() if (text := values[place].strip())}
    body: dict[str, Any] = {name: found[name] for name in PERSON if name in found}
    address = {name: found[name] for name in ADDRESS if name in found}
    consent: dict[str, Any] = {name: found[name] for name in CONSENT if name in found}
    if "granted" in consent:
        consent["granted"] = ANSWERS.get(consent["granted"].lower(), consent["granted"])
    body["addresses"] = [address] if address else []
    body["consents"] = [consent] if consent else []
    try:
        return BringCustomer(source, **SHAPE.load(body))
    except ValidationError as error:
        raise Invalid(_first(error.messages)) from error


def _first(said: Any, name: str = "") -> str:  # noqa: ANN401 (marshmallow's messages)
    while isinstance(said, dict):
        key, said = next(iter(said.items()))
        name = key if isinstance(key, str) and key != "_schema" else name
    return f"{name}: {said[0]}"


def _key(person: BringCustomer) -> tuple[str, ...]:
    """Return what no two lines have alike."""
    said = [f"{each.purpose} {each.channel} {each.topic}" for each in person.consents]
    homes = [f"{each.line1} {each.postcode}" for each in person.addresses]
    return (person.former_id, *said, *homes)


def _take(session: Session, people: list[BringCustomer]) -> int:
    new = 0
    for person in people:
        brought = customers.services.bring_customer(session, person, actor=SYSTEM)
        new += brought.is_new or brought.addresses > 0 or brought.consents > 0
    return new
