"""Makes every fault on the test bed, asks all tools, and writes docs/truth.md: python -m tests.truth"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.playbook import Ansible
from tests.testbed import lifecycle
from tests.testbed.bed import Bed
from tests.testbed.catalogue import PEERS, SOPS
from tests.testbed.paths import CHECKOUT, default_paths
from tests.testbed.progress import say
from tests.testbed.testbed import Testbed
from tests.testbed.waiting import wait_for_all

from .answers import Asked
from .case import Case, Json, load_cases
from .judging import SETTINGS
from .page import page
from .play import Play, in_rounds
from .secrecy import Keys
from .verdicts import Verdict, our_verdict, verdict_on

PAGE = CHECKOUT / "docs" / "truth.md"
Row = tuple[Case, dict[str, Verdict]]


def main() -> int:
    """1 when the health check is wrong about a fault."""
    testbed = Testbed(default_paths())
    lifecycle.up(testbed)
    lifecycle.ensure_programs(testbed, asked=(*PEERS, SOPS))
    rows: list[Row] = []
    bed = Bed.load()
    for cases in in_rounds(load_cases()):
        rows += _round(bed, cases)
    PAGE.write_text(page(rows))
    wrong = [case.name for case, verdicts in rows if not next(iter(verdicts.values())).right]
    say(f"{PAGE.relative_to(CHECKOUT)}: {len(rows)} faults; gitops.flux is wrong about: {', '.join(wrong) or 'none'}")
    return 1 if wrong else 0


def _round(bed: Bed, cases: Sequence[Case]) -> list[Row]:
    play = Play(bed, cases, Keys(bed.paths.bin, bed.paths.run))
    try:
        play.make()
        say("asking")
        entries = _checked(bed)
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda case: _row(bed, case, entries), cases))
    finally:
        play.undo()
        bed.wait_healthy()


def _checked(bed: Bed) -> dict[str, Json]:
    with TemporaryDirectory() as home:
        done = Ansible(Path(home), bed.kubeconfig).health(Path(home), extra=SETTINGS)
        entries: dict[str, Json] = done.fleet["clusters"]
        return entries


def _row(bed: Bed, case: Case, entries: dict[str, Json]) -> Row:
    if case.ask_when:
        kind, namespace, name = case.subject.split("/")
        told = {"kind": kind, "namespace": namespace, "name": name, "seconds": 90, **case.ask_when}
        wait_for_all(bed.cluster(case.cluster), [told])
    ours = our_verdict(case, entries[case.cluster])
    others = [verdict_on(answer, case) for answer in Asked(bed, case).answers()]
    return case, {verdict.tool: verdict for verdict in (ours, *others)}


if __name__ == "__main__":
    sys.exit(main())
