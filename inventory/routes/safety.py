"""Rules of safety stock over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

import stores.queries
from inventory import queries, services
from inventory.commands import SafetyDraft
from inventory.errors import RuleUnclear
from inventory.routes.blueprint import blueprint, own_store, read_id
from inventory.schemas import (
    AddRuleSchema,
    PreviewRuleSchema,
    PreviewSchema,
    RuleQuerySchema,
    SafetyRulePageSchema,
    SafetyRuleSchema,
)
from kernel.db import transaction
from kernel.fields import StrictSchema
from kernel.web import answer_once, current_actor, declare, make_cursor, read_cursor


@blueprint.get("/stock/safety-rules")
@declare(permission="stock.read")
@blueprint.arguments(RuleQuerySchema, location="query")
@blueprint.response(200, SafetyRulePageSchema)
def list_rules(query: dict[str, Any]) -> dict[str, Any]:
    """List rules of safety stock, the newest first: the general ones and those of one's stores."""
    cursor, mine = read_cursor(query["cursor"], parts=1), current_actor().location_ids
    with transaction() as session:
        rules = queries.list_rules(
            session,
            location_ids=None if mine is None else sorted(mine),
            ended=query["ended"],
            before=read_id(cursor[0]) if cursor else None,
            limit=query["limit"],
        )
    full = len(rules) == query["limit"]
    return {"rules": rules, "next": make_cursor(str(rules[-1].id)) if full else None}


@blueprint.post("/stock/safety-rules")
@declare(permission="safety.edit", keyed=True)
@blueprint.arguments(AddRuleSchema)
@blueprint.response(201, SafetyRuleSchema)
def add_rule(body: dict[str, Any]) -> Response:
    """Keep stock back from remote sale; levels follow within a minute, of single SKUs at once."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            rule_id = services.add_rule(session, _draft(session, body), actor=current_actor())
            return 201, SafetyRuleSchema().dump(queries.get_rule(session, rule_id))

        return answer_once(session, act)


@blueprint.get("/stock/safety-rules/preview")
@declare(permission="safety.edit")
@blueprint.arguments(PreviewRuleSchema, location="query")
@blueprint.response(200, PreviewSchema)
def preview_rule(query: dict[str, Any]) -> Any:  # noqa: ANN401 (flask-smorest dumps it)
    """Show what a rule would hide if it held now, before it is made."""
    with transaction() as session:
        draft = _draft(session, query)
        services.require_clear(session, draft)
        services.require_reach(draft.location_id, current_actor())
        return queries.preview_rule(session, draft)


@blueprint.post("/stock/safety-rules/<uuid:rule_id>/end")
@declare(permission="safety.edit", keyed=True)
@blueprint.arguments(StrictSchema)
@blueprint.response(200, SafetyRuleSchema)
def end_rule(_: dict[str, Any], rule_id: UUID) -> Response:
    """End a rule now; one that has not begun never will."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.end_rule(session, rule_id, actor=current_actor())
            return 200, SafetyRuleSchema().dump(queries.get_rule(session, rule_id))

        return answer_once(session, act)


def _draft(session: Session, body: dict[str, Any]) -> SafetyDraft:
    """Return the rule that is meant.

    Raises UnknownLocation, also for stores that are not the caller's, or RuleUnclear.
    """
    group_id = None
    if body["group"] is not None:
        group_id = stores.queries.find_group_id(session, body["group"])
        if group_id is None:
            raise RuleUnclear("There is no such group of stores.")
    return SafetyDraft(
        scope=body["scope"],
        units=body["units"],
        percent=body["percent"],
        group_id=group_id,
        location_id=own_store(session, body["store"]).id if body["store"] else None,
        category_code=body["category"],
        sku=body["sku"],
        valid_from=body["valid_from"],
        valid_to=body["valid_to"],
    )
