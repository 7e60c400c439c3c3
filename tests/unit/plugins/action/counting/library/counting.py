"""A module that does nothing but count, as those that wait for a cluster do."""

from __future__ import annotations

import json
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

SPEC = {
    "steps": {"type": "int", "default": 3},
    "every": {"type": "float", "default": 0.1},
    "kubeconfig": {"type": "raw"},
    "progress": {"type": "bool", "default": True},
}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    path = Path(module.tmpdir, "flux-progress.jsonl")
    steps = module.params["steps"]
    for done in range(steps + 1):
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"done": done, "total": steps, "bad": {}, "running": 0, "waiting": {}}) + "\n")
        time.sleep(module.params["every"])
    module.exit_json(changed=False, counted=steps, kubeconfig=module.params["kubeconfig"])


if __name__ == "__main__":
    main()
