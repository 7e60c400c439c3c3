"""The project follows its architecture, and the checker would notice if it did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

from tests.gates import architecture, roles
from tests.gates.tree import ROOT

HEADER = "\n".join(
    [
        "# Copyright: (c) 2026, gitops.flux contributors",
        "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
        "# SPDX-License-Identifier: GPL-3.0-or-later",
        "",
        "from __future__ import annotations",
        "",
    ]
)
UTILS = "ansible_collections.gitops.flux.plugins.module_utils"

Rule = Callable[[PurePosixPath, str], Iterator[str]]


def test_the_project_follows_its_architecture() -> None:
    assert list(architecture.findings()) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("plugins/module_utils/_flux/a.py", f"from {UTILS}._kube.client import Client"),
        ("plugins/module_utils/_flux/a.py", f"from {UTILS}._module import run"),
        ("plugins/module_utils/_flux/a.py", "import kubernetes"),
        ("plugins/module_utils/_flux/a.py", "from ansible.module_utils.basic import AnsibleModule"),
        ("plugins/module_utils/_flux/a.py", "import time"),
        ("plugins/module_utils/_flux/a.py", "from .kinds import KINDS"),
        ("plugins/module_utils/_kube/a.py", f"from {UTILS}._module.run import run"),
        ("plugins/module_utils/_kube/a.py", "from ansible.module_utils.basic import missing_required_lib"),
        ("plugins/module_utils/_module/a.py", "from kubernetes.client import ApiClient"),
        ("plugins/modules/a.py", "def main():\n    import kubernetes.dynamic"),
        ("plugins/modules/a.py", "import ansible_collections.gitops.flux.plugins.filter.not_ready"),
        ("plugins/filter/a.py", f"from {UTILS}._kube.client import Client"),
        ("plugins/filter/a.py", f"from {UTILS} import _module"),
        ("plugins/doc_fragments/a.py", f"from {UTILS}._flux.kinds import KINDS"),
        ("plugins/modules/a.py", "import requests"),
    ],
)
def test_a_wrong_import_is_found(path: str, code: str) -> None:
    assert len(list(architecture.wrong_arrows(PurePosixPath(path), code))) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("plugins/modules/a.py", f"from {UTILS}._module.run import run\nfrom {UTILS}._kube.info import read"),
        ("plugins/module_utils/_kube/a.py", f"import kubernetes\nimport time\nfrom {UTILS}._flux.kinds import KINDS"),
        ("plugins/module_utils/_flux/a.py", f"import datetime\nfrom {UTILS}._flux import times"),
        ("plugins/filter/a.py", f"from ansible.errors import AnsibleFilterError\nfrom {UTILS}._flux import health"),
        ("tests/testbed/a.py", "import kubernetes\nfrom . import ports"),
    ],
)
def test_a_right_import_is_not_found(path: str, code: str) -> None:
    assert list(architecture.wrong_arrows(PurePosixPath(path), code)) == []


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (architecture.impurities, "plugins/module_utils/_flux/a.py", "datetime.now(timezone.utc)"),
        (architecture.impurities, "plugins/module_utils/_flux/a.py", "open('/etc/passwd')"),
        (architecture.exits_elsewhere, "plugins/modules/a.py", "module.fail_json(msg='no')"),
        (architecture.exits_elsewhere, "plugins/module_utils/_kube/a.py", "stop = module.exit_json"),
        (architecture.exits_elsewhere, "plugins/module_utils/_flux/a.py", "def f(fail_json):\n    fail_json()"),
        (architecture.vague_names, "plugins/module_utils/_flux/helpers.py", ""),
        (architecture.vague_names, "plugins/module_utils/common/kinds.py", ""),
        (architecture.nameless, "tests/testbed/a.py", "name, _, rest = text.partition('.')"),
        (architecture.nameless, "plugins/filter/a.py", "always = lambda _: True"),
        (architecture.missing_header, "plugins/filter/a.py", HEADER.replace("SPDX", "SDPX")),
        (architecture.missing_header, "plugins/filter/a.py", HEADER.replace("annotations", "division")),
        (architecture.too_long, "plugins/filter/a.py", "x = 1\n" * 251),
        (architecture.too_long, "tests/testbed/a.py", "def long():\n" + "    x = 1\n" * 40),
    ],
)
def test_each_rule_fails_on_a_planted_violation(rule: Rule, path: str, code: str) -> None:
    assert len(list(rule(PurePosixPath(path), code))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (architecture.impurities, "plugins/module_utils/_kube/a.py", "time.time()\ndatetime.now()"),
        (architecture.exits_elsewhere, "plugins/module_utils/_module/a.py", "module.exit_json(changed=False)"),
        (architecture.nameless, "tests/testbed/a.py", "name, _dot, rest = text.partition('.')"),
        (architecture.missing_header, "plugins/filter/a.py", HEADER),
        (architecture.missing_header, "plugins/filter/__init__.py", ""),
        (architecture.missing_header, "tests/unit/test_a.py", "x = 1"),
        (architecture.too_long, "plugins/modules/a.py", 'DOCUMENTATION = """\n' + "x\n" * 300 + '"""\nx = 1\n'),
        (architecture.too_long, "plugins/modules/a.py", "def long():\n" + "    x = 1\n" * 39),
    ],
)
def test_no_rule_fails_on_what_is_right(rule: Rule, path: str, code: str) -> None:
    assert list(rule(PurePosixPath(path), code)) == []


def test_a_module_outside_the_action_group_is_found(tmp_path: Path) -> None:
    _write(tmp_path / "meta/runtime.yml", {"action_groups": {"flux": ["flux_info", "flux_gone"]}})
    for name in ("flux_info", "flux_new"):
        _write(tmp_path / f"plugins/modules/{name}.py", {})
    assert list(roles.ungrouped_modules(tmp_path)) == [
        "meta/runtime.yml: module flux_new is not in the action group flux",
        "meta/runtime.yml: the action group flux has flux_gone, no such module",
    ]


@pytest.mark.parametrize(
    ("defaults", "options", "found"),
    [
        ({"check_a": 1}, {"check_a": {"default": 1}}, 0),
        ({}, {"check_a": {"required": True}}, 0),
        ({"check_a": 1}, {}, 1),
        ({}, {"check_a": {"default": 1}}, 1),
        ({"check_a": 1}, {"check_a": {}}, 1),
        ({"check_a": 1}, {"check_a": {"default": 2}}, 1),
    ],
)
def test_defaults_that_differ_from_the_argument_spec_are_found(
    tmp_path: Path, defaults: dict[str, int], options: dict[str, object], found: int
) -> None:
    role = tmp_path / "check"
    _write(role / "defaults/main.yml", defaults)
    _write(role / "meta/argument_specs.yml", {"argument_specs": {"main": {"options": options}}})
    assert len(list(roles.disagreeing_defaults(role))) == found


def test_a_default_named_after_no_role_is_found(tmp_path: Path) -> None:
    _write(tmp_path / "check/defaults/main.yml", {"check_a": 1, "__check_b": 2, "other": 3})
    assert list(roles.unprefixed_defaults(tmp_path / "check")) == ["check: other does not start with check_"]


def test_a_long_task_file_and_a_missing_readme_are_found(tmp_path: Path) -> None:
    _write(tmp_path / "check/tasks/main.yml", [{"name": f"task {number}"} for number in range(51)])
    assert len(list(roles.too_long(tmp_path / "check"))) == 2


def test_every_layer_of_the_plugins_has_its_arrows() -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "plugins").rglob("*.py") if path.stat().st_size]
    assert [str(path) for path in files if architecture.layer_of(PurePosixPath(path)) is None] == []


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
