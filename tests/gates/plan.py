"""The gates as data: what `make lint`, `make test` and `make test-all` run, in which order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.gates.gate import Command, Gate, Phase
from tests.gates.interpreters import CORES, SUPPORTED, Interpreter, newest_core
from tests.gates.tree import COLLECTION, ROOT

OLDEST_CORE, OLDEST_PYTHON = "2.16", "3.10"
VENV = Path(sys.prefix)
VENVS = ROOT / ".test-venvs"
PYTHON = Path(sys.executable)
TEST_BED: Command = (PYTHON, "-m", "tests.testbed")
BED_UP = "test bed up"
INTEGRATION = "tests/integration"
TRUTH = f"{INTEGRATION}/truth"
# What takes minutes, by what it is about. Of each of these subjects something quicker stays in `make test`.
SLOW: Mapping[str, tuple[str, ...]] = {
    name: tuple(f"{INTEGRATION}/{file}" for file in files)
    for name, files in {
        "interrupted windows and jobs, plays with least rights, every kind paused": (
            "maintenance/test_interrupted.py",
            "maintenance/test_became.py",
            "runner/test_acting.py",
            "pausing/test_kinds.py",
            "rbac/test_needed.py",
            "rbac/test_plays.py",
        ),
        "disturbed runs, stopped controllers, barriers, retries, batches, refused and listed windows, progress": (
            "broken/test_changes.py",
            "broken/test_retrying.py",
            "down/test_controllers.py",
            "explain/test_untold.py",
            "maintenance/test_refused.py",
            "maintenance/test_suspensions.py",
            "pausing/test_barriers.py",
            "progress/test_progress.py",
            "reconcile_all/test_batches.py",
            "reconciling/disturbed",
        ),
        "owners of what is paused, refusals, rights verb by verb, settings, bare clusters, pages, waiting": (
            "broken/test_settings.py",
            "down/test_bare.py",
            "pausing/test_owners.py",
            "pausing/test_refusals.py",
            "rbac/test_rights.py",
            "reading/test_paging.py",
            "reconciling/test_refused.py",
            "reconciling/test_waiting.py",
            "reports/test_renamed.py",
            "reports/test_strategies.py",
            "reports/test_tolerance.py",
        ),
        "rollbacks killed after every write, every strategy with every way to name, place and apply a release": (
            "rollback/test_killed_anywhere.py",
            "rollback/test_product.py",
        ),
        "rollbacks with each owner, in trouble, by the role, with one right less, finished; histories; Helm 3": (
            "rollback/test_finish.py",
            "rollback/test_helm3.py",
            "rollback/test_history.py",
            "rollback/test_history_places.py",
            "rollback/test_history_untold.py",
            "rollback/test_owners.py",
            "rollback/test_pin.py",
            "rollback/test_pin_owners.py",
            "rollback/test_role.py",
            "rollback/test_role_rights.py",
            "rollback/test_troubles.py",
            "rollback/test_usual_sequence.py",
            "rollback/test_values.py",
            "runner/test_rolling_back.py",
        ),
    }.items()
}
# What a version of ansible-core or of the client can change: connections, texts, a run, a window, a rollback. In
# `make test` these run on the oldest pair of versions only.
ON_OLDEST = tuple(
    f"{INTEGRATION}/{name}"
    for name in (
        "maintenance/test_round_trip.py",
        "reconciling/test_moved.py",
        "rollback/test_refused.py",
        "targets",
        "test_secrets.py",
    )
)
# Playbooks as whole processes, minutes for each pair of versions: of the pairs between the oldest and the newest later.
PLAYED = "tests/unit/plugins/action"
LATER = "make test-all runs it"
OLDEST_NAME = f"Python {OLDEST_PYTHON}, core {OLDEST_CORE}, oldest client"
HEAL: Command = (*TEST_BED, "up")  # undoes every fault an earlier gate may have left


@dataclass(frozen=True)
class Plan:
    """`work` is a temporary folder; the collection's own files are copied below it."""

    work: Path
    pythons: Mapping[str, Interpreter]

    @property
    def tree(self) -> Path:
        return self.work / COLLECTION

    @property
    def oldest_missing(self) -> str | None:
        if OLDEST_PYTHON in self.pythons:
            return None
        return f"ansible-core {OLDEST_CORE} is tested on Python {OLDEST_PYTHON}, which this machine does not have"

    def lint(self) -> list[Phase]:
        return [Phase(tuple(self._static()), width=2)]

    def test(self) -> list[Phase]:
        return [*self.lint(), Phase((*self._sanity(), *self._units()), width=2), Phase(tuple(self._fleet()))]

    def test_all(self) -> list[Phase]:
        every_pair = Phase(tuple(self._every_pair()), width=2)
        fleet = [gate for gate in self._fleet() if gate.skipped != LATER]
        return [*self.test()[:-1], every_pair, Phase((*fleet, *self._later(None), self._benchmarks()))]

    def _static(self) -> list[Gate]:
        tool = VENV / "bin"
        home = {"HOME": str(self.work / "home"), "ANSIBLE_COLLECTIONS_PATH": str(self.work)}
        program: Command = (PYTHON, "-m")
        return [
            Gate("mypy", ((tool / "mypy",),), minutes=10),
            Gate("ruff lint", ((tool / "ruff", "check", "--no-cache"),)),
            Gate("ruff format", ((tool / "ruff", "format", "--check", "--no-cache"),)),
            Gate("yamllint", ((tool / "yamllint", "--strict", "."),), folder=self.tree),
            Gate("shellcheck", ((*program, "tests.gates.shell"),)),
            Gate("architecture", ((*program, "tests.gates.architecture"),)),
            Gate("markers and binaries", ((*program, "tests.gates.contents"),)),
            Gate(
                "ansible-lint, profile production",
                ((tool / "ansible-lint", "--offline", "--strict", "--nocolor", "-v"),),
                folder=self.tree,
                environment=home,
            ),
            Gate(
                "antsibull-docs lint",
                ((*self._docs_lint(tool), "."),),
                folder=self.tree,
                environment=home,
            ),
            self._changelog(tool / "antsibull-changelog"),
            Gate("galaxy-importer", ((*program, "tests.gates.importer", self.tree),), environment=home, minutes=10),
            Gate("execution environment", ((*program, "tests.gates.builder", self.work),)),
        ]

    def _changelog(self, tool: Path) -> Gate:
        commands = ((tool, "lint"), (tool, "lint-changelog-yaml", "changelogs/changelog.yaml"))
        return Gate("antsibull-changelog lint", commands, folder=self.tree)

    def _docs_lint(self, tool: Path) -> Command:
        options = ("--plugin-docs", "--validate-collection-refs=all", "--disallow-unknown-collection-refs")
        return (tool / "antsibull-docs", "lint-collection-docs", *options)

    def _sanity(self) -> list[Gate]:
        newest = self._sanity_gate("ansible-test sanity, newest core", VENV, ())
        folder, setup = self._environment("oldest", OLDEST_PYTHON)
        oldest = self._sanity_gate(f"ansible-test sanity, core {OLDEST_CORE}", folder, setup, self.oldest_missing)
        return [newest, oldest]

    def _sanity_gate(self, name: str, venv: Path, setup: tuple[Command, ...], skipped: str | None = None) -> Gate:
        home = VENVS / f"ansible-test-{venv.name.lstrip('.')}"
        sanity = (PYTHON, "-m", "tests.gates.sanity", self.tree, venv / "bin/ansible-test", home)
        return Gate(name, (*setup, sanity), minutes=20, skipped=skipped)

    def _units(self) -> list[Gate]:
        """The newest core of every Python there is, and the oldest pair; the newest Python's is .venv."""
        newest = f"{sys.version_info.major}.{sys.version_info.minor}"
        folder, setup = self._environment("oldest", OLDEST_PYTHON)
        name = f"unit tests, Python {OLDEST_PYTHON}, core {OLDEST_CORE}, oldest client"
        return [
            _pytest(f"unit tests, Python {newest}, .venv", VENV, (), "tests/unit"),
            _pytest(name, folder, setup, "tests/unit", skipped=self.oldest_missing),
            *(self._pair(core, python, "tests/unit", f"--ignore={PLAYED}") for core, python in self._between()),
        ]

    def _between(self) -> list[tuple[str, str]]:
        """The newest core of each Python but the newest."""
        newest = f"{sys.version_info.major}.{sys.version_info.minor}"
        return [(newest_core(python), python) for python in SUPPORTED if python != newest]

    def _every_pair(self) -> list[Gate]:
        pairs = ((core, python) for core, pythons in CORES.items() if core != OLDEST_CORE for python in pythons)
        return [self._pair(core, python) for core, python in pairs if core != newest_core(python)]

    def _pair(self, core: str, python: str, *tests: str, name: str = "unit tests", skipped: str | None = None) -> Gate:
        folder, setup = self._environment(f"cores/{core}", python)
        missing = None if python in self.pythons else f"this machine has no Python {python}"
        tests = tests or ("tests/unit",)
        return _pytest(f"{name}, Python {python}, core {core}", folder, setup, *tests, skipped=skipped or missing)

    def _environment(self, lock: str, python: str) -> tuple[Path, tuple[Command, ...]]:
        """A virtual environment and what makes it; the same one may be asked for more than once."""
        folder = VENVS / (lock if lock == "oldest" else f"{Path(lock).name}-py{python}")
        if python not in self.pythons:
            return folder, ()
        make = ("sh", "tests/gates/venv.sh", folder, f"requirements/{lock}.txt", self.pythons[python].path)
        return folder, (make,)

    def _fleet(self) -> list[Gate]:
        slow = (path for paths in SLOW.values() for path in paths)
        left_out = (f"--ignore={path}" for path in (TRUTH, *slow, *ON_OLDEST))
        return [
            Gate(BED_UP, (HEAL,), minutes=45),
            self._on_newest("integration tests", INTEGRATION, *left_out),
            self._on_oldest("integration tests that versions can change", *ON_OLDEST),
            self._molecule(),
            self._installed(),
            *self._later(LATER),
        ]

    def _later(self, skipped: str | None) -> list[Gate]:
        """What does not fit into `make test`, by name."""
        rest = (f"--ignore={path}" for path in (TRUTH, *ON_OLDEST))
        played = "playbooks on clusters nobody can reach"
        return [
            *(self._pair(*pair, PLAYED, name=played, skipped=skipped) for pair in self._between()),
            *(self._on_newest(name, *paths, skipped=skipped) for name, paths in SLOW.items()),
            self._on_newest("integration tests that versions can change", *ON_OLDEST, skipped=skipped),
            self._on_newest("faults of tests/truth", TRUTH, skipped=skipped),
            self._on_oldest("faults of tests/truth", TRUTH, skipped=skipped),
            self._on_oldest("all other integration tests", INTEGRATION, *rest, minutes=120, skipped=skipped),
        ]

    def _on_newest(self, name: str, *tests: str, skipped: str | None = None) -> Gate:
        return _pytest(f"{name}, newest", VENV, (HEAL,), *tests, minutes=60, needs=BED_UP, skipped=skipped)

    def _on_oldest(self, name: str, *tests: str, minutes: float = 60, skipped: str | None = None) -> Gate:
        oldest, setup = self._environment("oldest", OLDEST_PYTHON)
        return _pytest(
            f"{name}, {OLDEST_NAME}",
            oldest,
            (*setup, HEAL),
            *tests,
            minutes=minutes,
            needs=BED_UP,
            skipped=skipped or self.oldest_missing,
        )

    def _molecule(self) -> Gate:
        # The test bed keeps its programs below the real HOME, molecule its traces below one of its own.
        settings = ("env", f"HOME={self.work / 'home'}", "NO_COLOR=1")
        commands: tuple[Command, ...] = (HEAL, (*settings, VENV / "bin/molecule", "test", "--all"))
        return Gate("molecule", commands, minutes=10, needs=BED_UP)

    def _installed(self) -> Gate:
        command: Command = (PYTHON, "-m", "tests.gates.installed", self.tree, self.work / "installed")
        return Gate("installed from its tarball", (HEAL, command), minutes=10, needs=BED_UP)

    def _benchmarks(self) -> Gate:
        commands: tuple[Command, ...] = (HEAL, (PYTHON, "-m", "tests.benchmarks"))
        return Gate("benchmarks", commands, minutes=90, needs=BED_UP)


def _pytest(
    name: str,
    venv: Path,
    setup: tuple[Command, ...],
    *tests: str,
    minutes: float = 10,
    needs: str | None = None,
    skipped: str | None = None,
) -> Gate:
    run: Command = (venv / "bin/python", "-m", "pytest", "--color=no", "--durations=5", *tests)
    return Gate(name, (*setup, run), minutes=minutes, needs=needs, skipped=skipped)
