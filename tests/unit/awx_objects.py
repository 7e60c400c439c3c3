"""The objects of docs/awx, and what AWX does with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).resolve().parents[2] / "docs/awx"
Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Knows Ansible's !unsafe."""


def _text(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    return str(loader.construct_yaml_str(node))


_Loader.add_constructor("!unsafe", _text)


def objects() -> dict[str, list[Json]]:
    """Every variable of every file."""
    found: dict[str, list[Json]] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        found |= yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader with one tag)
    return found


def kubeconfig_type() -> Json:
    return objects()["controller_credential_types"][0]


def injected(kind: Json, inputs: Mapping[str, str], folder: Path, seen_as: Path) -> dict[str, str]:
    """The environment of a job with such a credential. Its files go to folder, which the job sees elsewhere."""
    templates = ImmutableSandboxedEnvironment()
    names = dict(_files(kind, inputs, templates, folder))
    namespace = dict(inputs) | {"tower": {"filename": {name: str(seen_as / file) for name, file in names.items()}}}
    environment = kind["injectors"]["env"]
    return {name: templates.from_string(text).render(namespace) for name, text in environment.items()}


def _files(
    kind: Json, inputs: Mapping[str, str], templates: ImmutableSandboxedEnvironment, folder: Path
) -> Iterator[tuple[str, str]]:
    for label, template in kind["injectors"]["file"].items():
        name = label.removeprefix("template.")
        path = folder / f"tmp-{name}"
        path.write_text(templates.from_string(template).render(inputs), encoding="utf-8")
        path.chmod(0o600)
        yield name, path.name
