"""`comptoir connectors`: programs that bring what people write elsewhere, and their keys."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import click

from app.cli.session import attached
from app.cli.stores import known
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.ids import new_id
from notifications import gateway, services
from notifications.commands import ConnectorKind, OpenConnector

LONG_AGO_S: Final = 3_600
SIGNATURE: Final = "Comptoir-Signature"


@click.group()
def connectors() -> None:
    """Open and close connectors, renew their keys, check that they keep the contract."""


@connectors.command("list")
def list_() -> None:
    """Show the connectors, when each was last heard, and what waits for it."""
    with attached(), transaction() as session:
        for each in services.list_connectors(session):
            heard = each.heard_at.isoformat(timespec="minutes") if each.heard_at else "never"
            state = "closed" if each.closed_at else f"last heard: {heard}"
            owed = f"{each.waiting} waiting, {each.given_up} given up"
            click.echo(f"{each.source}  {each.kind}  {each.url or '-'}  {state}  {owed}")


@connectors.command("open")
@click.argument("source")
@click.argument("name")
@click.option("--kind", type=click.Choice([*ConnectorKind]), default=ConnectorKind.SOCIAL)
@click.option("--url", help="Where it takes our answers; without one it only brings.")
@click.option("--brand", help="The code of the brand it brings things to.")
def open_(source: str, name: str, kind: str, url: str | None, brand: str | None) -> None:
    """Open the connector SOURCE, named NAME for people; its key is shown once."""
    command = OpenConnector(_source(source), name, ConnectorKind(kind), url, brand)
    with attached(), transaction() as session:
        key = known(lambda: services.open_connector(session, command, actor=SYSTEM))
    click.echo(f"{key}\nKeep the key: it is not shown again.")


@connectors.command("renew")
@click.argument("source")
def renew(source: str) -> None:
    """Show a fresh key of a connector; the one before works for a day more."""
    with attached(), transaction() as session:
        click.echo(known(lambda: services.renew_connector_key(session, source, actor=SYSTEM)))


@connectors.command("close")
@click.argument("source")
def close(source: str) -> None:
    """Have a connector bring and take nothing any more."""
    with attached(), transaction() as session:
        known(lambda: services.close_connector(session, source, actor=SYSTEM))
    click.echo("Closed.")


@connectors.command("check")
@click.argument("source")
def check(source: str) -> None:
    """Call the connector SOURCE as we do, rightly and wrongly; nobody is written to.

    Ends with 1 when it answers otherwise than the contract says.
    """
    with attached(), transaction() as session:
        key, url = known(lambda: services.find_key(session, source))
    if url is None:
        raise click.ClickException("It takes no answers: there is nothing to check.")
    failed = 0
    for probe in _probes(source, key, url):
        rung = gateway.ring(url, probe.body, probe.headers)
        fits = rung.answered in probe.wanted if probe.wanted else rung.ok
        failed += not fits
        click.echo(f"{'ok    ' if fits else 'FAILED'} {probe.what}: {rung.answered}")
    if failed:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A call, and the statuses it may be answered with; any of 2xx where none is named."""

    what: str
    body: bytes
    headers: Mapping[str, str]
    wanted: tuple[str, ...] = ()


def _probes(source: str, key: bytes, url: str) -> Iterator[_Probe]:
    now, refused, unread = int(time.time()), ("401", "403"), ("400", "422")
    body = json.dumps({
        "id": f"check-{new_id()}",
        "thread": str(new_id()),
        "to": "check",
        "text": "Élan ✓",
        "automatic": True,
        "at": "2026-05-04T08:00:00+00:00",
        "check": True,
    }).encode()  # fmt: skip

    def signed(said: bytes, *, at: int = now, by: bytes = key) -> dict[str, str]:
        return services.signed_headers(source, by, url, said, at=at)

    yield _Probe("an answer is taken", body, signed(body))
    yield _Probe("the same answer again is taken", body, signed(body))
    yield _Probe("another body than was signed is refused", body + b" ", signed(body), refused)
    yield _Probe("another key is refused", body, signed(body, by=bytes(32)), refused)
    unsigned = {**signed(body), SIGNATURE: ""}
    yield _Probe("no signature is refused", body, unsigned, refused)
    for at in (now - LONG_AGO_S, now + LONG_AGO_S):
        yield _Probe("a signature of another hour is refused", body, signed(body, at=at), refused)
    yield _Probe("what is no JSON is refused for good", b"{", signed(b"{"), unread)
    yield _Probe("an answer without words is refused for good", b"{}", signed(b"{}"), unread)


def _source(said: str) -> str:
    plain = said.replace("-", "").isalnum() and said.isascii() and said == said.lower()
    if not plain or len(said) > 40:  # noqa: PLR2004 (a name in an address)
        raise click.ClickException("SOURCE is 1 to 40 of a-z, 0-9 and -.")
    return said
