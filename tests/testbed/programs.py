"""Builds the programs of the test bed once, and keeps them in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .adopted import adopted_program
from .catalogue import Module
from .errors import TestbedError
from .golang import Go
from .paths import cache_folder
from .progress import say

_HEARTBEAT = 15.0


def module_cache(module: Module, go: Go) -> Path:
    """The cache folder of one module: another pin, flag or Go version is another folder."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((module.folder / name).read_bytes())
    digest.update(f"{module.ldflags}\n{go.environment()['GOFLAGS']}\nCGO_ENABLED=0\n{go.version}".encode())
    return cache_folder() / f"{module.name}-{digest.hexdigest()[:16]}"


def build(module: Module, go: Go) -> dict[str, Path]:
    """The programs of a module, built where they are not in the cache yet."""
    folder = module_cache(module, go)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in module.programs if not (folder / name).exists()]
    adopted = {name: found for name in missing if (found := adopted_program(name))}
    wanted = [name for name in missing if name not in adopted]
    for number, name in enumerate(wanted, start=1):
        with _alone_with(folder, name):
            if not (folder / name).exists():
                _build_one(module, go, name, folder, f"{name} ({number} of {len(wanted)})")
    return {name: adopted.get(name, folder / name) for name in module.programs}


def build_optional(module: Module, go: Go) -> dict[str, Path]:
    """As build(), but a failure is one line, and is remembered so that it is not tried again."""
    failure = module_cache(module, go) / "failed.txt"
    if not failure.exists():
        try:
            return build(module, go)
        except TestbedError as error:
            failure.write_text(str(error))
            say(f"{module.name} does not build, going on without it: {first_error(str(error))}")
    return {}


def failure_of(module: Module, go: Go) -> str | None:
    """Why an optional module was not built, in one line."""
    failure = module_cache(module, go) / "failed.txt"
    return first_error(failure.read_text()) if failure.exists() else None


def first_error(output: str) -> str:
    """The line of a build's output that names the mistake."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("#")]
    telling = [line for line in lines[1:] if ".go:" in line or "error" in line.lower()]
    return (telling or lines or ["no output"])[0]


@contextmanager
def _alone_with(folder: Path, name: str) -> Iterator[None]:
    """Another checkout may be building the same program at this moment: then waiting is quicker."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{name} is being built by another test bed; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        for left_over in folder.glob("*.part"):
            left_over.unlink()
        yield
    finally:
        os.close(handle)


def _build_one(module: Module, go: Go, name: str, folder: Path, label: str) -> None:
    output = folder / f"{name}.{os.getpid()}.part"
    mode = ["-mod=vendor"] if module.embeds else []
    ldflags = module.ldflags
    command = [str(go.program), "build", "-v", *mode, "-o", str(output), "-ldflags", ldflags, module.programs[name]]
    say(f"building {label} …")
    begun = time.monotonic()
    lines: list[str] = []
    with (
        _workspace(module, go) as workspace,
        subprocess.Popen(
            ["nice", "-n", "5", *command],
            cwd=workspace,
            env=go.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        stop = _heartbeat(label, lines, begun)
        lines.extend(line.rstrip() for line in process.stderr or ())
        stop.set()
    if process.returncode != 0:
        output.unlink(missing_ok=True)
        raise TestbedError(f"building {name} failed:\n" + "\n".join(_errors(lines)))
    output.replace(folder / name)
    say(f"building {label}: {time.monotonic() - begun:.0f} s")


@contextmanager
def _workspace(module: Module, go: Go) -> Iterator[Path]:
    """The folder to build in. A package that embeds files its module does not carry is built from a vendored copy."""
    if module.embeds is None:
        yield module.folder
        return
    with tempfile.TemporaryDirectory(prefix="gitops.flux-vendor-") as folder:
        for name in ("go.mod", "go.sum"):
            shutil.copy(module.folder / name, folder)
        go.run("mod", "vendor", "-e", folder=Path(folder))
        embedded = Path(folder, "vendor", module.embeds)
        embedded.mkdir(parents=True, exist_ok=True)
        (embedded / "none.yaml").write_text("{}\n")
        yield Path(folder)


def _heartbeat(label: str, lines: list[str], begun: float) -> threading.Event:
    """Says every few seconds how far a build is, until the event is set."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(_HEARTBEAT):
            fetched = sum(line.startswith("go: downloading") for line in lines)
            compiled = len(lines) - fetched
            seconds = time.monotonic() - begun
            say(f"building {label}: {fetched} modules fetched, {compiled} packages compiled, {seconds:.0f} s")

    threading.Thread(target=beat, daemon=True).start()
    return done


def _errors(lines: Iterable[str]) -> list[str]:
    """The output without the names of the packages that did compile."""
    return [line for line in lines if " " in line and not line.startswith("go: downloading")][-40:]
