"""Training steps of TensorFlow and of Covey by turns, on the same models and examples."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import networks  # noqa: E402  (after the level of TensorFlow's log)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, *[os.pardir] * 3))

# TensorFlow chooses by the CPU whether oneDNN computes; the comparison is with the better of both.
TENSORFLOW_KINDS = {"tensorflow": "0", "tensorflowOneDnn": "1"}
COVEY = "covey"

# Both compute in float32, in other orders; over a run the losses part by a little.
LARGEST_LOSS_DIFFERENCE = 0.01


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=networks.ARCHITECTURES, default=[*networks.ARCHITECTURES])
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (default 5)")
    parser.add_argument("--steps", type=int, default=500, help="timed in each turn (default 500)")
    parser.add_argument("--warm-up", type=int, default=100, help="before them (default 100)")
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--covey", default=os.path.join(ROOT, "covey"), help="program to run (default: this checkout's)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    case = parser.parse_args()
    if min(case.batch, case.rounds, case.steps, case.warm_up) < 1:
        parser.error("--batch, --rounds, --steps and --warm-up must be at least 1")
    return case


def write_cases(case: argparse.Namespace, folder: str) -> None:
    """A plain model and its examples for each network."""
    for name in case.networks:
        architecture = networks.ARCHITECTURES[name]
        with open(os.path.join(folder, f"{name}.tflite"), "wb") as file:
            file.write(networks.plain_model(networks.Network(architecture, case.seed)))
        x, labels = networks.examples(architecture, case.batch, case.seed)
        np.savez(os.path.join(folder, f"{name}.npz"), x=x, y=labels)


def options(case: argparse.Namespace) -> list[str]:
    """What both sides call by the same names."""
    names = ("batch", "steps", "warm_up", "rate", "seed")
    return [word for name in names for word in (f"--{name.replace('_', '-')}", str(getattr(case, name)))]


def output_of(command: list[str], **environment: str) -> dict:
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=False, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout)


def run_covey(case: argparse.Namespace, folder: str) -> dict:
    """The checkout's launcher builds it first where that has not been done."""
    return {
        name: output_of(
            [case.covey, "bench", "training", "--json", *options(case)]
            + ["--model", os.path.join(folder, f"{name}.tflite")]
            + ["--data", os.path.join(folder, f"{name}.npz")]
        )
        for name in case.networks
    }


def run_tensorflow(case: argparse.Namespace, one_dnn: str) -> dict:
    script = os.path.join(HERE, "tensorflow_steps.py")
    command = [sys.executable, script, "--networks", *case.networks, *options(case)]
    return output_of(command, TF_ENABLE_ONEDNN_OPTS=one_dnn)


def run_rounds(case: argparse.Namespace, folder: str) -> list[dict]:
    rounds = []
    for number in range(case.rounds):
        print(f"round {number + 1} of {case.rounds}", file=sys.stderr)
        turns = {kind: run_tensorflow(case, one_dnn) for kind, one_dnn in TENSORFLOW_KINDS.items()}
        rounds.append({**turns, COVEY: run_covey(case, folder)})
    return rounds


def summarize(name: str, rounds: list[dict]) -> dict:
    """Each side's best round, and how many times the better TensorFlow's time Covey takes."""
    summary: dict = {}
    for measure in ("elapsedMicros", "cpuMicros"):
        best = {kind: min(turn[kind][name][measure] for turn in rounds) for kind in rounds[0]}
        better = min(best[kind] for kind in TENSORFLOW_KINDS)
        ratio = {kind: best[COVEY] / best[kind] for kind in TENSORFLOW_KINDS}
        summary[measure] = {**best, "ratioTo": ratio, "ratio": best[COVEY] / better}
    summary["losses"] = {
        kind: [rounds[0][kind][name][loss] for loss in ("firstLoss", "lastLoss")] for kind in rounds[0]
    }
    return summary


def losses_agree(summary: dict) -> bool:
    """Whether Covey has learnt what TensorFlow has, from the same start."""
    covey = np.array(summary["losses"][COVEY])
    return all(
        np.all(np.abs(covey - summary["losses"][kind]) <= LARGEST_LOSS_DIFFERENCE * covey)
        for kind in TENSORFLOW_KINDS
    )


def print_table(case: argparse.Namespace, result: dict) -> None:
    """A line for each network and measure."""
    print(
        f"TensorFlow {result['tensorflowVersion']}, one thread, batch {case.batch}, microseconds of a step:"
        f" fastest tenth of {case.steps}, best of {case.rounds} rounds"
    )
    print(f"{'':20}{'TensorFlow':>12}{'with oneDNN':>13}{'Covey':>10}{'to the better':>15}  loss, first and last")
    for name, summary in result["networks"].items():
        for measure, label in (("elapsedMicros", "time"), ("cpuMicros", "CPU")):
            row = summary[measure]
            losses = "{:.4f} {:.4f}".format(*summary["losses"][COVEY]) if label == "time" else ""
            print(
                f"{name + ', ' + label:20}{row['tensorflow']:12.0f}{row['tensorflowOneDnn']:13.0f}"
                f"{row[COVEY]:10.0f}{row['ratio']:14.2f}x  {losses}"
            )


def main() -> None:
    case = arguments()
    with tempfile.TemporaryDirectory() as folder:
        write_cases(case, folder)
        rounds = run_rounds(case, folder)
    result = {
        "tensorflowVersion": tf.__version__,
        "batch": case.batch,
        "networks": {name: summarize(name, rounds) for name in case.networks},
        "rounds": rounds,
    }
    if case.json:
        print(json.dumps(result))
    else:
        print_table(case, result)
    wrong = [name for name, summary in result["networks"].items() if not losses_agree(summary)]
    if wrong:
        sys.exit(f"Covey's losses are not TensorFlow's for {', '.join(wrong)}")


if __name__ == "__main__":
    main()
