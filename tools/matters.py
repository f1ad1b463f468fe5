"""Write down which tests perform which matter on which channel, for the office's page of it."""

import ast
import json
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROOFS = ROOT / "app" / "matters.json"


def find_proofs() -> dict[str, list[str]]:
    """Return the tests that bear `pytest.mark.matter`, by matter and channel."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            for each in node.decorator_list:
                if isinstance(each, ast.Call) and ast.unparse(each.func) == "pytest.mark.matter":
                    matter, *channels = (ast.literal_eval(said) for said in each.args)
                    for channel in channels:
                        name = f"{path.relative_to(ROOT).as_posix()}::{node.name}"
                        found[f"{matter}/{channel}"].append(name)
    return dict(sorted(found.items()))


def write_proofs() -> str:
    """Return the text of the file that keeps them."""
    return json.dumps(find_proofs(), indent=1) + "\n"


if __name__ == "__main__":
    PROOFS.write_text(write_proofs())
