#!/usr/bin/env bash
#
# Training steps of Covey and of TensorFlow on the same three models, in turns:
#   benchmarks/compare/training/run.sh --rounds 5
# Makes a virtual environment beside this script on first use. Needs Python 3.10 or later, and what ./covey needs.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=$here/.venv

if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
  "${PYTHON:-python3}" -m venv --clear "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$environment/installed.txt"
fi

exec "$environment/bin/python" "$here/compare.py" "$@"
