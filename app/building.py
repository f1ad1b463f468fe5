"""Building the web application: every door registered, every setting in its place."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import app
import app.admin.views
import app.care.routes
import app.demo.cards
import app.demo.views
import app.feeds.routes
import app.rights.routes
import app.shop.views
import app.staff.views
import app.widget.routes
import catalog.routes
import conversations.routes
import customers.routes
import inventory.routes
import notifications.routes
import orders.routes
import payments.routes
import pos_adapter.routes
import stores.routes
from app import auth, forms, pages, paying, problems, sessions, styleguide, web
from app.settings import Settings

BODY_BYTES_MAX = 1024 * 1024
FORM_BYTES_MAX = 500_000
BLUEPRINTS = (
    catalog.routes.blueprint,
    customers.routes.blueprint,
    stores.routes.blueprint,
    inventory.routes.blueprint,
    orders.routes.blueprint,
    conversations.routes.blueprint,
    notifications.routes.blueprint,
    pos_adapter.routes.blueprint,
    app.care.routes.blueprint,
    app.feeds.routes.blueprint,
    app.rights.routes.blueprint,
    app.widget.routes.blueprint,
)
PAGES = (
    app.demo.views.pictures,
    app.shop.views.blueprint,
    app.staff.views.blueprint,
    app.admin.views.blueprint,
    app.widget.routes.pages,
    payments.routes.blueprint,
    paying.blueprint,
)
DEMO = (app.demo.views.blueprint, app.demo.cards.blueprint, styleguide.blueprint)


def build(settings: Settings) -> Flask:
    """Return the web application; this process is bound to its database already.

    Raises RuntimeError when a route was not declared.
    """
    flask = Flask(app.__name__)
    flask.jinja_env.undefined = StrictUndefined
    flask.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        API_TITLE="Comptoir",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        COMPTOIR=settings,
    )
    proxies = settings.core.trusted_proxies
    if proxies:
        flask.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            flask.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    problems.init_app(flask)
    pages.init_app(flask)
    sessions.init_app(flask)
    forms.init_app(flask)
    auth.init_app(flask)
    web.init_app(flask, BLUEPRINTS, (*PAGES, *(DEMO if settings.core.demo else (web.front,))))
    return flask
