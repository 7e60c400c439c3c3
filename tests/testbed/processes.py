"""Starts and stops exactly the processes of this test bed.

A process writes its own identity (process id, start time, boot) to a file *before* it becomes the program, so it is
known whatever happens to the one who started it; nothing is ever looked up by name.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
# $1: identity file, $2: working folder, the rest: the program. `read` is a builtin: no process in between.
_children: set[int] = set()
_LAUNCH = (
    'read -r stat < /proc/$$/stat; read -r boot < /proc/sys/kernel/random/boot_id; id=$1; cd "$2" || exit 1; shift 2;'
    ' printf "%s\\n%s\\n" "$boot" "$stat" > "$id.new" && mv "$id.new" "$id" && exec "$@"'
)


@dataclass(frozen=True)
class Spec:
    """What a process is made of, enough to start it again."""

    name: str
    argv: Sequence[str]
    log: Path
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    inherits: int | None = None


@dataclass(frozen=True)
class Identity:
    """One process of this machine, now and for ever."""

    pid: int
    start: str
    boot: str

    def state(self) -> str | None:
        """R, S, T (stopped), … or None when it is gone."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        fields = stat.rpartition(")")[2].split()
        same = fields[19] == self.start and _BOOT.read_text().strip() == self.boot
        return fields[0] if same and fields[0] not in "ZX" else None

    def send(self, number: signal.Signals) -> None:
        if self.state() is not None:
            os.kill(self.pid, number)


def _read_identity(file: Path) -> Identity | None:
    if not file.exists():
        return None
    boot, stat = file.read_text().splitlines()
    return Identity(int(stat.split()[0]), stat.rpartition(")")[2].split()[19], boot)


class Processes:
    """The processes of one test bed, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return sorted(file.stem for file in self._folder.glob("*.json"))

    def identity(self, name: str) -> Identity | None:
        return _read_identity(self._folder / f"{name}.id")

    def state(self, name: str) -> str | None:
        _reap()
        known = self.identity(name)
        return known.state() if known else None

    def is_running(self, name: str) -> bool:
        return self.state(name) is not None

    def start(self, spec: Spec) -> None:
        """Starts it unless it runs; its log starts anew, as that of a new container does."""
        if self.is_running(spec.name):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        spec.log.parent.mkdir(parents=True, exist_ok=True)
        spec.folder.mkdir(parents=True, exist_ok=True)
        self._write_spec(spec)
        if spec.log.exists():
            spec.log.replace(spec.log.with_suffix(".previous.log"))
        self._spawn(spec)
        self._await_identity(spec.name)

    def restart(self, name: str) -> None:
        """Starts a stopped process as it was started before."""
        self.start(self.spec(name))

    def spec(self, name: str) -> Spec:
        """What a process was started with."""
        kept = json.loads((self._folder / f"{name}.json").read_text())
        return Spec(name, kept["argv"], Path(kept["log"]), Path(kept["folder"]), kept["env"])

    def stop(self, names: Iterable[str], grace: float = 5.0) -> None:
        """Asks all of them to end, then makes those that did not within `grace` seconds."""
        known = [identity for name in names if (identity := self.identity(name))]
        for identity in known:
            identity.send(signal.SIGTERM)
            identity.send(signal.SIGCONT)
        if not _wait_gone(known, grace):
            for identity in known:
                identity.send(signal.SIGKILL)
            _wait_gone(known, 10.0)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        known = self.identity(name)
        if known:
            _wait_gone([known], 10.0)

    def signal(self, name: str, number: signal.Signals) -> None:
        known = self.identity(name)
        if known:
            known.send(number)

    def forget(self, name: str) -> None:
        for suffix in ("json", "id"):
            (self._folder / f"{name}.{suffix}").unlink(missing_ok=True)

    def _write_spec(self, spec: Spec) -> None:
        kept = {"argv": list(spec.argv), "log": str(spec.log), "folder": str(spec.folder), "env": dict(spec.env)}
        (self._folder / f"{spec.name}.json").write_text(json.dumps(kept, indent=1))
        (self._folder / f"{spec.name}.id").unlink(missing_ok=True)

    def _spawn(self, spec: Spec) -> None:
        identity_file = str(self._folder / f"{spec.name}.id")
        argv = ["/bin/sh", "-c", _LAUNCH, "sh", identity_file, str(spec.folder), *spec.argv]
        log = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, log, 1),
            (os.POSIX_SPAWN_DUP2, log, 2),
        ]
        if spec.inherits is not None:
            os.set_inheritable(spec.inherits, True)
        env = _clean_environment() | dict(spec.env)
        _children.add(os.posix_spawn("/bin/sh", argv, env, file_actions=actions, setsid=True))
        os.close(log)

    def _await_identity(self, name: str) -> None:
        deadline = time.monotonic() + 10
        while not (self._folder / f"{name}.id").exists() and time.monotonic() < deadline:
            time.sleep(0.005)


def _clean_environment() -> dict[str, str]:
    """What a program needs of ours: no proxies, no cluster, no Git settings of the user."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def _reap() -> None:
    """Processes we started ourselves stay as zombies until somebody asks for them."""
    for pid in tuple(_children):
        if os.waitpid(pid, os.WNOHANG)[0]:
            _children.discard(pid)


def _wait_gone(known: Sequence[Identity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(identity.state() is None for identity in known):
            return True
        time.sleep(0.02)
    return False
