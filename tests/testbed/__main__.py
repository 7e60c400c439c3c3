"""Command line of the test bed."""

from __future__ import annotations

import argparse
import sys

from . import lifecycle
from .catalogue import FOR_TESTS, PEERS
from .errors import TestbedError
from .faults import FAULTS, FaultLog
from .paths import CHECKOUT, default_paths
from .progress import step
from .record import Recorder
from .scenarios import ScenarioRunner, recorded_names, scenario_names
from .testbed import Testbed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description="a real fleet on this machine")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start three clusters with Flux, healthy; undo every fault and scenario")
    commands.add_parser("down", help="end every process and remove .testbed (the programs stay in the cache)")
    commands.add_parser("status", help="what runs, what is broken on purpose, what could not be built")
    commands.add_parser("heal", help="undo every fault and scenario")
    programs = commands.add_parser("programs", help="build the programs")
    programs.add_argument("--tests", action="store_true", help="also those that only the tests need")
    programs.add_argument("--peers", action="store_true", help="also those that others are compared with")
    _add_fault(commands.add_parser("fault", help="break something; without a name: list what can be broken"))
    _add_scenario(commands.add_parser("scenario", help="play a scenario; without a name: list them"))
    record = commands.add_parser("record", help="play all scenarios and write tests/fixtures/ anew")
    record.add_argument("names", nargs="*", help="only these scenarios")
    record.add_argument("--cluster", default="ottawa")
    return parser


def _add_fault(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=sorted(FAULTS))
    parser.add_argument("args", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--undo", action="store_true")


def _add_scenario(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=[*scenario_names(), "healed"])
    parser.add_argument("--cluster", default="robbinsdale")
    parser.add_argument("--undo", action="store_true")


def _fault(bed: Testbed, args: argparse.Namespace) -> None:
    if args.name is None:
        print("\n".join(f"{name:20} {fault.about}" for name, fault in FAULTS.items()))
        return
    told = dict(pair.split("=", 1) for pair in args.args)
    with lifecycle.exclusively():
        log = FaultLog(bed)
        (log.undo if args.undo else log.inject)(args.name, **told)


def _scenario(bed: Testbed, args: argparse.Namespace) -> None:
    if args.name is None:
        print("\n".join(scenario_names()))
        return
    if not lifecycle.is_up(bed):
        lifecycle.up(bed)
    if args.name == "healed":
        lifecycle.heal(bed)
        return
    with lifecycle.exclusively():
        runner = ScenarioRunner(bed)
        (runner.undo if args.undo else runner.play)(args.name, args.cluster)


def _record(bed: Testbed, args: argparse.Namespace) -> None:
    recorder, runner = Recorder(), ScenarioRunner(bed)
    with lifecycle.exclusively():
        for name in args.names or recorded_names():
            with step(f"recording {name}"):
                try:
                    runner.play(name, args.cluster, recorder)
                finally:
                    runner.undo(name, args.cluster)
    print("\n".join(str(file.relative_to(CHECKOUT)) for file in recorder.written))


def _run(bed: Testbed, args: argparse.Namespace) -> None:
    match args.command:
        case "up":
            lifecycle.up(bed)
        case "down":
            lifecycle.down(bed)
        case "status":
            print(lifecycle.status(bed))
        case "heal":
            lifecycle.heal(bed)
        case "programs":
            asked = [*(FOR_TESTS if args.tests else []), *(PEERS if args.peers else [])]
            lifecycle.ensure_programs(bed, asked=asked)
        case "fault":
            _fault(bed, args)
        case "record":
            _record(bed, args)
        case "scenario":
            _scenario(bed, args)


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        _run(Testbed(default_paths()), args)
    except TestbedError as error:
        print(f"test bed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
