"""The API's description: complete, true, and used to ask the API many odd questions."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import schemathesis
from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

import customers.queries
import customers.services
import stores.services
from app.openapi import describe
from customers.commands import GiveAddress, PointKind, Proven
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.links import choice_token
from kernel.web import declaration_of
from stores.commands import HireStaff, StaffRole
from tests.conftest import Shop, as_key
from tests.orders.bringing import trust
from tests.orders.conftest import Counter
from tests.orders.doors import delivery_body, have_ship
from tests.orders.places import bring

EXAMPLES: Final = 5
SHARES: Final = 3
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
KEY: Final = "Idempotency-Key"
NAMES: Final = {"brand", "delivery_method", "from_store", "postcode", "sku", "store", "to_store"}
"""What bodies and queries name that exists or not."""
SELF: Final = "/api/v1/openapi.json"


@pytest.fixture
def document(client: Any) -> dict[str, Any]:
    return dict(client.get(SELF).json)


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, FlaskPlugin.flaskpath2openapi(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != SELF
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_described_and_every_description_has_its_route(
    app: Flask, document: dict[str, Any]
) -> None:
    assert operations(document) == routes(app)


def test_every_operation_lists_its_problems_and_its_sign_in(document: dict[str, Any]) -> None:
    for method, path in operations(document):
        operation = document["paths"][path][method.lower()]
        always = {"401", "403", "404", "422", "429", "503"}
        assert always <= set(operation["responses"]), (method, path)
        scheme = "terminal" if path.startswith("/api/v1/till/") else "bearer"
        assert {scheme: []} in operation["security"]
        if method == "POST":
            assert {"400", "409", "413", "415"} <= set(operation["responses"]), path
    for name, response in document["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_only_what_anybody_may_do_needs_no_sign_in(document: dict[str, Any]) -> None:
    free = {
        (method, path)
        for method, path in operations(document)
        if {} in document["paths"][path][method.lower()]["security"]
    }
    assert free == {
        ("POST", "/api/v1/account/codes"),
        ("POST", "/api/v1/account/sign-in"),
        ("POST", "/api/v1/account/password-sign-in"),
        ("GET", "/api/v1/articles"),
        ("GET", "/api/v1/articles/{code}"),
        ("GET", "/api/v1/stores"),
        ("GET", "/api/v1/stores/{code}"),
        ("GET", "/api/v1/availability"),
        ("GET", "/api/v1/collect-offers"),
        ("GET", "/api/v1/stores/{code}/slots"),
        ("POST", "/api/v1/availability"),
        ("POST", "/api/v1/availability/alternatives"),
        ("GET", "/api/v1/delivery-options"),
        ("POST", "/api/v1/delivery-options"),
        ("POST", "/api/v1/orders"),
        ("POST", "/api/v1/orders/deliveries"),
        ("POST", "/api/v1/carts"),
        ("GET", "/api/v1/carts/{token}"),
        ("PATCH", "/api/v1/carts/{token}"),
        ("POST", "/api/v1/carts/{token}/code"),
        ("POST", "/api/v1/carts/{token}/order"),
        ("POST", "/api/v1/carts/resume"),
        ("POST", "/api/v1/quotes"),
        ("POST", "/api/v1/stock-wishes"),
        ("POST", "/api/v1/stock-wishes/withdraw"),
        ("GET", "/api/v1/choices/{token}"),
        ("POST", "/api/v1/choices/{token}"),
        ("POST", "/api/v1/webhooks/email/{source}"),  # their signature is their proof
        ("POST", "/api/v1/webhooks/sms"),
        ("POST", "/api/v1/webhooks/social/{source}"),
        ("GET", "/api/v1/answers"),
        ("POST", "/api/v1/assistant"),
    }


def test_the_key_is_required_exactly_where_a_repeat_must_be_harmless(
    app: Flask, document: dict[str, Any]
) -> None:
    described = {
        (method, path)
        for method, path in operations(document)
        for parameter in document["paths"][path][method.lower()].get("parameters", [])
        if parameter["name"] == KEY
    }
    declared = set()
    for rule in app.url_map.iter_rules():
        declaration = declaration_of(app.view_functions[rule.endpoint])
        if declaration is not None and declaration.keyed:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            declared.add((method, FlaskPlugin.flaskpath2openapi(rule.rule)))
    assert described == declared
    changing = {each for each in operations(document) if each[0] != "GET"}
    assert changing - described == {
        ("POST", "/api/v1/account/sign-in"),  # a code answers once
        ("POST", "/api/v1/account/password-sign-in"),
        ("POST", "/api/v1/account/points/proofs"),
        ("PUT", "/api/v1/account/password"),
        ("POST", "/api/v1/account/sign-out"),  # the token of a repeat is good for nothing
        ("DELETE", "/api/v1/account"),
        ("POST", "/api/v1/availability"),
        ("POST", "/api/v1/availability/alternatives"),
        ("POST", "/api/v1/carts/resume"),
        ("POST", "/api/v1/delivery-options"),
        ("POST", "/api/v1/hand-overs/check"),
        ("POST", "/api/v1/quotes"),
        ("POST", "/api/v1/sourcing/dry-runs"),
        ("POST", "/api/v1/sourcing/dry-runs"),
        ("POST", "/api/v1/orders/{order_id}/amendments/preview"),
        ("POST", "/api/v1/offline/facts"),  # each fact has a nonce of its own
        ("POST", "/api/v1/till/look-ups"),
        ("POST", "/api/v1/till/receipts"),
        ("POST", "/api/v1/till/receipts/batch"),
        ("POST", "/api/v1/webhooks/email/{source}"),  # signed, and of each message the first counts
        ("POST", "/api/v1/webhooks/sms"),
        ("POST", "/api/v1/webhooks/social/{source}"),
        ("PUT", "/api/v1/answers/{code}"),  # its version says what was read before
    }


def test_every_value_in_the_description_has_a_type(document: dict[str, Any]) -> None:
    untyped = [
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if not {"type", "$ref", "anyOf", "allOf", "oneOf"} & set(value)
    ]
    assert untyped == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_odd_questions_get_answers_the_description_allows(
    app: Flask, client: Any, session: Session, shop: Shop, *, mode: GenerationMode, share: int
) -> None:
    session.connection().execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    staff_id = stores.services.hire_staff(session, HireStaff("Ada", StaffRole.ADMIN))
    key = stores.services.issue_key(session, name="Ada", scopes=[], staff_id=staff_id, actor=SYSTEM)
    theirs = trust(session, "eshop", "orders.bring", "customers.bring")
    real = {
        **real_orders(client, session, shop),
        "code": ["lyon", "standard"],
        "store": ["lyon"],
        "brand": ["aubepin"],
        "postcode": ["33000"],
        "delivery_method": ["standard"],
        "sku": ["TENT-2P", "MUG-BLUE"],
        "kind": ["short", "drive"],
        "count_id": [ask_to_count(client, key[1])],
        "transfer_id": [draft_transfer(client, key[1])],
        "terminal_id": [link_till(client, key[1])],
    }
    for name, ids in real_selling(client, session, shop, key[1]).items():
        real.setdefault(name, []).extend(ids)
    with app.app_context():
        schema = schemathesis.openapi.from_dict(without_ours(describe(app)))
    operations: list[Any] = list(schema.get_all_operations())
    assert len(operations) > 2 * SHARES
    for operation in operations[share::SHARES]:
        asked = operation.ok()
        says_something = any(asked.iter_parameters()) or bool(asked.body)
        if says_something or mode is GenerationMode.POSITIVE:
            brings = asked.path.endswith("/brought")
            whose, own = sign_in(session) if is_own(asked) else (theirs if brings else key[1], {})
            ask(asked, app, mode=mode, key=whose, real=real | own)


def is_own(operation: Any) -> bool:
    """Tell whether only somebody signed in to an account may ask."""
    return bool(operation.path.startswith("/api/v1/account"))


def sign_in(session: Session) -> tuple[str, dict[str, list[str]]]:
    """Return the token of a new account, for it can be closed, and ids of what is its own."""
    session_id = customers.services.begin_session(session, token=str(uuid4()))
    proven = Proven(PointKind.EMAIL, f"{uuid4().hex}@example.org", "fr")
    entered = customers.services.enter_by_code(session, session_id, proven, actor=SYSTEM)
    address_id = customers.services.save_address(
        session, entered.customer_id, GiveAddress("3 rue des Fleurs", "69004", "Lyon")
    )
    points = customers.queries.list_points(session, entered.customer_id)
    session.commit()
    return entered.token, {"address_id": [str(address_id)], "point_id": [str(points[0].id)]}


def without_ours(document: dict[str, Any]) -> dict[str, Any]:
    """Return the description without what `ask` adds itself: an odd value of it is never sent."""
    for item in document["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                operation.pop("security", None)
                operation["parameters"] = [
                    each for each in operation.get("parameters", []) if each["name"] != KEY
                ]
    return document


def real_orders(client: Any, session: Session, shop: Shop) -> dict[str, list[str]]:
    """Return ids of orders in several states, and of what hangs on them, by parameter's name."""
    receive(session, location_id=shop.lyon, quantities={"MUG-BLUE": 20}, actor=SYSTEM)
    real: dict[str, list[str]] = {"order_id": [], "fulfillment_id": []}
    for place in ("new", "asked", "in_wave", "ready", "in_transfer", "rejected", "packed"):
        counter = Counter(client, session, shop)
        bring(counter, place)
        real["order_id"].append(str(counter.order["id"]))
        real["fulfillment_id"].append(counter.parcel)
    proxy = {"last_name": "Petit", "email": "petit@example.org"}
    path = f"orders/{real['order_id'][0]}/proxies"
    named = counter.ask(path, proxy, key=shop.agent)
    for table in ("case_file", "choice", "package", "put_back", "substitution", "wave"):
        ids = session.execute(text(f"SELECT id FROM {table}")).scalars()  # noqa: S608 (a table of ours)
        real[f"{table}_id"] = [str(each) for each in ids]
    session.commit()
    choices = [choice_token(UUID(each)) for each in real.pop("choice_id")]
    return {
        **real,
        "case_id": real.pop("case_file_id"),
        "proxy_id": [str(named.json["proxy_id"])],
        "token": choices,
    }


