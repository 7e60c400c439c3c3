"""What other tools say of an object: the commands an operator would type, and how their answers are read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.testbed.bed import Bed

from .case import Case

FLUX, KSTATUS, READY, OPERATOR = "flux get", "kubectl wait", "Ready condition", "flux-operator get all"
TOOLS = (FLUX, KSTATUS, READY, OPERATOR)
OK, NOT_OK, IN_PROGRESS, SUSPENDED, NOTHING = "ok", "not ok", "in progress", "suspended", "nothing"
_OF_READY = {"True": OK, "False": NOT_OK, "Unknown": IN_PROGRESS, "Suspended": SUSPENDED}
_OF_KSTATUS = {"Current": OK, "Failed": NOT_OK, "InProgress": IN_PROGRESS}
_FLUX_KINDS: Mapping[str, str] = {
    "GitRepository": "source git",
    "OCIRepository": "source oci",
    "HelmRepository": "source helm",
    "HelmChart": "source chart",
    "Kustomization": "kustomization",
    "HelmRelease": "helmrelease",
    "Alert": "alert",
    "Receiver": "receiver",
    "ImageRepository": "image repository",
    "ImagePolicy": "image policy",
    "ImageUpdateAutomation": "image update",
}
_READY_PATH = '{range .status.conditions[?(@.type=="%s")]}{.status}{"\\t"}{.message}{end}'


@dataclass(frozen=True)
class Answer:
    """`said` is the tool's own word, `means` what it comes down to."""

    tool: str
    said: str
    means: str
    text: str = ""


@dataclass(frozen=True)
class Asked:
    """The programs of the test bed, aimed at one object."""

    bed: Bed
    case: Case

    def answers(self) -> list[Answer]:
        return [self._flux(), self._kstatus(), self._ready(), self._operator()]

    def _flux(self) -> Answer:
        words = _FLUX_KINDS.get(self._kind)
        if words is None:
            return Answer(FLUX, "", NOTHING, "does not know this kind")
        done = self._run("flux", *self._place, "get", *words.split(), self._name)
        return _of_table(FLUX, done, self._name)

    def _operator(self) -> Answer:
        _context, context, *namespace = self._place
        done = self._run("flux-operator", "--kube-context", context, *namespace, "get", "all")
        return _of_table(OPERATOR, done, self._name, self._kind)

    def _ready(self) -> Answer:
        said, text = self._condition("Ready")
        return Answer(READY, said, _OF_READY.get(said, NOTHING), text or ("" if said else "there is no such condition"))

    def _kstatus(self) -> Answer:
        """The conditions in the order kstatus looks at them, each waited for with `kubectl wait`."""
        if self._holds("Reconciling"):
            return self._of_kstatus("InProgress", "Reconciling")
        if self._holds("Stalled"):
            return self._of_kstatus("Failed", "Stalled")
        return self._of_kstatus("Current", "Ready") if self._holds("Ready") else self._of_kstatus("InProgress", "Ready")

    def _of_kstatus(self, said: str, condition: str) -> Answer:
        return Answer(KSTATUS, said, _OF_KSTATUS[said], self._condition(condition)[1])

    def _holds(self, condition: str) -> bool:
        command = ("kubectl", *self._place, "wait", self._object, f"--for=condition={condition}", "--timeout=0s")
        return self._run(*command).returncode == 0

    def _condition(self, name: str) -> tuple[str, str]:
        done = self._run("kubectl", *self._place, "get", self._object, "-o", f"jsonpath={_READY_PATH % name}")
        said, _tab, text = done.stdout.partition("\t")
        return said, text

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": f"{self.bed.paths.bin}:{os.defpath}", "HOME": str(self.bed.paths.run)}
        env["KUBECONFIG"] = str(self.bed.kubeconfig)
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)

    @property
    def _place(self) -> tuple[str, ...]:
        namespace = self.case.subject.split("/")[1]
        return "--context", self.bed.cluster(self.case.cluster).context, "-n", namespace

    @property
    def _kind(self) -> str:
        return self.case.subject.split("/")[0]

    @property
    def _name(self) -> str:
        return self.case.subject.split("/")[2]

    @property
    def _object(self) -> str:
        return f"{self._kind}/{self._name}"


def _of_table(tool: str, done: subprocess.CompletedProcess[str], name: str, kind: str = "") -> Answer:
    """The row of an object in a table with the columns READY and MESSAGE."""
    for row in table_rows(done.stdout):
        if row.get("NAME", "").rpartition("/")[2] == name and row.get("KIND", kind) == kind:
            said = row.get("READY", "")
            return Answer(tool, said, _OF_READY.get(said, NOTHING), row.get("MESSAGE", ""))
    lines: Sequence[str] = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
    return Answer(tool, "", NOTHING, lines[-1])


def table_rows(text: str) -> list[dict[str, str]]:
    """Columns are parted by tabs, or stand below their headings."""
    head, *lines = text.splitlines() or [""]
    if "\t" in head:
        names = [name.strip() for name in head.split("\t")]
        return [dict(zip(names, map(str.strip, line.split("\t")), strict=False)) for line in lines]
    names = head.split()
    starts = [head.index(name) for name in names]
    ends = [*starts[1:], None]
    return [
        {name: line[start:end].strip() for name, start, end in zip(names, starts, ends, strict=True)} for line in lines
    ]
