#!/bin/sh
# demo-end.sh STAGE CODE [SECONDS]: what `make demo` says after ansible-playbook ended with CODE. A health check ends
# with 2, which is what the demo is about: clusters that are not healthy fail. A repair ends with 0.
set -eu
stage=$1 code=$2 seconds=${3:-}

failed() {
    echo "$1: the demo failed." >&2
    exit 1
}

ended_with() {
    [ "$code" = "$1" ] || failed "ansible-playbook ended with exit code $code instead of $1"
}

written() {
    [ -n "$(find "$1" -size +0 -newer .testbed/demo-played 2>/dev/null)" ] || failed "nobody wrote $1"
}

says() {
    grep -q "$2" "$1" || failed "$1 does not say '$2'"
}

case $stage in
    broken)
        ended_with 2
        written outputs/flux-status-fleet.json
        says outputs/flux-status-robbinsdale.md '^# Robbinsdale: DEGRADED'
        # The second health check writes over them.
        rm -rf outputs/before-the-repair
        mkdir -p outputs/before-the-repair
        cp outputs/flux-status-*.md outputs/before-the-repair/
        echo "The failures above are meant: an unhealthy cluster fails. These reports stay in outputs/before-the-repair/."
        ;;
    reconciled)
        ended_with 0
        written outputs/flux-reconcile-fleet.md
        says outputs/flux-reconcile-robbinsdale.md '^# Robbinsdale: ok'
        ;;
    resumed)
        ended_with 0
        ;;
    repaired)
        ended_with 2
        written outputs/flux-status-fleet.json
        says outputs/flux-status-robbinsdale.md '^# Robbinsdale: healthy .* fixed'
        says outputs/flux-status-stpetersburg.md '^# StPetersburg: UNREACHABLE'
        cat <<TEXT

Done in $seconds s. Robbinsdale is healthy again, and its report says what was fixed. StPetersburg still fails, as it
should: its API server is down, and no reconciliation brings it back.

  outputs/before-the-repair/flux-status-fleet.md   start here: the fleet, and what broke it
  outputs/flux-reconcile-robbinsdale.md            what the repair did
  outputs/flux-status-fleet.md                     the fleet afterwards
  outputs/flux-status-<host>.md                    one cluster each
  outputs/flux-status-fleet.json                   the same for programs

Go on with:
  KUBECONFIG=.testbed/kubeconfig .testbed/bin/kubectl --context talos-ottawa get kustomizations -A
  K8S_AUTH_KUBECONFIG=.testbed/kubeconfig .venv/bin/ansible-playbook gitops.flux.health_check -i inventory/fleet.yml
  make testbed-up      heal the clusters, then run the health check again: the reports say what was fixed
  make testbed-down    end them
TEXT
        ;;
    *)
        failed "there is no stage '$stage'"
        ;;
esac
