"""All that is kept of somebody, given out: as a program reads it, and as a person does.

The archive holds `data.json`, every row by its table, and a page in the person's language.
"""

import json
from collections.abc import Collection
from io import BytesIO
from typing import Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, render_template
from sqlalchemy.orm import Session

import conversations.queries
import customers.queries
import customers.services
import notifications.queries
import orders.queries
import payments.queries
from app import customer_files, telling_words
from app.admin.words import CHANNELS, MESSAGE_CHANNELS, MESSAGE_STATES, STATES, TEMPLATES
from app.rights.forgetting import party_of
from conversations.queries import Party
from kernel.actors import SYSTEM, Actor
from kernel.clock import db_now
from kernel.ids import show_order_number

VERSION: Final = 1


def export_person(
    session: Session,
    customer_id: UUID,
    *,
    only: Collection[UUID] | None = None,
    actor: Actor,
) -> bytes:
    """Return the archive of all that is kept of somebody; that it was given out is kept too.

    With `only`, of what was said in these contacts: what an account has proven is its own.

    Raises UnknownCustomer.
    """
    own = only is not None
    customers.services.note_export(session, customer_id, by_customer=own, actor=actor)
    all_of_them = customers.queries.list_contacts_of(session, customer_id)
    contacts = [each for each in all_of_them if only is None or each in only]
    order_ids = orders.queries.forgetting.list_all_order_ids(session, contacts)
    data = {
        "format": VERSION,
        "given_out_at": db_now(session).isoformat(),
        "person": customers.queries.export_person(session, customer_id, only=only),
        "orders": orders.queries.forgetting.export_orders(session, customer_id, contacts),
        "sent_to_collect": _sent(session, contacts),
        "money": payments.queries.export_money(session, order_ids),
        "conversations": conversations.queries.export_conversations(
            session,
            Party(contact_ids=contacts) if own else party_of(session, customer_id, contacts),
        ),
        "messages": notifications.queries.export_messages(session, contacts),
    }
    page = _page(session, customer_id, data, contacts, only=only)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        archive.writestr("page.html", page)
    return packed.getvalue()


def as_download(archive: bytes, customer_id: UUID) -> Response:
    """Return the archive as a browser keeps it; nobody between keeps a copy."""
    answer = Response(archive, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{customer_id}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sent(session: Session, contacts: Collection[UUID]) -> list[dict[str, str | None]]:
    """Return whom they named to collect for them, as they said it."""
    ids = orders.queries.forgetting.list_proxy_contacts(session, contacts)
    found = customers.queries.get_contacts(session, ids).values()
    return [{"name": each.name, "email": each.email, "phone": each.phone} for each in found]


def _page(
    session: Session,
    customer_id: UUID,
    data: dict[str, Any],
    contacts: Collection[UUID],
    *,
    only: Collection[UUID] | None,
) -> str:
    person = customers.queries.get_customer(session, customer_id, said_in=only)
    rows = orders.queries.list_orders_of(session, contacts, actor=SYSTEM, limit=len(contacts) + 1)
    return render_template(
        "person_export.html",
        person=person,
        points=data["person"]["contact_points"],
        addresses=data["person"]["addresses"] + data["person"]["saved_addresses"],
        orders=[
            {
                "number": show_order_number(each.number),
                "state": STATES[each.status].label,
                "channel": CHANNELS[each.channel],
                "placed_at": each.placed_at,
                "lines": [
                    f"{line.quantity} × {line.name}"
                    for parcel in each.fulfillments
                    for line in parcel.lines
                ],
                "total_minor": each.owed.total_minor,
                "currency": each.currency,
            }
            for each in rows
        ],
        said=customers.queries.list_consents(session, customer_id),
        words=telling_words,
        story=customer_files.read_story(session, person.id, only=only),
        messages=data["messages"],
        names={
            **{each.value: label for each, label in TEMPLATES.items()},
            **{each.value: label for each, label in MESSAGE_CHANNELS.items()},
        },
        states={each.value: said.label for each, said in MESSAGE_STATES.items()},
        given_out_at=data["given_out_at"],
    )
