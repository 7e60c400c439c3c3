"""python -m tests.integration.runner.cancelling PRIVATE PLAYBOOK PATTERN: a job that is cancelled from outside.

ansible-runner asks whether to cancel, and kills the whole process group: what AWX's cancel button comes down to.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import ansible_runner


def main() -> int:
    private, playbook, pattern = sys.argv[1:]
    seen: list[str] = []

    def remember(event: dict[str, Any]) -> bool:
        if re.search(pattern, event.get("stdout", "")):
            seen.append(event["stdout"])
        return True

    done = ansible_runner.run(
        private_data_dir=private,
        playbook=playbook,
        ident="job",
        event_handler=remember,
        cancel_callback=lambda: bool(seen),
    )
    return 0 if seen and done.status == "canceled" else 1


if __name__ == "__main__":
    sys.exit(main())
