"""What a day of real sales asks of us: which order each invoice becomes. Pure: no database.

The sales are those of a shop without collection points, so channel, store, names and the way each
parcel is found are drawn by a seed; articles, quantities and who buys with whom are real.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.cli.replay.channels import BY_CARD, CHOOSES, WAYS, Entry, draw_entry
from app.cli.replay.fates import (
    CALM,
    Fate,
    Turn,
    draw_fate,
    draw_second_store,
    draw_turn,
)
from app.cli.replay.invoices import Invoice
from app.cli.replay.lots import lot_for
from customers.commands import GiveContact
from orders.commands import Found

FRENCH_SPEAKING: Final = frozenset({"France", "Belgium", "Switzerland", "Monaco", "Luxembourg"})
FIRST_NAMES: Final = ("Adèle", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Grace", "Hugo", "Inès")
LAST_NAMES: Final = ("Aubry", "Besson", "Carlin", "Dufour", "Esteve", "Fabre", "Guérin", "Harris")

FICTION_IDS: Final = range(10_000, 20_000)
FICTION_PHONE: Final = "+3319900{:04d}"
"""Numbers the French regulator keeps for fiction, which nobody has: 01 99 00 followed by four."""

TAKEN_TWICE: Final = frozenset({Turn.MERGED, Turn.PARTED})
"""Turns of orders whose customer gave an address that nobody knows yet."""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """The order an invoice becomes, and how its parcel will be found at the counter."""

    invoice: Invoice
    entry: Entry
    store_code: str
    way: Found
    contact: GiveContact
    by_card: bool = False
    fate: Fate = Fate.COLLECTED
    turn: Turn = Turn.NONE
    second_store: str | None = None
    """Which store takes it over, or has a part of it, where that is its way."""

    @property
    def is_brought(self) -> bool:
        """Tell whether some of it goes to a door."""
        return self.entry is Entry.MIXED or self.fate in {Fate.HOME, Fate.HOME_BACK}

    @property
    def lot(self) -> int:
        """Return a number that is the same each time, for small choices."""
        return sum(self.invoice.number.encode())


@dataclass(frozen=True, slots=True)
class Cancellation:
    """An invoice that takes another back: `whole` is that one's number, else `why_not` says why."""

    invoice: Invoice
    whole: str | None
    why_not: str = ""


def plan_orders(
    invoices: Iterable[Invoice],
    store_codes: Sequence[str],
    shares: Mapping[Entry, int],
    *,
    seed: int,
    calm: bool = False,
) -> Iterator[PlannedOrder]:
    """Yield the order of each invoice that buys something; the same seed gives the same plan.

    On a `calm` day every order is collected as it was ordered.
    """
    for invoice in invoices:
        if invoice.is_cancellation or not invoice.quantities:
            continue
        draw = lot_for(seed, invoice.number)
        entry = draw_entry(invoice.number, invoice.quantities, shares, seed=seed)
        planned = PlannedOrder(
            invoice=invoice,
            entry=entry,
            store_code=draw.choice(store_codes),
            way=draw.choices(list(WAYS), weights=list(WAYS.values()))[0],
            contact=contact_of(invoice),
            by_card=entry in CHOOSES and draw.randrange(100) < BY_CARD,
            fate=CALM.get(entry, Fate.COLLECTED),
        )
        yield _with_second(planned if calm else _troubled(planned, seed), store_codes, seed)


def plan_cancellations(invoices: Sequence[Invoice]) -> Iterator[Cancellation]:
    """Yield what each cancellation of the day takes back, found by customer and articles."""
    for cancelling in invoices:
        if not cancelling.is_cancellation:
            continue
        if not cancelling.quantities:
            yield Cancellation(cancelling, None, "take back no article")
            continue
        earlier = [each for each in invoices if _holds(each, cancelling)]
        whole = [each for each in earlier if each.quantities == cancelling.quantities]
        if whole:
            yield Cancellation(cancelling, whole[-1].number)
        elif earlier:
            yield Cancellation(cancelling, None, "cancel only a part of an order")
        else:
            yield Cancellation(cancelling, None, "cancel an order of another day")


def contact_of(invoice: Invoice, *, taken_twice: bool = False) -> GiveContact:
    """Return a fictitious person: the same for the same customer, a guest where none is named.

    Who is `taken_twice` says nothing by which we could know them.
    """
    person = f"c{invoice.customer}" if invoice.customer else f"guest-{invoice.number}"
    draw = lot_for(person)
    known = int(invoice.customer) if re.fullmatch(r"[0-9]{1,9}", invoice.customer) else 0
    name = re.sub(r"[^a-z0-9-]", "-", person.lower())
    contact = GiveContact(
        first_name=draw.choice(FIRST_NAMES),
        last_name=draw.choice(LAST_NAMES),
        email=f"{name}@example.org",
        phone=FICTION_PHONE.format(known - FICTION_IDS.start) if known in FICTION_IDS else None,
        language="fr" if invoice.country in FRENCH_SPEAKING else "en",
    )
    if not taken_twice:
        return contact
    return replace(contact, email=f"{name}.{invoice.number.lower()}@example.org", phone=None)


def _troubled(planned: PlannedOrder, seed: int) -> PlannedOrder:
    number, entry = planned.invoice.number, planned.entry
    fate = draw_fate(number, entry, seed=seed)
    turn = draw_turn(number, entry, fate, seed=seed)
    contact = contact_of(planned.invoice, taken_twice=turn in TAKEN_TWICE)
    return replace(planned, fate=fate, turn=turn, contact=contact)


def _with_second(planned: PlannedOrder, store_codes: Sequence[str], seed: int) -> PlannedOrder:
    """Return it with the other store it needs; where there is none, the customer waits."""
    elsewhere = planned.fate is Fate.OTHER_STORE or planned.turn is Turn.ELSEWHERE
    if not elsewhere and planned.entry is not Entry.TABLET:
        return planned
    number = planned.invoice.number
    second = draw_second_store(number, planned.store_code, store_codes, seed=seed)
    if second is not None:
        return replace(planned, second_store=second)
    fate = Fate.WAIT if planned.fate is Fate.OTHER_STORE else planned.fate
    turn = Turn.NONE if planned.turn is Turn.ELSEWHERE else planned.turn
    return replace(planned, fate=fate, turn=turn)


def _holds(original: Invoice, cancelling: Invoice) -> bool:
    """Tell whether `cancelling` may take back (a part of) this earlier invoice."""
    return (
        not original.is_cancellation
        and original.line < cancelling.line
        and original.customer == cancelling.customer != ""
        and all(
            quantity <= original.quantities.get(sku, 0)
            for sku, quantity in cancelling.quantities.items()
        )
    )
