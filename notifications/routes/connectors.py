"""Connectors over HTTP: how they do. They are opened and closed at the command line."""

from typing import Any

from kernel.db import reading
from kernel.web import current_actor, declare
from notifications import services
from notifications.routes.blueprint import blueprint
from notifications.schemas import ConnectorListSchema


@blueprint.get("/connectors")
@declare(permission="settings.edit")
@blueprint.response(200, ConnectorListSchema)
def list_connectors() -> dict[str, Any]:
    """List who brings what people write elsewhere: when they were heard, what waits for them."""
    with reading() as session:
        return {"connectors": services.list_connectors(session, actor=current_actor())}
