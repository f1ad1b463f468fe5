"""What the owner of an account may ask of us by law: all we keep of them, and to be forgotten."""

from collections.abc import Collection
from uuid import UUID

from flask import request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import customers.queries
import customers.services
import orders.queries
from app import sessions
from app.answers import Shown
from app.i18n import gettext as _
from app.rights import forgetting
from app.rights.exporting import as_download, export_person
from app.shop.account import own_account, to_sign_in
from app.shop.blueprint import PAGES, blueprint, go_to
from app.shop.visitor import as_shopper, read_frame, show
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import declare

RIGHTS = f"{PAGES}/account/data"


@blueprint.get(RIGHTS)
@declare(permission="orders.place")
def account_data() -> Shown:
    """Show what the owner of an account may ask for, and what being forgotten would do."""
    return _page()


@blueprint.post(f"{RIGHTS}/export")
@declare(permission="orders.place", rate="10/minute")
def export_own() -> Response:
    """Give the owner of an account all that we keep of them."""
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        own = customers.queries.list_own_contact_ids(session, account.customer_id)
        archive = export_person(session, account.customer_id, only=own, actor=as_shopper())
    return as_download(archive, account.customer_id)


@blueprint.post(f"{RIGHTS}/forget")
@declare(permission="orders.place", rate="10/minute")
def forget_own() -> Shown:
    """Forget the owner of an account: now, or as soon as nothing of their orders is open."""
    if request.form.get("sure") != "yes":
        return _page(error=_("Say that you know it cannot be undone."))
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        done = forgetting.ask_to_forget(
            session, account.customer_id, by_customer=True, actor=as_shopper()
        )
    if not done:
        return go_to(url_for("shop.account_data"))
    sessions.give_cookie(sessions.SHOPPER, "")
    return go_to(url_for("shop.sign_in", done="forgotten"))


@blueprint.post(f"{RIGHTS}/keep")
@declare(permission="orders.place", rate="10/minute")
def keep_own() -> Response:
    """Have the owner of an account not forgotten after all."""
    with transaction() as session:
        account = own_account(session)
        if account is None:
            return to_sign_in()
        customers.services.withdraw_erasure(session, account.customer_id, actor=as_shopper())
    return go_to(url_for("shop.account_data"))


def _page(error: str | None = None) -> Shown:
    with transaction() as session:
        frame = read_frame(session)
        account = frame.visitor.account
        if account is None:
            return to_sign_in()
        outlook = forgetting.foresee(session, account.customer_id)
        own = customers.queries.list_own_contact_ids(session, account.customer_id)
        numbers = _open_numbers(session, own)
    page = show(
        "account_data",
        frame,
        outlook=outlook,
        numbers=numbers,
        others=len(outlook.open_numbers) - len(numbers),
        error=error,
    )
    return (page, 422) if error else page


def _open_numbers(session: Session, own: Collection[UUID]) -> list[str]:
    found = orders.queries.forgetting.list_open_numbers(session, own)
    return [show_order_number(each) for each in found]
