"""Who may call what: every route of the application, asked by everybody."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Blueprint, Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import customers.services
import stores.services
from app import web
from app.access import PERMISSIONS, PERMISSIONS_OF
from customers.commands import PointKind, Proven
from kernel.actors import SYSTEM, Actor, ActorKind
from kernel.web import declaration_of, declare
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key, order_body
from tests.unmoved import nothing_moves, problem

NOTHING: Final = "00000000-0000-7000-8000-000000000000"
"""An id of nothing that exists: whoever may ask is told so."""
SAMPLES: Final = {"UUIDConverter": NOTHING, "AnyConverter": "fr", "IntegerConverter": 1}
"""What stands for each kind of word in an address; for words that may be any, an x."""
PUBLIC: Final = {"anonymous", "order-token", "foreign-token", "account"}
FLOOR: Final = {"associate", "paris-associate", "manager", "admin"}
STAFF: Final = FLOOR | {"agent"}
INTEGRATION: Final = {
    "answers.read",
    "api.read",
    "availability.read",
    "catalog.read",
    "orders.place",
    "orders.read",
    "stores.read",
}
"""What a key with the scopes to place and read orders may, with what anybody may."""
MAY: Final[dict[str, set[str]]] = {
    "answers.edit": {"agent", "admin"},
    "answers.read": PUBLIC | STAFF,
    "api.read": PUBLIC | STAFF,
    "catalog.read": PUBLIC | STAFF,
    "stores.read": PUBLIC | STAFF,
    "availability.read": PUBLIC | STAFF,
    "orders.place": PUBLIC | STAFF,
    "orders.read": PUBLIC | STAFF,
    "orders.amend": PUBLIC | STAFF,
    "orders.cancel": PUBLIC | STAFF,
    "orders.collect": PUBLIC | STAFF,
    "orders.take": STAFF,
    "stock.read": STAFF,
    "fulfillments.read": STAFF,
    "messages.read": STAFF,
    "cases.read": STAFF,
    "cases.work": STAFF,
    "conversations.answer": STAFF,
    "cases.assign": {"manager", "admin"},
    "cases.refund": {"manager", "admin"},
    "customers.audit": {"admin"},
    "customers.consent": STAFF,
    "customers.erase": {"admin"},
    "customers.export": {"admin"},
    "customers.merge": {"manager", "agent", "admin"},
    "customers.note": STAFF,
    "interactions.bring": {"admin"},
    "customers.read": STAFF,
    "fulfillments.prepare": FLOOR,
    "fulfillments.hand_over": FLOOR,
    "stock.receive": FLOOR,
    "stock.count": FLOOR,
    "stock.move": FLOOR,
    "stock.adjust": {"manager", "admin"},
    "stock.approve": {"manager", "admin"},
    "stock.sell": {"manager", "admin"},
    "stores.pause": {"manager", "admin"},
    "stores.run": {"manager", "admin"},
    "staff.edit": {"manager", "admin"},
    "stores.edit": {"admin"},
    "keys.issue": {"admin"},
    "settings.edit": {"admin"},
    "prices.edit": {"admin"},
    "safety.edit": {"manager", "admin"},
    "feeds.read": {"manager", "admin"},
    "feeds.push": {"admin"},
    "orders.follow": {"admin"},
    "stock.follow": {"admin"},
    "orders.bring": set(),
    "customers.bring": set(),
    "till.use": set(),
    "account.use": {"account"},
}
"""Who must be let in where, written down a second time: `app/access.py` is what is tested."""


NOBODY: Final = "00000000-0000-7000-8000-000000000000"
"""An id of nothing: who may ask is let in and told that there is no such thing."""


@pytest.fixture
def lyons_order(client: Any, shop: Shop) -> dict[str, Any]:
    placed = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    assert placed.status_code == 201
    return dict(placed.json)


@pytest.fixture
def keys(
    client: Any, session: Session, shop: Shop, lyons_order: dict[str, Any]
) -> dict[str, str | None]:
    """A credential of everybody who could ask; None sends none."""
    other = client.post("/api/v1/orders", json=order_body(), headers=as_key(shop.integration))
    admin = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    admin_key = stores.services.issue_key(
        session, name="Ada", scopes=[], staff_id=admin, actor=SYSTEM
    )[1]
    revoked_id, revoked = stores.services.issue_key(
        session, name="old", scopes=sorted(PERMISSIONS), actor=SYSTEM
    )
    stores.services.revoke_key(session, key_id=revoked_id, actor=SYSTEM)
    session.commit()
    return {
        "anonymous": None,
        "order-token": lyons_order["access_token"],
        "foreign-token": other.json["access_token"],
        "account": signed_in_shopper(session),
        "associate": shop.associate,
        "paris-associate": shop.paris_associate,
        "manager": shop.manager,
        "agent": shop.agent,
        "admin": admin_key,
        "integration": shop.integration,
        "revoked": revoked,
        "garbage": "cmp_garbage",
        "altered-token": lyons_order["access_token"][:-1] + "_",
        "nonsense": "nonsense",
    }


def signed_in_shopper(session: Session) -> str:
    """Return the token of an account that has ordered nothing."""
    session_id = customers.services.begin_session(session, token="asked")  # noqa: S106 (a test's)
    proven = Proven(PointKind.EMAIL, "nobody@example.org", "fr")
    entered = customers.services.enter_by_code(session, session_id, proven, actor=SYSTEM)
    session.commit()
    return entered.token


def addresses(app: Flask, order: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield method, address and permission of every declared route, filled with Lyon's things."""
    values = {
        "code": "lyon",
        "store_code": "lyon",
        "sku": "TENT-2P",
        "language": "fr",
        "token": order["access_token"],
        "order_id": order["id"],
        "fulfillment_id": order["fulfillment_id"],
        **dict.fromkeys(("count_id", "incoming_id", "shortage_id", "task_id"), NOTHING),
        "transfer_id": NOTHING,
    }
    for rule in app.url_map.iter_rules():
        declaration = declaration_of(app.view_functions[rule.endpoint])
        if not rule.rule.startswith(("/api/", "/health/")):
            continue  # pages sign people in by cookie, and have tests of their own
        assert declaration is not None, rule
        path = re.sub(
            r"<(?:([^:>]+):)?(\w+)>",
            lambda found: values.get(found[2], NOBODY if found[1] == "uuid" else "x"),
            rule.rule,
        )
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path, declaration.permission


