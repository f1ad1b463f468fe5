"""What pages of an account stand on: who is signed in, counted codes, what is filled in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import customers.queries
import customers.services
import orders.queries
from app.forms import once
from app.i18n import current
from app.i18n import gettext as _
from app.shop.blueprint import go_to, own_address
from app.shop.contact import Typed
from app.shop.visitor import as_shopper, find_visitor, remember_visitor
from customers.commands import AskCode, PointKind, Proven
from customers.errors import CodeRefused
from customers.queries import AccountFacts, AddressFacts
from kernel.attempts import take_attempt
from kernel.db import transaction
from kernel.errors import Refusal, TooManyAttempts
from orders.queries import OrderFacts

CODE_MAX: Final = 16


def ask_for_code(
    kind: PointKind, value: str, answered_at: str, *, to: str | None = None, hidden: bool = False
) -> Response:
    """Send a code, whoever is reached by it, and go where it is answered; then `to` another page.

    A `hidden` address is not shown there.

    Raises TooManyAttempts. Nothing tells whether there is an account.
    """
    with transaction() as session:
        session_id = remember_visitor(session)
        network = str(request.remote_addr)
        take_attempt(
            session,
            customers.services.limit_codes(kind, value, network=network, session_id=session_id),
        )
    command = AskCode(kind, value, current())

    def ask() -> str:
        asked = customers.services.ask_code(session, session_id, command, actor=as_shopper())
        return url_for(
            answered_at, challenge_id=asked, to=to or None, hidden="yes" if hidden else None
        )

    with transaction() as session:
        return once(session, ask)


def answer(challenge_id: UUID, act: Callable[[Session, UUID, Proven], None]) -> None:
    """Do `act` with what the typed code proves, in this browser.

    Raises UnknownChallenge, CodeRefused, TooManyAttempts, or what `act` refuses.
    """
    with transaction() as session:
        session_id = find_visitor(session).session_id or challenge_id  # nobody's, so unknown
        limits = customers.services.limit_answers(network=str(request.remote_addr))
        take_attempt(session, limits)
        customers.services.count_try(session, challenge_id, session_id=session_id)
    with transaction() as session:
        proven = customers.services.answer_code(
            session,
            challenge_id,
            session_id=session_id,
            code=request.form.get("code", "")[:CODE_MAX],
        )
        act(session, session_id, proven)


def say_code_refused(refusal: Refusal) -> str:
    """Return why a code was not taken, as a sentence beside its field."""
    if isinstance(refusal, TooManyAttempts):
        return _("Too many attempts. Wait a quarter of an hour, then ask for a new code.")
    if isinstance(refusal, CodeRefused) and refusal.facts.get("why") == "wrong":
        return _("These are not the six digits of the newest message. Read it once more.")
    return _("This code is over: it was used, tried too often, or is older than ten minutes.")


def own_account(session: Session) -> AccountFacts | None:
    """Return whose account this browser is signed in to."""
    return find_visitor(session).account


def list_orders(session: Session, account: AccountFacts) -> list[OrderFacts]:
    """Return the orders an account sees, the newest first."""
    own = customers.queries.list_own_contact_ids(session, account.customer_id)
    ids = orders.queries.list_order_ids(session, own)
    actor = replace(as_shopper(), order_ids=frozenset(ids))
    return orders.queries.get_orders(session, ids, actor=actor)


def wanted_page() -> str:
    """Return where to go once signed in: a page of ours, the account itself otherwise."""
    return own_address(request.values.get("to"), otherwise=url_for("shop.account"))


def to_sign_in() -> Response:
    """Have somebody sign in first, and come back."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return go_to(url_for("shop.sign_in", to=back))


def fill_in(session: Session, account: AccountFacts | None, typed: Typed) -> None:
    """Write what an account knows of its owner into a form that nobody has typed into yet."""
    if account is None or typed.values:
        return
    points = customers.queries.list_points(session, account.customer_id)
    phones = [each.value for each in points if each.proven_at and each.kind is PointKind.PHONE]
    typed.values.update(
        first_name=account.first_name,
        last_name=account.last_name,
        email=account.email,
        phone=phones[0] if phones else "",
    )


def fill_in_address(address: AddressFacts, typed: Typed) -> None:
    """Write a saved address into a form."""
    typed.values.update(
        line1=address.line1,
        line2=address.line2 or "",
        postcode=address.postcode,
        city=address.city,
    )


def offer_address(
    session: Session, account: AccountFacts | None, typed: Typed, asked: str | None
) -> str | None:
    """Fill in the address that was chosen, the newest at first; return the postcode to look for.

    A postcode that was `asked` for goes before it.
    """
    kept = customers.queries.list_saved_addresses(session, account.customer_id) if account else []
    chosen = request.args.get("address", "")
    wanted = next((each for each in kept if str(each.id) == chosen), None)
    first = kept[0] if kept and asked is None else None
    address = wanted or first
    if address is None:
        return asked
    fill_in_address(address, typed)
    return address.postcode


def list_kept(account: AccountFacts | None) -> list[AddressFacts]:
    """Return the addresses checkout offers."""
    if account is None:
        return []
    with transaction() as session:
        return customers.queries.list_saved_addresses(session, account.customer_id)
