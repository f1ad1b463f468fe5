"""Who sends what, over HTTP: rule sets, dry runs, and the explanation of an order."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import Response

import stores.queries
from kernel.clock import db_now
from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from orders import queries, services
from orders.commands import SetRules
from orders.queries import DecisionFacts, OrderFacts, RuleSetFacts
from orders.routes.blueprint import blueprint
from orders.schemas.sourcing import (
    DecisionListSchema,
    DryRunSchema,
    ReplaySchema,
    RuleSetBodySchema,
    RuleSetIdSchema,
    RuleSetListSchema,
    RuleSetQuerySchema,
)
from orders.sourcing import explain, say_limits, say_rule

LANGUAGES: Final = ("en", "fr")


@blueprint.get("/sourcing/rules")
@declare(permission="settings.edit")
@blueprint.arguments(RuleSetQuerySchema, location="query")
@blueprint.response(200, RuleSetListSchema)
def list_rule_sets(query: dict[str, Any]) -> dict[str, Any]:
    """List the rule sets that hold, or held: for everybody, brands and groups."""
    with transaction() as session:
        found = queries.list_rule_sets(
            session, actor=current_actor(), closed=query["closed"] == "yes"
        )
        brands = {each.id: each.code for each in stores.queries.list_brands(session)}
        groups = {
            row.group_id: row.group_code for row in session.execute(stores.queries.select_groups())
        }
    return {"rule_sets": [_shown(each, brands, groups) for each in found]}


@blueprint.post("/sourcing/rules")
@declare(permission="settings.edit", keyed=True)
@blueprint.arguments(RuleSetBodySchema)
@blueprint.response(201, RuleSetIdSchema)
def set_rules(command: SetRules) -> Response:
    """Have rules hold from now on; those that held for the same are kept as history."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            rule_set_id = services.set_rules(session, command, actor=current_actor())
            return 201, {"id": str(rule_set_id)}

        return answer_once(session, act)


@blueprint.post("/sourcing/rules/<uuid:rule_set_id>/end")
@declare(permission="settings.edit", keyed=True)
@blueprint.response(200, RuleSetIdSchema)
def end_rules(rule_set_id: UUID) -> Response:
    """Have rules hold no more; what is wider does."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.end_rules(session, rule_set_id, actor=current_actor())
            return 200, {"id": str(rule_set_id)}

        return answer_once(session, act)


@blueprint.post("/sourcing/dry-runs")
@declare(permission="settings.edit", rate="10/minute")
@blueprint.arguments(DryRunSchema)
@blueprint.response(200, ReplaySchema)
def try_rules(body: dict[str, Any]) -> Any:  # noqa: ANN401 (a shape, dumped)
    """Show what rules would have made of past orders; nothing moves."""
    with transaction() as session:
        until = body["until"] or db_now(session)
        return services.try_rules(
            session, body["set"], since=body["since"], until=until, actor=current_actor()
        )


@blueprint.get("/orders/<uuid:order_id>/sourcing")
@declare(permission="fulfillments.read")
@blueprint.response(200, DecisionListSchema)
def explain_sourcing(order_id: UUID) -> dict[str, Any]:
    """Show who was chosen to send what of an order, and why, in figures and in sentences."""
    actor = current_actor()
    with transaction() as session:
        order = queries.get_order(session, order_id, actor=actor)
        found = queries.get_decisions(session, order.id)
        zone = stores.queries.get_store_by_id(session, order.fulfillments[0].location_id).time_zone
        return {"decisions": [_told(each, order, zone) for each in found]}


def _told(decision: DecisionFacts, order: OrderFacts, zone: str) -> dict[str, Any]:
    names = {line.sku: line.name for parcel in order.fulfillments for line in parcel.lines}
    rules = decision.rule_set
    return {
        "id": decision.id,
        "decided_at": decision.decided_at,
        "method": decision.method,
        "outcome": decision.outcome,
        "rule_set_id": rules.id if rules else None,
        "rule_set": rules.name if rules else None,
        "sends": [
            {**each, "ready_at": datetime.fromisoformat(each["ready_at"])}
            for each in decision.chosen
        ],
        "missing": decision.losing.get("missing", {}),
        "candidates": [
            {
                **each,
                "paused_until": datetime.fromisoformat(each["paused_until"])
                if each["paused_until"]
                else None,
            }
            for each in decision.candidates
        ],
        "fell": decision.losing.get("fell", {}),
        "considered": decision.losing.get("of", 0),
        "sentences": {
            language: explain(decision, language, zone=zone, names=names) for language in LANGUAGES
        },
    }


def _shown(found: RuleSetFacts, brands: dict[UUID, str], groups: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "method": found.method,
        "channel": found.channel,
        "brand": brands.get(found.brand_id) if found.brand_id else None,
        "group": groups.get(found.group_id) if found.group_id else None,
        "rules": found.rules,
        "limits": found.limits,
        "sentences": {
            language: [
                *(say_rule(rule, language) for rule in found.rules),
                *say_limits(found.limits, language),
            ]
            for language in LANGUAGES
        },
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "author": found.author_name,
    }