def expected(who: str, permission: str) -> str:
    """Return the verdict the table above gives."""
    if who in {"revoked", "garbage", "altered-token", "nonsense"}:
        return "unauthenticated"
    if who == "integration":
        return "in" if permission in INTEGRATION else "forbidden"
    if who in MAY[permission]:
        return "in"
    return "unauthenticated" if who == "anonymous" else "forbidden"


def verdict(response: Any) -> str:
    if response.status_code not in {401, 403}:
        return "in"
    return problem(response)[1]


SIGNED: Final = tuple(f"/api/v1/webhooks/{each}" for each in ("email/", "sms", "social/"))
"""Doors that look at a signature alone."""


def test_everybody_is_let_in_exactly_where_they_may(
    app: Flask,
    client: Any,
    connection: Connection,
    keys: dict[str, str | None],
    lyons_order: dict[str, Any],
) -> None:
    wrong = []
    routes = list(addresses(app, lyons_order))
    assert len(routes) > 25
    with nothing_moves(connection):
        for method, path, permission in routes:
            if path.startswith(SIGNED):
                continue  # whoever is in: tests/notifications/test_connectors.py, test_texts_in.py
            for who, key in keys.items():
                if who == "account" and path == "/api/v1/account" and method == "DELETE":
                    continue  # it would close itself: tests/customers/test_account_api.py
                headers = {} if key is None else {"Authorization": f"Bearer {key}"}
                got = verdict(client.open(path, method=method, headers=headers))
                if got != expected(who, permission):
                    wrong.append((who, method, path, permission, got))
    assert wrong == []


