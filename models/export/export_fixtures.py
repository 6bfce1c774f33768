"""Exports the fixtures that the differentiator is tested with: plain models, and TensorFlow's gradients and losses for them.

    python export_fixtures.py --out ../src/test/resources/io/covey/models/fixtures [name ...]

Each model goes through the stock converter. Its constants are then read back out of the .tflite, what its operators compute is said
again in TensorFlow, and tf.GradientTape differentiates that: so the gradients are those of the constants as they are in the file, with
batch norm folded. A fixture is written only if that agrees with what the TensorFlow Lite interpreter answers.
"""

import argparse
import pathlib
import sys

import fixture_elementwise
import fixture_operators
import fixture_sequences
import fixture_vision
from fixture import export

FIXTURES = [*fixture_vision.FIXTURES, *fixture_sequences.FIXTURES, *fixture_operators.FIXTURES, *fixture_elementwise.FIXTURES]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the directory that holds one directory for each fixture")
    parser.add_argument("names", nargs="*", help="the fixtures to write; all, if there is none")
    arguments = parser.parse_args()
    known = {fixture.name: fixture for fixture in FIXTURES}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"there is no fixture {', '.join(unknown)}; there are {', '.join(known)}")
    failed = []
    for name in arguments.names or known:
        try:
            manifest = export(known[name], arguments.out)
            losses = manifest["sgd"]["full_batch_losses"]
            print(f"{name}: loss {losses[0]:.4f} -> {losses[-1]:.4f}; {' '.join(manifest['operators'])}", flush=True)
        except Exception as failure:  # One that fails does not keep the others from being looked at.
            failed.append(name)
            print(f"{name}: FAILED: {type(failure).__name__}: {failure}", flush=True)
    if failed:
        sys.exit(f"not written: {', '.join(failed)}")


if __name__ == "__main__":
    main()
