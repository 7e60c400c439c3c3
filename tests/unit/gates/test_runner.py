"""The gate runner tells the truth about commands that pass, fail, hang or leave something out."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.gates import runner
from tests.gates.gate import Gate, Outcome, Phase


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "LOGS", tmp_path)
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    return tmp_path


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def run(*gates: Gate, width: int = 1) -> list[Outcome]:
    return runner.Runner([Phase(gates, width)]).run()


def test_a_gate_passes_when_all_its_commands_do() -> None:
    (outcome,) = run(Gate("both", (python("print(1)"), python("print(2)"))))
    assert (outcome.state, outcome.message) == ("passed", "")


def test_a_gate_stops_at_its_first_failing_command(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (outcome,) = run(Gate("a gate", (python("print('why'); raise SystemExit(3)"), python("print('never')"))))
    assert (outcome.state, outcome.message) == ("failed", "exit code 3")
    assert "why" in capsys.readouterr().out
    assert "never" not in (logs / "a-gate.log").read_text().replace("print('never')", "")


def test_a_gate_that_hangs_is_ended_with_its_children() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(61)'])"
    start = time.monotonic()
    (outcome,) = run(Gate("hangs", (python(child),), minutes=0.03))
    assert outcome.state == "failed"
    assert "time limit" in outcome.message
    assert time.monotonic() - start < 30


def test_a_gate_whose_need_failed_fails_without_running() -> None:
    outcomes = run(Gate("bed", (python("raise SystemExit(1)"),)), Gate("tests", (python(""),), needs="bed"))
    assert [each.state for each in outcomes] == ["failed", "failed"]
    assert "'bed'" in outcomes[1].message


def test_a_gate_that_cannot_run_here_is_skipped_with_its_reason() -> None:
    (outcome,) = run(Gate("old", (), skipped="no Python 3.10"))
    assert (outcome.state, outcome.message) == ("skipped", "no Python 3.10")


def test_what_a_gate_leaves_out_itself_is_kept() -> None:
    said = "SKIPPED [1] tests/a.py:3: no registry\nWARNING: Skipping sanity test\nnothing else skipped"
    (outcome,) = run(Gate("tests", (python(f"print({said!r})"),)))
    assert outcome.skips == ("[1] tests/a.py:3: no registry", "sanity test")


def test_gates_of_one_phase_run_side_by_side() -> None:
    start = time.monotonic()
    run(*(Gate(name, (python("import time; time.sleep(2)"),)) for name in ("one", "two")), width=2)
    assert time.monotonic() - start < 3.8


def test_the_callers_settings_do_not_reach_the_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_CONFIG", "K8S_AUTH_HOST", "KUBECONFIG", "PYTHONPATH"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("KEPT", "yes")
    given = runner.environment(Gate("any", environment={"HOME": "/empty"}))
    assert "/elsewhere" not in given.values()
    assert (given["KEPT"], given["HOME"]) == ("yes", "/empty")


def test_an_interrupted_runner_starts_nothing_further() -> None:
    stopped = runner.Runner([Phase((Gate("one", (python(""),)),))])
    stopped.stop()
    assert [each.message for each in stopped.run()] == ["not run: interrupted"]


def test_a_second_signal_does_not_wait_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `timeout` sends it: once to the process and once to its group."""
    gates = runner.Runner([Phase((Gate("long", (python("import time; time.sleep(30)"),)),))])
    end = runner._end

    def interrupted_again(process: subprocess.Popen[str]) -> None:
        gates.stop()
        end(process)

    monkeypatch.setattr(runner, "_end", interrupted_again)
    start = time.monotonic()
    threading.Timer(1, gates.stop).start()
    assert [each.state for each in gates.run()] == ["failed"]
    assert time.monotonic() - start < 20


def test_the_programs_exit_code_follows_its_gates() -> None:
    """`--only` with a name no gate has: nothing ran, and that is no success."""
    command = (sys.executable, "-m", "tests.gates", "lint", "--only", "no such gate")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 passed, 0 failed, 0 skipped")