def test_every_address_leads_to_what_it_was_made_for(app: Flask) -> None:
    """No other page takes it, whatever stands in its words."""
    at = app.url_map.bind("shop.test")
    for rule in app.url_map.iter_rules():
        kinds = {name: type(kind).__name__ for name, kind in rule._converters.items()}  # noqa: SLF001 (werkzeug tells it nowhere else)
        values = {name: SAMPLES.get(kind, "x") for name, kind in kinds.items()}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            address = at.build(rule.endpoint, values, method=method)
            assert at.match(address.removeprefix("http://shop.test"), method)[0] == rule.endpoint


def test_every_permission_a_route_asks_for_is_somebodys(
    app: Flask, lyons_order: dict[str, Any]
) -> None:
    asked = {permission for _, _, permission in addresses(app, lyons_order)}
    assert asked <= PERMISSIONS
    assert asked <= set(MAY)


def test_a_refused_key_is_told_how_to_sign_in(client: Any, shop: Shop) -> None:
    refused = client.get("/api/v1/fulfillments?store=lyon")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x", "é"]
)
def test_a_sign_in_that_says_nothing_is_refused(client: Any, shop: Shop, header: str) -> None:
    response = client.get("/api/v1/articles", headers={"Authorization": header})
    assert problem(response) == (401, "unauthenticated")


