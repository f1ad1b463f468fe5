"""What the form of a verdict says: the parcel as it was found, what goes, what is refused, why."""

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

import customers.queries
from app.i18n import current
from app.i18n import gettext as _
from app.staff.articles import describe
from app.staff.said import Kind, read_said
from app.staff.sheets import list_asked_before, read_sheets
from kernel.actors import Actor
from kernel.ids import show_order_number
from orders import queries
from orders.commands import Found, HandOver, ReasonKind, Refused
from orders.errors import PassNotValid
from orders.services import Parcel
from orders.services.checking import FORCE

SAID_MAX: Final = 500
TICKET_MAX: Final = 64
CODE_MAX: Final = 32
TAKE, HAVE, REFUSE, WHY = "take-", "have-", "refuse-", "why-"
DIGITS: Final = re.compile(r"[0-9]{1,6}")
YES: Final = "yes"


def read_command(store_code: str) -> HandOver:
    """Return what the verdict's form says.

    Raises PassNotValid when it names no parcel.
    """
    form = request.form
    secret = form.get("secret", "")[:SAID_MAX]
    ticket = " ".join(form.get("ticket", "").split())[:TICKET_MAX]
    try:
        found = Found(form.get("found", ""))
        fulfillment_id = UUID(secret) if found is Found.SEARCH else None
    except ValueError as error:
        raise PassNotValid from error
    refused = _refused()
    return HandOver(
        store_code,
        qr=secret if found is Found.QR else None,
        code=secret if found is Found.CODE else None,
        fulfillment_id=fulfillment_id,
        ticket_number=ticket if ticket.isprintable() and ticket else None,
        quantities=_taken(refused),
        refused=refused,
        identity_seen=form.get("identity") == YES,
        forced=form.get("forced", "")[:CODE_MAX] or None,
    )


def find_way(said: str) -> tuple[str, str] | None:
    """Return how a parcel was found and the secret that found it, for a form to say it again.

    None where only words were typed: they may mean another parcel the next time.
    """
    if request.form.get("found"):
        return request.form["found"], request.form.get("secret", "")[:SAID_MAX]
    read = read_said(said[:SAID_MAX])
    if read.kind is Kind.QR:
        return Found.QR.value, read.text
    if read.kind is Kind.CODE or read.maybe_code:
        return Found.CODE.value, read.text
    return None


def describe_verdict(
    session: Session, command: HandOver, parcel: Parcel, *, actor: Actor
) -> dict[str, Any]:
    """Return what the screen of a parcel that may go says: who, what, where, what is due."""
    facts = parcel.facts
    # Without a code, the customer or anybody they send may stand there.
    sent = [] if parcel.shown else queries.list_sent(session, [facts.order_id])[facts.order_id]
    people = customers.queries.get_contacts(session, [facts.contact_id, parcel.holder_id, *sent])
    names = {line.sku: line.name for line in facts.lines}
    lying = parcel.quantities if parcel.not_owed else None
    lines = [line for line in facts.lines if line.collectable or (lying and line.sku in lying)]
    customer = people.get(facts.contact_id)
    holders = [people[each].name for each in (parcel.holder_id, *sent) if each in people]
    gone = {sku: each.quantity for sku, each in parcel.refused.items()}
    manager = actor.may(FORCE)
    may_force = parcel.identity_needed or (manager and parcel.due_minor > 0)
    return {
        "command": command,
        "parcel": parcel,
        "number": show_order_number(facts.order_number),
        "customer": customer.name if customer else "",
        "holder": _either(holders),
        "is_proxy": parcel.proxy_id is not None,
        "shown": describe(session, names, language=current()),
        "lines": lines,
        "sheets": read_sheets(session, names),
        "asked": list_asked_before(session, facts.order_id),
        "missing": 0 if parcel.not_owed else _missing(session, parcel),
        "by_search": parcel.found is Found.SEARCH,
        "gone": gone,
        "partial": bool(gone)
        or (
            not parcel.not_owed
            and any(parcel.quantities.get(line.sku, 0) < line.collectable for line in lines)
        ),
        "ticket": request.form.get("ticket", ""),
        "refusals": reasons_for(session, ReasonKind.REFUSE),
        "force_reasons": reasons_for(session, ReasonKind.FORCE)
        if may_force or command.forced
        else [],
        "is_manager": manager,
    }


def _either(names: Sequence[str]) -> str:
    if len(names) < 2:  # noqa: PLR2004 (two people are either)
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def reasons_for(session: Session, kind: ReasonKind) -> list[tuple[str, str]]:
    """Return the reasons that may be given, each with its words in the page's language."""
    language = current()
    return [
        (each.code, each.labels.get(language) or each.labels["fr"])
        for each in queries.list_reasons(session, kind)
    ]


def _missing(session: Session, parcel: Parcel) -> int:
    """Return how many articles the store never had; what was refused before is not missing."""
    given = queries.list_given(session, [parcel.facts.id])[parcel.facts.id]
    refused = sum(int(said["quantity"]) for each in given for said in each.refused.values())
    return sum(line.cancelled for line in parcel.facts.lines) - refused


def _refused() -> dict[str, Refused]:
    """Return how many of each SKU the customer does not want, with the reason beside it."""
    return {
        sku: Refused(quantity, request.form.get(f"{WHY}{sku}", "")[:CODE_MAX])
        for sku, quantity in _numbers(REFUSE).items()
        if quantity
    }


def _taken(refused: dict[str, Refused]) -> dict[str, int] | None:
    """Return how many of each SKU the customer takes; None where the form does not say.

    What is refused of a SKU is not taken, though the form still stands on everything.
    """
    asked, there = _numbers(TAKE), _numbers(HAVE)
    if not asked:
        return None
    for sku, each in refused.items():
        if sku in asked and sku in there:
            asked[sku] = min(asked[sku], max(there[sku] - each.quantity, 0))
    return {sku: quantity for sku, quantity in asked.items() if quantity}


def _numbers(prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): int(value)
        for name, value in request.form.items()
        if name.startswith(prefix) and DIGITS.fullmatch(value)
    }
