"""The articles a message speaks of, and the money."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kernel.money import vat_shares
from notifications.commands import OPENS_PARCEL, Template
from notifications.services.cases import Case
from notifications.services.wording import Voice
from orders.commands import Method, Status
from orders.queries import ChargeFacts, LineFacts

QUANTITIES: Final[Mapping[Template, Callable[[LineFacts], int]]] = {
    Template.CONFIRMATION: lambda line: line.quantity,
    Template.READY: lambda line: line.quantity - line.cancelled,
    Template.REMINDER: lambda line: line.quantity - line.cancelled,
    Template.LAST_DAY: lambda line: line.quantity - line.cancelled,
    Template.CANCELLED: lambda line: line.quantity,
    Template.EXPIRED: lambda line: line.quantity - line.handed_over,
    Template.RECEIPT: lambda line: line.handed_over,
    Template.PROXY_PASS: lambda line: line.quantity - line.cancelled,
    Template.PROXY_COLLECTED: lambda line: line.handed_over,
    Template.REJECTED: lambda line: line.quantity - line.cancelled,
    Template.REROUTED: lambda line: line.quantity - line.cancelled,
    Template.AMENDED: lambda line: line.quantity - line.cancelled,
    Template.PARTLY: lambda line: line.quantity - line.cancelled,
    Template.DELAYED: lambda line: line.quantity - line.cancelled,
    Template.SHIPPED: lambda line: line.handed_over,
    Template.DELIVERED: lambda line: line.handed_over,
    Template.DELIVERY_FAILED: lambda line: line.handed_over,
    Template.SUBSTITUTE: lambda line: line.quantity - line.cancelled,
    Template.PAY_LINK: lambda line: line.quantity - line.cancelled,
    Template.PAY_REMINDER: lambda line: line.quantity - line.cancelled,
    Template.UNPAID: lambda line: line.quantity,
}
"""How many of each line a message speaks of."""
PRICED: Final = OPENS_PARCEL | {
    Template.CONFIRMATION,
    Template.RECEIPT,
    Template.REROUTED,
    Template.AMENDED,
    Template.DELIVERED,
    Template.PAY_LINK,
    Template.PAY_REMINDER,
}
TO_PAY: Final = OPENS_PARCEL | {Template.CONFIRMATION, Template.REROUTED, Template.AMENDED}
NOT_DUE_BY_CARD: Final = frozenset({Template.CONFIRMATION, Template.REROUTED, Template.AMENDED})
"""Templates sent before the money a card holds is taken: it is not due in the store."""
WHOLE: Final = frozenset(
    {
        Template.CONFIRMATION,
        Template.AMENDED,
        Template.PAY_LINK,
        Template.PAY_REMINDER,
        Template.UNPAID,
    }
)
"""Templates that speak of the whole order where it goes several ways, or is brought."""


def amounts(template: Template, case: Case, voice: Voice) -> dict[str, Any]:
    """Return the lines of a message, what they come to, what is missing, and what is due."""
    quantity_of, currency = QUANTITIES[template], case.parcel.currency
    lines, charges = _spoken(template, case)
    chosen = [(line, quantity_of(line)) for line in lines if quantity_of(line)]
    priced = [(line.vat_bp, line.priced(quantity).amount_minor) for line, quantity in chosen]
    brought = [(each.vat_bp, each.amount_minor) for each in charges]
    total = sum(amount for _, amount in [*priced, *brought])
    is_brought = case.order is not None and case.order.leaves_paid
    is_whole = template in WHOLE and is_brought
    by_card = template in NOT_DUE_BY_CARD and case.difference_minor is not None
    owes = template in TO_PAY and not (is_whole or by_card or case.parcel.is_reservation)
    due = total - case.paid_minor if owes else case.counter_minor if by_card else 0
    is_priced = template in PRICED
    return {
        "lines": [
            *(
                (
                    quantity,
                    _named(line, quantity, voice, currency) if is_priced else line.name,
                    voice.money(amount, currency) if is_priced else "",
                )
                for (line, quantity), (_, amount) in zip(chosen, priced, strict=True)
            ),
            *((1, each.name, voice.money(each.amount_minor, currency)) for each in charges),
        ],
        "missing": [(line.cancelled, line.name) for line in case.parcel.lines if line.cancelled],
        "total": voice.money(total, currency) if is_priced else "",
        "vat": [
            (voice.rate(share.rate_bp), voice.money(share.vat_minor, currency))
            for share in vat_shares([*priced, *brought] if is_priced else [])
        ],
        "due": voice.money(due, currency) if due > 0 else "",
    }


def _spoken(template: Template, case: Case) -> tuple[list[LineFacts], tuple[ChargeFacts, ...]]:
    """Return the lines a message has, and what is paid beside them.

    An order is confirmed once for all its parcels; having it brought stands there, and where the
    first of them was delivered. What is called off altogether is told once.
    """
    parcel, order = case.parcel, case.order
    if order is None:
        return list(parcel.lines), ()
    if template is Template.CANCELLED and not case.goes_on:
        gone = [each for each in order.fulfillments if each.status is Status.CANCELLED]
        return [line for each in gone for line in each.lines], ()
    if not (parcel.method is Method.DELIVERY or case.is_mixed):
        return list(parcel.lines), ()
    if template in WHOLE:
        return [line for each in case.parcels for line in each.lines], order.due_charges
    delivered = template is Template.DELIVERED and parcel.id == order.first_id
    return list(parcel.lines), order.due_charges if delivered else ()


def _named(line: LineFacts, quantity: int, voice: Voice, currency: str) -> str:
    """Return a line's name, with the promotion that takes something off it, and how much."""
    off_minor = line.priced(quantity).discount_minor
    if not off_minor:
        return line.name
    off = f"\N{MINUS SIGN}\N{NO-BREAK SPACE}{voice.money(off_minor, currency)}"
    return f"{line.name} ({line.promotion}, {off})" if line.promotion else f"{line.name} ({off})"
