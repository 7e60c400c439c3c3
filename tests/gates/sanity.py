"""ansible-test sanity with a package index as the only network.

python -m tests.gates.sanity TREE ANSIBLE_TEST HOME

ansible-test wants three things arranged for it. It downloads get-pip.py from a host of its own: a stand-in of the
same name in its cache does the same from ensurepip. It hands its children a bare environment, in which only a pip
configuration file tells pip how to reach the index. And it stops at a `python3.N` on PATH that does not run.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.gates.interpreters import interpreters, path_without_shims
from tests.gates.tree import project_files

GET_PIP = '''\
"""Stand-in for get-pip.py: the interpreter's own ensurepip, then the wanted pip from the package index."""
import os
import subprocess
import sys

unknown_to_pip = ("--no-setuptools", "--no-wheel")
arguments = [each for each in sys.argv[1:] if each not in unknown_to_pip]
environment = {k: v for k, v in os.environ.items() if k not in ("GET_PIP", "PIP_CONFIG_FILE")}
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL, env=environment)
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--upgrade", *arguments], env=environment))
'''


def write_get_pip(home: Path, python: Path) -> None:
    """One stand-in for each pip version that this ansible-test may ask for."""
    find = "import ansible_test._internal.python_requirements as module; print(module.__file__)"
    source = subprocess.run([python, "-c", find], check=True, capture_output=True, text=True).stdout.strip()
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in re.findall(r"\bpip='([\d.]+)'", Path(source).read_text(encoding="utf-8")):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP, encoding="utf-8")


def write_pip_configuration(home: Path) -> None:
    """Whatever pip is told here, by files or by environment, as the one file it will read there."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    settings = dict(_pip_settings(listed))
    trusted = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    if trusted and "cert" not in settings:
        settings["cert"] = trusted
    configuration = home / ".config/pip/pip.conf"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {value}" for key, value in settings.items()]
    configuration.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")


def _pip_settings(listed: str) -> list[tuple[str, str]]:
    """Pairs from lines like `global.cert='/etc/ca.crt'` and `:env:.index-url='…'`; a later one wins, as in pip."""
    rows = (line.split("=", 1) for line in listed.splitlines() if "=" in line)
    return [(name.rpartition(".")[2], str(ast.literal_eval(value))) for name, value in rows]


def write_programs(home: Path) -> Path:
    """A folder of links: every Python that works, and shellcheck, without which its test would pass unseen."""
    programs = {f"python{each.minor}": each.path for each in interpreters().values()}
    programs["shellcheck"] = Path(sys.executable).with_name("shellcheck")
    folder = home / "programs"
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in programs.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(path)
    return folder


def manifests(tree: Path) -> list[Path]:
    """Kubernetes' YAML below tests/ (`.yaml`; Ansible's is `.yml`): several documents a file, and chart templates.

    ansible-test holds all YAML for Ansible's, with one document a file; the gate `yamllint` reads these.
    """
    return [name for name in project_files(tree) if name.parts[0] == "tests" and name.suffix == ".yaml"]


def main() -> int:
    tree, ansible_test, home = (Path(argument).absolute() for argument in sys.argv[1:])
    home.mkdir(parents=True, exist_ok=True)
    write_get_pip(home, ansible_test.with_name("python"))
    write_pip_configuration(home)
    folders = [str(ansible_test.parent), str(write_programs(home)), *path_without_shims(os.environ["PATH"])]
    environment = {**os.environ, "HOME": str(home), "PATH": os.pathsep.join(folders)}
    left_out = [argument for name in manifests(tree) for argument in ("--exclude", str(name))]
    print(f"left to yamllint: {len(left_out) // 2} Kubernetes manifests below tests/", flush=True)
    command = [str(ansible_test), "sanity", "--local", "--color", "no", "--verbose", *left_out]
    return subprocess.run(command, cwd=tree, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
