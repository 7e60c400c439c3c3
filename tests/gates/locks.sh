#!/bin/sh
# locks.sh CORE…: makes every lock in requirements/ again. uv runs in an environment of its own, made here.
set -eu
python=$(sh tests/gates/pythons.sh 3.11 | head -n 1 | cut -d' ' -f2-)
[ -x .test-venvs/locks/bin/uv ] || {
    "$python" -m venv .test-venvs/locks
    .test-venvs/locks/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/locks.in
}

lock() { # lock NAME PYTHON SOURCE…: universal, so one lock serves every system and every Python from PYTHON on
    name=$1 oldest=$2
    shift 2
    echo "requirements/$name.txt"
    ../.test-venvs/locks/bin/uv pip compile --quiet --upgrade --universal --python-version "$oldest" \
        --generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make locks" \
        --output-file "$name.txt" "$@"
}

cd requirements
lock newest 3.11 newest.in
lock oldest 3.10 oldest.in
mkdir -p cores
for core in "$@"; do
    case $core in
        2.17) oldest=3.10 ;;
        2.18 | 2.19) oldest=3.11 ;;
        *) oldest=3.12 ;;
    esac
    echo "ansible-core==$core.*" | lock "cores/$core" "$oldest" supported.in -
done
