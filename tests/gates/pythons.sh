#!/bin/sh
# Prints "<version> <path>" for every CPython 3.10 to 3.14 this machine really has, newest first, one per minor version.
# A name on PATH may be a shim that answers 127, so each candidate is run; one that cannot make virtual
# environments (no ensurepip, no ssl) is of no use here and is left out.
# `pythons.sh 3.11` prints only those that are at least 3.11.
set -eu
floor=${1:-3.10}

probe='
import ensurepip, ssl, sys, venv
wanted = tuple(map(int, sys.argv[1].split(".")))
if wanted <= sys.version_info[:2] <= (3, 14) and sys.implementation.name == "cpython":
    root = sys.base_prefix + "/bin/python%d.%d" % sys.version_info[:2]
    print("%d.%d" % sys.version_info[:2], "%d.%d.%d" % sys.version_info[:3], root)
'

candidates() {
    {
        echo "$PATH" | tr : '\n'
        ls -d "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/*/bin 2>/dev/null || true
        printf '%s\n' /usr/local/bin /usr/bin
    } | while read -r folder; do
        for name in python3.14 python3.13 python3.12 python3.11 python3.10 python3; do
            [ -x "$folder/$name" ] && echo "$folder/$name"
        done
    done || true
}

# Of two of one minor version the one found first on PATH wins.
candidates | awk '!seen[$0]++' | while read -r candidate; do
    "$candidate" -c "$probe" "$floor" 2>/dev/null </dev/null || true
done | while read -r minor version path; do
    [ -x "$path" ] && echo "$minor $version $path"
done | awk '!seen[$1]++' | sort -t. -k2,2 -rn | cut -d' ' -f2-
