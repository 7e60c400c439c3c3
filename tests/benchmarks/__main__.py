"""The benchmarks: ratios from one run on the test bed, with their bounds.

python -m tests.benchmarks [--rounds N] [--only diagnosis|fleet|module|reconcile|rollback]
"""

from __future__ import annotations

import argparse
import sys

from tests.testbed.bed import Bed

from .diagnosis import diagnosis_figures
from .figures import Figure, table
from .fleet import fleet_figures
from .module import module_figures
from .reconcile import reconcile_figures
from .rollback import rollback_figures

PARTS = {
    "diagnosis": diagnosis_figures,
    "fleet": fleet_figures,
    "module": module_figures,
    "reconcile": reconcile_figures,
    "rollback": rollback_figures,
}


def main() -> int:
    """Prints a table of figures; 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="counted runs of each command (default 7)")
    parser.add_argument("--only", choices=sorted(PARTS), help="only this part")
    options = parser.parse_args()
    bed = Bed.load()
    figures: list[Figure] = []
    for name, part in PARTS.items():
        if options.only in (None, name):
            figures += part(bed, options.rounds)
    print(table(figures))
    missed = [figure.name for figure in figures if figure.missed]
    print(f"bounds not kept: {', '.join(missed)}" if missed else "all bounds kept")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
