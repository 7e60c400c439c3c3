#!/bin/sh
# demo-end.sh CODE SECONDS: what `make demo` says after ansible-playbook ended with CODE.
# 2 is what the demo is about: clusters that are not healthy fail. Anything else is a failure of the demo.
set -eu
code=$1 seconds=$2
case $code in
    2) ;;
    0)
        echo "The health check found everything healthy, which it is not: faults were made a moment ago." >&2
        exit 1
        ;;
    *)
        echo "ansible-playbook ended with exit code $code: the demo failed." >&2
        exit "$code"
        ;;
esac
[ -n "$(find outputs/flux-status-fleet.json -size +0 -newer .testbed/demo-checked 2>/dev/null)" ] || {
    echo "The health check wrote no outputs/flux-status-fleet.json: the demo failed." >&2
    exit 1
}
cat <<TEXT

Done in $seconds s. The failures above are meant: the demo broke some things, and a health check that finds
an unhealthy cluster ends with exit code 2, one failed host for each such cluster.

  outputs/flux-status-fleet.md      start here: the fleet, and what broke it
  outputs/flux-status-<host>.md     one cluster each
  outputs/flux-status-fleet.json    the same for programs

Go on with:
  KUBECONFIG=.testbed/kubeconfig .testbed/bin/kubectl --context talos-ottawa get kustomizations -A
  K8S_AUTH_KUBECONFIG=.testbed/kubeconfig .venv/bin/ansible-playbook gitops.flux.health_check -i inventory/fleet.yml
  make testbed-up      heal the clusters, then run the health check again: the reports say what was fixed
  make testbed-down    end them
TEXT
