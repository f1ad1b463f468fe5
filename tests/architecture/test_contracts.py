"""The code and its descriptions say the same: tables, events, problems, routes."""

from importlib import import_module
from pkgutil import iter_modules

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, create_engine

from app.access import PERMISSIONS
from app.cli.docs import problem_pages
from app.embedded import Cluster
from app.metadata import METADATA
from app.migrate import alembic_config
from app.wiring import SUBSCRIPTIONS, UNHEARD
from kernel.errors import every_refusal
from kernel.events import Event
from kernel.web import declaration_of
from tests.conftest import ROOT

PACKAGES = (
    "catalog",
    "conversations",
    "customers",
    "inventory",
    "notifications",
    "orders",
    "payments",
    "pos_adapter",
    "stores",
)


def every_event(kind: type[Event] = Event) -> list[type[Event]]:
    for package in PACKAGES:
        names = [module.name for module in iter_modules([str(ROOT / package)])]
        if "events" in names:
            import_module(f"{package}.events")
    return [
        each
        for child in kind.__subclasses__()
        for each in (child, *every_event(child))
        if each.name and not each.__module__.startswith("tests")
    ]


def test_the_migrations_make_exactly_the_tables_of_the_models(cluster: Cluster) -> None:
    owner = create_engine(cluster.url("owner"))
    with owner.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    owner.dispose()


def test_the_history_of_the_tables_is_one_line(engine: Engine) -> None:
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    assert len(script.get_heads()) == 1


def test_the_application_may_not_change_what_is_append_only(cluster: Cluster) -> None:
    owner = create_engine(cluster.url("owner"))
    with owner.connect() as connection:
        rights = connection.exec_driver_sql(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'app' AND table_name IN ('event', 'stock_movement') ORDER BY 1, 2"
        ).all()
    owner.dispose()
    assert [tuple(row) for row in rights] == [
        ("event", "INSERT"),
        ("event", "SELECT"),
        ("stock_movement", "INSERT"),
        ("stock_movement", "SELECT"),
    ]


def test_every_event_is_heard_or_listed_as_unheard() -> None:
    names = {kind.name for kind in every_event()}
    heard = {kind.name for kind in SUBSCRIPTIONS}
    assert (names - heard - UNHEARD, UNHEARD - names, heard & UNHEARD) == (set(), set(), set())


def test_every_event_has_a_wire_name_with_a_version_of_its_own() -> None:
    names = [kind.name for kind in every_event()]
    assert len(names) == len(set(names))
    assert [name for name in names if not name.rpartition(".v")[2].isdigit()] == []


def test_every_problem_has_its_page_and_every_page_its_problem() -> None:
    pages = {path.name: path.read_text() for path in (ROOT / "docs/problems").glob("*.md")}
    assert pages == problem_pages()


def test_every_refusal_has_a_code_a_title_and_a_way_out_of_its_own() -> None:
    ours = [
        kind
        for kind in set(every_refusal())
        if not kind.__module__.startswith("tests") and kind.__name__ != "Refusal"
    ]
    codes = sorted(kind.code for kind in ours)
    assert [kind.__name__ for kind in ours if not (kind.way_out and kind.__doc__)] == []
    assert codes == sorted(set(codes))


def test_every_route_is_declared_with_a_permission_that_exists(app: Flask) -> None:
    undeclared = []
    unknown = []
    for endpoint, view in app.view_functions.items():
        declaration = declaration_of(view)
        if declaration is None:
            undeclared.append(endpoint)
        elif declaration.permission not in PERMISSIONS:
            unknown.append(endpoint)
    assert (undeclared, unknown) == (["static"], [])


def test_every_unsafe_resource_of_the_api_takes_an_idempotency_key_or_changes_nothing(
    app: Flask,
) -> None:
    reads = {
        "orders.check_parcel",
        "orders.find_delivery_options",
        "orders.try_rules",
        "orders.find_offers",
        "orders.find_ways",
        "orders.preview_amendment",
        "orders.read_quote",
        "orders.resume_cart",
        "tills.look_up",
    }
    numbered = {  # by a nonce, number or version of their own
        "care.put_answer",
        "notifications.take_letter",
        "notifications.take_message",
        "notifications.take_text",
        "orders.take_facts",
        "tills.record_receipt",
        "tills.record_receipts",
    }
    once = {  # by a code that answers once, a secret that is not stored, a token that ends
        "customers.sign_in",
        "customers.sign_in_by_password",
        "customers.sign_out",
        "customers.prove_point",
        "customers.set_password",
        "customers.close_account",
    }
    offenders = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        unsafe = (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        declaration = declaration_of(app.view_functions[rule.endpoint])
        if (
            unsafe
            and rule.endpoint not in reads | numbered | once
            and not (declaration and declaration.keyed)
        ):
            offenders.append(rule.endpoint)
    assert offenders == []
