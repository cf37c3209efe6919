"""Parts of kernels have no way in from Python: nobody but a kernel may call one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = ("ingest", "routing", "api", "benchmarks", "tests")
COMPILED = {"kernel", "part", "leaf"}

Name = tuple[str, str]
"""(module, function)"""


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in file.parts:
                module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
                yield module.removesuffix(".__init__"), ast.parse(file.read_text("utf-8"))


def _is_decorated(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(one, ast.Name) and one.id in names for one in node.decorator_list
    )


def _parts(module: str, tree: ast.Module) -> set[Name]:
    return {
        (module, node.name) for node in tree.body if isinstance(node, ast.FunctionDef) and _is_decorated(node, {"part"})
    }


def _named_in_python(module: str, tree: ast.Module) -> set[Name]:
    """All functions of modules that are named outside compiled functions, by whatever name they were imported."""
    known: dict[str, Name] = {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.FunctionDef)}
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                known[one.asname or one.name] = (node.module, one.name)
                modules[one.asname or one.name] = f"{node.module}.{one.name}"
        elif isinstance(node, ast.Import):
            modules |= {one.asname or one.name: one.name for one in node.names}
    found: set[Name] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if _is_decorated(node, COMPILED):
            continue
        if isinstance(node, ast.Name) and node.id in known:
            found.add(known[node.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found.add((modules[node.value.id], node.attr))
        waiting += ast.iter_child_nodes(node)
    return found


def test_no_part_is_named_in_python() -> None:
    parsed = list(_modules())
    parts = set().union(*(_parts(*one) for one in parsed))
    assert ("routing.kernels.raptor", "_ride") in parts
    assert len(parts) > 50
    assert not parts & set().union(*(_named_in_python(*one) for one in parsed))


def test_a_call_from_python_would_be_found() -> None:
    tree = ast.parse("from routing.kernels import raptor as r\nfrom a import b as c\n@kernel\ndef k(): c()\nr._ride()")
    assert _named_in_python("here", tree) == {("routing.kernels.raptor", "_ride"), ("routing.kernels", "raptor")}
