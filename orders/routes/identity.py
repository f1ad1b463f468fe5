"""Who customers are, over HTTP: one search, their cards, companies, preferences, likely pairs."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import stores.queries
from customers.commands import NameCompany
from customers.queries import PreferenceFacts
from kernel.db import transaction
from kernel.ids import show_order_number
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.routes.blueprint import blueprint
from orders.schemas.customers import PreferencesSchema
from orders.schemas.identity import (
    CardNumberSchema,
    CompanyIdSchema,
    FoundSchema,
    NameCompanySchema,
    NamedCardSchema,
    PairsSchema,
    PreferSchema,
    SearchSchema,
    TellApartSchema,
    ToldApartSchema,
)

OWN = "account.use"
LANGUAGE = "fr"
"""In which an article is named to a program."""


@blueprint.get("/search")
@declare(permission="customers.read")
@blueprint.arguments(SearchSchema, location="query")
@blueprint.response(200, FoundSchema)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """Find whatever somebody says: people, orders, an article and the orders that wait for it."""
    with transaction() as session:
        found = queries.find_anything(session, query["q"], language=LANGUAGE, actor=current_actor())
    orders = [
        {
            "id": each.id,
            "number": show_order_number(each.number),
            "status": each.status,
            "placed_at": each.placed_at,
            "customer_name": name,
        }
        for each, name in found.orders
    ]
    return {"customers": found.people, "orders": orders, "article": found.article}


@blueprint.post("/customers/<uuid:customer_id>/cards")
@declare(permission="customers.note", keyed=True)
@blueprint.arguments(CardNumberSchema)
@blueprint.response(201, NamedCardSchema)
def give_card(body: dict[str, Any], customer_id: UUID) -> Response:
    """Have a customer found by a loyalty card."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            number = services.give_card(session, customer_id, body["number"], actor=current_actor())
            return 201, {"number": number}

        return answer_once(session, act)


@blueprint.post("/customers/<uuid:customer_id>/cards/block")
@declare(permission="customers.note", keyed=True)
@blueprint.arguments(CardNumberSchema)
@blueprint.response(200, NamedCardSchema)
def block_card(body: dict[str, Any], customer_id: UUID) -> Response:
    """Have a loyalty card find nobody any more."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            number = services.block_card(
                session, customer_id, body["number"], actor=current_actor()
            )
            return 200, {"number": number}

        return answer_once(session, act)


@blueprint.post("/customers/<uuid:customer_id>/companies")
@declare(permission="customers.note", keyed=True)
@blueprint.arguments(NameCompanySchema)
@blueprint.response(201, CompanyIdSchema)
def join_company(command: NameCompany, customer_id: UUID) -> Response:
    """Have a customer speak for a company, found by its numbers or new."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            found = services.join_company(session, customer_id, command, actor=current_actor())
            return 201, {"id": str(found)}

        return answer_once(session, act)


@blueprint.post("/customers/<uuid:customer_id>/companies/<uuid:company_id>/leave")
@declare(permission="customers.note", keyed=True)
@blueprint.response(200, CompanyIdSchema)
def leave_company(customer_id: UUID, company_id: UUID) -> Response:
    """Have a customer speak for a company no longer."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.leave_company(session, customer_id, company_id, actor=current_actor())
            return 200, {"id": str(company_id)}

        return answer_once(session, act)


@blueprint.put("/customers/<uuid:customer_id>/preferences")
@declare(permission="customers.note", keyed=True)
@blueprint.arguments(PreferSchema)
@blueprint.response(200, PreferencesSchema)
def prefer(body: dict[str, Any], customer_id: UUID) -> Response:
    """Keep what a customer told us that they like best."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            command = services.read_preference(session, **body)
            services.prefer(session, customer_id, command, actor=current_actor())
            person = queries.get_person(session, customer_id, actor=current_actor())
            return 200, show_preference(session, person.preference, person.language)

        return answer_once(session, act)


@blueprint.get("/account/preferences")
@declare(permission=OWN)
@blueprint.response(200, PreferencesSchema)
def read_own_preferences() -> dict[str, Any]:
    """Show what the owner of the account likes best."""
    with transaction() as session:
        return _own(session)


@blueprint.put("/account/preferences")
@declare(permission=OWN, keyed=True, rate="60/minute")
@blueprint.arguments(PreferSchema)
@blueprint.response(200, PreferencesSchema)
def prefer_own(body: dict[str, Any]) -> Response:
    """Keep what the owner of the account likes best."""
    actor = current_actor()
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            command = services.read_preference(session, **body)
            customers.services.prefer(session, _own_id(), command, actor=actor)
            return 200, _own(session)

        return answer_once(session, act)


@blueprint.get("/customer-pairs")
@declare(permission="customers.merge")
@blueprint.response(200, PairsSchema)
def list_pairs() -> dict[str, Any]:
    """List customers who may be one person; merging them is left to people."""
    with transaction() as session:
        pairs = queries.list_pairs(session, actor=current_actor())
    return {
        "pairs": [
            {
                "one": one,
                "other": other,
                "why": [why.value for why in pair.why],
                "found_at": pair.found_at,
            }
            for pair, one, other in pairs
        ]
    }


@blueprint.post("/customer-pairs/tell-apart")
@declare(permission="customers.merge", keyed=True)
@blueprint.arguments(TellApartSchema)
@blueprint.response(200, ToldApartSchema)
def tell_apart(body: dict[str, Any]) -> Response:
    """Say that two customers who look the same are not: nobody is asked again."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.tell_apart(session, body["one_id"], body["other_id"], actor=current_actor())
            return 200, {"done": True}

        return answer_once(session, act)


def show_preference(
    session: Session, liked: PreferenceFacts, language: str
) -> dict[str, str | None]:
    """Return what somebody likes best as JSON shows it, their store by its code."""
    store = (
        stores.queries.get_store_by_id(session, liked.location_id) if liked.location_id else None
    )
    return {
        "store": store.code if store else None,
        "channel": liked.channel.value if liked.channel else None,
        "language": language,
    }


def _own_id() -> UUID:
    return current_actor().customer_id or UUID(int=0)


def _own(session: Session) -> dict[str, str | None]:
    account = customers.queries.get_account(session, _own_id())
    liked = customers.queries.find_preference(session, _own_id())
    return show_preference(session, liked, account.language)
