"""Composition root: the only package that knows all the others. Nobody imports it."""

from flask import Flask

import notifications.gateway
import payments.gateway
from app.settings import Settings, read_settings
from app.wiring import SUBSCRIPTIONS
from kernel import db, events, secret


def create_app(settings: Settings | None = None) -> Flask:
    """Build the web application.

    Raises ConfigError when a setting is missing or wrong, and RuntimeError when a route was not
    declared.
    """
    from app.building import build  # noqa: PLC0415 (commands that serve nothing start without pages)

    settings = settings or read_settings()
    configure(settings)
    return build(settings)


def configure(settings: Settings) -> None:
    """Bind this process to its database, its secret and the table of consequences."""
    db.connect(settings.core.database_url, pool_size=settings.core.database_pool)
    secret.configure(settings.secret)
    events.subscribe(SUBSCRIPTIONS)
    notifications.gateway.configure(settings.messaging)
    payments.gateway.configure(settings.payment)