def real_selling(client: Any, session: Session, shop: Shop, key: str) -> dict[str, list[str]]:
    """Return a way to a door, an order that goes there, a promotion and rules, by parameter."""
    have_ship(session, shop.lyon)

    def tell(method: str, path: str, body: dict[str, Any], by: str = key) -> Any:
        response = client.open(f"/api/v1/{path}", method=method, json=body, headers=as_key(by))
        assert response.status_code in {200, 201}, response.text
        return response.json

    names = {"fr": "Domicile", "en": "Home"}
    way = {"names": names, "carrier": "local", "priced_by": "amount", "vat_bp": 2000}
    method = tell("PUT", "brands/aubepin/delivery-methods/standard", way)["id"]
    zone = {"name": "France", "country": "FR", "postcodes": ["3"], "days_min": 2, "days_max": 3}
    bands = {"bands": [{"up_to": None, "price_minor": 490}]}
    zones = tell("POST", f"delivery-methods/{method}/zones", {**zone, **bands})["zones"]
    deal = {"brand": "aubepin", "code": "ten", "names": names, "kind": "percent", "amount": 1000}
    promotion = tell("POST", "promotions", {**deal, "on_what": "everything"})["id"]
    rules = {"name": "Lyon", "method": "delivery", "rules": [{"rank": "distance"}]}
    rule_set = tell("POST", "sourcing/rules", rules)["id"]
    order = tell("POST", "orders/deliveries", delivery_body(), by=shop.integration)["id"]
    return {
        "method_id": [method],
        "zone_id": [zones[0]["id"]],
        "promotion_id": [promotion],
        "rule_set_id": [rule_set],
        "order_id": [order],  # pending: nobody paid it yet
    }


