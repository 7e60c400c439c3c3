"""python -m tests.testbed up|down|status|programs"""

from __future__ import annotations

import argparse
import sys

from . import lifecycle
from .errors import TestbedError
from .paths import default_paths
from .testbed import Testbed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start three clusters with Flux, healthy; undo every fault")
    commands.add_parser("down", help="end every process and remove .testbed (the programs stay in the cache)")
    commands.add_parser("status", help="what runs, and what could not be built")
    programs = commands.add_parser("programs", help="build the programs")
    programs.add_argument("--peers", action="store_true", help="also the flux and flux-operator CLIs, for benchmarks")
    return parser


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    bed = Testbed(default_paths())
    try:
        match args.command:
            case "up":
                lifecycle.up(bed)
            case "down":
                lifecycle.down(bed)
            case "status":
                print(lifecycle.status(bed))
            case "programs":
                lifecycle.ensure_programs(bed, peers=args.peers)
    except TestbedError as error:
        print(f"test bed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
