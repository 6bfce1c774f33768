#!/usr/bin/env bash
#
# Training steps of TensorFlow and of Covey on the same models and examples, by turns:
#   benchmarks/compare/training/run.sh --rounds 5 --steps 500
# Makes a virtual environment beside this script on first use. Needs Python 3.11 and what ./covey needs.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=$here/.venv

if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
  "${PYTHON:-python3}" -m venv --clear "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$environment/installed.txt"
fi

exec "$environment/bin/python" "$here/compare.py" "$@"
