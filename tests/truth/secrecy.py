"""Secrets that are really encrypted: a key made for one run, by age-keygen, and used by sops."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.testbed.errors import TestbedError


class Keys:
    """Two keys in a folder of the test bed, which they never leave: everything is encrypted for the first one."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder

    def values(self) -> dict[str, str]:
        secret = r"^(AGE-SECRET-KEY-\S+)$"
        return {"AGE_KEY": self._found("first", secret), "OTHER_AGE_KEY": self._found("other", secret)}

    def encrypted(self, manifest: str) -> str:
        """A Secret with its data encrypted for the key."""
        options = ("--age", self._found("first", r"public key: (age1\S+)"), "--encrypted-regex", "^(data|stringData)$")
        form = ("--input-type", "yaml", "--output-type", "yaml")
        plain = self._folder / "truth.plain.yaml"
        plain.write_text(manifest)
        try:
            return self._run("sops", "encrypt", *options, *form, str(plain))
        finally:
            plain.unlink()

    def _found(self, name: str, pattern: str) -> str:
        file = self._folder / f"{name}.agekey"
        if not file.exists():
            self._run("age-keygen", "-o", str(file))
        found = re.search(pattern, file.read_text(), re.MULTILINE)
        if found is None:
            raise TestbedError(f"{file} is no key of age-keygen")
        return found[1]

    def _run(self, program: str, *args: str) -> str:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self._folder)}
        command = [str(self._programs / program), *args]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise TestbedError(f"{program}: {done.stderr.strip()}")
        return done.stdout
