"""Followers over HTTP: whoever wants to be rung when something happened to orders."""

from typing import Any
from uuid import UUID

from flask import Response

from kernel.db import transaction
from kernel.web import answer_once, current_actor, declare
from notifications import services
from notifications.commands import OpenWebhook
from notifications.routes.blueprint import blueprint
from notifications.schemas import (
    OpenedWebhookSchema,
    OpenWebhookSchema,
    WebhookIdSchema,
    WebhookListSchema,
)


@blueprint.get("/webhooks")
@declare(permission="orders.follow")
@blueprint.response(200, WebhookListSchema)
def list_webhooks() -> dict[str, Any]:
    """List the addresses this key is rung at."""
    with transaction() as session:
        return {"webhooks": services.list_webhooks(session, actor=current_actor())}


@blueprint.post("/webhooks")
@declare(permission="orders.follow", keyed=True)
@blueprint.arguments(OpenWebhookSchema)
@blueprint.response(201, OpenedWebhookSchema)
def open_webhook(command: OpenWebhook) -> Response:
    """Be rung about what happens to orders from now on, signed as Standard Webhooks says."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            webhook_id = services.open_webhook(session, command, actor=current_actor())
            return 201, {"id": str(webhook_id)}

        return answer_once(session, act, show=_with_key)


@blueprint.post("/webhooks/<uuid:webhook_id>/resume")
@declare(permission="orders.follow", keyed=True)
@blueprint.response(200, WebhookIdSchema)
def resume_webhook(webhook_id: UUID) -> Response:
    """Be rung again at once, from where it stopped."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.resume_webhook(session, webhook_id, actor=current_actor())
            return 200, {"id": str(webhook_id)}

        return answer_once(session, act)


@blueprint.delete("/webhooks/<uuid:webhook_id>")
@declare(permission="orders.follow", keyed=True)
@blueprint.response(200, WebhookIdSchema)
def close_webhook(webhook_id: UUID) -> Response:
    """Be rung no more."""
    with transaction() as session:

        def act() -> tuple[int, dict[str, Any]]:
            services.close_webhook(session, webhook_id, actor=current_actor())
            return 200, {"id": str(webhook_id)}

        return answer_once(session, act)


def _with_key(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "signing_key": services.signing_key(UUID(body["id"]))}
