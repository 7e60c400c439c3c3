"""The architecture as rules over the files: which layer may import which, who may do what, how long things may be.

Every rule is a function of one file's path and text, so that a test can show it failing on a planted violation.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from tests.gates.roles import role_findings
from tests.gates.tree import ROOT, project_files

OURS = "ansible_collections.gitops.flux.plugins."

# Layer -> layers it may import. The first that is a part of the path is the file's own.
ARROWS: Mapping[str, frozenset[str]] = {
    "module_utils/_flux": frozenset({"module_utils/_flux"}),
    "module_utils/_kube": frozenset({"module_utils/_kube", "module_utils/_flux"}),
    "module_utils/_module": frozenset({"module_utils/_module", "module_utils/_kube", "module_utils/_flux"}),
    "modules": frozenset({"module_utils/_module", "module_utils/_kube", "module_utils/_flux"}),
    "plugin_utils": frozenset({"plugin_utils", "module_utils/_flux"}),
    "filter": frozenset({"plugin_utils", "module_utils/_flux"}),
    # An action plugin is its module's other half: it shares the argument spec.
    "action": frozenset({"plugin_utils", "module_utils/_module", "module_utils/_flux"}),
    "inventory": frozenset({"plugin_utils", "module_utils/_flux"}),
    "doc_fragments": frozenset(),
}

# Foreign package -> the only layers that may import it.
FOREIGN: Mapping[str, frozenset[str]] = {
    "kubernetes": frozenset({"module_utils/_kube"}),
    "urllib3": frozenset({"module_utils/_kube"}),
    "requests": frozenset(),
    "ansible": frozenset(ARROWS) - {"module_utils/_flux", "module_utils/_kube"},
    "jinja2": frozenset({"plugin_utils", "filter", "action"}),
}

# What makes code impure: the pure layer neither imports nor calls it.
IMPURE_MODULES = frozenset({"os", "time", "socket", "subprocess", "threading", "pathlib", "tempfile", "random", "io"})
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "open", "print", "input", "getenv"})

EXITS = frozenset({"exit_json", "fail_json"})
VAGUE_NAMES = frozenset({"utils", "util", "common", "helper", "helpers", "misc"})
HEADER = (
    "# Copyright: (c) ",
    "# GNU General Public License v3.0+ (see LICENSE or ",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)
DOCUMENTATION = frozenset({"DOCUMENTATION", "EXAMPLES", "RETURN"})
LONGEST_FUNCTION = 40
LONGEST_FILE = 250

Rule = Callable[[PurePosixPath, str], Iterator[str]]


def layer_of(path: PurePosixPath) -> str | None:
    """`module_utils/_flux` for plugins/module_utils/_flux/kinds.py; None outside plugins/."""
    inside = "/".join(path.parts[1:]) if path.parts[0] == "plugins" else ""
    return next((layer for layer in ARROWS if inside.startswith(layer + "/")), None)


def wrong_arrows(path: PurePosixPath, text: str) -> Iterator[str]:
    layer = layer_of(path)
    if layer is None:
        return
    for line, name in imports_of(text):
        if name.startswith("."):
            yield f"{path}:{line}: a relative import; our own code is imported by its full name"
        elif name.startswith(OURS):
            yield from _own(path, line, layer, name)
        else:
            yield from _foreign(path, line, layer, name.partition(".")[0])


def _own(path: PurePosixPath, line: int, layer: str, name: str) -> Iterator[str]:
    target = layer_of(PurePosixPath("plugins", *name.removeprefix(OURS).split("."), "x"))
    if target not in ARROWS[layer]:
        yield f"{path}:{line}: {layer} must not import {target or name}"


def _foreign(path: PurePosixPath, line: int, layer: str, package: str) -> Iterator[str]:
    allowed = FOREIGN.get(package)
    if allowed is not None and layer not in allowed:
        yield f"{path}:{line}: {layer} must not import {package}"
    if layer == "module_utils/_flux" and package in IMPURE_MODULES:
        yield f"{path}:{line}: {layer} is pure and must not import {package}"


def imports_of(text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of every import, wherever it stands; `from x import y` counts as x.y."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def impurities(path: PurePosixPath, text: str) -> Iterator[str]:
    if layer_of(path) != "module_utils/_flux":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and (name := _called(node)) in IMPURE_CALLS:
            yield f"{path}:{node.lineno}: module_utils/_flux is pure and must not call {name}()"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def exits_elsewhere(path: PurePosixPath, text: str) -> Iterator[str]:
    layer = layer_of(path)
    if layer in (None, "module_utils/_module"):
        return
    for node in ast.walk(ast.parse(text)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in EXITS:
            yield f"{path}:{getattr(node, 'lineno', 0)}: {name} belongs into module_utils/_module"


def vague_names(path: PurePosixPath, _text: str) -> Iterator[str]:
    yield from (
        f"{path}: '{part}' names nothing" for part in path.with_suffix("").parts if part.strip("_") in VAGUE_NAMES
    )


def nameless(path: PurePosixPath, text: str) -> Iterator[str]:
    """ansible-test's pylint forbids the name `_`; it says so minutes later."""
    for node in ast.walk(ast.parse(text)):
        stored = isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store)
        if stored or (isinstance(node, ast.arg) and node.arg == "_"):
            yield f"{path}:{getattr(node, 'lineno', 0)}: `_` is no name; say what is left unused, as in `_rest`"


def missing_header(path: PurePosixPath, text: str) -> Iterator[str]:
    if path.parts[0] != "plugins" or not text.strip():
        return
    lines = [line for line in text.splitlines() if not line.startswith(("#!", "# -*-"))][: len(HEADER)]
    expected = zip(HEADER, [*lines, *[""] * len(HEADER)], strict=False)
    yield from (f"{path}: the header has no line '{start}…'" for start, line in expected if not line.startswith(start))
    if "from __future__ import annotations" not in text:
        yield f"{path}: no `from __future__ import annotations`"


def too_long(path: PurePosixPath, text: str) -> Iterator[str]:
    """Blank lines, comments and a plugin's documentation are no lines of code."""
    tree = ast.parse(text)
    documentation = {line for node in tree.body if _is_documentation(node) for line in _span(node)}
    code = enumerate((line.strip() for line in text.splitlines()), start=1)
    lines = sum(1 for number, line in code if line and not line.startswith("#") and number not in documentation)
    if lines > LONGEST_FILE:
        yield f"{path}: {lines} lines of code, more than {LONGEST_FILE}"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _lines(node) > LONGEST_FUNCTION:
            yield f"{path}:{node.lineno}: {node.name}() has {_lines(node)} lines, more than {LONGEST_FUNCTION}"


def _lines(node: ast.stmt) -> int:
    return len(_span(node))


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_documentation(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id in DOCUMENTATION for target in node.targets
    )


RULES: tuple[Rule, ...] = (
    wrong_arrows,
    impurities,
    exits_elsewhere,
    vague_names,
    nameless,
    missing_header,
    too_long,
)


def findings(root: Path = ROOT) -> Iterator[str]:
    """Everything wrong in the Python files and roles of a project."""
    for name in project_files(root):
        if name.suffix == ".py":
            text = (root / name).read_text(encoding="utf-8")
            for rule in RULES:
                yield from rule(PurePosixPath(name), text)
    yield from role_findings(root)


def main() -> int:
    found = list(findings())
    print("\n".join(found) or "the architecture is as it should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
