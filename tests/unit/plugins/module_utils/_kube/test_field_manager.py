"""Who we are as a writer is said in two layers, and has to be the same."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux import managed
from ansible_collections.gitops.flux.plugins.module_utils._kube import client


def test_a_pause_of_ours_is_recognized_by_the_name_we_write_under() -> None:
    assert managed.FIELD_MANAGER == client.FIELD_MANAGER == "gitops.flux"
