"""The addresses an account keeps: added, changed, given up; checkout offers them."""

from functools import partial
from typing import Final
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session

import customers.queries
import customers.services
from app.answers import Shown
from app.forms import once
from app.i18n import gettext as _
from app.shop.account import fill_in_address, own_account, to_sign_in
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.contact import Typed, read_address
from app.shop.visitor import read_frame, show
from customers.commands import GiveAddress
from customers.errors import UnreadablePostcode
from customers.queries import AccountFacts
from kernel.db import transaction
from kernel.web import declare

ADDRESSES: Final = f"{PAGES}/account/addresses"


@blueprint.get(ADDRESSES)
@declare(permission="orders.place")
def account_addresses() -> Shown:
    """Show the addresses the account keeps."""
    return _addresses(Typed())


@blueprint.post(ADDRESSES)
@declare(permission="orders.place", rate="60/minute")
def save_address() -> Shown:
    """Keep one more address."""
    return _keep_address(None)


@blueprint.get(f"{ADDRESSES}/<uuid:address_id>")
@declare(permission="orders.place")
def edit_address(address_id: UUID) -> Shown:
    """Show one address to be changed."""
    return _addresses(Typed(), address_id)


@blueprint.post(f"{ADDRESSES}/<uuid:address_id>")
@declare(permission="orders.place", rate="60/minute")
def change_address(address_id: UUID) -> Shown:
    """Change an address the account keeps."""
    return _keep_address(address_id)


@blueprint.post(f"{ADDRESSES}/<uuid:address_id>/close")
@declare(permission="orders.place", rate="60/minute")
def close_address(address_id: UUID) -> Shown:
    """Keep an address no longer."""
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        customers.services.close_address(session, address_id, customer_id=account.customer_id)
    return go_to(url_for("shop.account_addresses"))


def _keep_address(address_id: UUID | None) -> Shown:
    typed = Typed()
    command = read_address(request.form, typed)
    if typed.errors:
        return _addresses(typed, address_id)

    try:
        with transaction() as session:
            account = own_account(session)
            if account is None:
                return to_sign_in()
            return once(session, partial(_keep, session, account, address_id, command))
    except UnreadablePostcode:
        typed.errors["postcode"] = _("Write the five digits of a French postcode.")
    return _addresses(typed, address_id)


def _keep(
    session: Session, account: AccountFacts, address_id: UUID | None, command: GiveAddress
) -> str:
    owner = account.customer_id
    if address_id is None:
        customers.services.save_address(session, owner, command)
    else:
        customers.services.change_address(session, address_id, command, customer_id=owner)
    return url_for("shop.account_addresses")


def _addresses(typed: Typed, address_id: UUID | None = None) -> Shown:
    with transaction() as session:
        frame = read_frame(session)
        account = frame.visitor.account
        if account is None:
            return to_sign_in()
        kept = customers.queries.list_saved_addresses(session, account.customer_id)
        if address_id is not None:
            address = customers.queries.get_saved_address(
                session, address_id, customer_id=account.customer_id
            )
            if not typed.values:
                fill_in_address(address, typed)
    page = show("account_addresses", frame, kept=kept, typed=typed, editing=address_id)
    return (page, 422) if typed.errors else page
