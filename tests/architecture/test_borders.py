"""Rules no linter knows: who ends transactions, what crosses borders, how large things may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import inspect

from app.metadata import MODULES
from kernel.db import Base

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "app", "catalog", "conversations", "customers", "inventory", "kernel", "notifications",
    "orders", "payments", "pos_adapter", "sandbox", "stores",
)  # fmt: skip
SOURCES = tuple(sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")))
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 6
VAGUE_ENDINGS = ("Service", "Manager", "Helper", "Util", "Utils")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text())


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_only_the_kernel_ends_a_transaction() -> None:
    offenders = [
        where(path, node)
        for path, tree in trees()
        if path != ROOT / "kernel/db.py" and path.parts[-2] != "sandbox"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert offenders == []


def test_only_doors_open_a_transaction() -> None:
    offenders = [
        where(path, node)
        for path, tree in trees()
        if path.parts[-2] != "kernel"
        and path.relative_to(ROOT).parts[0] != "app"
        and not {"routes", "jobs"} & {*path.with_suffix("").parts}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "transaction"
    ]
    assert offenders == []


def test_no_relationship_crosses_a_package_border() -> None:
    assert MODULES
    offenders = [
        str(relation)
        for mapper in Base.registry.mappers
        for relation in inspect(mapper).relationships
        if relation.mapper.class_.__module__.split(".")[0] != mapper.class_.__module__.split(".")[0]
    ]
    assert offenders == []


def test_foreign_keys_point_downward_only() -> None:
    height = {
        "kernel": 0, "catalog": 1, "customers": 1, "stores": 1, "inventory": 2, "payments": 2,
        "orders": 3, "conversations": 4, "notifications": 5, "pos_adapter": 5, "app": 6,
    }  # fmt: skip
    owner = {
        mapper.local_table.name: mapper.class_.__module__.split(".")[0]
        for mapper in Base.registry.mappers
    }
    offenders = [
        f"{table.name} -> {key.column.table.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if owner[table.name] != owner[key.column.table.name]
        and height[owner[table.name]] <= height[owner[key.column.table.name]]
    ]
    assert offenders == []


def test_no_file_is_longer_than_somebody_reads() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in SOURCES
        if len(path.read_text().splitlines()) > LINES_MAX
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{where(path, node)} {node.name}"
        for path, node in functions()
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_no_function_takes_more_than_six_parameters_and_use_cases_take_them_by_name() -> None:
    offenders = [
        f"{where(path, node)} {node.name}"
        for path, node in functions()
        if not node.decorator_list
        and len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs)
        - (node.args.args[:1] != [] and node.args.args[0].arg in {"self", "cls", "session"})
        > PARAMETERS_MAX
    ]
    assert offenders == []


def test_no_class_is_named_for_having_no_responsibility() -> None:
    offenders = [
        f"{where(path, node)} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE_ENDINGS)
    ]
    assert offenders == []


def test_a_package_begins_with_what_it_owns_and_nothing_else() -> None:
    offenders = [
        package
        for package in PACKAGES
        if package not in {"app", "sandbox"}
        and [type(node) for node in ast.parse((ROOT / package / "__init__.py").read_text()).body]
        != [ast.Expr]
    ]
    assert offenders == []


def test_nothing_of_a_machine_or_a_registry_is_written_down() -> None:
    forbidden = ("/work/", "/root/", "pypi.org", "registry.npmjs", "deb.debian")
    me = Path(__file__)
    suffixes = {".py", ".md", ".toml", ".txt", ".html", ".sh", ".json", ".css", ".js"}
    offenders = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*")
        if path.suffix in suffixes
        and not {".venv", "var", "node_modules", ".git", "vendor"} & {*path.parts}
        and path != me
        and any(word in path.read_text(errors="ignore") for word in forbidden)
    ]
    assert offenders == []


def test_journeys_of_one_house_go_on_in_time_in_the_order_of_their_files() -> None:
    moments = [
        (wall, path.name)
        for path in sorted((ROOT / "tests/flows").glob("test_*.py"))
        for wall in re.findall(r'"(20\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?)"', path.read_text())
    ]
    assert len(moments) > 20
    assert [name for _, name in sorted(moments)] == [name for _, name in moments]
