#!/usr/bin/env bash
#
# Covey's and Flower's secure aggregation on the same case, one after the other:
#   benchmarks/compare/secagg/run.sh --clients 128 --entries 100000 --neighbours 14 --threshold 8 --dropout 0.1
# Makes a virtual environment beside this script on first use. Needs Python 3.11 or later, and what ./covey needs.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=$here/.venv

if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
  "${PYTHON:-python3}" -m venv --clear "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$environment/installed.txt"
fi

exec "$environment/bin/python" "$here/compare.py" "$@"
