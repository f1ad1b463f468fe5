"""Who is asking: a key, an order's signed link, a till, somebody signed in, or nobody known."""

import re
from uuid import UUID, uuid4

from flask import Flask, current_app, g, request

import customers.queries
import customers.services
import orders.queries
import pos_adapter.services
import stores.queries
import stores.services
from app import sessions
from app.access import ACCOUNT, PERMISSIONS_OF, PUBLIC, SCOPES
from app.problems import Unauthenticated
from kernel.actors import EVERYWHERE, Actor, ActorKind
from kernel.db import reading, transaction
from kernel.errors import Forbidden
from kernel.web import declaration_of
from pos_adapter.commands import Signed
from pos_adapter.errors import SignatureRefused
from stores.queries import KeyFacts, SignedIn

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
BEARER = "bearer "
TERMINAL = "Comptoir-Terminal"
API = "/api/"
OWN_ORDERS_MAX = 1_000
OFFLINE = f"{API}v1/offline/"
"""What a tablet's own page asks for, as whoever is signed in on it."""
UNBROWSED = ("/webhooks/", "/health/", "/demo/cards/", "/unsubscribe/")
"""Addresses that go by no cookie a foreign page could use: only programs call them (a mail
program unsubscribes by one), or, in the demonstration, the card provider's own forms."""


def init_app(app: Flask) -> None:
    """Have every request of this application identified and its permission checked."""
    app.before_request(_identify)


def actor_of_key(key: KeyFacts, *, request_id: str | None = None) -> Actor:
    """Return the actor a bearer key speaks for.

    A person's key never allows more than their role, nor more than the key's own scopes when it
    has any.
    """
    if key.role is None:
        kind, allowed = ActorKind.INTEGRATION, SCOPES & key.scopes | PUBLIC
    else:
        kind = ActorKind(key.role.value)
        allowed = PERMISSIONS_OF[kind]
        allowed = allowed & key.scopes | PUBLIC if key.scopes else allowed
    return Actor(
        kind=kind,
        id=key.staff_id or key.id,
        name=key.name,
        permissions=allowed,
        location_ids=key.brand_places if kind in EVERYWHERE else key.location_ids,
        device_id=key.id if key.staff_id else None,
        brand_id=key.brand_id,
        source=key.source,
        request_id=request_id,
    )


def shopper(*, order_id: UUID | None = None, request_id: str | None = None) -> Actor:
    """Return somebody in the web shop, who sees at most the order they hold a link to."""
    return Actor(
        kind=ActorKind.SHOPPER,
        permissions=PERMISSIONS_OF[ActorKind.SHOPPER],
        order_ids=frozenset() if order_id is None else frozenset({order_id}),
        request_id=request_id,
    )


def _identify() -> None:
    g.request_id = _request_id()
    view = current_app.view_functions.get(request.endpoint or "")
    declaration = declaration_of(view) if view is not None else None
    if declaration is None:
        return
    g.actor = _actor(g.request_id)
    if _is_browsed():  # a browser resends passwords by itself
        sessions.require_own_form()
    if g.actor.may(declaration.permission):
        return
    if g.actor.kind is ActorKind.SHOPPER and not g.actor.order_ids and not g.actor.customer_id:
        raise Unauthenticated
    raise Forbidden(permission=declaration.permission)


def _is_browsed() -> bool:
    """Tell whether a foreign page could send this request in the name of whoever is signed in."""
    if request.path.startswith(OFFLINE) and "Authorization" not in request.headers:
        return bool(g.actor.kind is not ActorKind.SHOPPER)
    return not request.path.startswith((API, *UNBROWSED))


