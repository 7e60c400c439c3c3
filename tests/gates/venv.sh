#!/bin/sh
# venv.sh FOLDER LOCK PYTHON: a virtual environment with exactly what LOCK says, made again when LOCK or PYTHON changed.
# Needs nothing but PYTHON; pip comes from its own ensurepip. Silent and quick when there is nothing to do.
set -eu
folder=$1 lock=$2 python=$3
stamp=$folder/.made-from
wanted="$python $("$python" -V) $(cksum <"$lock")"

if [ -x "$folder/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi
echo "making $folder with $("$python" -V) from $lock"
rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement "$lock"
"$folder/bin/python" -m pip check --disable-pip-version-check
echo "$wanted" >"$stamp"
