# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_reconcile and flux_wait: read the cluster, run, read it again, and return what came of it."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.choice import (
    chosen_targets,
    require_forceable,
    require_selection,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.notices import notices_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.rows import (
    failure_of_run,
    rows_of,
    summary_of_run,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of, time_or_none
from ansible_collections.gitops.flux.plugins.module_utils._kube.driving import Driver
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened, require_meant

# A watch for each kind, and patches and lists beside them.
CONNECTIONS = 24
_TOKEN = re.compile(r"[!-\"$-~]{1,200}\Z")

Params = Mapping[str, Any]
Picture = dict[str, Any]


@dataclass
class Sight:
    """The cluster as it was read last."""

    session: Session
    wishes: Wishes
    reading: Reading
    picture: Picture

    @classmethod
    def first(cls, session: Session, params: Params) -> Sight:
        """Raises Unreachable when nobody answers."""
        wishes = Wishes(gather=frozenset({"events", "controllers"}), flux_namespace=params["flux_namespace"])
        reading = read_cluster(session.client, wishes)
        return cls(session, wishes, reading, session.picture(reading, wishes))

    def again(self) -> dict[Ref, Facts] | None:
        """Reads once more; None, and a picture that says so, when the server does not answer, or not to everything."""
        self.session.client.retry()
        earlier = self.reading
        try:
            self.reading = read_cluster(self.session.client, self.wishes)
        except Unreachable as error:
            self.picture = self.picture | {"reachable": False, "reason": error.message}
            return None
        self.picture = self.session.picture(self.reading, self.wishes)
        return None if self.reading.misses(earlier) else {facts.ref: facts for facts in self.reading.facts()}


def reconcile(params: Params, scratch: str) -> dict[str, Any]:
    """The result of flux_reconcile."""
    return _run(params, scratch, asks=True)


def wait(params: Params, scratch: str) -> dict[str, Any]:
    """The result of flux_wait, which asks for nothing."""
    off = {"with_source": False, "force": False, "reset": False, "wait": True, "token": None}
    return _run({**params, **off}, scratch, asks=False)


def _run(params: Params, scratch: str, *, asks: bool) -> dict[str, Any]:
    started = time.monotonic()
    require_selection(params)
    session = opened(params, scratch, CONNECTIONS)
    sight = Sight.first(session, params)
    before, reading = sight.picture, sight.reading
    if asks:
        require_meant(before["cluster"], params["expected_cluster_uid"])
    wishes = _wishes(params, reading, before, asks=asks)
    if params["pictures_path"]:
        # Better refused now than when everything has been asked.
        _write(params["pictures_path"], {"before": before})
    run = Run(reading.facts(), wishes, _readable(before), _clock(started))
    notices = notices_of(run.board)
    progress = ProgressFile(scratch if params["progress"] else None)
    driver = Driver(session.client, run, reading, lambda: _clock(started), progress)
    if params["_check_mode"] or not params["wait"]:
        run.ask_everything(_clock(started))
        _send_unwaited(run, driver, check_mode=params["_check_mode"])
    else:
        driver.until_done(sight.again, params["flux_namespace"])
    rows = rows_of(run, _by_name(sight.picture), _causes(sight))
    return {
        "changed": driver.requests > 0 or (params["_check_mode"] and any(row["requested"] for row in rows)),
        "token": wishes.token,
        "reachable": True,
        "cluster": before["cluster"],
        "started_at": before["read_at"],
        "seconds": round(_clock(started), 2),
        "verdicts": rows,
        "summary": summary_of_run(rows, driver.requests),
        "notices": [*notices, *driver.notices],
        "warnings": [*before["warnings"], *_keep(params["pictures_path"], {"before": before, "after": sight.picture})],
        "failure": failure_of_run(rows),
    }


def followed(
    session: Session, params: Params, targets: Collection[Ref], token: str | None, progress: ProgressFile
) -> list[dict[str, Any]]:
    """The verdicts on objects that have been asked with a token already, or, without one, that run by themselves."""
    started = time.monotonic()
    sight = Sight.first(session, params)
    wishes = RunWishes(
        token=token or _new_token(sight.picture),
        token_at=sight.reading.now if token else None,
        targets=targets,
        asks=token is not None,
        with_source=False,
        timeout=params["timeout"],
    )
    run = Run(sight.reading.facts(), wishes, _readable(sight.picture), _clock(started))
    for ref in targets if token else ():
        run.sent(ref)
    driver = Driver(session.client, run, sight.reading, lambda: _clock(started), progress)
    driver.until_done(sight.again, params["flux_namespace"])
    return rows_of(run, _by_name(sight.picture), _causes(sight))


def _clock(started: float) -> float:
    return time.monotonic() - started


def _send_unwaited(run: Run, driver: Driver, *, check_mode: bool) -> None:
    if not check_mode:
        driver.send_all()
        return
    for ask in run.due():
        run.sent(ask.ref)


def _wishes(params: Params, reading: Reading, picture: Picture, *, asks: bool) -> RunWishes:
    targets = chosen_targets(params, picture["objects"], reading.facts(), picture["coverage"])
    require_forceable(params, targets)
    token = params["token"] or _new_token(picture)
    if not _TOKEN.match(token):
        raise InvalidInput("token has to be 1 to 200 printable characters without blanks and #.")
    if params["expected_revision"] == "":
        raise InvalidInput("expected_revision is empty.", "Give a Git commit, a tag or a digest, or leave it out.")
    names = ("with_source", "force", "reset", "expected_revision", "timeout", "fail_fast", "fail_on_suspended")
    return RunWishes(
        token=token,
        token_at=time_or_none(token.partition("/")[0]),
        targets=targets,
        asks=asks,
        **{name: params[name] for name in names},
    )


def _new_token(picture: Picture) -> str:
    """Never the same twice, and it says when it was made, by the server's clock."""
    return f"{picture['read_at']}/{secrets.token_hex(6)}"


def _readable(picture: Picture) -> frozenset[str]:
    return frozenset(kind for kind, row in picture["coverage"].items() if row["state"] in ("ok", "absent"))


def _by_name(picture: Picture) -> dict[Ref, Mapping[str, Any]]:
    return {ref_of(record): record for record in picture["objects"]}


def _causes(sight: Sight) -> list[dict[str, Any]]:
    picture = sight.picture
    return diagnose(
        picture["objects"],
        picture["controllers"],
        picture["coverage"],
        cluster=picture["cluster"],
        now=time_or_none(text_of(sight.reading.now)),
    )


def _keep(path: str | None, pictures: Mapping[str, Picture]) -> list[str]:
    """The pictures after a run. Why they could not be kept is only a warning: the verdicts are worth more."""
    try:
        if path:
            _write(path, pictures)
    except InvalidInput as error:
        return [error.message]
    return []


def _write(path: str, pictures: Mapping[str, Picture]) -> None:
    whole = Path(f"{path}.new")
    try:
        whole.write_text(json.dumps(pictures), encoding="utf-8")
        whole.replace(path)
    except OSError as error:
        raise InvalidInput(
            f"pictures_path {path} cannot be written: {error.strerror}.", "Name another file."
        ) from error