def test_a_route_nobody_declared_keeps_the_application_from_starting() -> None:
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", "open", lambda: "anybody")
    bare = Flask("bare")
    bare.config.update(API_TITLE="x", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    with pytest.raises(RuntimeError, match=r"the route stray\.open is not declared"):
        web.init_app(bare, [], [stray])


def test_a_permission_nobody_holds_lets_nobody_in() -> None:
    assert not any(
        Actor(kind=kind, permissions=permissions).may("")
        for kind, permissions in PERMISSIONS_OF.items()
    )
    assert not Actor(kind=ActorKind.SYSTEM).may("orders.read")
    assert declaration_of(declare(permission="never")(lambda: None)) is not None


def test_a_persons_key_allows_no_more_than_its_own_scopes(
    client: Any, session: Session, shop: Shop
) -> None:
    staff_id = stores.services.hire_staff(
        session, HireStaff("Zoé", StaffRole.MANAGER, (shop.lyon,))
    )
    key = stores.services.issue_key(
        session,
        name="Zoé's screen",
        scopes=["fulfillments.read", "keys.issue"],
        staff_id=staff_id,
        actor=SYSTEM,
    )[1]
    session.commit()
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/fulfillments?store=lyon", headers=headers).status_code == 200
    assert problem(client.get("/api/v1/stores/lyon/stock", headers=headers)) == (403, "forbidden")


FOREIGN: Final = [
    ("GET", "/api/v1/stores/{store}/stock"),
    ("GET", "/api/v1/stores/{store}/stock/BOOK"),
    ("GET", "/api/v1/stores/{store}/count-tasks"),
    ("GET", "/api/v1/stores/{store}/counts"),
    ("GET", "/api/v1/stores/{store}/incoming"),
    ("GET", "/api/v1/stores/{store}/shortages"),
    ("GET", "/api/v1/stores/{store}/transfers"),
    ("GET", "/api/v1/stores/{store}/parcels?said=Durand"),
    ("GET", "/api/v1/fulfillments?store={store}"),
    ("GET", "/api/v1/fulfillments/{fulfillment}"),
    ("GET", "/api/v1/orders/{order}"),
    ("GET", "/api/v1/orders?number={number}"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/accept"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/start-picking"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/pick"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/short"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/bin"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/ready"),
    ("POST", "/api/v1/orders/{order}/cancel"),
    ("GET", "/api/v1/orders/{order}/proxies"),
    ("POST", "/api/v1/orders/{order}/proxies"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/on-my-way"),
    ("POST", "/api/v1/fulfillments/{fulfillment}/arrived"),
    ("POST", "/api/v1/hand-overs"),
    ("POST", "/api/v1/hand-overs/check"),
]
BODIES: Final[dict[str, dict[str, Any]]] = {
    "pick": {"items": [{"sku": "BOOK", "quantity": 1}]},
    "short": {"sku": "BOOK", "quantity": 1, "reason": "not_found"},
    "bin": {"bin": "A1"},
    "ready": {"bin": "A1"},
    "cancel": {"reason": "customer_remorse"},
    "proxies": {"last_name": "Petit", "email": "paul@example.org"},
    "arrived": {"bay": "4"},
}
NOBODYS: Final = {
    "store": "nowhere",
    "fulfillment": "00000000-0000-7000-8000-000000000000",
    "order": "00000000-0000-7000-8000-000000000000",
    "number": "0000000",
}


@pytest.mark.parametrize("route", FOREIGN, ids=" ".join)
def test_what_is_another_stores_looks_like_what_does_not_exist(
    client: Any,
    connection: Connection,
    shop: Shop,
    lyons_order: dict[str, Any],
    route: tuple[str, str],
) -> None:
    method, path = route
    lyons = {
        "store": "lyon",
        "fulfillment": lyons_order["fulfillment_id"],
        "order": lyons_order["id"],
        "number": lyons_order["number"],
    }
    answers = []
    with nothing_moves(connection):
        for names in (lyons, NOBODYS):
            body = BODIES.get(path.rpartition("/")[2]) or {
                "store": "paris",
                "fulfillment_id": names["fulfillment"],
            }
            response = client.open(
                path.format(**names),
                method=method,
                json=body if method == "POST" else None,
                headers=as_key(shop.paris_associate),
            )
            assert problem(response)[0] == 404
            said = {key: value for key, value in response.json.items() if key != "instance"}
            text = str(said)
            for name, value in names.items():
                text = text.replace(value, name)
            answers.append(text)
    assert answers[0] == answers[1]


def test_a_shopper_reads_and_cancels_only_the_order_whose_link_they_hold(
    client: Any, connection: Connection, keys: dict[str, str | None], lyons_order: Any
) -> None:
    path = f"/api/v1/orders/{lyons_order['id']}"
    for who in ("anonymous", "foreign-token"):
        headers = {"Idempotency-Key": "a-key-of-a-thief"}
        if keys[who]:
            headers["Authorization"] = f"Bearer {keys[who]}"
        with nothing_moves(connection):
            assert problem(client.get(path, headers=headers)) == (404, "unknown-order")
            assert problem(
                client.get(f"/api/v1/orders?number={lyons_order['number']}", headers=headers)
            ) == (404, "unknown-order")
            assert problem(client.post(f"{path}/cancel", json={}, headers=headers)) == (
                404,
                "unknown-order",
            )
    held = as_key(str(keys["order-token"]))
    assert client.get(path, headers=held).json["status"] == "new"
    assert client.post(f"{path}/cancel", json={}, headers=held).json["status"] == "cancelled"


def test_the_answer_kept_for_one_shopper_is_not_given_to_another(
    client: Any, keys: dict[str, str | None], lyons_order: Any
) -> None:
    path = f"/api/v1/orders/{lyons_order['id']}/cancel"
    owner = as_key(str(keys["order-token"]), idempotency_key="the-same-key-1")
    thief = as_key(str(keys["foreign-token"]), idempotency_key="the-same-key-1")
    assert client.post(path, json={}, headers=owner).status_code == 200
    assert problem(client.post(path, json={}, headers=thief)) == (404, "unknown-order")
