"""The collection from its tarball, in an empty place, run by FQCN from a folder of its own with an empty HOME.

python -m tests.gates.installed TREE FOLDER
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from tests.gates.tarball import build, install
from tests.gates.tree import ROOT

HOSTS = ("ottawa", "robbinsdale", "stpetersburg")
REPORTS = (*(f"flux-status-{host}.md" for host in HOSTS), "flux-status-fleet.md", "flux-status-fleet.json")
# What a user gets; whatever else is in the tarball was forgotten in galaxy.yml's build_ignore.
SHIPPED = {"CHANGELOG.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md"}
SHIPPED |= {"changelogs", "docs", "inventory", "meta", "playbooks", "plugins", "roles"}
SHIPPED |= {".ansible-lint"}  # importers lint what it wants linted: docs/awx has playbooks that import ours by name


def run_playbook(collection: Path, place: Path) -> subprocess.CompletedProcess[str]:
    """The health check of the fleet, told nothing but where the collection and the kubeconfig are."""
    home, folder = place / "home", place / "elsewhere"
    for each in (home, folder):
        each.mkdir(parents=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(collection.parents[2]),
        "KUBECONFIG": str(ROOT / ".testbed/kubeconfig"),
    }
    playbook = Path(sys.executable).with_name("ansible-playbook")
    command = (playbook, "gitops.flux.health_check", "-i", collection / "inventory/fleet.yml")
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def problems(collection: Path, reports: Path, exit_code: int) -> Iterator[str]:
    yield from (f"shipped by mistake: {name.name}" for name in collection.iterdir() if name.name not in SHIPPED)
    missing = [name for name in REPORTS if not (reports / name).is_file()]
    if missing:
        yield f"not written in {reports}: {', '.join(missing)}"
        return
    fleet = json.loads((reports / "flux-status-fleet.json").read_text(encoding="utf-8"))
    schema = json.loads((collection / "docs/flux-status-fleet.schema.json").read_text(encoding="utf-8"))
    yield from (f"against the schema: {error.message}" for error in _validator(schema).iter_errors(fleet))
    yield from (f"{host} was not read: {fleet['clusters'].get(host)}" for host in HOSTS if not _was_read(fleet, host))
    if exit_code != (0 if fleet["verdict"] == "healthy" else 2):
        yield f"exit code {exit_code} for a fleet that is {fleet['verdict']}"
    strays = [path.name for path in reports.parent.iterdir() if path != reports]
    if strays:
        yield f"left beside the reports: {strays}"


def _validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema)


def _was_read(fleet: dict[str, Any], host: str) -> bool:
    return fleet["clusters"].get(host, {}).get("reachable") is True


def main() -> int:
    tree, place = (Path(argument).absolute() for argument in sys.argv[1:])
    tarball = build(tree, place / "tarball")
    collection = install(tarball, place / "collections")
    played = run_playbook(collection, place)
    print(played.stdout)
    found = list(problems(collection, place / "elsewhere/outputs", played.returncode))
    print("\n".join(found) or f"exit code {played.returncode}; reports as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
