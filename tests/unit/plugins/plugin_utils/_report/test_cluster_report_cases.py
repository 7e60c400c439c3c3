"""The report of a cluster out of reach, of a healthy one, of one seen before, and of a part of one."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Scope

from tests.unit.recorded_fleet import OUT_OF_REACH, WITH_FAILURES, entry
from tests.unit.rendered_report import report, section


def healthy() -> dict[str, Any]:
    """The recorded cluster as it would be without what fails."""
    cluster = entry(WITH_FAILURES)
    objects = [item for item in cluster["objects"] if item["namespace"] != "demo"]
    objects = [item | {"status": "ready", "flags": []} for item in objects if "no-such" not in item["name"]]
    nothing: dict[str, Any] = {"root_causes": [], "findings": [], "reasons": [], "suspensions": [], "stale_sources": []}
    return cluster | nothing | {"verdict": "healthy", "objects": objects}


def changes(**found: Any) -> dict[str, Any]:
    return {"at": "02:12", "note": None, "new": [], "fixed": [], "still": [], "not_compared": {}} | found


class TestUnreachable:
    def test_it_says_why_and_claims_nothing(self) -> None:
        text = report(entry(OUT_OF_REACH))
        assert "UNREACHABLE · connection refused by 127.0.0.1:9" in text.splitlines()[0]
        assert "does not count as healthy" in text
        assert "ready" not in text

    def test_it_says_what_to_try(self) -> None:
        text = section(report(entry(OUT_OF_REACH)), "Try this")
        assert "`curl -ksS -m 5 https://127.0.0.1:9/version`" in text
        assert (
            "`kubectl --kubeconfig /testbed/kubeconfig --context talos-stpetersburg --request-timeout 10s auth whoami`"
            in text
        )

    def test_a_hint_comes_first(self) -> None:
        cluster = entry(OUT_OF_REACH) | {"hint": "Log in again."}
        assert "## Try this\n\n- Log in again.\n" in report(cluster)

    def test_even_without_a_target_it_is_a_report(self) -> None:
        cluster = entry(OUT_OF_REACH)
        cluster["cluster"] = {"context": None, "server": None, "uid": None}
        assert "UNREACHABLE" in report(cluster)


class TestHealthy:
    def test_it_is_short_about_it(self) -> None:
        first = report(healthy()).splitlines()[0]
        assert re.fullmatch(r"# Robbinsdale: healthy · \d+ objects ready", first)
        assert "## Do this first" not in report(healthy())

    def test_suspensions_and_known_failures_are_said_all_the_same(self) -> None:
        cluster = healthy()
        cause = entry(WITH_FAILURES)["root_causes"][0] | {"known": {"ticket": "OPS-7", "until": "2026-12-24T00:00:00Z"}}
        pause = entry(WITH_FAILURES)["suspensions"][0] | {"overdue": False, "until": None}
        text = report(cluster | {"known_failures": [cause], "suspensions": [pause]})
        assert "ready, 1 suspended, 1 known failure not counted" in text.splitlines()[0]
        assert "(OPS-7, until 2026-12-24T00:00:00Z)" in section(text, "Known failures, not counted")


class TestChanges:
    def test_new_fixed_and_still_are_counted(self) -> None:
        cause = entry(WITH_FAILURES)["root_causes"][0]
        text = report(entry(WITH_FAILURES), changes=changes(new=[cause, cause], fixed=[cause], still=[cause]))
        assert text.splitlines()[0].endswith(" · since the last run (02:12): 2 new causes, 1 fixed, 1 still")

    def test_nothing_new_is_said(self) -> None:
        assert report(healthy(), changes=changes()).splitlines()[0].endswith("since the last run (02:12): no change")

    def test_a_cluster_that_was_not_seen_both_times_is_not_compared(self) -> None:
        text = report(entry(OUT_OF_REACH), changes=changes(not_compared={OUT_OF_REACH: "healthy"}))
        assert text.splitlines()[0].endswith("the last run (02:12) found it healthy")

    def test_a_file_that_cannot_be_compared_with_is_said(self) -> None:
        text = report(healthy(), changes=changes(at=None, note="the earlier file has schema version 9"))
        assert "> the earlier file has schema version 9" in text
        assert "since the last run" not in text


class TestNarrowed:
    def test_the_listing_shrinks_and_says_so_while_the_verdict_stays(self) -> None:
        cluster = entry(WITH_FAILURES)
        text = report(cluster, scope=Scope(namespaces=("flux-system",)))
        assert text.splitlines()[0] == report(cluster).splitlines()[0]
        assert "> Listing narrowed to namespaces flux-system;" in text
        assert "Kustomization demo/root" not in text
        assert "Outside this listing: 3 causes" in text

    def test_a_cause_outside_is_shown_when_something_inside_waits_for_it(self) -> None:
        text = report(entry(WITH_FAILURES), scope=Scope(kinds=("HelmRelease",)))
        assert "HelmChart flux-system/demo-no-such-version finds no such chart" in text

    def test_a_word_that_is_no_kind_is_named(self) -> None:
        text = report(entry(WITH_FAILURES), scope=Scope(kinds=("HelmReleases",)))
        assert "HelmReleases (no Flux kind)" in text