def staff_actor(staff: SignedIn, *, request_id: str | None = None) -> Actor:
    """Return the actor somebody signed in by cookie is; on a tablet, at the tablet's store only."""
    kind = ActorKind(staff.role.value)
    return Actor(
        kind=kind,
        id=staff.staff_id,
        name=staff.name,
        permissions=PERMISSIONS_OF[kind],
        location_ids=staff.brand_places if kind in EVERYWHERE else staff.location_ids,
        device_id=staff.tablet_id,
        brand_id=staff.brand_id,
        request_id=request_id,
    )


def _of_cookie(request_id: str) -> Actor | None:
    token = sessions.read_cookie(sessions.STAFF)
    is_api = request.path.startswith(API) and not request.path.startswith(OFFLINE)
    if token is None or is_api:
        return None
    with transaction() as session:
        staff = stores.queries.find_signed_in(session, stores.services.token_hash(token))
        if staff is None:
            return None
        if "HX-Request" not in request.headers or request.method != "GET":  # a poll is no work
            stores.services.keep_awake(session, token=token, on_tablet=staff.tablet_id is not None)
    return staff_actor(staff, request_id=request_id)


def _actor(request_id: str) -> Actor:
    if TERMINAL in request.headers:
        return _of_terminal(request_id)
    if "Authorization" not in request.headers:
        return _of_cookie(request_id) or shopper(request_id=request_id)
    token = _token()
    if token.startswith(customers.services.SESSION_PREFIX):
        return _of_account(token, request_id)
    if not token.startswith(stores.services.KEY_PREFIX):
        with reading() as session:
            order_id = orders.queries.linking.open_link(session, token)
        if order_id is None:
            raise Unauthenticated
        return shopper(order_id=order_id, request_id=request_id)
    with reading() as session:
        key = stores.queries.find_key(session, stores.services.key_hash(token))
    if key is None:
        raise Unauthenticated
    return actor_of_key(key, request_id=request_id)


def _of_account(token: str, request_id: str) -> Actor:
    """Return the shopper who is signed in to an account, who sees what is proven to be theirs.

    Raises Unauthenticated.
    """
    with reading() as session:
        known = customers.queries.find_session(session, token=token)
        if known is None or known.customer_id is None:
            raise Unauthenticated
        contacts = customers.queries.list_own_contact_ids(session, known.customer_id)
        own = orders.queries.list_order_ids(session, contacts, limit=OWN_ORDERS_MAX)
    return Actor(
        kind=ActorKind.SHOPPER,
        permissions=ACCOUNT,
        order_ids=frozenset(own),
        customer_id=known.customer_id,
        session_id=known.id,
        request_id=request_id,
    )


def _of_terminal(request_id: str) -> Actor:
    """Return the till that signed this request.

    Raises SignatureRefused, also where tills have no business, and beside another sign-in.
    """
    if "Authorization" in request.headers or not request.path.startswith(API):
        raise SignatureRefused(why="headers")
    query = request.query_string.decode("latin-1")
    signed = Signed(
        method=request.method,
        target=f"{request.path}?{query}" if query else request.path,
        body=request.get_data(cache=True),
        terminal=request.headers[TERMINAL],
        timestamp=request.headers.get("Comptoir-Timestamp", ""),
        nonce=request.headers.get("Comptoir-Nonce", ""),
        signature=request.headers.get("Comptoir-Signature", ""),
    )
    with transaction() as session:
        terminal = pos_adapter.services.admit(session, signed)
    return Actor(
        kind=ActorKind.TERMINAL,
        id=terminal.id,
        name=terminal.name,
        permissions=PERMISSIONS_OF[ActorKind.TERMINAL],
        location_ids=frozenset({terminal.location_id}),
        device_id=terminal.id,
        request_id=request_id,
    )


def _token() -> str:
    """Return the bearer token; a browser that asked for a password sends it as that."""
    header = request.headers["Authorization"]
    if header.lower().startswith(BEARER):
        return header[len(BEARER) :].strip()
    given = request.authorization
    if given is None or given.type != "basic" or not given.password:
        raise Unauthenticated
    return given.password


def _request_id() -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else str(uuid4())
