"""python -m tests.gates lint|test|test-all: runs the gates and ends with what passed, failed and was skipped."""

from __future__ import annotations

import argparse
import fcntl
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from tests.gates.gate import Outcome, Phase
from tests.gates.interpreters import interpreters
from tests.gates.plan import BED_UP, TEST_BED, Plan
from tests.gates.runner import LOGS, Runner
from tests.gates.tree import ROOT, export


def main() -> int:
    arguments = _arguments()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gitops.flux-gates-", ignore_cleanup_errors=True) as folder:
        plan = Plan(Path(folder), interpreters())
        export(plan.work)
        (plan.work / "home").mkdir()
        phases = {"lint": plan.lint, "test": plan.test, "test-all": plan.test_all}[arguments.plan]()
        chosen = _chosen(phases, arguments.only)
        with _alone() if chosen else nullcontext():
            outcomes = _run(chosen)
    return _conclude(outcomes, time.monotonic() - start)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gates", description=__doc__)
    parser.add_argument("plan", choices=["lint", "test", "test-all"])
    parser.add_argument("--only", metavar="TEXT", help="only the gates with TEXT in their name, and what they need")
    return parser.parse_args()


def _chosen(phases: list[Phase], text: str | None) -> list[Phase]:
    if not text:
        return phases
    wanted = {gate.name for phase in phases for gate in phase.gates if text in gate.name}
    needed = {gate.needs for phase in phases for gate in phase.gates if gate.name in wanted}
    kept = (Phase(tuple(each for each in phase.gates if each.name in wanted | needed), phase.width) for phase in phases)
    return [phase for phase in kept if phase.gates]


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time in a checkout: logs and environments are shared."""
    LOGS.mkdir(exist_ok=True)
    with (LOGS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another run of the gates in this checkout to end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(phases: list[Phase]) -> list[Outcome]:
    """Runs them all; a test bed that was not there before is gone afterwards."""
    runner = Runner(phases)

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        runner.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    uses_bed = any(gate.name == BED_UP for phase in phases for gate in phase.gates)
    take_down = uses_bed and not (ROOT / ".testbed/testbed.json").exists()
    try:
        return runner.run()
    finally:
        if take_down:
            subprocess.run((*TEST_BED, "down"), cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


def _conclude(outcomes: list[Outcome], seconds: float) -> int:
    count = {state: [each for each in outcomes if each.state == state] for state in ("passed", "failed", "skipped")}
    print(f"\nlogs: .test-logs/ · {seconds / 60:.1f} minutes")
    skipped = [f"{each.gate.name} because {each.message}" for each in count["skipped"]]
    skipped += [f"{what} (in: {each.gate.name})" for each in outcomes for what in each.skips]
    for line in skipped or ["nothing skipped"]:
        print(f"skipped: {line}" if skipped else line)
    for each in count["failed"]:
        print(f"failed: {each.gate.name}: {each.message}")
    print(f"{len(count['passed'])} passed, {len(count['failed'])} failed, {len(count['skipped'])} skipped", flush=True)
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
