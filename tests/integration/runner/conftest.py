"""Jobs of ansible-runner against the fleet."""

from __future__ import annotations

import pytest

from tests.integration.playbook import Ansible
from tests.integration.runner.job import Jobs


@pytest.fixture(scope="module")
def jobs(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    return Jobs(ansible, tmp_path_factory.mktemp("jobs"))
