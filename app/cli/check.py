"""`comptoir check`: every invariant of every package, as queries that must return no rows."""

import json
from collections.abc import Sequence

import click

import conversations.checks
import customers.checks
import inventory.checks
import kernel.sealing
import notifications.checks
import orders.checks
import payments.checks
import pos_adapter.checks
import stores.checks
from app.cli.session import attached
from kernel.checks import Check, Finding, run_check
from kernel.db import transaction

CHECKS: tuple[Check, ...] = (
    *kernel.sealing.CHECKS,
    *inventory.checks.CHECKS,
    *orders.checks.CHECKS,
    *payments.checks.CHECKS,
    *pos_adapter.checks.CHECKS,
    *notifications.checks.CHECKS,
    *conversations.checks.CHECKS,
    *customers.checks.CHECKS,
    *stores.checks.CHECKS,
)
EXIT_FOUND = 1


def run_checks() -> list[Finding]:
    """Return every invariant that does not hold."""
    findings = []
    for check_one in CHECKS:
        with transaction() as session:
            finding = run_check(session, check_one)
        if finding is not None:
            findings.append(finding)
    return findings


def tell_findings(findings: Sequence[Finding]) -> None:
    """Print what does not hold, and how many invariants there are."""
    for each in findings:
        click.echo(f"{each.check.id}: {each.check.says} ({each.count})")
        for row in each.sample:
            click.echo(f"    {row}")
    click.echo(f"{len(CHECKS)} invariants checked, {len(findings)} broken.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what machines read.")
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Prove that ledger, reservations, orders and messages agree; ends with 1 if not."""
    with attached():
        findings = run_checks()
    if as_json:
        shown = [
            {"id": each.check.id, "says": each.check.says, "count": each.count, "rows": each.sample}
            for each in findings
        ]
        click.echo(json.dumps({"checks": len(CHECKS), "findings": shown}, indent=2))
    else:
        tell_findings(findings)
    if findings:
        context.exit(EXIT_FOUND)