def ask_to_count(client: Any, key: str) -> str:
    """Return a count of Lyon that has begun."""
    opened = client.post("/api/v1/stores/lyon/counts", json={"skus": ["BOOK"]}, headers=as_key(key))
    return str(opened.json["count_id"])


def draft_transfer(client: Any, key: str) -> str:
    """Return a transfer from Lyon to Paris that has not been sent."""
    items = [{"sku": "BOOK", "quantity": 1}]
    body = {"from_store": "lyon", "to_store": "paris", "items": items}
    drafted = client.post("/api/v1/transfers", json=body, headers=as_key(key))
    return str(drafted.json["transfer_id"])


def link_till(client: Any, key: str) -> str:
    """Return a till of Lyon."""
    linked = client.post(
        "/api/v1/stores/lyon/terminals", json={"name": "Caisse 1"}, headers=as_key(key)
    )
    return str(linked.json["id"])


def ask(
    operation: Any, app: Flask, *, mode: GenerationMode, key: str, real: dict[str, list[str]]
) -> None:
    """Ask one operation odd questions, half of them about things that exist."""
    turns = iter(range(1_000_000))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        turn, known = divmod(next(turns), 2)
        if known and case.path_parameters:
            case.path_parameters = {
                name: each[turn % len(each)] if (each := real.get(name)) else value
                for name, value in case.path_parameters.items()
            }
        if known and mode is GenerationMode.POSITIVE:  # an odd value stays odd
            case.query, case.body = true_of(case.query, real), true_of(case.body, real)
        case.headers = {**(case.headers or {}), **as_key(key, idempotency_key=str(uuid4()))}
        case.call_and_validate(app=app, checks=CHECKS)

    each()


def true_of(said: Any, real: dict[str, list[str]]) -> Any:
    """Return what is said, about things that exist wherever it names one."""
    if isinstance(said, list):
        return [true_of(each, real) for each in said]
    if not isinstance(said, dict):
        return said
    return {
        name: _named(value, real[name]) if name in NAMES & real.keys() else true_of(value, real)
        for name, value in said.items()
    }


def _named(value: Any, known: list[str]) -> Any:
    if isinstance(value, list):
        return known[: len(value)]
    return known[0] if isinstance(value, str) else value
